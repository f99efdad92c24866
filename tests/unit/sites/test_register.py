"""The register: who may say what of a site, what recipients are owed, who saw it."""

import pytest
from tests.sites_world import (
    ADA,
    ALPHA,
    BEA,
    BRAVO,
    CHARLIE,
    DAY_S,
    NOON,
    Speaker,
    entry_body,
    site_id,
)

from comity.domain.records import Draft
from comity.domain.sites import (
    ENDING,
    ENTRIES,
    EXPOSURE,
    NOTICE,
    RENEWAL,
    WITHDRAWAL,
    SiteState,
    coarse_form,
)
from comity.kernel.errors import RecordError

KM = 1_000_000


def alpha(*numbers, **changed):
    speaker = Speaker(ALPHA)
    if numbers:
        speaker.enter(*numbers, **changed)
    return speaker


def state(speaker, number=1, at=None):
    return speaker.register.own(site_id(number)).state(at or speaker.at)


def refused(speaker, record):
    with pytest.raises(RecordError) as caught:
        speaker.register.apply(record, record.made_at)
    return caught.value.reason


@pytest.mark.requirement("SITES-001")
def test_an_entry_is_self_reported_until_a_second_person_with_a_second_origin_confirms_it():
    a = alpha(1)
    assert state(a) is SiteState.SELF_REPORTED
    assert refused(a, a.find(operator=ADA)) == "same-person"
    assert refused(a, a.find(origin="Owner's LIST")) == "same-origin"
    assert state(a) is SiteState.SELF_REPORTED
    check = a.find()
    a.register.apply(check, check.made_at)
    held = a.register.own(site_id(1))
    assert (held.state(a.at), held.by, held.since) == (
        SiteState.VERIFIED,
        (ALPHA, BEA),
        check.made_at,
    )
    assert [each.origin.name for each in held.checks] == ["second visit"]


@pytest.mark.requirement("SITES-001")
def test_a_peer_confirms_or_disputes_what_it_was_told_and_its_owner_settles_it():
    a, b = alpha(1), Speaker(BRAVO)
    dispute = b.find(finding="disputed", origin="imagery of May")
    a.register.apply(dispute, a.at)
    assert state(a) is SiteState.DISPUTED
    assert refused(a, a.find(operator=ADA, origin="x")) == "same-person"
    assert refused(a, a.find(origin="imagery of may")) == "same-origin"
    settled = a.find(origin="visit of June")
    a.register.apply(settled, a.at)
    assert state(a) is SiteState.VERIFIED


@pytest.mark.requirement("SITES-001")
def test_a_change_must_be_verified_anew_and_names_the_next_version():
    a = alpha(1)
    check = a.find()
    a.register.apply(check, a.at)
    assert refused(a, a.unheard(ENTRIES, {"entries": [entry_body(1)]})) == "version-order"
    a.say(ENTRIES, {"entries": [entry_body(1, version=2, longitude_e7=-1_499_000_000)]})
    assert state(a) is SiteState.SELF_REPORTED
    assert refused(a, a.find(version=1)) == "other-version"


@pytest.mark.requirement("SITES-002")
def test_an_entry_expires_by_time_alone_and_a_late_renewal_must_be_verified_anew():
    a = alpha(1)
    check = a.find()
    a.register.apply(check, a.at)
    late = NOON.plus_s(90 * DAY_S)
    assert state(a, at=late.plus_s(-0.001)) is SiteState.VERIFIED
    assert state(a, at=late) is SiteState.EXPIRED
    a.at = late
    a.say(RENEWAL, {"site": site_id(1), "renew_by": str(late.plus_s(100 * DAY_S))})
    assert state(a) is SiteState.SELF_REPORTED


@pytest.mark.requirement("SITES-002")
@pytest.mark.parametrize("days", [-1, 0, 401])
def test_a_renewal_date_is_within_a_year_and_a_month(days):
    a = alpha(1)
    body = {"site": site_id(1), "renew_by": str(a.at.plus_s(days * DAY_S + 60.0))}
    assert refused(a, a.unheard(RENEWAL, body)) == "renewal-date"


@pytest.mark.requirement("SITES-003")
def test_nobody_speaks_for_another_partys_site():
    b = Speaker(BRAVO)
    for kind, body in (
        (ENTRIES, {"entries": [entry_body(1, ALPHA)]}),
        (RENEWAL, {"site": site_id(1), "renew_by": str(NOON.plus_s(DAY_S))}),
        (ENDING, {"site": site_id(1), "words": "gone"}),
    ):
        assert refused(b, b.unheard(kind, body)) == "not-owner"
    a = alpha(1)
    a.consent(BRAVO)
    notice = a.issue_owed()[0]
    forged = b.unheard(NOTICE, notice.body, (CHARLIE,))
    assert refused(Speaker(CHARLIE), forged) == "not-owner"


