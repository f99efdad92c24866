"""What the local API takes and gives: the JSON of docs/reference/api.md."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from comity.entrypoints.air_process import NetTold

BATCH_FLIGHTS_MAX = 1_000  # flights of one request; a day comes in several


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A request: what is not known is refused, for a misspelt limit must not vanish."""


class _Told(msgspec.Struct, kw_only=True):
    """An answer."""


class Remark(_Asked):
    """Words that go with an action."""

    remark: str = ""


class ChangeState(_Asked):
    """What became of an accepted flight; `off_nominal` is a plan file of where it may be."""

    state: Literal["activated", "nonconforming", "contingent", "ended"]
    off_nominal: str | None = None


class Withdraw(_Asked):
    """Take back the flight, or only the change under way."""

    change_only: bool = False


class AnswerProposal(_Asked):
    """A person's answer."""

    answer: Literal["assent", "refuse"]


class ProposeAgreement(_Asked):
    """A text to offer."""

    text: str


class StateAgreement(_Asked):
    """Something one side states alone."""

    action: Literal["suspend", "restore", "withdraw"]
    reason: str
    effective_at: str | None = None


class AddPeer(_Asked):
    """A card to pin."""

    card: str


class AnnounceKey(_Asked):
    """A key statement under the root's signature, as a `party.key` record carries it.

    With the TLS certificate that it names, where that is not the one which the peers know.
    """

    statement: dict[str, Any]
    tls_certificate_base64: str | None = None


class AddOperator(_Asked):
    """A person or machine account."""

    id: str
    name: str
    roles: list[str]


class VerdictTold(_Told):
    """A verdict on two flights, and on no place: where, when and how near; `separated`: not nearer than agreed."""

    verdict: Literal["separated", "conflict", "undetermined"]
    first_time: str | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    least_horizontal_m: float | None = None
    least_vertical_m: float | None = None
    reason: str | None = None


class MetTold(_Told):
    """Something held here that a plan meets."""

    intent: str
    proposal: str
    owner: str
    state: str
    verdict: VerdictTold


class DeclaredTold(_Told):
    """What became of one flight of a request.

    Attributes:
        outcome: `proposed`: signed, durable and owed to the parties concerned; `possible`: a check
            found nothing against it; `not-possible`: nothing was sent, see `reason`.
        required: whose assent it takes.
        met: what it meets; where it is possible, what its owner must know of.
        flags: what the terms leave open about it.
    """

    callsign: str
    outcome: Literal["proposed", "possible", "not-possible"]
    intent: str | None = None
    digest: str | None = None
    required: list[str] = []
    reason: str | None = None
    detail: dict[str, Any] = {}
    met: list[MetTold] = []
    flags: list[str] = []


class AnswerTold(_Told):
    """One required party's answer. `unknown` is what it says."""

    party: str
    answer: Literal["assent", "refusal", "unknown"]
    digest: str | None = None
    reason: str | None = None
    detail: dict[str, Any] | None = None
    receipted: bool | None = None


class VersionTold(_Told):
    """One version of an intent, and why it may not be shown as deconflicted.

    Attributes:
        left_open: what the agreement does not cover or say of it, in words; null: not looked at yet,
            ask for the flight alone.
        flags: records that took its label away, and why.
    """

    digest: str
    version: int
    state: str
    label: str
    why_not: list[str]
    answers: list[AnswerTold]
    left_open: list[str] | None
    flags: dict[str, str]
    priority: str
    flight_class: str
    disclosure: str
    start: str
    end: str
    made_at: str
    decide_by: str
    withdrawn_because: str | None
    put_off: str | None
    withdrawing: list[str]
    overdue: bool


class IntentTold(_Told):
    """An intent: the version that stands, and a change that is under way.

    Attributes:
        stop_requested: digests of the stops in force that speak of it; nobody is commanded by them.
    """

    intent: str
    owner: str
    own: bool
    callsign: str | None
    current: VersionTold
    change: VersionTold | None
    version_count: int
    stop_requested: list[str] = []


class AnnouncementTold(_Told):
    """An emergency flight: made known, asked of nobody, never deconflicted."""

    digest: str
    intent: str
    owner: str
    state: str
    label: str
    callsign: str | None
    remark: str
    start: str
    end: str


