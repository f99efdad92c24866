"""What every store of sessions and credentials promises (application/ports/access_store.py)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from comity.adapters.access_store import SqliteAccessStore
from comity.domain.operators import Action, Role
from comity.domain.operators import access as domain_access
from comity.domain.operators.access import (
    ApiToken,
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
