"""What a person says on the line: a message, a stop, a denial, and what the node adds to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from comity.application.node import Node
from comity.domain.line import (
    NO_PARTICULARS,
    QUEUED,
    Attachment,
    Denial,
    Particulars,
    Precedence,
    Reference,
    Said,
    Stop,
    said_to_body,
)
from comity.domain.line.content import said_from_body
from comity.domain.phrasebook import PhraseWritten
from comity.domain.records import Draft, Record
from comity.domain.releasability import Denied, release
from comity.kernel.errors import AgreementError, InputError, RecordError
from comity.kernel.ids import MatterId, OperatorId, PartyId
from comity.kernel.instants import Instant

MATTER_TOKEN_SIZE_BYTES = 8  # 16 hex digits after the owner's id


@dataclass(frozen=True, slots=True)
class Words:
    """What a person hands in.

    Attributes:
        to: receiving parties; empty in a matter that is open: everybody who takes part in it.
        matter: the thread; None opens a new one under `subject`.
        by_number: the phrase that the text is, where it is said by number.
    """

    text: str
    language: str
    operator: OperatorId
    to: tuple[PartyId, ...] = ()
    matter: MatterId | None = None
    subject: str | None = None
    particulars: Particulars = NO_PARTICULARS
    references: Sequence[Reference] = ()
    attachments: Sequence[Attachment] = ()
    closes: bool = False
    labels: tuple[str, ...] = ()
    exercise: bool = False
    by_number: PhraseWritten | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What became of it: the record, and whether it is held back at this node for now."""

    matter: MatterId
    record: Record
    held_back: bool


def mint_matter(node: Node) -> MatterId:
    """A new global id, this party's own (L-26)."""
    return MatterId(f"{node.party}/{node.entropy.token(MATTER_TOKEN_SIZE_BYTES).hex()}")


def send_message(node: Node, words: Words, precedence: Precedence, at: Instant) -> Spoken:
    """Send a message. All but FLASH may be held back here while much is under way.

    Raises:
        InputError: names the field and the limit.
        AgreementError: the release gate denies a recipient, or the node signs nothing for now.
    """
    said, to = _said(node, words, at)
    said = replace(said, precedence=precedence)
    return _issue(node, said, to, words, at)


def deny(node: Node, words: Words, denial: Denial, precedence: Precedence, at: Instant) -> Spoken:
    """State «none of ours» or «we do not know», with scope and time (L-11).

    Raises:
        InputError: names the field and the limit.
        AgreementError: as `send_message`.
    """
    said, to = _said(node, words, at)
    return _issue(node, replace(said, precedence=precedence, denial=denial), to, words, at)


def request_stop(node: Node, words: Words, stop: Stop, at: Instant) -> Spoken:
    """Ask to stop. It takes effect here now, there on receipt, and waits for no person.

    Raises:
        InputError: names the field and the limit.
        AgreementError: as `send_message`.
    """
    said, to = _said(node, words, at)
    return _issue(node, replace(said, precedence=Precedence.FLASH, stop=stop), to, words, at)


def _said(node: Node, words: Words, at: Instant) -> tuple[Said, tuple[PartyId, ...]]:
    if (words.matter is None) == (words.subject is None):
        raise InputError("subject", "a new matter takes a subject; one that is open takes none")
    to = tuple(sorted({*words.to}))
    if words.matter is not None:
        found = node.line_of(exercise=words.exercise).matter(words.matter)
        if found is None:
            raise InputError("matter", f"{words.matter} is not known here")
        to = to or tuple(sorted(found.parties - {node.party}))
    if not to:
        raise InputError("to", "nobody is named")
    strangers = sorted({*to} - {*node.peers()})
    if strangers:
        raise InputError("to", f"{', '.join(strangers)}: not a peer of this node")
    said = Said(
        matter=words.matter or mint_matter(node),
        subject=words.subject,
        precedence=Precedence.ROUTINE,
        language=words.language,
        text=words.text,
        particulars=words.particulars,
        references=tuple(words.references),
        attachments=tuple(words.attachments),
        written_at=at,
        closes=words.closes,
        by_number=words.by_number,
    )
    return said, to


def _issue(node: Node, said: Said, to: tuple[PartyId, ...], words: Words, at: Instant) -> Spoken:
    body = said_to_body(said)
    draft = Draft(said.kind, to, body, words.operator, labels=words.labels, exercise=words.exercise)
    try:
        said_from_body(said.kind, node.party, body)  # names the field before anything is signed
        if said.precedence is Precedence.FLASH or _may_go_now(node, to, said, words, at):
            return Spoken(said.matter, node.issue(draft, at), held_back=False)
        for recipient in to:
            verdict = release(draft, recipient, node.terms(at))
            if isinstance(verdict, Denied):
                raise AgreementError("not-releasable", f"to {recipient}: {verdict.reason}")
        held_body = {"kind": said.kind, "recipients": list(to), "body": body}
        held = Draft(
            QUEUED, (), held_body, words.operator, labels=words.labels, exercise=words.exercise
        )
        return Spoken(said.matter, node.issue(held, at), held_back=True)
    except RecordError as error:
        raise InputError(_field(error), f"{error.reason}: {error.detail}") from error


def _may_go_now(node: Node, to: tuple[PartyId, ...], said: Said, words: Words, at: Instant) -> bool:
    """Whether there is room, nothing waits before it, and its matter is not itself held back."""
    book = node.line_of(exercise=words.exercise)
    opened = said.subject is not None or book.matter(said.matter) is not None
    return opened and not book.outbox.waits_for(to) and node.line_context(at).room(to)


def _field(error: RecordError) -> str:
    name = error.detail.partition(":")[0]
    return name if name.isidentifier() else "line"
