"""Agreements: a text people can read, terms that nodes obey, and who has signed what."""

from comity.domain.agreement.articles import Article
from comity.domain.agreement.book import AgreementBook, HistoryEntry
from comity.domain.agreement.coverage import Gap, Uncovered, required_parties, uncovered
from comity.domain.agreement.drafting import DraftBorder, DraftParty, draft_agreement
from comity.domain.agreement.key_statement import (
    KEY_KIND,
    KEY_KIND_VERSIONS,
    KeyStatement,
    SignedKeyStatement,
    key_draft,
    open_key_body,
    read_key_record,
    sign_key_statement,
    signed_from_body,
    signed_to_body,
)
from comity.domain.agreement.open_points import open_points
from comity.domain.agreement.parse import Agreement, parse_agreement
from comity.domain.agreement.party_card import (
    CARD_PREFIX,
    PAIRING_WORDS,
    PartyCard,
    decode_card,
    encode_card,
    pairing_words,
)
from comity.domain.agreement.party_directory import PartyDirectory
from comity.domain.agreement.protection import (
    BUFFER_M_ASSUMED,
    BUFFER_M_MAX,
    PROTECTED_KINDS,
    Buffers,
    EchelonLevel,
    EchelonTerm,
)
from comity.domain.agreement.records import (
    KINDS,
    SIGNATURE,
    StatementAction,
    proposal_draft,
    signature_draft,
    statement_draft,
)
from comity.domain.agreement.standing import LegalState, LegalStatus
from comity.domain.agreement.terms import (
    Band,
    Border,
    Caps,
    LadderStep,
    LegalBasis,
    PartyTerm,
    SeparationTable,
    Terms,
)
from comity.domain.agreement.text import (
    AgreementTextError,
    agreement_digest,
    check_text,
    decode_text,
)
from comity.domain.agreement.watch_terms import SiteWatch, WatchTerms

__all__ = [
    "BUFFER_M_ASSUMED",
    "BUFFER_M_MAX",
    "CARD_PREFIX",
    "KEY_KIND",
    "KEY_KIND_VERSIONS",
    "KINDS",
    "PAIRING_WORDS",
    "PROTECTED_KINDS",
    "SIGNATURE",
    "Agreement",
    "AgreementBook",
    "AgreementTextError",
    "Article",
    "Band",
    "Border",
    "Buffers",
    "Caps",
    "DraftBorder",
    "DraftParty",
    "EchelonLevel",
    "EchelonTerm",
    "Gap",
    "HistoryEntry",
    "KeyStatement",
    "LadderStep",
    "LegalBasis",
    "LegalState",
    "LegalStatus",
    "PartyCard",
    "PartyDirectory",
    "PartyTerm",
    "SeparationTable",
    "SignedKeyStatement",
    "SiteWatch",
    "StatementAction",
    "Terms",
    "Uncovered",
    "WatchTerms",
    "agreement_digest",
    "check_text",
    "decode_card",
    "decode_text",
    "draft_agreement",
    "encode_card",
    "key_draft",
    "open_key_body",
    "open_points",
    "pairing_words",
    "parse_agreement",
    "proposal_draft",
    "read_key_record",
    "required_parties",
    "sign_key_statement",
    "signature_draft",
    "signed_from_body",
    "signed_to_body",
    "statement_draft",
    "uncovered",
]
