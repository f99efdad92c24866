"""`python comity-verify.pyz BUNDLE [--root PARTY=BASE64]`: checks a bundle; needs Python 3.11 and nothing else."""

import base64
import binascii
import json
import sys
from pathlib import Path
from typing import Any

from .reading import RefusedError
from .verifying import verify

_USAGE = """usage: comity-verify BUNDLE [--root PARTY=BASE64 ...] [--json]

Checks an evidence bundle offline, trusting neither side. Ends with 0 where it holds, 1 where it does not,
2 where it cannot be read. --root gives a party's root key as you know it; another is then refused.
"""


def main(arguments: list[str]) -> int:
    """Check one bundle and say what it shows."""
    roots: dict[str, bytes] = {}
    files: list[str] = []
    as_json = False
    rest = iter(arguments)
    for each in rest:
        if each == "--json":
            as_json = True
        elif each == "--root":
            party, _, key = next(rest, "").partition("=")
            try:
                roots[party] = base64.b64decode(key, validate=True)
            except binascii.Error:
                return _say(f"{each}: {key!r} is not base64", 2)
        elif each.startswith("-"):
            return _say(_USAGE, 0 if each in {"-h", "--help"} else 2)
        else:
            files.append(each)
    if len(files) != 1:
        return _say(_USAGE, 2)
    try:
        with Path(files[0]).open("rb") as file:
            found = verify(file, roots)
    except RefusedError as error:
        return _say(f"DOES NOT HOLD: {error}", 1)
    except OSError as error:
        return _say(f"{files[0]}: {error.strerror}", 2)
    sys.stdout.write(json.dumps(found, indent=2) + "\n" if as_json else _in_words(found, roots))
    return 0


def _in_words(found: dict[str, Any], roots: dict[str, bytes]) -> str:
    lines = [
        f"HOLDS: {found['title']}",
        f"  listed and signed by {found['maker']}, operator {found['operator']}, {found['made_at']}",
        "Root keys",
    ]
    for each in found["parties"]:
        whose = "the one you gave" if each["party"] in roots else "AS THE BUNDLE STATES IT: compare"
        lines.append(f"  {each['party']}  {each['root_key_sha256']}  {each['name']}: {whose}")
    for log in found["logs"]:
        stored = log["cosigned_unix_s"]
        when = "not cosigned" if stored is None else f"stored there by POSIX second {stored}"
        shown, withheld = len(log["shown"]), len(log["withheld"])
        rest = log["size"] - shown - withheld
        lines.append(
            f"Log {log['owner']} -> {log['reader']}: {shown} shown, {withheld} withheld, "
            f"{rest} neither, of {log['size']}; {when}"
        )
    lines.append(
        "Not shown: that the records are true, that a person read them, that clocks were right,"
    )
    lines.append("or where material comes from beyond the maker's word.")
    stamp = found["time_stamp"]
    if stamp is not None:
        name = stamp["authority"]
        lines += [
            "A time-stamp token is present and bound to this bundle; WHO SIGNED IT IS NOT CHECKED HERE.",
            f"  It says {stamp['at']}, serial {stamp['serial']}, policy {stamp['policy']}, "
            + ("and names no authority." if name is None else f"and names itself {name}."),
            "Checked: granted, over the files listed before it, its content as its signer's digest has it.",
            "Not checked: the signature, the signer's certificate, its purpose, its chain to a root. Whoever",
            "made the bundle could have made the token. `comity evidence verify BUNDLE --time-stamp-root",
            "ROOT.pem` checks them.",
        ]
    return "\n".join(lines) + "\n"


def _say(text: str, code: int) -> int:
    sys.stderr.write(text.rstrip() + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
