import pytest
from tests.agreement_world import actors

from comity.domain.groups import (
    DOCUMENT_SIZE_BYTES_MAX,
    GroupBook,
    GroupDrafts,
    GroupType,
    MediaType,
    NewGroup,
    NewTask,
    Task,
    document,
    heads_of,
    media_type_of,
)
from comity.domain.groups.limits import GROUPS_OF_A_PARTY_MAX
from comity.domain.records import Draft, open_record
from comity.kernel.errors import AgreementError, InputError, RecordError
from comity.kernel.ids import GroupId, OperatorId
from comity.kernel.instants import Instant

ADA = OperatorId("ada")
DUE = Instant(1_800_000_000_000)
HERE, THERE, AWAY = actors("here", "there", "away")
KEYS = {each.id: each.node.public_key for each in (HERE, THERE, AWAY)}


def opened(envelope):
    return open_record(envelope, lambda party, _: KEYS.get(party))


def group_of_two():
    here, there, _ = actors("here", "there", "away")
    book = GroupBook(here.id, opened)
    drafts = GroupDrafts(book, (there.id,), ADA)
    group = GroupId(f"{here.id}/00000000000000a1")
    wish = NewGroup(GroupType.FREE, "Two", "as agreed", "an article", (there.id,))
    creation = here.say(drafts.create(group, wish))
    book.apply(creation)
    about = {"admission": creation.digest, "group": group}
    book.apply(there.say(Draft("group.acceptance", (here.id,), about, ADA)))
    return here, there, book, drafts, group


@pytest.mark.requirement("GROUP-008")
@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("rules.pdf", b"%PDF-1.4\n", MediaType.PDF),
        ("map.PNG", b"\x89PNG\r\n\x1a\n1234", MediaType.PNG),
        ("photo.jpeg", b"\xff\xd8\xff\xe0", MediaType.JPEG),
        ("area.geojson", b'{"a": 1}', MediaType.JSON),
        ("notes.md", "# Разное\n".encode(), MediaType.TEXT),
        ("table.csv", b"a,b\r\n1,2\r\n", MediaType.TEXT),
        ("brackets.txt", b"[not json", MediaType.TEXT),
        ("most.txt", b"x" * DOCUMENT_SIZE_BYTES_MAX, MediaType.TEXT),
    ],
)
def test_a_document_is_of_the_type_that_its_bytes_show(name, content, found):
    assert document(name, content).media_type is found


@pytest.mark.requirement("GROUP-008")
@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("plan.pdf", b"plain words", "name"),
        ("plan", b"plain words", "name"),
        ("plan.txt", b"%PDF-1.4", "name"),
        ("a/b.txt", b"words", "name"),
        ("..", b"words", "name"),
        ("", b"words", "name"),
        ("plan\u202etxt.txt", b"words", "name"),
        ("p" * 121 + ".txt", b"words", "name"),
        ("plan.txt", b"", "content"),
        ("plan.txt", b"x" * (DOCUMENT_SIZE_BYTES_MAX + 1), "content"),
        ("plan.txt", b"\x7fELF\x02", "content"),
        ("plan.txt", b"\xff\xfe\x00a", "content"),
        ("plan.txt", "a\u202eb".encode(), "content"),
        ("plan.txt", b"\n <ScRiPt>x</script>", "content"),
        ("plan.json", b"[" * 100_000, "name"),
    ],
)
def test_a_document_that_lies_or_would_run_is_refused(name, content, field):
    with pytest.raises(InputError) as caught:
        document(name, content)
    assert caught.value.field == field


@pytest.mark.requirement("GROUP-008")
def test_what_is_no_text_has_no_type():
    assert media_type_of(b"\x00\x01") is None
    assert media_type_of(b"<?xml version='1.0'?>") is None


@pytest.mark.requirement("GROUP-009")
def test_two_versions_of_a_task_made_at_once_are_both_shown_until_one_replaces_both():
    here, there, book, drafts, group = group_of_two()
    task = f"{here.id}/00000000000000c3"
    first = here.say(drafts.set_task(group, task, NewTask("Write", there.id, DUE)))
    book.apply(first)
    for who in (here, there):
        body = {**first.body, "title": f"Write, says {who.slug}", "replaces": [first.digest]}
        to = (there.id,) if who is here else (here.id,)
        book.apply(who.say(Draft("group.task", to, body, ADA)))

    def held():
        return [e for e in book.get(group).said.values() if isinstance(e.body, Task)]

    titles = {each.body.title for each in heads_of(held())}
    assert titles == {"Write, says here", "Write, says there"}
    book.apply(here.say(drafts.set_task(group, task, NewTask("Write together", there.id, DUE))))
    assert [each.body.title for each in heads_of(held())] == ["Write together"]


@pytest.mark.requirement("GROUP-011")
def test_who_may_not_is_told_why():
    here, there, book, drafts, group = group_of_two()
    with pytest.raises(InputError, match="no peer"):
        drafts.invite(group, AWAY.id, "", b"")
    with pytest.raises(InputError, match="member already"):
        drafts.invite(group, there.id, "", b"")
    with pytest.raises(InputError, match="subject: a new matter takes one; 0 matters are known"):
        drafts.post(group, f"{here.id}/{1:016x}", None, "hello", "en")
    with pytest.raises(InputError, match="no member"):
        drafts.set_task(group, f"{here.id}/{1:016x}", NewTask("x", AWAY.id, DUE))
    with pytest.raises(InputError, match="unknown"):
        GroupDrafts(book, (AWAY.id,), ADA).remove(group, AWAY.id, "out")
    book.apply(here.say(drafts.remove(group, there.id, "a quarrel")))
    with pytest.raises(AgreementError, match="group-alone"):
        drafts.post(group, f"{here.id}/{1:016x}", "s", "hello", "en")
    book.apply(here.say(Draft("group.departure", (there.id,), {
        "admission": book.membership(group).of(here.id)[0].digest, "group": group, "reason": "",
    }, ADA)))  # fmt: skip
    with pytest.raises(AgreementError, match="group-standing"):
        drafts.leave(group, "again")


@pytest.mark.requirement("GROUP-010")
def test_one_party_cannot_fill_the_book():
    book = GroupBook(HERE.id, opened)
    [stranger] = actors("stranger")

    def post(number):
        about = {"admission": "a1" * 32, "group": f"{THERE.id}/{number:016x}"}
        words = {"language": "en", "matter": about["group"], "subject": None, "text": "x"}
        return stranger.say(Draft("group.post", (HERE.id,), {**about, **words}, ADA))

    for number in range(GROUPS_OF_A_PARTY_MAX):
        book.apply(post(number))
    with pytest.raises(RecordError, match="group-limit"):
        book.apply(post(GROUPS_OF_A_PARTY_MAX))
    assert len(book.groups()) == GROUPS_OF_A_PARTY_MAX


@pytest.mark.requirement("GROUP-003")
def test_a_group_created_twice_goes_to_nobody():
    here, there, book, drafts, group = group_of_two()
    body = {**book.get(group).membership_records[
        book.membership(group).creation_digest][0].body, "terms": "other terms"}  # fmt: skip
    book.apply(here.say(Draft("group.creation", (there.id,), body, ADA)))
    membership = book.membership(group)
    assert membership.contested
    assert not membership.shares(here.id, there.id)
    with pytest.raises(AgreementError, match="group-contested"):
        drafts.post(group, f"{here.id}/{1:016x}", "s", "hello", "en")
