"""A conflict finder of a few lines: lanes are equal or they do not meet. The simulator's own arithmetic."""

from collections.abc import Collection, Sequence

from comity.domain.airspace import Clear, Conflict, Footprint
from comity.domain.intents import Finding
from comity.kernel.ids import RecordDigest


def meets(one: Footprint, other: Footprint) -> bool:
    """Same place, overlapping closed time windows; all lanes are of one height."""
    return any(
        a.shape.latitude_deg == b.shape.latitude_deg
        and a.shape.longitude_deg == b.shape.longitude_deg
        and a.start <= b.end
        and b.start <= a.end
        for a in one.volumes
        for b in other.volumes
    )


class PlainFinder:
    """Compares with everything held."""

    def __init__(self) -> None:
        self._held: dict[RecordDigest, Footprint] = {}

    def hold(self, key: RecordDigest, footprint: Footprint) -> None:
        self._held[key] = footprint

    def release(self, key: RecordDigest) -> None:
        self._held.pop(key, None)

    def find(
        self, footprint: Footprint, ignoring: Collection[RecordDigest] = ()
    ) -> Sequence[Finding]:
        verdict = (
            Conflict(footprint.volumes[0].start, 0.0, 0.0, 0.0, 0.0)
            if footprint.volumes
            else Clear()
        )
        return [
            Finding(key, verdict)
            for key in sorted(self._held)
            if key not in ignoring and meets(footprint, self._held[key])
        ]

    def set_minima(self, minima: object) -> None:
        del minima
