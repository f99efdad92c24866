"""What a person does about a meeting, as drafts; nothing changes before the record is applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from comity.domain.meetings.bodies import (
    ANSWER,
    ATTENDANCE,
    CANCELLATION,
    MINUTES,
    PROPOSAL,
    SIGNATURE,
    AgendaItem,
    Means,
    Minutes,
    Person,
    Reply,
)
from comity.domain.meetings.book import Meeting, MeetingBook
from comity.domain.meetings.call_bodies import (
    CONSENT,
    JOIN,
    LEAVE,
    RECORDING,
    SIGNAL,
    Step,
    check_description,
)
from comity.domain.meetings.limits import STATIONS_MAX
from comity.domain.meetings.standing import MeetingState
from comity.domain.records import Draft
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import GroupId, MeetingId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """A meeting to propose, or the counter-proposal to one."""

    title: str
    start: Instant
    end: Instant
    stated: str
    zone: str
    parties: tuple[PartyId, ...]
    means: Means = Means.VIDEO
    place: str = ""
    group: GroupId | None = None
    agenda: tuple[AgendaItem, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingDrafts:
    """Drafts of one person's acts.

    Attributes:
        book: the meetings of this party.
        peers: the parties it is paired with.
        operator: the person.
    """

    book: MeetingBook
    peers: tuple[PartyId, ...]
    operator: OperatorId

    def propose(self, meeting: MeetingId, wish: NewMeeting) -> Draft:
        """Propose a meeting between this party and the peers named.

        Raises:
            InputError: `parties`: none, or one that is no peer.
            AgreementError: `meeting-group`: one that this party does not share with in the group.
        """
        others = tuple(sorted({*wish.parties} - {self.book.party}))
        if not others:
            raise InputError("parties", "none; a meeting takes at least two")
        for party in others:
            if party not in self.peers:
                raise InputError("parties", f"{party} is no peer of this node")
            if wish.group is not None and not self.book.group_shares(wish.group, party):
                why = f"this party does not share with {party} in {wish.group}"
                raise AgreementError("meeting-group", why)
        return self._proposal(meeting, wish, (*others, self.book.party), wish.group, None)

    def counter(self, meeting: MeetingId, wish: NewMeeting, replaces: RecordDigest | None) -> Draft:
        """Propose another time, place or agenda; between the same parties.

        Args:
            meeting: which.
            wish: its parties and group are not looked at: they stay as they are.
            replaces: the proposal that it counters; None: the current one.

        Raises:
            InputError: `replaces`: not known, or none is current.
            AgreementError: `meeting-state`: it is cancelled or not known well enough.
        """
        held = self._held(meeting)
        standing = held.standing
        replaced = standing.current if replaces is None else replaces
        if replaced is None or replaced not in standing.proposals:
            raise InputError("replaces", "name the proposal to counter by its digest")
        return self._proposal(meeting, wish, standing.parties, held.group, replaced)

    def answer(
        self,
        meeting: MeetingId,
        reply: Reply,
        zone: str | None,
        words: str,
        proposal: RecordDigest | None = None,
    ) -> Draft:
        """Accept or decline a proposal (None: the current one).

        Raises:
            InputError: `proposal`: not known, or none is current; `reply`: a yes after a no.
            AgreementError: `meeting-state`.
        """
        standing = self._held(meeting).standing
        answered = standing.current if proposal is None else proposal
        if answered is None or answered not in standing.proposals:
            raise InputError("proposal", "name the proposal to answer by its digest")
        if (
            reply is Reply.ACCEPT
            and standing.replies[answered].get(self.book.party) is Reply.DECLINE
        ):
            raise InputError("reply", "this party declined it, and that stands; counter it instead")
        body = {
            "meeting": meeting,
            "proposal": answered,
            "reply": reply.value,
            "words": words,
            "zone": zone,
        }
        return self._to_all(ANSWER, meeting, body)

    def cancel(self, meeting: MeetingId, reason: str) -> Draft:
        """Say that it is off, alone."""
        self._held(meeting)
        return self._to_all(CANCELLATION, meeting, {"meeting": meeting, "reason": reason})

    def attend(self, meeting: MeetingId, persons: tuple[Person, ...]) -> Draft:
        """Say who of this side was there."""
        self._held(meeting, over=True)
        rows = [
            {
                "name": each.name,
                "role": each.role,
                "since": str(each.since),
                "until": None if each.until is None else str(each.until),
            }
            for each in persons
        ]
        return self._to_all(ATTENDANCE, meeting, {"meeting": meeting, "persons": rows})

    def minute(self, meeting: MeetingId, minutes: Minutes) -> Draft:
        """Propose minutes, or this side's own version beside one that it disputes.

        Raises:
            InputError: `disputes`: no version of the minutes here; `tasks`: an owner that is no party.
            AgreementError: `meeting-state`.
        """
        held = self._held(meeting, over=True)
        if minutes.disputes is not None and minutes.disputes not in held.standing.minutes:
            raise InputError("disputes", f"{minutes.disputes[:12]} is no version known here")
        for task in minutes.tasks:
            if task.owner not in held.standing.parties:
                raise InputError("tasks", f"{task.owner} is no party of the meeting")
        body = {
            "decisions": [{"text": each} for each in minutes.decisions],
            "disputes": minutes.disputes,
            "lines": [{"text": each} for each in minutes.lines],
            "meeting": meeting,
            "tasks": [
                {
                    "due": str(each.due),
                    "owner": each.owner,
                    "person": each.person,
                    "title": each.title,
                }
                for each in minutes.tasks
            ],
        }
        return self._to_all(MINUTES, meeting, body)

    def sign(self, meeting: MeetingId, minutes: RecordDigest) -> Draft:
        """Sign one version of the minutes.

        Raises:
            InputError: `minutes`: no version here, or signed by this party already.
        """
        standing = self._held(meeting, over=True).standing.minutes.get(minutes)
        if standing is None:
            raise InputError("minutes", f"{minutes[:12]} is no version known here")
        if self.book.party in standing.signed_by:
            raise InputError("minutes", f"{minutes[:12]} is signed by this party already")
        return self._to_all(SIGNATURE, meeting, {"meeting": meeting, "minutes": minutes})

    # The call

    def join(self, meeting: MeetingId, station: str, fingerprint: str, name: str) -> Draft:
        """Enter the call with a console; older stations of the same person are no more.

        Raises:
            AgreementError: `meeting-full`: as many stations as a mesh bears are in it.
        """
        held = self._held(meeting)
        own = [e for e in held.call.stations if e.party == self.book.party]
        replaced = sorted(
            e.station for e in own if e.operator == self.operator and e.station != station
        )
        if len(held.call.stations) - len(replaced) >= STATIONS_MAX:
            raise AgreementError("meeting-full", f"{STATIONS_MAX} stations are in it, the most")
        body = {
            "fingerprint": fingerprint,
            "meeting": meeting,
            "name": name,
            "replaces": replaced[:STATIONS_MAX],
            "station": station,
        }
        return self._to_all(JOIN, meeting, body)

    def leave(self, meeting: MeetingId, station: str) -> Draft:
        """Leave the call with a station of this party's; anybody of this party may, for one that died."""
        self._own_station(meeting, station)
        return self._to_all(LEAVE, meeting, {"meeting": meeting, "station": station})

    def signal(
        self, meeting: MeetingId, station: str, to: str, step: Step, number: int, sdp: str
    ) -> Draft:
        """Send a session description to another station, under the key that this one joined with.

        Raises:
            InputError: `station`, `to`: not in the call; `sdp`: another key in it, or another form.
        """
        held = self._own_station(meeting, station)
        own, other = held.call.get(station), held.call.get(to)
        if own is None or other is None or to == station:
            raise InputError("to", f"{to} is no other station in the call")
        check_description(sdp, own.fingerprint)
        body = {
            "fingerprint": own.fingerprint,
            "meeting": meeting,
            "number": number,
            "sdp": sdp,
            "station": station,
            "step": step.value,
            "to": to,
        }
        readers = () if other.party == self.book.party else (other.party,)
        return Draft(SIGNAL, readers, body, self.operator, exercise=self.book.exercise)

    def consent(self, meeting: MeetingId, station: str, number: int, *, recording: bool) -> Draft:
        """Agree to be recorded, or take that back."""
        self._own_station(meeting, station)
        return self._switch(CONSENT, meeting, station, number, recording=recording)

    def record(self, meeting: MeetingId, station: str, number: int, *, recording: bool) -> Draft:
        """Say that a station begins or ends to record.

        Raises:
            AgreementError: `meeting-consent`: not every station in the call has consented.
        """
        held = self._own_station(meeting, station)
        if recording and not held.call.recording_allowed:
            missing = [e.party for e in held.call.stations if e.may_be_recorded is not True]
            why = f"no consent of {', '.join(missing) or 'all'}; nothing is recorded"
            raise AgreementError("meeting-consent", why)
        return self._switch(RECORDING, meeting, station, number, recording=recording)

    # Inside

    def _switch(
        self, kind: str, meeting: MeetingId, station: str, number: int, *, recording: bool
    ) -> Draft:
        body = {
            "meeting": meeting,
            "number": number,
            "recording": recording,
            "station": station,
        }
        return self._to_all(kind, meeting, body)

    def _proposal(
        self,
        meeting: MeetingId,
        wish: NewMeeting,
        parties: tuple[PartyId, ...],
        group: GroupId | None,
        replaces: RecordDigest | None,
    ) -> Draft:
        body = {
            "agenda": [{"item": each.item, "matter": each.matter} for each in wish.agenda],
            "end": str(wish.end),
            "group": group,
            "means": wish.means.value,
            "meeting": meeting,
            "parties": sorted(parties),
            "place": wish.place,
            "replaces": replaces,
            "start": str(wish.start),
            "stated": wish.stated,
            "title": wish.title,
            "zone": wish.zone,
        }
        others = tuple(sorted({*parties} - {self.book.party}))
        return Draft(PROPOSAL, others, body, self.operator, exercise=self.book.exercise)

    def _to_all(self, kind: str, meeting: MeetingId, body: Mapping[str, Any]) -> Draft:
        """To every other party of the meeting that is still a peer, and shares in its group."""
        held = self.book.get(meeting)
        readers = tuple(
            each
            for each in held.standing.parties
            if each in self.peers
            and (held.group is None or self.book.group_shares(held.group, each))
        )
        if not readers:
            raise AgreementError("meeting-alone", f"{meeting} has nobody left to tell")
        return Draft(kind, readers, body, self.operator, exercise=self.book.exercise)

    def _held(self, meeting: MeetingId, *, over: bool = False) -> Meeting:
        held = self.book.get(meeting)
        state = held.standing.state
        if self.book.party not in held.standing.parties:
            raise AgreementError("meeting-state", f"{meeting} is {state}; this party is not in it")
        if state is MeetingState.CANCELLED and not over:
            raise AgreementError("meeting-state", f"{meeting} is cancelled")
        return held

    def _own_station(self, meeting: MeetingId, station: str) -> Meeting:
        held = self.book.get(meeting)
        found = held.call.get(station)
        if found is None or found.party != self.book.party:
            raise InputError("station", f"{station} is no station of this party in the call")
        return held
