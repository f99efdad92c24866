"""Evidence: a person signs the list of what a bundle holds."""

import msgspec

from comity.application.node import Node
from comity.application.sign_bundle import sign_bundle, sign_private_log
from comity.domain.evidence import manifest_from_body
from comity.domain.operators import (
    Action,
    Operator,
    ProposalState,
    SecondPersonNeededError,
    authorise,
)
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.messages import BundleSigned, BundleToSign, PrivateLogSigned
from comity.entrypoints.api.proposals import done_by_two
from comity.entrypoints.api.routing import post
from comity.kernel.errors import InputError, RecordError, StoreError
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant


@post("/v1/evidence/bundles", summary="Sign the list of what a bundle holds")
async def sign(data: BundleToSign, context: ApiContext, operator: Operator) -> BundleSigned:
    """The record stands in this node's journal; the files themselves never come here.

    Where it takes two persons, asking for the same list again after the approval gives the record made of it.
    """
    authorise(operator, Action.EVIDENCE_EXPORT)
    try:
        manifest = manifest_from_body(msgspec.to_builtins(data))
    except RecordError as error:
        raise InputError("manifest", error.detail) from error

    def work(node: Node, at: Instant) -> BundleSigned:
        try:
            record = sign_bundle(node, manifest, operator.id, at)
        except SecondPersonNeededError as needed:
            approved = node.two_persons.same(needed.draft, ProposalState.DONE, at)
            if approved is None or approved.done is None:
                raise
            return _signed_before(node, approved.done)
        return BundleSigned(digest=record.digest, envelope=record.envelope_bytes.decode())

    return await done_by_two(context, work)


@post("/v1/evidence/private-log", summary="Sign the private log as it stands")
async def sign_log(context: ApiContext, operator: Operator) -> PrivateLogSigned:
    """So that this node's records to nobody can be shown in a bundle; it is done once a minute anyhow."""
    authorise(operator, Action.EVIDENCE_EXPORT)

    def work(node: Node, _at: Instant) -> PrivateLogSigned:
        return PrivateLogSigned(size=sign_private_log(node))

    return await context.service.do(work)


def _signed_before(node: Node, digest: RecordDigest) -> BundleSigned:
    envelope = node.store.read(digest)
    if envelope is None:
        raise StoreError("journal", f"{digest[:12]} is not in the journal")
    return BundleSigned(digest=digest, envelope=envelope.decode())


EVIDENCE_ROUTES = (sign, sign_log)
