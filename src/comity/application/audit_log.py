"""The log of what people and machines tried: bounded, without secrets, sealed by the minute and handed on."""

from concurrent.futures import Executor, Future
from dataclasses import replace
from threading import Lock

from comity.application.ports.access_store import AccessStore
from comity.application.ports.audit_sink import AuditSink
from comity.domain.operators.access import AuditChecked, Audited
from comity.kernel.errors import StoreError
from comity.kernel.instants import Instant

FLUSH_S = 1.0
PENDING_MAX = 2_000  # kinds of lines in a second; beyond it they are counted only
MINUTE_MS = 60_000
HANDED_AT_ONCE = 200

_Key = tuple[int, str | None, str, str, str, str, str | None]


class AuditLog:
    """Lines that are alike but for their second are counted, so that a flood cannot push the rest out.

    `note` and `tend` never wait for the disk where a thread is given for it; the rest does. What waits when the
    process is killed is lost: a second of lines, or as long as the disk takes for one write where that is longer.
    """

    def __init__(self, store: AccessStore, behind: Executor | None = None) -> None:
        """Begin.

        Args:
            store: where the lines are kept.
            behind: one thread that writes; None writes in `tend` itself.
        """
        self._store = store
        self._behind = behind
        self._writing: Future[None] | None = None
        self._taking = Lock()  # over what waits; never held while the disk works
        self._disk = Lock()  # over what is written; one writes at a time, in the order it was taken
        self._store.seal_audit(None)  # of a run before, and not counted up any more
        self._sealed_minute = 0
        self.sink: AuditSink | None = None
        self._pending: dict[_Key, Audited] = {}
        self._written: dict[_Key, tuple[int, Audited]] = {}
        self._flushed_at: Instant | None = None
        self._uncounted = 0

    def note(self, line: Audited) -> None:
        """Take in one line; it is written within a second."""
        key = (
            line.at.unix_ms // MINUTE_MS,
            line.operator,
            line.by,
            line.what,
            line.outcome,
            line.address,
            line.session,
        )
        with self._taking:
            self._wait(key, line)

    def _wait(self, key: _Key, line: Audited) -> None:
        before = self._pending.get(key)
        if before is not None:
            self._pending[key] = replace(before, count=before.count + line.count)
        elif len(self._pending) < PENDING_MAX:
            self._pending[key] = line
        else:
            self._uncounted += line.count

    def tend(self, at: Instant) -> None:
        """Have written what waits, at most once a second, and one write at a time.

        Raises:
            StoreError: the disk refused the last write; its lines wait for the next.
        """
        if self._flushed_at is not None and abs(at.minus(self._flushed_at)) < FLUSH_S:
            return
        if self._behind is None:
            self._flushed_at = at
            self._write(at)
            return
        done = self._writing
        if done is not None and not done.done():
            return
        self._flushed_at = at
        self._writing = self._behind.submit(self._write, at)
        if done is not None:
            done.result()

    def close(self, at: Instant) -> None:
        """Write what waits, after what is being written; nothing is noted any more."""
        if self._behind is not None:
            self._behind.shutdown()
        self.flush(at)

    def _write(self, at: Instant) -> None:
        with self._disk:
            self._flush(at)
            self._seal(at)
            self._hand_on()

    def check(self, at: Instant) -> AuditChecked:
        """Whether every sealed line is still the one that was sealed."""
        with self._disk:
            self._flush(at)
            self._seal(at)
            return self._store.check_audit()

    @property
    def handed_on(self) -> int:
        """Number of the last line that was handed on; 0 before the first."""
        with self._disk:
            return self._store.audit_handed_on()

    def _seal(self, at: Instant) -> None:
        """Seal the minutes that are over: no line of theirs is counted up any more."""
        minute = at.unix_ms // MINUTE_MS
        if minute != self._sealed_minute:
            self._sealed_minute = minute
            self._store.seal_audit(Instant(minute * MINUTE_MS))

    def _hand_on(self) -> None:
        if self.sink is None:
            return
        if self.sink.handed_on > self._store.audit_handed_on():
            self._store.audit_handed_on(self.sink.handed_on)
        if self.sink.waiting == 0:
            lines = self._store.sealed_after(self._store.audit_handed_on(), HANDED_AT_ONCE)
            if lines:
                self.sink.take(lines)

    def flush(self, at: Instant) -> None:
        """Write what waits: a line that is alike to one of this minute is counted there.

        Raises:
            StoreError: the disk refuses; the lines wait for the next time.
        """
        with self._disk:
            self._flush(at)

    def _flush(self, at: Instant) -> None:
        minute = at.unix_ms // MINUTE_MS
        sealed_to = self._store.audit_sealed_to
        self._written = {
            key: each
            for key, each in self._written.items()
            if key[0] >= minute - 1 and each[0] > sealed_to
        }
        with self._taking:
            taken, self._pending = self._pending, {}
            uncounted, self._uncounted = self._uncounted, 0
        lines: list[tuple[int | None, Audited]] = []
        for key, line in taken.items():
            number, before = self._written.get(key, (None, None))
            count = line.count + (0 if before is None else before.count)
            lines.append((number, replace(line if before is None else before, count=count)))
        keys: list[_Key | None] = list(taken)
        if uncounted:
            over = Audited(at, None, "none", "audit", "too-many-lines", "", None, uncounted)
            lines.append((None, over))
            keys.append(None)
        if not lines:
            return
        try:
            numbers = self._store.audit(lines)
        except StoreError:
            self._put_back(taken, uncounted)
            raise
        for known, number, (_, line) in zip(keys, numbers, lines, strict=True):
            if known is not None and len(self._written) < PENDING_MAX:
                self._written[known] = (number, line)

    def _put_back(self, taken: dict[_Key, Audited], uncounted: int) -> None:
        """In front of what came meanwhile."""
        with self._taking:
            since, self._pending = self._pending, taken
            self._uncounted += uncounted
            for key, line in since.items():
                self._wait(key, line)

    def read(self, before: int | None, limit: int, at: Instant) -> list[tuple[int, Audited]]:
        """Lines with their numbers, the newest first."""
        with self._disk:
            self._flush(at)
            return self._store.audited(before, limit)
