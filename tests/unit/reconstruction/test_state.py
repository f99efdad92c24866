"""What stood at a moment, as known then and as known now."""

from typing import Any

import msgspec
import pytest
from tests.unit.reconstruction.test_knowledge import HERE, THERE, Journal, T

from comity.domain.reconstruction import History
from comity.domain.reconstruction.state import _item
from comity.entrypoints.api.history_telling import tell_change
from comity.entrypoints.cli.replaying import replay_lines

INTENT = f"{HERE}/intent/1"


def at(seconds: float) -> Any:
    return T.plus_s(seconds)


def footprint(starts_s: float, ends_s: float) -> dict[str, Any]:
    return {"volumes": [{"starts": str(at(starts_s)), "ends": str(at(ends_s))}]}


def propose(journal: Journal, name: str, made_s: float, version: int = 1, **more: Any) -> str:
    body = {
        "intent": INTENT,
        "version": version,
        "callsign": "RED1",
        "footprint": footprint(100, 900),
    }
    return journal.say(name, "intent.proposal", HERE, (THERE,), made_s, body | more)


def statuses(history: History, seconds: float, known_s: float | None) -> list[str]:
    state = history.state(at(seconds), None if known_s is None else at(known_s))
    return [each.stands.status for each in state.items]


@pytest.mark.requirement("RECON-010")
def test_what_came_late_stands_as_known_now_and_not_as_known_then():
    journal = Journal()
    journal.say("late", "line.message", THERE, (HERE,), 10, {"precedence": "flash"}, received_s=500)
    history = History.of(journal.heard)
    then = history.state(at(60), at(60))
    assert then.items == ()
    assert then.later == {"messages": 1}
    now = history.state(at(60), None)
    assert [each.stands.status for each in now.items] == ["message flash"]
    assert now.later == {}
    assert statuses(history, 600, 600) == ["message flash"]


@pytest.mark.requirement("RECON-010")
def test_an_end_that_came_late_does_not_end_a_thing_as_known_then():
    journal = Journal()
    raised = {"alert": "a1", "net": "pair-conflict", "severity": "warning", "subjects": ["3c0001"],
              "raised_at": str(at(10)),
              "basis": {"distance_cpa_mm": 900_000, "time_to_loss_ms": None, "odd": [1]}}  # fmt: skip
    journal.say("raised", "alert.raised", HERE, (), 10, raised, "node")
    cleared = {"alert": "a1", "cleared_at": str(at(20))}
    journal.say("cleared", "alert.cleared", HERE, (), 30, cleared, "node")
    history = History.of(journal.heard)
    assert statuses(history, 25, 25) == ["pair-conflict warning"]
    assert statuses(history, 25, None) == []
    [alert] = history.state(at(25), at(25)).items
    figures = {"distance_cpa_mm": 900_000, "time_to_loss_ms": None}
    assert dict(alert.stands.estimate) == figures, "the net's own, and nothing that is no figure"
    told = {"stands": msgspec.to_builtins(tell_change(alert.stands)), "answers": []}
    moment = {"at": "", "known_by": "", "exercise": False, "items": [told], "tracks": [], "later": {},
              "tracks_left_out": 0, "plots_kept": False, "plots_dropped": 0, "became_known": [],
              "whole": True}  # fmt: skip
    words = "filtered tracks that are not kept: distance_cpa_mm 900000, time_to_loss_ms unknown"
    assert f"the net's own estimate, on {words}" in "\n".join(replay_lines(moment))


@pytest.mark.requirement("RECON-011")
def test_a_flight_stands_as_its_last_record_known_by_then_has_it():
    journal = Journal()
    first = propose(journal, "first", 0)
    journal.say(
        "yes", "intent.assent", THERE, (HERE,), 5, {"proposal": first}, "node", received_s=6
    )
    journal.say("accepted", "intent.acceptance", HERE, (THERE,), 7, {"proposal": first}, "node")
    flown = {"proposal": first, "state": "activated"}
    journal.say("flies", "intent.state", HERE, (THERE,), 120, flown)
    journal.say("over", "intent.state", HERE, (THERE,), 300, flown | {"state": "ended"})
    history = History.of(journal.heard)
    for seconds, expected in (
        (-1, []), (1, ["proposed, not accepted"]), (10, ["accepted"]), (200, ["activated"]), (301, []),
    ):  # fmt: skip
        assert statuses(history, seconds, seconds) == expected
    (item,) = history.state(at(10), at(10)).items
    assert [each.status for each in item.answers] == ["assent"]
    assert item.holds == (at(100), at(900))


