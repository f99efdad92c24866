"""The walk of all reachable states finds no violation, and finds one for every planted mutant."""

from dataclasses import replace

import pytest
from tests.property.intents.handshake_walk import Flight, Rules, Setting, walk

from comity.domain.intents import Answer, Blocker, IntentState, Move, answer_to

STATES_MAX = 400_000


def meeting(*pairs: tuple[int, int]) -> frozenset[frozenset[int]]:
    return frozenset(frozenset(pair) for pair in pairs)


def asked(*nodes: int) -> frozenset[int]:
    return frozenset(nodes)


TWO_NODES = Setting(2, (Flight(0, asked(1), 0), Flight(1, asked(0), 1)), meeting((0, 1)))
TWO_NODES_CHANGE = Setting(
    2,
    (Flight(0, asked(1), 1), Flight(0, asked(1), 1, replaces=0), Flight(1, asked(0), 0)),
    meeting((0, 2), (1, 2)),
)
TWO_NODES_CHANGE_INTO = Setting(
    2,
    (Flight(0, asked(1), 1), Flight(0, asked(1), 1, replaces=0), Flight(1, asked(0), 0)),
    meeting((1, 2)),
)
TWO_NODES_CHANGE_AWAY = Setting(
    2,
    (Flight(0, asked(1), 0), Flight(0, asked(1), 0, replaces=0), Flight(1, asked(0), 1)),
    meeting((0, 2)),
)
# Neither owner is asked by the other; only the third node stands between them.
THIRD_BETWEEN = Setting(
    3, (Flight(0, asked(2), 0), Flight(1, asked(2), 1)), meeting((0, 1)), withdrawals=False
)
THIRD_BETWEEN_WITHDRAWN = replace(THIRD_BETWEEN, withdrawals=True)
THIRD_BETWEEN_CHANGE = Setting(
    3,
    (Flight(0, asked(2), 1), Flight(0, asked(2), 1, replaces=0), Flight(1, asked(2), 0)),
    meeting((1, 2)),
    withdrawals=False,
)
ONE_ASKED_THIRD_BETWEEN = Setting(
    3, (Flight(0, asked(2), 1), Flight(1, asked(0, 2), 0)), meeting((0, 1))
)
THREE_NODES = Setting(
    3, (Flight(0, asked(1, 2), 1), Flight(1, asked(0, 2), 0)), meeting((0, 1)), withdrawals=False
)
SETTINGS = {
    "two nodes": TWO_NODES,
    "two nodes, a change": TWO_NODES_CHANGE,
    "two nodes, a change into the way": TWO_NODES_CHANGE_INTO,
    "two nodes, a change out of the way": TWO_NODES_CHANGE_AWAY,
    "a third between": THIRD_BETWEEN,
    "a third between, taken back": THIRD_BETWEEN_WITHDRAWN,
    "a third between, a change": THIRD_BETWEEN_CHANGE,
    "a third between, one asked": ONE_ASKED_THIRD_BETWEEN,
    "three nodes": THREE_NODES,
}


def assents_to_all(blockers: tuple[Blocker, ...]) -> Answer:
    """BOTHACK: an own proposal never stands in the way."""
    return answer_to([each for each in blockers if each.state is not IntentState.PROPOSED])


def assents_without_withdrawing(blockers: tuple[Blocker, ...]) -> Answer:
    """The lower side assents and leaves its own where it is."""
    answer = answer_to(blockers)
    return Answer(Move.ASSENT) if answer.move is Move.WITHDRAW_OWN else answer


def never_waits(blockers: tuple[Blocker, ...]) -> Answer:
    """A third party's proposal that ranks lower is passed over, though it was assented to."""
    answer = answer_to(blockers)
    return Answer(Move.ASSENT) if answer.move is Move.WAIT else answer


def passes_lapsed_over(blockers: tuple[Blocker, ...]) -> Answer:
    """A lapsed hold is passed over without its owner being asked."""
    return answer_to([each for each in blockers if each.state is not IntentState.LAPSED])


@pytest.mark.requirement("INTENT-010")
@pytest.mark.parametrize("name", SETTINGS)
def test_no_reachable_state_has_two_accepted_flights_that_meet(name: str) -> None:
    count, path = walk(SETTINGS[name], Rules(), STATES_MAX)
    assert path is None, "\n".join(path)
    assert count > 100  # the walk went somewhere


MUTANTS = {
    "BOTHACK": (Rules(answer=assents_to_all), TWO_NODES),
    "WITHDRAWN": (Rules(answer=assents_without_withdrawing), TWO_NODES),
    "STALE": (Rules(counts_any_version=True), TWO_NODES_CHANGE_INTO),
    "SILENCE": (Rules(silence_consents=True), TWO_NODES),
    "AMNESIA": (Rules(restart_forgets=True), TWO_NODES),
    "UNSYNCED, two nodes": (Rules(writes_unsynced=True), TWO_NODES),
    "UNSYNCED, a third between": (Rules(writes_unsynced=True), THIRD_BETWEEN),
    "EARLYSWAP": (Rules(lets_go_before_acceptance=True), TWO_NODES_CHANGE_AWAY),
    "NOWAIT": (Rules(answer=never_waits), THIRD_BETWEEN),
    "FORGETLAPSE": (Rules(lapse_forgets=True), THIRD_BETWEEN),
    "LAPSEPASSED": (Rules(answer=passes_lapsed_over), THIRD_BETWEEN),
}
HARMLESS = {
    # With two nodes the owner is always asked, so a hold that is forgotten harms nobody.
    "LEASE": (Rules(lapse_forgets=True), TWO_NODES),
    "EARLYDEAD": (Rules(tells_of_withdrawal=False), TWO_NODES),
}


@pytest.mark.requirement("INTENT-010")
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_of_the_rules_reaches_two_accepted_flights_that_meet(name: str) -> None:
    rules, setting = MUTANTS[name]
    _, path = walk(setting, rules, STATES_MAX)
    assert path is not None
    assert " accepts " in path[-1] or name == "EARLYSWAP"  # the last step is the one that harms


@pytest.mark.requirement("INTENT-010")
@pytest.mark.parametrize("name", HARMLESS)
def test_what_was_judged_harmless_is_harmless(name: str) -> None:
    rules, setting = HARMLESS[name]
    _, path = walk(setting, rules, STATES_MAX)
    assert path is None, "\n".join(path)
