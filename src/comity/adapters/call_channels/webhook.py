"""A call as one HTTPS POST of a small JSON object."""

import http.client
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from comity.adapters.call_channels.trust import trusted_by
from comity.application.ports.call_channel import CallError, CallNotice
from comity.kernel.errors import InputError

CALL_S_MAX = 10.0
ANSWER_BYTES_MAX = 4_096  # read and thrown away; only the status counts
TAKEN = range(200, 300)  # a redirect is a failure: it could lead anywhere


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """One address, over TLS with a checked certificate.

    Attributes:
        url: `https://host[:port]/path`; no other scheme, no user in it.
        token: sent as a bearer token; empty for none.
        ca_file: certificates that are trusted, instead of the system's; empty for those.
    """

    url: str = field(repr=False)
    token: str = field(default="", repr=False)
    ca_file: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname or parts.username is not None:
            raise InputError("url", "not of the form https://host[:port]/path without a user")
        if any(ord(each) < 0x21 or ord(each) > 0x7E for each in self.url + self.token):
            raise InputError("url", "a space, a control or another character than ASCII")

    def call(self, notice: CallNotice) -> str:
        """One POST; any answer of 200 to 299 says that it was taken."""
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        content = json.dumps(
            {
                "exercise": notice.exercise,
                "key": notice.key,
                "matter": notice.matter,
                "message": notice.message,
                "party": notice.party,
                "step": notice.step,
                "stop": notice.stop,
                "words": notice.words,
            }
        ).encode()
        headers = {"content-type": "application/json", "idempotency-key": notice.key}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        trusted = trusted_by(self.ca_file)
        connection = http.client.HTTPSConnection(
            parts.hostname or "", parts.port or 443, timeout=CALL_S_MAX, context=trusted
        )
        try:
            connection.request("POST", path, content, headers)
            answer = connection.getresponse()
            answer.read(ANSWER_BYTES_MAX)
        except (OSError, http.client.HTTPException) as error:
            raise CallError(f"not reached: {type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status not in TAKEN:
            raise CallError(f"answered {answer.status}")
        return f"answered {answer.status}"
