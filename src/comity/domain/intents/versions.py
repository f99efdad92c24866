"""What a node remembers of each version of an intent and of each announcement."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from comity.domain.airspace import Footprint
from comity.domain.intents.answers import RefusalReason
from comity.domain.intents.bodies import Proposal
from comity.domain.intents.states import FLYING_OR_AGREED, IntentState
from comity.kernel.ids import IntentId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


class FlagReason(StrEnum):
    """Why an intent is no longer shown as deconflicted."""

    OFF_NOMINAL = "off-nominal"
    ANNOUNCED = "announced"
    STRICTER_MINIMA = "stricter-minima"
    CONFLICT_KNOWN_LATE = "conflict-known-late"


@dataclass(frozen=True, slots=True)
class GivenRefusal:
    """A refusal as it was received or given."""

    digest: RecordDigest
    reason: str
    detail: dict[str, Any]


@dataclass(slots=True)
class Version:
    """One version of an intent, in the eyes of this node. Only `Holdings` changes it.

    Attributes:
        digest: the proposal's record digest; everything refers to it.
        footprint: kept while it can matter, dropped in a final state.
        fault: why it does not follow from what its owner said before, or None.
        open_count: undecided proposals of its owner, this one included, when it came.
        hour_count: proposals that its owner made within an hour up to this one.
        assents: party to the digest of its assent. At the owner: as received. At a holder: its own,
            and after the acceptance those that the owner names.
        withdrawn_because: reason of the withdrawal, where there is one.
        withdrawal: digest of the withdrawal.
        acceptance: digest of the acceptance.
        off_nominal: finder key and window's end of the volume it may be in, once it left its own.
        flags: record that took the label `deconflicted` away, and why.
        notify_replaced: parties that still hold this replaced version and were not asked about the
            new one.
        put_off: why it is undecided here, found anew at each look; not part of what a replay must
            rebuild.
        doubted: a peer that was told of it was restored at the same time as this node, and what the two
            have lost may have withdrawn it.
        activation_owed: it replaced a flight in the air, so its owner owes the word that it is
            active.
    """

    digest: RecordDigest
    owner: PartyId
    own: bool
    proposal: Proposal
    made_at: Instant
    received_at: Instant
    operator: OperatorId
    start: Instant
    end: Instant
    state: IntentState
    footprint: Footprint | None
    fault: RefusalReason | None = None
    open_count: int = 0
    hour_count: int = 0
    assents: dict[PartyId, RecordDigest] = field(default_factory=dict)
    refusals: dict[PartyId, GivenRefusal] = field(default_factory=dict)
    withdrawn_because: str | None = None
    withdrawal: RecordDigest | None = None
    acceptance: RecordDigest | None = None
    off_nominal: tuple[RecordDigest, Instant] | None = None
    flags: dict[RecordDigest, FlagReason] = field(default_factory=dict)
    notify_replaced: tuple[PartyId, ...] = ()
    activation_owed: bool = False
    doubted: bool = False
    put_off: str | None = None

    @property
    def intent(self) -> IntentId:
        """The intent this is a version of."""
        return self.proposal.intent

    @property
    def agreed(self) -> bool:
        """Whether it stands on an acceptance."""
        return self.state in FLYING_OR_AGREED

    @property
    def stands(self) -> bool:
        """Whether it is its intent's version of record: agreed, or contested and keeping its place."""
        return self.agreed or self.state is IntentState.CONTESTED

    @property
    def last_end(self) -> Instant:
        """When the last volume it may be in ends."""
        return self.end if self.off_nominal is None else max(self.end, self.off_nominal[1])


@dataclass(slots=True)
class Announced:
    """An emergency flight made known without assent."""

    digest: RecordDigest
    owner: PartyId
    own: bool
    intent: IntentId
    callsign: str | None
    remark: str
    start: Instant
    end: Instant
    state: IntentState
    footprint: Footprint | None
    recipients: tuple[PartyId, ...]
