"""The second verifier: it says what the first one says, and it is one file that needs nothing else."""

import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bundle_mutants import Outcome, mutants, outcome
from tests.bundle_world import BundleWorld
from tests.shared_files import shared
from tests.vectors.test_shared_ed25519 import VERDICTS

from comity.entrypoints.cli import verifier_file as verifier_module
from comity.entrypoints.cli.verifier_file import verifier_file, verifier_page
from comity.entrypoints.offline_verifier import ed25519
from comity.entrypoints.offline_verifier.reading import RefusedError
from comity.entrypoints.offline_verifier.verifying import verify
from comity.kernel.errors import StoreError

MUTANTS = int(os.environ.get("COMITY_MUTANTS", "300"))
MUTANTS_FROM = int(os.environ.get("COMITY_MUTANTS_FROM", "914"))


def said(bundle: bytes) -> Outcome:
    try:
        found = verify(io.BytesIO(bundle))
    except RefusedError as error:
        return Outcome(error.reason)
    return Outcome(
        None,
        frozenset(
            (log["owner"], log["reader"], each["index"], each["digest"])
            for log in found["logs"]
            for each in log["shown"]
        ),
    )


@pytest.mark.requirement("EVID-011")
def test_both_verifiers_say_the_same_of_changed_bundles():
    world, other = BundleWorld(), BundleWorld(name="other")
    made = mutants(world, other, random.Random(MUTANTS_FROM))
    accepted = 0
    for _ in range(MUTANTS):
        mutant = next(made)
        first, second = outcome(mutant.bundle), said(mutant.bundle)
        assert (first.reason is None) == (second.reason is None), (mutant.name, first, second)
        assert first.shown == second.shown, mutant.name
        accepted += first.reason is None
    assert 0 < accepted < MUTANTS // 2


@pytest.mark.requirement("EVID-011")
def test_the_914_verdicts_are_those_of_every_verifier():
    cases = json.loads(shared("vectors/ed25519/ed25519vectors.json").read_bytes())
    given = {}
    for case in cases:
        key, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        holds = ed25519.holds(key, case["msg"].encode(), signature)
        given[case["number"]] = "a" if holds else "r"
    assert "".join(given[number] for number in range(914)) == VERDICTS["verdicts"]


@pytest.mark.requirement("EVID-011")
def test_wycheproof_is_judged_as_published():
    groups = json.loads(shared("vectors/wycheproof/ed25519_test.json").read_bytes())["testGroups"]
    ran = 0
    for group in groups:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            assert ed25519.holds(key, message, signature) == (case["result"] == "valid")
            ran += 1
    assert ran == 151


@pytest.mark.requirement("EVID-012")
def test_the_one_file_verifies_where_only_python_is(tmp_path: Path):
    world = BundleWorld()
    program, bundle = tmp_path / "comity-verify.pyz", tmp_path / "case.zip"
    program.write_bytes(verifier_file())
    assert program.read_bytes() == verifier_file()
    bundle.write_bytes(world.bundle())

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(program), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env={}, cwd=tmp_path
        )

    done = run(str(bundle), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["maker"] == world.alfa.id
    assert "AS THE BUNDLE STATES IT" in run(str(bundle)).stdout
    changed = bytearray(world.bundle())
    changed[500] ^= 4
    bundle.write_bytes(changed)
    done = run(str(bundle))
    assert (done.returncode, "DOES NOT HOLD" in done.stderr) == (1, True)
    assert run("--nonsense").returncode == run("a", "b").returncode == 2


def test_an_installation_without_the_page_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(verifier_module.resources, "files", lambda _: tmp_path)
    with pytest.raises(StoreError, match="page-missing"):
        verifier_page()
