"""The bill of materials has every part of the locks, the same bytes each time, and no addresses."""

import json
import re
import runpy
import shutil
from pathlib import Path

import pytest
from tools import bill_of_materials

ROOT = Path(__file__).resolve().parents[2]
HEX_DIGITS = {"SHA-256": 64, "SHA-512": 128}
LOCKS = ("requirements.lock", "requirements-build.lock", "console/package-lock.json")
NEEDED = (*LOCKS, "pyproject.toml", "src/comity/__init__.py", "tools/bill_of_materials.py")


def test_every_part_of_the_locks_stands_in_the_bill_with_its_hashes() -> None:
    told = bill_of_materials.bill()
    parts = {(each["purl"], each["version"]): each for each in told["components"]}
    assert len(parts) == len(told["components"]) > 150
    names = {re.sub(r"^pkg:(pypi|npm)/|@[^@]+$", "", purl).replace("%40", "@") for purl, _ in parts}
    for lock in LOCKS[:2]:
        listed = {
            line.partition("==")[0]
            for line in (ROOT / lock).read_text().splitlines()
            if "==" in line
        }
        assert listed - names == set(), lock
    npm = json.loads((ROOT / LOCKS[2]).read_text())["packages"]
    assert {path.rpartition("node_modules/")[2] for path in npm if path} - names == set()
    for each in told["components"]:
        assert each["hashes"], each["purl"]
        for one in each["hashes"]:
            assert re.fullmatch(r"[0-9a-f]+", one["content"])
            assert len(one["content"]) == HEX_DIGITS[one["alg"]]
    by_name = {each["name"]: each for each in told["components"]}
    assert by_name["pynacl"]["scope"] == "required"
    assert by_name["pytest"]["scope"] == "excluded"
    assert by_name["typst"]["scope"] == "optional"
    needed = told["dependencies"][0]["dependsOn"]
    assert by_name["maplibre-gl"]["bom-ref"] in needed
    assert not [each for each in needed if "/pytest@" in each or "/esbuild@" in each]


def test_the_bill_is_the_same_each_time_and_names_no_address() -> None:
    text = bill_of_materials.text()
    assert text == bill_of_materials.text()
    assert re.findall(r"\w+://", text) == []
    assert re.search(r"20\d\d-\d\d-\d\dT", text) is None, "no clock"


def test_another_lock_is_another_bill_and_a_part_without_a_hash_is_refused(tmp_path: Path) -> None:
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    before = bill_of_materials.bill(tmp_path)
    assert before == bill_of_materials.bill()
    lock = tmp_path / "requirements-build.lock"
    whole = lock.read_text()
    lock.write_text(whole.replace("hatchling==1.33.0", "hatchling==1.33.1"))
    assert bill_of_materials.bill(tmp_path)["serialNumber"] != before["serialNumber"]
    for broken in ("name==1.0\n" + whole, whole + "name @ something\n"):
        lock.write_text(broken)
        with pytest.raises(ValueError, match=r"requirements-build\.lock"):
            bill_of_materials.bill(tmp_path)


def test_the_build_hook_gives_the_bill_to_the_wheel(tmp_path: Path) -> None:
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    written = runpy.run_path(str(ROOT / "hatch_build.py"))["_bill_of_materials"](tmp_path)
    assert (tmp_path / written).read_text() == bill_of_materials.text()
