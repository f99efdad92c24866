"""The committed vectors are what the generator writes."""

from pathlib import Path

import pytest
from tests.shared_files import shared
from tools.vectorgen import write_all, write_verdicts

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }


@pytest.mark.requirement("RECORD-001")
def test_the_vectors_are_written_the_same_again(tmp_path: Path):
    write_all(tmp_path)
    names = {place.name for place in tmp_path.iterdir()}
    assert names == {
        *("agreement", "agreement-record", "approval", "checkpoint", "intent", "peering", "record"),
        *("bundle", "claim", "feed", "group", "hazard", "incident", "line", "meeting", "notice", "observation"),
        *("pack", "phrase", "plot-recording", "site", "track-stream"),
    }
    for name in names:
        written = files_below(tmp_path / name)
        assert len(written) > 40
        assert written == files_below(VECTORS / name)


@pytest.mark.requirement("RECORD-004")
def test_the_verdicts_are_those_of_the_algebra(tmp_path: Path):
    write_verdicts(tmp_path, shared("vectors/ed25519/ed25519vectors.json"))
    name = "ed25519/verdicts.json"
    assert (tmp_path / name).read_bytes() == (VECTORS / name).read_bytes()
