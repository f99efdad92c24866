"""What every store of sessions and credentials promises (application/ports/access_store.py)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from comity.adapters.access_store import SqliteAccessStore
from comity.domain.operators import Action, Role
from comity.domain.operators import access as domain_access
from comity.domain.operators.access import (
    ApiToken,
    AuditChecked,
    Audited,
    Link,
    Passkey,
    Password,
    Recovery,
    Session,
)
from comity.kernel.errors import StoreError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

AT, ADA = Instant(1_800_000_000_000), OperatorId("ada")
SESSION = Session("h", "s1", ADA, AT, AT, None, "passkey", frozenset({Role.OFFICER}), "::1")
ALL = (
    SESSION,
    Passkey("k", ADA, "localhost", "p", 0, "desk", AT),
    Password(ADA, "hash", "SECRET", AT, 7),
    Recovery(ADA, ("a", "b")),
    Link("l", ADA, AT, "own"),
    ApiToken("t", "h", ADA, "wall", frozenset({Action.STATUS_READ}), ADA, AT, AT),
)
LINE = Audited(AT, ADA, "session", "POST /v1/line", "done", "::1", "s1")
Make = Callable[[], SqliteAccessStore]


@pytest.fixture(params=["file", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "file":
        return lambda: SqliteAccessStore(tmp_path / "access.db")
    store = SqliteAccessStore(None)
    return lambda: store


@pytest.mark.requirement("OPER-016")
def test_what_is_kept_comes_back_equal_and_what_is_dropped_does_not(make: Make) -> None:
    make().change(ALL)
    kept = make().load()
    found = (
        kept.sessions, kept.passkeys, kept.passwords, kept.recoveries, kept.links, kept.tokens
    )  # fmt: skip
    assert tuple(found) == tuple([each] for each in ALL)
    make().change([Recovery(ADA, ())], [SESSION])
    kept = make().load()
    assert (kept.sessions, kept.recoveries) == ([], [Recovery(ADA, ())])


@pytest.mark.requirement("OPER-018")
def test_the_audit_log_keeps_the_latest_and_counts_on(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.adapters.access_store.store.AUDIT_ROWS_MAX", 3)
    assert domain_access.AUDIT_ROWS_MAX == 100_000
    assert make().audit([(None, LINE)] * 5) == [1, 2, 3, 4, 5]
    assert [number for number, _ in make().audited(None, 10)] == [5, 4, 3]
    assert make().audit([(4, SECOND), (None, LINE)]) == [4, 6]
    assert make().audited(5, 1) == [(4, SECOND)]
    assert [number for number, _ in make().audited(None, 2)] == [6, 5]


SECOND = Audited(AT, None, "none", "POST /v1/access", "login-refused", "", None, 9)


@pytest.mark.requirement("OPER-019")
def test_a_sealed_line_is_changed_no_more_and_the_chain_outlives_what_is_dropped(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.adapters.access_store.store.AUDIT_ROWS_MAX", 3)
    store = make()
    assert store.check_audit() == AuditChecked(0, 0, "0" * 64, None)
    later = replace(LINE, at=AT.plus_s(60))
    store.audit([(None, LINE), (None, LINE), (None, later)])
    store.seal_audit(AT.plus_s(60))
    assert (store.audit_sealed_to, store.check_audit().fault) == (2, None)
    with pytest.raises(StoreError, match="audit-sealed"):
        store.audit([(2, SECOND)])
    store.audit([(3, replace(later, count=2))])
    seals = {each.number: each.seal for each in store.sealed_after(0, 10)}
    assert list(seals) == [1, 2]
    store.audit([(None, later)] * 4)  # 5 to 7 stay; 3 and 4 are sealed as they go
    found = make().check_audit()
    assert (found.first, found.sealed_to, found.fault) == (5, 4, None)
    store.seal_audit(None)
    found = make().check_audit()
    assert (found.first, found.sealed_to, found.fault) == (5, 7, None)
    assert [each.number for each in store.sealed_after(5, 1)] == [6]
    assert found.seal == store.sealed_after(6, 9)[0].seal
    assert store.audit_handed_on() == 0
    store.audit_handed_on(6)
    assert make().audit_handed_on() == 6


@pytest.mark.requirement("OPER-019")
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            "UPDATE audit SET value = replace(value, 'done', 'none') WHERE number = 3",
            "line 3 is not",
        ),
        ("UPDATE audit_seal SET seal = zeroblob(32) WHERE number = 3", "line 3 is not"),
        ("DELETE FROM audit WHERE number = 3", "line 3 is missing"),
        ("DELETE FROM audit WHERE number < 3", "the seal before line 3"),
        ("DELETE FROM audit WHERE number = 5", "line 5 is missing"),
        ("DELETE FROM audit", "line 1 is missing"),
        (
            "UPDATE audit SET value = (SELECT value FROM audit WHERE number = 2) WHERE number = 3",
            "line 3 is not",
        ),
    ],
)
def test_a_line_that_somebody_changed_is_found(tmp_path: Path, change: str, fault: str) -> None:
    store = SqliteAccessStore(tmp_path / "access.db")
    store.audit([(None, replace(LINE, count=each)) for each in range(1, 6)])
    store.seal_audit(None)
    store.close()
    other = apsw.Connection(str(tmp_path / "access.db"))
    if "number < 3" in change:
        other.execute("DELETE FROM audit_seal WHERE number < 3")
    other.execute(change)
    other.close()
    found = SqliteAccessStore(tmp_path / "access.db").check_audit().fault
    assert found is not None
    assert found.startswith(fault)


@pytest.mark.requirement("OPER-016")
def test_a_file_that_others_can_read_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "access.db"
    SqliteAccessStore(path).close()
    path.chmod(0o644)
    with pytest.raises(StoreError, match="file-open-to-others"):
        SqliteAccessStore(path)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    store = SqliteAccessStore(tmp_path / "access.db")
    store.close()
    with pytest.raises(StoreError, match="access-store"):
        store.change([SESSION])
