"""The past over the API and by command line: bounded pages, refused ranges, and what is unknown said so."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.browser.hostile import HOSTILE
from tests.node_homes import api_over, make_home
from tests.unit.adapters.test_plot_recordings import T as PLOT_T
from tests.unit.adapters.test_plot_recordings import batch
from tests.unit.entrypoints.test_map_scene import zone_file
from tests.unit.entrypoints.test_sites_api import asked as site

from comity import bootstrap
from comity.adapters.plot_recordings import PlotRecorder
from comity.entrypoints.api import map_scene
from comity.entrypoints.cli import run
from comity.entrypoints.cli.exit_codes import ExitCode


@pytest.fixture(name="home", scope="module")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A home with twelve feeds on record, and a minute of plots."""
    layout = make_home(tmp_path_factory.mktemp("history") / "home")
    recorder = PlotRecorder(layout.plots)
    for second in range(60):
        recorder.take(PLOT_T.plus_s(second), [batch(second)])
    recorder.close()

    async def add() -> str:
        async with api_over(layout) as api:
            for number in range(12):
                body = {"feed": f"f{number:02}", "format": "sbs1", "address": "tcp://127.0.0.1:9",
                        "zone_offset_s": 0}  # fmt: skip
                status, told = await api.ask("POST", "/v1/feeds", json.dumps(body).encode())
                assert status < 300, told
            _, journal = await api.ask("GET", "/v1/journal?limit=1000")
            return str(journal["entries"][-1]["at"])

    return layout, asyncio.run(add())


def asked(layout: Any, *targets: str) -> list[tuple[int, Any]]:
    async def ask() -> list[tuple[int, Any]]:
        async with api_over(layout) as api:
            return [await api.ask("GET", target) for target in targets]

    return asyncio.run(ask())


@pytest.mark.requirement("RECON-012")
def test_a_moment_comes_in_bounded_pages_with_the_tracks_on_the_first(home: Any) -> None:
    layout, last = home
    target = f"/v1/history/state?at={last}&limit=5"
    ((status, first),) = asked(layout, target)
    assert status == 200
    assert (first["known_by"], first["at"]) == (last, last)
    assert first["plots_kept"] is False
    names, page = [], first
    while True:
        names += [each["stands"]["key"] for each in page["items"]]
        assert len(page["items"]) <= 5
        if page["more"] is None:
            break
        ((_, page),) = asked(layout, f"{target}&after={page['more']}")
    assert names == [f"f{number:02}" for number in range(12)]


@pytest.mark.requirement("RECON-013")
def test_notices_and_sites_are_drawn_as_the_records_of_the_moment_have_them(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "home")

    async def ask() -> list[Any]:
        async with api_over(layout) as api:

            async def say(path: str, body: Any) -> Any:
                status, told = await api.ask("POST", path, json.dumps(body).encode())
                assert status == 200, told
                return told

            async def drawn(at: str, more: str = "") -> Any:
                status, told = await api.ask("GET", f"/v1/history/map?at={at}{more}")
                assert status == 200, told
                return told

            async def latest() -> str:
                _, journal = await api.ask("GET", "/v1/journal?limit=1000")
                return str(journal["entries"][-1]["at"])

            wide = site(names=[{"text": HOSTILE[0], "script": "Latn", "language": "en"}])
            (entered,) = (await say("/v1/sites", {"sites": [wide]}))["sites"]
            first = await latest()
            moved = site(site=entered, place={**wide["place"], "latitude_deg": [-11.0]})
            await say("/v1/sites", {"sites": [moved]})
            second = await latest()
            then = [await drawn(first), await drawn(second), await drawn("2026-01-01T00:00:00Z")]
            then += [await drawn(first, "&exercise=true"), await drawn(second, "&known=now")]
            for what in ("end", "erase"):
                await say(f"/v1/sites/{entered}/{what}", {"words": "no more of it"})
            return [*then, await drawn(second)]

    first, second, before, exercise, now, erased = asyncio.run(ask())

    def middles(told: Any) -> list[int]:
        rings = [each["parts"][0]["rings"][0] for each in told["things"]]
        return [round(sum(lat for _, lat in ring) / len(ring)) for ring in rings]

    assert [middles(each) for each in (first, second, before, exercise, now)] == [
        [-10], [-11], [], [], [-11],
    ]  # fmt: skip
    assert first["things"][0]["name"] == HOSTILE[0]
    assert (first["things"][0]["own"], first["things"][0]["precision_m"]) == (True, 0.0)
    assert (first["lines"], first["lines_unknown"], first["missing"]) == ([], 0, [])
    assert (first["known_by"], now["known_by"]) == (first["at"], None)
    (gone,) = erased["things"]
    assert (gone["parts"], gone["unbounded"], gone["name"]) == ([], 1, "other")


