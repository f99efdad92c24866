"""What a seed decides before anything happens: how many nodes, who is asked, what finds conflicts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.simulation.beside import IndexBesidePlain
from tests.simulation.network import NONE, Faults
from tests.simulation.plain_finder import PlainFinder

from comity.application.node import Node
from comity.domain.agreement import Terms
from comity.domain.airspace import Footprint
from comity.domain.intents import BookContext, ConflictFinder
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

COMPILED_FROM = 3  # volumes; the index of production compiles from a thousand on


class ArbitratedNode(Node):
    """Neither owner is asked by the other: only the last party stands between the others.

    No agreement asks so little; with it the rules about holds, waiting and lapsing carry all the
    weight (setting 3 of models/intent_handshake.pml).
    """

    def context(self, at: Instant) -> BookContext:
        return replace(super().context(at), required_parties=_arbiter_only)


def _arbiter_only(terms: Terms, owner: PartyId, _footprint: Footprint) -> tuple[PartyId, ...]:
    *others, arbiter = terms.party_ids
    return tuple(others) if owner == arbiter else (arbiter,)


@dataclass(frozen=True)
class Setting:
    """One world before it begins."""

    nodes: int = 2
    faults: Faults = NONE
    decide_within_s: float = 60.0
    node_class: type[Node] = Node
    make_finder: Callable[[], ConflictFinder] = PlainFinder
    unsynced_commits: int = 0


def setting_of(seed: int) -> Setting:
    """Two and three nodes in turn; the other choices fall across them in shares.

    A third of the worlds of three nodes is arbitrated. A quarter of all worlds asks the real index,
    half of these the compiled one. Two in five are in a hurry: holds lapse within half a minute. In
    two of seven clocks jump by more than a minute: safety needs no clock to be right.
    """
    pair = seed // 2
    node_class: type[Node] = ArbitratedNode if seed % 6 == 5 else Node
    make_finder: Callable[[], ConflictFinder] = PlainFinder
    if pair % 4 == 1:
        compiled_from = COMPILED_FROM if pair % 8 == 1 else 1_000
        make_finder = lambda: IndexBesidePlain(compiled_from)  # noqa: E731
    return Setting(
        nodes=2 + seed % 2,
        faults=Faults(clock_step=0.01) if seed % 7 > 4 else Faults(),
        decide_within_s=20.0 if seed % 5 < 2 else 60.0,
        node_class=node_class,
        make_finder=make_finder,
    )
