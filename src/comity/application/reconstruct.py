"""What a store holds, as a reconstruction reads it: the journal in its order, and the logs with their cosignatures."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

from comity.application.draw_past import AgreementsThen, MapThen, map_then_of
from comity.application.enrol_parties import directory_of
from comity.application.ports.record_store import LogId, RecordStore, StoredCheckpoint
from comity.domain.agreement import PartyCard
from comity.domain.ledger import (
    NoteKey,
    log_origin,
    open_checkpoint,
    verify_cosignature,
    witness_name,
)
from comity.domain.reconstruction import (
    CaseFile,
    Change,
    Heard,
    History,
    Knowledge,
    LogView,
    StateThen,
    TrackThen,
    alert_lines,
    tracks_then,
    who_knew,
)
from comity.domain.reconstruction.tracks_then import GONE_S
from comity.domain.records import payload_of_kept, verify_signature
from comity.domain.tracks import PlotBatch
from comity.kernel.errors import RecordError, StoreError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant, instant_from_canonical


class Keys(Protocol):
    """Every key that ever spoke for a party."""

    def public_keys(self, party: PartyId) -> Iterable[bytes]:
        """All raw public keys of a party."""
        ...


class Stretch(Protocol):
    """A time without a break of which plots were kept."""

    @property
    def starts(self) -> Instant:
        """Its beginning."""
        ...

    @property
    def ends(self) -> Instant:
        """Its end."""
        ...


class PlotsKept(Protocol):
    """Plots on disk."""

    def look_again(self) -> None:
        """Take in what was added since."""
        ...

    def stretches(self) -> Sequence[Stretch]:
        """The times of which plots were kept; all else is unknown."""
        ...

    def plots(
        self, since: Instant, until: Instant, known_by: Instant | None = None
    ) -> tuple[list[PlotBatch], int]:
        """Plots of a time of applicability, received by a moment, and how many of them were dropped."""
        ...


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything at one moment.

    Attributes:
        tracks: the newest plot of each aircraft; empty without `plots_kept` means nothing.
        plots_kept: whether plots received at that moment were kept; False: where aircraft were is unknown.
        dropped: plots of the minute before that could not be kept.
    """

    state: StateThen
    tracks: tuple[TrackThen, ...]
    plots_kept: bool
    dropped: int


class Reconstruction:
    """One store and its plots, asked of any moment. Reads beside the node and changes nothing; safe in threads.

    Args:
        open_store: opens the store to look only.
        card: this party's first card.
        plots: opens what is kept of plots; None where none are.
    """

    def __init__(
        self,
        open_store: Callable[[], RecordStore],
        card: PartyCard,
        plots: Callable[[], PlotsKept | None],
    ) -> None:
        self._open_store = open_store
        self._card = card
        self._open_plots = plots
        self._plots: PlotsKept | None = None
        self._history = History(here=card.party)
        self._agreements = AgreementsThen(card)
        self._asked: tuple[Instant, Instant | None, bool, int] | None = None
        self._stood: StateThen
        self._lock = Lock()

    def knew(self, subject: str) -> Knowledge:
        """Who knew of a thing, and when.

        Raises:
            InputError: as `who_knew`.
            StoreError: the store cannot be read.
        """
        with self._lock:
            store = self._open_store()
            try:
                keys = directory_of(store, self._card)
                return knowledge_of(store, keys, self._card.party, subject)
            finally:
                store.close()

    def records(self, case: CaseFile) -> tuple[Heard, ...]:
        """The records of a case.

        Raises:
            InputError: one is not in the journal, or several begin so.
            StoreError: the store cannot be read.
        """
        with self._lock:
            store = self._open_store()
            try:
                return case.found(heard_of(store))
            finally:
                store.close()

    def moment(self, at: Instant, known_by: Instant | None, *, exercise: bool = False) -> Moment:
        """What stood at a moment, and where aircraft were.

        Args:
            at: the moment.
            known_by: only what this node had by then; None: all that it has now.
            exercise: in the exercise, where no live track belongs.

        Raises:
            StoreError: the store cannot be read.
            InputError: a recording was changed since it was written.
        """
        with self._lock:
            state = self._state(at, known_by, exercise=exercise)
            plots = None if exercise else self._kept()
            if plots is None:
                return Moment(state, (), False, 0)  # noqa: FBT003 - a value's field
            since = Instant(max(0, at.unix_ms - round(GONE_S * 1000.0)))
            batches, dropped = plots.plots(since, at, known_by)
            kept = any(each.starts <= at <= each.ends for each in plots.stretches())
            return Moment(state, tuple(tracks_then(batches, at)), kept, dropped)

    def map_then(
        self, at: Instant, known_by: Instant | None, placed_max: int, *, exercise: bool = False
    ) -> MapThen:
        """What can be drawn of a moment beside its tracks: what stood, by its records, and lines of alerts.

        Args:
            at: the moment.
            known_by: only what this node had by then; None: all that it has now.
            placed_max: of each family; the rest is counted.
            exercise: in the exercise, where no alert belongs.

        Raises:
            StoreError: the store cannot be read.
            InputError: a recording was changed since it was written.
        """
        moment = self.moment(at, known_by, exercise=exercise)
        with self._lock:
            store = self._open_store()
            try:
                told, raised = map_then_of(store, moment.state.items, at, placed_max)
                self._agreements.take(store, self._history.agreements)
            finally:
                store.close()
            agreement = self._agreements.at(at, known_by)
        lines, unknown = alert_lines(raised, moment.tracks, self._card.party)
        return replace(told, lines=lines, lines_unknown=unknown, agreement=agreement)

    def changes(self, since: Instant, until: Instant) -> list[Change]:
        """What became known within a time, in that order."""
        with self._lock:
            return self._caught_up().changes(since, until)

    def stretches(self) -> Sequence[Stretch]:
        """The times of which plots were kept."""
        with self._lock:
            plots = self._kept()
            return () if plots is None else plots.stretches()

    def plots(
        self, since: Instant, until: Instant, known_by: Instant | None = None
    ) -> tuple[list[PlotBatch], int]:
        """Plots of a time; none where none are kept."""
        with self._lock:
            plots = self._kept()
            return ([], 0) if plots is None else plots.plots(since, until, known_by)

    def _state(self, at: Instant, known_by: Instant | None, *, exercise: bool) -> StateThen:
        """Of a moment, its list and its map are asked for one after the other: the last one is kept."""
        history = self._caught_up()
        asked = (at, known_by, exercise, history.size)
        if self._asked != asked:
            self._stood = history.state(at, known_by, exercise=exercise)
            self._asked = asked
        return self._stood

    def _caught_up(self) -> History:
        store = self._open_store()
        try:
            for each in heard_of(store, self._history.size):
                self._history.take(each)
        finally:
            store.close()
        return self._history

    def _kept(self) -> PlotsKept | None:
        if self._plots is None:
            self._plots = self._open_plots()
        else:
            self._plots.look_again()
        return self._plots


