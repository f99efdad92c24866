import base64
import json
from dataclasses import replace

import pytest
from tests.agreement_world import DAY_S, NODE, NOON, OPERATOR, Actor, actors, signer

from comity.domain.agreement import (
    PAIRING_WORDS,
    KeyStatement,
    PartyDirectory,
    decode_card,
    encode_card,
    key_draft,
    pairing_words,
    sign_key_statement,
)
from comity.domain.records import Draft, open_record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PartyId

WORDS = [f"word{number}" for number in range(2048)]


def paired() -> tuple[Actor, Actor, PartyDirectory]:
    """North's directory, with South enrolled."""
    north, south = actors("north", "south")
    directory = PartyDirectory(north.card())
    directory.enrol(south.card())
    return north, south, directory


def word_from(south: Actor, after_s: float = 1.0, key=None):
    draft = Draft("intent.withdrawal", (Actor("north").id,), {"proposal": "x"})
    return south.say(draft, after_s, key)


@pytest.mark.requirement("AGREE-021")
def test_a_key_statement_holds_only_under_its_own_partys_root():
    north, south = actors("north", "south")
    signed = south.key_statement()
    assert signed.holds_under(south.root.public_key)
    assert not signed.holds_under(north.root.public_key)
    changed = replace(signed, statement=replace(signed.statement, sequence=1))
    assert not changed.holds_under(south.root.public_key)


@pytest.mark.requirement("AGREE-021")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"not_after": NOON.plus_s(90 * DAY_S + 0.001)}, "not_after"),
        ({"not_after": NOON}, "not_after"),
        ({"node_key": bytes(32)}, "node_key"),
        ({"node_key": b"short"}, "node_key"),
        ({"tls_certificate_sha256": "AB" * 32}, "tls_certificate_sha256"),
        ({"sequence": -1}, "sequence"),
        ({"sequence": 1000}, "sequence"),
        ({"party": PartyId("South")}, "party"),
        ({"revokes": ("ed25519:" + "b" * 64, "ed25519:" + "a" * 64)}, "revokes"),
        ({"revokes": ("rsa:" + "b" * 64,)}, "revokes[0]"),
    ],
)
def test_a_key_statement_outside_its_limits_cannot_be_made(changed, field):
    statement = Actor("south").key_statement().statement
    with pytest.raises(InputError) as caught:
        replace(statement, **changed)
    assert caught.value.field == field


@pytest.mark.requirement("AGREE-021")
def test_a_statement_may_not_revoke_the_key_it_names():
    statement = Actor("south").key_statement().statement
    with pytest.raises(InputError, match="very key"):
        replace(statement, revokes=(statement.key_id,))


@pytest.mark.requirement("AGREE-022")
def test_a_record_outside_the_validity_of_its_key_is_refused():
    _, south, directory = paired()
    directory.check_key(word_from(south))
    south.clock = NOON.plus_s(90 * DAY_S - 2)
    directory.check_key(word_from(south))
    for jump_s in (1.0, 1000.0):
        with pytest.raises(RecordError) as caught:
            directory.check_key(word_from(south, jump_s))
        assert caught.value.reason == "key-expired"
    south.clock = NOON.plus_s(-10)
    with pytest.raises(RecordError, match="key-expired"):
        directory.check_key(word_from(south))


@pytest.mark.requirement("AGREE-022")
def test_a_revoked_key_is_refused_behind_the_place_of_its_revocation():
    north, south, directory = paired()
    new = signer("new south")
    signed = south.key_statement(1, node=new, revokes=(south.node,))
    record = south.say(key_draft(signed, (north.id,), OPERATOR))
    directory.apply(record, record.made_at)
    directory.mark_delivered(south.id, 1, north.id, index=7)
    directory.mark_delivered(south.id, 1, north.id, index=3)  # the first place filed stands
    old = word_from(south)
    directory.check_key(old, north.id, 7)
    for reader, index in ((north.id, 8), (None, None), (Actor("west").id, 2)):
        with pytest.raises(RecordError) as caught:
            directory.check_key(old, reader, index)
        assert caught.value.reason == "key-revoked"
    directory.check_key(word_from(south, key=new), north.id, 8)
    assert directory.public_key_of(south.id, south.node.key_id) == south.node.public_key, (
        "old records verify for ever"
    )


