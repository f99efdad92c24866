"""The SPIN model of the handshake, where `spin` and a C compiler are."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[3] / "models" / "run"


@pytest.mark.requirement("INTENT-010")
def test_the_model_of_the_handshake_holds_and_its_mutants_do_not() -> None:
    if shutil.which("spin") is None or shutil.which("cc") is None:
        pytest.skip("NOT RUN: the model of the handshake needs spin and cc")
    done = subprocess.run(
        [sys.executable, RUN, "--quick"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 4 verdicts as expected" in done.stdout


def test_without_its_tools_the_model_says_plainly_that_it_was_not_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, RUN],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path)},
    )
    assert done.returncode == 3
    assert done.stdout == "NOT RUN: the model of the handshake needs spin and cc\n"
