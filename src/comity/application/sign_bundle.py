"""A person puts their party's name under the list of what an evidence bundle holds."""

from comity.application.node import Node
from comity.application.ports.record_store import StoredCheckpoint
from comity.domain.evidence import Manifest, manifest_draft
from comity.domain.ledger import Checkpoint, log_origin, sign_checkpoint
from comity.domain.records import Record
from comity.kernel.errors import AgreementError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant


def sign_bundle(node: Node, manifest: Manifest, operator: OperatorId, at: Instant) -> Record:
    """Make the manifest's record; it stands in this node's own journal from then on.

    Raises:
        InputError: the manifest breaks a form or limit (docs/spec/bundle.md §3).
        AgreementError: the node signs nothing for now.
    """
    return node.issue(manifest_draft(manifest, operator), at)


def sign_private_log(node: Node) -> int:
    """Sign a checkpoint over the whole private log, so that its records can be proved; returns its size.

    Raises:
        AgreementError: `recovering`: the node signs nothing for now.
    """
    if node.recovering:
        raise AgreementError(
            "recovering", "restored from a backup; signs nothing until every peer has answered"
        )
    own = node.own_log(node.party)
    size = own.tree.size
    last = node.store.latest_checkpoint(own.log)
    if size > (0 if last is None else last.size):
        checkpoint = Checkpoint(log_origin(node.party, node.party), size, own.tree.root())
        signed = sign_checkpoint(checkpoint, node.signer.public_key, node.signer.sign)
        node.store.put_checkpoint(own.log, StoredCheckpoint(size, signed.note_bytes, None))
    return size
