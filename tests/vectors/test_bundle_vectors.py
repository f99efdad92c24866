"""Our own vectors of evidence bundles: both verifiers of Python say of each what is expected, and why."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from comity.adapters.time_stamps import check_stamp, roots_in
from comity.domain.evidence import stamp_message, time_stamp_of, verify_bundle
from comity.entrypoints.cli.bundling import stamp_in
from comity.entrypoints.cli.exit_codes import RefusedError
from comity.entrypoints.offline_verifier.__main__ import main as offline_verifier
from comity.kernel.errors import RecordError

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "bundle"
CASES = sorted(place for place in FOLDER.iterdir() if place.is_dir())
KEYS = json.loads((FOLDER / "keys.json").read_bytes())
STAMPED = [each for each in CASES if each.name.startswith("stamp-")]


def expected_of(case: Path) -> dict:
    return json.loads((case / "expected.json").read_bytes())


@pytest.mark.requirement("EVID-011")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_verifiers_say_what_a_vector_expects(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected, bundle = expected_of(case), (case / "bundle.zip").read_bytes()
    roots = {party: bytes.fromhex(key) for party, key in KEYS["roots"].items()}
    ended = offline_verifier([str(case / "bundle.zip"), "--json"])
    said = capsys.readouterr()
    if expected.get("reason") == "time-stamp":
        with pytest.raises(RefusedError, match="does not hold: time-stamp"):
            stamp_in(case / "bundle.zip", verify_bundle(io.BytesIO(bundle).read, roots), None)
    elif expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            verify_bundle(io.BytesIO(bundle).read)
        assert caught.value.reason == expected["reason"]
    if expected["result"] == "reject":
        assert (ended, said.out) == (1, "")
        assert said.err.startswith(f"DOES NOT HOLD: {expected['reason']}")
        return
    found = verify_bundle(io.BytesIO(bundle).read, roots)
    (log,) = found.logs
    assert ended == 0
    (told,) = json.loads(said.out)["logs"]
    assert found.manifest.title == expected["title"]
    assert found.manifest_record.author == expected["maker"]
    assert [each.index for each in log.shown] == expected["shown"]
    assert [each.index for each in log.withheld] == expected["withheld"]
    assert log.checkpoint.size == told["size"] == expected["size"]
    assert [each["index"] for each in told["shown"]] == expected["shown"]
    assert [each["index"] for each in told["withheld"]] == expected["withheld"]
    assert (time_stamp_of(found.manifest) is None) == (expected["time_stamp"] is None)


@pytest.mark.requirement("EVID-014")
@pytest.mark.parametrize("case", STAMPED, ids=lambda case: case.name)
def test_a_token_is_judged_by_whoever_has_the_root_and_its_binding_by_all_others(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected, path = expected_of(case), case / "bundle.zip"
    with path.open("rb") as file:
        manifest = verify_bundle(file.read).manifest
    named = time_stamp_of(manifest)
    assert named is not None
    with zipfile.ZipFile(path) as archive:
        reply = archive.read(named.name)
    roots, message = roots_in(KEYS["time_stamp_root_pem"].encode()), stamp_message(manifest.files[:-1])
    if expected.get("time_stamp") == "checked":
        assert str(check_stamp(reply, message, roots).at) == expected["stamped_at"]
    else:
        with pytest.raises(RecordError) as caught:
            check_stamp(reply, message, roots)
        assert caught.value.reason == expected.get("with_root", expected.get("reason"))
    assert offline_verifier([str(path)]) == (expected["result"] == "reject")
    says = "bound to this bundle; WHO SIGNED IT IS NOT CHECKED HERE" in capsys.readouterr().out
    assert says == (expected["result"] == "accept")


def test_there_are_as_many_refusals_as_acceptances() -> None:
    refused = [each for each in CASES if each.name.endswith("_reject")]
    assert 2 * len(refused) >= len(CASES)
    assert len(STAMPED) == 8