def heard_of(store: RecordStore, start: int = 0) -> Iterator[Heard]:
    """The journal. Signatures were verified when each record was taken in; `comity log verify` does it again.

    Raises:
        StoreError: a record cannot be read.
    """
    for position, entry in enumerate(store.journal(start), start):
        try:
            payload = payload_of_kept(entry.envelope_bytes, erased=entry.erased_sha256 is not None)
        except RecordError as error:
            raise StoreError("journal", f"record {entry.digest}: {error}") from error
        yield _heard(position, entry.digest, payload, entry.received_at)


def _heard(
    position: int, digest: RecordDigest, payload: Mapping[str, object], received_at: Instant
) -> Heard:
    body, recipients = payload["body"], payload["recipients"]
    return Heard(
        position=position,
        digest=digest,
        kind=str(payload["kind"]),
        author=PartyId(str(payload["author"])),
        operator=OperatorId(str(payload["operator"])),
        recipients=tuple(
            PartyId(str(each)) for each in (recipients if isinstance(recipients, list) else ())
        ),
        made_at=instant_from_canonical(payload["made_at"]),
        received_at=received_at,
        exercise=payload["exercise"] is True,
        body=body if isinstance(body, Mapping) else {},
    )


def logs_of(store: RecordStore, keys: Keys) -> list[LogView]:
    """Every pair log with its cosigned checkpoints; a cosignature counts only where both signatures hold."""
    found = []
    for log in store.log_ids():
        if log.owner == log.reader:
            continue
        cosigned = {
            each.size: each for each in store.checkpoints(log) if each.cosignature_bytes is not None
        }
        places = {
            leaf.digest: leaf.index for leaf in store.leaves(log) if leaf.quarantine_reason is None
        }
        at = _cosigned_at(log, cosigned, keys)
        found.append(LogView(log.owner, log.reader, places, tuple(sorted(cosigned)), at))
    return found


def knowledge_of(store: RecordStore, keys: Keys, here: PartyId, subject: str) -> Knowledge:
    """Who knew of a thing, and when, by this store.

    Raises:
        InputError: as `who_knew`.
        StoreError: the store cannot be read.
    """
    return who_knew(subject, list(heard_of(store)), logs_of(store, keys), here)


def _cosigned_at(
    log: LogId, cosigned: Mapping[int, StoredCheckpoint], keys: Keys
) -> Callable[[int], Instant | None]:
    seen: dict[int, Instant | None] = {}

    def at(size: int) -> Instant | None:
        if size not in seen:
            seen[size] = _verified(log, cosigned[size], keys)
        return seen[size]

    return at


def _verified(log: LogId, kept: StoredCheckpoint, keys: Keys) -> Instant | None:
    origin, witness = log_origin(log.owner, log.reader), witness_name(log.reader)
    for owner_key in keys.public_keys(log.owner):
        try:
            signed = open_checkpoint(kept.note_bytes, NoteKey(origin, owner_key), verify_signature)
        except RecordError:
            continue
        for reader_key in keys.public_keys(log.reader):
            try:
                return verify_cosignature(
                    kept.cosignature_bytes or b"",
                    signed.checkpoint,
                    NoteKey(witness, reader_key),
                    verify_signature,
                ).cosigned_at
            except RecordError:
                continue
    return None
