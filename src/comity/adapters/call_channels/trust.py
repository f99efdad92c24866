"""Which servers a channel trusts."""

import ssl

from comity.application.ports.call_channel import CallError


def trusted_by(ca_file: str) -> ssl.SSLContext:
    """TLS with checked certificates: of those in a file, or of the system's where it is empty.

    Raises:
        CallError: the file is missing, or holds no certificates; its path is not repeated.
    """
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:  # ssl.SSLError is one
        raise CallError(f"ca_file: {type(error).__name__}") from error
