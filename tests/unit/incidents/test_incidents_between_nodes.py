"""Incidents between whole nodes: private until told, claims made and filed by hand, grades, dissents, withheld."""

import json

import pytest
from tests.claim_trees import tree
from tests.incident_world import ADA, BEN, act, claimed, document, opened, opening, weighed
from tests.simulation.settings import Setting
from tests.simulation.world import Place, World

from comity.application.speak_on_line import Words, send_message
from comity.application.work_in_groups import act_in_group, create_group
from comity.domain.groups import GroupType, NewGroup
from comity.domain.groups import document as group_document
from comity.domain.incidents import (
    Because,
    File,
    Grade,
    IncidentBook,
    IncidentEvent,
    IncidentState,
    Link,
    Linked,
    LinkKey,
    OpenedBy,
    Task,
    TaskState,
)
from comity.domain.line import Precedence
from comity.domain.records import Draft, unwrap
from comity.kernel.errors import AgreementError, InputError, RecordError
from comity.kernel.ids import GroupId, RecordDigest


@pytest.fixture
def world() -> World:
    return World(seed=13, setting=Setting(nodes=3))


def three(world: World) -> tuple[Place, Place, Place]:
    a, b, c = world.places.values()
    return a, b, c


def stored(place: Place) -> bytes:
    """What every record of a node's journal says: an envelope alone is base64, in which no word is found."""
    entries = place.node.store.journal()
    return b"\n".join(unwrap(each.envelope_bytes).payload_bytes for each in entries)


def text_file(incident, content=b"plots of the radar\n", origin="Radar"):
    found = group_document("plots.txt", content)
    return File(
        incident,
        found.name,
        found.sha256,
        len(content),
        found.media_type.value,
        "",
        origin,
        None,
        found,
    )


@pytest.mark.requirement("INCIDENT-021")
def test_nothing_of_an_incident_leaves_before_it_is_told_and_notes_never_do(world):
    a, b, c = three(world)
    incident = opened(world, a)
    claimed(world, a, incident)
    act(world, a, lambda d: d.add_file(text_file(incident)))
    world.run(10)
    assert not b.node.incidents.told()
    assert b"river" not in stored(b)
    draft, said = act(world, a, lambda d: d.tell(incident, [b.party.id], "We look into it."))
    record = act(world, a, lambda d: d.issue(d.tell(incident, [b.party.id], "We look into it.")[0]))
    assert (record.body, record.recipients) == (draft.body, (b.party.id,))
    world.run(10)
    [told] = b.node.incidents.told()
    last, made = told.tellings[-1]
    assert last == said
    assert (last.title, last.words, made.author) == (
        "Crossing at the river",
        "We look into it.",
        a.party.id,
    )
    assert [(each.what, each.count) for each in last.withheld] == [("claim", 1), ("file", 1)]
    assert not c.node.incidents.told()
    for place in (b, c):
        assert b"SECRETNOTE" not in stored(place)
        assert b"It crossed" not in stored(place)
    assert b"plots" not in stored(c) + stored(b)


@pytest.mark.requirement("INCIDENT-021")
@pytest.mark.requirement("INCIDENT-023")
def test_of_the_links_those_alone_are_told_that_every_recipient_has(world):
    a, b, c = three(world)
    to_b = act_line(world, a, b, "Say again.")
    to_both = act_line(world, a, b, "Stop.", c)
    world.run(10)
    because = Because(OpenedBy.MESSAGE, to_b.digest)
    incident = opened(world, a, because=because)
    agreement = a.node.terms(world.at(a)).digest
    rows = [
        Link(Linked.MESSAGE, to_both.digest, None, "SECRETNOTE"),
        Link(Linked.AGREEMENT, agreement, "Article 4"),
        Link(Linked.TRACK, "ab" * 32),
    ]
    act(world, a, lambda d: d.link(incident, rows))
    held = a.node.incidents.get(incident)
    assert len(held.links) == 4  # what opened it is among them
    _, said = act(world, a, lambda d: d.tell(incident, [b.party.id, c.party.id], ""))
    assert {each.digest for each in said.links} == {to_both.digest, agreement}
    assert {(each.what, each.count) for each in said.withheld} == {("message", 1), ("track", 1)}
    assert all(each.words == "" for each in said.links)
    _, said = act(
        world, a, lambda d: d.tell(incident, [b.party.id], "", withheld={to_b.digest: "in dispute"})
    )
    assert {each.digest for each in said.links} == {to_both.digest, agreement}
    assert [e.reason for e in said.withheld if e.what == "message"] == ["in dispute"]


