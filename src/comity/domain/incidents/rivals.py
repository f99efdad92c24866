"""What claims say of one topic beside each other: admitted by both, said by one, excluding each other.

Rival accounts stand side by side and are never merged: no middle value is made of two (L-13).

Source: docs/spec/claim.md §6.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from comity.domain.incidents.claim import Claim, ClaimedPlace, Height, Moment, Says, Statement
from comity.domain.incidents.kinematics import apart_of
from comity.domain.incidents.quantities import Mile
from comity.domain.incidents.shown import length_words, stated_words
from comity.kernel.sentences import Number, Sentence, said


class Relation(StrEnum):
    """How two statements on one topic stand to each other."""

    BOTH = "said-by-both"
    EXCLUDES = "excludes"
    DEPENDS = "depends-on-reading"
    """They agree under one reading of the mile and not under the other."""
    ONE = "said-by-one"
    UNKNOWN_TO_ONE = "unknown-to-one"
    NOT_COMPARED = "not-compared"
    """Both say something, and nothing tells whether it is the same."""


@dataclass(frozen=True, slots=True)
class Side:
    """One statement of one claim: places in the list of claims and in the claim."""

    claim: int
    statement: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two statements, or one alone, say of one field of a topic.

    Attributes:
        topic: of both.
        field: `says` is whether it happened; else a field of the statements.
        relation: how they stand to each other.
        left: the one.
        right: the other; `None` where only one says anything.
        sentence: for people.
    """

    topic: str
    field: str
    relation: Relation
    left: Side
    right: Side | None
    sentence: Sentence

    @property
    def words(self) -> str:
        """The sentence in English."""
        return str(self.sentence)


def compare_claims(claims: Sequence[Claim]) -> tuple[Comparison, ...]:
    """Every topic of every claim, in the order in which they come up first."""
    topics: dict[str, list[Side]] = {}
    for index, claim in enumerate(claims):
        for place, statement in enumerate(claim.statements):
            topics.setdefault(statement.topic, []).append(Side(index, place))
    return tuple(
        found for topic, sides in topics.items() for found in _compare_topic(claims, topic, sides)
    )


def excluded(comparisons: Sequence[Comparison], side: Side) -> list[Comparison]:
    """Comparisons in which another statement excludes what this one says."""
    return [
        each
        for each in comparisons
        if each.relation is Relation.EXCLUDES and side in {each.left, each.right}
    ]


def _compare_topic(claims: Sequence[Claim], topic: str, sides: list[Side]) -> Iterator[Comparison]:
    claimants = {claims[side.claim].party for side in sides}
    if len(claimants) == 1:
        side = sides[0]
        form = "only {claimant} says anything of it"
        words = said("R-only-one", form, claimant=claims[side.claim].claimant)
        yield Comparison(topic, "says", Relation.ONE, side, None, words)
    for left, right in combinations(sides, 2):
        one, other = _of(claims, left), _of(claims, right)
        names = claims[left.claim].claimant, claims[right.claim].claimant
        if claims[left.claim].party == claims[right.claim].party:
            names = f"{names[0]} ({one.statement})", f"{names[1]} ({other.statement})"
        yield from _compare(topic, left, right, one, other, names)


def _compare(
    topic: str, left: Side, right: Side, one: Statement, other: Statement, names: tuple[str, str]
) -> Iterator[Comparison]:
    relation, words = _of_saying(one.says, other.says, names)
    yield Comparison(topic, "says", relation, left, right, words)
    if one.says is not other.says or one.says is Says.UNKNOWN:
        return
    for field, relation, words in _of_fields(one, other, names):
        yield Comparison(topic, field, relation, left, right, words)


def _of_saying(one: Says, other: Says, names: tuple[str, str]) -> tuple[Relation, Sentence]:
    if Says.UNKNOWN in {one, other}:
        unknowing = [n for n, says in zip(names, (one, other), strict=True) if says is Says.UNKNOWN]
        form = "{claimant} says that it is not known"
        if len(unknowing) == 1:
            return Relation.UNKNOWN_TO_ONE, said("R-unknown", form, claimant=unknowing[0])
        form = "{one} and {other} says that it is not known"
        return Relation.UNKNOWN_TO_ONE, said("R-unknown-both", form, one=names[0], other=names[1])
    if one is other and one is Says.YES:
        return Relation.BOTH, said("R-both-yes", "both say that it happened")
    if one is other:
        return Relation.BOTH, said("R-both-no", "both say that it did not happen")
    yes, no = names if one is Says.YES else names[::-1]
    form = "{yes} says that it happened, {no} that it did not; both cannot be"
    return Relation.EXCLUDES, said("R-yes-no", form, yes=yes, no=no)


