import pytest

from comity.domain.operators import (
    ACTIONS,
    KNOWN_KINDS,
    NODE_KINDS,
    PERSON_KINDS,
    Action,
    Operator,
    OperatorRegister,
    Role,
    authorise,
    check_operator,
)
from comity.domain.releasability import RELEASE_TABLE
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import NODE_OPERATOR, OperatorId
from comity.kernel.instants import Instant

AT = Instant(1_800_000_000_000)


def person(name: str = "ada", *roles: Role, secret_hash: str | None = None) -> Operator:
    chosen = frozenset(roles or (Role.OFFICER,))
    return Operator(OperatorId(name), name.title(), chosen, secret_hash or f"hash of {name}")


@pytest.mark.requirement("OPER-001")
def test_every_action_has_roles_and_no_role_may_do_everything():
    assert set(ACTIONS) == set(Action)
    assert all(ACTIONS.values())
    for role in Role:
        allowed = {action for action, roles in ACTIONS.items() if role in roles}
        assert allowed
        assert allowed != set(Action)


@pytest.mark.requirement("OPER-001")
@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        (Role.OFFICER, Action.INTENT_DECLARE, True),
        (Role.OFFICER, Action.AGREEMENT_SIGN, False),
        (Role.SUPERVISOR, Action.AGREEMENT_SIGN, True),
        (Role.SUPERVISOR, Action.KEY_ROTATE, False),
        (Role.ADMINISTRATOR, Action.OPERATOR_MANAGE, True),
        (Role.ADMINISTRATOR, Action.INTENT_DECLARE, False),
        (Role.ADMINISTRATOR, Action.AGREEMENT_SIGN, False),
    ],
)
def test_a_role_allows_what_the_table_says(role, action, allowed):
    if allowed:
        authorise(person("ada", role), action)
        authorise(person("ada", role), action.value)
    else:
        with pytest.raises(InputError, match="ada may not"):
            authorise(person("ada", role), action)


@pytest.mark.requirement("OPER-001")
def test_an_action_that_is_not_in_the_table_is_refused():
    with pytest.raises(InputError, match="not an action"):
        authorise(person("ada", *Role), "target.nominate")


@pytest.mark.requirement("OPER-002")
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": "node"}, "operator"),
        ({"id": "Ada"}, "operator"),
        ({"id": ""}, "operator"),
        ({"id": "a" * 33}, "operator"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"roles": frozenset()}, "roles"),
        ({"roles": frozenset({"king"})}, "roles"),
        ({"secret_hash": ""}, "secret_hash"),
    ],
)
def test_an_operator_out_of_form_cannot_exist(fields, field):
    good = {"id": "ada", "name": "Ada", "roles": frozenset({Role.OFFICER}), "secret_hash": "h"}
    with pytest.raises(InputError) as caught:
        Operator(**(good | fields))
    assert caught.value.field == field


@pytest.mark.requirement("OPER-002")
def test_each_person_has_an_id_and_a_secret_of_their_own():
    register = OperatorRegister([person("ada"), person("boris")])
    with pytest.raises(InputError, match="exists already"):
        register.add(person("ada", secret_hash="another"))
    with pytest.raises(InputError, match="not shared"):
        register.add(person("eve", secret_hash="hash of ada"))
    assert [each.id for each in register] == ["ada", "boris"]
    assert register.get(OperatorId("eve")) is None
    assert "hash" not in repr(person("ada"))


@pytest.mark.requirement("OPER-002")
def test_the_register_has_a_limit():
    register = OperatorRegister(person(f"p{number}") for number in range(1000))
    with pytest.raises(InputError, match="at most 1000"):
        register.add(person("ada"))


@pytest.mark.requirement("OPER-003")
def test_a_secret_is_one_persons_and_no_longer_anybodys_once_revoked():
    register = OperatorRegister([person("ada", *Role), person("boris")])
    assert register.acting_with("hash of ada") == person("ada", *Role)
    assert register.acting_with("hash of eve") is None
    assert register.acting_with("") is None
    register.revoke(OperatorId("boris"), AT)
    assert register.acting_with("hash of boris") is None


@pytest.mark.requirement("OPER-005")
def test_who_was_revoked_stays_known_and_acts_no_more():
    register = OperatorRegister([person("ada", *Role), person("boris", *Role)])
    revoked = register.revoke(OperatorId("boris"), AT)
    assert revoked.revoked_at == AT
    assert [each.id for each in register] == ["ada", "boris"]
    with pytest.raises(InputError, match="was revoked"):
        authorise(revoked, Action.STATUS_READ)
    with pytest.raises(InputError, match="exists already"):
        register.add(person("boris", secret_hash="another"))
    for name, why in (("boris", "was revoked"), ("eve", "no operator"), ("ada", "is the last")):
        with pytest.raises(InputError, match=why):
            register.revoke(OperatorId(name), AT)
    assert register.acting_with("hash of ada") is not None


@pytest.mark.requirement("OPER-004")
@pytest.mark.parametrize("kind", sorted(PERSON_KINDS))
def test_what_a_person_answers_for_a_node_cannot_make(kind):
    with pytest.raises(RecordError) as caught:
        check_operator(kind, NODE_OPERATOR)
    assert caught.value.reason == "person-required"
    check_operator(kind, OperatorId("ada"))


@pytest.mark.requirement("OPER-004")
@pytest.mark.parametrize("kind", sorted(NODE_KINDS))
def test_what_standing_policy_decides_either_may_make(kind):
    check_operator(kind, NODE_OPERATOR)
    check_operator(kind, OperatorId("ada"))


@pytest.mark.requirement("OPER-004")
def test_an_agreement_may_ask_for_a_persons_assent():
    check_operator("intent.assent", OperatorId("ada"), assent_by_person=True)
    check_operator("intent.refusal", NODE_OPERATOR, assent_by_person=True)
    with pytest.raises(RecordError, match="person-required"):
        check_operator("intent.assent", NODE_OPERATOR, assent_by_person=True)


@pytest.mark.requirement("OPER-004")
def test_an_unknown_kind_is_nobodys():
    for operator in (NODE_OPERATOR, OperatorId("ada")):
        with pytest.raises(RecordError) as caught:
            check_operator("target.list", operator)
        assert caught.value.reason == "unknown-kind"
    assert set(RELEASE_TABLE) <= KNOWN_KINDS, "whatever may leave has somebody who answers for it"
    assert not PERSON_KINDS & NODE_KINDS
