"""The documents and the code say the same things."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "comity"
REQUIREMENT = re.compile(r"\b([A-Z]{3,12}-\d{3})\b")


def _requirements_written() -> dict[str, Path]:
    """Requirements that a room page defines: a table row or list item that begins with the id."""
    defined = re.compile(r"^(?:\|\s*|[-*]\s+)\**`?([A-Z]{3,12}-\d{3})`?\**", re.MULTILINE)
    found: dict[str, Path] = {}
    for page in sorted((ROOT / "docs" / "rooms").glob("*.md")):
        for name in defined.findall(page.read_text()):
            assert name not in found, f"{name} is defined in {found[name].name} and {page.name}"
            found[name] = page
    return found


def _requirements_tested() -> set[str]:
    named: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "requirement"
            ):
                named |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return named


def test_each_requirement_has_a_test_and_each_marker_a_requirement():
    written, tested = set(_requirements_written()), _requirements_tested()
    assert written, "no requirement found: the pattern or the pages are wrong"
    assert sorted(written - tested) == [], "requirements without a test"
    assert sorted(tested - written) == [], "markers without a requirement"


def test_architecture_names_every_folder():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = [
        path
        for tier in ("kernel", "domain", "application", "adapters", "entrypoints")
        for path in [SOURCE / tier, *sorted((SOURCE / tier).iterdir())]
        if path.is_dir() and not path.name.startswith("__")
    ]
    assert len(rooms) > 15
    missing = [path.name for path in rooms if f"{path.name}/" not in text]
    assert missing == [], f"ARCHITECTURE.md does not name {missing}"


def test_every_domain_room_has_a_page():
    rooms = [p.name for p in (SOURCE / "domain").iterdir() if (p / "__init__.py").is_file()]
    missing = [room for room in rooms if not (ROOT / "docs" / "rooms" / f"{room}.md").is_file()]
    assert missing == []


@pytest.mark.parametrize(
    "pattern", ["requirements*.lock", "console/package-lock.json", "src/**/*.py"]
)
def test_no_addresses_of_hosts(pattern):
    """Lock files carry names, versions and hashes; the code reaches no host of its own accord."""
    files = sorted(ROOT.glob(pattern))
    assert files
    host = re.compile(r"https?://[\w-]+(\.[\w-]+)*\.[a-z]{2,}")
    bad = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if host.search(line) and '"funding"' not in line and '"url"' not in line
    ]
    assert bad == []


def test_modules_fit_in_the_head():
    """CONVENTIONS: rarely over 500 lines; none over 700."""
    long = [
        (str(path.relative_to(SOURCE)), count)
        for path in SOURCE.rglob("*.py")
        if (count := len(path.read_text().splitlines())) > 700
    ]
    assert long == []


CARRY_A_CODE = {
    "AccessError",
    "RecordError",
    "PeerError",
    "AgreementError",
    "StoreError",
    "NotPossible",
}


def test_each_error_code_raised_is_documented_and_tested():
    """Codes of errors, and of what is not possible, stand in docs; and in a test or a vector."""
    documented = "\n".join(path.read_text() for path in (ROOT / "docs").rglob("*.md"))
    codes: dict[str, str] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in CARRY_A_CODE
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                codes[node.args[0].value] = str(path.relative_to(ROOT))
    assert codes
    missing = {code: where for code, where in codes.items() if f"`{code}`" not in documented}
    assert missing == {}
    tested = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    tested += "\n".join(path.read_text() for path in (ROOT / "vectors").rglob("expected.json"))
    words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", tested))
    assert {code: where for code, where in codes.items() if code not in words} == {}
