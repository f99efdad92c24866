"""Evidence bundles made at the node: proposed by one person, approved by another, and only then handed out."""

import asyncio
import base64
import hashlib
import io
import mimetypes
import zlib
from collections.abc import Iterable, Mapping

import msgspec

from comity.application.keep_incidents import contents_of
from comity.application.make_bundle import Chosen, Wanted
from comity.application.node import Node
from comity.application.sign_bundle import sign_bundle, sign_private_log
from comity.domain.evidence import (
    MANIFEST_NAME,
    PARTIES_NAME,
    EntryHead,
    encode_leaf,
    encode_log_head,
    encode_parties,
    manifest_from_body,
    verify_bundle,
    write_archive,
)
from comity.domain.operators import Action, Operator, ProposalState, authorise
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.export_shelf import Prepared
from comity.entrypoints.api.incident_telling import tell_records
from comity.entrypoints.api.messages import (
    BundleToSign,
    ExportBundle,
    ExportedTold,
    FileListed,
    MaterialListed,
)
from comity.entrypoints.api.proposals import SecondPersonWaitsError, done_by_two
from comity.entrypoints.api.routing import get, post
from comity.kernel.errors import AgreementError, InputError, RecordError, StoreError
from comity.kernel.ids import IncidentId, RecordDigest, minted_id, party_id, record_digest
from comity.kernel.instants import Instant, instant_from_rfc3339

EXPORT_BYTES_MAX = (
    16 << 20
)  # of one made here; a larger one is made at the command line, from disk to disk
SHORT_NAME = 12  # digits of the record's digest in the file's name


@post("/v1/evidence/exports", summary="Make an evidence bundle at the node")
async def export(
    data: ExportBundle, context: ApiContext, operator: Operator, exercise: bool = False
) -> ExportedTold:
    """Chosen records with their proofs, and the files of an incident; where it takes two, it waits for the second.

    Without a time-stamp; with one, and for more bytes, `comity evidence bundle` makes it.
    """
    authorise(operator, Action.EVIDENCE_EXPORT)
    prepared = await _prepare(data, context, operator, exercise=exercise)
    manifest = manifest_from_body(msgspec.to_builtins(prepared.listed))

    def work(node: Node, at: Instant) -> tuple[RecordDigest, bytes]:
        record = sign_bundle(node, manifest, operator.id, at)
        return record.digest, record.envelope_bytes

    try:
        digest, envelope = await done_by_two(context, work)
    except SecondPersonWaitsError as waits:
        context.exports.put(waits.proposal.digest, prepared)
        raise
    return await asyncio.to_thread(_written, prepared, digest, envelope)


@get("/v1/evidence/exports/{proposal}", summary="Fetch a bundle that another person has approved")
async def fetch(context: ApiContext, operator: Operator, proposal: str) -> ExportedTold:
    """Nothing of it is handed out before."""
    authorise(operator, Action.EVIDENCE_EXPORT)
    named = record_digest(proposal)

    def work(node: Node, at: Instant) -> tuple[RecordDigest, bytes]:
        found = node.two_persons.get(named)
        state = found.state(at)
        if state is not ProposalState.DONE or found.done is None:
            raise AgreementError("second-person", f"{named[:12]} is {state}: not approved")
        envelope = node.store.read(found.done)
        if envelope is None:
            raise StoreError("journal", f"{found.done[:12]} is not in the journal")
        return found.done, envelope

    prepared = context.exports.get(named)
    digest, envelope = await context.service.do(work)
    return await asyncio.to_thread(_written, prepared, digest, envelope)


