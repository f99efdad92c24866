"""Limits of working groups, with their reasons."""

GROUPS_MAX = 1_000  # that one book holds; a party works in some tens
GROUPS_OF_A_PARTY_MAX = 100  # created by one party, so that one cannot fill the book
NAME_LENGTH_MAX = 120
TERMS_LENGTH_MAX = 4_000  # two pages; what is longer is a document of the group
WORDS_LENGTH_MAX = 2_000  # a post, a reason, a legal basis
SUBJECT_LENGTH_MAX = 120
PERSON_LENGTH_MAX = 100
DOCUMENT_SIZE_BYTES_MAX = (
    256 * 1024
)  # in base64, signed, and once more inside `group.earlier`, under 1 MiB
RECORDS_OF_A_PARTY_MAX = 10_000  # in one group: ten a day for three years
REPLACES_MAX = 16  # rival versions that one version of a task settles
RECORDS_TOLD_MAX = 32  # membership records in one `group.members`; more go in the next
RECORDS_TOLD_SIZE_BYTES_MAX = 384 * 1024  # together; half of what a record may have
CREATION_SIZE_BYTES_MAX = 24 * 1024  # the envelope of a creation: 4,000 characters, 63 parties