@pytest.mark.requirement("RECON-011")
def test_a_further_version_stands_beside_the_accepted_one_until_it_is_accepted():
    journal = Journal()
    first = propose(journal, "first", 0)
    journal.say("accepted", "intent.acceptance", HERE, (THERE,), 1, {"proposal": first}, "node")
    second = propose(journal, "second", 10, 2, replaces=first, footprint=footprint(200, 2_000))
    history = History.of(journal.heard)
    (item,) = history.state(at(11), at(11)).items
    assert (item.stands.status, item.holds) == ("accepted", (at(100), at(900)))
    journal.say("taken back", "intent.withdrawal", HERE, (THERE,), 20, {"proposal": second}, "node")
    assert statuses(History.of(journal.heard), 21, 21) == ["accepted"]
    third = propose(journal, "third", 30, 3, replaces=first, footprint=footprint(200, 2_000))
    journal.say("anew", "intent.acceptance", HERE, (THERE,), 31, {"proposal": third}, "node")
    history = History.of(journal.heard)
    assert history.state(at(32), at(32)).items[0].holds == (at(200), at(2_000))
    assert statuses(history, 1_000, 1_000) == ["accepted"]
    journal.say("no more", "intent.withdrawal", HERE, (THERE,), 40, {"proposal": third}, "node")
    assert statuses(History.of(journal.heard), 41, 41) == []


@pytest.mark.requirement("RECON-011")
def test_a_flight_whose_time_is_over_and_one_of_the_exercise_do_not_stand():
    journal = Journal()
    first = propose(journal, "first", 0)
    journal.say("accepted", "intent.acceptance", HERE, (THERE,), 1, {"proposal": first}, "node")
    history = History.of(journal.heard)
    assert statuses(history, 899, 899) == ["accepted"]
    assert statuses(history, 900, 900) == []
    assert history.state(at(10), at(10), exercise=True).items == ()


@pytest.mark.requirement("RECON-010")
def test_changes_come_in_the_order_in_which_they_became_known():
    journal = Journal()
    journal.say("one", "line.message", THERE, (HERE,), 10, {}, received_s=50)
    journal.say("two", "line.message", HERE, (THERE,), 40, {})
    journal.heard.sort(key=lambda each: each.received_at)
    found = History.of(journal.heard).changes(at(0), at(60))
    assert [each.known_at for each in found] == [at(40), at(50)]
    assert History.of(journal.heard).changes(at(41), at(50)) == []


def test_notices_sites_areas_and_stops_have_their_times():
    journal = Journal()
    notice = {"notice": "n1", "activity": "firing", "description": "range", "starts": [{"at": str(at(100))}],
              "ends": [{"at": str(at(200))}]}  # fmt: skip
    journal.say("notice", "notice.notice", THERE, (HERE,), 0, notice, received_s=1)
    journal.say("stop", "line.stop", HERE, (THERE,), 5, {"until": str(at(50))})
    journal.say("area", "area.added", HERE, (), 6, {"areas": "ranges"})
    journal.say("gone", "area.removed", HERE, (), 60, {"areas": "ranges"})
    journal.say(
        "entry", "site.entries", HERE, (), 7, {"sites": [{"site": "s1", "kind": "hospital"}]}
    )
    history = History.of(journal.heard)
    families = [
        {each.stands.family for each in history.state(at(s), at(s)).items}
        for s in (8, 55, 150, 201)
    ]
    assert families == [
        {"notices", "messages", "areas", "sites"}, {"notices", "areas", "sites"}, {"notices", "sites"},
        {"sites"},
    ]  # fmt: skip


