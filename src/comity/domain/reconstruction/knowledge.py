"""Who knew what, when: of one thing, every making, sending, receipt and answer, and what each rests on (L-05, L-14).

Nothing is inferred from silence: where no receipt is there, it is unknown whether a party has a record, and
where no person's answer is there, it is unknown whether a person has it (L-28).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comity.domain.line import read_back
from comity.domain.line.particulars import particulars_from_body
from comity.domain.reconstruction.heard import Heard, LogView, by_value, holding
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import NODE_OPERATOR, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

RECORDS_MAX = 2_000  # about one thing; more is told as an error, never cut off in silence
BEGINNING_MIN = 6  # characters of a digest that may stand for it
BEGINNING_MAX = 64
CLOCK_S_ASSUMED = (
    5.0  # ASTM F3548-21 TimeSyncMaxDifferentialSeconds; where an agreement says otherwise, that
)

COSIGNED_STEP_S = 0.999  # of a time told in whole seconds


class Act(StrEnum):
    """What somebody did, or had."""

    MADE = "made"
    SENT = "sent"
    """Put into the log for a party; that it was read is another thing."""
    RECEIVED = "received"
    """Stored by a party's node: by its receipt, or here."""
    ACKNOWLEDGED = "acknowledged"
    """A person has it."""
    READ_BACK = "read back"
    """A person repeated it, and the repetition matches."""
    READ_BACK_WRONG = "read back wrongly"
    READ_BACK_ALONE = "read back, not compared"
    """What was repeated is not here, or cannot be read."""
    CONCURRED = "concurred"
    NOT_CONCURRED = "did not concur"
    ASSENTED = "assented"
    REFUSED = "refused"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"
    MENTIONED = "mentioned"


class Basis(StrEnum):
    """What a statement rests on."""

    OWN_CLOCK = "own clock"
    """This node's own journal: its word."""
    PEER_CLAIM = "peer's signed claim"
    """A time that a peer wrote and signed."""
    COSIGNED = "cosigned checkpoint"
    """The reader's cosignature over the log: both sides' signatures."""
    NOTHING = "nothing"
    """It is not known."""


