"""Limits on agreements, keys and cards, and what is assumed where a text leaves a thing open."""

TEXT_SIZE_BYTES_MAX = 256 * 1024  # treaties of the field have tens of pages; a record takes 1 MiB
FRONT_MATTER_SIZE_BYTES_MAX = 128 * 1024  # 16 parties' areas of 200 vertices
LINE_LENGTH_MAX = 16 * 1024  # one ring of 700 vertices on a line
NESTING_MAX = 8  # brackets within brackets in the front matter; rings need 3
PARTIES_MIN = 2
PARTIES_MAX = 16  # the largest meeting of parties over one airspace that we know of had 9
SHAPES_MAX = 64  # shapes in one area
CLASSES_MAX = 64  # flight classes, activities, priority classes
LANGUAGES_MAX = 8
ARTICLES_MAX = 200
NAME_LENGTH_MAX = 200
LADDER_STEPS_MAX = 16  # of one party; L-06 had one, and that was the fault
LADDER_AFTER_S_MAX = 86_400.0
LADDER_WORDS_LENGTH_MAX = 64  # an echelon as people call it
ECHELONS_MAX = 64  # of one party: headquarters, and each unit and callsign that flies
ECHELON_WITHIN_S_MAX = 7 * 86_400.0
LOOK_AHEAD_S_MIN = 20.0  # shorter, there is no time left to turn in
LOOK_AHEAD_S_MAX = (
    600.0  # further on, nobody flies straight; nets for that plan (MTCD), and do not warn
)
GRACE_S_MAX = 3_600.0
SITE_UPPER_M_MAX = 30_000.0
WORDS_LENGTH_MAX = 2_000  # a reason, a legal basis

CLOCK_DIFFERENCE_S_MAX = 5.0  # ASTM F3548-21 TimeSyncMaxDifferentialSeconds
CLOCK_DIFFERENCE_S_LIMIT = 60.0  # beyond it decide-by and expiry lose their meaning
GUARD_BAND_FACTOR = 2.0  # DESIGN rule 7: at least twice the allowed clock difference

# Taken where the text states no minima, and flagged: never zero, which would let anything pass.
HORIZONTAL_M_ASSUMED = 9_260.0  # 5 NM, ICAO Doc 4444 §8.7.3.1
VERTICAL_M_ASSUMED = 609.6  # 2000 ft, ICAO Doc 4444 §5.3.2 at and above FL 290 without RVSM

DECIDE_WITHIN_S_ASSUMED = 900.0  # a supervisor's quarter of an hour; flagged where it is assumed
VALIDITY_DAYS_MAX = 3_660  # ten years; INCSEA is reviewed each year (L-12)

VERSIONS_MAX = 1_000  # versions of agreements that one book holds
PROPOSALS_OPEN_MAX = 32  # of one party, not yet signed by all
RECORDS_UNMATCHED_MAX = 64  # signatures and statements of one party for texts not yet seen
STATEMENTS_MAX = 1_000  # of one party; the memorandum of L-02 saw four in two years

KEY_VALIDITY_DAYS_MAX = 90  # DESIGN: an offline root signs node keys for at most 90 days
KEY_STATEMENTS_MAX = 1_000  # of one party; a rotation each week for 19 years
REVOCATIONS_MAX = 64  # keys that one statement revokes
CARD_SIZE_BYTES_MAX = 16 * 1024
CERTIFICATE_SIZE_BYTES_MAX = 8 * 1024
CERTIFICATES_KEPT_MAX = 8  # of one party, newest first: two years of rotations each 90 days
ADDRESSES_MAX = 8
ADDRESS_LENGTH_MAX = 200
