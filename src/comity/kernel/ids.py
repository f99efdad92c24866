"""Distinct types for identifiers, so that one kind cannot be passed for another."""

import re
from typing import NewType

from comity.kernel.errors import InputError

PartyId = NewType("PartyId", str)
"""`<slug>.<8 letters>`: a readable name and the start of the root key's fingerprint (docs/spec/record.md)."""

OperatorId = NewType("OperatorId", str)
"""A person (or a machine account) of one party, unique within it: `[a-z0-9-]{1,32}`; `node` is the node itself."""

KeyId = NewType("KeyId", str)
"""`ed25519:<64 hex>`: algorithm and SHA-256 of the raw public key."""

RecordDigest = NewType("RecordDigest", str)
"""64 lower-case hex digits: SHA-256 of a record's payload under its domain prefix."""

AgreementDigest = NewType("AgreementDigest", str)
"""64 lower-case hex digits: digest of one version of an agreement's text."""

IntentId = NewType("IntentId", str)
"""`<party id>/<16 hex>`: minted by the owner, global."""

NoticeId = NewType("NoticeId", str)
"""`<party id>/<16 hex>`: minted by the party that notifies, global."""

GroupId = NewType("GroupId", str)
"""`<party id>/<16 hex>`: a working group, minted by the party that created it, global (L-26)."""

MeetingId = NewType("MeetingId", str)
"""`<party id>/<16 hex>`: a meeting, minted by the party that proposed it first, global (L-26)."""

SiteId = NewType("SiteId", str)
"""`<party id>/<16 hex>`: minted by the party that speaks for the site, global (L-26)."""

MovementId = NewType("MovementId", str)
"""`<party id>/<16 hex>`: minted by the party that speaks for the movement, global."""

PackId = NewType("PackId", str)
"""`<party id>/<16 hex>`: an offline pack, minted by the party that makes it, global."""

MatterId = NewType("MatterId", str)
"""`<party id>/<16 hex>`: a thread of the line, minted by the party that opens it, global."""

ObservationId = NewType("ObservationId", str)
"""`<party id>/<16 hex>`: minted by the party that observed, or was told first, global."""

OriginId = NewType("OriginId", str)
"""`<party id>/<16 hex>`: stands for one source of a party without naming it, global."""

IncidentId = NewType("IncidentId", str)
"""`<party id>/<16 hex>`: one party's own record of an incident, minted by it, global."""

ClaimId = NewType("ClaimId", str)
"""`<party id>/<16 hex>`: a claim through all its versions, minted by the party that makes it, global."""

NODE_OPERATOR = OperatorId("node")

SLUG = re.compile(r"[a-z][a-z0-9-]{0,31}")
PARTY_ID = re.compile(r"[a-z][a-z0-9-]{0,31}\.[a-z2-7]{8}")
OPERATOR_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
DIGEST = re.compile(r"[0-9a-f]{64}")
SITE_ID = MOVEMENT_ID = re.compile(r"[a-z][a-z0-9-]{0,31}\.[a-z2-7]{8}/[0-9a-f]{16}")
INTENT_ID = re.compile(r"[a-z][a-z0-9-]{0,31}\.[a-z2-7]{8}/[0-9a-f]{16}")
NOTICE_ID = INTENT_ID
MINTED_ID = INTENT_ID
"""The form of every id that its owner mints."""
MATTER_ID = INTENT_ID
OBSERVATION_ID = INTENT_ID
ORIGIN_ID = INTENT_ID


def party_id(text: str) -> PartyId:
    """Check the form of a party id.

    Raises:
        InputError: not of the form `<slug>.<8 of a-z2-7>`.
    """
    return PartyId(_matching(PARTY_ID, text, "party"))


def operator_id(text: str) -> OperatorId:
    """Check the form of an operator id.

    Raises:
        InputError: not 1 to 32 of a-z, 0-9 and hyphen.
    """
    return OperatorId(_matching(OPERATOR_ID, text, "operator"))


def record_digest(text: str) -> RecordDigest:
    """Check the form of a record digest.

    Raises:
        InputError: not 64 lower-case hex digits.
    """
    return RecordDigest(_matching(DIGEST, text, "digest"))


def intent_id(text: str) -> IntentId:
    """Check the form of an intent id.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return IntentId(_matching(INTENT_ID, text, "intent_id"))


def notice_id(text: str) -> NoticeId:
    """Check the form of a notice id.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return NoticeId(_matching(NOTICE_ID, text, "notice"))


def minted_id(text: str, field: str) -> str:
    """Check the form of an id that its owner mints: of a group, a meeting, a matter or a task.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return _matching(MINTED_ID, text, field)


def matter_id(text: str) -> MatterId:
    """Check the form of a matter's id.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return MatterId(_matching(MATTER_ID, text, "matter"))


def site_id(text: str) -> SiteId:
    """Check the form of a site's id.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return SiteId(_matching(SITE_ID, text, "site"))


def movement_id(text: str) -> MovementId:
    """Check the form of a movement's id.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return MovementId(_matching(MOVEMENT_ID, text, "movement"))


def observation_id(text: str) -> ObservationId:
    """Check the form of an observation's id.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return ObservationId(_matching(OBSERVATION_ID, text, "observation"))


def incident_id(text: str) -> IncidentId:
    """Check the form of an incident's id.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return IncidentId(_matching(MINTED_ID, text, "incident"))


def claim_id(text: str) -> ClaimId:
    """Check the form of a claim's id.

    Raises:
        InputError: not `<party id>/<16 hex>`.
    """
    return ClaimId(_matching(MINTED_ID, text, "claim"))


def _matching(form: re.Pattern[str], text: object, field: str) -> str:
    if not isinstance(text, str) or form.fullmatch(text) is None:
        raise InputError(field, f"{text!r} is not of the form {form.pattern}")
    return text
