"""What the watch over the air must know of areas: files, hazard notices that stand, protected sites."""

from typing import Any

import msgspec

from comity.application.node import Node
from comity.domain.airspace import volumes_to_body
from comity.kernel.instants import Instant

NOTICES_WATCHED_MAX = 2_000  # some 500 a day of a busy region, for as long as they stand
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
    """A protected site that counts, as a disc that holds it and the error of its position."""

    site: str
    kind: str
    latitude_deg: float
    longitude_deg: float
    radius_m: float


class AreasBrief(msgspec.Struct, frozen=True):
    """Everything that the area net takes from the node.

    Attributes:
        missing: what ought to be watched and is too much.
    """

    files: list[AreaFileBrief] = []
    notices: list[NoticeBrief] = []
    sites: list[SiteBrief] = []
    missing: list[str] = []


def areas_brief(node: Node, at: Instant) -> AreasBrief:
    """What the area net must watch now.

    Args:
        node: between two batches, or as a piece of its work.
        at: now; notices that are over are left out, those to come are told with their times.
    """
    missing = []
    stated = [held for held in node.notices.standing(at) if held.volumes]
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
    if len(stated) > NOTICES_WATCHED_MAX:
        missing.append(f"hazard notices: {NOTICES_WATCHED_MAX} of {len(stated)} are watched")
    sites = _sites(node)
    if len(node.sites) > SITES_WATCHED_MAX:
        missing.append(
            f"protected sites: {SITES_WATCHED_MAX} of {len(node.sites)} are watched, own first"
        )
    files = [
        AreaFileBrief(each.name, each.path, each.digest, each.kind, list(each.guarded))
        for each in node.area_files.files()
    ]
    return AreasBrief(files, notices, sites, missing)


def _sites(node: Node) -> list[SiteBrief]:
    register = node.sites
    told: list[SiteBrief] = []
    for site in register.sites():
        disc = register.disc_of(site)
        if disc is None:
            continue
        if len(told) == SITES_WATCHED_MAX:
            break
        own, theirs = register.own(site), register.theirs(site)
        kind = own.entry.kind if own is not None else theirs.notified.kind if theirs else ""
        told.append(
            SiteBrief(site, str(kind), disc.latitude_deg, disc.longitude_deg, disc.radius_m)
        )
    return told