@pytest.mark.requirement("SITES-010")
def test_nothing_is_owed_to_whom_nothing_was_consented_and_the_gate_says_why():
    a = alpha(1)
    assert a.issue_owed() == []
    body = {"sites": []}
    a.consent(BRAVO)
    (notice,) = a.issue_owed()
    draft = Draft(NOTICE, (CHARLIE,), notice.body)
    assert "not consented" in a.register.refusal(draft, CHARLIE, a.at)
    assert a.register.refusal(Draft(NOTICE, (BRAVO,), notice.body), BRAVO, a.at) is None
    assert "no consent speaks" in a.register.refusal(
        Draft("site.else", (BRAVO,), body), BRAVO, a.at
    )


@pytest.mark.requirement("SITES-010")
def test_a_notice_differs_from_the_consent_in_one_field_and_does_not_go():
    a = alpha(1)
    a.consent(BRAVO)
    (notice,) = a.issue_owed()
    exact = entry_body(1)
    for name, value in (
        ("place", exact["place"]),
        ("names", exact["names"]),
        ("contact", exact["contact"]),
        ("precision_mm", 0),
        ("more", 1),
    ):
        row = {**notice.body["sites"][0], name: value}
        draft = Draft(NOTICE, (BRAVO,), {"sites": [row]})
        assert "not the form" in a.register.refusal(draft, BRAVO, a.at), name


@pytest.mark.requirement("SITES-010")
def test_a_notice_with_something_beside_its_sites_does_not_go():
    a = alpha(1)
    a.consent(BRAVO)
    (notice,) = a.issue_owed()
    body = {**notice.body, "remark": entry_body(1)["place"]}
    assert "nothing beside" in a.register.refusal(Draft(NOTICE, (BRAVO,), body), BRAVO, a.at)


@pytest.mark.requirement("SITES-001")
def test_a_peer_that_disputes_without_end_fills_nothing():
    a, b = alpha(1), Speaker(BRAVO)
    for number in range(100):
        a.register.apply(b.find(finding="disputed", origin=f"report {number}"), a.at)
    assert refused(a, b.find(finding="disputed", origin="one more")) == "register-full"
    assert state(a) is SiteState.DISPUTED


@pytest.mark.requirement("SITES-011")
def test_each_recipient_gets_the_form_it_was_given_and_no_more():
    a = alpha(1)
    a.consent(BRAVO, 2 * KM)
    a.consent(CHARLIE, 0, names=True, contact=True)
    said = {record.recipients[0]: record.body["sites"][0] for record in a.issue_owed()}
    exact = entry_body(1)
    assert said[CHARLIE]["place"] == exact["place"]
    assert said[CHARLIE]["names"] == exact["names"]
    assert said[CHARLIE]["contact"] == exact["contact"]
    coarse = coarse_form((a.register.own(site_id(1)).entry.place.disc(),), 2 * KM)
    assert said[BRAVO]["place"] == coarse.to_body()
    assert (said[BRAVO]["names"], said[BRAVO]["contact"]) == ([], None)
    assert a.issue_owed() == []


@pytest.mark.requirement("SITES-011")
def test_news_of_a_site_is_owed_once_to_each_who_may_know():
    a = alpha(1, 2)
    a.consent(BRAVO)
    assert len(a.issue_owed()[0].body["sites"]) == 2
    check = a.find(2)
    a.register.apply(check, a.at)
    (news,) = a.issue_owed()
    assert [(row["site"], row["state"]) for row in news.body["sites"]] == [(site_id(2), "verified")]
    assert a.issue_owed() == []


@pytest.mark.requirement("SITES-011")
def test_what_is_owed_to_a_party_that_is_no_peer_waits_and_is_then_what_it_may_know_by_then():
    a = alpha(1, 2)
    a.consent(BRAVO)
    a.consent(CHARLIE)
    a.issue_owed((BRAVO,))  # Charlie is not paired
    a.take_back(CHARLIE, site_id(2))
    a.take_back(BRAVO)  # whose pairing has ended meanwhile
    (notice,) = a.issue_owed((CHARLIE,))
    assert [row["site"] for row in notice.body["sites"]] == [site_id(1)]
    assert a.issue_owed((CHARLIE,)) == []
    (withdrawal,) = a.issue_owed((BRAVO, CHARLIE))
    assert (withdrawal.recipients, len(withdrawal.body["sites"])) == ((BRAVO,), 2)


