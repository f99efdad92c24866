"""Support against a reference that tries everything, over random provenance in random order."""

import random
from itertools import product

import pytest

from comity.domain.observations import Link, Relation, Support, Told, is_circular, support
from comity.domain.observations.provenance import ANCESTORS_MAX, ancestors
from comity.kernel.ids import ObservationId, OriginId, PartyId, RecordDigest

PARTIES = tuple(PartyId(f"{name}.aaaaaaaa") for name in ("me", "north", "south", "west"))
ME = PARTIES[0]
DESCENT = (Relation.DERIVED_FROM, Relation.REPORTED_BY)


def digest(number: int) -> RecordDigest:
    return RecordDigest(f"{number:064x}")


def world_of(rng: random.Random) -> list[Told]:
    """Records that rest on earlier ones, on some that are not here, or on nothing; honest or not."""
    told: list[Told] = []
    pool = [OriginId(f"{party}/{n:016x}") for party, n in product(PARTIES, range(2))]
    for number in range(rng.randint(1, 9)):
        author = rng.choice(PARTIES)
        links = []
        for _ in range(rng.randint(0, 2)):
            to = rng.randint(0, 12)
            if to == number:
                continue
            owner = told[to].author if to < number else rng.choice(PARTIES)
            links.append(
                Link(rng.choice(list(Relation)), ObservationId(f"{owner}/{to:016x}"), digest(to))
            )
        origins = tuple(sorted(rng.sample(pool, rng.choice((0, 1, 1, 2)))))
        named = ObservationId(f"{author}/{number:016x}")
        told.append(Told(digest(number), named, author, origins, tuple(links)))
    return told


def plain_ancestors(record: RecordDigest, held: dict[RecordDigest, Told]) -> set[RecordDigest]:
    found: set[RecordDigest] = set()
    while True:
        steps = {
            link.record
            for each in found | {record}
            for link in held[each].links
            if link.relation in DESCENT and link.record in held
        }
        if steps <= found:
            return found
        found |= steps


def merged(sets: list[set[str]]) -> list[set[str]]:
    """Sets that share a member made one, pair by pair, until none do."""
    sets = [set(each) for each in sets if each]
    for one in sets:
        for other in sets:
            if one is not other and one & other:
                rest = [each for each in sets if each is not one and each is not other]
                return merged([*rest, one | other])
    return sets


def plain_support(
    chosen: list[RecordDigest], told: list[Told]
) -> tuple[int, int, set[frozenset[str]]]:
    held = {each.record: each for each in told}

    def origins(record: RecordDigest) -> set[str]:
        lineage = plain_ancestors(record, held) | {record}
        return {str(origin) for each in lineage for origin in held[each].origins}

    reached = set(chosen)
    while True:
        more = {link.record for each in reached for link in held[each].links if link.record in held}
        more |= {
            each.record
            for each in told
            for link in each.links
            if link.relation is Relation.SAME_ORIGIN and link.record in reached
        }
        if more <= reached:
            break
        reached |= more
    unions = [
        origins(each) | (origins(link.record) if link.record in reached else set())
        for each in reached
        for link in held[each].links
        if link.relation is Relation.SAME_ORIGIN
    ]
    stated = {origin for each in chosen for origin in origins(each)}
    every = merged([*unions, *({each} for each in stated)])
    classes = {frozenset(each & stated) for each in every if each & stated}
    own, words = 0, []
    for each in classes:
        speakers = {held[r].author for r in reached if set(map(str, held[r].origins)) & each}
        minters = {origin.split("/")[0] for origin in each}
        if ME in speakers and ME in minters:
            own += 1
        else:
            words.append({str(p) for p in (minters & speakers or speakers)})
    return len(classes), own + len(merged(words)), classes