@pytest.mark.requirement("RECON-014")
def test_areas_are_those_of_the_files_then_in_use_and_one_that_is_another_now_is_missing(
    tmp_path: Path,
) -> None:
    layout = make_home(tmp_path / "home")

    async def ask() -> list[Any]:
        async with api_over(layout) as api:

            async def latest() -> str:
                _, journal = await api.ask("GET", "/v1/journal?limit=1000")
                return str(journal["entries"][-1]["at"])

            async def drawn(at: str, more: str = "") -> Any:
                status, told = await api.ask("GET", f"/v1/history/map?at={at}{more}")
                assert status == 200, told
                return told

            file = zone_file(tmp_path)
            wish = {"areas": "zone", "path": str(file), "kind": "prohibited"}
            status, told = await api.ask("POST", "/v1/areas", json.dumps(wish).encode())
            assert status == 200, told
            added = await latest()
            await asyncio.sleep(0.01)
            assert (await api.ask("POST", "/v1/areas/zone/remove", b"{}"))[0] == 200
            removed = await latest()
            found = [await drawn(added), await drawn(removed), await drawn(added, "&exercise=true")]
            found.append(await drawn(added, "&known=now"))
            file.write_text(file.read_text().replace("-1.0", "-1.5"))
            map_scene._areas_of.cache_clear()
            return [*found, await drawn(added)]

    added, removed, exercise, now, another = asyncio.run(ask())
    names = [[each["name"] for each in told["things"]] for told in (added, removed, exercise, now)]
    assert names == [["Zone \u202e<b>"], [], [], ["Zone \u202e<b>"]]
    assert (added["agreement"], added["flights_not_now"]) == (None, 0)
    assert another["things"] == []
    assert "zone" in another["missing"][0]
    assert "another now" in another["missing"][0]


@pytest.mark.requirement("RECON-010")
def test_plots_kept_are_told_and_a_moment_before_the_records_is_empty(home: Any) -> None:
    layout, _ = home
    at = PLOT_T.plus_s(30)
    found = asked(
        layout,
        f"/v1/history/state?at={at}",
        f"/v1/history/state?at={at}&tracks=2",
        "/v1/history/plots",
        f"/v1/history/state?at={at}&exercise=true",
    )
    assert [status for status, _ in found] == [200] * 4
    whole, cut, kept, exercise = (told for _, told in found)
    assert [each["identity"] for each in whole["tracks"]] == ["3c0001", "3c0002", "3c0003"]
    assert whole["plots_kept"] is True
    assert whole["tracks"][0]["altitude_ellipsoid_m"] is None
    assert (len(cut["tracks"]), cut["tracks_left_out"]) == (2, 1)
    assert kept == [{"starts": str(PLOT_T), "ends": str(PLOT_T.plus_s(59))}]
    assert (exercise["tracks"], exercise["plots_kept"]) == ([], False)


