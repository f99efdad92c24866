"""A task is not written over by who has not seen what stands: the node itself refuses the base."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import ApiUnderTest, api_over, make_home


async def ask(api: ApiUnderTest, method: str, path: str, body: Any = None) -> Any:
    return await api.ask(method, path, b"" if body is None else json.dumps(body).encode())


@pytest.mark.requirement("CONSOLE-010")
def test_a_task_of_an_incident_is_refused_on_a_base_that_stands_no_more(
    tmp_path: Path,
) -> None:
    asyncio.run(_refused(tmp_path))


async def _refused(folder: Path) -> None:
    async with api_over(make_home(folder / "a")) as api:
        opening = {"kind": "other", "title": "Crossing", "words": "", "because": None}
        _, incident = await ask(api, "POST", "/v1/incidents", opening)
        path = f"/v1/incidents/{incident['incident']}"
        new = {"title": "Ask", "owner": "officer", "due": "2030-01-01T00:00:00Z"}
        status, told = await ask(api, "POST", f"{path}/tasks", new | {"base": 1})
        assert (status, told["field"]) == (400, "base")
        assert (await ask(api, "POST", f"{path}/tasks", new))[0] == 200
        _, shown = await ask(api, "GET", path)
        [task] = shown["tasks"]
        change = {"task": task["task"], "title": "Ask both", "base": task["version"]}
        assert (await ask(api, "POST", f"{path}/tasks", change))[0] == 200
        status, told = await ask(api, "POST", f"{path}/tasks", change | {"title": "Ask nobody"})
        assert (status, told["field"]) == (400, "base")
        assert "by officer: version 2 stands" in told["why"]
        _, shown = await ask(api, "GET", path)
        assert [each["title"] for each in shown["tasks"]] == ["Ask both"]
