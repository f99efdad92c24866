"""Claim files: what is read, and what is refused by its field."""

import pytest
from tests.claim_trees import SOURCE, statement, tree

from comity.adapters.claim_files import offset_s
from comity.domain.incidents import Says, claim_of
from comity.kernel.errors import InputError

NOON = {"stated": "2026-11-28T12:00:00+02:00"}


@pytest.mark.requirement("INCIDENT-002")
def test_a_time_keeps_its_words_and_zone_beside_the_instant():
    starts = {"stated": "2015-11-24T09:24:05+02:00", "zone": "Europe/Istanbul"}
    claim = claim_of(tree(statement(starts=starts)), offset_s)
    moment = claim.statements[0].starts
    assert moment is not None
    assert str(moment.stated.instant) == "2015-11-24T07:24:05.000Z"
    assert moment.stated.as_stated == starts["stated"]
    assert moment.stated.zone == "Europe/Istanbul"
    assert moment.error_s == 0.5


@pytest.mark.requirement("INCIDENT-002")
@pytest.mark.parametrize(
    ("starts", "field", "why"),
    [
        ({"stated": "2015-11-24T09:24:05"}, "starts.stated", "no time zone"),
        ({"stated": "24 Nov 2015 09:24 local"}, "starts.stated", "RFC 3339"),
        ({"stated": "2015-02-30T09:24:05Z"}, "starts.stated", "day"),
        (
            {"stated": "2015-11-24T09:24:05+03:00", "zone": "Europe/Istanbul"},
            "starts.zone",
            "was +02:00 then",
        ),
        (
            {"stated": "2015-10-03T12:00:00+02:00", "zone": "Europe/Istanbul"},
            "starts.zone",
            "was +03:00 then",
        ),
        ({"stated": "2015-11-24T09:24:05+02:00", "zone": "Europe/Atlantis"}, "starts.zone", "no zone"),
        ({"stated": "2015-11-24T09:24:05+02:00", "zone": "../../etc/passwd"}, "starts.zone", "no zone"),
    ],
)  # fmt: skip
def test_a_time_without_its_zone_or_with_another_than_was_in_force_is_refused(starts, field, why):
    with pytest.raises(InputError) as caught:
        claim_of(tree(statement(starts=starts)), offset_s)
    assert caught.value.field == f"statements[0].{field}"
    assert why in caught.value.why


@pytest.mark.requirement("INCIDENT-001")
@pytest.mark.parametrize(
    ("made", "field"),
    [
        ([], "file"),
        ("text", "file"),
        ({}, "format"),
        (tree(format="comity-claim/2"), "format"),
        (tree(claimant=""), "claimant"),
        (tree(title=3), "title"),
        (tree(statements=[]), "statements"),
        (tree(surprise="x"), "surprise"),
        (tree(statement(lenght="3 km")), "statements[0].lenght"),
        (tree(statement(says="perhaps")), "statements[0].says"),
        (tree(statement(kind="attack")), "statements[0].kind"),
        (tree(statement(topic="Crossed!")), "statements[0].topic"),
        (tree(statement(length=1.15)), "statements[0].length"),
        (tree(statement(length="")), "statements[0].length"),
        (tree(statement(sources=["nobody"])), "statements[0].sources"),
        (tree(statement(sources=["letter", "letter"])), "statements[0].sources"),
        (tree(statement(aircraft="ghost")), "statements[0].aircraft"),
        (tree(statement(), statement()), "statements[1].name"),
        (tree(statement(words="x" * 2_001)), "statements[0].words"),
        (tree(statement(words="abc\u202e321")), "statements[0].words"),
        (tree(statement(words="a\x1b[2Jb")), "statements[0].words"),
        (tree(statement(place={})), "statements[0].place.position"),
        (tree(statement(place={"position": "over there"})), "statements[0].place.position"),
        (tree(statement(place={"position": "91.0, 12.0"})),
         "statements[0].place.position.latitude"),
        (tree(statement(height="19000 ft MSL")), "statements[0].height"),
        (tree(statement(disputed="no")), "statements[0].disputed"),
        (tree(statement(starts=NOON | {"error": "half a day"})), "statements[0].starts.error"),
        (tree(material=[{"name": "m", "description": "d", "origin": "o", "sha256": "ab"}]),
         "material[0].sha256"),
        (tree(aircraft=[{"name": "a", "speed_max": "900 km/h"}]), "aircraft[0].limits_source"),
        (tree(aircraft=[{"name": "a", "category": "Z9"}]), "aircraft[0].category"),
        (tree(sources=[SOURCE] * 201), "sources"),
        (tree(sources={"letter": SOURCE}), "sources"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_form_is_refused_by_its_path(made, field):
    with pytest.raises(InputError) as caught:
        claim_of(made)
    assert caught.value.field == field


@pytest.mark.requirement("INCIDENT-001")
def test_unknown_is_something_a_claim_can_say():
    assert claim_of(tree(statement(says="unknown"))).statements[0].says is Says.UNKNOWN


def test_a_height_without_a_datum_is_kept_without_one():
    claim = claim_of(tree(statement(height="19000 ft", height_end="FL190")))
    found = claim.statements[0]
    assert found.height is not None
    assert found.height.datum is None
    assert found.height_end is not None
    assert str(found.height_end.datum) == "QNE"
