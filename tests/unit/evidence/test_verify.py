"""What a bundle shows, and each reason for which one is refused."""

import io
import os
import random
import zipfile
from dataclasses import replace

import pytest
from tests.bundle_mutants import files_in, mutants, outcome, shown_by, wrong
from tests.bundle_world import START, BundleWorld, Parts, archive
from tests.signing import SeededSigner

from comity.domain.evidence import (
    BundleReason,
    EntryHead,
    ShownLeaf,
    manifest_draft,
    manifest_from_body,
    read_manifest,
    verify_bundle,
    write_archive,
)
from comity.domain.evidence.archive import ArchiveReader
from comity.domain.evidence.limits import BUNDLE_SIZE_BYTES_MAX
from comity.domain.ledger import leaf_commitment
from comity.domain.records import open_record, seal
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import OperatorId

MUTANTS = int(os.environ.get("COMITY_MUTANTS", "2000"))
MUTANTS_FROM = int(os.environ.get("COMITY_MUTANTS_FROM", "20261128"))


@pytest.fixture(scope="module")
def world() -> BundleWorld:
    return BundleWorld()


@pytest.fixture(scope="module")
def other() -> BundleWorld:
    return BundleWorld(name="other")


def refusal(bundle: bytes, **roots: bytes) -> str:
    with pytest.raises(RecordError) as caught:
        verify_bundle(io.BytesIO(bundle).read, roots or None)
    return caught.value.reason


@pytest.mark.requirement("EVID-001")
def test_what_is_shown_is_what_the_logs_hold_and_no_more(world):
    verified = verify_bundle(io.BytesIO(world.bundle()).read)
    assert shown_by(verified) == {
        each
        for each in world.truth
        if (each[0][0], each[1][0], each[2])
        in {
            ("a", "a", 2), ("a", "a", 15), ("a", "b", 0), ("a", "b", 1), ("a", "b", 4),
            ("a", "b", 8), ("b", "a", 3), ("b", "a", 9), ("b", "a", 15),
        }
    }  # fmt: skip
    own, first, second, back = verified.logs
    assert (own.cosignature, second.cosignature) == (None, None)
    assert first.cosignature is not None
    assert first.cosignature.cosigned_at == world.made_at.plus_s(-30.0)
    assert [each.reason for each in second.withheld] == ["names a person"]
    assert [log.not_shown_count for log in verified.logs] == [14, 5, 14, 12]
    assert verified.manifest_record.author == world.alfa.id
    assert back.checkpoint.size == 16


@pytest.mark.requirement("EVID-002")
def test_a_common_program_opens_the_archive(world):
    with zipfile.ZipFile(io.BytesIO(world.bundle())) as opened:
        assert opened.testzip() is None
        names = [each.filename for each in opened.infolist()]
        assert names == [name for name, _ in files_in(world.bundle())]
        assert opened.read("material/0001-radar.csv").startswith(b"time,lat,lon\n")


@pytest.mark.requirement("EVID-003")
def test_no_changed_bundle_is_accepted_unless_all_it_shows_is_true(world, other):
    made = mutants(world, other, random.Random(MUTANTS_FROM))
    seen = set()
    for _ in range(MUTANTS):
        mutant = next(made)
        found = outcome(mutant.bundle)
        assert wrong(world, mutant, found) is None, mutant.name
        seen.add(found.reason)
    assert {None, "bundle-form", "file-mismatch", "bad-inclusion-proof", "key-statement"} <= seen
    assert len(seen) > 20  # the changes reach most rules


@pytest.mark.requirement("EVID-004")
def test_a_key_that_was_revoked_counts_only_before_its_revocation(world):
    def without_the_statement_shown(parts: Parts) -> None:
        parts.logs[3][1][:] = [each for each in parts.logs[3][1] if each.index != 9]

    def only_the_new_key(parts: Parts) -> None:
        parts.logs[3][1][:] = [each for each in parts.logs[3][1] if each.index > 9]

    assert refusal(world.bundle(without_the_statement_shown)) == "key-revoked"
    assert outcome(world.bundle(only_the_new_key)).reason is None

    late = BundleWorld(leaves=10, name="late")
    old = late.bravo.keys[0]
    late.bravo.keys.append(old)  # bravo goes on with the key it has revoked
    late.back.say("line.check", {"text": "too late"}, START.plus_s(700.0))
    late.bravo.keys.pop()
    late.leaves = 11
    late.out.say("line.check", {"text": "x"}, START.plus_s(700.0))
    late.own.say("line.check", {"text": "x"}, START.plus_s(700.0))
    assert refusal(late.bundle()) == "key-revoked"


@pytest.mark.requirement("EVID-004")
def test_a_record_made_outside_its_keys_time_is_refused(world):
    stale = BundleWorld(name="stale")
    stale.back.say("line.check", {"text": "stale"}, START.plus_s(90 * 86_400.0))
    stale.out.say("line.check", {"text": "stale"}, START.plus_s(1_000.0))
    stale.own.say("line.check", {"text": "stale"}, START.plus_s(1_000.0))
    stale.leaves = 17
    assert refusal(stale.bundle()) == "key-expired"


@pytest.mark.requirement("EVID-005")
def test_a_root_that_the_verifier_knows_is_the_only_one_taken(world):
    roots = {world.alfa.id: world.alfa.root.public_key}
    assert verify_bundle(io.BytesIO(world.bundle()).read, roots).parties
    impostor = {world.bravo.id: SeededSigner("impostor").public_key}
    assert refusal(world.bundle(), **impostor) == "root-key"


