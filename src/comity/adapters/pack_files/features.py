"""What a pack tells, thing by thing, in words that no tool runs or renders."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from comity.domain.geometry import Shape
from comity.domain.packs import Condition, Pack, PackedMovement, PackedNotice, PackedSite
from comity.domain.sites import ALWAYS, SiteState, age_words
from comity.domain.sites.held import state_at
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE

AREAS_NOTE = "Areas contain the true place; they do not show where in them it is."
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of one
_INERT = str.maketrans({"<": "‹", ">": "›", "&": "＆", '"': "”"})


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing of a pack.

    Attributes:
        what: site, movement or hazard notice.
        added_m: its error, to be added around the shape.
        begins, ends: None: not limited.
        facts: for people, in order.
    """

    id: str
    what: str
    title: str
    shapes: tuple[Shape, ...]
    added_m: float
    begins: Instant | None
    ends: Instant | None
    facts: dict[str, str] = field(default_factory=dict)


def inert(text: str) -> str:
    """Words that no spreadsheet runs and no page renders: no formula's beginning, no markup."""
    plain = text.translate(_INERT)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def heading(pack: Pack, at: Instant) -> dict[str, str]:
    """What stands over every export: whose it is, how old, until when, and what it does not say."""
    manifest = pack.manifest
    area = manifest.area
    condition = pack.condition(at)
    lines = {
        "pack": manifest.pack,
        "pack_sha256": pack.sha256,
        "maker": pack.record.author,
        "holder": inert(manifest.holder),
        "made_at": str(pack.made_at),
        "written_at": str(at),
        "age_when_written": age_words(pack.age_s(at)),
        "stale_from": str(manifest.stale_from),
        "expires_at": str(pack.expires_at),
        "condition_when_written": condition.value
        if condition is Condition.CURRENT
        else condition.value.upper(),
        "made_for": "everywhere that its maker's register is"
        if area is None
        else f"{area.radius_m:.0f} m around {area.latitude_deg:.5f}, {area.longitude_deg:.5f}",
        "areas": AREAS_NOTE,
        "note": ALWAYS,
    }
    if pack.record.exercise:
        lines = {"EXERCISE": "EXERCISE, EXERCISE, EXERCISE: nothing in it is real", **lines}
    return lines


def features(pack: Pack, at: Instant) -> Iterator[Feature]:
    """Sites, movements and notices, each with what it says."""
    for packed in pack.sites.sites.values():
        yield _site(packed, at)
    for moving in pack.movements.movements:
        yield _movement(moving)
    for noticed in pack.notices:
        yield _notice(noticed)


def _site(packed: PackedSite, at: Instant) -> Feature:
    """A site as its notice tells it; what is not verified is said in capitals."""
    site = packed.notified
    state = state_at(site.state, site.renew_by, at)
    names = [inert(each.text) for each in site.names]
    precision = (
        "as its owner entered it"
        if site.precision_mm == 0
        else f"anywhere in the area; known to {site.precision_mm / MM_PER_METRE:.0f} m"
    )
    facts = {
        "kind": site.kind.value, "state": state.value, "names": "; ".join(names), "where": precision,
        "owner": site.site.partition("/")[0], "renew_by": str(site.renew_by),
        "received_at": str(packed.received_at),
    }  # fmt: skip
    if site.contact is not None:
        facts["contact"] = f"{inert(site.contact.words)} (until {site.contact.until})"
    loud = state.value.upper() if state is not SiteState.VERIFIED else state.value
    title = f"{site.kind.value} {names[0] if names else ''} ({loud})".replace("  ", " ")
    return Feature(
        site.site, "protected site", title, (site.place.shape,), site.place.error_m,
        site.valid_from, site.valid_until, facts,
    )  # fmt: skip


def _movement(moving: PackedMovement) -> Feature:
    """A movement, stretch by stretch; a deviation is said in capitals, and then it has no end."""
    told = moving.notified
    route = told.route
    how = "as notified" if told.deviation is None else f"DEVIATING: {told.deviation.kind.value}"
    escorts = [
        f"{each.count} {inert(each.kind)}, {'armed' if each.armed else 'unarmed'}"
        for each in told.escorts
    ]
    facts = {
        "kind": told.kind.value, "how": how, "begins": str(route.begins), "ends": str(route.ends),
        "slack_s": str(route.slack_s),
        "vehicles": "; ".join(f"{each.count} {inert(each.kind)}, {inert(each.marking)}" for each in told.vehicles),
        "escorts": "; ".join(escorts) or "no guards travel along, as declared",
        "owner": told.movement.partition("/")[0],
    }  # fmt: skip
    if told.contact is not None:
        facts["contact"] = f"{inert(told.contact.words)} (until {told.contact.until})"
    last = max(1, len(route.waypoints) - 1)
    stretches = tuple(
        route.stretch(index, min(index + 1, len(route.waypoints) - 1)) for index in range(last)
    )
    return Feature(
        told.movement, "protected movement", f"{told.kind.value} ({how})", stretches, 0.0,
        route.begins, None if told.deviation is not None else route.ends, facts,
    )  # fmt: skip


def _notice(noticed: PackedNotice) -> Feature:
    """A hazard notice; one without an area says that it may mean any place."""
    notice = noticed.notice
    shapes = tuple(area.shape for area in notice.areas)
    facts = {
        "activity": notice.activity, "author": noticed.author, "record": noticed.record,
        "starts": "; ".join(str(each.instant) for each in notice.starts) or "not stated",
        "ends": "; ".join(str(each.instant) for each in notice.ends) or "not stated",
        "place": inert(notice.place), "description": inert(notice.description),
        "contact": inert(notice.contact),
        "area": "as stated" if shapes else "NO AREA STATED: it may mean any place",
    }  # fmt: skip
    return Feature(
        noticed.record, "hazard notice", f"hazard notice: {notice.activity}", shapes, 0.0,
        None, None, facts,
    )  # fmt: skip
