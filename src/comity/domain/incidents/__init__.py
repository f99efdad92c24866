"""Claims of what happened, held side by side: what each can bear, never merged, never a legal finding."""

from comity.domain.incidents.assessment import AssessedStatement, Assessment, AtHand, assess
from comity.domain.incidents.border_finding import BorderAnswer, border_answer
from comity.domain.incidents.claim import Claim, Says, Statement, StatementKind
from comity.domain.incidents.claim_reader import FORMAT, OffsetOf, claim_of
from comity.domain.incidents.finding import Finding, Outcome
from comity.domain.incidents.grade import Grade, Graded
from comity.domain.incidents.offered_track import OfferedTrack, TrackPoint, offered_tracks
from comity.domain.incidents.quantities import Dimension, Mile, Quantity, Span, read_quantity
from comity.domain.incidents.rivals import Comparison, Relation, Side, compare_claims
from comity.domain.incidents.separation import ClosestApproach, closest_approach_of

__all__ = [
    "FORMAT",
    "AssessedStatement",
    "Assessment",
    "AtHand",
    "BorderAnswer",
    "Claim",
    "ClosestApproach",
    "Comparison",
    "Dimension",
    "Finding",
    "Grade",
    "Graded",
    "Mile",
    "OfferedTrack",
    "OffsetOf",
    "Outcome",
    "Quantity",
    "Relation",
    "Says",
    "Side",
    "Span",
    "Statement",
    "StatementKind",
    "TrackPoint",
    "assess",
    "border_answer",
    "claim_of",
    "closest_approach_of",
    "compare_claims",
    "offered_tracks",
    "read_quantity",
]
