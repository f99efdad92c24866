"""The record that an equivocating one contradicts, found in this node's own journal."""

from comity.application.ports.record_store import RecordStore
from comity.domain.records import decode_canonical, payload_of_kept, unwrap
from comity.kernel.errors import RecordError
from comity.kernel.ids import RecordDigest


def twin_of(store: RecordStore, envelope_bytes: bytes) -> RecordDigest | None:
    """What this node took in at the place that a refused record takes, or that it names wrongly.

    Reads the whole journal: a peer is frozen after the first time. The two records are the proof
    (`domain.records.prove_equivocation`): the one is in the journal, the other a leaf of the log.

    Args:
        store: of the node that refused it.
        envelope_bytes: of a record whose form, signature and author were checked.
    """
    twin = decode_canonical(unwrap(envelope_bytes).payload_bytes)
    before: RecordDigest | None = None
    for entry in store.journal():
        try:
            held = payload_of_kept(entry.envelope_bytes, erased=entry.erased_sha256 is not None)
        except RecordError:  # damage, which the store's own check names
            continue
        if (held["author"], held["recipients"]) != (twin["author"], twin["recipients"]):
            continue
        if held["sequence"] == twin["sequence"]:
            return entry.digest
        if held["sequence"] == twin["sequence"] - 1:
            before = entry.digest
    return before
