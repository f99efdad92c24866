"""Two persons: the rule, the digest, who may approve, and when it ends. Over one real node."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import OFFICER, ApiUnderTest, api_over, make_home

from comity.application.accept_record import FREEZE_KIND, UNFREEZE_KIND
from comity.application.node import Node
from comity.domain.operators import ProposalState
from comity.domain.operators.two_persons import PROPOSAL_S_MAX, approval_draft, what_of
from comity.domain.records import Draft, SecondPerson, decode_canonical, unwrap
from comity.entrypoints.home import HomeLayout, load_operator_token
from comity.kernel.errors import AgreementError, RecordError
from comity.kernel.ids import OperatorId, RecordDigest
from comity.kernel.instants import Instant

Scenario = Callable[[ApiUnderTest], Coroutine[Any, Any, None]]
REASON = {"reason": "both have looked at the proof"}


def run(layout: HomeLayout, scenario: Scenario) -> None:
    async def main() -> None:
        async with api_over(layout) as api:
            await scenario(api)

    asyncio.run(main())


@pytest.fixture
def layout(tmp_path: Path) -> HomeLayout:
    return make_home(tmp_path / "a")


@pytest.fixture
def card(tmp_path: Path) -> str:
    return make_home(tmp_path / "b", "Borealis").card.read_text().strip()


class People:
    """Who asks, by id; each with the token of the home."""

    def __init__(self, api: ApiUnderTest, layout: HomeLayout) -> None:
        self.api, self.layout = api, layout

    async def add(self, person: str, *roles: str) -> None:
        body = {"id": person, "name": person.title(), "roles": list(roles)}
        assert (await self.ask(OFFICER, "/v1/operators", body))[0] == 200

    async def ask(self, person: str, path: str, body: Any = None) -> tuple[int, Any]:
        token = load_operator_token(self.layout, OperatorId(person))
        headers = {"authorization": f"Bearer {token}"}
        method = "GET" if body is None else "POST"
        return await self.api.ask(
            method, path, json.dumps(body).encode() if body is not None else b"", headers
        )

    async def kinds(self) -> list[str]:
        _, told = await self.ask(OFFICER, "/v1/journal?limit=1000")
        return [each["kind"] for each in told["entries"]]


async def frozen_peer(api: ApiUnderTest, people: People, card: str) -> str:
    """A peer whose node was frozen after a proof of lying."""
    _, told = await people.ask(OFFICER, "/v1/peers", {"card": card})
    peer = told["party"]
    body = {"peer": peer, "reason": "forked"}
    await api.service.do(lambda node, at: node.issue(Draft(FREEZE_KIND, (), body), at))
    return str(peer)


def record_in(envelope: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = decode_canonical(unwrap(envelope).payload_bytes)
    return fields


@pytest.mark.requirement("OPER-020")
def test_one_person_asks_another_approves_and_both_stand_in_the_record(
    layout: HomeLayout, card: str
) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        people = People(api, layout)
        peer = await frozen_peer(api, people, card)
        await people.add("sue", "supervisor")
        await people.add("wim", "officer")
        status, told = await people.ask("sue", f"/v1/peers/{peer}/unfreeze", REASON)
        assert (status, told["reason"], told["kind"]) == (409, "second-person", "agreement")
        assert UNFREEZE_KIND not in await people.kinds()
        _, stands = await people.ask("wim", "/v1/status")
        assert (stands["two_persons"], stands["proposals_waiting"]) == ("required", 1)
        path, what = f"/v1/proposals/{told['proposal']}/approve", {"what": told["what"]}
        assert told["why"].endswith(f"comity operator approve {told['proposal'][:12]}")

        assert (await people.ask("sue", path, what))[1]["reason"] == "second-person"
        assert (await people.ask("wim", path, what))[1]["reason"] == "not-permitted"
        status, refused = await people.ask(OFFICER, path, {"what": "0" * 64})
        assert (status, refused["field"]) == (400, "what")
        assert UNFREEZE_KIND not in await people.kinds()

        status, done = await people.ask(OFFICER, path, what)
        assert (status, done["state"], done["approved_by"]) == (200, "done", OFFICER)
        assert (await people.kinds())[-2:] == ["operator.approval", UNFREEZE_KIND]
        envelopes = await api.service.do(
            lambda node, _: [e.envelope_bytes for e in node.store.journal()]
        )
        approval, unfrozen = map(record_in, envelopes[-2:])
        assert (unfrozen["operator"], unfrozen["approval"]["operator"]) == ("sue", OFFICER)
        digests = await api.service.do(lambda node, _: [e.digest for e in node.store.journal()])
        assert unfrozen["approval"]["record"] == digests[-2]
        assert approval["body"] == {"proposal": told["proposal"], "what": told["what"]}
        assert await api.service.do(lambda node, _: dict(node.frozen)) == {}
        assert (await people.ask(OFFICER, path, what))[1]["reason"] == "proposal-ended"

    run(layout, scenario)

    async def again(api: ApiUnderTest) -> None:
        [told] = (await People(api, layout).ask(OFFICER, "/v1/proposals"))[1]["proposals"]
        assert (told["state"], told["approved_by"], told["may_approve"]) == ("done", OFFICER, False)

    run(layout, again)  # the journal alone gives it back


@pytest.mark.requirement("OPER-020")
def test_an_agreement_is_signed_by_two(layout: HomeLayout, card: str) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        people = People(api, layout)
        assert (await people.ask(OFFICER, "/v1/peers", {"card": card}))[0] == 200
        await people.add("sue", "supervisor")
        asked = {
            "title": "Border", "south_deg": 40.0, "north_deg": 41.0, "west_deg": 10.0,
            "east_deg": 11.0, "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": "2036-01-01T00:00:00Z", "horizontal_m": 9260.0, "vertical_m": 305.0,
        }  # fmt: skip
        _, drafted = await people.ask("sue", "/v1/agreements/draft", asked)
        status, told = await people.ask("sue", "/v1/agreements", {"text": drafted["text"]})
        assert status == 200, told
        path = f"/v1/agreements/{told['digest']}/sign"
        status, waits = await people.ask("sue", path, {})
        assert (status, waits["reason"]) == (409, "second-person")
        status, again = await people.ask("sue", path, {})
        assert again == waits, "the same thing is not proposed twice"
        _, told = await people.ask("sue", "/v1/proposals")
        assert [e["state"] for e in told["proposals"]] == ["waiting"]
        approve = f"/v1/proposals/{again['proposal']}/approve"
        assert (await people.ask(OFFICER, approve, {"what": again["what"]}))[0] == 200
        status, told = await people.ask(OFFICER, path, {})
        assert told["reason"] != "second-person", "signed already"

    run(layout, scenario)


@pytest.mark.requirement("OPER-020")
def test_an_approval_is_for_one_digest_and_one_signer(layout: HomeLayout, card: str) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        people = People(api, layout)
        peer = await frozen_peer(api, people, card)
        await people.add("sue", "supervisor")
        _, told = await people.ask("sue", f"/v1/peers/{peer}/unfreeze", REASON)

        def forge(node: Node, at: Instant) -> list[str]:
            proposal = node.two_persons.get(told["proposal"])
            record = node.issue(approval_draft(proposal, OFFICER), at)
            good = SecondPerson(OFFICER, record.digest)
            unknown = SecondPerson(OFFICER, RecordDigest("d" * 64))
            another = SecondPerson(OperatorId("tom"), record.digest)
            body, sue = proposal.draft.body, OperatorId("sue")
            draft = Draft(UNFREEZE_KIND, (), body, sue, approval=good)
            return [
                fault_of(node, replace(draft, body={**body, "reason": "another reason"}), at),
                fault_of(node, replace(draft, operator=OperatorId("tom")), at),
                fault_of(node, replace(draft, operator=OFFICER), at),
                fault_of(node, replace(draft, approval=unknown), at),
                fault_of(node, replace(draft, approval=another), at),
                fault_of(node, draft, at.plus_s(PROPOSAL_S_MAX)),
                fault_of(node, draft, at),
                fault_of(node, draft, at),
            ]

        found = await api.service.do(forge)
        assert found == [*["second-person"] * 5, "proposal-ended", "", "proposal-ended"]

    run(layout, scenario)


@pytest.mark.requirement("OPER-020")
def test_nobody_approves_what_was_never_proposed(layout: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        body = {"proposal": "d" * 64, "what": "e" * 64}
        draft = Draft("operator.approval", (), body, OFFICER)
        with pytest.raises(RecordError, match="approval-unknown"):
            await api.service.do(lambda node, at: node.issue(draft, at))
        status, told = await api.ask("GET", "/v1/proposals/dddddddd")
        assert (status, told["field"]) == (400, "proposal")

    run(layout, scenario)


def fault_of(node: Node, draft: Draft, at: Instant) -> str:
    try:
        node.issue(draft, at)
    except AgreementError as error:
        return error.reason
    return ""


@pytest.mark.requirement("OPER-020")
def test_a_bundle_is_listed_by_one_and_approved_by_another(layout: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        people = People(api, layout)
        await people.add("sue", "supervisor")
        listed = {
            "title": "Airprox",
            "files": [{"name": "parties.json", "sha256": "d" * 64, "size_bytes": 1}],
            "material": [],
        }
        status, waits = await people.ask("sue", "/v1/evidence/bundles", listed)
        assert (status, waits["reason"]) == (409, "second-person"), waits
        approve = f"/v1/proposals/{waits['proposal']}/approve"
        _, done = await people.ask(OFFICER, approve, {"what": waits["what"]})
        status, told = await people.ask("sue", "/v1/evidence/bundles", listed)
        assert (status, told["digest"]) == (200, done["record"])
        fields = record_in(told["envelope"].encode())
        assert (fields["operator"], fields["approval"]["operator"]) == ("sue", OFFICER)
        status, told = await people.ask(OFFICER, "/v1/evidence/bundles", listed)
        assert (status, told["reason"]) == (409, "second-person"), "another signer asks anew"

    run(layout, scenario)


@pytest.mark.requirement("OPER-020")
def test_a_proposal_ends(layout: HomeLayout, card: str) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        people = People(api, layout)
        peer = await frozen_peer(api, people, card)
        await people.add("sue", "supervisor")
        await people.add("wim", "officer")
        _, told = await people.ask("sue", f"/v1/peers/{peer}/unfreeze", REASON)
        refuse = f"/v1/proposals/{told['proposal']}/refuse"
        assert (await people.ask("wim", refuse, {"reason": "no"}))[0] == 403
        status, answer = await people.ask(OFFICER, refuse, {"reason": "no\u202e"})
        assert status == 422, answer
        assert (await people.ask("sue", refuse, {"reason": "not yet"}))[1]["state"] == "refused"
        approve = f"/v1/proposals/{told['proposal']}/approve"
        status, answer = await people.ask(OFFICER, approve, {"what": told["what"]})
        assert (status, answer["reason"]) == (409, "proposal-ended")
        _, told = await people.ask("sue", f"/v1/peers/{peer}/unfreeze", REASON)
        waiting = await api.service.do(lambda node, _: node.two_persons.get(told["proposal"]))
        assert waiting.state(waiting.expires_at.plus_s(-0.001)) is ProposalState.WAITING
        assert waiting.state(waiting.expires_at) is ProposalState.EXPIRED

    run(layout, scenario)


@pytest.mark.requirement("OPER-021")
def test_the_rule_comes_by_itself_and_goes_by_a_recorded_act_alone(
    layout: HomeLayout, card: str
) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        people = People(api, layout)
        assert (await people.ask(OFFICER, "/v1/access/rule"))[1]["two_persons"] == "not-set"
        peer = await frozen_peer(api, people, card)
        status, _ = await people.ask(OFFICER, f"/v1/peers/{peer}/unfreeze", REASON)
        assert status == 200, "one person may, on a new node"
        await people.add("wim", "officer")
        assert (await people.ask(OFFICER, "/v1/access/rule"))[1]["two_persons"] == "not-set"
        await people.add("sue", "supervisor")
        _, told = await people.ask(OFFICER, "/v1/access/rule")
        assert (told["two_persons"], told["may_approve"]) == ("required", ["officer", "sue"])
        off = {"two_persons": "one-person", "reason": "sue is on leave"}
        assert (await people.ask("sue", "/v1/access/rule", off))[0] == 403
        status, told = await people.ask(OFFICER, "/v1/access/rule", off)
        assert (status, told["reason"]) == (409, "second-person"), "sue could be asked"
        assert (await people.ask(OFFICER, "/v1/operators/sue/revoke", {}))[0] == 200
        _, rule = await people.ask(OFFICER, "/v1/access/rule")
        assert rule["two_persons"] == "required", "it does not leave with her"
        status, told = await people.ask(OFFICER, "/v1/access/rule", off)
        assert (status, told["two_persons"], told["reason"]) == (200, "one-person", off["reason"])
        _, who = await people.ask(OFFICER, "/v1/access/session")
        assert who["two_persons"] == "one-person"
        await people.add("tom", "supervisor")
        _, rule = await people.ask(OFFICER, "/v1/access/rule")
        assert rule["two_persons"] == "one-person", "what a person set stays until a person sets it"

    run(layout, scenario)


@pytest.mark.requirement("OPER-020")
def test_who_proposed_and_has_lost_the_right_is_not_signed_for(
    layout: HomeLayout, card: str
) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        people = People(api, layout)
        peer = await frozen_peer(api, people, card)
        await people.add("sue", "supervisor")
        _, told = await people.ask("sue", f"/v1/peers/{peer}/unfreeze", REASON)
        assert (await people.ask(OFFICER, "/v1/operators/sue/revoke", {}))[0] == 200
        approve = f"/v1/proposals/{told['proposal']}/approve"
        status, answer = await people.ask(OFFICER, approve, {"what": told["what"]})
        assert (status, answer["reason"]) == (403, "not-permitted")

    run(layout, scenario)


def test_the_digest_names_all_that_is_said_and_not_who_says_it() -> None:
    draft = Draft("peer.unfreeze", (), {"peer": "x", "reason": "y"}, OperatorId("ada"))
    what = what_of(draft)
    assert what == what_of(Draft(draft.kind, (), draft.body, OperatorId("ben")))
    others = (
        Draft("party.key", (), draft.body),
        Draft(draft.kind, (), {"peer": "x", "reason": "z"}),
        Draft(draft.kind, (), draft.body, labels=("open",)),
        Draft(draft.kind, (), draft.body, exercise=True),
        Draft(draft.kind, (), draft.body, kind_version=2),
    )
    assert len({what, *map(what_of, others)}) == 6