def _of_fields(
    one: Statement, other: Statement, names: tuple[str, str]
) -> Iterator[tuple[str, Relation, Sentence]]:
    for field in sorted({*one.figures, *other.figures}):
        if field in one.figures and field in other.figures:
            yield field, *_of_figures(one, other, field)
        else:
            has = one if field in one.figures else other
            name = names[0] if has is one else names[1]
            yield field, Relation.ONE, _only(name, has.figures[field].as_stated)
    for field in ("starts", "ends", "place", "height"):
        mine, theirs = getattr(one, field), getattr(other, field)
        if mine is None and theirs is None:
            continue
        if mine is None or theirs is None:
            has, name = (mine, names[0]) if theirs is None else (theirs, names[1])
            yield field, Relation.ONE, _only(name, _said(has))
        elif isinstance(mine, Moment):
            yield field, *_of_moments(mine, theirs)
        elif isinstance(mine, ClaimedPlace):
            yield field, *_of_places(mine, theirs)
        else:
            yield field, *_of_heights(mine, theirs)


def _only(name: str, stated: str) -> Sentence:
    return said("R-only-states", "only {name} states one: {stated}", name=name, stated=stated)


def _of_figures(one: Statement, other: Statement, field: str) -> tuple[Relation, Sentence]:
    mine, theirs = one.figures[field], other.figures[field]
    agree = {}
    for left in Mile if mine.ambiguous else [Mile.STATUTE]:
        for right in Mile if theirs.ambiguous else [Mile.STATUTE]:
            agree[left, right] = mine.span(left).meets(theirs.span(right))
    both = {"mine": mine.as_stated, "theirs": theirs.as_stated}
    if all(agree.values()):
        form = "{mine} and {theirs}: can be one figure"
        return Relation.BOTH, said("R-one-figure", form, **both)
    if not any(agree.values()):
        return Relation.EXCLUDES, said("R-not-both", "{mine} and {theirs}: cannot both be", **both)
    left, right = next(pair for pair, fits in agree.items() if fits)
    form = "{mine} and {theirs}: can be one figure only read as {first} and {second}"
    first, second = stated_words(mine, left), stated_words(theirs, right)
    return Relation.DEPENDS, said("R-one-read-as", form, **both, first=first, second=second)


def _of_moments(mine: Moment, theirs: Moment) -> tuple[Relation, Sentence]:
    apart_s = abs(mine.stated.instant.minus(theirs.stated.instant))
    allowed_s = mine.error_s + theirs.error_s
    words = said(
        "R-apart",
        "{mine} and {theirs}: {apart} apart, {allowed} allowed",
        mine=_said(mine),
        theirs=_said(theirs),
        apart=Number(apart_s, 1, "s"),
        allowed=Number(allowed_s, 1, "s"),
    )
    return (Relation.BOTH if apart_s <= allowed_s else Relation.EXCLUDES), words


def _of_places(mine: ClaimedPlace, theirs: ClaimedPlace) -> tuple[Relation, Sentence]:
    both = {"mine": _said(mine), "theirs": _said(theirs)}
    if mine.position is None or theirs.position is None:
        form = "{mine} and {theirs}: not both have a position"
        return Relation.NOT_COMPARED, said("R-no-position", form, **both)
    allowed_m = (mine.error_m or 0.0) + (theirs.error_m or 0.0)
    apart_m = apart_of(
        mine.position.latitude_deg,
        mine.position.longitude_deg,
        theirs.position.latitude_deg,
        theirs.position.longitude_deg,
    )
    if apart_m is None:
        return Relation.EXCLUDES, said(
            "R-far", "{mine} and {theirs}: more than 590 km apart", **both
        )
    form = "{mine} and {theirs}: {apart} apart, {allowed} allowed"
    apart, allowed = length_words(apart_m), length_words(allowed_m)
    words = said("R-apart", form, **both, apart=apart, allowed=allowed)
    return (Relation.BOTH if apart_m <= allowed_m else Relation.EXCLUDES), words


def _of_heights(mine: Height, theirs: Height) -> tuple[Relation, Sentence]:
    both = {"mine": mine.as_stated, "theirs": theirs.as_stated}
    if mine.datum is None or mine.datum is not theirs.datum:
        form = "{mine} and {theirs}: they do not name one datum"
        return Relation.NOT_COMPARED, said("R-datums", form, **both)
    fits = mine.quantity.span(Mile.STATUTE).meets(theirs.quantity.span(Mile.STATUTE))
    if fits:
        form = "{mine} and {theirs}: can be one height"
        return Relation.BOTH, said("R-one-height", form, **both)
    return Relation.EXCLUDES, said("R-not-both", "{mine} and {theirs}: cannot both be", **both)


def _said(each: Moment | ClaimedPlace | Height) -> str:
    if isinstance(each, Moment):
        return f"{each.stated.as_stated} ({each.stated.instant})"
    if isinstance(each, ClaimedPlace):
        return each.words or (each.position.as_stated if each.position else "")
    return each.as_stated


def _of(claims: Sequence[Claim], side: Side) -> Statement:
    return claims[side.claim].statements[side.statement]