async def _prepare(
    data: ExportBundle, context: ApiContext, operator: Operator, *, exercise: bool
) -> Prepared:
    if context.choose_records is None:
        raise InputError("evidence", "this API serves no store")
    incident = None
    if data.incident is not None:
        authorise(operator, Action.INCIDENT_READ)
        incident = IncidentId(minted_id(data.incident, "incident"))

    def gather(
        node: Node, _at: Instant
    ) -> tuple[list[str], dict[str, tuple[str, bytes]], list[str]]:
        sign_private_log(node)
        if incident is None:
            return [], {}, []
        told = tell_records(node, incident, exercise=exercise)
        held = node.incidents_of(exercise=exercise).get(incident)
        return [each.record for each in told.records], contents_of(node, held), told.digest_only

    records, contents, digest_only = await context.service.do(gather)
    wanted = _wanted(data, records)
    chosen = await asyncio.to_thread(context.choose_records, wanted, {})
    return await asyncio.to_thread(_assemble, data.title, chosen, contents, digest_only)


def _wanted(data: ExportBundle, records: Iterable[str]) -> Wanted:
    wanted = Wanted(
        digests=frozenset(record_digest(each) for each in (*data.records, *records)),
        kinds=tuple(data.kinds),
        parties=frozenset(party_id(each) for each in data.parties),
        since=None if data.since is None else instant_from_rfc3339(data.since, "since"),
        until=None if data.until is None else instant_from_rfc3339(data.until, "until"),
        mentions=data.about,
    )
    if wanted == Wanted():
        raise InputError(
            "records", "state which: incident, records, kinds, parties, since, until, about"
        )
    return wanted


def _assemble(
    title: str, chosen: Chosen, contents: Mapping[str, tuple[str, bytes]], digest_only: list[str]
) -> Prepared:
    files = [(PARTIES_NAME, encode_parties(chosen.parties))]
    for number, part in enumerate(chosen.parts, start=1):
        lines = [encode_log_head(part.head), *map(encode_leaf, part.leaves)]
        files.append((f"logs/{number:04}.jsonl", b"".join(lines)))
    material = []
    for number, (sha256, (name, content)) in enumerate(sorted(contents.items()), start=1):
        ending = mimetypes.guess_extension(mimetypes.guess_type(name)[0] or "") or ""
        inside = f"material/{number:04}-{sha256[:SHORT_NAME]}{ending}"
        files.append((inside, content))
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        material.append(MaterialListed(file=inside, media_type=kind, description=name))
    size_bytes = sum(len(content) for _, content in files)
    if size_bytes > EXPORT_BYTES_MAX:
        why = f"{size_bytes} bytes, at most {EXPORT_BYTES_MAX} here; comity evidence bundle makes a larger one"
        raise InputError("records", why)
    listed = [
        FileListed(name=name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
        for name, content in files
    ]
    left_out: dict[str, list[str]] = {
        "without_checkpoint": sorted(chosen.without_checkpoint),
        "missing": sorted(chosen.missing),
        "bytes": digest_only,
    }
    to_sign = BundleToSign(title=title, files=listed, material=material)
    try:
        manifest_from_body(msgspec.to_builtins(to_sign))
    except RecordError as error:
        raise InputError("title", error.detail) from error
    return Prepared(to_sign, tuple(files), left_out)


def _written(prepared: Prepared, digest: RecordDigest, envelope: bytes) -> ExportedTold:
    """The archive, verified as a stranger would before it is handed out."""
    written = io.BytesIO()
    entries = [(MANIFEST_NAME, envelope), *prepared.files]
    write_archive(
        written.write,
        ((EntryHead(name, len(each), zlib.crc32(each)), [each]) for name, each in entries),
    )
    content = written.getvalue()
    verified = verify_bundle(io.BytesIO(content).read)
    return ExportedTold(
        record=digest,
        name=f"comity-evidence-{digest[:SHORT_NAME]}.zip",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        content_base64=base64.b64encode(content).decode("ascii"),
        title=verified.manifest.title,
        shown=sum(len(log.shown) for log in verified.logs),
        files=len(verified.manifest.material),
        without_checkpoint=prepared.left_out["without_checkpoint"],
        missing=prepared.left_out["missing"],
        digest_only=prepared.left_out["bytes"],
    )


EXPORT_ROUTES = (export, fetch)