def act_line(world, a, *others_and_text):
    others = [each for each in others_and_text if isinstance(each, Place)]
    [text] = [each for each in others_and_text if isinstance(each, str)]
    return say_to(world, a, others, text)


@pytest.mark.requirement("INCIDENT-023")
def test_a_link_to_what_is_not_here_or_of_another_kind_or_world_is_refused(world):
    a, b, _ = three(world)
    incident = opened(world, a)
    message = act_line(world, a, b, "Say again.")
    for link, why in (
        (Link(Linked.INTENT, "ab" * 32), "no record"),
        (Link(Linked.NOTICE, message.digest), "of kind line.message"),
        (Link(Linked.AGREEMENT, "ab" * 32), "no agreement"),
    ):
        with pytest.raises(InputError, match=why):
            act(world, a, lambda d, each=link: d.link(incident, [each]))
    with pytest.raises(InputError, match="no record"):
        act(
            world,
            a,
            lambda d: d.open(opening(because=Because(OpenedBy.ALERT, RecordDigest("ab" * 32)))),
        )
    exercise = act(world, a, lambda d: d.open(opening()), exercise=True)
    other = exercise.body["incident"]
    with pytest.raises(InputError, match="other world"):
        act(
            world, a, lambda d: d.link(other, [Link(Linked.MESSAGE, message.digest)]), exercise=True
        )
    with pytest.raises(InputError, match="no incident of this party"):
        act(world, a, lambda d: d.link(other, [Link(Linked.MESSAGE, message.digest)]))
    assert len(a.node.incidents.incidents()) == 1


@pytest.mark.requirement("INCIDENT-025")
@pytest.mark.requirement("INCIDENT-026")
def test_a_peers_claim_waits_for_a_persons_hand_and_its_next_version_counts(world):
    a, b, _ = three(world)
    theirs = opened(world, b)
    claim = claimed(world, b, theirs)
    act(world, b, lambda d: d.give_claim(claim, [a.party.id]))
    world.run(10)
    held = a.node.incidents.claim(claim)
    assert a.node.incidents.in_use_by(claim) == ()
    first = held.last.made[0].record
    mine = opened(world, a, because=Because(OpenedBy.CLAIM, first))
    assert [each.id for each in a.node.incidents.claims_in(a.node.incidents.get(mine))] == [claim]
    again = document(b, says="no")
    act(world, b, lambda d: d.make_claim(theirs, again, claim=claim))
    world.run(10)
    assert held.last.version.version == 1, "an amendment goes to nobody until it is given"
    act(world, b, lambda d: d.give_claim(claim, [a.party.id]))
    world.run(10)
    [counted] = a.node.incidents.claims_in(a.node.incidents.get(mine))
    assert counted.last.version.claim.statements[0].says.value == "no"
    found = weighed(b.node.incidents, theirs)
    act(world, b, lambda d: d.withdraw_claim(claim, "The plot was another's."))
    world.run(10)
    assert not counted.stands
    assert a.node.incidents.count(a.node.incidents.get(mine)) == {}
    assert b.node.incidents.get(theirs).claims == [claim]
    with pytest.raises(InputError, match=f"is of {b.party.id}"):
        act(world, a, lambda d: d.withdraw_claim(claim, "no"))
    with pytest.raises(InputError, match="was taken back"):
        act(world, b, lambda d: d.give_claim(claim, [a.party.id]))
    with pytest.raises(InputError, match="was taken back"):
        act(world, b, lambda d: d.grade(theirs, claim, "crossing", found))


