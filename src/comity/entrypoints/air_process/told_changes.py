"""Alert changes on their way to the node: none is dropped, warnings go first."""

from collections import deque
from collections.abc import Iterable
from itertools import islice

from comity.application.keep_alerts import AlertChange, change_of
from comity.domain.alerts import Alert, AlertPhase, Severity


class ChangesOwed:
    """Changes that are not durable yet. One lot is on its way at a time; it stays until it is kept.

    Warnings overtake what is milder. That is safe: a clearing never does, and a milder revision
    that comes behind a worse one of the same alert is passed over (`keep_alerts`).
    """

    def __init__(self, lot_max: int) -> None:
        self._lot_max = lot_max
        self._urgent: deque[AlertChange] = deque()
        self._others: deque[AlertChange] = deque()
        self._lot: list[AlertChange] = []
        self._number = 0

    def __len__(self) -> int:
        return len(self._urgent) + len(self._others) + len(self._lot)

    def add(self, alerts: Iterable[Alert]) -> None:
        """Owe these, worst first."""
        for alert in sorted(alerts, key=lambda each: -each.finding.severity):
            warns = alert.phase is AlertPhase.RAISED and alert.finding.severity is Severity.WARNING
            (self._urgent if warns else self._others).append(change_of(alert))

    def next_lot(self) -> tuple[int, list[AlertChange]] | None:
        """What to send now, and its number; None while a lot is on its way or nothing is owed."""
        if self._lot or not (self._urgent or self._others):
            return None
        self._lot = list(islice(self._urgent, self._lot_max))
        for _ in self._lot:
            self._urgent.popleft()
        while self._others and len(self._lot) < self._lot_max:
            self._lot.append(self._others.popleft())
        self._number += 1
        return self._number, self._lot

    def kept(self, number: int) -> None:
        """A lot is durable."""
        if number == self._number:
            self._lot = []
