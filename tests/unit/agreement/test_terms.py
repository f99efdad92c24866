import base64

import pytest
from tests.agreement_world import AREA, DAY_S, NOON, actors, ring, text_between

from comity.domain.agreement import AgreementTextError, parse_agreement
from comity.domain.airspace import Datum, Separation
from comity.domain.releasability import Disclosure
from comity.kernel.errors import AgreementError

NORTH, SOUTH, EAST = actors("north", "south", "east")
TEXT = text_between(NORTH.draft_party(), SOUTH.draft_party())


def terms_with(*changes: tuple[str, str]):
    text = TEXT
    for before, after in changes:
        assert before in text, f"the draft has no {before!r}"
        text = text.replace(before, after)
    return parse_agreement(text).terms


def refused(*changes: tuple[str, str]) -> AgreementTextError:
    with pytest.raises(AgreementTextError) as caught:
        terms_with(*changes)
    return caught.value


def test_a_drafted_text_says_what_went_into_it():
    agreement = parse_agreement(TEXT)
    terms = agreement.terms
    assert terms.party_ids == (NORTH.id, SOUTH.id)
    assert terms.party_index(SOUTH.id) == 1
    assert terms.area == (AREA,)
    assert terms.valid_until == NOON.plus_s(30 * DAY_S)
    assert terms.disclosure is Disclosure.FULL
    assert terms.caps.horizontal_extent_m_max == 20_000_000.0
    assert terms.priority_rank("emergency") == 0
    assert terms.priority_rank("uncrewed") == 6
    assert terms.band is not None
    assert terms.band.lower.datum is Datum.EGM2008
    assert agreement.authoritative_language == "en"
    assert [article.number for article in agreement.articles] == [1, 2, 3, 4, 5, 6]


def test_a_title_with_quotation_marks_survives_drafting():
    text = text_between(NORTH.draft_party(), SOUTH.draft_party(), title='The "line" \\ north')
    assert parse_agreement(text).terms.title == 'The "line" \\ north'


def test_an_unknown_party_or_priority_is_outside_the_agreement():
    terms = parse_agreement(TEXT).terms
    with pytest.raises(AgreementError, match="not-a-party"):
        terms.party_index(EAST.id)
    with pytest.raises(AgreementError, match="unknown-priority"):
        terms.priority_rank("royal")


@pytest.mark.requirement("AGREE-003")
@pytest.mark.parametrize(
    ("key", "near"),
    [("disclosur", "disclosure"), ("guard_band_seconds", "guard_band_s"), ("zz", "")],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_name(key, near):
    error = refused(("version = 1\n", f"version = 1\n{key} = 3\n"))
    assert (error.reason, error.field) == ("unknown-key", key)
    assert near in error.why


@pytest.mark.requirement("AGREE-003")
@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("[caps]\n", "[caps]\nmax_volumes = 3\n", "caps.max_volumes"),
        ("[separation]\n", "[separation]\nhorizontal = 3\n", "separation.horizontal"),
        ("[[area]]\n", "[[area]]\nname = 'x'\n", "area[0].name"),
        ("interest_everywhere = true", "interest_everywhere = true\nx = 1", "party[0].x"),
    ],
)
def test_unknown_keys_are_found_at_any_depth(before, after, field):
    error = refused((before, after))
    assert (error.reason, error.field) == ("unknown-key", field)


@pytest.mark.requirement("AGREE-004")
@pytest.mark.parametrize(
    ("horizontal", "vertical", "expected"),
    [
        ("horizontal_nm = 5", "vertical_ft = 1000", (9260.0, 304.8)),
        ("horizontal_km = 2.5", "vertical_m = 300", (2500.0, 300.0)),
        ("horizontal_m = 250", "vertical_ft = 100", (250.0, 30.48)),
    ],
)
def test_a_unit_stands_in_the_key_and_converts_exactly(horizontal, vertical, expected):
    terms = terms_with(("horizontal_m = 9260.0", horizontal), ("vertical_m = 304.8", vertical))
    found = terms.separation.minima("fixed-wing", "uncrewed")
    assert (found.horizontal_m, found.vertical_m) == expected


@pytest.mark.requirement("AGREE-004")
def test_a_quantity_in_two_units_is_refused():
    error = refused(("horizontal_m = 9260.0", "horizontal_m = 9260.0\nhorizontal_nm = 5"))
    assert (error.reason, error.field) == ("two-units", "separation.horizontal_m")


