"""Limits of the line, each with its reason."""

TEXT_LENGTH_MAX = 8_000  # some four pages; what is longer is a document, and is attached
SUBJECT_LENGTH_MAX = 200
WORDS_LENGTH_MAX = 2_000  # a reason, a remark, as in the agreement room
SCOPE_LENGTH_MAX = 1_000
NAME_LENGTH_MAX = 100
REFERENCES_MAX = 32
REFERENCE_ID_LENGTH_MAX = 128
ATTACHMENTS_MAX = 4
ATTACHMENT_BYTES_MAX = (
    512 * 1024
)  # of all of one message: in base64 they must fit a record of 1 MiB
NUMBER_MAX = 1_000_000_000
ACCURACY_M_MAX = 50_000  # what is known no better is no position
RADIUS_M_MAX = (
    100_000  # with the accuracy within what geometry computes (200 km); wider: name what is meant
)

LADDER_STEPS_MAX = 16  # of one party
LADDER_AFTER_S_ASSUMED = 60.0  # where the agreement has no ladder; flagged there

# Unreceipted records to one party beyond which all but FLASH is held back at its own node: what a
# FLASH may have to wait for. 32 records take a peer some 30 ms to verify (docs/decisions/0023).
WINDOW_RECORDS = 32
WINDOW_BYTES = 256 * 1024
QUEUED_MAX = 20_000  # drafts held back; beyond it a person is told to wait

QUEUED_BYTES_MAX = 64 << 20  # of all of them

UNMATCHED_MAX = 1_000  # answers of one party to messages not yet received
UNMATCHED_BYTES_MAX = 64 * 1024  # of one of them; the longest translation has 32 KiB
ITEMS_KEPT_MAX = (
    20_000  # things said by one party; at 12 a day (L-07) 4.5 years. The journal has all
)
ESCALATIONS_KEPT_MAX = 256  # steps told of one thing said: 16 parties with 16 steps each

SILENCES_KEPT_MAX = 20_000  # records about which an echelon was silent; the journal has all

CHECK_ANSWER_S_MAX = 60.0  # a check not answered for so long, or for half its interval, is missed
READ_BACKS_MAX = 64  # of one message by one party
TRANSLATIONS_MAX = 64  # of one message
ECHELON_LENGTH_MAX = 64

# Untaken FLASH of one author whose ladders run; more ring, but a peer cannot have a whole staff called out.
LADDERS_RUNNING_MAX = 64
