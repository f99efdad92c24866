"""What an agreement leaves open about one flight, or what the flight does not keep of it (L-01, L-10)."""

from comity.domain.agreement.coverage import uncovered
from comity.domain.agreement.terms import Terms
from comity.domain.airspace import Footprint
from comity.kernel.instants import Instant


def open_points(footprint: Footprint, terms: Terms, at: Instant) -> tuple[str, ...]:
    """What an operator must be told of a flight under these terms, in words; none is passed over.

    Nothing here refuses a flight: what the terms let be refused is the handshake's. A lead that is
    not kept is flagged and not refused, for a relief flight may have had no more notice itself.

    Args:
        footprint: of the flight.
        terms: in force.
        at: when it is made known.

    Source: docs/rooms/agreement.md, AGREE-018 and AGREE-025.
    """
    flight_class = footprint.flight_class
    found = [each.words for each in uncovered(footprint, terms)]
    if terms.flight_classes and flight_class not in terms.flight_classes:
        found.append(
            f"class {flight_class} is not named in the agreement; the default minima apply"
        )
    found += [
        words
        for words in terms.undefined
        if words.startswith(("separation:", "notice:")) and f"class {flight_class}" in words
    ]
    lead_s = terms.notice_s.get(flight_class)
    start = min((each.start for each in footprint.volumes), default=None)
    if footprint.cells is not None:
        start = footprint.cells.window()[0]
    if lead_s is not None and start is not None and start.minus(at) < lead_s:
        left_s = max(0.0, start.minus(at))
        found.append(
            f"made known {left_s / 60:.0f} min before it begins; "
            f"{lead_s / 60:.0f} min are agreed for class {flight_class}"
        )
    return tuple(dict.fromkeys(found))
