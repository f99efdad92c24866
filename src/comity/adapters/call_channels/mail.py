"""A call as one e-mail, handed to a mail server over TLS."""

import smtplib
from dataclasses import dataclass, field
from email.message import EmailMessage

from comity.adapters.call_channels.trust import trusted_by
from comity.application.ports.call_channel import CallError, CallNotice
from comity.kernel.errors import InputError

CALL_S_MAX = 20.0  # of each exchange with the server; a mail takes about eight
TO_MAX = 16
ADDRESS_LENGTH_MAX = 254  # RFC 5321 §4.5.3.1.3


@dataclass(frozen=True, slots=True)
class MailChannel:
    """One mail server and who is written to.

    Attributes:
        implicit_tls: TLS from the first byte (port 465); otherwise STARTTLS, and nothing before it.
        ca_file: certificates that are trusted, instead of the system's; empty for those.
    """

    host: str
    port: int
    sender: str
    to: tuple[str, ...] = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    implicit_tls: bool = True
    ca_file: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.to) <= TO_MAX:
            raise InputError("to", f"{len(self.to)} addresses, 1 to {TO_MAX} are allowed")
        for address in (self.sender, *self.to):
            plain = address.isascii() and address.isprintable() and " " not in address
            if not plain or "@" not in address or len(address) > ADDRESS_LENGTH_MAX:
                raise InputError("to", "not an address of the form name@host")
        if not 1 <= self.port <= 65_535:
            raise InputError("port", f"{self.port} is outside 1 to 65535")

    def call(self, notice: CallNotice) -> str:
        """One mail, to everybody on the list."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, ", ".join(self.to)
        mail["Subject"] = notice.words[:100]
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices in answer
        mail.set_content(f"{notice.words}\n\nkey {notice.key}\n")
        trusted = trusted_by(self.ca_file)
        try:
            if self.implicit_tls:
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self.host, self.port, timeout=CALL_S_MAX, context=trusted
                )
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=CALL_S_MAX)
            with server:
                if not self.implicit_tls:
                    server.starttls(context=trusted)
                if self.user:
                    server.login(self.user, self.password)
                refused = server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise CallError(f"not taken: {type(error).__name__}") from error
        taken = len(self.to) - len(refused)
        return f"taken for {taken} of {len(self.to)}"
