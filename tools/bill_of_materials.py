"""The software bill of materials of Comity, as CycloneDX 1.6 in JSON, made of the lock files alone.

    python tools/bill_of_materials.py > comity.cdx.json

The same locks give the same bytes: no clock, no network, no addresses. The wheel carries it in `*.dist-info/sboms`
(PEP 770). Only the standard library is imported, for `hatch_build.py` runs it where nothing else is installed.

Source: ECMA-424 (CycloneDX 1.6); package URLs by ECMA-427.
"""

import base64
import hashlib
import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
PYTHON_LOCKS = ("requirements.lock", "requirements-build.lock")
CONSOLE_LOCK = "console/package-lock.json"
_REQUIREMENT = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>[^\n]*(?:\n[ \t]+[^\n]*)*)",
    re.MULTILINE,
)
_SHA256 = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)

Component = dict[str, Any]


def bill(root: Path = ROOT) -> Component:
    """The whole bill.

    Raises:
        ValueError: a lock names a part without a hash, or of another form.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    found: dict[str, Component] = {}
    for lock in PYTHON_LOCKS:
        for each in _python(root, lock, _wanted_by(project)):
            _add(found, each)
    for each in _console(root):
        _add(found, each)
    version = _VERSION.search((root / "src/comity/__init__.py").read_text())
    if version is None:
        raise ValueError("src/comity/__init__.py states no version")
    own = f"pkg:pypi/{project['name']}@{version[1]}"
    components = [found[name] for name in sorted(found)]
    told: Component = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": version[1],
                "licenses": [{"license": {"id": project["license"]}}],
                "purl": own,
            }
        },
        "components": components,
        "dependencies": [
            {"ref": own, "dependsOn": [e["bom-ref"] for e in components if _is_direct(e)]}
        ],
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()
    told["serialNumber"] = f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=5)}"
    return told


def text(root: Path = ROOT) -> str:
    """The bill as it is written."""
    return json.dumps(bill(root), indent=1, sort_keys=True) + "\n"


def _wanted_by(project: dict[str, Any]) -> dict[str, str]:
    """Which part of pyproject.toml asks for a package itself."""
    wanted = {_name(each): "runtime" for each in project["dependencies"]}
    for extra, names in project["optional-dependencies"].items():
        for each in names:
            wanted.setdefault(_name(each), extra)
    return wanted


def _python(root: Path, lock: str, wanted: dict[str, str]) -> list[Component]:
    content = (root / lock).read_text()
    parts = []
    for each in _REQUIREMENT.finditer(content):
        name, version = _name(each["name"]), each["version"]
        digests = _SHA256.findall(each["rest"])
        if not digests:
            raise ValueError(f"{lock}: {name} {version} has no hash")
        hashes = [{"alg": "SHA-256", "content": digest} for digest in sorted(digests)]
        use = "build" if lock != PYTHON_LOCKS[0] else wanted.get(name, "")
        parts.append(_component("pypi", name, version, hashes, lock, use))
    if len(parts) != sum(
        not line.startswith((" ", "\t", "#")) for line in content.splitlines() if line
    ):
        raise ValueError(f"{lock}: a line is of another form than name==version with hashes")
    return parts


def _console(root: Path) -> list[Component]:
    packages = json.loads((root / CONSOLE_LOCK).read_text())["packages"]
    own = packages[""]
    direct = dict.fromkeys(own["dependencies"], "console")
    direct |= dict.fromkeys(own["devDependencies"], "console build")
    parts = []
    for path, each in packages.items():
        if not path:
            continue
        name = path.rpartition("node_modules/")[2]
        kind, _, digest = each["integrity"].partition("-")
        if kind != "sha512":
            raise ValueError(f"{CONSOLE_LOCK}: {name} has a digest of kind {kind}")
        hashes = [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]
        use = direct.get(name, "") if path == f"node_modules/{name}" else ""
        part = _component("npm", name, each["version"], hashes, CONSOLE_LOCK, use)
        if each.get("dev"):
            part["scope"] = "excluded"
        if "license" in each:
            part["licenses"] = [{"expression": each["license"]}]
        parts.append(part)
    return parts


def _component(
    kind: str, name: str, version: str, hashes: list[dict[str, str]], lock: str, use: str
) -> Component:
    purl = f"pkg:{kind}/{quote(name, safe='/')}@{quote(version, safe='')}"
    properties = [{"name": "comity:lock", "value": lock}]
    if use:
        properties.append({"name": "comity:wanted-by", "value": use})
    part: Component = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "hashes": hashes,
        "purl": purl,
        "properties": properties,
    }
    if use == "runtime":
        part["scope"] = "required"
    elif use in {"test", "build"}:
        part["scope"] = "excluded"  # CycloneDX: not part of what is delivered
    elif use in {"feeds", "report"}:
        part["scope"] = "optional"
    return part


def _add(found: dict[str, Component], part: Component) -> None:
    """One entry a package and version; a second lock or place adds what it knows."""
    before = found.setdefault(part["bom-ref"], part)
    for key in ("hashes", "properties"):
        before[key] += [each for each in part[key] if each not in before[key]]
        before[key].sort(key=lambda each: sorted(each.items()))
    if "scope" in before and before is not part and part.get("scope") != before["scope"]:
        del before["scope"]  # wanted by more than one


def _is_direct(part: Component) -> bool:
    """Whether Comity itself asks for it to run: not what only tests or builds it."""
    asked = any(each["name"] == "comity:wanted-by" for each in part["properties"])
    return asked and part.get("scope") != "excluded"


def _name(requirement: str) -> str:
    """A Python package's name as PEP 503 spells it."""
    stated = re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", stated).lower()


if __name__ == "__main__":
    sys.stdout.write(text())