@pytest.mark.parametrize(
    ("before", "after", "reason", "field"),
    [
        ("horizontal_m = 9260.0", "horizontal_m = nan", "not-finite", "separation.horizontal_m"),
        ("horizontal_m = 9260.0", "horizontal_m = inf", "not-finite", "separation.horizontal_m"),
        ("horizontal_m = 9260.0", "horizontal_m = 0", "out-of-range", "separation.horizontal_m"),
        ("horizontal_m = 9260.0", "horizontal_m = -5", "out-of-range", "separation.horizontal_m"),
        ("horizontal_m = 9260.0", "horizontal_m = 1e9", "out-of-range", "separation.horizontal_m"),
        ("horizontal_m = 9260.0", "horizontal_m = '5'", "wrong-type", "separation.horizontal_m"),
        ("horizontal_m = 9260.0", "horizontal_m = true", "wrong-type", "separation.horizontal_m"),
        ("horizontal_m = 9260.0\n", "", "missing-key", "separation.horizontal_m"),
        ("horizontal_m = 9260.0", "horizontal_m = 0x" + "f" * 4000, "not-finite",
         "separation.horizontal_m"),
        ("version = 1", "version = 0x" + "f" * 4000, "wrong-type", "version"),
        ("version = 1", "version = 0", "out-of-range", "version"),
        ("version = 1", "version = 2", "amends", "amends"),
        ("comity_agreement = 1", "comity_agreement = 2", "unknown-format", "comity_agreement"),
        ('title = "Between neighbours"', 'title = "  "', "out-of-range", "title"),
        ('disclosure = "full"', 'disclosure = "all"', "out-of-range", "disclosure"),
        ('disclosure = "full"', 'disclosure = "private"', "disclosure-private", "disclosure"),
        ('datum = "EGM2008"', 'datum = "NAVD88"', "out-of-range", "heights.datum"),
        ('datum = "EGM2008"', 'datum = "AGL"', "out-of-range", "heights.datum"),
        ("lower_m = -400\nupper_m = 20000", "lower_m = 9\nupper_m = 9", "heights", "heights"),
        ("lower_m = -400\n", "", "missing-key", "heights.lower"),
        ("decide_within_s = 900.0", "decide_within_s = 19", "out-of-range", "decide_within_s"),
        ("clock_difference_s_max = 5.0", "clock_difference_s_max = 0", "out-of-range",
         "clock_difference_s_max"),
        ("precedence = [", 'precedence = ["state", ', "duplicate", "precedence[4]"),
        ("precedence = [", "precedence = [3, ", "wrong-type", "precedence[0]"),
        ('name = "uncrewed"', 'name = "fixed-wing"', "duplicate", "flight_class[2].name"),
        ('activity = "live-firing"', 'activity = "uncrewed"', "duplicate", "notice[3].activity"),
        ("lead_days = 3\n", "", "missing-key", "notice[3].lead_h"),
        ('labels = ["tlp:clear"', 'labels = ["secret"', "unknown-label", "releasability[0].labels"),
        ('legal_basis = "flight-safety"', 'legal_basis = "whim"', "unknown-legal-basis",
         "releasability[0].legal_basis"),
        ('kinds = ["intent.*"]', "kinds = []", "out-of-range", "releasability[0].kinds"),
        ("volumes_per_proposal_max = 1000", "volumes_per_proposal_max = 1001", "out-of-range",
         "caps.volumes_per_proposal_max"),
        ("pressure_error_m = 600", "pressure_error_m = -1", "out-of-range",
         "height_bounds.pressure_error_m"),
        ("pressure_error_m = 600", "terrain_lower_m = 5", "heights", "height_bounds"),
        ("pressure_error_m = 600", "terrain_lower_m = 5\nterrain_upper_m = 4", "heights",
         "height_bounds"),
        ('edge = "geodesic"', 'edge = "straight"', "out-of-range", "area[0].edge"),
        ("ring_lat_lon_deg = [[40.0, 0.0]", "ring_lat_lon_deg = [[91.0, 0.0]", "shape",
         "area[0].ring_lat_lon_deg.latitude_deg[0]"),
        ("ring_lat_lon_deg = [[40.0, 0.0]", "ring_lat_lon_deg = [[40.0]", "wrong-type",
         "area[0].ring_lat_lon_deg[0]"),
        ("ring_lat_lon_deg = [[40.0, 0.0]", "ring_lat_lon_deg = [[nan, 0.0]", "not-finite",
         "area[0].ring_lat_lon_deg[0]"),
        ("ring_lat_lon_deg", "path_lat_lon_deg", "shape", "area[0].radius_m"),
        ("[[area]]\n", "[[area]]\npath_lat_lon_deg = [[0, 0]]\n", "shape",
         "area[0].ring_lat_lon_deg"),
        ('on_suspension = "keep"', 'on_suspension = "drop"', "out-of-range", "on_suspension"),
    ],
)  # fmt: skip
def test_bad_input_names_the_field_and_the_limit(before, after, reason, field):
    error = refused((before, after))
    assert (error.reason, error.field) == (reason, field)
    assert error.why


