"""The audit log is sealed by the minute and handed on in order, each line at least once."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from comity.adapters.access_store import SqliteAccessStore
from comity.application.audit_log import AuditLog
from comity.domain.operators.access import Audited, Sealed
from comity.kernel.errors import StoreError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

AT = Instant(1_800_000_000_000)  # a whole minute
ADA = OperatorId("ada")


def line(at: Instant, what: str = "POST /v1/line") -> Audited:
    return Audited(at, ADA, "session", what, "done", "::1", "s1")


class Collector:
    """A sink that goes out when it is told to."""

    def __init__(self) -> None:
        self.handed_on, self.fault = 0, None
        self.given: list[Sealed] = []
        self.all: list[int] = []

    @property
    def waiting(self) -> int:
        return len(self.given)

    def take(self, lines: Sequence[Sealed]) -> None:
        assert not self.given, "one batch at a time"
        self.given = list(lines)

    def out(self) -> None:
        self.all += [each.number for each in self.given]
        self.handed_on = self.given[-1].number
        self.given = []

    def close(self) -> None:
        self.given = []


@pytest.mark.requirement("OPER-018")
@pytest.mark.requirement("OPER-019")
def test_a_minute_counts_until_it_is_over_and_is_then_sealed(tmp_path: Path) -> None:
    store = SqliteAccessStore(tmp_path / "access.db")
    log = AuditLog(store)
    for second in (0, 10, 59):
        log.note(line(AT.plus_s(second)))
        log.tend(AT.plus_s(second))
        assert store.audit_sealed_to == 0
    log.tend(AT.plus_s(60))
    [sealed] = store.sealed_after(0, 9)
    assert sealed.line.count == 3
    log.note(line(AT.plus_s(50)))  # a clock that went back: another line, not a changed one
    log.flush(AT.plus_s(61))
    assert [each.count for _, each in store.audited(None, 9)] == [1, 3]
    assert log.check(AT.plus_s(61)).fault is None
    assert AuditLog(store).check(AT.plus_s(61)).sealed_to == 2, "of a run before all is sealed"


@pytest.mark.requirement("OPER-019")
def test_lines_are_handed_on_in_order_and_again_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.application.audit_log.HANDED_AT_ONCE", 2)
    store = SqliteAccessStore(tmp_path / "access.db")
    log, sink = AuditLog(store), Collector()
    log.sink = sink
    for each in range(5):
        log.note(line(AT, f"POST /v1/{each}"))
    log.tend(AT)
    log.tend(AT.plus_s(61))
    assert [each.number for each in sink.given] == [1, 2]
    log.tend(AT.plus_s(63))
    assert sink.all == [], "it waits for the collector, and gives it nothing twice meanwhile"
    sink.out()
    log.tend(AT.plus_s(65))
    assert log.handed_on == 2
    assert [each.number for each in sink.given] == [3, 4]
    log, sink = AuditLog(store), Collector()  # what had not gone out when the node stopped
    log.sink = sink
    for second in range(70, 90, 2):
        log.tend(AT.plus_s(second))
        if sink.given:
            sink.out()
    assert sink.all == [3, 4, 5]


class SlowStore(SqliteAccessStore):
    """A disk that writes when it is told to, and refuses where it is told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.may_write, self.refuses = threading.Event(), False
        self.begun = threading.Event()

    def audit(self, rows: Sequence[tuple[int | None, Audited]]) -> list[int]:
        self.begun.set()
        assert self.may_write.wait(30)
        if self.refuses:
            raise StoreError("access-store", "disk full")
        return super().audit(rows)


def written(store: SqliteAccessStore) -> list[tuple[int, str, int]]:
    return [(number, each.what, each.count) for number, each in reversed(store.audited(None, 99))]


@pytest.mark.requirement("OPER-018")
def test_a_slow_disk_holds_up_nobody_and_nothing_is_lost_or_out_of_order(tmp_path: Path) -> None:
    store = SlowStore(tmp_path / "access.db")
    with ThreadPoolExecutor(1) as behind:
        log = AuditLog(store, behind)
        log.note(line(AT, "first"))
        log.tend(AT)
        assert store.begun.wait(30)
        for second in (
            2,
            4,
            6,
        ):  # it writes still: none of these waits, and no second write is begun
            log.note(line(AT.plus_s(second), "second"))
            log.note(line(AT.plus_s(second), "first"))
            log.tend(AT.plus_s(second))
        assert written(store) == []
        store.may_write.set()
        lines = log.read(None, 9, AT.plus_s(7))
        assert [(number, each.what, each.count) for number, each in lines] == [
            (2, "second", 3),
            (1, "first", 4),
        ]
        log.note(line(AT.plus_s(8), "third"))
        log.close(AT.plus_s(8))
    assert written(store) == [(1, "first", 4), (2, "second", 3), (3, "third", 1)]


@pytest.mark.requirement("OPER-018")
def test_lines_that_the_disk_refused_are_told_and_written_the_next_time(tmp_path: Path) -> None:
    store = SlowStore(tmp_path / "access.db")
    store.may_write.set()
    with ThreadPoolExecutor(1) as behind:
        log = AuditLog(store, behind)
        store.refuses = True
        log.note(line(AT, "first"))
        log.tend(AT)
        behind.submit(int).result()  # it is done with that
        log.note(line(AT, "second"))
        log.note(line(AT, "first"))
        store.refuses = False
        with pytest.raises(StoreError, match="disk full"):
            log.tend(AT.plus_s(2))
        log.close(AT.plus_s(3))
    assert written(store) == [(1, "first", 2), (2, "second", 1)]
