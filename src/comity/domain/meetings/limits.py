"""Limits of meetings and calls, with their reasons."""

MEETINGS_MAX = 2_000  # that one book holds: one each working day for eight years
MEETINGS_OF_A_PARTY_MAX = 500  # begun by one party, so that one cannot fill the book
RECORDS_OF_A_PARTY_MAX = 2_000  # in one meeting, signals of a call left out
SIGNALS_OF_A_PARTY_MAX = 1_000  # in one meeting: six people who come back thirty times
TITLE_LENGTH_MAX = 120
WORDS_LENGTH_MAX = 2_000
LINE_LENGTH_MAX = 500
PLACE_LENGTH_MAX = 200
PERSON_LENGTH_MAX = 100
ZONE_LENGTH_MAX = 64
STATED_LENGTH_MAX = 40
AGENDA_MAX = 50
PERSONS_MAX = 50
LINES_MAX = 200
DECISIONS_MAX = 100
TASKS_MAX = 100
DURATION_S_MAX = 7 * 86_400.0  # a conference of a week; what is longer is more meetings
PARTIES_MAX = 16  # as of an agreement
STATIONS_MAX = (
    6  # a full mesh: each sends its picture to each other; beyond six nobody's uplink bears it
)
SDP_SIZE_BYTES_MAX = 24 * 1024  # Chromium's with two tracks and all codecs is about 7 KB
SDP_LINES_MAX = 600
CANDIDATES_MAX = 60  # a console with ten interfaces; a browser tries every address it is given
NUMBER_MAX = 1_000_000
