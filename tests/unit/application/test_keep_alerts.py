"""Alerts are kept once however often they are said, and acknowledged as they were seen."""

from dataclasses import replace

import pytest
from tests.simulation.world import OFFICER, World

from comity.application.keep_alerts import acknowledge_alert, change_of, keep_changes
from comity.domain.alerts import (
    Alert,
    AlertBook,
    AlertKind,
    AlertPhase,
    Finding,
    NetHealth,
    Severity,
    Situation,
    alert_id_of,
)
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

T0 = Instant(1_795_000_000_000)
SITUATION = Situation(AlertKind.PAIR_CONFLICT, ("a.aaaaaaaa/000001", "a.aaaaaaaa/000002"))


def _alert(revision=0, severity=Severity.ADVISORY, phase=AlertPhase.RAISED):
    finding = Finding(SITUATION, severity, 50.0, determined=True, basis={"distance_cpa_mm": 5_000})
    cleared_at = T0.plus_s(60) if phase is AlertPhase.CLEARED else None
    return Alert(
        alert_id_of(SITUATION, T0),
        phase,
        T0,
        revision,
        finding,
        severity,
        T0,
        cleared_at=cleared_at,
    )


@pytest.fixture
def here():
    world = World(seed=3)
    return world, next(iter(world.places.values()))


def _keep(here, *alerts):
    world, place = here
    changes = [change_of(alert) for alert in alerts]
    return world.do(place, lambda node, at: keep_changes(node, changes, at)).result()


@pytest.mark.requirement("WATCH-003")
def test_what_is_said_twice_is_kept_once(here):
    raised, worse = _alert(), _alert(1, Severity.WARNING)
    cleared = _alert(1, Severity.WARNING, AlertPhase.CLEARED)
    assert len(_keep(here, raised, worse)) == 2
    assert _keep(here, raised, worse) == ()
    assert len(_keep(here, cleared)) == 1
    assert _keep(here, cleared) == ()
    assert here[1].node.alerts.open_alerts() == ()
    assert here[1].node.alerts.cleared(raised.alert_id).phase is AlertPhase.CLEARED


@pytest.mark.requirement("WATCH-003")
def test_a_milder_revision_that_comes_late_changes_nothing(here):
    _keep(here, _alert(1, Severity.WARNING))
    assert _keep(here, _alert(0)) == ()
    assert here[1].node.alerts.open_alerts()[0].finding.severity is Severity.WARNING


@pytest.mark.requirement("WATCH-005")
def test_an_acknowledgement_is_of_what_was_seen(here):
    world, place = here
    alert = _alert()
    _keep(here, alert, _alert(1, Severity.WARNING))

    def acknowledge(**said):
        return world.do(
            place, lambda n, at: acknowledge_alert(n, alert.alert_id, OFFICER, at, **said)
        )

    stale = acknowledge(revision=0)
    assert isinstance(stale.error, InputError)
    assert stale.error.field == "revision"
    assert "warning" in stale.error.why
    assert acknowledge(revision=1).result().operator == OFFICER
    assert isinstance(acknowledge().error, InputError)
    _keep(here, _alert(2, Severity.WARNING))
    assert place.node.alerts.get(alert.alert_id).acknowledged_by is None
    unknown = world.do(place, lambda n, at: acknowledge_alert(n, "0" * 32, OFFICER, at))
    assert isinstance(unknown.error, InputError)


@pytest.mark.requirement("WATCH-004")
def test_a_book_that_starts_again_raises_nothing_twice_and_clears_what_is_over():
    book = AlertBook()
    book.restore([replace(_alert(), phase=AlertPhase.ACKNOWLEDGED, acknowledged_by=OFFICER)])
    finding = _alert().finding
    kind = AlertKind.PAIR_CONFLICT
    assert book.observe(T0.plus_s(100), kind, [finding], NetHealth.WORKING) == ()
    (known,) = book.open_alerts()
    assert known.acknowledged_by == OFFICER
    assert book.observe(T0.plus_s(104), kind, [], NetHealth.BLIND) == ()
    assert book.observe(T0.plus_s(108), kind, [], NetHealth.WORKING) == ()
    (cleared,) = book.observe(T0.plus_s(113), kind, [], NetHealth.WORKING)
    assert cleared.phase is AlertPhase.CLEARED
    assert cleared.alert_id == known.alert_id