@pytest.mark.requirement("OBSERVE-005")
@pytest.mark.parametrize("seed", range(400))
def test_support_is_what_trying_everything_finds_in_any_order(seed: int) -> None:
    rng = random.Random(seed)
    told = world_of(rng)
    chosen = rng.sample([each.record for each in told], rng.randint(1, len(told)))
    held = {each.record: each for each in told}
    found = support(chosen, held, ME)
    stated, counted, classes = plain_support(chosen, told)
    assert (found.stated, found.counted) == (stated, counted)
    assert {frozenset(map(str, each)) for each in found.classes} == classes
    for _ in range(3):
        shuffled = rng.sample(told, len(told))
        again = support(
            rng.sample(chosen, len(chosen)), {each.record: each for each in shuffled}, ME
        )
        assert again == found
    assert found.counted <= found.stated  # a word never makes more of what is stated


@pytest.mark.requirement("OBSERVE-005")
@pytest.mark.parametrize("seed", range(200))
def test_another_channel_of_one_origin_adds_nothing(seed: int) -> None:
    rng = random.Random(seed)
    told = world_of(rng)
    held = {each.record: each for each in told}
    chosen = [each.record for each in told]
    before = support(chosen, held, ME)
    repeated = rng.choice(told)
    for number in range(100, 103):  # three partners pass it on, without an origin of their own
        named = ObservationId(f"{PARTIES[1 + number % 3]}/{number:016x}")
        link = Link(Relation.REPORTED_BY, repeated.observation, repeated.record)
        held[digest(number)] = Told(digest(number), named, PARTIES[1 + number % 3], (), (link,))
    after = support([*chosen, digest(100), digest(101), digest(102)], held, ME)
    assert (after.stated, after.counted) == (before.stated, before.counted)
    assert after.reports == before.reports + 3


@pytest.mark.requirement("OBSERVE-005")
def test_a_party_that_states_many_origins_has_one_word() -> None:
    held: dict[RecordDigest, Told] = {}
    for number in range(20):
        named = ObservationId(f"{PARTIES[1]}/{number:016x}")
        origin = OriginId(f"{PARTIES[1 + number % 2]}/{number:016x}")  # some in another's name
        held[digest(number)] = Told(digest(number), named, PARTIES[1], (origin,), ())
    found = support(held, held, ME)
    assert (found.stated, found.counted) == (20, 1)
    assert found.words == "20 reports, 20 origins; 1 counted: each other party's word counts once"


@pytest.mark.requirement("OBSERVE-006")
def test_a_loop_through_another_author_is_circular_and_one_of_ones_own_is_not() -> None:
    a, b = PARTIES[1], PARTIES[2]

    def told(number: int, author: PartyId, *on: int) -> Told:
        owners = {0: a, 1: b, 2: a, 3: a}
        links = tuple(
            Link(Relation.DERIVED_FROM, ObservationId(f"{owners[n]}/{n:016x}"), digest(n))
            for n in on
        )
        return Told(digest(number), ObservationId(f"{author}/{number:016x}"), author, (), links)

    held = {each.record: each for each in (told(0, a), told(1, b, 0), told(2, a, 1), told(3, a, 0))}
    assert [is_circular(digest(n), held, ME) for n in range(4)] == [False, False, True, False]
    assert [is_circular(digest(n), held, a) for n in range(4)] == [False, True, True, False]


@pytest.mark.requirement("OBSERVE-005")
def test_a_chain_made_to_be_long_is_followed_so_far_and_no_further() -> None:
    a = PARTIES[1]
    held = {}
    for number in range(5_000):
        to = Link(
            Relation.DERIVED_FROM, ObservationId(f"{a}/{number + 1:016x}"), digest(number + 1)
        )
        named = ObservationId(f"{a}/{number:016x}")
        held[digest(number)] = Told(digest(number), named, a, (), (to,))
    assert len(ancestors(digest(0), held)) == ANCESTORS_MAX
    assert support([digest(0)], held, ME).counted == 0


def test_nothing_chosen_and_nothing_known_support_nothing() -> None:
    assert support([], {}, ME) == Support(0, 0, 0, 0, (), (), ())
    assert support([digest(1)], {}, ME).words == "no reports, no origins"