@pytest.mark.requirement("AGREE-005")
@pytest.mark.parametrize(
    ("left_out", "flag"),
    [
        ("[separation]\nhorizontal_m = 9260.0\nvertical_m = 304.8\n", "separation:"),
        ("interest_everywhere = true\n", "area_of_interest:"),
        ("line_check_interval_h = 24\n", "line_check_interval:"),
        ('on_suspension = "keep"  # intents already accepted: keep or flag\n', "on_suspension:"),
        ("suspension_notice_h = 0\n", "suspension_notice:"),
        ("withdrawal_notice_h = 24\n", "withdrawal_notice:"),
        ("decide_within_s = 900.0\n", "decide_within:"),
        ('disclosure = "full"  # full or cells\n', "disclosure:"),
        ('[[notice]]\nactivity = "uncrewed"\nlead_h = 1\n', "notice: no lead is stated for class"),
        ("open_proposals_max = 10000\n", "caps: open_proposals_max"),
        ("duration_h_max = 24\n", "caps: duration"),
        ('[heights]\nlower_m = -400\nupper_m = 20000\ndatum = "EGM2008"\n', "heights:"),
        ('kinds = ["intent.*"]', "releasability: no rule for intent.state"),
    ],
)
def test_what_the_text_leaves_open_is_flagged_in_words(left_out, flag):
    assert not any(words.startswith(flag) for words in parse_agreement(TEXT).terms.undefined)
    kept = 'kinds = ["intent.proposal"]' if left_out.startswith("kinds") else ""
    terms = terms_with((left_out, kept))
    assert any(words.startswith(flag) for words in terms.undefined), terms.undefined


@pytest.mark.requirement("AGREE-013")
def test_what_the_text_says_of_suspension_and_assent_is_read():
    assert parse_agreement(TEXT).terms.on_suspension == "keep"
    assert parse_agreement(TEXT).terms.assent_by == "node"
    terms = terms_with(
        ('on_suspension = "keep"', 'on_suspension = "flag"'),
        ('assent_by = "node"', 'assent_by = "person"'),
    )
    assert (terms.on_suspension, terms.assent_by) == ("flag", "person")


@pytest.mark.requirement("AGREE-020")
def test_a_border_that_says_nothing_of_the_sea_is_flagged_and_undetermined_there():
    border = '[border]\nname = "x"\nversion = "1"\nsha256 = "' + "ab" * 32 + '"\n\n[caps]\n'
    terms = terms_with(("[caps]\n", border))
    assert terms.border is not None
    assert terms.border.at_sea == "undetermined"
    assert any(words.startswith("border: nothing is said of the sea") for words in terms.undefined)
    said = border.replace("\n\n[caps]", '\nat_sea = "derived-12-nm"\n\n[caps]')
    assert not any(w.startswith("border:") for w in terms_with(("[caps]\n", said)).undefined)


@pytest.mark.requirement("AGREE-005")
def test_what_is_left_open_is_taken_on_the_safe_side():
    left_out = "[separation]\nhorizontal_m = 9260.0\nvertical_m = 304.8\n"
    terms = terms_with((left_out, ""), ('disclosure = "full"  # full or cells\n', ""))
    minima = terms.separation.minima("fixed-wing", "fixed-wing")
    assert (minima.horizontal_m, minima.vertical_m) == (9260.0, 609.6)
    assert terms.disclosure is Disclosure.CELLS


@pytest.mark.requirement("AGREE-005")
def test_without_precedence_all_rank_alike_and_that_is_flagged():
    text = "\n".join(line for line in TEXT.split("\n") if not line.startswith("precedence"))
    terms = parse_agreement(text).terms
    assert terms.priority_rank("emergency") == terms.priority_rank("anything") == 0
    assert any(words.startswith("precedence:") for words in terms.undefined)


@pytest.mark.requirement("AGREE-006")
@pytest.mark.parametrize("value", ["2026-11-22T12:00:00", "2026-11-22", "12:00:00"])
def test_a_time_without_a_zone_is_refused(value):
    error = refused(("valid_from = 2026-11-22T12:00:00.000Z", f"valid_from = {value}"))
    assert (error.reason, error.field) == ("naive-time", "valid_from")