@pytest.mark.requirement("RECON-013")
def test_a_site_taken_back_from_one_party_stays_with_whoever_entered_it():
    journal = Journal()
    entry = journal.say("entry", "site.entries", HERE, (), 0, {"entries": [{"site": "own"}]})
    told = {"sites": [{"site": "own"}, {"site": "theirs"}]}
    notice = journal.say("told", "site.notice", HERE, (THERE,), 10, told)
    journal.say("back", "site.withdrawal", HERE, (THERE,), 20, {"sites": ["own", "theirs"]})
    history = History.of(journal.heard)
    (own,) = history.state(at(30), at(30)).items
    assert (own.stands.key, own.stands.status) == ("own", "notified")
    assert own.records == (notice, entry)
    assert [each.status for each in own.answers] == ["withdrawn"]
    journal.say("over", "site.ending", HERE, (), 40, {"site": "own"})
    assert History.of(journal.heard).state(at(50), at(50)).items == ()


@pytest.mark.requirement("RECON-010")
def test_a_line_and_a_watch_stand_as_their_side_said_last_of_what_was_known():
    journal = Journal()
    degraded = {"state": "degraded", "why": "no answer", "since": str(at(5))}
    journal.say("down", "line.status", THERE, (HERE,), 10, degraded, "node", received_s=300)
    working = {"state": "working", "why": "", "since": str(at(100))}
    journal.say("up", "line.status", THERE, (HERE,), 100, working, "node", received_s=301)
    on = {"echelon": "watch", "officer": "ada", "reach": "desk 1"}
    journal.say("on", "line.watch", HERE, (), 10, on)
    journal.say("off", "line.watch", HERE, (), 200, on | {"officer": None})
    history = History.of(journal.heard)
    assert statuses(history, 50, 50) == ["on watch"]
    assert history.state(at(50), at(50)).later == {"lines": 1}
    assert statuses(history, 50, None) == ["line degraded", "on watch"]
    assert statuses(history, 400, 400) == ["line working"]
    [line] = history.state(at(50), None).items[:1]
    assert (line.stands.family, line.stands.words) == ("lines", "no answer")


ANSWERED = {"required": [THERE], "decide_by": str(T.plus_s(50))}


def accept(
    journal: Journal, name: str, made_s: float, proposal: str, named: str | None, **more: Any
) -> None:
    assents = [] if named is None else [{"party": THERE, "digest": named}]
    body = {"proposal": proposal, "assents": assents}
    journal.say(name, "intent.acceptance", more.get("by", HERE), (THERE,), made_s, body, "node")


@pytest.mark.requirement("RECON-015")
def test_an_acceptance_is_one_only_with_every_assent_that_is_here_and_in_time():
    for named, made_s, expected in (
        ("yes", 7, "accepted"), ("another", 7, "contested"), (None, 7, "contested"), ("yes", 51, "contested"),
    ):  # fmt: skip
        journal = Journal()
        first = propose(journal, "first", 0, **ANSWERED)
        yes = journal.say("yes", "intent.assent", THERE, (HERE,), 5, {"proposal": first}, "node")
        told = yes if named == "yes" else named
        accept(journal, "accepted", made_s, first, told)
        assert statuses(History.of(journal.heard), 60, 60) == [expected]


@pytest.mark.requirement("RECON-015")
def test_a_node_that_was_asked_and_gave_no_assent_has_an_acceptance_contested():
    journal = Journal()
    body = {"intent": f"{THERE}/1", "version": 1, "footprint": footprint(100, 900), "required": [HERE],
            "decide_by": str(at(50))}  # fmt: skip
    first = journal.say("theirs", "intent.proposal", THERE, (HERE,), 0, body)
    said = {"proposal": first, "assents": [{"party": HERE, "digest": "0" * 64}]}
    journal.say("accepted", "intent.acceptance", THERE, (HERE,), 7, said, "node")
    assert statuses(History.of(journal.heard, HERE), 60, 60) == ["contested"]
    assert statuses(History.of(journal.heard), 60, 60) == ["accepted"], "not known whose node it is"


@pytest.mark.requirement("RECON-015")
def test_nobody_but_its_owner_says_what_became_of_a_flight():
    journal = Journal()
    first = propose(journal, "first", 0)
    accept(journal, "by a stranger", 5, first, None, by=THERE)
    for name, kind, more in (
        ("taken", "intent.withdrawal", {"reason": "mine"}), ("over", "intent.state", {"state": "ended"}),
        ("ends", "intent.announcement", {"intent": INTENT, "ends": first}),
    ):  # fmt: skip
        journal.say(name, kind, THERE, (HERE,), 6, {"proposal": first} | more)
    assert statuses(History.of(journal.heard), 60, 60) == ["proposed, not accepted"]


