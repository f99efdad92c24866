from dataclasses import dataclass, field, replace

import pytest
from tests.agreement_world import actors, text_between

from comity.domain.agreement import parse_agreement
from comity.domain.records import Draft
from comity.domain.releasability import (
    RELEASE_TABLE,
    Audience,
    Denied,
    DenyRule,
    Disclosure,
    Released,
    ReleaseRule,
    release,
)
from comity.kernel.ids import AgreementDigest, PartyId
from comity.kernel.invariants import InvariantError

NORTH, SOUTH, EAST, WEST = (each.id for each in actors("north", "south", "east", "west"))
CELLS = {"cells": [["871f8c4d1ffffff", 3, 40]], "resolution": 7, "slot_s": 60, "datum": "WGS84"}
FULL = {"volumes": [{"shape": {"latitude_deg_e7": [1]}}], "flight_class": "uncrewed"}

DIGEST = AgreementDigest("ab" * 32)


class Everybody:
    """A circle of all, with a basis of its own."""

    def denies(self, draft, recipient):
        return None

    def allowed_labels(self, draft):
        return frozenset({"tlp:green"})

    def legal_basis(self, draft):
        return "an article"


class Nobody(Everybody):
    def denies(self, draft, recipient):
        return "no member"


class Baseless(Everybody):
    def legal_basis(self, draft):
        return ""


IN_CIRCLE = sorted(k for k, rule in RELEASE_TABLE.items() if rule.audience is Audience.CIRCLE)


@dataclass(frozen=True)
class Terms:
    digest: AgreementDigest = DIGEST
    party_ids: tuple[PartyId, ...] = (NORTH, SOUTH, EAST)
    disclosure: Disclosure = Disclosure.FULL
    releasability: tuple[ReleaseRule, ...] = field(
        default=(ReleaseRule(("intent.*",), frozenset({"tlp:green"}), "flight-safety"),)
    )


TERMS = Terms()
PROPOSAL = Draft("intent.proposal", (SOUTH,), {"footprint": FULL})


def denied(draft: Draft, recipient: PartyId = SOUTH, terms: Terms | None = TERMS) -> DenyRule:
    verdict = release(draft, recipient, terms)
    assert isinstance(verdict, Denied), verdict
    assert verdict.reason
    return verdict.rule


@pytest.mark.requirement("RELEASE-001")
@pytest.mark.parametrize("kind", ["intent.wish", "site.list", "agreement", "intent.proposal.x", ""])
def test_a_kind_without_a_rule_is_denied(kind):
    assert denied(replace(PROPOSAL, kind=kind)) is DenyRule.UNKNOWN_KIND


@pytest.mark.requirement("RELEASE-001")
def test_who_is_not_named_in_the_draft_receives_nothing():
    assert denied(PROPOSAL, EAST) is DenyRule.NOT_A_RECIPIENT


@pytest.mark.requirement("RELEASE-002")
def test_a_flight_goes_to_parties_of_the_agreement_in_force_and_to_nobody_else():
    verdict = release(PROPOSAL, SOUTH, TERMS)
    assert isinstance(verdict, Released)
    assert (verdict.recipient, verdict.agreement) == (SOUTH, TERMS.digest)
    assert denied(PROPOSAL, terms=None) is DenyRule.NO_AGREEMENT
    assert denied(replace(PROPOSAL, recipients=(WEST,)), WEST) is DenyRule.NOT_A_PARTY
    both = replace(PROPOSAL, recipients=(SOUTH, WEST))
    assert denied(both, SOUTH) is DenyRule.NOT_A_PARTY, "all of an audience see one record"


def test_what_needs_consent_goes_nowhere_where_nobody_was_asked_or_somebody_said_no():
    draft = Draft("observation.report", (SOUTH,), {})
    assert denied(draft) is DenyRule.NO_CONSENT
    verdict = release(draft, SOUTH, TERMS, refusal=lambda said, to: "not to you")
    assert isinstance(verdict, Denied)
    assert (verdict.rule, verdict.reason) == (DenyRule.NO_CONSENT, "not to you")


