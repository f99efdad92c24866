"""Corroboration: support counts origins, not channels. Pure arithmetic over a set of records, in any order.

Source: docs/spec/observation.md §6.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from comity.domain.observations.observation import Link, Relation
from comity.kernel.ids import ObservationId, OriginId, PartyId, RecordDigest

ANCESTORS_MAX = (
    1_000  # followed of one record; what rests on more cannot be judged, and goes nowhere
)
_DESCENT = frozenset({Relation.DERIVED_FROM, Relation.REPORTED_BY})


@dataclass(frozen=True, slots=True)
class Told:
    """What the arithmetic reads of one record, an own entry or a report.

    Attributes:
        origins: as its author states them.
        links: as its author states them; to records that may not be here.
    """

    record: RecordDigest
    observation: ObservationId
    author: PartyId
    origins: tuple[OriginId, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """How far an observation is borne by origins that do not hang together.

    Attributes:
        reports: how many records were looked at.
        channels: how many parties said it.
        stated: classes of origins that they state; what is said to be one is one.
        counted: origins that count: this party's own, and at most one on the word of each other party.
        unknown: records of which no origin is known; they count for nothing.
        circular: records in which an own observation came back, or an author's through others.
        classes: the origins of each class.
    """

    reports: int
    channels: int
    stated: int
    counted: int
    unknown: tuple[RecordDigest, ...]
    circular: tuple[RecordDigest, ...]
    classes: tuple[tuple[OriginId, ...], ...]

    @property
    def words(self) -> str:
        """The same in words, for a person."""
        parts = [f"{_count(self.reports, 'report')}, {_count(self.stated, 'origin')}"]
        if self.counted != self.stated:
            each = "each other party's word counts once"
            parts.append(f"{self.counted} counted: {each}")
        if self.circular:
            verb = "is" if len(self.circular) == 1 else "are"
            parts.append(f"{len(self.circular)} {verb} circular: it came back to its author")
        if self.unknown:
            parts.append(f"{_count(len(self.unknown), 'report')} of unknown origin, not counted")
        return "; ".join(parts)


class _Classes:
    """Disjoint sets; the least member stands for its set, so that order does not matter."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, member: str) -> str:
        self._above.setdefault(member, member)
        root = member
        while self._above[root] != root:
            root = self._above[root]
        while self._above[member] != root:
            self._above[member], member = root, self._above[member]
        return root

    def unite(self, members: Iterable[str]) -> None:
        roots = sorted({self.find(each) for each in members})
        for each in roots[1:]:
            self._above[each] = roots[0]


def support(
    chosen: Iterable[RecordDigest], held: Mapping[RecordDigest, Told], me: PartyId
) -> Support:
    """How many origins some records rest on together. Under-counts where something is not known.

    Args:
        chosen: the records that tell of one thing, by a person's choice or a rule; unknown ones are left out.
        held: every record here; provenance is followed through it.
        me: whose node this is.
    """
    looked_at = sorted({each for each in chosen if each in held})
    reached = _reached(looked_at, held)
    origins = {each: _origins_of(each, held) for each in reached}
    classes = _classes_of(origins, held)
    stated: dict[str, set[OriginId]] = {}
    for record in looked_at:
        for origin in origins[record]:
            stated.setdefault(classes.find(origin), set()).add(origin)
    return Support(
        reports=len(looked_at),
        channels=len({held[each].author for each in looked_at}),
        stated=len(stated),
        counted=_counted(stated, reached, held, me),
        unknown=tuple(each for each in looked_at if not origins[each]),
        circular=tuple(each for each in looked_at if is_circular(each, held, me)),
        classes=tuple(sorted(tuple(sorted(each)) for each in stated.values())),
    )


def two_apart(chosen: Iterable[RecordDigest], held: Mapping[RecordDigest, Told]) -> bool:
    """Whether two of some records share no origin: a record that adds one to another's is no check of it.

    Args:
        chosen: as for `support`; what has no origin is apart from nothing.
        held: every record here; provenance is followed through it.
    """
    looked_at = sorted({each for each in chosen if each in held})
    origins = {each: _origins_of(each, held) for each in _reached(looked_at, held)}
    classes = _classes_of(origins, held)
    found = [{classes.find(origin) for origin in origins[each]} for each in looked_at]
    return any(a and b and not a & b for a, b in combinations(found, 2))


def is_circular(record: RecordDigest, held: Mapping[RecordDigest, Told], me: PartyId) -> bool:
    """Whether a record brings something back to whom it came from.

    A report of another party that rests on an origin or an observation of this party; or a record that
    descends, through one of another author, from one of its own author.
    """
    told = held[record]
    if told.author != me:
        if any(origin.split("/")[0] == me for origin in _origins_of(record, held)):
            return True
        if any(link.observation.split("/")[0] == me for link in told.links if _descends(link)):
            return True
    through_others = {each for each in ancestors(record, held) if held[each].author != told.author}
    return any(
        held[each].author == told.author or _names_author(held[each], told.author)
        for each in _ancestors(through_others, held)
    )