@pytest.mark.requirement("AGREE-022")
def test_a_statement_is_pending_until_it_stands_in_a_readers_log():
    north, south, directory = paired()
    east = Actor("east")
    signed = north.key_statement(1, node=signer("new north"))
    record = north.say(key_draft(signed, tuple(sorted((south.id, east.id))), OPERATOR))
    directory.apply(record, record.made_at)
    readers = (south.id, east.id)
    assert [reader for _, reader in directory.pending(readers)] == [south.id, east.id]
    directory.mark_delivered(north.id, 1, south.id, 0)
    assert [reader for _, reader in directory.pending(readers)] == [east.id]


@pytest.mark.requirement("AGREE-022")
def test_a_party_that_lost_its_key_introduces_the_next_one_under_its_root():
    north, south, directory = paired()
    new = signer("new south")
    signed = south.key_statement(1, node=new, revokes=(south.node,))
    record = south.say(key_draft(signed, (north.id,), OPERATOR), key=new)
    with pytest.raises(RecordError, match="unknown-key"):
        open_record(record.envelope_bytes, directory.public_key_of)
    opened = open_record(record.envelope_bytes, directory.resolver_for(record.envelope_bytes))
    directory.apply(opened, opened.made_at)
    assert directory.public_keys(south.id) == (new.public_key, south.node.public_key)


@pytest.mark.requirement("AGREE-022")
def test_nothing_but_a_statement_under_the_pinned_root_introduces_a_key():
    north, south, directory = paired()
    new = signer("new south")
    genuine = south.key_statement(1, node=new)
    forged = sign_key_statement(genuine.statement, north.root.sign)
    for record in (
        south.say(key_draft(forged, (north.id,), OPERATOR), key=new),
        word_from(south, key=new),
        south.say(Draft("party.key", (north.id,), {}, OPERATOR), key=new),
        south.say(Draft("party.key", (north.id,), {"statement": 3}, OPERATOR), key=new),
    ):
        with pytest.raises(RecordError, match="unknown-key"):
            open_record(record.envelope_bytes, directory.resolver_for(record.envelope_bytes))
    assert directory.resolver_for(b"no envelope")(south.id, new.key_id) is None


@pytest.mark.requirement("AGREE-022")
def test_key_records_out_of_form_or_out_of_turn_are_refused():
    north, south, directory = paired()
    west = Actor("west")
    statement = south.key_statement(1, node=signer("new south"))
    forged = sign_key_statement(statement.statement, north.root.sign)
    shared = south.key_statement(2, node=north.node)
    rooted = south.key_statement(2, node=north.root)
    other = south.key_statement(0, node=signer("other south"))
    good = key_draft(statement, (north.id,), OPERATOR)
    cases = [
        (south.say(key_draft(forged, (north.id,), OPERATOR)), "key-signature"),
        (south.say(key_draft(shared, (north.id,), OPERATOR)), "key-shared"),
        (south.say(key_draft(rooted, (north.id,), OPERATOR)), "key-shared"),
        (south.say(key_draft(other, (north.id,), OPERATOR)), "key-sequence"),
        (south.say(replace(good, operator=NODE)), "person-required"),
        (south.say(replace(good, kind_version=3)), "field-limit"),
        (south.say(replace(good, body={})), "key-statement"),
        (south.say(replace(good, body={**good.body, "x": 1})), "key-statement"),
        (south.say(replace(good, body={**good.body, "signature_base64": "AA=="})), "key-statement"),
        (south.say(replace(good, body={**good.body, "signature_base64": 5})), "key-statement"),
        (west.say(good), "key-statement"),
        (west.say(key_draft(west.key_statement(), (north.id,), OPERATOR)), "unknown-party"),
        (south.say(replace(good, kind="party.word")), "unknown-kind"),
    ]
    before = directory.statements(south.id)
    for record, reason in cases:
        with pytest.raises(RecordError) as caught:
            directory.apply(record, record.made_at)
        assert caught.value.reason == reason
    assert directory.statements(south.id) == before


