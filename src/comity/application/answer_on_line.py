"""What a person, or a machine that is named, answers to what was said on the line."""

from comity.application.node import Node
from comity.domain.line import (
    About,
    Acknowledged,
    Attachment,
    Concurrence,
    Item,
    ReadBack,
    Translation,
    about_to_body,
)
from comity.domain.line.attachments import attachments_from_body
from comity.domain.records import Draft, Record, decode_canonical, unwrap
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST, OperatorId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.invariants import invariant

DIGITS_MIN = 8  # of a digest; people copy the first letters


def answer_item(
    node: Node,
    digest: RecordDigest,
    about: About,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
    labels: tuple[str, ...] = (),
) -> Record:
    """Acknowledge, read back, concur, translate or release, to everybody who has the thing said.

    Raises:
        InputError: not known here, said by this side itself, answered before, or a limit is broken.
        AgreementError: the node signs nothing for now.
    """
    item = find_item(node, digest, exercise=exercise)
    _check_news(node, item, about)
    others = tuple(sorted((item.participants & {*node.peers()}) - {node.party}))
    if not others:
        raise InputError("message", "nobody else of its parties is a peer any more")
    kind, body = about_to_body(item.digest, about)
    try:
        return node.issue(Draft(kind, others, body, operator, labels, exercise), at)
    except RecordError as error:
        raise InputError("message", f"{error.reason}: {error.detail}") from error


def find_item(node: Node, start: str, *, exercise: bool = False) -> Item:
    """The thing said whose digest begins so.

    Raises:
        InputError: fewer than 8 hex digits, none, or more than one such.
    """
    book = node.line_of(exercise=exercise)
    exact = book.item(RecordDigest(start))
    if exact is not None:
        return exact
    if len(start) < DIGITS_MIN or DIGEST.fullmatch(start.ljust(64, "0")) is None:
        raise InputError("message", f"{start[:80]!r} is not 8 to 64 hex digits of a digest")
    found = [each for each in book.items() if each.digest.startswith(start)]
    if len(found) != 1:
        raise InputError("message", f"{start!r} fits {len(found)} things said here")
    return found[0]


def attachment_bytes(node: Node, item: Item, sha256: str) -> Attachment:
    """One attachment with its bytes, out of the store.

    Raises:
        InputError: there is none of that hash.
    """
    envelope_bytes = node.store.read(item.digest)
    invariant(envelope_bytes is not None, "what the book knows is in the journal")
    fields = decode_canonical(unwrap(envelope_bytes or b"").payload_bytes)
    for each in attachments_from_body(fields["body"], "attachments"):
        if each.sha256 == sha256:
            return each
    raise InputError("sha256", f"{sha256[:12]} is no attachment of {item.digest[:12]}")


def _check_news(node: Node, item: Item, about: About) -> None:
    """A second answer would change nothing; its author is told so instead."""
    if item.own and not isinstance(about, Translation) and item.said.stop is None:
        raise InputError("message", "own-side: said by this side; the other side answers it")
    answers = item.answers.get(node.party)
    if answers is None:
        return
    first = None
    if isinstance(about, Acknowledged):
        first = answers.acknowledged
    elif isinstance(about, Concurrence) and answers.concurred is not None:
        first = answers.concurred[0]
    elif isinstance(about, ReadBack) and answers.read_back_matched:
        first = answers.read_backs[-1].given
    if first is not None:
        raise InputError("message", f"answered by {first.operator} at {first.made_at}")
