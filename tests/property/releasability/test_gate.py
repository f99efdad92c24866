"""Whatever is asked of the gate: nothing outside the tables passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.releasability.test_gate import CELLS, EAST, FULL, NORTH, SOUTH, WEST, Terms

from comity.domain.records import Draft
from comity.domain.releasability import (
    KNOWN_LABELS,
    RELEASE_TABLE,
    Audience,
    Denied,
    Disclosure,
    Released,
    ReleaseRule,
    release,
)

PARTIES = st.sampled_from([NORTH, SOUTH, EAST, WEST])
LABELS = st.one_of(st.sampled_from(sorted(KNOWN_LABELS)), st.text(min_size=1, max_size=12))
KINDS = st.one_of(st.sampled_from(sorted(RELEASE_TABLE)), st.text(max_size=20))
BODIES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["footprint", "volumes", "lat_e7", "cells", "reason", "route"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
).map(lambda inner: inner if isinstance(inner, dict) else {"detail": inner})
RULES = st.lists(
    st.builds(
        ReleaseRule,
        st.tuples(
            st.sampled_from(["intent.*", "intent.proposal", "intent.refusal", "agreement.*"])
        ),
        st.frozensets(st.sampled_from(sorted(KNOWN_LABELS))),
        st.sampled_from(["flight-safety", ""]),
    ),
    max_size=3,
).map(tuple)
FINER = ("volumes", "lat_e7", "route")


def places(body: object) -> set[str]:
    if isinstance(body, dict):
        return {*body, *(name for each in body.values() for name in places(each))}
    return {name for each in body for name in places(each)} if isinstance(body, list) else set()


@pytest.mark.requirement("RELEASE-001")
@given(
    kind=KINDS,
    recipients=st.frozensets(PARTIES, max_size=3),
    recipient=PARTIES,
    labels=st.frozensets(LABELS, max_size=3),
    body=st.one_of(BODIES, st.just({"footprint": FULL}), st.just({"footprint": CELLS})),
    terms=st.one_of(
        st.none(),
        st.builds(
            Terms,
            party_ids=st.just((NORTH, SOUTH, EAST)),
            disclosure=st.sampled_from(Disclosure),
            releasability=RULES,
        ),
    ),
)
def test_nothing_outside_the_tables_passes(kind, recipients, recipient, labels, body, terms):
    draft = Draft(kind, tuple(sorted(recipients)), body, labels=tuple(sorted(labels)))
    verdict = release(draft, recipient, terms)
    if isinstance(verdict, Denied):
        return
    assert isinstance(verdict, Released)
    rule = RELEASE_TABLE[kind]
    assert recipient in recipients
    assert labels <= rule.labels
    assert "not-releasable" not in labels
    assert verdict.legal_basis
    if rule.audience is Audience.NAMED:
        return
    assert terms is not None
    assert recipients <= set(terms.party_ids)
    assert verdict.agreement == terms.digest
    agreed = [each for each in terms.releasability if each.covers(kind)]
    assert labels <= agreed[0].labels
    assert verdict.legal_basis == agreed[0].legal_basis
    if terms.disclosure is Disclosure.CELLS:
        assert not places(body) & set(FINER)
