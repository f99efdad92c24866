"""What the watch over the air must know of areas: files, hazard notices that stand, protected sites."""

from collections.abc import Sequence
from typing import Any

import msgspec

from comity.application.brief_watch import NetsBrief, nets_of
from comity.application.node import Node
from comity.domain.agreement import SiteWatch, WatchTerms
from comity.domain.airspace import volumes_to_body
from comity.kernel.instants import Instant

NOTICES_WATCHED_MAX = 2_000  # some 500 a day of a busy region, for as long as they stand
NAMED_MAX = 10  # of what is left out; the rest is counted
SITES_WATCHED_MAX = 5_000  # some 20 ms of the node to tell, and seconds of the watch to compile


class AreaFileBrief(msgspec.Struct, frozen=True):
    """A file of areas, as `AreaFileSettings`."""

    name: str
    path: str | None
    digest: str
    kind: str | None
    guarded: list[str]


class NoticeBrief(msgspec.Struct, frozen=True):
    """A hazard notice that stands, and everywhere that it is held to be."""

    notice: str
    revision: int
    author: str
    activity: str
    record: str
    volumes: list[Any]


class SiteBrief(msgspec.Struct, frozen=True):
    """A protected site that counts, as a disc that holds it and the error of its position.

    Attributes:
        buffer_m: around it, as the agreement in force states; it states none: 0.
        upper_m, upper_datum: no higher does it count; null: at every height.
    """

    site: str
    kind: str
    latitude_deg: float
    longitude_deg: float
    radius_m: float
    buffer_m: float = 0.0
    upper_m: float | None = None
    upper_datum: str | None = None


class AreasBrief(msgspec.Struct, frozen=True):
    """Everything that the area net takes from the node.

    Attributes:
        missing: what ought to be watched and is too much, as it is to be told.
        notices_left_out: ids of those notices.
        sites_left_out: ids of those sites.
        nets: what the agreement in force says of the area net.
    """

    files: list[AreaFileBrief] = []
    notices: list[NoticeBrief] = []
    sites: list[SiteBrief] = []
    missing: list[str] = []
    notices_left_out: list[str] = []
    sites_left_out: list[str] = []
    nets: NetsBrief = NetsBrief()


def areas_brief(node: Node, at: Instant) -> AreasBrief:
    """What the area net must watch now; of more than it can, the hot notices and the own sites first.

    Args:
        node: between two batches, or as a piece of its work.
        at: now; notices that are over are left out, those to come are told with their times.
    """
    terms = node.terms(at)
    watch = WatchTerms() if terms is None else terms.watch
    stated = [held for held in node.notices.standing(at) if held.volumes]
    stated.sort(key=lambda held: (max(held.window[0], at), held.notice.id))
    notices = [
        NoticeBrief(
            notice=held.notice.id,
            revision=held.notice.revision,
            author=held.author,
            activity=held.notice.activity,
            record=held.record,
            volumes=volumes_to_body(held.volumes),
        )
        for held in stated[:NOTICES_WATCHED_MAX]
    ]
    notices_left_out = [str(held.notice.id) for held in stated[NOTICES_WATCHED_MAX:]]
    sites, sites_left_out = _sites(node, watch)
    missing = [
        *_left_out("hazard notices", len(stated), notices_left_out, "those that are hot first"),
        *_left_out(
            "protected sites", len(sites) + len(sites_left_out), sites_left_out, "own first"
        ),
    ]
    files = [
        AreaFileBrief(each.name, each.path, each.digest, each.kind, list(each.guarded))
        for each in node.area_files.files()
    ]
    return AreasBrief(
        files, notices, sites, missing, notices_left_out, sites_left_out, nets_of(watch)
    )


def _left_out(what: str, count: int, left_out: Sequence[str], order: str) -> list[str]:
    if not left_out:
        return []
    named = ", ".join(left_out[:NAMED_MAX])
    more = f" and {len(left_out) - NAMED_MAX} more" if len(left_out) > NAMED_MAX else ""
    watched = count - len(left_out)
    return [f"{what}: {watched} of {count} are watched, {order}; not watched: {named}{more}"]


def _sites(node: Node, watch: WatchTerms) -> tuple[list[SiteBrief], list[str]]:
    register = node.sites
    told: list[SiteBrief] = []
    left_out: list[str] = []
    for site in register.sites():
        disc = register.disc_of(site)
        if disc is None:
            continue
        if len(told) == SITES_WATCHED_MAX:
            left_out.append(site)
            continue
        own, theirs = register.own(site), register.theirs(site)
        kind = str(own.entry.kind if own is not None else theirs.notified.kind if theirs else "")
        stated = watch.of_site(kind) or SiteWatch()
        told.append(
            SiteBrief(
                site=site,
                kind=kind,
                latitude_deg=disc.latitude_deg,
                longitude_deg=disc.longitude_deg,
                radius_m=disc.radius_m,
                buffer_m=stated.buffer_m,
                upper_m=None if stated.upper is None else stated.upper.height_m,
                upper_datum=None if stated.upper is None else str(stated.upper.datum),
            )
        )
    return told, left_out
