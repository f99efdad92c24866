"""Write the vectors of docs/spec (but for volume.md, which has its own tool), the same on each run.

Run from the project's root: `python -m tools.vectorgen`; then `git diff --exit-code` is clean.

The expected values come from other implementations than the project's: canonical bytes from
rfc8785, signatures from cryptography (OpenSSL), trees from tests/naive_merkle.py, signatures that
no library would make from tests/naive_ed25519.py. Nothing here imports comity.
"""

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests import naive_ed25519
from tests.shared_files import SHARED
from tools import (
    agreement_record_vectors,
    agreement_vectors,
    approval_vectors,
    bundle_vectors,
    checkpoint_vectors,
    claim_vectors,
    feed_vectors,
    group_vectors,
    hazard_vectors,
    incident_vectors,
    intent_vectors,
    line_vectors,
    meeting_vectors,
    notice_vectors,
    observation_vectors,
    pack_vectors,
    peering_vectors,
    phrase_vectors,
    plot_recording_vectors,
    record_vectors,
    site_vectors,
    track_stream_vectors,
)
from tools.vector_cases import Case, Fields

ROOT = Path(__file__).resolve().parents[1]


def write_all(vectors: Path) -> None:
    """Write every vector of the project below a folder."""
    _write(vectors / "record", record_vectors.known_keys(), record_vectors.cases())
    _write(vectors / "checkpoint", checkpoint_vectors.known_keys(), checkpoint_vectors.cases())
    _write(vectors / "agreement", agreement_vectors.known_keys(), agreement_vectors.cases())
    roots = {
        "keys": agreement_record_vectors.known_keys(),
        "roots": agreement_record_vectors.known_roots(),
    }
    _write(vectors / "agreement-record", roots, agreement_record_vectors.cases())
    _write(vectors / "approval", approval_vectors.known_keys(), approval_vectors.cases())
    _write(vectors / "bundle", bundle_vectors.known_keys(), bundle_vectors.cases())
    _write(vectors / "claim", claim_vectors.known_keys(), claim_vectors.cases())
    _write(vectors / "feed", feed_vectors.known_keys(), feed_vectors.cases())
    _write(vectors / "group", group_vectors.known_keys(), group_vectors.cases())
    _write(vectors / "hazard", hazard_vectors.known_keys(), hazard_vectors.cases())
    _write(vectors / "incident", incident_vectors.known_keys(), incident_vectors.cases())
    _write(vectors / "intent", intent_vectors.known_keys(), intent_vectors.cases())
    _write(vectors / "line", line_vectors.known_keys(), line_vectors.cases())
    _write(vectors / "notice", notice_vectors.known_keys(), notice_vectors.cases())
    _write(vectors / "observation", observation_vectors.known_keys(), observation_vectors.cases())
    _write(vectors / "phrase", phrase_vectors.known_keys(), phrase_vectors.cases())
    recording = plot_recording_vectors
    _write(vectors / "plot-recording", recording.known_keys(), recording.cases())
    _write(vectors / "meeting", meeting_vectors.known_keys(), meeting_vectors.cases())
    _write(vectors / "site", site_vectors.known_keys(), site_vectors.cases())
    _write(vectors / "pack", pack_vectors.known_keys(), pack_vectors.cases())
    _write(
        vectors / "track-stream", track_stream_vectors.known_keys(), track_stream_vectors.cases()
    )
    _write(vectors / "peering", peering_vectors.known_keys(), peering_vectors.cases())


def write_verdicts(vectors: Path, published: Path) -> None:
    """Write one verdict for each published Ed25519 edge case, by whole-number arithmetic."""
    cases = json.loads(published.read_text(encoding="utf-8"))
    cases.sort(key=lambda case: case["number"])
    letters = [
        "a"
        if naive_ed25519.holds(
            bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"])
        )
        else "r"
        for case in cases
    ]
    verdicts = {
        "about": "one letter a vector of C2SP CCTV ed25519, by its number: a holds, r refused",
        "count": len(letters),
        "predicate": "docs/spec/record.md §5",
        "verdicts": "".join(letters),
    }
    (vectors / "ed25519").mkdir(parents=True, exist_ok=True)
    (vectors / "ed25519" / "verdicts.json").write_bytes(_json(verdicts))


def _write(folder: Path, keys: Fields, cases: Iterable[Case]) -> None:
    for stale in (place for place in folder.glob("*") if place.is_dir()):
        shutil.rmtree(stale)
    for case in cases:
        place = folder / case.name
        place.mkdir(parents=True)
        expected: Fields = {"result": "accept", "rule": case.rule, "why": case.why, **case.values}
        if case.reason is not None:
            expected |= {"result": "reject", "reason": case.reason}
        (place / "expected.json").write_bytes(_json(expected))
        for name, content in case.files.items():
            (place / name).write_bytes(content)
    (folder / "keys.json").write_bytes(_json(keys))


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def main() -> int:
    """Write everything below `vectors/`."""
    write_all(ROOT / "vectors")
    published = SHARED / "vectors" / "ed25519" / "ed25519vectors.json"
    if published.exists():
        write_verdicts(ROOT / "vectors", published)
    else:
        print("the published Ed25519 vectors are not beside the project; verdicts left as they are")
    return 0


if __name__ == "__main__":
    sys.exit(main())
