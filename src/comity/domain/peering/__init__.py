"""What two nodes say to each other to exchange their logs, and how far their clocks differ."""

from comity.domain.peering.allowance import Allowance
from comity.domain.peering.clock_difference import ClockDifference, ClockSample
from comity.domain.peering.messages import (
    ENTRIES_PER_RESPONSE_MAX,
    ENTRIES_SIZE_BYTES_MAX,
    GIVEN_BACK_SIZE_BYTES_MAX,
    PROTOCOL_VERSION,
    REQUEST_SIZE_BYTES_MAX,
    RESPONSE_SIZE_BYTES_MAX,
    Entry,
    PullRequest,
    PullResponse,
    Recovered,
    decode_request,
    decode_response,
    encode_message,
)

__all__ = [
    "ENTRIES_PER_RESPONSE_MAX",
    "ENTRIES_SIZE_BYTES_MAX",
    "GIVEN_BACK_SIZE_BYTES_MAX",
    "PROTOCOL_VERSION",
    "REQUEST_SIZE_BYTES_MAX",
    "RESPONSE_SIZE_BYTES_MAX",
    "Allowance",
    "ClockDifference",
    "ClockSample",
    "Entry",
    "PullRequest",
    "PullResponse",
    "Recovered",
    "decode_request",
    "decode_response",
    "encode_message",
]
