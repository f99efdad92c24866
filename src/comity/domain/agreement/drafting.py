"""A first text to edit: complete, in one language, with every term stated."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from comity.domain.airspace import Shape, ShapeKind
from comity.kernel.ids import AgreementDigest, PartyId
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class DraftParty:
    """A party as it enters a draft; no area of interest means everywhere."""

    id: PartyId
    name: str
    root_key: bytes
    area_of_interest: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftBorder:
    """Border data as they enter a draft."""

    name: str
    version: str
    sha256: str


def draft_agreement(
    *,
    title: str,
    parties: Sequence[DraftParty],
    area: Sequence[Shape],
    valid_from: Instant,
    valid_until: Instant,
    horizontal_m: float = 9_260.0,
    vertical_m: float = 304.8,
    disclosure: str = "full",
    assent_by: str = "node",
    decide_within_s: float = 900.0,
    guard_band_s: float = 10.0,
    border: DraftBorder | None = None,
    version: int = 1,
    amends: AgreementDigest | None = None,
) -> str:
    """Write the text of an agreement that `parse_agreement` reads and people edit further.

    Args:
        title: one line without quotation marks.
        parties: in the order that becomes the party index.
        area: what the agreement covers.
        valid_from: first instant.
        valid_until: first instant after.
        horizontal_m: default minimum; each class starts with it.
        vertical_m: default minimum.
        disclosure: `full` or `cells`.
        assent_by: `node` or `person`.
        decide_within_s: at most this long after it is made, a proposal is decided.
        guard_band_s: at least twice the allowed clock difference of 5 s.
        border: border data; left open (and flagged) where None.
        version: 1, or one more than the version amended.
        amends: the version that this one replaces.
    """
    lines = [
        "+++",
        "comity_agreement = 1",
        f"title = {_quoted(title)}",
        f"version = {version}",
        *([] if amends is None else [f'amends = "{amends}"']),
        'languages = ["en"]',
        'authoritative_language = "en"',
        f"valid_from = {valid_from}",
        f"valid_until = {valid_until}",
        f'disclosure = "{disclosure}"  # full or cells',
        f'assent_by = "{assent_by}"  # node, by standing policy, or person',
        "clock_difference_s_max = 5.0",
        f"guard_band_s = {guard_band_s!r}  # at least twice the clock difference",
        f"decide_within_s = {decide_within_s!r}",
        "line_check_interval_h = 24",
        'on_suspension = "keep"  # intents already accepted: keep or flag',
        "suspension_notice_h = 0",
        "withdrawal_notice_h = 24",
        _PRECEDENCE,
        "",
    ]
    lines += _tables_of(parties)
    for shape in area:
        lines += ["[[area]]", *_shape_lines(shape), ""]
    lines += _RULES.format(horizontal_m=horizontal_m, vertical_m=vertical_m).splitlines()
    if border is not None:
        lines += ["", "[border]", f"name = {_quoted(border.name)}"]
        lines += [f"version = {_quoted(border.version)}", f'sha256 = "{border.sha256}"']
        lines += ['at_sea = "undetermined"']
    lines += ["+++", "", f"# [en] {title}", "", *_ARTICLES.splitlines(), ""]
    return "\n".join(lines)


def _tables_of(parties: Sequence[DraftParty]) -> list[str]:
    """Who the parties are, whom a ladder calls at each, and which of their echelons acknowledge."""
    lines: list[str] = []
    for party in parties:
        key = base64.b64encode(party.root_key).decode("ascii")
        lines += ["[[party]]", f'id = "{party.id}"', f"name = {_quoted(party.name)}"]
        lines += [f'root_key_base64 = "{key}"']
        lines += [] if party.area_of_interest else ["interest_everywhere = true"]
        for shape in party.area_of_interest:
            lines += ["", "[[party.area_of_interest]]", *_shape_lines(shape)]
        lines.append("")
    for party in parties:
        for echelon, after_min in _LADDER:
            lines += ["[[ladder]]", f'party = "{party.id}"', f'echelon = "{echelon}"']
            lines += [f"after_min = {after_min}", ""]
    for party in parties:
        for level, within_min in _ECHELONS:
            lines += ["[[echelon]]", f'party = "{party.id}"', f'level = "{level}"']
            lines += [f'name = "{level}"', f"within_min = {within_min}", ""]
    return lines


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _shape_lines(shape: Shape) -> list[str]:
    pairs = zip(shape.latitude_deg, shape.longitude_deg, strict=True)
    positions = ", ".join(f"[{latitude!r}, {longitude!r}]" for latitude, longitude in pairs)
    key = "ring_lat_lon_deg" if shape.kind is ShapeKind.RING else "path_lat_lon_deg"
    lines = [f"{key} = [{positions}]", f'edge = "{shape.edge}"']
    return [*lines, f"radius_m = {shape.radius_m!r}"] if shape.radius_m else lines


# A step above an officer on watch needs somebody to call: `channel` and `reach` are for people to add.
_LADDER = (("officer on watch", 1), ("chief of watch", 3), ("commander on call", 10))

# Who has to acknowledge what is told for protection; each unit and callsign is for people to name.
_ECHELONS = (("headquarters", 30), ("unit", 60), ("operator", 120))

_PRECEDENCE = """\
precedence = ["emergency", "medical", "relief", "state", "scheduled", "general", "uncrewed"]"""

_RULES = """\
[heights]
lower_m = -400
upper_m = 20000
datum = "EGM2008"