def parents_in(links: Iterable[Link]) -> tuple[ObservationId, ...]:
    """Observations that something descends from by its links, without those of one origin beside it."""
    return tuple(link.observation for link in links if _descends(link))


def closes_a_loop(
    observation: ObservationId,
    links: Sequence[Link],
    parents: Mapping[ObservationId, Iterable[ObservationId]],
) -> bool:
    """Whether an observation would descend from itself.

    Loops are of observations: a revision that rests on what rested on the one before it is one.

    Args:
        observation: of a new record.
        links: its provenance.
        parents: what each observation descends from, by all records of it.
    """
    waiting = list(parents_in(links))
    seen: set[ObservationId] = set()
    while waiting:
        at = waiting.pop()
        if at == observation:
            return True
        if at not in seen:
            seen.add(at)
            waiting.extend(parents.get(at, ()))
    return False


def ancestors(record: RecordDigest, held: Mapping[RecordDigest, Told]) -> set[RecordDigest]:
    """Every record here that one descends from."""
    links = held[record].links
    return _ancestors({each.record for each in links if _descends(each)}, held)


def origins_of(record: RecordDigest, held: Mapping[RecordDigest, Told]) -> tuple[OriginId, ...]:
    """Origins that a record rests on, its ancestors' included."""
    return tuple(sorted(_origins_of(record, held)))


def _descends(link: Link) -> bool:
    return link.relation in _DESCENT


def _names_author(told: Told, author: PartyId) -> bool:
    return any(link.observation.split("/")[0] == author for link in told.links if _descends(link))


def _ancestors(
    first: Iterable[RecordDigest], held: Mapping[RecordDigest, Told]
) -> set[RecordDigest]:
    found: set[RecordDigest] = set()
    waiting = sorted(first)
    while waiting and len(found) < ANCESTORS_MAX:
        at = waiting.pop()
        if at in found or at not in held:
            continue
        found.add(at)
        waiting.extend(link.record for link in held[at].links if _descends(link))
    return found


def _origins_of(record: RecordDigest, held: Mapping[RecordDigest, Told]) -> set[OriginId]:
    """Its own and all ancestors'."""
    lineage = ancestors(record, held) | {record}
    return {origin for each in lineage for origin in held[each].origins}


def _classes_of(
    origins: Mapping[RecordDigest, set[OriginId]], held: Mapping[RecordDigest, Told]
) -> _Classes:
    """Origins of which a record among them says that they are one."""
    classes = _Classes()
    for record in origins:
        for link in held[record].links:
            if link.relation is Relation.SAME_ORIGIN:
                classes.unite(origins[record] | origins.get(link.record, set()))
    return classes


def _reached(
    looked_at: Iterable[RecordDigest], held: Mapping[RecordDigest, Told]
) -> set[RecordDigest]:
    """The records, their ancestors, and whatever is said to be of one origin with any of them."""
    neighbours: dict[RecordDigest, set[RecordDigest]] = {}
    for told in held.values():
        for link in told.links:
            neighbours.setdefault(told.record, set()).add(link.record)
            if link.relation is Relation.SAME_ORIGIN:
                neighbours.setdefault(link.record, set()).add(told.record)
    found: set[RecordDigest] = set()
    waiting = list(looked_at)
    while waiting:
        at = waiting.pop()
        if at not in found and at in held:
            found.add(at)
            waiting.extend(neighbours.get(at, ()))
    return found


def _counted(
    stated: Mapping[str, set[OriginId]],
    reached: Iterable[RecordDigest],
    held: Mapping[RecordDigest, Told],
    me: PartyId,
) -> int:
    """Own classes, and at most one for each other party on whose word the rest stand.

    A class stands on the word of whoever minted it, where a record of that party here states it; else on
    the word of all who state it, who then count as one.
    """
    own = 0
    words_of = _Classes()
    parties: set[str] = set()
    says: dict[str, set[PartyId]] = {}
    for record in reached:
        for origin in held[record].origins:
            says.setdefault(origin, set()).add(held[record].author)
    for members in stated.values():
        speakers = {who for origin in members for who in says.get(origin, ())}
        minters = {PartyId(origin.split("/")[0]) for origin in members}
        if me in minters and me in speakers:
            own += 1
            continue
        answerable = minters & speakers or speakers
        words_of.unite(answerable)
        parties |= answerable
    return own + len({words_of.find(each) for each in parties})


def _count(number: int, word: str) -> str:
    names = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    said = names[number] if number < len(names) else str(number)
    return f"{said} {word}" + ("" if number == 1 else "s")
