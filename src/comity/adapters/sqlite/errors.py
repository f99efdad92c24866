"""What SQLite reports, in the reason codes an operator acts on."""

import apsw

from comity.kernel.errors import StoreError

# Reason code and the SQLite results it stands for, most particular first (sqlite.org/rescode.html).
_EXTENDED = {
    apsw.SQLITE_IOERR_FSYNC: "sync-failed",
    apsw.SQLITE_IOERR_DIR_FSYNC: "sync-failed",
    apsw.SQLITE_IOERR_CORRUPTFS: "damaged",
    apsw.SQLITE_IOERR_DATA: "damaged",
}
_PRIMARY: tuple[tuple[type[Exception], str], ...] = (
    (apsw.FullError, "disk-full"),
    (apsw.ReadOnlyError, "read-only"),
    (apsw.PermissionsError, "read-only"),
    (apsw.CorruptError, "damaged"),
    (apsw.NotADBError, "not-a-store"),
    (apsw.FormatError, "damaged"),
    (apsw.BusyError, "busy"),
    (apsw.LockedError, "busy"),
    (apsw.CantOpenError, "cannot-open"),
    (apsw.NoMemError, "no-memory"),
    (apsw.TooBigError, "too-large"),
    (apsw.ConnectionClosedError, "closed"),
    (apsw.IOError, "disk-io"),
    # The schema or a constraint broke under us: the file is not what this program wrote.
    (apsw.SQLError, "damaged"),
    (apsw.ConstraintError, "damaged"),
    (apsw.MismatchError, "damaged"),
    (apsw.SchemaChangeError, "damaged"),
)


def store_error(error: apsw.Error, doing: str) -> StoreError:
    """The StoreError that stands for an error of SQLite."""
    reason = _EXTENDED.get(getattr(error, "extendedresult", 0))
    if reason is None:
        reason = next((code for kind, code in _PRIMARY if isinstance(error, kind)), "unexpected")
    return StoreError(reason, f"{doing}: {error}")