[height_bounds]
pressure_error_m = 600  # a pressure height lies within this of the height above sea level

[separation]
horizontal_m = {horizontal_m!r}
vertical_m = {vertical_m!r}

[[flight_class]]
name = "fixed-wing"

[[flight_class]]
name = "rotary-wing"

[[flight_class]]
name = "uncrewed"

[[notice]]
activity = "fixed-wing"
lead_h = 2

[[notice]]
activity = "rotary-wing"
lead_h = 1

[[notice]]
activity = "uncrewed"
lead_h = 1

[[notice]]
activity = "live-firing"
lead_days = 3

[buffers]
default_m = 2000  # what is protected within it of a notified activity counts as touched

[[buffer]]
kind = "hospital"
distance_m = 5000

[[buffer]]
activity = "live-firing"
distance_m = 10000

[caps]
volumes_per_proposal_max = 1000
horizontal_extent_km_max = 20000
duration_h_max = 24
look_ahead_days_max = 14
open_proposals_max = 10000
proposals_per_hour_max = 1000000

[[legal_basis]]
id = "flight-safety"
text = "Article 3 of this agreement, and each party's own law on the safety of flight"

[[legal_basis]]
id = "protection"
text = "Article 3 of this agreement, and the law that protects the places and movements notified"

[[releasability]]
kinds = ["intent.*"]
labels = ["tlp:clear", "tlp:green", "tlp:amber"]
legal_basis = "flight-safety"

[[releasability]]
kinds = ["site.*", "movement.*"]
labels = ["tlp:clear", "tlp:green", "tlp:amber"]
legal_basis = "protection"

[[releasability]]
kinds = ["observation.report"]
labels = ["tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red"]
legal_basis = "flight-safety"
"""

_ARTICLES = """\
## 1. Purpose
The parties fly in, or answer for, the same airspace. They tell each other of planned flights,
so that none of them comes nearer to another than the minima. No party commands another.

## 2. What is covered
The area, the heights and the dates stated above. A flight outside them is shown as not covered.

## 3. Release
Each party releases planned flights, and its answers, to the other parties for the safety of
flight alone; and protected sites and movements, each as finely as it consents to, for their
protection alone. A place that nobody notified may be protected all the same. What
is observed of hazards goes to whom each party's own policy names; it names no target.

## 4. Flights
A planned flight is accepted with the signed assent of every party concerned. Silence is not assent.

## 5. Line checks
The line is tested at the interval stated above. A missed check is shown as a degraded line.
A FLASH that no person acknowledges is carried up the ladder stated above, step by step. So is a
notice, a protected site or a movement that an echelon named above has not acknowledged in time.

## 6. Suspension and withdrawal
Either party may suspend or withdraw by a signed statement, which is recorded as its own. Only the
party that suspended restores. A suspension stops new acceptances; flights already accepted stand.
"""
