"""What must hold at each step. A step touches one node or two; only what was touched is looked at again."""

from typing import TYPE_CHECKING

from tests.simulation.plain_finder import meets

from comity.application.node import Node
from comity.domain.intents import IntentState, Label, Version
from comity.domain.ledger import MerkleLog
from comity.kernel.ids import PartyId

if TYPE_CHECKING:
    from tests.simulation.world import Place, World

AGREED = frozenset(
    {IntentState.ACCEPTED, IntentState.ACTIVATED, IntentState.NONCONFORMING, IntentState.CONTINGENT}
)
LABELS_LOOKED_AT_MS = 15_000  # labels follow states and flags; once in a while is often enough


def own_versions(node: Node) -> list[Version]:
    """Every version of every own intent, as the node itself keeps them."""
    return [v for v in node.intents.holdings.versions.values() if v.own]


def speaks(place: "Place") -> bool:
    """A node that is down shows nothing; one that recovers says so and calls nothing deconflicted."""
    return place.up and not place.node.recovering


class Watch:
    """Looks at a world after each step.

    What was found of a node stays true until a step touches it: nothing else changes its memory.
    """

    def __init__(self, world: "World") -> None:
        self.world = world
        self._agreed: dict[PartyId, list[Version]] = {}
        self._compared: dict[tuple[PartyId, PartyId], tuple[MerkleLog, MerkleLog, int]] = {}
        self._labels_due_ms: dict[PartyId, int] = {}

    def look(self) -> None:
        touched, self.world.touched = self.world.touched, set()
        if not touched:
            return
        self.world.counts["checks"] += 1
        for party in sorted(touched):
            self._look_at_node(self.world.places[party])
        self._no_two_accepted_conflict(touched)
        self._receipted_is_stored(touched)

    def _look_at_node(self, place: "Place") -> None:
        if not place.up:
            self._agreed[place.party.id] = []
            return
        node, seed = place.node, self.world.seed
        assert not node.frozen, f"seed {seed}: {node.party} holds an honest node for a liar"
        agreed = [v for v in own_versions(node) if v.state in AGREED]
        for version in agreed:
            missing = set(version.proposal.required) - set(version.assents)
            assert not missing, f"seed {seed}: {version.intent} is accepted without {missing}"
        self._agreed[place.party.id] = [] if node.recovering else agreed
        if self._labels_due_ms.get(place.party.id, 0) <= self.world.agenda.now_ms:
            self._labels_due_ms[place.party.id] = self.world.agenda.now_ms + LABELS_LOOKED_AT_MS
            self._labels_are_true(place)

    def _no_two_accepted_conflict(self, touched: set[PartyId]) -> None:
        """Safety: the owners' own views of what is agreed never meet across parties."""
        for party in touched:
            for other, versions in self._agreed.items():
                if other == party or (other in touched and other < party):
                    continue
                for one in self._agreed[party]:
                    for two in versions:
                        assert not _meet(one, two), (
                            f"seed {self.world.seed}: {one.intent} and {two.intent} are both accepted"
                        )

    def _labels_are_true(self, place: "Place") -> None:
        """`deconflicted` is shown only with every assent, and each assent was made by its party."""
        node = place.node
        context = node.context(self.world.at(place))
        for intent in list(node.intents.intents()):
            view = node.intents.view(intent, self.world.at(place), context)
            assert view is not None
            shown = view.current
            if shown.label is not Label.DECONFLICTED:
                continue
            assents = {answer.party: answer.digest for answer in shown.answers}
            for party in shown.proposal.required:
                digest = assents.get(party)
                assert digest is not None, f"seed {self.world.seed}: shown without {party}"
                other = self.world.places[party]
                if speaks(other) and not other.lost_disk:
                    said = f"seed {self.world.seed}: {party} never gave {digest}"
                    assert other.node.knows(digest), said

    def _receipted_is_stored(self, touched: set[PartyId]) -> None:
        """What an owner holds a receipt for is in the reader's store, leaf by leaf."""
        for owner, place in self.world.places.items():
            if not speaks(place):
                continue
            for reader, own_log in place.node.own_logs.items():
                if reader == owner or not (owner in touched or reader in touched):
                    continue
                other, size = self.world.places[reader], own_log.receipted_size
                if size and speaks(other):
                    self._compare(own_log.tree, other.node.peer_log(owner).tree, size, other, owner)

    def _compare(
        self, own: MerkleLog, held: MerkleLog, size: int, reader: "Place", owner: PartyId
    ) -> None:
        """Equal roots at a size; two append-only trees once found equal there stay so."""
        if reader.lost_disk and held.size < size:
            return  # a disk was lost, not a promise broken; `logs_agree` holds in the end
        seed, pair = self.world.seed, (owner, reader.party.id)
        assert held.size >= size, f"seed {seed}: {reader.party.id} lost what it receipted"
        before = self._compared.get(pair)
        if before is not None and before[0] is own and before[1] is held and before[2] == size:
            return
        assert held.root(size) == own.root(size), f"seed {seed}: logs differ"
        self._compared[pair] = (own, held, size)


def _meet(one: Version, other: Version) -> bool:
    if one.footprint is None or other.footprint is None:
        return False
    return meets(one.footprint, other.footprint)


def safe(world: "World") -> None:
    """Every invariant, after one step."""
    world.watch.look()


def logs_agree(world: "World") -> bool:
    """Every reader has the whole of every owner's log, and every owner the receipt for it."""
    for owner, place in world.places.items():
        for reader, other in world.places.items():
            if owner == reader:
                continue
            if not (place.up and other.up):
                return False
            own_log = place.node.own_log(reader)
            held = other.node.peer_log(owner).tree
            if held.size != own_log.tree.size or own_log.receipted_size != own_log.tree.size:
                return False
            if held.root() != own_log.tree.root():
                return False
    return True
