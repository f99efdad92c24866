"""Parameters of the nets in an agreement's front matter: `[watch]`, `[[watch_site]]`."""

from collections.abc import Mapping

from comity.domain.agreement.front_matter import LENGTH_UNITS, TIME_UNITS, Table
from comity.domain.agreement.limits import (
    CLASSES_MAX,
    GRACE_S_MAX,
    LOOK_AHEAD_S_MAX,
    LOOK_AHEAD_S_MIN,
    SITE_UPPER_M_MAX,
)
from comity.domain.agreement.protection import BUFFER_M_MAX, PROTECTED_KINDS
from comity.domain.agreement.read_parties import FLIGHT_LEVEL_UNITS
from comity.domain.agreement.read_rules import CLASS
from comity.domain.agreement.text import AgreementTextError
from comity.domain.agreement.watch_terms import SiteWatch, WatchTerms
from comity.domain.airspace import Altitude, Datum

_GRACES = ("nonconforming_after", "conforming_after", "contingent_after", "lost_after")


def read_watch(top: Table, look_ahead_s_by_class: Mapping[str, float]) -> WatchTerms:
    """What the text says of the nets; what it leaves out has the nets' own defaults.

    Raises:
        AgreementTextError: `watch` (a warning later than a caution, or one without the other), `heights`,
            `unknown-kind`, `duplicate`, `missing-key` or the form.
    """
    site, by_kind = _read_sites(top)
    row = top.table("watch")
    if row is None:
        return WatchTerms(
            look_ahead_s_by_class=look_ahead_s_by_class, site=site, site_by_kind=by_kind
        )
    look_ahead_s = row.measure("look_ahead", TIME_UNITS, LOOK_AHEAD_S_MIN, LOOK_AHEAD_S_MAX)
    warning_s, caution_s = (
        row.measure(stem, TIME_UNITS, 1.0, LOOK_AHEAD_S_MAX) for stem in ("warning", "caution")
    )
    if (warning_s is None) != (caution_s is None):
        raise AgreementTextError("watch", row.field("warning_s"), "stands together with caution_s")
    if warning_s is not None and caution_s is not None and warning_s > caution_s:
        why = f"{warning_s:g} s is later than the caution, {caution_s:g} s"
        raise AgreementTextError("watch", row.field("warning_s"), why)
    graces = {f"{stem}_s": row.measure(stem, TIME_UNITS, 0.0, GRACE_S_MAX) for stem in _GRACES}
    at_once_m = row.measure("at_once", LENGTH_UNITS, 1.0, BUFFER_M_MAX)
    row.finish()
    return WatchTerms(
        look_ahead_s=look_ahead_s,
        look_ahead_s_by_class=look_ahead_s_by_class,
        warning_s=warning_s,
        caution_s=caution_s,
        at_once_m=at_once_m,
        site=site,
        site_by_kind=by_kind,
        **graces,
    )


def _read_sites(top: Table) -> tuple[SiteWatch | None, dict[str, SiteWatch]]:
    every: SiteWatch | None = None
    by_kind: dict[str, SiteWatch] = {}
    for row in top.tables("watch_site", CLASSES_MAX):
        kind = row.name("kind", CLASS) if row.has("kind") else None
        if kind is not None and kind not in PROTECTED_KINDS:
            why = f"{kind!r} is none of {', '.join(sorted(PROTECTED_KINDS))}"
            raise AgreementTextError("unknown-kind", row.field("kind"), why)
        if (every is not None) if kind is None else (kind in by_kind):
            why = f"{'every kind' if kind is None else repr(kind)} stands twice"
            raise AgreementTextError("duplicate", row.field("kind"), why)
        buffer_m = row.measure("buffer", LENGTH_UNITS, 0.0, BUFFER_M_MAX)
        upper = _read_upper(row)
        if buffer_m is None and upper is None:
            why = "neither a buffer nor an upper height is there"
            raise AgreementTextError("missing-key", row.field("buffer_m"), why)
        row.finish()
        stated = SiteWatch(buffer_m or 0.0, upper)
        if kind is None:
            every = stated
        else:
            by_kind[kind] = stated
    return every, by_kind


def _read_upper(row: Table) -> Altitude | None:
    if not row.has("datum"):
        stated = row.measure("upper", FLIGHT_LEVEL_UNITS | LENGTH_UNITS, 0.0, SITE_UPPER_M_MAX)
        if stated is not None:
            raise AgreementTextError("missing-key", row.field("datum"), "an upper height needs one")
        return None
    datum = Datum(row.choice("datum", (Datum.WGS84, Datum.EGM2008, Datum.QNE)))
    units = FLIGHT_LEVEL_UNITS | LENGTH_UNITS if datum is Datum.QNE else LENGTH_UNITS
    upper_m = row.measure("upper", units, 0.0, SITE_UPPER_M_MAX)
    if upper_m is None:
        known = ", ".join(f"upper_{unit}" for unit in units)
        raise AgreementTextError("missing-key", row.field("upper"), f"none of {known} is there")
    return Altitude(upper_m, datum)
