"""Flights that are over: kept a while for people to see, then only the digests of their records.

What a node holds must not grow with every flight there ever was. A flight that is over leaves the
conflict finder at once; what else is known of it stays until nothing that the protocol allows can
refer to it, and then for a day, or until too many are kept. Its records stay in the store for good,
and `application/past_flights.py` shows the flight from them.
"""

from collections.abc import Iterator

from comity.kernel.ids import IntentId, RecordDigest

FINISHED_KEPT_S = 86_400.0  # a duty day: an overdue flight must not vanish while it is looked for
FINISHED_KEPT_MAX = 20_000  # flights over, shown without asking the store; some 200 MB at most
PAST_MAX = 200_000  # flights of which only digests are known; some 100 MB at most
ANNOUNCEMENTS_OPEN_MAX = 64  # of one party at once; each is held against every flight it meets
ANNOUNCEMENTS_OVER_MAX = 1_000  # emergencies that are over and still listed


class Finished:
    """Which flights are over and since when in turn, and the digests of every flight's records."""

    def __init__(self) -> None:
        self._records: dict[IntentId, list[RecordDigest]] = {}
        self._over: dict[IntentId, None] = {}
        self._past: dict[IntentId, tuple[RecordDigest, ...]] = {}
        self._past_proposals: dict[RecordDigest, IntentId] = {}

    def note(self, intent: IntentId, digest: RecordDigest) -> None:
        """A record about a flight was applied."""
        self._records.setdefault(intent, []).append(digest)

    def records(self, intent: IntentId) -> tuple[RecordDigest, ...]:
        """Digests of the records about a flight, in the order in which they were applied."""
        held = self._records.get(intent)
        return self._past.get(intent, ()) if held is None else tuple(held)

    def is_over(self, intent: IntentId) -> None:
        """Nothing more can come of a flight; it is kept for people only."""
        self._over.setdefault(intent)

    def is_on_again(self, intent: IntentId) -> None:
        """A flight that was over has a new version."""
        self._over.pop(intent, None)

    def surplus(self) -> Iterator[IntentId]:
        """Flights over beyond those that are kept, first the one that was over first.

        The caller forgets each before it asks for the next (`leaves`).
        """
        while len(self._over) > FINISHED_KEPT_MAX:
            yield next(iter(self._over))

    def leaves(self, intent: IntentId, proposals: list[RecordDigest]) -> None:
        """A flight is forgotten, but for its records' digests."""
        self._over.pop(intent, None)
        self._past[intent] = (*self._past.pop(intent, ()), *self._records.pop(intent, ()))
        for digest in proposals:
            self._past_proposals[digest] = intent
        while len(self._past) > PAST_MAX:
            oldest = next(iter(self._past))
            for digest in self._past.pop(oldest):
                self._past_proposals.pop(digest, None)

    def was_proposed(self, digest: RecordDigest) -> bool:
        """Whether a digest names a version of a flight that was forgotten."""
        return digest in self._past_proposals
