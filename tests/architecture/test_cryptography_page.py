"""docs/cryptography.md names every use of cryptography in the code, and no place that has none."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON, CONSOLE = ROOT / "src" / "comity", ROOT / "console" / "src"
LIBRARIES = {
    "argon2", "cryptography", "hashlib", "hmac", "mnemonic", "nacl", "pyotp", "rfc3161_client", "secrets", "ssl",
    "webauthn",
}  # fmt: skip
IN_CONSOLE = re.compile(r"@noble/\w+|crypto\.subtle|crypto\.getRandomValues")
USE = re.compile(
    r"^\| .+? \| .+? \| (?P<libraries>.*?`.+?) \| (?P<where>[a-z_/, ]+) \| .+ \|$", re.MULTILINE
)
ALGORITHMS = {"sha256", "sha512", "sha1", "scrypt", "new", "compare_digest"}


def used() -> dict[str, set[str]]:
    """Places, as paths of folders, that use each library."""
    found: dict[str, set[str]] = {}
    for path in PYTHON.rglob("*.py"):
        where = path.parent.relative_to(PYTHON).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.urandom":
                names = ["os.urandom"]
            for name in names:
                top = name if name == "os.urandom" else name.partition(".")[0]
                if top in LIBRARIES | {"os.urandom"}:
                    found.setdefault(top, set()).add(where)
    for path in (*CONSOLE.rglob("*.ts"), *CONSOLE.rglob("*.tsx")):
        where = f"console/src/{path.relative_to(CONSOLE).parts[0]}"
        for name in IN_CONSOLE.findall(path.read_text()):
            found.setdefault(name, set()).add(where)
    return found


def told() -> dict[str, set[str]]:
    text = (ROOT / "docs" / "cryptography.md").read_text().partition("## Uses")[2]
    found: dict[str, set[str]] = {}
    for row in USE.finditer(text):
        for library in re.findall(r"`([\w@./]+)`", row["libraries"]):
            found.setdefault(library, set()).update(row["where"].split(", "))
    return found


def covers(place: str, where: str) -> bool:
    return where == place or where.startswith(f"{place}/")


def test_every_use_of_cryptography_stands_in_the_inventory_and_no_other():
    code, page = used(), told()
    assert len(page) > 10
    missing = {
        (library, where)
        for library, places in code.items()
        for where in places
        if not any(covers(each, where) for each in page.get(library, ()))
    }
    assert missing == set()
    idle = {
        (library, place)
        for library, places in page.items()
        for place in places
        if not any(covers(place, where) for where in code.get(library, ()))
    }
    assert idle == set()


def test_no_algorithm_is_called_that_the_inventory_has_not():
    called = {
        name
        for path in PYTHON.rglob("*.py")
        for name in re.findall(r"\b(?:hashlib|hmac)\.(\w+)", path.read_text())
    }
    assert called == ALGORITHMS