class IntentsTold(_Told):
    """Intents and announcements, in the order this node learnt of them."""

    intents: list[IntentTold]
    announcements: list[AnnouncementTold]
    total: int


class RecordTold(_Told):
    """One record of this node's own, and where it stands with each recipient."""

    digest: str
    kind: str
    deliveries: list["DeliveryTold"] = []


class DeliveryTold(_Told):
    """`receipted` false means unknown, never delivered."""

    reader: str
    index: int
    receipted: bool


class AgreementTold(_Told):
    """A text and how it stands."""

    digest: str
    title: str
    version: int
    amends: str | None
    state: str
    unilateral: bool
    by: list[str]
    since: str | None
    waiting_for: list[str]
    parties: list[str]
    valid_from: str
    valid_until: str
    undefined: list[str]
    in_force: bool
    accepts_new: bool
    text: str | None = None


class HistoryTold(_Told):
    """One thing a party did about an agreement."""

    made_at: str
    received_at: str
    party: str
    operator: str
    agreement: str
    words: str
    unilateral: bool
    record: str


class AgreementsTold(_Told):
    """Every text, and what was said of them."""

    agreements: list[AgreementTold]
    history: list[HistoryTold]


class CardTold(_Told):
    """A party's card, one line to give to another party."""

    party: str
    name: str
    card: str
    addresses: list[str]


class PeerTold(_Told):
    """A peer, and the way to it.

    Attributes:
        reach: `untried`, `reachable`, `unreachable`, `refused` or `stopped`; `not-running` where
            the node does not serve; `removed` where the pairing was ended.
        reason: why it does not answer as a peer: a code of docs/reference/reasons.md, and its detail.
        clock_difference_s: the peer's clock minus ours, to within half of `clock_delay_s`.
        owed: records that the peer has given no receipt for; unknown, never delivered.
        held: records of the peer that are here.
    """

    party: str
    name: str
    addresses: list[str]
    reach: str
    since: str | None
    reason: str | None
    round_trip_s: float | None
    clock_difference_s: float | None
    clock_delay_s: float | None
    owed: int
    held: int
    frozen: str | None
    removed_at: str | None = None


class AlarmTold(_Told):
    """Something a person must see.

    Attributes:
        text: the whole of it in English.
        says: id of the sentence that it is, for other languages; empty: `code` is all there is, and `text` its detail.
        values: what stands in that sentence; `said` is a person's own text, `language` what it is written in.
        goes_on: true until it was taken, answered or closed, and then it is not told any more; null: it tells of
            something that happened, which has no end.
        about: the record it is about, where that is another than `digest`, which caused it.
        exercise: whether it belongs to the exercise.
    """

    at: str
    code: str
    text: str
    party: str | None
    digest: str | None
    says: str
    values: dict[str, str]
    goes_on: bool | None
    about: str | None
    exercise: bool


class StatusTold(_Told):
    """How a node stands.

    Attributes:
        recovering: restored from a backup and silent until every peer has answered.
        blocked: peers with whom nothing new is accepted now, and why.
        nets: how far each safety net can be trusted now.
        feeds_up: of the feeds in use, those whose link stands.
        incidents_open: own incidents that are open or under review, live ones.
        incident_tasks_owed: open tasks of these; `incident_tasks_overdue` of them are past their due time.
        two_persons: whether acts of weight take two here: `required`, `one-person` or `not-set`.
        proposals_waiting: how many wait for a second person.
        demonstration: all that this node holds is invented, by its settings.
    """

    party: str
    name: str
    version: str
    at: str
    recovering: bool
    two_persons: str
    proposals_waiting: int
    agreement: AgreementTold | None
    blocked: dict[str, str]
    peers: list[PeerTold]
    intents: dict[str, int]
    alarms: list[AlarmTold]
    nets: list[NetTold]
    feeds_up: int
    feeds: int
    alerts_open: int
    alerts_unacknowledged: int
    incidents_open: int
    incident_tasks_owed: int
    incident_tasks_overdue: int
    demonstration: bool = False


class OperatorTold(_Told):
    """An operator; the token itself is only ever in its file."""

    id: str
    name: str
    roles: list[str]
    revoked_at: str | None = None
    token_file: str | None = None


