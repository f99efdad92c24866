"""The receipt of one own record, good offline."""

from dataclasses import dataclass

from comity.application.node import Node
from comity.domain.ledger import add_cosignature, make_receipt
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import PartyId, RecordDigest


@dataclass(frozen=True, slots=True)
class ProvedRecord:
    """A tlog-proof under the reader's cosignature, and the record that it is about."""

    digest: RecordDigest
    owner: PartyId
    reader: PartyId
    proof_bytes: bytes
    envelope_bytes: bytes


def prove_record(node: Node, digest: RecordDigest, reader: PartyId) -> ProvedRecord:
    """Prove that a peer stored an own record.

    Raises:
        InputError: the record is not this node's own, or did not go to that peer.
        AgreementError: `no-receipt`: the peer has not cosigned it yet; unknown, never delivered.
    """
    delivery = next((each for each in node.deliveries(digest) if each.reader == reader), None)
    if delivery is None:
        raise InputError("digest", f"{digest[:12]} is no record of this node to {reader}")
    own_log = node.own_log(reader)
    checkpoint = own_log.receipted
    if not delivery.receipted or checkpoint is None or checkpoint.cosignature_bytes is None:
        raise AgreementError("no-receipt", f"{reader} has not cosigned leaf {delivery.index} yet")
    leaf = next(iter(node.store.leaves(own_log.log, delivery.index, 1)))
    proof_bytes = make_receipt(
        own_log.tree,
        delivery.index,
        add_cosignature(checkpoint.note_bytes, checkpoint.cosignature_bytes),
        leaf.salt,
        leaf.envelope_bytes,
    )
    return ProvedRecord(digest, node.party, reader, proof_bytes, leaf.envelope_bytes)