@pytest.mark.requirement("AGREE-006")
def test_a_time_with_an_offset_is_read_as_the_instant_it_means():
    offset = "valid_from = 2026-11-22T15:00:00+03:00"
    terms = terms_with(("valid_from = 2026-11-22T12:00:00.000Z", offset))
    assert terms.valid_from == NOON.plus_s(-DAY_S)


@pytest.mark.requirement("AGREE-006")
@pytest.mark.parametrize(
    ("until", "reason"),
    [
        ("2026-11-22T12:00:00Z", "validity-reversed"),
        ("2020-01-01T00:00:00Z", "validity-reversed"),
        ("2126-01-01T00:00:00Z", "out-of-range"),
        ("1960-01-01T00:00:00Z", "out-of-range"),
        ("'soon'", "wrong-type"),
    ],
)
def test_a_validity_that_ends_before_it_begins_is_refused(until, reason):
    error = refused(("valid_until = 2026-12-23T12:00:00.000Z", f"valid_until = {until}"))
    assert (error.reason, error.field) == (reason, "valid_until")


@pytest.mark.requirement("AGREE-007")
def test_one_party_alone_has_nothing_to_agree():
    with pytest.raises(AgreementTextError) as caught:
        parse_agreement(text_between(NORTH.draft_party()))
    assert caught.value.reason == "party-count"


@pytest.mark.requirement("AGREE-007")
def test_more_parties_than_the_limit_are_refused():
    crowd = [each.draft_party() for each in actors(*(f"party-{n}" for n in range(17)))]
    with pytest.raises(AgreementTextError) as caught:
        parse_agreement(text_between(*crowd))
    assert (caught.value.reason, caught.value.field) == ("out-of-range", "party")
    assert len(parse_agreement(text_between(*crowd[:16])).terms.parties) == 16


@pytest.mark.requirement("AGREE-007")
def test_the_same_party_twice_is_refused():
    with pytest.raises(AgreementTextError) as caught:
        parse_agreement(text_between(NORTH.draft_party(), NORTH.draft_party()))
    assert caught.value.reason == "duplicate-party"


@pytest.mark.requirement("AGREE-007")
def test_a_party_id_belongs_to_its_root_key():
    own, other = (base64.b64encode(each.root.public_key).decode() for each in (SOUTH, EAST))
    error = refused((own, other))
    assert (error.reason, error.field) == ("party-id", "party[1].id")
    small_order = base64.b64encode(bytes(32)).decode()
    assert refused((own, small_order)).reason == "party-key"
    assert refused((own, own[:-4])).reason == "out-of-range"


@pytest.mark.requirement("AGREE-008")
def test_the_guard_band_is_at_least_twice_the_clock_difference():
    assert refused(("guard_band_s = 10.0", "guard_band_s = 9.9")).reason == "guard-band"
    assert refused(("clock_difference_s_max = 5.0", "clock_difference_s_max = 6")).reason == (
        "guard-band"
    )
    text = TEXT.replace("clock_difference_s_max = 5.0\n", "")
    text = "\n".join(line for line in text.split("\n") if not line.startswith("guard_band_s"))
    terms = parse_agreement(text).terms
    assert (terms.clock_difference_s_max, terms.guard_band_s) == (5.0, 10.0)


@pytest.mark.requirement("AGREE-009")
def test_notice_is_stated_per_class_of_activity():
    notice_s = parse_agreement(TEXT).terms.notice_s
    assert notice_s["live-firing"] == 3 * DAY_S
    assert notice_s["fixed-wing"] == 7200.0
    assert notice_s["uncrewed"] == 3600.0


PAIR = """
[[separation_pair]]
classes = ["uncrewed", "rotary-wing"]
horizontal_m = 100
vertical_m = 50

[caps]
"""
OWN = 'name = "fixed-wing"\nhorizontal_nm = 10\nvertical_m = 200'


@pytest.mark.requirement("AGREE-010")
def test_minima_are_the_greater_of_two_classes_unless_the_pair_is_named():
    table = terms_with(("[caps]\n", PAIR), ('name = "fixed-wing"', OWN)).separation

    def pair(a: str, b: str) -> tuple[float, float]:
        found = table.minima(a, b)
        assert found == table.minima(b, a)
        return found.horizontal_m, found.vertical_m

    assert pair("uncrewed", "rotary-wing") == (100.0, 50.0)
    assert pair("fixed-wing", "uncrewed") == (18_520.0, 304.8)
    assert pair("fixed-wing", "fixed-wing") == (18_520.0, 200.0)
    assert pair("unheard-of", "uncrewed") == (9_260.0, 304.8)