@pytest.mark.requirement("INCIDENT-026")
def test_one_party_never_speaks_as_another_and_published_facts_have_a_source(world):
    a, *_ = three(world)
    incident = opened(world, a)
    facts = tree(claimant="Elsewhere")
    with pytest.raises(InputError, match="taken in with its source"):
        act(world, a, lambda d: d.make_claim(incident, facts))
    made = act(world, a, lambda d: d.make_claim(incident, facts, "An invented paper, 1 May"))
    assert (made.body["standing"], made.body["published_as"]) == (
        "published",
        "An invented paper, 1 May",
    )
    with pytest.raises(InputError) as caught:
        act(world, a, lambda d: d.make_claim(incident, facts, " "))
    assert caught.value.field == "published_as"


@pytest.mark.requirement("INCIDENT-025")
def test_incidents_of_both_sides_stand_beside_each_other_and_change_nothing(world):
    a, b, _ = three(world)
    mine, theirs = opened(world, a), opened(world, b, title="No crossing")
    told = act(world, b, lambda d: d.issue(d.tell(theirs, [a.party.id], "")[0]))
    world.run(10)
    before = a.node.incidents.get(mine).opening
    act(world, a, lambda d: d.link(mine, [Link(Linked.TELLING, told.digest)]))
    held = a.node.incidents.get(mine)
    [other] = a.node.incidents.beside(held)
    assert (other.id, other.tellings[-1][0].title, held.opening) == (theirs, "No crossing", before)
    act(world, b, lambda d: d.move(theirs, IncidentEvent.CLOSE, "nothing more to say"))
    act(world, b, lambda d: d.issue(d.tell(theirs, [a.party.id], "closed", beside=None)[0]))
    world.run(10)
    assert other.tellings[-1][0].state is IncidentState.CLOSED
    assert held.state is IncidentState.OPEN
    _, said = act(world, a, lambda d: d.tell(mine, [b.party.id], "", beside=told.digest))
    assert said.beside == told.digest


@pytest.mark.requirement("INCIDENT-027")
def test_a_grade_is_signed_overtaken_signed_again_and_dissented_from(world):
    a, *_ = three(world)
    incident = opened(world, a)
    claim = claimed(world, a, incident)
    book = a.node.incidents

    def signed(operator=ADA, grade=None, words=""):
        found = weighed(book, incident)
        return act(
            world, a, lambda d: d.grade(incident, claim, "crossing", found, grade, words), operator
        )

    first = signed()
    assert (first.operator, first.body["grade"], first.body["by_rule"]["rule"]) == (
        ADA,
        "weak",
        "G9",
    )
    held = book.get(incident)
    [grade] = held.grades[claim, "crossing"]
    assert book.since(held, grade) == ()
    act(world, a, lambda d: d.add_file(text_file(incident)))
    assert [each.partition(" ")[0] for each in book.since(held, grade)] == ["came:"]
    with pytest.raises(RecordError) as caught:
        signed(grade=Grade.CONFIRMED)
    assert caught.value.reason == "incident-reasoned"
    second = signed(BEN, Grade.FAIR, "The file bears it.")
    assert [each.made.record for each in held.grades[claim, "crossing"]] == [
        first.digest,
        second.digest,
    ]
    counts = book.count(held)[a.node.card.name]
    assert (counts.evidenced, counts.by_person_alone) == (1, 1), "words alone, and a person's grade"
    with pytest.raises(RecordError) as caught:
        act(world, a, lambda d: d.dissent(incident, second.digest, Grade.WEAK, "mine"), BEN)
    assert caught.value.reason == "incident-second-person"
    act(world, a, lambda d: d.move(incident, IncidentEvent.CLOSE, "done"))
    act(world, a, lambda d: d.dissent(incident, second.digest, Grade.WEAK, "one radar"), ADA)
    last = held.grades[claim, "crossing"][-1]
    assert [each.would_be for each, _ in last.dissents] == [Grade.WEAK]
    assert last.signed.grade is Grade.FAIR, "a dissent changes no grade"
    assert book.count(held)[a.node.card.name].dissented == 1


@pytest.mark.requirement("INCIDENT-027")
def test_a_grade_weighed_before_the_claim_changed_is_refused(world):
    a, *_ = three(world)
    incident = opened(world, a)
    claim = claimed(world, a, incident)
    found = weighed(a.node.incidents, incident)
    act(world, a, lambda d: d.make_claim(incident, document(a, says="no"), claim=claim))
    with pytest.raises(RecordError) as caught:
        act(world, a, lambda d: d.grade(incident, claim, "crossing", found))
    assert caught.value.reason == "incident-claim"


