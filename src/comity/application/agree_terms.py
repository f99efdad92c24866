"""What a person does about an agreement: propose a text, sign one, suspend, restore, withdraw."""

from comity.application.node import Node
from comity.domain.agreement import (
    Agreement,
    StatementAction,
    parse_agreement,
    proposal_draft,
    signature_draft,
    statement_draft,
)
from comity.domain.records import Record
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import DIGEST, AgreementDigest, OperatorId
from comity.kernel.instants import Instant


def propose_agreement(node: Node, text: str, operator: OperatorId, at: Instant) -> Record:
    """Offer a text to every other party of it.

    Raises:
        InputError: the text is malformed.
        AgreementError: `not-a-party`, or `not-paired`: a party of the text is no peer of this node.
    """
    agreement = parse_agreement(text)
    strangers = sorted(set(agreement.terms.party_ids) - {node.party, *node.peers()})
    if strangers:
        raise AgreementError("not-paired", f"pair with {', '.join(strangers)} first")
    return node.issue(proposal_draft(agreement, node.party, operator), at)


def sign_agreement(
    node: Node, digest: AgreementDigest, operator: OperatorId, at: Instant
) -> Record:
    """Sign a text that was proposed here.

    Raises:
        AgreementError: see `AgreementBook.check_may_sign`.
    """
    agreement = node.agreements.check_may_sign(digest, node.party, at)
    return node.issue(signature_draft(agreement, node.party, operator), at)


def state_agreement(
    node: Node,
    digest: AgreementDigest,
    action: StatementAction,
    reason: str,
    operator: OperatorId,
    at: Instant,
    effective_at: Instant | None = None,
) -> Record:
    """Suspend, restore or withdraw: one party's own statement, recorded as unilateral (L-02).

    Raises:
        AgreementError: see `AgreementBook.check_may_state`.
    """
    agreement = node.agreements.check_may_state(digest, node.party, action)
    drafted = statement_draft(
        agreement, node.party, operator, action=action, reason=reason, effective_at=effective_at
    )
    return node.issue(drafted, at)


def find_agreement(node: Node, start: str) -> Agreement:
    """The agreement whose digest begins so; people copy the first letters.

    Raises:
        InputError: fewer than 8 hex digits, none, or more than one such.
    """
    if len(start) < 8 or DIGEST.fullmatch(start.ljust(64, "0")) is None:
        raise InputError("digest", f"{start!r} is not the first 8 to 64 hex digits of a digest")
    found = [each for each in node.agreements.agreements() if each.digest.startswith(start)]
    if len(found) != 1:
        raise InputError("digest", f"{start!r} fits {len(found)} agreements here")
    return found[0]
