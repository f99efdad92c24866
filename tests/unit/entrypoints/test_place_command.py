"""`comity place` and its endpoint: by a named place, with no node; how far a read-back is off."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.node_homes import api_over, make_home

from comity import bootstrap
from comity.entrypoints.cli import run
from comity.entrypoints.cli.exit_codes import ExitCode


@pytest.mark.requirement("PLACE-007")
def test_place_tells_the_town_the_grid_and_the_difference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["place", "N 41 00.0 E 029 00.0", "--read-back", "41 00.0N 028 53.6E"]
    assert run(bootstrap.Composition(), [*words, "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert told["grid"] == "35TPF 68207 40683"
    assert told["datum"] == "WGS84"
    assert told["nearest"]["country"] == "TR"
    assert told["read_back"]["words"] == "9.0 km W (270° true) of the position notified"
    assert len(told["place_list_digest"]) == 64
    assert run(bootstrap.Composition(), words) == ExitCode.OK
    out = capsys.readouterr().out
    assert "READ BACK 9.0 km W" in out
    assert "ASSUMED no datum stated" in out


def test_two_numbers_are_latitude_and_longitude_and_a_negative_one_is_no_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(bootstrap.Composition(), ["place", "-33.9", "-18.4", "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["latitude_deg"], told["longitude_deg"]) == (-33.9, -18.4)
    assert told["assumed"] == ["no datum stated: WGS 84 assumed"]


@pytest.mark.requirement("PLACE-002")
def test_a_lookalike_is_refused_by_field_and_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(bootstrap.Composition(), ["place", "З5.3N 40.1E"]) == ExitCode.INPUT
    assert capsys.readouterr().err == (
        "comity: position: character 1, U+0417, does not belong in a position\n"
    )
    words = ["place", "35.3N 40.1E", "--read-back", "35.3N 40.1E ED50"]
    assert run(bootstrap.Composition(), words) == ExitCode.INPUT
    assert "read-back.datum: datum ED50" in capsys.readouterr().err


@pytest.mark.requirement("PLACE-007")
def test_the_endpoint_tells_the_same(tmp_path: Path) -> None:
    async def scenario() -> tuple[int, dict[str, object]]:
        async with api_over(make_home(tmp_path / "a")) as api:
            return await api.ask("GET", "/v1/place?position=41+00N+029+00E&read_back=4100N02900E")

    status, told = asyncio.run(scenario())
    assert (status, told["grid"]) == (200, "35TPF 68207 40683")
    assert told["read_back"]["words"] == "the same position within a metre"  # type: ignore[index]
