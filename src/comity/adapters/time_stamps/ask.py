"""One request to a time-stamping authority. Source: RFC 3161 §3.4."""

import http.client
from urllib.parse import urlsplit

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from comity.adapters.time_stamps.tokens import REPLY_BYTES_MAX, read_reply
from comity.kernel.errors import InputError, RecordError

ASK_S_MAX = 20.0


def ask_for_stamp(authority: str, message: bytes) -> bytes:
    """Ask for a stamp over the SHA-256 of a message; nothing else of it goes out.

    Args:
        authority: `http://host/path` or `https://…`.
        message: what is stamped.

    Returns:
        The reply, which is over this message and answers this request's nonce; who signed it is not
        checked here.

    Raises:
        InputError: `time_stamp_authority`: no such address, it does not answer, or refuses.
        RecordError: `time-stamp`: it answers something else.
    """
    place = urlsplit(authority)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if place.scheme not in kinds or not place.hostname:
        raise InputError("time_stamp_authority", f"{authority[:80]!r} is not http(s)://host/path")
    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query"}
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    try:
        connection = kinds[place.scheme](place.hostname, place.port, timeout=ASK_S_MAX)
        try:
            connection.request("POST", path, request.as_bytes(), headers)
            answer = connection.getresponse()
            content = answer.read(REPLY_BYTES_MAX + 1)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise InputError("time_stamp_authority", f"{authority[:80]}: {error}") from error
    if answer.status != 200:
        raise InputError("time_stamp_authority", f"{authority[:80]} answers {answer.status}")
    reply, _ = read_reply(content, message)
    if reply.tst_info.nonce != request.nonce:
        raise RecordError("time-stamp", "the reply answers another request")
    return bytes(content)
