"""Alerts: one a situation, confirmed, acknowledged, cleared; what a blind net may not do."""

import pytest

from comity.domain.alerts import (
    KIND_OF,
    AlertBook,
    AlertKind,
    AlertPhase,
    Finding,
    LifeRule,
    NetHealth,
    Severity,
    Situation,
    alert_body,
)
from comity.domain.records import decode_canonical, encode_canonical
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

START = Instant(1_800_000_000_000)
PAIR = Situation(AlertKind.PAIR_CONFLICT, ("one", "other"))
WATCH = OperatorId("watch")


def finding(severity=Severity.CAUTION, time_to_s=50.0, situation=PAIR):
    return Finding(
        situation, severity, time_to_s, determined=True, basis={"time_to_loss_ms": 50_000}
    )


def run(book, seconds, findings, health=NetHealth.WORKING, start=START):
    """Observe once a second; every change with the second it came in."""
    return [
        (second, alert)
        for second in seconds
        for alert in book.observe(
            start.plus_s(second), AlertKind.PAIR_CONFLICT, findings(second), health
        )
    ]


@pytest.mark.requirement("ALERT-020")
def test_a_situation_of_an_hour_is_one_alert():
    book = AlertBook()
    changes = run(book, range(3600), lambda _: [finding()])
    assert [(second, alert.phase) for second, alert in changes] == [(0, AlertPhase.RAISED)]


@pytest.mark.requirement("ALERT-021")
def test_a_distant_finding_must_last_before_it_is_raised():
    far = finding(Severity.ADVISORY, 100.0)
    assert run(AlertBook(), [0], lambda _: [far]) == []
    assert run(AlertBook(), range(5), lambda second: [far] if second % 5 == 0 else []) == []
    assert [second for second, _ in run(AlertBook(), range(9), lambda _: [far])] == [6]
    warning = finding(Severity.WARNING, 100.0)
    assert [second for second, _ in run(AlertBook(), range(5), lambda _: [warning])] == [0]


@pytest.mark.requirement("ALERT-021")
def test_a_distant_finding_of_every_look_is_raised_however_late_the_looks_come():
    """Of a watch that leaves out seconds: its looks are all there is, and each found it."""
    far = finding(Severity.ADVISORY, 100.0)
    late = [0, 5, 10, 15]
    assert [second for second, _ in run(AlertBook(), late, lambda _: [far])] == [10]
    every_other = run(AlertBook(), range(0, 60, 5), lambda second: [far] if second % 10 else [])
    assert every_other == []
    book = AlertBook()
    assert run(book, [0], lambda _: [far]) == []
    assert run(book, [5, 10], lambda _: [far], NetHealth.BLIND) == []
    assert [second for second, _ in run(book, [15, 20, 25], lambda _: [far])] == [25]


@pytest.mark.requirement("ALERT-021")
def test_flicker_neither_clears_nor_raises_anew():
    book = AlertBook()
    changes = run(book, range(120), lambda second: [finding()] if second % 6 == 0 else [])
    assert len(changes) == 1
    cleared = run(book, range(120, 140), lambda _: [])
    assert [(second, alert.phase) for second, alert in cleared] == [(122, AlertPhase.CLEARED)]
    assert book.open_alerts() == ()


@pytest.mark.requirement("ALERT-022")
def test_acknowledged_once_and_raised_again_only_when_it_gets_worse():
    book = AlertBook()
    (raised,) = book.observe(START, AlertKind.PAIR_CONFLICT, [finding()], NetHealth.WORKING)
    seen = book.acknowledge(raised.alert_id, WATCH, START.plus_s(1))
    assert (seen.phase, seen.acknowledged_by) == (AlertPhase.ACKNOWLEDGED, WATCH)
    with pytest.raises(InputError, match="acknowledged by watch"):
        book.acknowledge(raised.alert_id, WATCH, START.plus_s(1))
    assert run(book, [2, 3], lambda _: [finding(Severity.ADVISORY)]) == []
    assert run(book, [4], lambda _: [finding(Severity.CAUTION)]) == []
    ((_, worse),) = run(book, [5], lambda _: [finding(Severity.WARNING)])
    assert (worse.phase, worse.revision, worse.acknowledged_by) == (AlertPhase.RAISED, 1, None)
    assert worse.alert_id == raised.alert_id
    with pytest.raises(InputError, match="not open"):
        book.acknowledge("0" * 32, WATCH, START)


@pytest.mark.requirement("ALERT-023")
@pytest.mark.parametrize("health", [NetHealth.DEGRADED, NetHealth.BLIND])
def test_a_net_that_cannot_see_clears_nothing(health):
    book = AlertBook()
    run(book, [0], lambda _: [finding()])
    assert run(book, range(1, 100), lambda _: [], health) == []
    (held,) = book.open_alerts()
    assert str(health) in held.held
    assert len(run(book, range(100, 120), lambda _: [])) == 1, "cleared once it sees again"