@pytest.mark.requirement("RELEASE-003")
@pytest.mark.parametrize("kind", sorted({*RELEASE_TABLE} - {*IN_CIRCLE}))
def test_every_release_cites_its_legal_basis(kind):
    draft = Draft(kind, (SOUTH,), {})
    rules = (
        *TERMS.releasability,
        ReleaseRule(("site.*", "movement.*", "observation.*"), frozenset(), "flight-safety"),
    )
    terms = replace(TERMS, releasability=rules)
    verdict = release(draft, SOUTH, terms, refusal=lambda said, to: None)
    assert isinstance(verdict, Released)
    if RELEASE_TABLE[kind].audience is Audience.NAMED:
        assert isinstance(release(draft, SOUTH, None), Released)
        assert verdict.legal_basis == "own-word"
        return
    assert verdict.legal_basis == "flight-safety"
    for rules in ((), (ReleaseRule(("intent.other",), frozenset(), "flight-safety"),),
                  (ReleaseRule((kind,), frozenset(), ""),)):  # fmt: skip
        without = release(draft, SOUTH, Terms(releasability=rules), refusal=lambda said, to: None)
        assert isinstance(without, Denied)
        assert without.rule is DenyRule.NO_LEGAL_BASIS


@pytest.mark.requirement("RELEASE-007")
@pytest.mark.parametrize("kind", IN_CIRCLE)
def test_what_a_circle_says_goes_to_its_parties_alone(kind):
    draft = Draft(kind, (SOUTH,), {})
    for circle in (None, Nobody()):
        verdict = release(draft, SOUTH, TERMS, circle=circle)
        assert isinstance(verdict, Denied)
        assert verdict.rule is DenyRule.NOT_IN_CIRCLE
    verdict = release(draft, SOUTH, None, circle=Everybody())
    assert isinstance(verdict, Released)
    material = RELEASE_TABLE[kind].material
    assert verdict.legal_basis == ("an article" if material else "own-word")
    baseless = release(draft, SOUTH, TERMS, circle=Baseless())
    assert isinstance(baseless, Denied if material else Released)
    amber = release(replace(draft, labels=("tlp:amber",)), SOUTH, TERMS, circle=Everybody())
    assert isinstance(amber, Denied if material else Released)
    for body in ({"footprint": FULL}, {"detail": [{"volumes": []}]}):
        shown = release(replace(draft, body=body), SOUTH, TERMS, circle=Everybody())
        assert isinstance(shown, Denied)
        assert shown.rule is DenyRule.DISCLOSURE


@pytest.mark.requirement("RELEASE-003")
def test_a_drafted_agreement_names_the_basis_that_its_releases_cite():
    north, south = actors("north", "south")
    terms = parse_agreement(text_between(north.draft_party(), south.draft_party())).terms
    verdict = release(PROPOSAL, SOUTH, terms)
    assert isinstance(verdict, Released)
    assert verdict.legal_basis in {basis.id for basis in terms.legal_basis}


@pytest.mark.requirement("RELEASE-004")
@pytest.mark.parametrize(
    ("labels", "rule"),
    [
        (("tlp:green",), None),
        (("tlp:amber",), DenyRule.LABEL),
        (("not-releasable",), DenyRule.LABEL),
        (("tlp:green", "not-releasable"), DenyRule.LABEL),
        (("TLP:GREEN",), DenyRule.UNKNOWN_LABEL),
        (("tlp:green", "eyes-only"), DenyRule.UNKNOWN_LABEL),
    ],
)
def test_a_label_passes_only_where_the_table_and_the_agreement_let_it(labels, rule):
    draft = replace(PROPOSAL, labels=labels)
    if rule is None:
        assert isinstance(release(draft, SOUTH, TERMS), Released)
    else:
        assert denied(draft) is rule
    before_terms = Draft("agreement.statement", (WEST,), {}, labels=("tlp:red",))
    assert denied(before_terms, WEST, None) is DenyRule.LABEL