class ProofTold(_Told):
    """A receipt that anyone can check offline: a tlog-proof, and the record it is about."""

    digest: str
    owner: str
    reader: str
    proof: str
    envelope: str


class KeyTold(_Told):
    """One statement of the root key about a node key."""

    key: str
    sequence: int
    not_before: str
    not_after: str
    revokes: list[str]
    pending: list[str]


class KeysTold(_Told):
    """A party's node keys, oldest first, and the peers that have not been told of each."""

    party: str
    keys: list[KeyTold]


class AnnouncedTold(_Told):
    """An emergency flight that was made known."""

    intent: str
    record: RecordTold


class AnsweredTold(_Told):
    """What went out: a refusal where the person assented and the check did not allow it."""

    given: Literal["assent", "refuse"]
    records: list[RecordTold]


class PeerReason(_Asked):
    """Why new flights are accepted with a peer again, or why it is one no more."""

    reason: str


class DraftAgreement(_Asked):
    """A first text between this party and some of its peers, over a box of latitude and longitude."""

    title: str
    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float
    valid_from: str
    valid_until: str
    horizontal_m: float = 9_260.0
    vertical_m: float = 304.8
    disclosure: Literal["full", "cells"] = "full"
    assent_by: Literal["node", "person"] = "node"
    parties: list[str] | None = None


class DraftedTold(_Told):
    """A text to edit and propose."""

    text: str


class EntryTold(_Told):
    """One record of the journal."""

    number: int
    kind: str
    at: str
    author: str
    digest: str
    operator: str


class JournalTold(_Told):
    """A part of the journal, in order."""

    entries: list[EntryTold]


class RecordsBeginningTold(_Told):
    """Records whose digest begins with what was typed: how many, and at most 20 of them, in order."""

    count: int
    digests: list[str]


class PairTold(_Told):
    """Two flights and the verdict on them."""

    first: str
    second: str
    verdict: VerdictTold


class CheckReport(_Told):
    """What a check of files found. `found` has every pair that is not separated, and those that are of a small set."""

    flights: int
    pairs: int
    conflicts: int
    undetermined: int
    minima: str
    found: list[PairTold]


class FileListed(_Asked):
    """One entry of a bundle's archive."""

    name: str
    sha256: str
    size_bytes: int


class MaterialListed(_Asked):
    """What is said of one file of material."""

    file: str
    media_type: str
    description: str = ""
    obtained_at: str | None = None
    obtained_from: str = ""


class CustodyListed(_Asked):
    """What a person did with the material before."""

    action: str
    at: str
    operator: str


class BundleToSign(_Asked):
    """A bundle's manifest (docs/spec/bundle.md §3)."""

    title: str
    files: list[FileListed]
    material: list[MaterialListed] = []
    custody: list[CustodyListed] = []


class ExportBundle(_Asked):
    """What goes into a bundle that the node makes. Every condition that is stated must be met.

    Attributes:
        incident: an own one: its records, the claims in it, all that it links, and its files.
        records: digests, whatever else is stated.
        kinds: kinds, or families such as `intent.*`.
        about: only records that name this: an intent, a digest.
    """

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    incident: str | None = None
    records: Annotated[list[str], Meta(max_length=1_000)] = []
    kinds: Annotated[list[str], Meta(max_length=50)] = []
    parties: Annotated[list[str], Meta(max_length=50)] = []
    since: str | None = None
    until: str | None = None
    about: Annotated[str, Meta(max_length=200)] | None = None


class ExportedTold(_Told):
    """A bundle with its bytes; it was verified before it was told.

    Attributes:
        record: that signs its list.
        shown: records in it.
        files: of material in it.
        without_checkpoint: records left out because no signed checkpoint covers them yet.
        missing: records asked for that are not in the journal.
        digest_only: material named by its digest alone, of which no bytes go in.
    """

    record: str
    name: str
    sha256: str
    size_bytes: int
    content_base64: str
    title: str
    shown: int
    files: int
    without_checkpoint: list[str]
    missing: list[str]
    digest_only: list[str]


class BundleSigned(_Told):
    """The manifest's record; its envelope is the archive's first entry."""

    digest: str
    envelope: str


class PrivateLogSigned(_Told):
    """How many leaves the checkpoint covers."""

    size: int