@dataclass(frozen=True, slots=True)
class Known:
    """One statement.

    Attributes:
        act: what happened, or what is asked for.
        record: the record that it is about.
        kind: of that record.
        party: who did it, or has it.
        person: who acted; None: the node, or not known.
        echelon: at which the person had the watch then, or to which it was carried; None: not known.
        at: when; None: not known to the moment, or not at all.
        not_before, not_after: bounds that signatures give.
        precision: how precisely the record states it; None: as written.
        basis: what it rests on.
        words: the same for a person, naming what a third party checks.
        rests_on: digests of the records that show it.
    """

    act: Act
    record: RecordDigest
    kind: str
    party: PartyId
    person: OperatorId | None
    echelon: str | None
    at: Instant | None
    not_before: Instant | None
    not_after: Instant | None
    precision: str | None
    basis: Basis
    words: str
    rests_on: tuple[RecordDigest, ...]

    @property
    def known(self) -> bool:
        """Whether it is known at all."""
        return self.basis is not Basis.NOTHING


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything this node can say of one thing.

    Attributes:
        subject: as asked.
        here: this node's party.
        statements: in order of time, the unknown last.
        contradictions: where times that were signed cannot both be.
        records: how many records it is made of.
    """

    subject: str
    here: PartyId
    statements: tuple[Known, ...]
    contradictions: tuple[str, ...]
    records: int

    def unknown(self) -> tuple[Known, ...]:
        """What is not known."""
        return tuple(each for each in self.statements if not each.known)


def who_knew(
    subject: str,
    heard: Sequence[Heard],
    logs: Sequence[LogView],
    here: PartyId,
    clock_s: float = CLOCK_S_ASSUMED,
) -> Knowledge:
    """Who knew of a thing, and when.

    Args:
        subject: a record's digest or its beginning, or the id of an intent, a site, a notice, a matter, an alert.
        heard: the journal, in its order.
        logs: every log that this node holds.
        here: whose node this is.
        clock_s: by how much the parties' clocks may differ.

    Raises:
        InputError: `subject` where it is no name, several digests begin so, or too many records are about it.
    """
    chosen, about = _records_of(subject, heard)
    if len(chosen) + len(about) > RECORDS_MAX:
        why = f"{len(chosen) + len(about)} records are about it, at most {RECORDS_MAX}"
        raise InputError("subject", why)
    bench = _Bench(subject, heard, logs, here, clock_s)
    for each in chosen:
        bench.fact(each)
    for each in about:
        bench.answer(each)
    bench.say_what_is_not_known()
    return Knowledge(
        subject, here, tuple(sorted(bench.statements, key=_order)), tuple(bench.contradictions),
        len(chosen) + len(about),
    )  # fmt: skip


def _records_of(subject: str, heard: Sequence[Heard]) -> tuple[list[Heard], list[Heard]]:
    """Records that state the thing, and those that name them by digest."""
    if not subject or len(subject) > 128:
        raise InputError("subject", f"{len(subject)} characters, from 1 to 128")
    named = by_value(heard)
    rows = set(named.get(subject, ()))
    if BEGINNING_MIN <= len(subject) <= BEGINNING_MAX and set(subject) <= set("0123456789abcdef"):
        found = [row for row, each in enumerate(heard) if each.digest.startswith(subject)]
        if len(found) > 1 and len({heard[row].digest for row in found}) > 1:
            raise InputError("subject", f"{len(found)} records begin with {subject}")
        if found:  # records that name a digest are about it, and do not state it
            rows = set(found)
    chosen = sorted(rows)
    seen, level = set(chosen), list(chosen)
    about: list[int] = []
    while level and len(seen) <= RECORDS_MAX:
        further = [
            row
            for each in level
            for row in named.get(heard[each].digest, ())
            if row not in seen and heard[row].kind not in _LISTS
        ]
        level = sorted(set(further))
        seen.update(level)
        about += level
    return [heard[row] for row in chosen], [heard[row] for row in sorted(set(about))]


_LISTS = frozenset({"log.checkpoints", "evidence.bundle"})
"""Kinds that list others and say nothing of them."""
_ANSWERS: Mapping[str, Act] = {
    "line.acknowledgement": Act.ACKNOWLEDGED,
    "notice.acknowledgement": Act.ACKNOWLEDGED,
    "alert.acknowledged": Act.ACKNOWLEDGED,
    "intent.assent": Act.ASSENTED,
    "intent.refusal": Act.REFUSED,
    "intent.withdrawal": Act.WITHDRAWN,
    "notice.cancellation": Act.WITHDRAWN,
    "site.withdrawal": Act.WITHDRAWN,
    "movement.withdrawal": Act.WITHDRAWN,
    "observation.withdrawal": Act.WITHDRAWN,
    "line.stop-release": Act.WITHDRAWN,
}
_BY_PERSON = frozenset({Act.ACKNOWLEDGED, Act.READ_BACK, Act.READ_BACK_WRONG, Act.READ_BACK_ALONE})
"""Acts by which a person shows that they have it."""
_ASKS_A_PERSON = ("line.message", "line.stop", "line.denial", "notice.notice")
"""Kinds of which a person's acknowledgement is looked for."""


