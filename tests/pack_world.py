"""Packs for tests: made by a node of the simulator, of invented places near 10° S 150° W."""

import io
from typing import Any

from tests.simulation.world import OFFICER, Place, World
from tests.sites_world import entry_body

from comity.application.keep_sites import consent, enter_sites
from comity.application.make_pack import Made, PackWish, make_pack
from comity.domain.packs import Area, Pack, open_pack
from comity.kernel.ids import PartyId, SiteId

HOUR_S = 3_600.0
AREA = Area(-100_000_000, -1_500_000_000, 100_000_000)


def wish_of(**changed: Any) -> dict[str, Any]:
    """An entry as a person states it."""
    body = entry_body(1, **changed)
    return {k: v for k, v in body.items() if k not in ("site", "version", "blind", "renew_by")}


def enter(world: World, here: Place, *wishes: dict[str, Any]) -> tuple[SiteId, ...]:
    """Sites of one side."""
    return world.do(here, lambda n, at: enter_sites(n, wishes, OFFICER, at)).result()[1]


def consent_to(world: World, here: Place, to: PartyId, precision_mm: int, **changed: Any) -> None:
    """All sites of one side to another party."""

    def work(node, at):
        body = {
            "recipient": to, "sites": None, "precision_mm": precision_mm, "names": False,
            "contact": False, "until": str(at.plus_s(30 * 86_400.0)), "words": "agreed", **changed,
        }  # fmt: skip
        return consent(node, body, OFFICER, at)

    world.do(here, work).result()


def pack_of(
    world: World,
    here: Place,
    recipient: PartyId | None = None,
    area: Area | None = None,
    stale_s: float = HOUR_S,
    life_s: float = 24 * HOUR_S,
    holder: str = "crew of relief 7",
) -> Made:
    """Make a pack."""
    wish = PackWish(recipient, holder, area, stale_s, life_s)
    return world.do(here, lambda n, at: make_pack(n, wish, OFFICER, at)).result()


def opened(made: Made) -> Pack:
    """Its bytes, opened."""
    return open_pack(io.BytesIO(made.pack_bytes).read)
