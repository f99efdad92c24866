"""A network that loses, delays, duplicates, reorders and replays, one seed a run."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

DELAY_MS_MIN = 1
DELAY_MS_MAX = 400
REPLAY_DELAY_MS_MAX = 60_000


@dataclass(frozen=True)
class Faults:
    """Chances for each message, each batch or each second, while faults are on."""

    loss: float = 0.10
    duplication: float = 0.05
    replay: float = 0.02
    crash: float = 0.004
    disk_full: float = 0.002
    backup: float = 0.01
    restore: float = 0.002
    partition: float = 0.01
    partition_ms_max: int = 40_000
    skew_ms_max: int = 2_000
    clock_step: float = 0.0
    clock_step_ms_max: int = 90_000


NONE = Faults(
    loss=0,
    duplication=0,
    replay=0,
    crash=0,
    disk_full=0,
    backup=0,
    restore=0,
    partition=0,
    skew_ms_max=0,
)


@dataclass(order=True)
class _Event:
    at_ms: int
    order: int
    act: Callable[[], None] = field(compare=False)


class Agenda:
    """Virtual time: what happens next, in an order that the seed alone decides."""

    def __init__(self, start_ms: int) -> None:
        self.now_ms = start_ms
        self._events: list[_Event] = []
        self._count = 0

    def after(self, delay_ms: int, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, _Event(self.now_ms + delay_ms, self._count, act))

    def step(self, until_ms: int) -> bool:
        """Run the next event not later than `until_ms`; False when there is none."""
        if not self._events or self._events[0].at_ms > until_ms:
            self.now_ms = max(self.now_ms, until_ms)
            return False
        event = heapq.heappop(self._events)
        self.now_ms = event.at_ms
        event.act()
        return True


class Network:
    """One-way messages between named places; each may be lost, doubled, late or come again."""

    def __init__(self, agenda: Agenda, rng: random.Random, faults: Faults) -> None:
        self.agenda = agenda
        self.rng = rng
        self.faults = faults
        self.cut_until_ms: dict[tuple[str, str], int] = {}
        self.counts = dict.fromkeys(("sent", "lost", "cut", "doubled", "replayed"), 0)

    def partition(self, sender: str, receiver: str, duration_ms: int) -> None:
        self.cut_until_ms[sender, receiver] = self.agenda.now_ms + duration_ms

    def send(self, sender: str, receiver: str, deliver: Callable[[], None]) -> None:
        self.counts["sent"] += 1
        if self.cut_until_ms.get((sender, receiver), 0) > self.agenda.now_ms:
            self.counts["cut"] += 1
            return
        if self.rng.random() < self.faults.loss:
            self.counts["lost"] += 1
            return
        self.agenda.after(self._delay_ms(), deliver)
        if self.rng.random() < self.faults.duplication:
            self.counts["doubled"] += 1
            self.agenda.after(self._delay_ms(), deliver)
        if self.rng.random() < self.faults.replay:
            self.counts["replayed"] += 1
            self.agenda.after(self.rng.randrange(REPLAY_DELAY_MS_MAX), deliver)

    def heal(self) -> None:
        self.faults = NONE
        self.cut_until_ms.clear()

    def _delay_ms(self) -> int:
        if self.faults is NONE:
            return DELAY_MS_MIN
        return self.rng.randrange(DELAY_MS_MIN, DELAY_MS_MAX)
