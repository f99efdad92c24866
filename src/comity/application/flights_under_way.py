"""Which agreed flights are under way, found without looking at all that a node holds."""

import heapq
from collections.abc import Iterable

from comity.application.node import Node, TakenIn
from comity.domain.intents import KINDS, IntentState, Version
from comity.kernel.ids import IntentId, RecordDigest
from comity.kernel.instants import Instant

FLYING = frozenset({IntentState.ACTIVATED, IntentState.NONCONFORMING, IntentState.CONTINGENT})
OVER_S = (
    5.0  # ASTM F3548-21 TimeSyncMaxDifferentialSeconds: an accepted flight's end, at the latest
)

OVERDUE_S = 3_600.0  # how long a flight is watched whose time ran out while it flew


class FlightsUnderWay:
    """Follows the live book of a node: accepted flights from their start on, flying ones always.

    A flight whose time runs out while it flies is watched on for `OVERDUE_S`: the book calls it expired,
    and it may well be in the air.

    Each look costs what changed and what is under way, not what is held.
    """

    def __init__(self) -> None:
        self._node: Node | None = None
        self._changed: dict[IntentId, None] = {}
        self._to_begin: list[tuple[int, IntentId]] = []
        self._under_way: dict[IntentId, None] = {}
        self._flown: dict[IntentId, RecordDigest] = {}

    def follow(self, node: Node, settled: Iterable[TakenIn]) -> None:
        """Note which flights a batch was about; call it once the batch is durable."""
        if node is not self._node:  # opened anew from its store
            self._node = node
            self._changed = dict.fromkeys(node.intents.intents())
            self._to_begin, self._under_way, self._flown = [], {}, {}
        for taken_in in settled:
            record = taken_in.record
            if record.kind not in KINDS or record.exercise:
                continue
            intent = record.body.get("intent")
            if intent is None:
                digest = RecordDigest(str(record.body.get("proposal")))
                version = node.intents.holdings.versions.get(digest)
                intent = None if version is None else version.intent
            if intent is not None:
                self._changed[IntentId(intent)] = None

    def at(self, node: Node, at: Instant) -> list[Version]:
        """The flights under way, in no order; to be called as a piece of the node's work."""
        changed, self._changed = self._changed, {}
        for intent in changed:
            self._place(node, intent, at)
        while self._to_begin and self._to_begin[0][0] <= at.unix_ms:
            self._place(node, heapq.heappop(self._to_begin)[1], at)
        found = []
        for intent in list(self._under_way):
            version = node.intents.holdings.agreed_version(intent)
            if version is not None and version.state in FLYING:
                self._flown[intent] = version.digest
            elif version is None:
                version = self._overdue(node, intent, at)
            elif at > version.end.or_last_plus_s(OVER_S):
                version = None
            if version is None:
                del self._under_way[intent]
                self._flown.pop(intent, None)
            else:
                found.append(version)
        return found

    def _overdue(self, node: Node, intent: IntentId, at: Instant) -> Version | None:
        """A flight whose time ran out while it flew, and whose owner has not said that it ended."""
        digest = self._flown.get(intent)
        version = None if digest is None else node.intents.holdings.versions.get(digest)
        if version is None or version.state is not IntentState.EXPIRED:
            return None
        return version if at <= version.end.or_last_plus_s(OVERDUE_S) else None

    def _place(self, node: Node, intent: IntentId, at: Instant) -> None:
        version = node.intents.holdings.agreed_version(intent)
        if version is None and intent in self._flown:
            return  # `at` judges whether it is over
        self._under_way.pop(intent, None)
        if version is None:
            return
        if version.state in FLYING or version.start <= at:
            self._under_way[intent] = None
        else:
            heapq.heappush(self._to_begin, (version.start.unix_ms, intent))
