"""Time-based codes (RFC 6238) by pyotp, and their QR code by segno."""

import hmac

import pyotp
import segno

from comity.domain.operators.access import CODE_STEP_S

NEIGHBOURS = 1  # steps before and after: clocks of phones are off by some seconds (RFC 6238 §5.2)


class TotpCodes:
    """`Codes`, SHA-1 and six digits: what every code generator reads."""

    def new_secret(self) -> str:
        """A secret of 160 bits in base32."""
        return pyotp.random_base32()

    def uri(self, secret: str, person: str, issuer: str) -> str:
        """As code generators read it."""
        uri: str = pyotp.TOTP(secret, interval=CODE_STEP_S).provisioning_uri(
            name=person, issuer_name=issuer
        )
        return uri

    def picture(self, uri: str) -> list[str]:
        """As rows of a QR code, `1` dark and `0` light, without a margin."""
        rows = segno.make(uri, error="m").matrix
        return ["".join("1" if dark else "0" for dark in row) for row in rows]

    def step_of(self, secret: str, code: str, unix_s: float) -> int | None:
        """Number of the time step whose code it is; every candidate is compared, whichever fits."""
        if not code.isascii():
            return None
        code_of = pyotp.HOTP(secret)
        now, found = int(unix_s) // CODE_STEP_S, None
        for step in range(now - NEIGHBOURS, now + NEIGHBOURS + 1):
            if hmac.compare_digest(code_of.at(step), code):
                found = step
        return found