@pytest.mark.requirement("INCIDENT-024")
def test_tasks_are_owed_until_done_and_hold_an_incident_open(world):
    a, b, _ = three(world)
    incident = opened(world, a)
    due = world.at(a).plus_s(60.0)
    wish = Task(
        incident, "", 0, "Ask for the recording", "ada", b.party.id, due, TaskState.OPEN, ""
    )
    made = act(world, a, lambda d: d.set_task(wish))
    [task] = a.node.incidents.get(incident).open_tasks()
    assert not task.overdue(due)
    assert task.overdue(due.plus_s(0.001))
    with pytest.raises(RecordError) as caught:
        act(world, a, lambda d: d.move(incident, IncidentEvent.CLOSE, "done"))
    assert caught.value.reason == "incident-tasks"
    named = made.body["task"]
    stated = Task(incident, named, 0, "Ask", "ada", b.party.id, due, TaskState.DONE, "It came.")
    act(world, a, lambda d: d.set_task(stated))
    act(world, a, lambda d: d.move(incident, IncidentEvent.CLOSE, "done"))
    assert a.node.incidents.get(incident).state is IncidentState.CLOSED
    assert len(a.node.incidents.get(incident).tasks[named]) == 2
    stranger = Task(incident, "", 0, "x", "ada", "nobody.aaaaaaaa", due, TaskState.OPEN, "")
    with pytest.raises(InputError, match="neither this party nor a peer"):
        act(world, a, lambda d: d.set_task(stranger))


@pytest.mark.requirement("INCIDENT-028")
def test_a_file_is_given_by_hand_and_its_bytes_are_what_was_filed(world):
    a, b, c = three(world)
    incident = opened(world, a)
    file = text_file(incident)
    act(world, a, lambda d: d.add_file(file))
    act(world, a, lambda d: d.give_file(incident, file.sha256, [b.party.id]))
    world.run(10)
    [told] = b.node.incidents.told()
    assert list(told.files) == [file.sha256]
    assert told.tellings == []
    assert not c.node.incidents.told()
    _, said = act(world, a, lambda d: d.tell(incident, [b.party.id], ""))
    assert "file" not in {each.what for each in said.withheld}
    for label, why in (("not-releasable", "not-releasable"), ("tlp:purple", "not known")):
        with pytest.raises(AgreementError, match=why):
            act(world, a, lambda d, e=label: d.give_file(incident, file.sha256, [b.party.id], [e]))
    with pytest.raises(InputError, match="no file of"):
        act(world, a, lambda d: d.give_file(incident, "ab" * 32, [b.party.id]))


@pytest.mark.requirement("INCIDENT-021")
def test_a_file_filed_twice_is_refused_by_the_name_of_its_field(world):
    a, *_ = three(world)
    incident = opened(world, a)
    act(world, a, lambda d: d.add_file(text_file(incident)))
    with pytest.raises(InputError, match="is filed already") as refused:
        act(world, a, lambda d: d.add_file(text_file(incident)))
    assert refused.value.field == "sha256"


@pytest.mark.requirement("INCIDENT-028")
def test_files_are_bounded_together(world, monkeypatch):
    a, *_ = three(world)
    monkeypatch.setattr("comity.domain.incidents.book.FILES_SIZE_BYTES_MAX", 40)
    incident = opened(world, a)
    act(world, a, lambda d: d.add_file(text_file(incident)))
    act(world, a, lambda d: d.add_file(text_file(incident, b"another\n")))
    with pytest.raises(RecordError) as caught:
        act(world, a, lambda d: d.add_file(text_file(incident, b"a third one, too many\n")))
    assert caught.value.reason == "incident-limit"
    assert "40" in caught.value.detail