@pytest.mark.requirement("SITES-011")
def test_one_that_cannot_be_told_holds_up_nobody_but_itself():
    a = alpha(1)
    a.consent(BRAVO)
    a.consent(CHARLIE)
    assert a.register.next_owed(a.at, (CHARLIE,)).recipients == (CHARLIE,)
    a.register.pass_over()  # the gate said no to Charlie, and nothing of Bravo
    assert a.register.next_owed(a.at, (CHARLIE,)) is None
    assert a.register.next_owed(a.at, (BRAVO, CHARLIE)).recipients == (BRAVO,)


@pytest.mark.requirement("SITES-011")
def test_a_contact_expires_and_is_given_no_more():
    a = alpha(1)
    a.consent(BRAVO, contact=True)
    a.at = NOON.plus_s(31 * DAY_S)
    (notice,) = a.issue_owed()
    assert notice.body["sites"][0]["contact"] is None


@pytest.mark.requirement("SITES-012")
def test_a_consent_taken_back_is_told_and_lists_who_may_still_hold_copies():
    a, b = alpha(1, 2), Speaker(BRAVO)
    a.consent(BRAVO)
    (notice,) = a.issue_owed()
    b.register.apply(notice, b.at)
    a.say(
        EXPOSURE,
        {"sites": [site_id(1)], "viewer": "crew of relief 7", "precision_mm": 0, "way": "on paper"},
    )
    a.take_back(BRAVO, site_id(1))
    (back,) = a.issue_owed()
    assert (back.kind, back.body["sites"]) == (WITHDRAWAL, [site_id(1)])
    copies = {each.viewer: each for each in a.register.copies([site_id(1)])}
    assert copies[BRAVO].withdrawal == back.digest
    assert (copies["crew of relief 7"].finest_mm, copies["crew of relief 7"].withdrawal) == (
        0,
        None,
    )
    b.register.apply(back, b.at)
    assert b.register.theirs(site_id(1)).withdrawn
    assert b.register.disc_of(site_id(1)) is None
    assert not b.register.theirs(site_id(2)).withdrawn


@pytest.mark.requirement("SITES-012")
def test_the_exposure_log_says_who_saw_how_finely_and_when():
    a = alpha(1)
    a.consent(BRAVO, 5 * KM)
    first = a.issue_owed()[0]
    a.consent(BRAVO, 0)
    second = a.issue_owed()[0]
    assert [(s.viewer, s.precision_mm, s.at) for s in a.register.exposures(site_id(1))] == [
        (BRAVO, 5 * KM, first.made_at),
        (BRAVO, 0, second.made_at),
    ]


@pytest.mark.requirement("SITES-012")
def test_a_consent_ends_on_its_day_and_the_last_word_counts():
    a = alpha(1)
    a.consent(BRAVO)
    assert a.register.consent(site_id(1), BRAVO, NOON.plus_s(60 * DAY_S)) is None
    a.take_back(BRAVO, site_id(1))
    assert a.register.consent(site_id(1), BRAVO, a.at) is None
    a.consent(BRAVO, 3 * KM, sites=[site_id(1)])
    assert a.register.consent(site_id(1), BRAVO, a.at).precision_mm == 3 * KM
    a.take_back(BRAVO)
    assert a.register.consent(site_id(1), BRAVO, a.at) is None


@pytest.mark.requirement("SITES-013")
def test_an_ended_site_is_taken_back_everywhere_and_changes_no_more():
    a = alpha(1)
    a.consent(BRAVO)
    a.issue_owed()
    a.say(ENDING, {"site": site_id(1), "words": "moved away"})
    assert state(a) is SiteState.ENDED
    (back,) = a.issue_owed()
    assert (back.kind, back.body["why"]) == (WITHDRAWAL, "ended")
    again = a.unheard(ENTRIES, {"entries": [entry_body(1, version=2)]})
    assert refused(a, again) == "site-state"
    assert refused(a, a.find()) == "site-state"


@pytest.mark.requirement("SITES-014")
def test_replaying_the_records_gives_the_same_register():
    a = alpha()
    said = [
        a.enter(1, 2, 3),
        a.consent(BRAVO),
        *a.issue_owed(),
        a.take_back(BRAVO, site_id(2)),
        *a.issue_owed(),
    ]
    again = Speaker(ALPHA)
    for record in said:
        again.register.apply(record, record.made_at)
    assert again.register.next_owed(a.at, (BRAVO,)) is None
    for number in (1, 2, 3):
        assert again.register.exposures(site_id(number)) == a.register.exposures(site_id(number))
        assert again.register.copies([site_id(number)]) == a.register.copies([site_id(number)])
