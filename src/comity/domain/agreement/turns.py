"""The instants at which anything that the agreements say may change."""

from bisect import bisect_right
from collections.abc import Iterable

from comity.domain.agreement.standing import Version
from comity.kernel.instants import Instant


class Turns:
    """Time cut into stretches within which every question about the agreements has one answer.

    Everything that the book asks of an instant is whether some turn of a version has come by then
    (`turn <= at`), so two instants with the same turns behind them cannot be told apart.
    """

    def __init__(self, versions: Iterable[Version] = ()) -> None:
        self._turns_ms = sorted({turn.unix_ms for each in versions for turn in _turns_of(each)})

    def stretch(self, at: Instant) -> int:
        """The number of the stretch that an instant lies in."""
        return bisect_right(self._turns_ms, at.unix_ms)


def _turns_of(version: Version) -> Iterable[Instant]:
    terms = version.agreement.terms
    yield terms.valid_from
    yield terms.valid_until
    for signed in version.signatures.values():
        yield signed.made_at
    for effects in version.effects.values():
        for effect in effects:
            yield effect.made_at
            yield effect.effective_at
