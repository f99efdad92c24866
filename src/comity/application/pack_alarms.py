"""A site is taken back, and packs that were made here still hold it: people are told which."""

from typing import TYPE_CHECKING, Final

from comity.application.alarm import Alarm
from comity.domain.packs import What
from comity.domain.records import Record
from comity.domain.sites import ENDING, WITHDRAWAL
from comity.kernel.ids import SiteId
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node

TOLD_MAX: Final = 5


def ring_for_packs(node: "Node", record: Record, received_at: Instant) -> None:
    """Raise an alarm where a site was ended or taken back that packs in force still hold."""
    if record.kind == WITHDRAWAL and record.author != node.party:
        sites = [SiteId(each) for each in record.body["sites"]]
    elif record.kind == ENDING:
        sites = [SiteId(str(record.body["site"]))]
    else:
        return
    if not len(node.packs):
        return
    holders = {}
    for site in sites:
        for made, _ in node.packs.holding(What.SITE, site):
            if received_at < made.expires_at:
                holders[made.manifest.pack] = made
    if not holders:
        return
    told = [
        f"{pack} of {made.manifest.holder} until {made.expires_at}"
        for pack, made in sorted(holders.items())[:TOLD_MAX]
    ]
    more = "" if len(holders) <= TOLD_MAX else f" and {len(holders) - TOLD_MAX} more"
    words = f"{len(sites)} site(s) taken back are still in packs: {'; '.join(told)}{more}"
    values = (("n", str(len(sites))), ("packs", "; ".join(told) + more))
    node.alarm(
        Alarm(
            received_at,
            "pack-outdated",
            words,
            record.author,
            record.digest,
            "pack-outdated",
            values,
        )
    )
