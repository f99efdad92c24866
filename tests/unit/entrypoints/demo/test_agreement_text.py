"""The demonstration's agreement is one that the nodes read and people can."""

import pytest
from nacl.signing import SigningKey

from comity.adapters.generated_traffic import SERVICES
from comity.adapters.natural_earth import border_data_set
from comity.domain.agreement import parse_agreement
from comity.domain.records import party_id_of
from comity.domain.releasability import Disclosure
from comity.entrypoints.demo.agreement_text import ALPS, BALTIC, agreement_text
from comity.kernel.instants import instant_from_rfc3339

BEGINS = instant_from_rfc3339("2026-11-24T00:00:00Z")


class CardOf:
    """The three things that the text takes from a card."""

    def __init__(self, number: int) -> None:
        service = SERVICES[number]
        self.name = service.name
        self.root_key = bytes(SigningKey(bytes([number + 1]) * 32).verify_key)
        self.party = party_id_of(service.slug, self.root_key)


@pytest.mark.requirement("DEMO-002")
@pytest.mark.parametrize(("region", "areas"), [(BALTIC, (3, 4)), (ALPS, (1, 1))])
def test_the_text_is_read_to_the_terms_it_states(region, areas):
    cards = [CardOf(0), CardOf(1)]
    text = agreement_text(region, cards, border_data_set(), BEGINS)
    terms = parse_agreement(text).terms
    assert terms.party_ids == tuple(card.party for card in cards)
    assert tuple(len(party.area_of_interest) for party in terms.parties) == areas
    assert terms.border.sha256 == border_data_set().digest
    assert terms.covers_time(BEGINS)
    assert terms.covers_time(BEGINS.plus_s(86_400))
    minima = terms.separation.minima
    assert minima("jet", "turboprop").horizontal_m == 5556.0
    assert minima("jet", "turboprop").vertical_m == pytest.approx(182.88)
    assert minima("uas", "jet").horizontal_m == 3704.0
    assert minima("uas", "uas").horizontal_m == 500.0
    assert all(len(shape.latitude_deg) <= 60 for shape in terms.area)


@pytest.mark.requirement("DEMO-002")
def test_what_the_text_leaves_open_is_the_terrain_and_what_the_demonstration_never_sends():
    terms = parse_agreement(
        agreement_text(BALTIC, [CardOf(0), CardOf(1)], border_data_set(), BEGINS)
    ).terms
    assert terms.height_bounds.terrain_m is None
    heads = {words.partition(":")[0] for words in terms.undefined}
    assert heads <= {"releasability"}


@pytest.mark.requirement("DEMO-008")
@pytest.mark.parametrize("disclosure", Disclosure)
def test_the_text_says_how_finely_flights_are_shown(disclosure):
    cards = [CardOf(0), CardOf(1)]
    text = agreement_text(BALTIC, cards, border_data_set(), BEGINS, disclosure)
    assert parse_agreement(text).terms.disclosure is disclosure