@pytest.mark.requirement("RECON-012")
def test_what_became_known_comes_in_order_and_in_pages(home: Any) -> None:
    layout, last = home
    ((status, told),) = asked(
        layout, f"/v1/history/changes?since={last}&until=2099-01-01T00:00:00Z"
    )
    assert status == 400
    assert "until" in json.dumps(told)
    start = last[:10] + "T00:00:00Z"
    end = last[:10] + "T23:59:59Z"
    ((_, first), (_, second)) = asked(
        layout,
        f"/v1/history/changes?since={start}&until={end}&limit=7",
        f"/v1/history/changes?since={start}&until={end}&limit=7&skip=7",
    )
    assert first["more"] == "7"
    assert second["more"] is None
    both = [*first["changes"], *second["changes"]]
    assert [each["key"] for each in both] == [f"f{number:02}" for number in range(12)]


@pytest.mark.requirement("RECON-012")
@pytest.mark.parametrize(
    ("target", "field"),
    [
        ("/v1/history/state?at=2026-11-22T12:00:00", "at"),
        ("/v1/history/state?at=2026-11-22T12:00:00Z&known=soon", "known"),
        ("/v1/history/state?at=2026-11-22T12:00:00Z&limit=1001", "limit"),
        ("/v1/history/state", "at"),
        ("/v1/history/map", "at"),
        ("/v1/history/map?at=2026-11-22T12:00:00", "at"),
        ("/v1/history/changes?since=2026-11-22T12:00:00Z&until=2026-11-22T11:00:00Z", "until"),
        ("/v1/history/changes?since=2020-01-01T00:00:00Z&until=2026-11-22T11:00:00Z", "until"),
        ("/v1/history/knew?subject=", "subject"),
        (f"/v1/history/knew?subject={'x' * 129}", "subject"),
    ],
)
def test_a_range_or_a_limit_that_cannot_be_is_refused_by_name(
    home: Any, target: str, field: str
) -> None:
    layout, _ = home
    ((status, told),) = asked(layout, target)
    assert 400 <= status < 500
    assert field in json.dumps(told)


