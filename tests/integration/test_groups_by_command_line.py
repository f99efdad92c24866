"""Working groups between two nodes in two processes, by command line alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.test_two_nodes import comity
from tests.node_homes import RunningNode, until
from tests.paired_nodes import paired_nodes, party

from comity.entrypoints.api.messages import RecordTold


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    with paired_nodes(tmp_path_factory.mktemp("groups")) as running:
        yield running


def shown(node: RunningNode, group: str) -> Any:
    return comity(node, "group", "show", group, "--json")


def listed(node: RunningNode) -> list[str]:
    return [each["group"] for each in comity(node, "group", "list", "--json")]


@pytest.mark.requirement("GROUP-011")
def test_a_group_from_creation_to_removal(nodes: list[RunningNode], tmp_path: Any) -> None:
    a, b = nodes
    made = comity(
        a, "group", "create", "Night flights", "--type", "flight-safety", "--member", "borealis",
        "--terms", "What is said here stays here.", "--legal-basis", "Article 3", "--json",
    )  # fmt: skip
    group = made["group"]
    comity(a, "group", "post", group, "too early", "--subject", "Tonight", code=6)
    until(lambda: group in listed(b))
    assert shown(b, group)["standing"] == "invited"
    comity(b, "group", "accept", group)
    until(lambda: shown(a, group)["parties"][1]["standing"] == "member")
    comity(a, "group", "post", group, "We fly at nine.", "--subject", "Tonight")
    (tmp_path / "rules.md").write_text("# Rules\n")
    comity(a, "group", "document", group, tmp_path / "rules.md")
    comity(
        a, "group", "task", group, "Write the rules", "--owner", party(b),
        "--due", "2030-01-02T12:00:00+02:00",
    )  # fmt: skip
    comity(a, "group", "task", group, "x", "--owner", party(b), "--due", "2030-01-02", code=3)
    until(lambda: len(shown(b, group)["tasks"]) == 1)
    told = shown(b, group)
    assert [each["text"] for each in told["posts"]] == ["We fly at nine."]
    assert told["tasks"][0]["versions"][0]["due"] == "2030-01-02T10:00:00.000Z"
    [filed] = told["documents"]
    out = tmp_path / "out.md"
    comity(b, "group", "document", group, "--get", filed["digest"], "-o", out)
    assert out.read_text() == "# Rules\n"
    (tmp_path / "lie.pdf").write_text("no pdf")
    comity(b, "group", "document", group, tmp_path / "lie.pdf", code=3)
    assert "Night flights" in comity(b, "group", "show", group)

    removed = comity(a, "group", "remove", group, "borealis", "--reason", "a quarrel", "--json")
    until(lambda: shown(b, group)["standing"] == "removed")
    comity(b, "group", "post", group, "still here?", "--subject", "Hello", code=6)
    comity(a, "group", "post", group, "gone", "--subject", "Hello", code=6)
    digest = removed["record"]["digest"]
    path = f"/v1/records/{digest}"
    until(lambda: all(e.receipted for e in a.client.get(path, RecordTold).deliveries))
    assert comity(a, "log", "prove", digest, "-o", tmp_path, "--json")
    ended = [each for each in shown(a, group)["admissions"] if each["ended_by"]]
    assert [each["effect_index"] for each in ended] == [removed["record"]["deliveries"][0]["index"]]
