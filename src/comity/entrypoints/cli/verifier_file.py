"""The verifiers that are handed over with a bundle: one file for Python, one page for a browser."""

import io
import zipfile
from importlib import resources

from comity.kernel.errors import StoreError

PACKAGE = "comity_verify"
_START = f"import sys\nfrom {PACKAGE}.__main__ import main\nsys.exit(main(sys.argv[1:]))\n"
_DATE = (1980, 1, 1, 0, 0, 0)  # no clock: the same sources give the same bytes


def verifier_file() -> bytes:
    """A zip application: `python comity-verify.pyz BUNDLE`."""
    out = io.BytesIO()
    out.write(b"#!/usr/bin/env python3\n")
    folder = resources.files("comity.entrypoints.offline_verifier")
    sources = {
        f"{PACKAGE}/{each.name}": each.read_bytes()
        for each in folder.iterdir()
        if each.name.endswith(".py")
    }
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as archive:
        for name, content in sorted({"__main__.py": _START.encode(), **sources}.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATE), content)
    return out.getvalue()


def verifier_page() -> bytes:
    """The third verifier: one page for a browser, opened from disk. Made by the build from console/src/verifier.

    Raises:
        StoreError: this installation was made without it.
    """
    page = resources.files("comity.entrypoints.offline_verifier") / "page" / "verify.html"
    if not page.is_file():
        raise StoreError("page-missing", "this installation has no verify.html; install it anew")
    return page.read_bytes()
