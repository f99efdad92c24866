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
from comity.kernel.sentences import Listed, Number, Part, Sentence, Term, said

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
        precise: how precisely the record states it; None: as written.
        basis: what it rests on.
        told: the same for a person, naming what a third party checks.
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
    precise: Part | None
    basis: Basis
    told: Part
    rests_on: tuple[RecordDigest, ...]

    @property
    def precision(self) -> str | None:
        """How precisely, in English."""
        return None if self.precise is None else str(self.precise)

    @property
    def words(self) -> str:
        """What it rests on, in English."""
        return str(self.told)

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
    contradictions: tuple[Sentence, ...]
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
        self.contradictions: list[Sentence] = []
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
                form = "no acknowledgement of a person of {reader} is on record here"
                told = said("knew-no-acknowledgement", form, reader=str(reader))
                self._unknown(Act.ACKNOWLEDGED, record, reader, told)

    def _act_of(self, record: Heard) -> tuple[Act, Part | None]:
        if record.kind == "line.read-back":
            return self._read_back(record)
        if record.kind == "line.concurrence":
            agrees = record.body.get("answer") == "concur"
            return (Act.CONCURRED if agrees else Act.NOT_CONCURRED), None
        if record.kind == "line.escalation":
            echelon = str(record.body.get("echelon", "?"))[:64]
            return Act.ESCALATED, said("knew-escalated-to", "to {echelon}", echelon=echelon)
        if record.kind in _ANSWERS:
            return _ANSWERS[record.kind], None
        return Act.MENTIONED, said(
            "knew-mentioned-in", "in a record of kind {kind}", kind=record.kind
        )

    def _read_back(self, record: Heard) -> tuple[Act, Part]:
        message = self._by_digest.get(RecordDigest(str(record.body.get("message", ""))))
        try:
            if message is None:
                form = "what was repeated is not here to be compared"
                return Act.READ_BACK_ALONE, said("knew-not-compared", form)
            compared = read_back.compare(
                particulars_from_body(message.body, "particulars"),
                particulars_from_body(record.body, "particulars"),
            )
        except RecordError as error:
            form = "cannot be compared: {error}"
            return Act.READ_BACK_ALONE, said("knew-cannot-compare", form, error=str(error))
        if read_back.matches(compared):
            return Act.READ_BACK, said("knew-all-match", "each field repeated matches")
        wrong = [each for each in compared if each.outcome is not read_back.Repeated.MATCH]
        if not wrong:
            form = "nothing was repeated that could be compared"
            return Act.READ_BACK_WRONG, said("knew-nothing-compared", form)
        return Act.READ_BACK_WRONG, Listed(tuple(map(_field_words, wrong)))

    def _about(self, record: Heard) -> Heard | None:
        for name in ("message", "proposal", "record", "alert"):
            found = self._by_digest.get(RecordDigest(str(record.body.get(name, ""))))
            if found is not None:
                return found
        return None

    def _said(
        self, act: Act, about: Heard, record: Heard, words: Part | None = None,
        echelon: str | None = None,
    ) -> None:  # fmt: skip
        """Somebody did something, by a signed record."""
        own = record.author == self._here
        basis = Basis.OWN_CLOCK if own else Basis.PEER_CLAIM
        before, after = self._bounds(record)
        told: list[Part] = [] if words is None else [words]
        made = {
            "record": record.digest[:12], "author": str(record.author), "at": str(record.made_at),
        }  # fmt: skip
        if own:
            form = "record {record}, signed by {author}, says {at} (this node's own clock)"
            told.append(said("knew-own-record", form, **made))
        else:
            form = "record {record}, signed by {author}, says {at} (its clock; a signed claim)"
            told.append(said("knew-peer-record", form, **made))
            form = "taken in here at {at}"
            told.append(said("knew-taken-in", form, at=str(record.received_at)))
        if after is not None:
            form = "it stood in the log at {at} at the latest"
            told.append(said("knew-stood", form, at=str(after)))
            if record.made_at.minus(after) > self._clock_s:
                form = (
                    "{record} says that it was made at {made}, after it was receipted at {after}:"
                    " {apart} apart, {allowed} allowed"
                )
                contradiction = said(
                    "knew-made-after", form, record=record.digest[:12], made=str(record.made_at),
                    after=str(after), apart=Number(record.made_at.minus(after), 1, "s"),
                    allowed=f"{self._clock_s:g} s",
                )  # fmt: skip
                self.contradictions.append(contradiction)
        if about is not record:
            form = "it names {record}, so it was made after that"
            told.append(said("knew-names", form, record=about.digest[:12]))
        self.statements.append(
            Known(
                act, about.digest, about.kind, record.author,
                None if record.operator == NODE_OPERATOR else record.operator,
                echelon or self._echelon(record), record.made_at, before, after,
                precision_of(record.kind, record.body, self._subject), basis, Listed(tuple(told)),
                (record.digest,) if about is record else (record.digest, about.digest),
            )
        )  # fmt: skip

    def _way(self, record: Heard, reader: PartyId) -> None:
        """How a record went to one party."""
        precision = precision_of(record.kind, record.body, self._subject)
        log = self._logs.get((record.author, reader))
        index = None if log is None else log.places.get(record.digest)
        if record.author == self._here and index is not None and log is not None:
            form = "leaf {index} of {log}; put there by this node, its own clock"
            words = said("knew-put", form, index=str(index), log=log.origin)
            self.statements.append(
                Known(Act.SENT, record.digest, record.kind, record.author, None, None, record.received_at,
                      None, None, precision, Basis.OWN_CLOCK, words, (record.digest,))
            )  # fmt: skip
        if reader == self._here:
            self._received_here(record, log, index, precision)
            return
        if log is None or index is None:
            form = "what {author} sends to {reader} stands in a log that is not here"
            told = said("knew-log-elsewhere", form, author=str(record.author), reader=str(reader))
            self._unknown(Act.RECEIVED, record, reader, told)
            return
        before, after = log.around(index)
        if after is None:
            form = (
                "{reader} has cosigned no checkpoint of {log} that holds leaf {index}: no receipt"
            )
            told = said(
                "knew-no-receipt", form, reader=str(reader), log=log.origin, index=str(index)
            )
            self._unknown(Act.RECEIVED, record, reader, told)
            return
        form = (
            "{reader} cosigned size {size} of {log} at {at} by its clock, which holds leaf {index}"
        )
        held: list[Part] = [
            said(
                "knew-cosigned", form, reader=str(reader), size=str(after[0]), log=log.origin,
                at=str(after[1]), index=str(index),
            )
        ]  # fmt: skip
        if before is not None:
            form = "at {at} it cosigned size {size}, which does not"
            held.append(said("knew-not-yet", form, at=str(before[1]), size=str(before[0])))
        self.statements.append(
            Known(Act.RECEIVED, record.digest, record.kind, reader, None, None, None,
                  None if before is None else before[1], _latest(after[1]), precision, Basis.COSIGNED,
                  Listed(tuple(held)),
                  (record.digest,))
        )  # fmt: skip

    def _received_here(
        self, record: Heard, log: LogView | None, index: int | None, precision: Part | None
    ) -> None:
        before = after = None
        told: list[Part] = [said("knew-taken-in-own", "taken in here, this node's own clock")]
        if log is not None and index is not None:
            before, after = log.around(index)
            leaf = said("knew-leaf", "leaf {index} of {log}", index=str(index), log=log.origin)
            told.insert(0, leaf)
            if after is not None:
                form = "this node cosigned size {size} at {at}, which its peer holds"
                told.append(said("knew-we-cosigned", form, size=str(after[0]), at=str(after[1])))
        self.statements.append(
            Known(Act.RECEIVED, record.digest, record.kind, self._here, None, None, record.received_at,
                  None if before is None else before[1], None if after is None else _latest(after[1]),
                  precision, Basis.OWN_CLOCK, Listed(tuple(told)), (record.digest,))
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

    def _unknown(self, act: Act, record: Heard, party: PartyId, why: Sentence) -> None:
        self.statements.append(
            Known(act, record.digest, record.kind, party, None, None, None, None, None, None,
                  Basis.NOTHING, said("knew-unknown", "unknown: {why}", why=why), (record.digest,))
        )  # fmt: skip


def _latest(cosigned_at: Instant) -> Instant:
    """The latest that a cosignature was made: its time is in whole seconds, cut off (C2SP tlog-cosignature)."""
    return cosigned_at.or_last_plus_s(COSIGNED_STEP_S)


def precision_of(kind: str, body: Mapping[str, Any], subject: str) -> Part | None:
    """How precisely a record states a thing; None: as written, with nothing said of it."""
    inner = holding(body, subject) or body
    for each in (inner, body):
        precision_mm = each.get("precision_mm")
        if isinstance(precision_mm, int) and not isinstance(precision_mm, bool):
            if precision_mm == 0:
                return said("knew-exact", "exact")
            form = "within {error} m"
            return said("knew-within", form, error=f"{precision_mm / 1000.0:,.10g}")
        disclosure = each.get("disclosure")
        if isinstance(disclosure, str):
            return said("knew-disclosed", "disclosed as {how}", how=disclosure[:32])
    return said("knew-in-full", "in full, to nobody else") if kind == "site.entries" else None


def _field_words(each: read_back.FieldCompared) -> Part:
    """One field of a repetition that does not match, and why."""
    name, outcome = Term(each.name), Term(str(each.outcome))
    if each.told is None:
        return said("knew-field", "{name} {outcome}", name=name, outcome=outcome)
    return said(
        "knew-field-why", "{name} {outcome}: {why}", name=name, outcome=outcome, why=each.told
    )


def _order(each: Known) -> tuple[object, ...]:
    at = each.at or each.not_after
    return (
        not each.known, at is None, at.unix_ms if at else 0, each.record, each.act.value, each.party,
    )  # fmt: skip
