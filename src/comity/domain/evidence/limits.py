"""Limits of docs/spec/bundle.md."""

ENTRIES_MAX = 4_000  # their list fits into one record of 1 MiB
BUNDLE_SIZE_BYTES_MAX = (
    2**31 - 1
)  # every ZIP reader, and a browser's file, goes so far without ZIP64
PART_SIZE_BYTES_MAX = 2_097_152  # an envelope of the greatest size, its quotes escaped, and a proof
LEAVES_MAX = 1_000_000
PARTIES_MAX = 64  # as many as a record's recipients
CUSTODY_MAX = 200
TITLE_LENGTH_MAX = 200
NAME_LENGTH_MAX = 100
DESCRIPTION_LENGTH_MAX = 500
WORDS_LENGTH_MAX = 200
MEDIA_TYPE_LENGTH_MAX = 100
