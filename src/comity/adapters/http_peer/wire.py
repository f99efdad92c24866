"""What both ends of the peer door agree on: paths, headers, limits (docs/rooms/doors.md)."""

PEER_VERSIONS = (1,)
"""Versions of the peer protocol this node speaks, lowest first."""

HELLO_PATH = "/peer/v1/hello"
PULL_PATH = "/peer/v1/pull"
WAKE_PATH = "/peer/v1/wake"
PULL_MEDIA_TYPE = "application/vnd.comity.pull.v1+msgpack"
PROBLEM_MEDIA_TYPE = "application/problem+json"

REQUEST_BODY_BYTES_MAX = 64 << 10  # docs/spec/peering.md, Limits
RESPONSE_BODY_BYTES_MAX = 16 << 20  # docs/spec/peering.md, Limits
HEADER_BYTES_MAX = 16 << 10  # request line and headers; ours are under 512 bytes
BODY_READ_S_MAX = 10.0  # a peer that dribbles its request longer than this is cut off
PULL_WAIT_S_MAX = 25.0  # docs/spec/peering.md rule 1; common middleboxes drop silence at 30 s
PULLS_WAITING_MAX = 4  # per peer: one in use, the rest for connections that died unnoticed
CONNECTIONS_MAX = 256  # of all peers together
CONNECTIONS_OF_A_PEER_MAX = 16  # one in use; 15 other parties of an agreement fit beside each other

# What one peer is served: far above an exchange at full pace (1,000 records of 3 kB a second), and
# far below what would take a core from everybody else.
SERVED_BYTES_PER_S = 32 << 20
SERVED_BYTES_BURST = 64 << 20
REQUEST_COST_BYTES = 64 << 10  # of a request by itself: 512 a second