@pytest.mark.requirement("AGREE-022")
def test_a_revoked_key_does_not_return():
    north, south, directory = paired()
    new = signer("new south")
    for signed in (
        south.key_statement(1, node=new, revokes=(south.node,)),
        south.key_statement(1, node=new, revokes=(south.node,)),  # again: nothing happens
    ):
        record = south.say(key_draft(signed, (north.id,), OPERATOR))
        directory.apply(record, record.made_at)
    back = south.say(key_draft(south.key_statement(2, node=south.node), (north.id,), OPERATOR))
    with pytest.raises(RecordError, match="cannot return"):
        directory.apply(back, back.made_at)
    assert len(directory.statements(south.id)) == 2
    assert directory.certificates(south.id, NOON) == (south.certificate,)
    assert directory.certificates(Actor("west").id, NOON) == ()


@pytest.mark.requirement("AGREE-026")
def test_a_renewed_certificate_stands_beside_the_older_one_until_that_ends():
    north, south, directory = paired()
    signed = south.key_statement(
        1, node=signer("new south"), certificate=b"new", not_before=NOON.plus_s(30 * DAY_S)
    )
    record = south.say(key_draft(signed, (north.id,), OPERATOR, b"new"))
    assert record.kind_version == 2
    directory.apply(record, record.made_at)
    ended = NOON.plus_s(90 * DAY_S)
    assert directory.certificates(south.id, ended.plus_s(-1)) == (b"new", south.certificate)
    assert directory.certificates(south.id, ended) == (b"new",)
    assert directory.certificates(south.id, ended.plus_s(1000 * DAY_S)) == (b"new",)
    directory.enrol(south.card())  # the first card again: nothing comes back
    assert directory.certificates(south.id, ended) == (b"new",)


@pytest.mark.requirement("AGREE-026")
def test_a_certificate_goes_with_the_key_that_is_revoked():
    north, south, directory = paired()
    signed = south.key_statement(
        1, node=signer("new south"), certificate=b"new", revokes=(south.node,)
    )
    record = south.say(key_draft(signed, (north.id,), OPERATOR, b"new"))
    directory.apply(record, record.made_at)
    assert directory.certificates(south.id, NOON) == (b"new",)


@pytest.mark.requirement("AGREE-026")
def test_a_certificate_that_was_named_and_never_brought_leaves_the_older_one():
    north, south, directory = paired()
    signed = south.key_statement(1, node=signer("new south"), certificate=b"new")
    record = south.say(key_draft(signed, (north.id,), OPERATOR))
    directory.apply(record, record.made_at)
    assert directory.certificates(south.id, NOON.plus_s(1000 * DAY_S)) == (south.certificate,)


@pytest.mark.requirement("AGREE-026")
def test_of_many_certificates_the_latest_are_kept():
    north, south, directory = paired()
    for number in range(1, 20):
        made = b"certificate %d" % number
        node = signer(f"south {number}")
        signed = south.key_statement(number, node=node, certificate=made)
        record = south.say(key_draft(signed, (north.id,), OPERATOR, made))
        directory.apply(record, record.made_at)
    expected = tuple(b"certificate %d" % number for number in range(19, 11, -1))
    assert directory.certificates(south.id, NOON) == expected


@pytest.mark.requirement("AGREE-026")
@pytest.mark.parametrize("certificate", [b"another", b"", b"x" * 8193, None, 7, ["eA=="]], ids=repr)
def test_a_certificate_that_the_statement_does_not_name_is_refused(certificate):
    north, south, directory = paired()
    signed = south.key_statement(1, node=signer("new south"), certificate=b"new")
    if isinstance(certificate, bytes):
        with pytest.raises(InputError, match="tls_certificate"):
            key_draft(signed, (north.id,), OPERATOR, certificate)
        certificate = base64.b64encode(certificate).decode()
    draft = replace(key_draft(signed, (north.id,), OPERATOR, b"new"))
    body = {**draft.body, "tls_certificate_base64": certificate}
    record = south.say(replace(draft, body=body))
    with pytest.raises(RecordError) as caught:
        directory.apply(record, record.made_at)
    assert caught.value.reason == "key-statement"
    assert len(directory.statements(south.id)) == 1


def test_a_party_is_pinned_to_its_first_root():
    north, south, directory = paired()
    directory.enrol(south.card())
    newer = south.card(key=south.key_statement(1, node=signer("new south")), name="South again")
    directory.enrol(newer)
    directory.enrol(south.card())
    assert directory.card(south.id) == newer, "an older card does not take a newer one's place"
    assert directory.root_key_of(south.id) == south.root.public_key
    assert directory.root_key_of(Actor("west").id) is None
    assert directory.parties() == (north.id, south.id)
    twin = Actor("twin")
    with pytest.raises(InputError, match=r"is a key of south\."):
        directory.enrol(twin.card(key=twin.key_statement(node=south.node)))


