"""Every kind of record this version knows, and what applying one changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comity.application.erasure_alarms import ring_for_erasure
from comity.application.line_alarms import ring_for
from comity.application.master_log import CHECKPOINTS_KIND
from comity.application.pack_alarms import ring_for_packs
from comity.application.take_hazard import take_hazard
from comity.domain import (
    agreement,
    alerts,
    groups,
    hazards,
    incidents,
    intents,
    line,
    meetings,
    notices,
    observations,
    packs,
    sites,
    tracks,
)
from comity.domain.agreement import decode_card
from comity.domain.alerts.area_register import AREA_KINDS
from comity.domain.evidence import BUNDLE_KIND, read_manifest
from comity.domain.operators import check_operator, two_persons
from comity.domain.records import Record
from comity.domain.sites import movements
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PackId, PartyId, RecordDigest
from comity.kernel.instants import Instant, instant_from_canonical

if TYPE_CHECKING:
    from comity.application.node import Node

CARD_KIND = "peer.card"
FREEZE_KIND = "peer.freeze"
UNFREEZE_KIND = "peer.unfreeze"
REMOVAL_KIND = "peer.removal"
KEY_KIND = "party.key"

Apply = Callable[["Node", Record, Instant], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """One kind.

    Attributes:
        apply: changes the state, or raises RecordError and changes nothing; called again at each replay.
        versions: kind versions this node reads.
        private: only this node itself makes it, for nobody else (its master log).
    """

    apply: Apply
    versions: frozenset[int] = frozenset({1})
    private: bool = False


def apply_record(node: "Node", record: Record, received_at: Instant) -> None:
    """Change the node by one record, own or a peer's.

    Raises:
        RecordError: `unknown-kind`, `unknown-kind-version`, `private-kind`, or a code of the kind's own;
            nothing changed.
    """
    handler = HANDLERS.get(record.kind)
    if handler is None:
        raise RecordError("unknown-kind", record.kind)
    if record.kind_version not in handler.versions:
        raise RecordError("unknown-kind-version", f"{record.kind} {record.kind_version}")
    if handler.private and (record.author != node.party or record.recipients):
        raise RecordError("private-kind", f"{record.kind} from {record.author}")
    if record.kind in two_persons.TWO_PERSON_KINDS:
        two_persons.read_second_person(record)
    handler.apply(node, record, received_at)
    if record.kind in hazards.FOLLOWED_KINDS:
        book = node.hazards_of(exercise=record.exercise)
        book.follow(record, received_at, node.terms(received_at))
    if record.author == node.party:
        node.two_persons.note_made(record)


def _apply_card(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    try:
        card = decode_card(_text(record, "card"))
        node.directory.enrol(card)
    except InputError as error:
        raise RecordError("card", str(error)) from error
    node.removed.pop(card.party, None)


def _apply_key(node: "Node", record: Record, received_at: Instant) -> None:
    check_operator(record.kind, record.operator)
    node.directory.apply(record, received_at)


def _apply_freeze(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    node.frozen[PartyId(_text(record, "peer"))] = _text(record, "reason")


def _apply_unfreeze(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    node.frozen.pop(PartyId(_text(record, "peer")), None)


def _apply_operator(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    check_operator(record.kind, record.operator)
    node.two_persons.apply(record)


def _apply_removal(node: "Node", record: Record, received_at: Instant) -> None:
    check_operator(record.kind, record.operator)
    node.removed[PartyId(_text(record, "peer"))] = received_at


def _apply_checkpoints(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    node.master_log.take(record)


def _apply_agreement(node: "Node", record: Record, received_at: Instant) -> None:
    node.agreements.apply(record, received_at)


def _apply_intent(node: "Node", record: Record, received_at: Instant) -> None:
    terms = node.terms(received_at)
    by_person = terms is not None and terms.assent_by == "person"
    check_operator(record.kind, record.operator, assent_by_person=by_person)
    node.book(exercise=record.exercise).apply(record, received_at, terms)
    if record.kind == intents.DOUBT:
        peer, until = PartyId(_text(record, "peer")), instant_from_canonical(_text(record, "until"))
        node.lost_with[peer] = max(until, node.lost_with.get(peer, until))


def _apply_alert(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    check_operator(record.kind, record.operator)
    node.alerts_of(exercise=record.exercise).apply(record)


def _apply_bundle(node: "Node", record: Record, received_at: Instant) -> None:
    """That a bundle was made is on record; nothing follows from it."""
    del node, received_at
    read_manifest(record)


def _apply_notice(node: "Node", record: Record, received_at: Instant) -> None:
    check_operator(record.kind, record.operator)
    node.notices_of(exercise=record.exercise).apply(record, received_at, node.terms(received_at))


def _apply_group(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    node.groups_of(exercise=record.exercise).apply(record)


def _apply_meeting(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    node.meetings_of(exercise=record.exercise).apply(record)


def _apply_site(node: "Node", record: Record, received_at: Instant) -> None:
    check_operator(record.kind, record.operator)
    node.sites_of(exercise=record.exercise).apply(record, received_at)
    ring_for_packs(node, record, received_at)
    ring_for_erasure(node, record, received_at)


def _apply_pack(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    check_operator(record.kind, record.operator)
    node.packs.apply(record)
    if record.kind == packs.PACK:
        node.told_packs.note_made(PackId(str(record.body["pack"])))
    elif record.kind == packs.EXPORT:
        made = node.packs.of_record(RecordDigest(_text(record, "record")))
        if made is not None:
            node.told_packs.note_made(made.manifest.pack)


def _apply_told_pack(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    check_operator(record.kind, record.operator)
    node.told_packs.apply(record)


def _apply_movement(node: "Node", record: Record, received_at: Instant) -> None:
    check_operator(record.kind, record.operator)
    node.movements_of(exercise=record.exercise).apply(record, received_at)


def _apply_hazard(node: "Node", record: Record, received_at: Instant) -> None:
    check_operator(record.kind, record.operator)
    take_hazard(node, record, received_at)


def _apply_line(node: "Node", record: Record, received_at: Instant) -> None:
    check_operator(record.kind, record.operator)
    node.line_of(exercise=record.exercise).apply(record, received_at)
    ring_for(node, record, received_at)


def _apply_feed(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    check_operator(record.kind, record.operator)
    node.feeds.apply(record)


def _apply_radio(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    check_operator(record.kind, record.operator)
    node.radio_of(exercise=record.exercise).apply(record)


def _apply_observation(node: "Node", record: Record, received_at: Instant) -> None:
    check_operator(record.kind, record.operator)
    node.observations_of(exercise=record.exercise).apply(record, received_at)


def _apply_incident(node: "Node", record: Record, received_at: Instant) -> None:
    node.incidents_of(exercise=record.exercise).apply(record, received_at)


def _apply_area_file(node: "Node", record: Record, received_at: Instant) -> None:
    del received_at
    check_operator(record.kind, record.operator)
    node.area_files.apply(record)


def _text(record: Record, name: str) -> str:
    value = record.body.get(name)
    if not isinstance(value, str):
        raise RecordError("field-form", f"{name}: not a text")
    return value


HANDLERS: Mapping[str, Handler] = {
    CARD_KIND: Handler(_apply_card, private=True),
    FREEZE_KIND: Handler(_apply_freeze, private=True),
    UNFREEZE_KIND: Handler(_apply_unfreeze, private=True),
    REMOVAL_KIND: Handler(_apply_removal, private=True),
    CHECKPOINTS_KIND: Handler(_apply_checkpoints, private=True),
    KEY_KIND: Handler(_apply_key, versions=agreement.KEY_KIND_VERSIONS),
    BUNDLE_KIND: Handler(_apply_bundle, private=True),
    **{kind: Handler(_apply_pack, private=True) for kind in sorted(packs.KINDS)},
    **{kind: Handler(_apply_told_pack) for kind in sorted(packs.SHARED_KINDS)},
    **{kind: Handler(_apply_operator, private=True) for kind in sorted(two_persons.KINDS)},
    **{kind: Handler(_apply_alert, private=True) for kind in sorted(alerts.KINDS)},
    **{kind: Handler(_apply_feed, private=True) for kind in sorted(tracks.FEED_KINDS)},
    **{kind: Handler(_apply_radio, private=True) for kind in sorted(tracks.RADIO_KINDS)},
    **{kind: Handler(_apply_area_file, private=True) for kind in sorted(AREA_KINDS)},
    **{kind: Handler(_apply_agreement) for kind in sorted(agreement.KINDS)},
    **{kind: Handler(_apply_group) for kind in sorted(groups.KINDS)},
    **{kind: Handler(_apply_site, private=True) for kind in sorted(sites.PRIVATE_KINDS)},
    **{kind: Handler(_apply_site) for kind in sorted(sites.SHARED_KINDS)},
    **{kind: Handler(_apply_movement, private=True) for kind in sorted(movements.PRIVATE_KINDS)},
    **{kind: Handler(_apply_movement) for kind in sorted(movements.SHARED_KINDS)},
    **{kind: Handler(_apply_incident, private=True) for kind in sorted(incidents.PRIVATE_KINDS)},
    **{kind: Handler(_apply_incident) for kind in sorted(incidents.SHARED_KINDS)},
    **{
        kind: Handler(_apply_intent, private=kind in intents.PRIVATE_KINDS)
        for kind in sorted(intents.KINDS)
    },
    **{kind: Handler(_apply_notice) for kind in sorted(notices.KINDS)},
    **{kind: Handler(_apply_hazard, private=True) for kind in sorted(hazards.PRIVATE_KINDS)},
    **{kind: Handler(_apply_hazard) for kind in sorted(hazards.SHARED_KINDS)},
    **{kind: Handler(_apply_meeting) for kind in sorted(meetings.KINDS)},
    **{
        kind: Handler(_apply_line, private=kind in line.PRIVATE_KINDS)
        for kind in sorted(line.KINDS)
    },
    **{
        kind: Handler(_apply_observation, private=kind in observations.PRIVATE_KINDS)
        for kind in sorted(observations.KINDS)
    },
}
