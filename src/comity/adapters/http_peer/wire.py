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

# What one peer is served. An honest one at full pace (900 flights a second of some 5 kB in its log) takes
# 4.5 MB a second, and has one pull under way at a time: each waits for a flush at either end. So it asked at
# most 121 times a second where this was measured (2 cores), and at full pace seldom, for each answer then
# carries many records. 880 times beside these bytes wait for nothing; a hostile one is held to 1,024.
SERVED_BYTES_PER_S = 32 << 20
SERVED_BYTES_BURST = 64 << 20
REQUEST_COST_BYTES = 32 << 10  # of a request by itself