@pytest.mark.requirement("AGREE-023")
def test_a_card_is_one_line_that_reads_back():
    card = Actor("south").card()
    line = encode_card(card)
    assert line.startswith("comity-card1:")
    assert "\n" not in line
    assert decode_card(f"  {line}\n") == card


@pytest.mark.requirement("AGREE-023")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "South\u202e"}, "name"),
        ({"party": PartyId("south.aaaaaaaa")}, "party"),
        ({"party": PartyId("South")}, "party"),
        ({"root_key": bytes(32)}, "root_key"),
        ({"root_key": Actor("north").root.public_key}, "party"),
        ({"key": Actor("north").key_statement()}, "signature"),
        ({"addresses": ("http://127.0.0.1:80",)}, "addresses[0]"),
        ({"addresses": ("https://user@host:80",)}, "addresses[0]"),
        ({"addresses": ("https://a", "https://a")}, "addresses"),
        ({"addresses": tuple(f"https://host{n}:1" for n in range(9))}, "addresses"),
        ({"tls_certificate": b""}, "tls_certificate"),
        ({"tls_certificate": b"another"}, "tls_certificate"),
        ({"tls_certificate": b"x" * 8193}, "tls_certificate"),
    ],
)
def test_a_card_that_does_not_certify_itself_cannot_exist(changed, field):
    with pytest.raises(InputError) as caught:
        Actor("south").card(**changed)
    assert caught.value.field == field


@pytest.mark.requirement("AGREE-023")
def test_a_card_whose_node_key_is_its_root_is_refused():
    south = Actor("south")
    with pytest.raises(InputError, match="root stays offline"):
        south.card(key=south.key_statement(node=south.root))


@pytest.mark.requirement("AGREE-023")
def test_a_damaged_or_altered_card_is_refused():
    line = encode_card(Actor("south").card())
    encoded = line.partition(":")[2]
    fields = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))

    def packed(**changed: object) -> str:
        new = {name: each for name, each in (fields | changed).items() if each is not None}
        text = json.dumps(new, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return "comity-card1:" + base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    assert packed() == line
    for damaged in (
        "",
        line[:-4],
        line.replace("comity-card1:", "comity-card2:"),
        line + "=",
        line.replace(encoded[20], "!"),
        "comity-card1:" + "A" * 20_000,
        packed(name="N\u00f6rd" * 60),
        packed(name=None),
        packed(name=7),
        packed(extra=1),
        packed(card_version=2),
        packed(addresses="https://a"),
        packed(addresses=[1]),
        packed(root_key_base64="***"),
        packed(statement=[]),
        packed(statement={**fields["statement"], "revokes": [1]}),
        packed(statement={**fields["statement"], "sequence": "0"}),
        packed(statement={**fields["statement"], "party": 1}),
        packed(statement={**fields["statement"], "not_before": "2026-11-23"}),
        packed(statement={**fields["statement"], "sequence": 1}),
    ):
        with pytest.raises(InputError):
            decode_card(damaged)


@pytest.mark.requirement("AGREE-024")
def test_both_sides_see_the_same_words_and_a_third_card_changes_them():
    north, south, west = (each.card() for each in actors("north", "south", "west"))
    words = pairing_words(north, south, WORDS)
    assert len(words) == PAIRING_WORDS == 8
    assert words == pairing_words(south, north, WORDS)
    assert words != pairing_words(south, west, WORDS)
    renamed = Actor("south").card(name="South.")
    assert words != pairing_words(north, renamed, WORDS)


@pytest.mark.requirement("AGREE-024")
def test_pairing_words_want_two_parties_and_the_whole_list():
    north, south = (each.card() for each in actors("north", "south"))
    with pytest.raises(InputError, match="both cards"):
        pairing_words(north, north, WORDS)
    for wordlist in (WORDS[:2047], ["same"] * 2048):
        with pytest.raises(InputError, match="wordlist"):
            pairing_words(north, south, wordlist)


def test_a_statement_reads_its_own_key_id():
    statement = Actor("south").key_statement().statement
    assert isinstance(statement, KeyStatement)
    assert statement.key_id == Actor("south").node.key_id
