"""What a person does about notices: send one, revise it, take it back, say that they have one."""

from dataclasses import replace

from comity.application.node import Node
from comity.domain.notices import (
    ACKNOWLEDGEMENT,
    CANCELLATION,
    NOTICE,
    Acknowledgement,
    Cancellation,
    Held,
    Notice,
    acknowledgement_to_body,
    cancellation_to_body,
    notice_to_body,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import NoticeId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

NOTICE_TOKEN_SIZE_BYTES = 8  # 16 hex digits after the author's id


def send_notice(
    node: Node,
    notice: Notice,
    operator: OperatorId,
    at: Instant,
    *,
    recipients: tuple[PartyId, ...] = (),
    labels: tuple[str, ...] = (),
    exercise: bool = False,
) -> Record:
    """Make a new notice known; what is wrong with it is told, and keeps nothing back.

    Args:
        node: the author's.
        notice: as stated; id, revision and agreement are put in here.
        operator: who answers for it.
        at: now.
        recipients: to whom; every other party of the agreement in force where none is named.
        labels: of the record.
        exercise: in which world.

    Raises:
        AgreementError: `nobody-to-notify`, `not-paired`, or the gate denies a recipient.
        RecordError: a limit of the record is broken.
    """
    terms = node.terms(at)
    known = () if terms is None else tuple(each for each in terms.party_ids if each != node.party)
    to = recipients or known
    if not to:
        why = "no agreement is in force, so name the parties that it is to go to"
        raise AgreementError("nobody-to-notify", why)
    strangers = sorted(set(to) - set(node.peers()))
    if strangers:
        raise AgreementError("not-paired", f"pair with {', '.join(strangers)} first")
    stated = replace(
        notice,
        id=NoticeId(f"{node.party}/{node.entropy.token(NOTICE_TOKEN_SIZE_BYTES).hex()}"),
        revision=1,
        replaces=None,
        agreement=None if terms is None else terms.digest,
    )
    draft = Draft(NOTICE, tuple(sorted(to)), notice_to_body(stated), operator, labels, exercise)
    return node.issue(draft, at)


def revise_notice(
    node: Node,
    notice_id: NoticeId,
    notice: Notice,
    operator: OperatorId,
    at: Instant,
    *,
    base: RecordDigest | None = None,
    labels: tuple[str, ...] = (),
    exercise: bool = False,
) -> Record:
    """Put another revision in the place of the one that stands, to the same parties.

    Args:
        node: of this party.
        notice_id: which notice.
        notice: as it is to stand.
        operator: who revises it.
        at: now.
        base: the revision that the person had before them; whichever stands if None.
        labels: of the record.
        exercise: of the exercise.

    Raises:
        InputError: no such notice of this party stands, or another revision than `base` does.
        AgreementError: the gate denies a recipient.
        RecordError: a limit of the record is broken.
    """
    held = _own_standing(node, notice_id, exercise=exercise)
    if base not in (None, held.record):
        why = f"revised since, by {held.operator} at {held.made_at}: {held.record[:12]} stands now"
        raise InputError("base", why)
    terms = node.terms(at)
    stated = replace(
        notice,
        id=notice_id,
        revision=held.notice.revision + 1,
        replaces=held.record,
        agreement=None if terms is None else terms.digest,
    )
    draft = Draft(NOTICE, held.recipients, notice_to_body(stated), operator, labels, exercise)
    return node.issue(draft, at)


def cancel_notice(
    node: Node,
    notice_id: NoticeId,
    reason: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Take an own notice back. It stands with each recipient until this has been received there.

    Raises:
        InputError: no such notice of this party stands.
    """
    held = _own_standing(node, notice_id, exercise=exercise)
    body = cancellation_to_body(Cancellation(notice_id, held.record, reason))
    draft = Draft(CANCELLATION, held.recipients, body, operator, (), exercise)
    return node.issue(draft, at)


def acknowledge_notice(
    node: Node, record: RecordDigest, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """Say that a person here has this very revision. It is no agreement to it.

    Raises:
        InputError: no such revision of another party is here.
    """
    held = node.notices_of(exercise=exercise).get(record)
    if held is None:
        raise InputError("notice", f"no revision {record[:12]} is here")
    if held.author == node.party:
        raise InputError("notice", "an own notice is acknowledged by those it went to")
    body = acknowledgement_to_body(Acknowledgement(record))
    return node.issue(Draft(ACKNOWLEDGEMENT, (held.author,), body, operator, (), exercise), at)


def _own_standing(node: Node, notice_id: NoticeId, *, exercise: bool) -> Held:
    held = node.notices_of(exercise=exercise).latest(notice_id)[-1]
    if held.author != node.party:
        raise InputError("notice", f"{notice_id} is of {held.author}; only its author changes it")
    if not held.stands:
        raise InputError("notice", f"{notice_id} does not stand: it was cancelled")
    return held