@pytest.mark.requirement("AGREE-010")
def test_the_greatest_minima_of_a_class_bound_all_its_pairs():
    table = terms_with(("[caps]\n", PAIR), ('name = "fixed-wing"', OWN)).separation
    classes = ("fixed-wing", "rotary-wing", "uncrewed", "unheard-of")
    for own in classes:
        greatest = table.greatest(own)
        for other in classes:
            found = table.minima(own, other)
            assert found.horizontal_m <= greatest.horizontal_m
            assert found.vertical_m <= greatest.vertical_m


@pytest.mark.requirement("AGREE-010")
def test_a_named_pair_may_ask_for_more_than_either_class():
    wide = PAIR.replace("100", "20000").replace("50", "900")
    table = terms_with(("[caps]\n", wide), ('name = "fixed-wing"', OWN)).separation
    for own in ("uncrewed", "rotary-wing"):
        greatest = table.greatest(own)
        assert (greatest.horizontal_m, greatest.vertical_m) == (20_000.0, 900.0)


@pytest.mark.requirement("AGREE-010")
@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        ('["uncrewed", "balloon"]', "unknown-class"),
        ('["uncrewed"]', "wrong-type"),
        ("[1, 2]", "wrong-type"),
    ],
)
def test_a_pair_of_classes_that_are_not_named_is_refused(classes, reason):
    pair = PAIR.replace('["uncrewed", "rotary-wing"]', classes)
    assert refused(("[caps]\n", pair)).reason == reason


def test_minima_carry_what_is_taken_for_granted_of_heights():
    minima = parse_agreement(TEXT).terms.separation.minima("a", "b")
    assert isinstance(minima, Separation)
    assert minima.height_bounds.pressure_error_m == 600.0


@pytest.mark.requirement("AGREE-019")
def test_each_language_has_the_same_articles_and_one_is_authoritative():
    heading, _, body = TEXT.partition("# [en] Between neighbours\n")
    heading = heading.replace('languages = ["en"]', 'languages = ["en", "ru"]')
    heading = heading.replace('authoritative_language = "en"', 'authoritative_language = "ru"')
    russian = "# [ru] \u0421\u043e\u0433\u043b\u0430\u0448\u0435\u043d\u0438\u0435\n"
    both = heading + "# [en] Between neighbours\n" + body + russian + body
    agreement = parse_agreement(both)
    assert agreement.languages == ("ru", "en")
    assert len(agreement.articles) == 12
    with pytest.raises(AgreementTextError, match="not the same"):
        parse_agreement(both + "## 7. More\nmore\n")
    with pytest.raises(AgreementTextError, match="no section"):
        parse_agreement(heading + "# [en] Between neighbours\n" + body)
    with pytest.raises(AgreementTextError, match="repeated"):
        parse_agreement(both + russian)


@pytest.mark.requirement("AGREE-019")
@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("## 2. What", "## 3. What", "articles"),
        ("\n# [en]", "\nsmall print\n# [en]", "articles"),
        ('authoritative_language = "en"', 'authoritative_language = "fr"', "language"),
        ('languages = ["en"]', 'languages = ["en", "en"]', "duplicate"),
        ('languages = ["en"]', 'languages = ["English"]', "out-of-range"),
        ("\n# [en]", "\n# [de]", "language"),
    ],
)
def test_articles_are_numbered_without_a_gap(before, after, reason):
    assert refused((before, after)).reason == reason


BORDER = """
[border]
name = "Natural Earth 10m"
version = "5.1"
sha256 = "{}"
""".format("ab" * 32)


@pytest.mark.requirement("AGREE-020")
def test_a_border_is_named_with_version_and_digest():
    border = terms_with(("[caps]\n", BORDER + "[caps]\n")).border
    assert border is not None
    assert (border.name, border.version, border.sha256) == ("Natural Earth 10m", "5.1", "ab" * 32)
    assert border.at_sea == "undetermined"
    assert refused(("[caps]\n", BORDER.replace("ab", "AB") + "[caps]\n")).field == "border.sha256"
    assert any(each.startswith("border:") for each in parse_agreement(TEXT).terms.undefined)


def test_an_area_of_interest_is_read_shape_by_shape():
    own = [ring(45.0, 5.0, 47.0, 8.0), ring(47.0, 6.0, 48.0, 9.0, radius_m=500.0)]
    terms = parse_agreement(text_between(NORTH.draft_party(*own), SOUTH.draft_party())).terms
    assert terms.party(NORTH.id).area_of_interest == tuple(own)
    both = ("[[party.area_of_interest]]", "interest_everywhere = true\n[[party.area_of_interest]]")
    text = text_between(NORTH.draft_party(own[0]), SOUTH.draft_party()).replace(*both)
    with pytest.raises(AgreementTextError, match="state one of them"):
        parse_agreement(text)
