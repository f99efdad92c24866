"""What is kept of one aircraft heard by Mode S."""

from comity.adapters.mode_s.positions import Position, airborne_of_pair, near, roughly_m
from comity.application.feeds import AircraftLatest, FeedCounts, Remark

PAIR_MS_MAX = 10_000  # DO-260B §2.2.10.3.1: airborne reports of a pair are at most 10 s apart
REFERENCE_MS_MAX = 120_000  # an aircraft of 1,000 m/s stays within the 300 km that `near` needs
SURFACE_REFERENCE_MS_MAX = 600_000  # one that landed is still within 75 km after ten minutes
SPEED_MPS_MAX = 1_000.0
JITTER_M = 2_000.0

Report = tuple[int, int]


class ModeSAircraft(AircraftLatest):
    """`AircraftLatest`, with what completes positions and tells true addresses from chance ones."""

    __slots__ = ("even", "even_ms", "odd", "odd_ms", "position_deg", "vouched_ms")

    def __init__(self) -> None:
        super().__init__()
        self.even: Report | None = None
        self.odd: Report | None = None
        self.even_ms = self.odd_ms = self.vouched_ms = -(10**15)
        self.position_deg: Position | None = None

    def airborne_position(
        self, report: Report, at_ms: int, *, is_odd: bool, counts: FeedCounts
    ) -> Position | None:
        """Position of an airborne report: by its pair, else near the last position."""
        if is_odd:
            self.odd, self.odd_ms = report, at_ms
        else:
            self.even, self.even_ms = report, at_ms
        found = self._by_pair(is_odd=is_odd)
        last = self._reference(at_ms, REFERENCE_MS_MAX)
        if found is None and last is not None:
            found = near(report, last, is_odd=is_odd, is_surface=False)
        if found is None:
            return None
        if last is not None:
            elapsed_s = abs(at_ms - self.position_ms) / 1000
            if roughly_m(found, last) > SPEED_MPS_MAX * elapsed_s + JITTER_M:
                counts.remarks[Remark.POSITION_JUMP] += 1
        self.position_deg, self.position_ms = found, at_ms
        return found

    def surface_position(
        self, report: Report, at_ms: int, *, is_odd: bool, receiver_deg: Position | None
    ) -> Position | None:
        """Position of a surface report, near the last position or else the receiver."""
        self.even = self.odd = None
        reference = self._reference(at_ms, SURFACE_REFERENCE_MS_MAX) or receiver_deg
        if reference is None:
            return None
        found = near(report, reference, is_odd=is_odd, is_surface=True)
        if found is not None:
            self.position_deg, self.position_ms = found, at_ms
        return found

    def _by_pair(self, *, is_odd: bool) -> Position | None:
        if self.even is None or self.odd is None:
            return None
        if abs(self.even_ms - self.odd_ms) > PAIR_MS_MAX:
            return None
        return airborne_of_pair(self.even, self.odd, latest_is_odd=is_odd)

    def _reference(self, at_ms: int, age_ms_max: int) -> Position | None:
        if abs(at_ms - self.position_ms) > age_ms_max:
            return None
        return self.position_deg