class _Bench:
    """The statements in the making."""

    def __init__(
        self,
        subject: str,
        heard: Sequence[Heard],
        logs: Sequence[LogView],
        here: PartyId,
        clock_s: float,
    ) -> None:
        self.statements: list[Known] = []
        self.contradictions: list[str] = []
        self._subject = subject
        self._here = here
        self._clock_s = clock_s
        self._logs = {(each.owner, each.reader): each for each in logs}
        self._watches = [each for each in heard if each.kind == "line.watch"]
        self._facts: list[Heard] = []
        self._by_digest = {each.digest: each for each in heard}
        self._acknowledged: set[tuple[RecordDigest, PartyId]] = set()

    def fact(self, record: Heard) -> None:
        """A record that states the thing: or an answer that names it by its id."""
        if record.kind in _ANSWERS or record.kind == "line.escalation":
            self.answer(record)
            return
        self._facts.append(record)
        self._said(Act.MADE, record, record)
        for reader in record.recipients:
            self._way(record, reader)

    def answer(self, record: Heard) -> None:
        """A record about one that states the thing."""
        act, words = self._act_of(record)
        about = self._about(record)
        if act in _BY_PERSON and about is not None:
            self._acknowledged.add((about.digest, record.author))
        if act is Act.ESCALATED:
            echelon = str(record.body.get("echelon", ""))[:64] or None
            self._said(act, about or record, record, words, echelon)
            return
        self._said(act, about or record, record, words)
        if act is Act.MENTIONED:
            for reader in record.recipients:
                self._way(record, reader)

    def say_what_is_not_known(self) -> None:
        """A person's acknowledgement, for each party that it was meant for."""
        for record in self._facts:
            if record.kind not in _ASKS_A_PERSON:
                continue
            for reader in record.recipients:
                if (record.digest, reader) in self._acknowledged:
                    continue
                words = f"no acknowledgement of a person of {reader} is on record here"
                self._unknown(Act.ACKNOWLEDGED, record, reader, words)

    def _act_of(self, record: Heard) -> tuple[Act, str]:
        if record.kind == "line.read-back":
            return self._read_back(record)
        if record.kind == "line.concurrence":
            agrees = record.body.get("answer") == "concur"
            return (Act.CONCURRED if agrees else Act.NOT_CONCURRED), ""
        if record.kind == "line.escalation":
            return Act.ESCALATED, f"to {str(record.body.get('echelon', '?'))[:64]}"
        if record.kind in _ANSWERS:
            return _ANSWERS[record.kind], ""
        return Act.MENTIONED, f"in a record of kind {record.kind}"

    def _read_back(self, record: Heard) -> tuple[Act, str]:
        said = self._by_digest.get(RecordDigest(str(record.body.get("message", ""))))
        try:
            if said is None:
                return Act.READ_BACK_ALONE, "what was repeated is not here to be compared"
            compared = read_back.compare(
                particulars_from_body(said.body, "particulars"),
                particulars_from_body(record.body, "particulars"),
            )
        except RecordError as error:
            return Act.READ_BACK_ALONE, f"cannot be compared: {error}"
        if read_back.matches(compared):
            return Act.READ_BACK, "each field repeated matches"
        wrong = "; ".join(
            f"{each.name} {each.outcome}{': ' if each.why else ''}{each.why}"
            for each in compared
            if each.outcome is not read_back.Repeated.MATCH
        )
        return Act.READ_BACK_WRONG, wrong or "nothing was repeated that could be compared"

    def _about(self, record: Heard) -> Heard | None:
        for name in ("message", "proposal", "record", "alert"):
            found = self._by_digest.get(RecordDigest(str(record.body.get(name, ""))))
            if found is not None:
                return found
        return None

    def _said(
        self, act: Act, about: Heard, record: Heard, words: str = "", echelon: str | None = None
    ) -> None:
        """Somebody did something, by a signed record."""
        own = record.author == self._here
        basis = Basis.OWN_CLOCK if own else Basis.PEER_CLAIM
        before, after = self._bounds(record)
        told = [words] if words else []
        told.append(
            f"record {record.digest[:12]}, signed by {record.author}, says {record.made_at}"
            + (" (this node's own clock)" if own else " (its clock; a signed claim)")
        )
        if not own:
            told.append(f"taken in here at {record.received_at}")
        if after is not None:
            told.append(f"it stood in the log at {after} at the latest")
            if record.made_at.minus(after) > self._clock_s:
                self.contradictions.append(
                    f"{record.digest[:12]} says that it was made at {record.made_at}, after it was receipted at "
                    f"{after}: {record.made_at.minus(after):,.1f} s apart, {self._clock_s:g} s allowed"
                )
        if about is not record:
            told.append(f"it names {about.digest[:12]}, so it was made after that")
        self.statements.append(
            Known(
                act, about.digest, about.kind, record.author,
                None if record.operator == NODE_OPERATOR else record.operator,
                echelon or self._echelon(record), record.made_at, before, after,
                precision_of(record.kind, record.body, self._subject), basis, "; ".join(told),
                (record.digest,) if about is record else (record.digest, about.digest),
            )
        )  # fmt: skip

    def _way(self, record: Heard, reader: PartyId) -> None:
        """How a record went to one party."""
        precision = precision_of(record.kind, record.body, self._subject)
        log = self._logs.get((record.author, reader))
        index = None if log is None else log.places.get(record.digest)
        if record.author == self._here and index is not None and log is not None:
            words = f"leaf {index} of {log.origin}; put there by this node, its own clock"
            self.statements.append(
                Known(Act.SENT, record.digest, record.kind, record.author, None, None, record.received_at,
                      None, None, precision, Basis.OWN_CLOCK, words, (record.digest,))
            )  # fmt: skip
        if reader == self._here:
            self._received_here(record, log, index, precision)
            return
        if log is None or index is None:
            words = f"what {record.author} sends to {reader} stands in a log that is not here"
            self._unknown(Act.RECEIVED, record, reader, words)
            return
        before, after = log.around(index)
        if after is None:
            words = f"{reader} has cosigned no checkpoint of {log.origin} that holds leaf {index}: no receipt"
            self._unknown(Act.RECEIVED, record, reader, words)
            return
        words = f"{reader} cosigned size {after[0]} of {log.origin} at {after[1]} by its clock"
        words += f", which holds leaf {index}"
        if before is not None:
            words += f"; at {before[1]} it cosigned size {before[0]}, which does not"
        self.statements.append(
            Known(Act.RECEIVED, record.digest, record.kind, reader, None, None, None,
                  None if before is None else before[1], _latest(after[1]), precision, Basis.COSIGNED, words,
                  (record.digest,))
        )  # fmt: skip

    def _received_here(
        self, record: Heard, log: LogView | None, index: int | None, precision: str | None
    ) -> None:
        before = after = None
        words = "taken in here, this node's own clock"
        if log is not None and index is not None:
            before, after = log.around(index)
            words = f"leaf {index} of {log.origin}; {words}"
            if after is not None:
                words += f"; this node cosigned size {after[0]} at {after[1]}, which its peer holds"
        self.statements.append(
            Known(Act.RECEIVED, record.digest, record.kind, self._here, None, None, record.received_at,
                  None if before is None else before[1], None if after is None else _latest(after[1]),
                  precision, Basis.OWN_CLOCK, words, (record.digest,))
        )  # fmt: skip

    def _bounds(self, record: Heard) -> tuple[Instant | None, Instant | None]:
        """Between which cosignatures it came into a log: the narrowest of all logs it stands in."""
        befores, afters = [], []
        for reader in record.recipients:
            log = self._logs.get((record.author, reader))
            index = None if log is None else log.places.get(record.digest)
            if log is None or index is None:
                continue
            before, after = log.around(index)
            befores += [] if before is None else [before[1]]
            afters += [] if after is None else [_latest(after[1])]
        # that it was in one log late says nothing of when it was made: only the earliest upper bound holds
        return (max(befores) if len(record.recipients) == 1 and befores else None), min(
            afters, default=None
        )

    def _echelon(self, record: Heard) -> str | None:
        """At which echelon the person had the watch, by the last that their party said before."""
        newest: dict[str, object] = {}
        for each in self._watches:
            if each.author == record.author and each.position <= record.position:
                newest[str(each.body.get("echelon", ""))] = each.body.get("officer")
        found = [echelon for echelon, officer in newest.items() if officer == record.operator]
        return found[0] if len(found) == 1 else None

    def _unknown(self, act: Act, record: Heard, party: PartyId, words: str) -> None:
        self.statements.append(
            Known(act, record.digest, record.kind, party, None, None, None, None, None, None,
                  Basis.NOTHING, f"unknown: {words}", (record.digest,))
        )  # fmt: skip


def _latest(cosigned_at: Instant) -> Instant:
    """The latest that a cosignature was made: its time is in whole seconds, cut off (C2SP tlog-cosignature)."""
    return cosigned_at.or_last_plus_s(COSIGNED_STEP_S)


def precision_of(kind: str, body: Mapping[str, Any], subject: str) -> str | None:
    """How precisely a record states a thing; None: as written, with nothing said of it."""
    inner = holding(body, subject) or body
    for each in (inner, body):
        precision_mm = each.get("precision_mm")
        if isinstance(precision_mm, int) and not isinstance(precision_mm, bool):
            return "exact" if precision_mm == 0 else f"within {precision_mm / 1000.0:,.10g} m"
        disclosure = each.get("disclosure")
        if isinstance(disclosure, str):
            return f"disclosed as {disclosure[:32]}"
    return "in full, to nobody else" if kind == "site.entries" else None


def _order(each: Known) -> tuple[object, ...]:
    at = each.at or each.not_after
    return (
        not each.known, at is None, at.unix_ms if at else 0, each.record, each.act.value, each.party,
    )  # fmt: skip
