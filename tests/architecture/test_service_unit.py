"""The unit of docs/howto/systemd takes from the node every right that it can do without."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[2] / "docs/howto/systemd/comity-node.service"
EXPOSURE_MAX = (
    "15"  # tenths; systemd calls up to 20 "OK", an ordinary service without settings has 96
)
WANTED = {
    "User": "comity",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateDevices": "yes",
    "StateDirectoryMode": "0700",
    "UMask": "0077",
}


def test_the_unit_drops_what_the_node_does_not_need() -> None:
    lines = re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE)
    stated = dict(lines)
    assert {name: stated.get(name) for name in WANTED} == WANTED
    assert "MemoryDenyWriteExecute" not in stated, "numba compiles in memory"
    assert stated["ExecStart"].endswith("comity node run --home /var/lib/comity")
    assert stated["StateDirectory"] == "comity", "the one place that it may write besides its cache"
    assert not [name for name, _ in lines if name in {"ReadWritePaths", "BindPaths", "DeviceAllow"}]


def test_systemd_finds_the_exposure_low() -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("needs systemd-analyze (on Debian: apt-get install systemd)")
    command = [
        analyze,
        "security",
        "--offline=true",
        f"--threshold={EXPOSURE_MAX}",
        "--no-pager",
        str(UNIT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
