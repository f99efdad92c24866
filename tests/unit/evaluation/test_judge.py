"""Verdicts on alerts and losses, each category by hand."""

import pytest
from tests.flown_pairs import BEGIN_S, crossing, head_on, passing

from comity.domain.alerts import Severity
from comity.domain.evaluation import (
    AlertTold,
    Labels,
    Loss,
    PairLabel,
    Separation,
    Sky,
    Told,
    Wanted,
    figures_by_kind,
    figures_of,
    flown_of,
    judged,
)

PAIR = ("000001", "000002")
SEPARATION = Separation()


def sky_of(plots):
    return Sky(flown_of(plots), SEPARATION)


def alert(at_s, severity=Severity.WARNING, cleared_s=400.0, ahead_s=40.0, **more):
    return AlertTold(
        PAIR, {severity: BEGIN_S + at_s}, BEGIN_S + cleared_s, BEGIN_S + at_s + ahead_s,
        determined=True, **more,
    )  # fmt: skip


def told(plots, *alerts, labels=None):
    sky = sky_of(plots)
    return judged(alerts, sky, sky.together(), labels)


@pytest.mark.requirement("EVAL-004")
def test_an_alert_before_a_loss_is_genuine_and_its_warning_time_counts_to_the_start():
    judgement = told(head_on(), alert(50.0))
    assert [verdict.told for verdict in judgement.alerts] == [Told.GENUINE]
    (loss,) = judgement.losses
    start = loss.loss.start_s - BEGIN_S
    assert loss.warning_s == pytest.approx(dict.fromkeys(Severity, start - 50.0))


@pytest.mark.requirement("EVAL-004")
def test_without_an_alert_a_loss_is_missed_and_a_late_one_is_late_and_overdue():
    nothing = figures_of(told(head_on()), Severity.ADVISORY)
    assert (nothing.losses, nothing.missed, nothing.warned) == (1, 1, 0)
    late = figures_of(told(head_on(), alert(90.0)), Severity.ADVISORY)
    assert (late.missed, late.warned, late.late, late.overdue) == (0, 0, 1, 1)
    in_time = figures_of(told(head_on(), alert(30.0)), Severity.ADVISORY)
    assert (in_time.missed, in_time.warned, in_time.late, in_time.overdue) == (0, 1, 0, 0)


@pytest.mark.requirement("EVAL-004")
def test_an_alert_that_was_cleared_long_before_is_not_about_the_loss():
    judgement = told(head_on(), alert(5.0, cleared_s=20.0, ahead_s=10.0))
    assert figures_of(judgement, Severity.ADVISORY).missed == 1


@pytest.mark.requirement("EVAL-004")
def test_each_severity_has_figures_of_its_own():
    both = AlertTold(
        PAIR, {Severity.ADVISORY: BEGIN_S + 10.0, Severity.WARNING: BEGIN_S + 40.0}, None,
        BEGIN_S + 80.0, determined=True,
    )  # fmt: skip
    judgement = told(head_on(), both)
    early, late = (figures_of(judgement, each) for each in (Severity.ADVISORY, Severity.WARNING))
    assert early.warning_p50_s == pytest.approx(late.warning_p50_s + 30.0)
    advisory_only = told(head_on(), alert(10.0, Severity.ADVISORY))
    assert figures_of(advisory_only, Severity.CAUTION).missed == 1
    assert figures_of(advisory_only, Severity.CAUTION).told == {}


@pytest.mark.requirement("EVAL-004")
def test_a_turn_in_time_makes_a_right_alert_an_understandable_nuisance():
    judgement = told(crossing(turned_at_s=60.0), alert(40.0, cleared_s=90.0))
    assert [verdict.told for verdict in judgement.alerts] == [Told.UNDERSTANDABLE]
    assert judgement.losses == ()
    figures = figures_of(judgement, Severity.ADVISORY)
    assert (figures.nuisance_share, figures.undesirable_share) == (1.0, 0.0)


@pytest.mark.requirement("EVAL-004")
def test_where_nothing_led_to_a_loss_it_is_undesirable_and_a_wrong_picture_is_false():
    assert [v.told for v in told(passing(20_000.0), alert(40.0)).alerts] == [Told.UNDESIRABLE]
    wrong = alert(40.0, apart_m=2_000.0, above_m=0.0)
    assert [v.told for v in told(passing(20_000.0), wrong).alerts] == [Told.FALSE]


@pytest.mark.requirement("EVAL-004")
def test_near_is_a_matter_of_opinion_and_what_the_data_do_not_show_stays_open():
    assert [v.told for v in told(passing(9_900.0), alert(60.0)).alerts] == [Told.INDIFFERENT]
    beyond = alert(190.0, ahead_s=100.0)
    assert [v.told for v in told(passing(20_000.0), beyond).alerts] == [Told.UNDECIDED]
    stranger = AlertTold(
        ("000001", "00ffff"), {Severity.WARNING: BEGIN_S}, None, BEGIN_S, determined=True
    )
    assert [v.told for v in told(passing(20_000.0), stranger).alerts] == [Told.UNDECIDED]


def label(wanted, *losses, agreed=False):
    return PairLabel(PAIR, wanted, BEGIN_S, BEGIN_S + 200.0, "kind", losses, agreed)


@pytest.mark.requirement("EVAL-005")
def test_labels_go_before_what_the_recording_shows():
    loss = Loss(PAIR, BEGIN_S + 100.0, BEGIN_S + 110.0, 3_000.0, 0.0, 90.0, 100.0)
    yes = Labels(SEPARATION, complete=False, pairs=(label(Wanted.YES, loss),))
    judgement = told(passing(20_000.0), alert(60.0), labels=yes)
    assert [verdict.told for verdict in judgement.alerts] == [Told.GENUINE]
    assert judgement.losses[0].warning_s[Severity.WARNING] == 40.0
    assert set(figures_by_kind(judgement, Severity.WARNING)) == {"kind"}
    no = Labels(SEPARATION, complete=False, pairs=(label(Wanted.NO),))
    judgement = told(head_on(), alert(50.0), labels=no)
    assert [verdict.told for verdict in judgement.alerts] == [Told.UNDERSTANDABLE]
    assert judgement.losses == ()
    either = Labels(SEPARATION, complete=False, pairs=(label(Wanted.EITHER),))
    assert [v.told for v in told(head_on(), alert(50.0), labels=either).alerts] == [
        Told.INDIFFERENT
    ]


@pytest.mark.requirement("EVAL-005")
def test_a_complete_file_speaks_of_all_pairs_and_agreed_losses_are_nobodys_miss():
    nothing = Labels(SEPARATION, complete=True, pairs=())
    judgement = told(head_on(), alert(50.0), labels=nothing)
    assert judgement.losses == ()
    assert [verdict.told for verdict in judgement.alerts] == [Told.UNDERSTANDABLE]
    loss = Loss(PAIR, BEGIN_S + 100.0, BEGIN_S + 110.0, 300.0, 0.0, 90.0, 100.0)
    agreed = Labels(SEPARATION, complete=True, pairs=(label(Wanted.NO, loss, agreed=True),))
    judgement = told(head_on(), labels=agreed)
    assert (judgement.losses, judgement.agreed_losses) == ((), 1)
    assert agreed.agreed() == {PAIR}
