"""The real conflict index beside the plain finder: every question is put to both."""

from collections.abc import Collection, Sequence

from tests.simulation.plain_finder import PlainFinder

from comity.domain.airspace import Conflict, Footprint, Minima, Separation
from comity.domain.conflicts import ConflictIndex
from comity.domain.intents import Finding
from comity.kernel.ids import RecordDigest

REBUILT_EVERY = 7  # changes from one rebuild to the next
CHANGES_MEANWHILE = 3  # of them fall between the beginning and the end of a rebuild


class IndexBesidePlain:
    """Answers as the index does, and fails where the plain finder says otherwise.

    The compiled index is rebuilt at fixed numbers of changes, with some of them in between, and in
    this thread, so that a seed gives the same run each time.
    """

    def __init__(self, compiled_from: int) -> None:
        def minima(_one: str, _other: str) -> Separation:
            return Separation(9_260.0, 304.8)

        self._index = ConflictIndex(minima, compiled_from)
        self._plain = PlainFinder()
        self._changes = 0
        self._finish = lambda: None

    def hold(self, key: RecordDigest, footprint: Footprint) -> None:
        self._index.hold(key, footprint)
        self._plain.hold(key, footprint)
        self._changed()

    def release(self, key: RecordDigest) -> None:
        self._index.release(key)
        self._plain.release(key)
        self._changed()

    def find(
        self, footprint: Footprint, ignoring: Collection[RecordDigest] = ()
    ) -> Sequence[Finding]:
        found = self._index.find(footprint, ignoring)
        plain = self._plain.find(footprint, ignoring)
        said = [(each.key, isinstance(each.verdict, Conflict)) for each in found]
        expected = [(each.key, isinstance(each.verdict, Conflict)) for each in plain]
        assert said == expected, f"the index says {said}, by plain comparison it is {expected}"
        return found

    def set_minima(self, minima: Minima) -> None:
        self._index.set_minima(minima)

    def _changed(self) -> None:
        self._changes += 1
        turn = self._changes % REBUILT_EVERY
        if turn == CHANGES_MEANWHILE:
            self._finish()
            self._finish = lambda: None
        if turn == 0 and self._index.size_bytes:
            rebuild = self._index.begin_rebuild()
            packed = rebuild.packed()
            self._finish = lambda: self._index.finish_rebuild(rebuild, packed)
