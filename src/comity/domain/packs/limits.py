"""Limits of docs/spec/pack.md."""

from typing import Final

PACK_SITES_MAX: Final = 20_000  # a crew's region; making it keeps a node busy for about a second
PACK_MOVEMENTS_MAX: Final = 2_000
PACK_NOTICES_MAX: Final = 2_000
TAKEN_BACK_MAX: Final = 20_000
BORDERS_MAX: Final = 8
BORDER_FILE_SIZE_BYTES_MAX: Final = 8 << 20
PACK_SIZE_BYTES_MAX: Final = 64 << 20
IDS_OF_A_HOLDING_MAX: Final = 20_000  # 19 bytes each: under half of what a record may have

LIFE_S_MAX: Final = 30 * 86_400.0  # as long as a register may have heard nothing (site.md §8)
STALE_S_ASSUMED: Final = 24 * 3_600.0
LIFE_S_ASSUMED: Final = 7 * 86_400.0
AHEAD_S_MAX: Final = 300.0
"""A machine without a network drifts by seconds a day; five minutes are months of that, or a wrong clock."""

AREA_RADIUS_M_MAX: Final = (
    400_000.0  # with a corridor's 200 km, within what distances are proved for
)
WORDS_LENGTH_MAX: Final = 200

PACKS_HELD_MAX: Final = 10_000  # remembered by a node; beyond, those expired longest ago are let go
IDS_HELD_MAX: Final = 20_000_000  # of all of them: 160 MB
FORGOTTEN_S: Final = 400 * 86_400.0  # after its expiry a pack is remembered for a year and a month
