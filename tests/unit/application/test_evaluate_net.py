"""A recording through the net as a node runs it, judged."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from tests.flown_pairs import crossing, head_on, passing
from tests.shared_files import shared

from comity.application.evaluate_net import FEED, PARTY, NetSettings, evaluated, rule_for
from comity.application.narrowed_nets import NarrowedNets
from comity.application.pair_net import PairNet
from comity.application.replay_air import in_order, replay
from comity.application.sensitivity import LINES, points_of, settings_of, swept
from comity.application.watch_air import AirWatch
from comity.domain.alerts import Severity
from comity.domain.evaluation import Separation, Sky, Told, figures_of, flown_of, judged
from comity.domain.evaluation.encounter_kinds import KINDS
from comity.domain.evaluation.encounters import encounter_set
from comity.domain.tracks import Plot
from comity.domain.tracks.table import Feed, TrackTable
from comity.feed_formats import open_recording
from comity.kernel.instants import Instant

SEPARATION = Separation()


def judgement_of(plots: list[Plot], labels=None, cycle_s=1.0):
    agreed = labels.agreed() if labels is not None else frozenset()
    told = evaluated(plots, {"now": settings_of(SEPARATION)}, agreed, cycle_s)["now"]
    sky = Sky(flown_of(plots), SEPARATION)
    return judged(told, sky, sky.together(), labels)


@pytest.mark.requirement("EVAL-006")
def test_a_loss_is_warned_of_and_a_pass_outside_the_minimum_raises_nothing():
    figures = figures_of(judgement_of(head_on()), Severity.ADVISORY)
    assert (figures.losses, figures.warned, figures.missed) == (1, 1, 0)
    assert figures.told == {Told.GENUINE: 1}
    assert judgement_of(passing(15_000.0)).alerts == ()


@pytest.mark.requirement("EVAL-006")
def test_who_turns_away_in_time_leaves_a_nuisance_that_says_so():
    judgement = judgement_of(crossing(turned_at_s=60.0))
    assert {verdict.told for verdict in judgement.alerts} == {Told.UNDERSTANDABLE}


@pytest.mark.requirement("EVAL-012")
def test_no_generated_encounter_is_missed_and_few_alerts_are_undesirable():
    made = encounter_set(
        np.random.default_rng(11), 4 * len(KINDS), SEPARATION, FEED, Instant(1_800_000_000_000)
    )
    judgement = judgement_of(list(made.plots), made.labels, cycle_s=2.0)
    figures = figures_of(judgement, Severity.ADVISORY)
    assert figures.losses > 15
    assert (figures.missed, figures.unseen_missed) == (0, 0)
    assert figures.told.get(Told.UNDESIRABLE, 0) + figures.told.get(Told.FALSE, 0) <= 0.10 * sum(
        figures.told.values()
    )
    agreed = {label.pair for label in made.labels.pairs if label.agreed}
    assert not agreed & {verdict.alert.pair for verdict in judgement.alerts}


@pytest.mark.requirement("EVAL-013")
def test_a_wider_look_ahead_warns_sooner_and_every_setting_has_its_point():
    settings = {"now": NetSettings()} | swept(SEPARATION)
    told = evaluated(head_on(), settings, cycle_s=4.0)
    sky = Sky(flown_of(head_on()), SEPARATION)
    together = tuple(sky.together())
    judgements = {name: judged(alerts, sky, together) for name, alerts in told.items()}
    points = points_of(judgements, Severity.ADVISORY)
    assert len(points) == len(settings) - 1
    warned = [p.figures.warning_p50_s for p in points if p.line == LINES[0]]
    assert warned[0] < warned[-1]
    points = points_of(judgements, Severity.WARNING)
    wide = [p.figures.warning_p50_s for p in points if p.line == LINES[1]]
    assert wide[0] < wide[-1]


@pytest.mark.requirement("EVAL-013")
def test_the_nets_of_a_sweep_find_together_what_each_finds_alone():
    made = encounter_set(
        np.random.default_rng(5), len(KINDS), SEPARATION, FEED, Instant(1_800_000_000_000)
    )
    nets = [PairNet(each.rule, each.severity) for each in swept(SEPARATION).values()]
    together = NarrowedNets(nets)
    watch = AirWatch(TrackTable([Feed(FEED, PARTY)]), (PairNet(),), lambda: 0.0, "sweep")
    found = 0
    for number, _cycle in enumerate(replay(list(made.plots), watch)):
        if number % 60 == 0 and watch.view is not None:
            alone = [net.look(watch.view).findings for net in nets]
            assert together.look(watch.view) == alone
            found += sum(map(len, alone))
    assert found > 500


@pytest.mark.requirement("EVAL-007")
def test_a_recording_with_rare_reports_does_not_leave_the_net_degraded():
    rare = [plot for plot in head_on() if plot.at.unix_ms % 10_000 == 0]
    assert rule_for(head_on()).degraded_after_s == 5.0
    assert rule_for(rare).degraded_after_s == 20.0
    judgement = judgement_of(rare)
    assert figures_of(judgement, Severity.ADVISORY).missed == 0
    assert all(verdict.alert.cleared_s is not None for verdict in judgement.alerts)


@pytest.mark.requirement("EVAL-014")
def test_an_hour_over_switzerland_is_quiet(tmp_path: Path):
    """Traffic that controllers kept apart: no loss, and hardly an alert."""
    with gzip.open(shared("data/recorded/switzerland.json.gz")) as file:
        rows = json.load(file)
    begin_ms = 1_533_110_400_000  # 2018-08-01T08:00:00Z
    columns = (
        {name: list(column.values()) for name, column in rows.items()}
        if isinstance(rows, dict)
        else None
    )
    table = (
        [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        if columns
        else rows
    )
    hour = [row for row in table if begin_ms <= row["timestamp"] < begin_ms + 3_600_000]
    path = tmp_path / "hour.json"
    path.write_text(json.dumps(hour))
    judgement = judgement_of(in_order(open_recording(path, FEED)), cycle_s=5.0)
    figures = figures_of(judgement, Severity.ADVISORY)
    assert figures.missed == 0
    assert len(judgement.alerts) <= 15
    assert figures_of(judgement, Severity.WARNING).told.get(Told.UNDESIRABLE, 0) <= 2