@pytest.mark.requirement("EVID-003")
def test_two_histories_of_one_log_are_refused(world):
    forged = BundleWorld()
    forged.out.records.clear()
    forged.out.tree = type(forged.out.tree)()
    for number in range(16):
        forged.out.say("line.check", {"text": f"forged {number}"}, START.plus_s(60.0 * number))

    def two_roots(parts: Parts) -> None:
        head, _ = forged.parts().logs[2]
        parts.logs.insert(3, (replace(head, consistency=()), []))

    assert refusal(world.bundle(two_roots)) == "split-view"


@pytest.mark.requirement("EVID-006")
def test_two_records_at_one_place_are_shown_as_equivocation(world):
    double = BundleWorld(name="double")
    at = START.plus_s(5_000.0)
    double.back.say("line.check", {"text": "one"}, at)
    double.back.records[-1] = double.back.records[-1]
    kept = double.back.records[-1]
    double.back.records.pop()  # the next record takes the same sequence
    double.back.say("line.check", {"text": "other"}, at)
    double.back.records.insert(-1, kept)
    for log in (double.out, double.own):
        log.say("line.check", {"text": "x"}, at)
        log.say("line.check", {"text": "x"}, at)
    double.leaves = 18

    def both(parts: Parts) -> None:
        parts.logs[3][1][:] = [double.back.leaf(index, 18) for index in (9, 16, 17)]

    verified = verify_bundle(io.BytesIO(double.bundle(both)).read)
    (pair,) = verified.equivocations
    assert {each.body["text"] for each in pair} == {"one", "other"}
    assert pair[0].digest < pair[1].digest


@pytest.mark.requirement("EVID-003")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", "turned \u202e round"),
        ("files", []),
        ("custody", [{"action": "", "at": "2026-11-28T00:00:00.000Z", "operator": "officer"}]),
    ],
)
def test_a_manifest_that_breaks_its_form_is_not_signed(world, field, value):
    files = files_in(world.bundle())
    _, envelope = next(files)
    key = world.alfa.signer.public_key
    record = open_record(envelope, lambda _party, _key: key)
    body = dict(record.body)
    assert read_manifest(record).title == "A case"
    body[field] = value
    with pytest.raises(RecordError) as caught:
        manifest_from_body(body)
    assert caught.value.reason == BundleReason.MANIFEST_FORM


@pytest.mark.requirement("EVID-003")
def test_a_manifest_made_by_no_person_or_sent_to_somebody_is_refused(world):
    _, envelope = next(files_in(world.bundle()))
    key = world.alfa.signer.public_key
    manifest = read_manifest(open_record(envelope, lambda _party, _key: key))
    draft = manifest_draft(manifest, OperatorId("officer"))
    for changed in (
        replace(draft, operator=OperatorId("node")),
        replace(draft, recipients=(world.bravo.id,)),
        replace(draft, kind="evidence.list"),
        replace(draft, kind_version=2),
    ):
        record = seal(changed, world.alfa.id, 0, None, START, world.alfa.signer)
        with pytest.raises(RecordError) as caught:
            read_manifest(record)
        assert caught.value.reason == BundleReason.MANIFEST_FORM


@pytest.mark.requirement("EVID-007")
@pytest.mark.parametrize(
    "name",
    [
        "material/0001-../../etc/passwd",
        "material/0001-a/b",
        "material/0001-.hidden",
        "/material/0001-a",
        "logs/0002.jsonl",
        "material/0002-a",
        "material/0001-" + "a" * 65,
        "MANIFEST.record",
    ],
)
def test_no_name_leads_out_of_the_folder(world, name):
    with pytest.raises(RecordError) as caught:
        archive([("manifest.record", b"x"), ("parties.json", b"{}"), (name, b"")])
    assert caught.value.reason == BundleReason.BUNDLE_NAME


@pytest.mark.requirement("EVID-007")
def test_a_bundle_that_announces_too_much_is_refused_before_it_is_read(world):
    head = world.bundle()[:34]
    huge = bytearray(head)
    huge[18:22] = huge[22:26] = (2**32 - 2).to_bytes(4, "little")
    read = io.BytesIO(bytes(huge)).read
    assert refusal(bytes(huge)) in {"bundle-size", "bundle-form"}
    reader = ArchiveReader(read)
    assert BUNDLE_SIZE_BYTES_MAX < 2**31
    with pytest.raises(RecordError):
        next(reader.entries())


@pytest.mark.requirement("EVID-007")
def test_a_line_without_end_is_refused_by_its_length(world):
    files = dict(files_in(world.bundle()))
    files["logs/0001.jsonl"] += b"x" * (2 << 20)
    assert refusal(world.sealed(list(files.items())[1:])) == "bundle-size"


def test_a_file_that_changes_while_it_is_written_is_an_error():
    out = io.BytesIO()
    with pytest.raises(InputError, match=r"manifest.record.*changed"):
        write_archive(out.write, [(EntryHead("manifest.record", 3, 0), [b"abc"])])


@pytest.mark.requirement("EVID-008")
def test_who_is_later_handed_a_withheld_record_can_match_it(world):
    parts = world.parts()
    withheld = next(each for each in parts.logs[2][1] if not isinstance(each, ShownLeaf))
    record = world.out.records[withheld.index]
    salt = world.out.salt(withheld.index)
    assert withheld.leaf_data == leaf_commitment(salt, record.envelope_bytes)
    assert outcome(world.bundle()).reason is None
