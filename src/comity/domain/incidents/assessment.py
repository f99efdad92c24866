"""A set of claims, assessed: every statement with what was computed, the rivals, the grades."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from comity.domain.agreement import Terms
from comity.domain.alerts.border_lines import BorderLines
from comity.domain.incidents.border_finding import border_findings
from comity.domain.incidents.claim import Claim, Statement
from comity.domain.incidents.finding import Finding, Outcome
from comity.domain.incidents.grade import Graded, claimed_and_evidenced, grade_statement
from comity.domain.incidents.kinematics import kinematic_findings
from comity.domain.incidents.notice_finding import notice_findings
from comity.domain.incidents.offered_track import OfferedTrack
from comity.domain.incidents.quantities import Mile
from comity.domain.incidents.rivals import Comparison, Side, compare_claims
from comity.domain.incidents.separation_finding import separation_findings
from comity.domain.notices import Notice, PlacesNamed
from comity.kernel.errors import InputError
from comity.kernel.sentences import said

CLAIMS_MAX = 20
STATEMENTS_MAX = 2_000  # the largest list of breaches published at once had 452 (L-03)
STATEMENTS_OF_TOPIC_MAX = (
    12  # each is compared with each: 66 pairs, as many as a person can look at
)


@dataclass(frozen=True, slots=True)
class AssessedStatement:
    """One statement, its findings and its grade by the rule."""

    side: Side
    statement: Statement
    findings: tuple[Finding, ...]
    graded: Graded


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything computed of a set of claims. It finds no facts and no law."""

    claims: tuple[Claim, ...]
    statements: tuple[AssessedStatement, ...]
    comparisons: tuple[Comparison, ...]

    def counts(self, claim: int | None = None) -> tuple[int, int]:
        """Claimed and evidenced: of one claim, or of all."""
        return claimed_and_evidenced(
            [each.graded for each in self.statements if claim in {None, each.side.claim}]
        )


ByMaterial = tuple[int, str]
"""The place of the claim that offers something, and the name of its material."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """What there is besides the claims.

    Attributes:
        seen: material whose bytes are here, found by their digest.
        tracks: what of it was read as tracks.
        notices: what of it was read as a notice.
        data_sets: borders to ask, each for itself.
        terms: of the agreement in force then; `None`: not given.
        places_named: places of a name, for directions in a notice's words.
    """

    seen: frozenset[ByMaterial] = frozenset()
    tracks: Mapping[ByMaterial, Sequence[OfferedTrack]] = field(default_factory=dict)
    notices: Mapping[ByMaterial, Notice] = field(default_factory=dict)
    data_sets: Sequence[BorderLines] = ()
    terms: Terms | None = None
    places_named: PlacesNamed | None = None


NOTHING = AtHand()


def assess(claims: Sequence[Claim], hand: AtHand = NOTHING) -> Assessment:
    """Assess claims of one incident beside each other.

    Raises:
        InputError: none, too many, or too many statements on one topic.
    """
    if not 1 <= len(claims) <= CLAIMS_MAX:
        raise InputError("claims", f"{len(claims)}, from 1 to {CLAIMS_MAX}")
    total = sum(len(claim.statements) for claim in claims)
    if total > STATEMENTS_MAX:
        raise InputError("statements", f"{total} of all claims, at most {STATEMENTS_MAX}")
    counts: dict[str, int] = {}
    for claim in claims:
        for statement in claim.statements:
            counts[statement.topic] = counts.get(statement.topic, 0) + 1
    for topic, count in counts.items():
        if count > STATEMENTS_OF_TOPIC_MAX:
            why = f"{count} statements, at most {STATEMENTS_OF_TOPIC_MAX}"
            raise InputError(f"topic {topic}", why)
    comparisons = compare_claims(claims)
    of_topic: dict[str, list[Comparison]] = {}
    for each in comparisons:
        of_topic.setdefault(each.topic, []).append(each)
    bench = _Bench(claims, hand)
    assessed = []
    for index, claim in enumerate(claims):
        for place, statement in enumerate(claim.statements):
            side = Side(index, place)
            findings = _findings(bench, index, statement)
            graded = grade_statement(claims, side, findings, of_topic[statement.topic], hand.seen)
            assessed.append(AssessedStatement(side, statement, findings, graded))
    return Assessment(tuple(claims), tuple(assessed), comparisons)


class _Bench:
    """The claims with what is at hand, asked statement by statement."""

    def __init__(self, claims: Sequence[Claim], hand: AtHand) -> None:
        self.claims = claims
        self._hand = hand

    def own(self, index: int, statement: Statement) -> list[OfferedTrack]:
        """Tracks of the material that a statement names."""
        return [
            track
            for name in statement.material
            for track in self._hand.tracks.get((index, name), ())
        ]

    def rivals(self, index: int, topic: str) -> list[tuple[str, list[OfferedTrack]]]:
        """Tracks that other claimants' statements on a topic name, once each."""
        found: list[tuple[str, list[OfferedTrack]]] = []
        for place, claim in enumerate(self.claims):
            if claim.party == self.claims[index].party:
                continue
            names = dict.fromkeys(
                name for each in claim.statements if each.topic == topic for name in each.material
            )
            offered = [
                track for name in names for track in self._hand.tracks.get((place, name), ())
            ]
            found.append((claim.claimant, offered))
        return found

    def findings(self, index: int, statement: Statement, mile: Mile) -> tuple[Finding, ...]:
        """Every rule on one statement, under one reading of the mile."""
        claim = self.claims[index]
        aircraft = None if statement.aircraft is None else claim.aircraft[statement.aircraft]
        rivals = self.rivals(index, statement.topic)
        return (
            *kinematic_findings(statement, aircraft, mile),
            *separation_findings(statement, self.own(index, statement), rivals, mile),
        )

    def without_mile(self, index: int, statement: Statement) -> tuple[Finding, ...]:
        """Rules that no mile has a part in."""
        hand = self._hand
        notices = [
            (name, hand.notices[index, name])
            for name in statement.material
            if (index, name) in hand.notices
        ]
        return (
            *border_findings(statement, self.own(index, statement), hand.data_sets),
            *notice_findings(statement, notices, hand.terms, hand.places_named),
        )


def _findings(bench: _Bench, index: int, statement: Statement) -> tuple[Finding, ...]:
    """Under both readings where a mile is open; what breaks under one alone is strained, not broken."""
    rest = bench.without_mile(index, statement)
    if not bench.claims[index].ambiguous:
        return (*bench.findings(index, statement, Mile.STATUTE), *rest)
    readings = [bench.findings(index, statement, mile) for mile in Mile]
    broken = [
        {(each.rule, each.field) for each in found if each.outcome is Outcome.CONTRADICTORY}
        for found in readings
    ]
    told: list[Finding] = []
    for each in dict.fromkeys(map(_Same, (*readings[0], *readings[1]))):
        found = each.finding
        everywhere = all((found.rule, found.field) in rules for rules in broken)
        if found.reading and found.outcome is Outcome.CONTRADICTORY and not everywhere:
            statute = found.reading is Mile.STATUTE
            assumption = (
                said("mile-statute", "the mile is statute")
                if statute
                else said("mile-nautical", "the mile is nautical")
            )
            found = replace(found, outcome=Outcome.STRAINED, assumption=assumption)
        told.append(found)
    return (*sorted(told, key=lambda each: each.rule), *rest)


@dataclass(frozen=True, slots=True)
class _Same:
    """A finding, equal to another of the same words: its figures cannot be hashed."""

    finding: Finding

    def __hash__(self) -> int:
        return hash((self.finding.rule, self.finding.words))