@pytest.mark.requirement("INCIDENT-021")
def test_a_label_of_the_opening_binds_what_is_told(world):
    a, b, _ = three(world)
    record = act(world, a, lambda d: d.open(opening(), ["not-releasable"]))
    incident = record.body["incident"]
    with pytest.raises(AgreementError) as caught:
        act(world, a, lambda d: d.tell(incident, [b.party.id], ""))
    assert caught.value.reason == "not-releasable"
    with pytest.raises(InputError, match="nothing goes to everybody"):
        act(world, a, lambda d: d.tell(incident, [], ""))
    with pytest.raises(AgreementError) as caught:
        act(world, a, lambda d: d.tell(incident, ["nobody.aaaaaaaa"], ""))
    assert caught.value.reason == "not-paired"


@pytest.mark.requirement("INCIDENT-032")
def test_in_a_group_it_is_told_to_members_with_whom_this_party_shares(world):
    a, b, c = three(world)
    wish = NewGroup(GroupType.BORDER_INCIDENTS, "The river", "Here stays here.", "Article 3",
                    (b.party.id, c.party.id), ("tlp:green",))  # fmt: skip
    made = outcome(world.do(a, lambda n, at: create_group(n, wish, ADA, at)))
    group = GroupId(made.body["group"])
    incident = opened(world, a)
    with pytest.raises(AgreementError) as caught:
        act(world, a, lambda d: d.tell(incident, [], "", group=group))
    assert caught.value.reason == "not-in-group"
    world.run(10)
    outcome(world.do(b, lambda n, at: act_in_group(n, lambda g: g.accept(group), ADA, at)))
    world.run(10)
    draft, said = act(world, a, lambda d: d.tell(incident, [], "", group=group))
    assert (draft.recipients, said.group) == ((b.party.id,), group)
    with pytest.raises(AgreementError, match=c.party.id):
        act(world, a, lambda d: d.tell(incident, [c.party.id], "", group=group))


@pytest.mark.requirement("INCIDENT-025")
@pytest.mark.requirement("INCIDENT-032")
def test_in_a_group_of_three_each_sides_record_is_its_own_and_what_is_told_goes_to_members(world):
    a, b, c = three(world)
    wish = NewGroup(GroupType.BORDER_INCIDENTS, "The river", "Here stays here.", "Article 3",
                    (b.party.id, c.party.id), ("tlp:green",))  # fmt: skip
    group = GroupId(
        outcome(world.do(a, lambda n, at: create_group(n, wish, ADA, at))).body["group"]
    )
    world.run(10)
    for member in (b, c):
        outcome(world.do(member, lambda n, at: act_in_group(n, lambda g: g.accept(group), ADA, at)))
    world.run(10)
    incidents = [opened(world, place, title=f"As {place.party.id} has it") for place in (a, b, c)]
    claimed(world, a, incidents[0])
    before = [
        place.node.incidents.get(one).opening
        for place, one in zip((a, b, c), incidents, strict=True)
    ]
    told = act(world, a, lambda d: d.issue(d.tell(incidents[0], [], "First word.", group=group)[0]))
    assert sorted(told.recipients) == sorted((b.party.id, c.party.id))
    world.run(10)
    for place, own in ((b, incidents[1]), (c, incidents[2])):
        [other] = place.node.incidents.told()
        assert (other.id, other.tellings[-1][0].group) == (incidents[0], group)
        assert b"SECRETNOTE" in stored(place), "its own note"
        assert stored(place).count(b"SECRETNOTE") == 1
        assert b"It crossed" not in stored(place), "a claim goes out by `give`, and by nothing else"
        act(world, place, lambda d, own=own: d.link(own, [Link(Linked.TELLING, told.digest)]))
    answer = act(world, b, lambda d: d.issue(d.tell(incidents[1], [], "Not so.", group=group)[0]))
    assert sorted(answer.recipients) == sorted((a.party.id, c.party.id))
    world.run(10)
    for place, own, as_opened, others in zip((a, b, c), incidents, before, (1, 1, 2), strict=True):
        held = place.node.incidents.get(own)
        assert held.opening == as_opened
        assert held.state is IncidentState.OPEN
        assert len(place.node.incidents.told()) == others
    words = [each.tellings[-1][0].words for each in c.node.incidents.told()]
    assert sorted(words) == ["First word.", "Not so."]
    with pytest.raises(AgreementError) as caught:
        act(world, a, lambda d: d.tell(incidents[0], [a.party.id], "", group=group))
    assert caught.value.reason == "not-in-group"