@pytest.mark.requirement("ALERT-023")
def test_a_blind_net_raises_nothing_and_a_degraded_one_does():
    assert run(AlertBook(), range(5), lambda _: [finding()], NetHealth.BLIND) == []
    assert len(run(AlertBook(), range(5), lambda _: [finding()], NetHealth.DEGRADED)) == 1


@pytest.mark.requirement("ALERT-024")
def test_worst_first_then_oldest():
    book = AlertBook()
    for number, severity in enumerate([Severity.CAUTION, Severity.WARNING, Severity.CAUTION]):
        situation = Situation(AlertKind.AREA_PROXIMITY, (f"track-{number}", "area"))
        each = Finding(situation, severity, 0.0, determined=True, basis={})
        book.observe(START.plus_s(number), AlertKind.AREA_PROXIMITY, [each], NetHealth.WORKING)
    subjects = [alert.finding.situation.subjects[0] for alert in book.open_alerts()]
    assert subjects == ["track-1", "track-0", "track-2"]


@pytest.mark.requirement("ALERT-024")
def test_findings_of_another_net_are_refused():
    with pytest.raises(InputError, match="findings"):
        AlertBook().observe(START, AlertKind.INTEGRITY, [finding()], NetHealth.WORKING)
    for wrong in ((), ("a",) * 9):
        with pytest.raises(InputError, match="subjects"):
            Situation(AlertKind.INTEGRITY, wrong)


@pytest.mark.requirement("ALERT-024")
def test_hysteresis_of_each_net_is_its_own():
    book = AlertBook({AlertKind.PAIR_CONFLICT: LifeRule(clear_after_s=30.0)})
    changes = run(book, range(60), lambda second: [finding()] if second == 0 else [])
    assert [second for second, _ in changes] == [0, 30]


@pytest.mark.requirement("ALERT-025")
def test_each_phase_has_a_body_that_a_record_can_carry():
    book = AlertBook()
    (raised,) = book.observe(START, AlertKind.PAIR_CONFLICT, [finding()], NetHealth.WORKING)
    seen = book.acknowledge(raised.alert_id, WATCH, START.plus_s(1))
    (_, cleared) = run(book, range(2, 20), lambda _: [])[0]
    kinds = []
    for alert in (raised, seen, cleared):
        body = alert_body(alert)
        assert decode_canonical(encode_canonical(body)) == body
        assert body["alert"] == raised.alert_id
        kinds.append(KIND_OF[alert.phase])
    assert kinds == ["alert.raised", "alert.acknowledged", "alert.cleared"]
    assert alert_body(raised)["basis"] == {"time_to_loss_ms": 50_000}
    assert alert_body(cleared)["severity_worst"] == "caution"


@pytest.mark.requirement("ALERT-025")
def test_two_nodes_that_saw_the_same_name_it_alike():
    names = {
        AlertBook()
        .observe(START, AlertKind.PAIR_CONFLICT, [finding()], NetHealth.WORKING)[0]
        .alert_id
        for _ in range(2)
    }
    assert len(names) == 1
    ambiguous = Situation(AlertKind.PAIR_CONFLICT, ("oneo", "ther"))
    (other,) = AlertBook().observe(
        START, AlertKind.PAIR_CONFLICT, [finding(situation=ambiguous)], NetHealth.WORKING
    )
    assert other.alert_id not in names


@pytest.mark.requirement("ALERT-026")
def test_a_full_book_drops_nothing_raises_the_worst_and_counts_what_waits(monkeypatch):
    monkeypatch.setattr("comity.domain.alerts.life.OPEN_MAX", 3)
    monkeypatch.setattr("comity.domain.alerts.life.WARNINGS_OPEN_MAX", 5)
    kind = AlertKind.PAIR_CONFLICT

    def pair(number, severity, time_to_s):
        return finding(severity, time_to_s, Situation(kind, (f"a{number}", f"b{number}")))

    book = AlertBook()
    many = [pair(n, Severity.ADVISORY, 50.0 - n) for n in range(6)]
    raised = book.observe(START, kind, many, NetHealth.WORKING)
    assert {alert.finding.time_to_s for alert in raised} == {45.0, 46.0, 47.0}, "the nearest first"
    assert book.waiting(kind) == 3
    warnings = [pair(n, Severity.WARNING, 10.0) for n in range(10, 14)]
    raised = book.observe(START.plus_s(1), kind, [*many, *warnings], NetHealth.WORKING)
    assert [alert.finding.severity for alert in raised] == [Severity.WARNING] * 2
    assert len(book.open_alerts()) == 5
    assert book.waiting(kind) == 5
    later = run(book, range(2, 14), lambda _: warnings)
    names = {alert.finding.situation.subjects for alert in book.open_alerts()}
    assert names == {each.situation.subjects for each in warnings}, "room came, the rest was raised"
    assert book.waiting(kind) == 0
    assert sum(alert.phase is AlertPhase.CLEARED for _, alert in later) == 3