@pytest.mark.requirement("RECON-014")
def test_a_flight_outside_its_volumes_stands_as_long_as_it_may_be_there():
    journal = Journal()
    first = propose(journal, "first", 0)
    accept(journal, "accepted", 5, first, None)
    left = {"proposal": first, "state": "contingent", "off_nominal": footprint(400, 2_000)}
    journal.say("left", "intent.state", HERE, (THERE,), 300, left)
    history = History.of(journal.heard)
    assert statuses(history, 1_999, 1_999) == ["contingent"]
    assert statuses(history, 2_000, 2_000) == []
    journal.say(
        "back",
        "intent.state",
        HERE,
        (THERE,),
        500,
        left | {"state": "activated", "off_nominal": None},
    )
    assert statuses(History.of(journal.heard), 950, 950) == []


@pytest.mark.requirement("RECON-014")
def test_a_flight_told_as_cells_has_the_time_of_its_cells():
    journal = Journal()
    slot = T.unix_ms // 60_000 + 1
    cells = {"cells": [["8a1f", 0, slot], ["8a1f", 1, slot + 2]], "slot_s": 60}
    propose(journal, "first", 0, footprint={"cells": cells})
    history = History.of(journal.heard)
    (item,) = history.state(at(10), at(10)).items
    assert item.holds is not None
    assert [each.unix_ms for each in item.holds] == [slot * 60_000, (slot + 3) * 60_000]
    assert statuses(history, 300, 300) == []


@pytest.mark.requirement("RECON-014")
def test_a_first_version_taken_back_after_a_second_leaves_the_second():
    journal = Journal()
    first = propose(journal, "first", 0)
    second = propose(journal, "second", 10, 2)
    journal.say("taken", "intent.withdrawal", HERE, (THERE,), 20, {"proposal": first}, "node")
    (item,) = History.of(journal.heard).state(at(30), at(30)).items
    assert (item.stands.status, item.stands.about) == ("proposed, not accepted", second)


@pytest.mark.requirement("RECON-014")
def test_a_change_is_under_way_until_it_is_accepted_or_taken_back():
    journal = Journal()
    first = propose(journal, "first", 0)
    accept(journal, "accepted", 5, first, None)
    second = propose(journal, "second", 10, 2)
    third = propose(journal, "third", 20, 3)
    journal.say("taken", "intent.withdrawal", HERE, (THERE,), 30, {"proposal": third}, "node")
    accept(journal, "anew", 40, second, None)

    def under_way(seconds: float) -> str | None:
        (item,) = History.of(journal.heard).state(at(seconds), at(seconds)).items
        change = item.change_under_way()
        return None if change is None else change.about

    assert [under_way(each) for each in (8, 15, 25, 35, 45)] == [None, second, third, None, None]


@pytest.mark.requirement("RECON-010")
def test_what_spares_looking_at_an_item_never_hides_one_that_stood():
    """Every item, looked at one by one, against the state, over all moments and knowledge of a journal."""
    journal = Journal()
    first = propose(journal, "first", 0)
    accept(journal, "accepted", 5, first, None)
    journal.say(
        "over",
        "intent.state",
        HERE,
        (THERE,),
        300,
        {"proposal": first, "state": "ended"},
        received_s=800,
    )
    raised = {"alert": "a1", "net": "n", "severity": "s", "subjects": [], "raised_at": str(at(10))}
    journal.say("raised", "alert.raised", HERE, (), 10, raised, "node", received_s=40)
    cleared = {"alert": "a1", "cleared_at": str(at(100))}
    journal.say("cleared", "alert.cleared", HERE, (), 100, cleared, "node", received_s=700)
    journal.say("anew", "alert.raised", HERE, (), 200, raised | {"raised_at": str(at(200))}, "node")
    history = History.of(journal.heard)
    stood = set()
    for seconds in range(-5, 1_000, 5):
        for known_s in (seconds, 30, 50, 650, 750, 900, None):
            known = None if known_s is None else at(known_s)
            plain = [
                found
                for _, line in sorted(history._by_item.items())
                if (found := _item(line.changes, at(seconds), known, exercise=False)) is not None
            ]
            assert list(history.state(at(seconds), known).items) == plain, (seconds, known_s)
            stood |= {(each.stands.family, known_s is None) for each in plain}
    assert len(stood) == 4