@pytest.mark.requirement("INCIDENT-022")
def test_a_node_that_starts_again_holds_the_same_incidents(world):
    a, b, _ = three(world)
    incident = opened(world, a)
    claim = claimed(world, a, incident)
    act(world, a, lambda d: d.give_claim(claim, [b.party.id]))
    act(world, a, lambda d: d.add_file(text_file(incident)))
    found = weighed(a.node.incidents, incident)
    act(world, a, lambda d: d.grade(incident, claim, "crossing", found))
    key = LinkKey(Linked.TRACK, "ab" * 32, None)
    act(world, a, lambda d: d.link(incident, [Link(key.what, key.digest)]))
    act(world, a, lambda d: d.unlink(incident, key, "of another flight"))
    act(world, a, lambda d: d.issue(d.tell(incident, [b.party.id], "")[0]))
    world.run(10)
    for place in (a, b):
        again = IncidentBook(place.party.id)
        for entry in place.node.store.journal():
            record = place.node.open_envelope(entry.envelope_bytes)
            if record.kind.startswith(("incident.", "claim.")):
                again.apply(record, entry.received_at)
        assert repr(again.incidents()) == repr(place.node.incidents.incidents())
        assert repr(again.told()) == repr(place.node.incidents.told())
        assert repr(again.claims()) == repr(place.node.incidents.claims())
    assert len(b.node.incidents.told()) == 1
    assert json.loads(json.dumps(a.node.incidents.get(incident).moves)) == []


def outcome(found):
    assert found is not None
    return found.result()


def say_to(world, a, others, text):
    to = tuple(each.party.id for each in others)
    words = Words(text, "en", ADA, to, subject="The river")
    return outcome(world.do(a, lambda n, at: send_message(n, words, Precedence.ROUTINE, at))).record


@pytest.mark.requirement("INCIDENT-020")
def test_what_one_peer_makes_a_node_keep_is_bounded(world, monkeypatch):
    a, b, _ = three(world)
    theirs = opened(world, b)
    monkeypatch.setattr("comity.domain.incidents.book.KEPT_BYTES_MAX", 3_000)
    for number in range(6):
        act(world, b, lambda d, n=number: d.issue(d.tell(theirs, [a.party.id], f"telling {n}")[0]))
        world.run(4)
    [told] = a.node.incidents.told()
    assert 1 <= len(told.tellings) < 6
    refused = quarantined(a, b)
    assert set(refused) == {"incident-limit"}
    assert len(refused) + len(told.tellings) == 6
    mine = opened(world, a)
    assert a.node.incidents.get(mine), "own people go on"


@pytest.mark.requirement("INCIDENT-023")
def test_an_alert_opens_an_incident_by_the_beginning_of_its_id(world):
    a, *_ = three(world)
    alert = {
        "alert": "ab" * 16, "revision": 0, "net": "pair-conflict", "subjects": ["one", "two"],
        "aspect": "", "severity": "warning", "determined": True, "basis": {},
        "raised_at": str(world.at(a)), "seen_at": str(world.at(a)),
    }  # fmt: skip
    raised = outcome(world.do(a, lambda n, at: n.issue(Draft("alert.raised", (), alert), at)))
    found = act(world, a, lambda d: d.alert_record("abab"))
    assert found == raised.digest
    incident = opened(world, a, because=Because(OpenedBy.ALERT, found))
    [key] = a.node.incidents.get(incident).links
    assert (key.what, key.digest) == (Linked.ALERT, raised.digest)
    with pytest.raises(InputError, match="0 alerts kept here"):
        act(world, a, lambda d: d.alert_record("cd"))
    again = {**alert, "alert": "abcd" * 8}
    outcome(world.do(a, lambda n, at: n.issue(Draft("alert.raised", (), again), at)))
    with pytest.raises(InputError, match="2 alerts kept here"):
        act(world, a, lambda d: d.alert_record("ab"))


def quarantined(place, peer):
    """Why records of a peer were refused, as the alarms tell."""
    found = [each for each in place.node.alarms.since(0) if each.code == "quarantine"]
    return [each.text.partition(":")[0] for each in found if each.peer == peer.party.id]
