"""The real conflict index beside the plain finder: every question is put to both."""

from collections.abc import Collection, Sequence

from tests.simulation.plain_finder import PlainFinder

from comity.domain.airspace import Conflict, Footprint, Minima, Separation
from comity.domain.conflicts import ConflictIndex
from comity.domain.conflicts.index import Packing
from comity.domain.conflicts.part import PackedPart
from comity.domain.intents import Finding
from comity.kernel.ids import RecordDigest

REBUILT_EVERY = 7  # changes; in production they are thousands
CALLS_MEANWHILE = 3  # fall between the beginning and the end of a packing


class Later:
    """A packing that is done after a few calls, in this thread, so that a run can be repeated."""

    def __init__(self, packing: Packing) -> None:
        self._packed = packing()
        self._calls = 0

    def done(self) -> bool:
        self._calls += 1
        return self._calls > CALLS_MEANWHILE

    def result(self) -> PackedPart:
        return self._packed


class IndexBesidePlain:
    """Answers as the index does, and fails where the plain finder says otherwise.

    The compiled index is packed anew every few changes, and some of them fall in between.
    """

    def __init__(self, compiled_from: int) -> None:
        def minima(_one: str, _other: str) -> Separation:
            return Separation(9_260.0, 304.8)

        self._index = ConflictIndex(minima, compiled_from, Later)
        self._plain = PlainFinder()
        self._changes = 0

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
        if self._index._many is not None and self._changes % REBUILT_EVERY == 0:
            self._index._many._outdated = True
        self._index.maintain()
