"""A meeting between two nodes in two processes, from the proposal to disputed and signed minutes."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.test_two_nodes import comity
from tests.node_homes import RunningNode, until
from tests.paired_nodes import paired_nodes, party


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    with paired_nodes(tmp_path_factory.mktemp("meetings")) as running:
        yield running


def shown(node: RunningNode, meeting: str) -> Any:
    return comity(node, "meeting", "show", meeting, "--json")


def known(node: RunningNode) -> list[str]:
    return [each["meeting"] for each in comity(node, "meeting", "list", "--json")]


@pytest.mark.requirement("MEET-009")
@pytest.mark.requirement("MEET-004")
def test_a_meeting_from_proposal_to_minutes(nodes: list[RunningNode], tmp_path: Any) -> None:
    a, b = nodes
    when = ("--start", "2030-12-01T15:00:00+02:00", "--end", "2030-12-01T16:00:00+02:00")
    zone = ("--zone", "Europe/Helsinki")
    naive = ("--start", "2030-12-01T15:00:00", "--end", "2030-12-01T16:00:00")
    comity(a, "meeting", "propose", "x", "--party", party(b), *naive, *zone, code=3)
    wrong = ("--zone", "Europe/Istanbul")
    comity(a, "meeting", "propose", "x", "--party", party(b), *when, *wrong, code=3)
    made = comity(
        a, "meeting", "propose", "Follow-up", "--party", party(b), *when, *zone,
        "--item", f"The night @{party(a)}/00000000000000b2", "--json",
    )  # fmt: skip
    meeting = made["meeting"]
    until(lambda: meeting in known(b))
    assert [each["zone"] for each in shown(b, meeting)["times"]] == ["Europe/Helsinki", None]
    comity(b, "meeting", "accept", meeting, "--zone", "Asia/Kathmandu")
    until(lambda: shown(a, meeting)["state"] == "agreed")
    starts = [each["start"] for each in shown(a, meeting)["times"]]
    assert starts == ["2030-12-01T15:00:00+02:00", "2030-12-01T18:45:00+05:45"]
    assert "Asia/Kathmandu" in comity(a, "meeting", "show", meeting)

    file = tmp_path / "meeting.ics"
    comity(b, "meeting", "export", meeting, "-o", file)
    comity(b, "meeting", "import", file, "--party", "aurelia", code=3)  # it is known here
    comity(b, "meeting", "import", file, "--party", "nobody", code=3)
    file.write_text(file.read_text().replace(meeting, "of another calendar"))
    copied = comity(b, "meeting", "import", file, "--party", "aurelia", "--json")["meeting"]
    assert shown(b, copied)["proposals"][0]["start"] == shown(b, meeting)["proposals"][0]["start"]
    file.write_text(file.read_text().replace("END:VEVENT", "RRULE:FREQ=DAILY\r\nEND:VEVENT"))
    comity(b, "meeting", "import", file, "--party", party(a), code=3)

    since = ("--since", "2030-12-01T13:00:00Z")
    comity(a, "meeting", "attend", meeting, "--person", "Duty officer, chair", *since)
    (tmp_path / "said.txt").write_text("Both sides spoke.\n\nOf the night.\n")
    task = f"{party(b)} 2030-12-24T12:00:00Z Write it down"
    minuted = comity(
        a, "meeting", "minutes", meeting, tmp_path / "said.txt",
        "--decision", "A day ahead.", "--task", task, "--json",
    )["record"]["digest"]  # fmt: skip
    until(lambda: len(shown(b, meeting)["minutes"]) == 1)
    comity(b, "meeting", "minutes", meeting, "--disputes", minuted[:12], "--decision", "Two days.")
    until(lambda: len(shown(a, meeting)["minutes"]) == 2)
    by_digest = {each["digest"]: each for each in shown(a, meeting)["minutes"]}
    assert by_digest[minuted]["state"] == "disputed"
    assert by_digest[minuted]["lines"] == ["Both sides spoke.", "Of the night."]
    comity(b, "meeting", "sign", meeting, minuted[:7], code=3)
    comity(b, "meeting", "sign", meeting, "0" * 12, code=3)
    comity(b, "meeting", "sign", meeting, minuted[:12])
    until(lambda: shown(a, meeting)["minutes"][0]["state"] == "signed")
    assert "task: Write it down" in comity(a, "meeting", "show", meeting)
    assert comity(a, "meeting", "call", meeting, "--json")["stations"] == []
    comity(b, "meeting", "cancel", meeting, "--reason", "a storm")
    until(lambda: shown(a, meeting)["state"] == "cancelled")
    assert shown(a, meeting)["cancelled_by"] == [party(b)]
