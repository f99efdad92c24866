"""Every state that a few nodes and proposals can reach, walked with the rules and tables the nodes run.

The walk knows nothing of its own about the handshake: states move only along OWNER_TRANSITIONS and
HOLDER_TRANSITIONS, and an answer is what `answer_to` says. What it adds is the world: messages are
facts that stay (so loss, delay, reordering, duplication and replay are all covered: a fact may be
taken in at any later time, or never), clocks may say anything (a hold may lapse at any moment), and
an owner may take back whatever it likes. A mutant replaces one rule, and must be caught.

Safety: no two proposals of different owners that meet are both accepted at their owners.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from comity.domain.intents import (
    BLOCKING,
    HOLDER_TRANSITIONS,
    OWNER_TRANSITIONS,
    Answer,
    Blocker,
    IntentEvent,
    IntentState,
    Move,
    answer_to,
)
from comity.kernel.ids import RecordDigest

UNKNOWN = None
OWNER_AGREED = IntentState.ACCEPTED


@dataclass(frozen=True)
class Flight:
    """One version that may be proposed.

    Attributes:
        owner: which node.
        required: whom the terms say must assent; owners of lapsed holds come on top.
        rank: lower goes first.
        replaces: index of the version it changes.
    """

    owner: int
    required: frozenset[int]
    rank: int
    replaces: int | None = None


@dataclass(frozen=True)
class Setting:
    """Nodes, flights, and which flights meet."""

    nodes: int
    flights: tuple[Flight, ...]
    meets: frozenset[frozenset[int]]
    withdrawals: bool = True

    def meet(self, one: int, other: int) -> bool:
        return frozenset((one, other)) in self.meets

    def same_intent(self, one: int, other: int) -> bool:
        return (
            one == other
            or other == self.flights[one].replaces
            or one == self.flights[other].replaces
        )


@dataclass(frozen=True)
class Rules:
    """What a mutant may replace."""

    answer: Callable[[tuple[Blocker, ...]], Answer] = answer_to
    counts_any_version: bool = False
    silence_consents: bool = False
    restart_forgets: bool = False
    writes_unsynced: bool = False
    lapse_forgets: bool = False
    tells_of_withdrawal: bool = True
    lets_go_before_acceptance: bool = False


State = tuple[
    tuple[tuple[IntentState | None, ...], ...], tuple[frozenset[int], ...], tuple[int, ...]
]
"""Per flight and node where it stands; per flight whom it asks; per flight bits of what was said."""

ACCEPTANCE_SAID, WITHDRAWAL_SAID = 1, 2
ASSENT_SAID = 4  # shifted by the node
REFUSAL_SAID = 64  # shifted by the node


def start(setting: Setting) -> State:
    """Nobody knows of anything."""
    unknown = tuple((UNKNOWN,) * setting.nodes for _ in setting.flights)
    return (unknown, tuple(each.required for each in setting.flights), (0,) * len(setting.flights))


def violation(setting: Setting, state: State) -> str | None:
    """Two flights that meet, of different owners, both accepted; or None."""
    stands = state[0]
    agreed = [
        index
        for index, each in enumerate(setting.flights)
        if stands[index][each.owner] is OWNER_AGREED
    ]
    for position, one in enumerate(agreed):
        for other in agreed[position + 1 :]:
            if (
                setting.meet(one, other)
                and setting.flights[one].owner != setting.flights[other].owner
            ):
                return f"flights {one} and {other} are both accepted"
    return None


def walk(setting: Setting, rules: Rules, states_max: int) -> tuple[int, list[str] | None]:
    """Walk all reachable states, breadth first.

    Returns:
        How many states there are, and the steps to the first violation, or None where there is
        none.
    """
    first = start(setting)
    came_from: dict[State, tuple[State, str] | None] = {first: None}
    frontier = [first]
    while frontier:
        following = []
        for state in frontier:
            for step, after in steps(setting, rules, state):
                if after in came_from:
                    continue
                came_from[after] = (state, step)
                if violation(setting, after) is not None:
                    return len(came_from), _steps_to(came_from, after)
                following.append(after)
        assert len(came_from) <= states_max, f"more than {states_max} states"
        frontier = following
    return len(came_from), None


def steps(setting: Setting, rules: Rules, state: State) -> Iterator[tuple[str, State]]:
    """Everything that can happen next."""
    stands, _, said = state
    for index, flight in enumerate(setting.flights):
        owner = flight.owner
        if stands[index][owner] is UNKNOWN:
            yield from _propose(setting, rules, state, index)
            continue
        yield from _owner_steps(setting, rules, state, index)
        for node in range(setting.nodes):
            if node != owner and node in state[1][index]:
                yield from _holder_steps(setting, rules, state, index, node)
    if rules.restart_forgets:
        for node in range(setting.nodes):
            forgotten = tuple(
                tuple(UNKNOWN if at == node else each for at, each in enumerate(row))
                for row in stands
            )
            if forgotten != stands:
                yield f"node {node} restarts", (forgotten, state[1], said)


def _propose(
    setting: Setting, rules: Rules, state: State, index: int
) -> Iterator[tuple[str, State]]:
    stands = state[0]
    flight = setting.flights[index]
    if flight.replaces is not None and stands[flight.replaces][flight.owner] is not OWNER_AGREED:
        return
    asked = flight.required
    for other, each in enumerate(setting.flights):
        if not setting.meet(index, other) or setting.same_intent(index, other):
            continue
        known = stands[other][flight.owner]
        if known is IntentState.LAPSED and not rules.lapse_forgets:
            asked |= {each.owner}
        elif known in BLOCKING:
            return
    asked -= {flight.owner}
    others = {
        each.owner for other, each in enumerate(setting.flights) if setting.meet(index, other)
    }
    for chosen in {
        asked,
        (asked | others) - {flight.owner},
    }:  # it may ask more parties than it must
        after = _stand(state, index, flight.owner, IntentState.PROPOSED)
        asks = tuple(chosen if at == index else each for at, each in enumerate(state[1]))
        after = (after[0], asks, after[2])
        if rules.lets_go_before_acceptance and flight.replaces is not None:
            after = _stand(after, flight.replaces, flight.owner, IntentState.REPLACED)
            after = _say(after, flight.replaces, WITHDRAWAL_SAID)
        yield f"{flight.owner} proposes {index} to {sorted(chosen)}", after


def _owner_steps(
    setting: Setting, rules: Rules, state: State, index: int
) -> Iterator[tuple[str, State]]:
    stands, asks, said = state
    flight = setting.flights[index]
    owner = flight.owner
    standing = stands[index][owner]
    if standing is IntentState.PROPOSED:
        counted = said[index]
        if rules.counts_any_version:
            for other in range(len(setting.flights)):
                if setting.same_intent(index, other):
                    counted |= said[other]
        refused = any(said[index] & (REFUSAL_SAID << node) for node in asks[index])
        complete = all(counted & (ASSENT_SAID << node) for node in asks[index])
        if (complete and not refused) or rules.silence_consents:
            after = _owner_moves(state, index, owner, IntentEvent.ACCEPTANCE)
            after = _say(after, index, ACCEPTANCE_SAID)
            if flight.replaces is not None and after[0][flight.replaces][owner] is OWNER_AGREED:
                after = _owner_moves(after, flight.replaces, owner, IntentEvent.REPLACEMENT)
                after = _say(
                    after, flight.replaces, WITHDRAWAL_SAID
                )  # told to those no longer asked
            if (
                rules.lets_go_before_acceptance
                or flight.replaces is None
                or (after[0][flight.replaces][owner] is IntentState.REPLACED)
            ):
                yield f"{owner} accepts {index}", after
    may_withdraw = (standing, IntentEvent.WITHDRAWAL) in OWNER_TRANSITIONS
    if may_withdraw and (setting.withdrawals or standing is IntentState.PROPOSED):
        after = _owner_moves(state, index, owner, IntentEvent.WITHDRAWAL)
        if rules.tells_of_withdrawal:
            after = _say(after, index, WITHDRAWAL_SAID)
        if rules.lets_go_before_acceptance and flight.replaces is not None:
            # the old version was let go too early and is believed to stand again
            after = _stand(after, flight.replaces, owner, IntentState.ACCEPTED)
        yield f"{owner} withdraws {index}", after


def _holder_steps(
    setting: Setting, rules: Rules, state: State, index: int, node: int
) -> Iterator[tuple[str, State]]:
    stands, _, said = state
    standing = stands[index][node]
    if standing is UNKNOWN:
        yield f"{node} receives {index}", _stand(state, index, node, IntentState.PENDING)
        return
    assented = bool(said[index] & (ASSENT_SAID << node))
    if said[index] & ACCEPTANCE_SAID:
        event = IntentEvent.ACCEPTANCE if assented else IntentEvent.ACCEPTANCE_WITHOUT_ASSENT
        yield from _holder_moves(state, index, node, event)
    if said[index] & WITHDRAWAL_SAID:
        yield from _holder_moves(state, index, node, IntentEvent.WITHDRAWAL)
    if standing is IntentState.ACCEPTED and any(
        each.replaces == index and said[later] & ACCEPTANCE_SAID
        for later, each in enumerate(setting.flights)
    ):
        yield from _holder_moves(state, index, node, IntentEvent.REPLACEMENT)
    yield from _holder_moves(state, index, node, IntentEvent.LAPSE)
    if standing is IntentState.PENDING:
        yield from _holder_moves(state, index, node, IntentEvent.DECIDE_BY)
        yield from _answers(setting, rules, state, index, node)


def _answers(
    setting: Setting, rules: Rules, state: State, index: int, node: int
) -> Iterator[tuple[str, State]]:
    answer = rules.answer(tuple(_blockers(setting, rules, state, index, node)))
    if answer.move is Move.REFUSE:
        for step, after in _holder_moves(state, index, node, IntentEvent.REFUSAL):
            yield step, _say(after, index, REFUSAL_SAID << node)
    elif answer.move is Move.WITHDRAW_OWN:
        own = int(answer.blockers[0].key)
        after = _owner_moves(state, own, node, IntentEvent.WITHDRAWAL)
        yield f"{node} withdraws {own} for {index}", _say(after, own, WITHDRAWAL_SAID)
        if rules.writes_unsynced:
            lost = _say(_say(state, own, WITHDRAWAL_SAID), index, ASSENT_SAID << node)
            yield f"{node} withdraws {own}, assents to {index}, and loses both", lost
    elif answer.move is Move.ASSENT:
        for step, after in _holder_moves(state, index, node, IntentEvent.ASSENT):
            yield step, _say(after, index, ASSENT_SAID << node)
            if rules.writes_unsynced:
                yield f"{step}, and loses it", _say(state, index, ASSENT_SAID << node)


def _blockers(
    setting: Setting, rules: Rules, state: State, index: int, node: int
) -> Iterator[Blocker]:
    flight = setting.flights[index]
    for other, each in enumerate(setting.flights):
        known = state[0][other][node]
        kept = known in BLOCKING or known is IntentState.LAPSED
        if (
            not kept
            or known is UNKNOWN
            or each.owner == flight.owner
            or not setting.meet(index, other)
        ):
            continue
        if known is IntentState.LAPSED and rules.lapse_forgets:
            continue
        yield Blocker(
            key=RecordDigest(str(other)),
            own=each.owner == node,
            state=known,
            gives_way=flight.rank < each.rank,
            owner_asked=each.owner in state[1][index],
            determined=True,
        )


def _owner_moves(state: State, index: int, owner: int, event: IntentEvent) -> State:
    standing = state[0][index][owner]
    assert standing is not None
    return _stand(state, index, owner, OWNER_TRANSITIONS[(standing, event)])


def _holder_moves(
    state: State, index: int, node: int, event: IntentEvent
) -> Iterator[tuple[str, State]]:
    standing = state[0][index][node]
    assert standing is not None
    after = HOLDER_TRANSITIONS.get((standing, event))
    if after is not None:
        yield f"{node}: {event} of {index}", _stand(state, index, node, after)


def _stand(state: State, index: int, node: int, standing: IntentState) -> State:
    row = state[0][index]
    row = (*row[:node], standing, *row[node + 1 :])
    return ((*state[0][:index], row, *state[0][index + 1 :]), state[1], state[2])


def _say(state: State, index: int, bit: int) -> State:
    said = state[2]
    return (state[0], state[1], (*said[:index], said[index] | bit, *said[index + 1 :]))


def _steps_to(came_from: Mapping[State, tuple[State, str] | None], state: State) -> list[str]:
    taken: list[str] = []
    back = came_from[state]
    while back is not None:
        taken.append(back[1])
        back = came_from[back[0]]
    return taken[::-1]
