"""Where the vectors and recordings written elsewhere lie: beside the project, or at COMITY_SHARED."""

import os
from pathlib import Path

import pytest

SHARED = Path(
    os.environ.get("COMITY_SHARED", Path(__file__).resolve().parents[1].parent / "shared")
)


def shared(relative: str) -> Path:
    """The path of a shared file; skips the test plainly where it is not there."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"NOT RUN: shared/{relative} is not beside the project")
    return path
