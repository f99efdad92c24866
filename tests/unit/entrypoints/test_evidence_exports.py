"""Evidence made at the node: nothing is handed out before another person has approved the list."""

import asyncio
import base64
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import OFFICER, ApiUnderTest, api_over, make_home

from comity.domain.evidence import verify_bundle
from comity.entrypoints.home import load_operator_token
from comity.kernel.ids import OperatorId


async def ask(api: ApiUnderTest, who: str, method: str, path: str, body: Any = None) -> Any:
    token = load_operator_token(api.layout, OperatorId(who))  # type: ignore[attr-defined]  # set below
    headers = {"authorization": f"Bearer {token}"}
    return await api.ask(method, path, b"" if body is None else json.dumps(body).encode(), headers)


@pytest.mark.requirement("CONSOLE-042")
@pytest.mark.requirement("OPER-020")
def test_a_bundle_is_handed_out_only_when_another_person_has_approved_its_list(
    tmp_path: Path,
) -> None:
    asyncio.run(_exported_by_two(tmp_path))


async def _exported_by_two(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a")
    async with api_over(layout) as api:
        api.layout = layout  # type: ignore[attr-defined]
        for who in ("ada", "bob"):
            person = {"id": who, "name": who, "roles": ["supervisor"]}
            assert (await ask(api, OFFICER, "POST", "/v1/operators", person))[0] == 200
        opening = {"kind": "other", "title": "Crossing", "words": "", "because": None}
        status, incident = await ask(api, "ada", "POST", "/v1/incidents", opening)
        assert status == 200, incident
        path = f"/v1/incidents/{incident['incident']}/files"
        content = b"speed 900 km/h\n"
        file = {
            "name": "radar.txt", "origin": "own", "content_base64": base64.b64encode(content).decode(),
        }  # fmt: skip
        assert (await ask(api, "ada", "POST", path, file))[0] == 200

        status, none = await ask(api, "ada", "POST", "/v1/evidence/exports", {"title": "x"})
        assert (status, none["field"]) == (400, "records")
        wanted = {"title": "Crossing (invented)", "incident": incident["incident"]}
        status, waits = await ask(api, "ada", "POST", "/v1/evidence/exports", wanted)
        assert (status, waits["reason"]) == (409, "second-person")
        fetched = f"/v1/evidence/exports/{waits['proposal']}"
        status, early = await ask(api, "ada", "GET", fetched)
        assert (status, early["reason"]) == (409, "second-person")
        approve = f"/v1/proposals/{waits['proposal']}/approve"
        status, own = await ask(api, "ada", "POST", approve, {"what": waits["what"]})
        assert (status, own["reason"]) == (409, "second-person")
        status, done = await ask(api, "bob", "POST", approve, {"what": waits["what"]})
        assert (status, done["state"]) == (200, "done")

        status, told = await ask(api, "ada", "GET", fetched)
        assert status == 200, told
        archive = base64.b64decode(told["content_base64"])
        assert hashlib.sha256(archive).hexdigest() == told["sha256"]
        verified = verify_bundle(io.BytesIO(archive).read)
        assert verified.manifest_record.digest == told["record"] == done["record"]
        assert verified.manifest_record.operator == "ada"
        assert [each.description for each in verified.manifest.material] == ["radar.txt"]
        kinds = {placed.record.kind for log in verified.logs for placed in log.shown}
        assert {"incident.opening", "incident.file"} <= kinds
        status, unknown = await ask(api, "bob", "GET", f"/v1/evidence/exports/{'0' * 64}")
        assert (status, unknown["field"]) == (400, "proposal")
