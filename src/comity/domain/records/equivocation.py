"""Proof that an author said two different things at one place of one chain."""

from dataclasses import dataclass

from comity.domain.records.reasons import Reason
from comity.domain.records.record import PublicKeyOf, Record, open_record
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId


@dataclass(frozen=True, slots=True)
class EquivocationProof:
    """Two envelopes of one author, audience and sequence with different digests.

    Anyone who knows the author's keys can verify it with `open_equivocation`. The envelopes stand
    in the order of their digests, so that two finders write the same proof.
    """

    first_envelope_bytes: bytes
    second_envelope_bytes: bytes


def is_equivocation(one: Record, other: Record) -> bool:
    """Whether two verified records stand at one place of one chain and differ."""
    return (
        one.digest != other.digest
        and one.author == other.author
        and one.recipients == other.recipients
        and one.sequence == other.sequence
    )


def prove_equivocation(one: Record, other: Record) -> EquivocationProof:
    """Put two verified records together as a proof.

    Raises:
        RecordError: `not-equivocation`.

    Source: docs/spec/record.md §8.
    """
    if not is_equivocation(one, other):
        raise RecordError(
            Reason.NOT_EQUIVOCATION, "another author, audience, sequence, or the same"
        )
    first, second = sorted((one, other), key=lambda record: record.digest)
    return EquivocationProof(first.envelope_bytes, second.envelope_bytes)


def open_equivocation(
    proof: EquivocationProof, public_key_of: PublicKeyOf
) -> tuple[PartyId, Record, Record]:
    """Verify a proof made by anyone.

    Returns:
        The author proved to have equivocated, and both records.

    Raises:
        RecordError: either envelope does not verify, or `not-equivocation`.

    Source: docs/spec/record.md §8.
    """
    first = open_record(proof.first_envelope_bytes, public_key_of)
    second = open_record(proof.second_envelope_bytes, public_key_of)
    if not is_equivocation(first, second) or first.digest > second.digest:
        raise RecordError(
            Reason.NOT_EQUIVOCATION, "another author, audience, sequence, or the same"
        )
    return first.author, first, second