@pytest.mark.requirement("RELEASE-005")
@pytest.mark.parametrize(
    "body",
    [
        {"footprint": FULL},
        {"footprint": CELLS | {"volumes": []}},
        {"detail": {"lat_e7": 470000000, "lon_e7": 80000000}},
        {"detail": {"nested": [[{"least_horizontal_mm": 3}]]}},
        {"route": "via the valley"},
        {"footprint": CELLS, "shape": {}},
    ],
)
def test_where_cells_are_agreed_nothing_finer_leaves(body):
    terms = Terms(disclosure=Disclosure.CELLS)
    for kind in ("intent.proposal", "intent.refusal", "intent.announcement", "intent.state"):
        assert denied(Draft(kind, (SOUTH,), body), terms=terms) is DenyRule.DISCLOSURE


@pytest.mark.requirement("RELEASE-005")
def test_cells_leave_where_cells_are_agreed_and_an_intent_may_choose_them_itself():
    draft = replace(PROPOSAL, body={"footprint": CELLS, "disclosure": "cells"})
    for disclosure in Disclosure:
        assert isinstance(release(draft, SOUTH, Terms(disclosure=disclosure)), Released)
    betrayed = replace(PROPOSAL, body={"footprint": FULL, "disclosure": "cells"})
    assert denied(betrayed) is DenyRule.DISCLOSURE
    assert denied(replace(betrayed, body={"footprint": FULL, "disclosure": None})) is (
        DenyRule.DISCLOSURE
    )


@pytest.mark.requirement("RELEASE-005")
@pytest.mark.parametrize("kind", ["intent.assent", "intent.acceptance", "intent.withdrawal"])
def test_an_answer_does_not_show_where_a_flight_goes(kind):
    for name in ("footprint", "off_nominal", "volumes", "shape"):
        draft = Draft(kind, (SOUTH,), {"detail": [{name: 1}]})
        assert denied(draft) is DenyRule.DISCLOSURE


@pytest.mark.requirement("RELEASE-006")
def test_nothing_but_the_gate_makes_a_permission():
    with pytest.raises(TypeError):
        Released(PROPOSAL, SOUTH, "flight-safety", TERMS.digest)
    with pytest.raises(InvariantError):
        Released(PROPOSAL, SOUTH, "flight-safety", TERMS.digest, object())
    genuine = release(PROPOSAL, SOUTH, TERMS)
    assert isinstance(genuine, Released)
    with pytest.raises((InvariantError, TypeError, ValueError)):
        replace(genuine, recipient=WEST, _gate=None)


@pytest.mark.requirement("RELEASE-008")
def test_what_needs_a_consent_goes_out_with_it_only_and_under_an_agreement():
    terms = replace(TERMS, releasability=(ReleaseRule(("site.*",), frozenset(), "humanitarian"),))
    notice = Draft("site.notice", (SOUTH,), {"sites": [{"place": {"latitude_deg_e7": [1]}}]})

    def judged(refusal, terms=terms):
        verdict = release(notice, SOUTH, terms, refusal=refusal)
        return verdict.rule if isinstance(verdict, Denied) else verdict.legal_basis

    assert judged(None) is DenyRule.NO_CONSENT
    assert judged(lambda draft, recipient: "not said") is DenyRule.NO_CONSENT
    assert judged(lambda draft, recipient: None) == "humanitarian"
    assert judged(lambda draft, recipient: None, None) is DenyRule.NO_AGREEMENT
    assert judged(lambda draft, recipient: None, TERMS) is DenyRule.NO_LEGAL_BASIS
    cells = replace(terms, disclosure=Disclosure.CELLS)
    assert judged(lambda draft, recipient: None, cells) == "humanitarian"
