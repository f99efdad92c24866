"""What one node knows, room by room, in two worlds that never mix: the live one and exercises."""

from collections.abc import Callable
from dataclasses import dataclass, field

from comity.domain.alerts import AlertRegister
from comity.domain.alerts.area_register import AreaFileRegister
from comity.domain.groups import GroupBook
from comity.domain.hazards import HazardBook
from comity.domain.incidents import IncidentBook
from comity.domain.intents import ConflictFinder, IntentBook
from comity.domain.line import LineBook
from comity.domain.meetings import MeetingBook
from comity.domain.notices import NoticeBook
from comity.domain.observations import ObservationBook
from comity.domain.packs import PackBook, ToldPacks
from comity.domain.records import Record
from comity.domain.sites import MovementRegister, SiteRegister
from comity.domain.tracks import FeedRegister, RadioRegister
from comity.kernel.ids import GroupId, PartyId


@dataclass(slots=True)
class Books:
    """Every room's book; only records applied in the order of the journal change them, and time."""

    intents: IntentBook = field(init=False)
    exercise_intents: IntentBook = field(init=False)
    line: LineBook = field(init=False)
    exercise_line: LineBook = field(init=False)
    alerts: AlertRegister = field(init=False, default_factory=AlertRegister)
    exercise_alerts: AlertRegister = field(init=False, default_factory=AlertRegister)
    notices: NoticeBook = field(init=False)
    exercise_notices: NoticeBook = field(init=False)
    groups: GroupBook = field(init=False)
    exercise_groups: GroupBook = field(init=False)
    meetings: MeetingBook = field(init=False)
    exercise_meetings: MeetingBook = field(init=False)
    sites: SiteRegister = field(init=False)
    exercise_sites: SiteRegister = field(init=False)
    movements: MovementRegister = field(init=False)
    exercise_movements: MovementRegister = field(init=False)
    packs: PackBook = field(init=False, default_factory=PackBook)
    told_packs: ToldPacks = field(init=False)
    feeds: FeedRegister = field(init=False, default_factory=FeedRegister)
    radio: RadioRegister = field(init=False, default_factory=RadioRegister)
    exercise_radio: RadioRegister = field(init=False, default_factory=RadioRegister)
    observations: ObservationBook = field(init=False)
    exercise_observations: ObservationBook = field(init=False)
    incidents: IncidentBook = field(init=False)
    exercise_incidents: IncidentBook = field(init=False)
    area_files: AreaFileRegister = field(init=False, default_factory=AreaFileRegister)
    hazards: HazardBook = field(init=False)
    exercise_hazards: HazardBook = field(init=False)

    def make_books(
        self,
        me: PartyId,
        make_finder: Callable[[], ConflictFinder],
        open_envelope: Callable[[bytes], Record],
    ) -> None:
        """Empty books of both worlds.

        Args:
            me: whose node.
            make_finder: an empty conflict finder for one world.
            open_envelope: opens a record that another record carries.
        """
        self.intents = IntentBook(me, make_finder())
        self.exercise_intents = IntentBook(me, make_finder(), exercise=True)
        self.notices = NoticeBook(me)
        self.exercise_notices = NoticeBook(me, exercise=True)
        self.groups = GroupBook(me, open_envelope)
        self.exercise_groups = GroupBook(me, open_envelope, exercise=True)
        self.meetings = MeetingBook(me, lambda group, other: _shares(self.groups, group, other))
        self.exercise_meetings = MeetingBook(
            me,
            lambda group, other: _shares(self.exercise_groups, group, other),
            exercise=True,
        )
        self.sites = SiteRegister(me)
        self.exercise_sites = SiteRegister(me, exercise=True)
        self.movements = MovementRegister(me)
        self.exercise_movements = MovementRegister(me, exercise=True)
        self.hazards = HazardBook(me)
        self.exercise_hazards = HazardBook(me, exercise=True)
        self.line = LineBook(me)
        self.exercise_line = LineBook(me, exercise=True)
        self.told_packs = ToldPacks(me, self.packs)
        self.observations = ObservationBook(me)
        self.exercise_observations = ObservationBook(me, exercise=True)
        self.incidents = IncidentBook(me)
        self.exercise_incidents = IncidentBook(me, exercise=True)

    def book(self, *, exercise: bool) -> IntentBook:
        """The intents of one world; live and exercise never mix."""
        return self.exercise_intents if exercise else self.intents

    def line_of(self, *, exercise: bool) -> LineBook:
        """The line of one world."""
        return self.exercise_line if exercise else self.line

    def alerts_of(self, *, exercise: bool) -> AlertRegister:
        """The alerts of one world, as this node's records tell them."""
        return self.exercise_alerts if exercise else self.alerts

    def radio_of(self, *, exercise: bool) -> RadioRegister:
        """What people said of radio contact with tracks, in one world."""
        return self.exercise_radio if exercise else self.radio

    def notices_of(self, *, exercise: bool) -> NoticeBook:
        """The notices of one world."""
        return self.exercise_notices if exercise else self.notices

    def groups_of(self, *, exercise: bool) -> GroupBook:
        """The working groups of one world."""
        return self.exercise_groups if exercise else self.groups

    def meetings_of(self, *, exercise: bool) -> MeetingBook:
        """The meetings of one world."""
        return self.exercise_meetings if exercise else self.meetings

    def sites_of(self, *, exercise: bool) -> SiteRegister:
        """The protected sites of one world."""
        return self.exercise_sites if exercise else self.sites

    def movements_of(self, *, exercise: bool) -> MovementRegister:
        """The protected movements of one world."""
        return self.exercise_movements if exercise else self.movements

    def hazards_of(self, *, exercise: bool) -> HazardBook:
        """What notices touch, and who has what was told for protection, in one world."""
        return self.exercise_hazards if exercise else self.hazards

    def observations_of(self, *, exercise: bool) -> ObservationBook:
        """The observations of one world."""
        return self.exercise_observations if exercise else self.observations

    def incidents_of(self, *, exercise: bool) -> IncidentBook:
        """The incidents of one world."""
        return self.exercise_incidents if exercise else self.incidents


def _shares(groups: GroupBook, group: GroupId, other: PartyId) -> bool:
    return groups.membership(group).shares(groups.party, other)