@pytest.mark.requirement("RECON-001")
def test_the_command_line_tells_the_same_beside_the_store(
    home: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout, _ = home
    made = bootstrap.Composition()
    svg = tmp_path / "knew.svg"
    arguments = ["--home", str(layout.root)]
    assert run(made, ["knew", "f07", *arguments, "--svg", str(svg)]) == ExitCode.OK
    printed = capsys.readouterr().out
    assert "made feed.added" in printed
    assert "own clock" in printed
    assert svg.read_text(encoding="utf-8").startswith("<svg ")
    assert run(made, ["knew", "f07", *arguments, "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    ((_, by_api),) = asked(layout, "/v1/history/knew?subject=f07")
    assert told == by_api
    assert run(made, ["knew", "nobody", *arguments]) == ExitCode.NO
    assert "who knew of it is unknown" in capsys.readouterr().out


@pytest.mark.requirement("RECON-030")
@pytest.mark.requirement("RECON-031")
def test_two_accounts_stand_side_by_side_and_who_knew_is_drawn(home: Any) -> None:
    layout, _ = home
    span = f"since={PLOT_T}&until={PLOT_T.plus_s(59)}&first_feed=roof&second_feed=roof"
    found = asked(
        layout,
        f"/v1/history/rivals?{span}&first=3c0001&second=3c0002",
        f"/v1/history/rivals?{span}&first=3c0001&second=nobody",
        f"/v1/history/rivals?{span}&first=3c0001&second=3c0002&clock_s=61",
        f"/v1/history/rivals?since={PLOT_T}&until={PLOT_T.plus_s(7_201)}"
        "&first_feed=roof&second_feed=roof&first=3c0001&second=3c0002",
        "/v1/history/knew/figure?subject=f07",
    )
    (status, told), *wrong, (drawn_status, drawn) = found
    assert (status, drawn_status) == (200, 200)
    assert (told["first"]["identity"], told["second"]["identity"]) == ("3c0001", "3c0002")
    assert len(told["first"]["longitude_latitude_deg"]) == 60
    assert len(told["rows"]) >= 60
    assert all(row["apart_m_min"] <= row["apart_m"] <= row["apart_m_max"] for row in told["rows"])
    assert "Clocks are taken to agree within 1 s" in told["words"]
    assert told["svg"].startswith("<svg ")
    assert drawn["svg"].startswith("<svg ")
    assert "unknown" in drawn["words"]
    for (refused, why), field in zip(wrong, ("second", "clock_s", "until"), strict=True):
        assert 400 <= refused < 500
        assert field in json.dumps(why)


@pytest.mark.requirement("RECON-010")
def test_a_replay_by_command_line_says_where_tracks_are_unknown(
    home: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    layout, last = home
    made = bootstrap.Composition()
    base = ["incident", "replay", "--home", str(layout.root)]
    assert run(made, [*base, "--at", str(PLOT_T.plus_s(30))]) == ExitCode.OK
    printed = capsys.readouterr().out
    assert "as known then: 3 aircraft by their newest plots" in printed
    assert "Plots as they came: the tracks that a screen showed are not kept." in printed
    assert "newest plot roof 3c0002 C1 59.01300 -180.00000 pressure height 9,144 m" in printed
    assert run(made, [*base, "--at", last]) == ExitCode.OK
    assert "12 feeds, tracks unknown: no plots were kept" in capsys.readouterr().out
    span = ["--from", str(PLOT_T), "--to", str(PLOT_T.plus_s(20)), "--step", "10", "--json"]
    assert run(made, [*base, *span]) == ExitCode.OK
    decoder, text, moments = json.JSONDecoder(), capsys.readouterr().out.lstrip(), []
    while text:
        moment, end = decoder.raw_decode(text)
        moments.append(moment)
        text = text[end:].lstrip()
    assert [each["at"] for each in moments] == [str(PLOT_T.plus_s(s)) for s in (0, 10, 20)]
    for wrong in (
        ["--at", "2026-11-22T12:00:00"], ["--from", last], ["--at", last, "--known", "soon"],
        ["--from", str(PLOT_T), "--to", str(PLOT_T.plus_s(9e6)), "--step", "1"],
        ["--from", str(PLOT_T), "--to", str(PLOT_T.plus_s(9)), "--step", "0"],
    ):  # fmt: skip
        assert run(made, [*base, *wrong]) == ExitCode.INPUT
    capsys.readouterr()


@pytest.mark.requirement("RECON-032")
def test_plots_kept_are_drawn_and_exported_by_command_line(
    home: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout, _ = home
    made = bootstrap.Composition()
    span = ["--from", str(PLOT_T), "--to", str(PLOT_T.plus_s(59)), "--home", str(layout.root)]
    out = [str(tmp_path / f"a.{form}") for form in ("gpx", "kml", "czml", "geojson")]
    options = [part for path in out for part in ("-o", path)]
    assert run(made, ["incident", "export", *span, *options, "--track", "3c0002"]) == ExitCode.OK
    assert all(Path(path).stat().st_size > 1_000 for path in out)
    figures = tmp_path / "figures"
    assert run(made, ["incident", "plot", *span, "-o", str(figures), "--borders"]) == ExitCode.OK
    assert sorted(path.name for path in figures.iterdir()) == ["heights.svg", "plan.svg"]
    capsys.readouterr()
    empty = tmp_path / "empty.csv"
    empty.write_text("time,callsign,lat,lon,altitude_ft\n2026-11-24T07:24:05Z,A1,36.0,36.0,x\n")
    for wrong, words in (
        (["--recording", str(empty), "-o", out[0]], "empty.csv: no position was read as"),
        ([*span, "-o", str(tmp_path / "a.shp")], "ends in none of .czml, .geojson, .gpx, .kml"),
        (["-o", out[0]], "none: name --claim"),
        ([*span, "-o", out[0], "--track", "nobody"], "tracks: none"),
        (["--from", "2026-11-22T12:00:00Z", "-o", out[0]], "give both --from and --to"),
    ):
        assert run(made, ["incident", "export", *wrong]) == ExitCode.INPUT
        assert words in capsys.readouterr().err
