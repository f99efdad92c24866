"""Homes: settings, keys, operators, all made whole or not at all."""

import contextlib
import os
import re
import stat
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import OFFICER, make_home

from comity import bootstrap
from comity.adapters.file_keys import (
    create_signing_key,
    load_signing_key,
    load_tls_identity,
    token_digest,
)
from comity.adapters.system_clock import SystemEntropy
from comity.application.keep_watch import take_watch
from comity.domain.operators import Operator, OperatorRegister, Role
from comity.domain.operators.operators import OPERATORS_MAX
from comity.entrypoints.api.messages import StatusTold
from comity.entrypoints.cli.access import open_node
from comity.entrypoints.cli.archiving import back_up, bring_back
from comity.entrypoints.cli.exit_codes import NodeUnreachableError
from comity.entrypoints.home import (
    Config,
    HomeLayout,
    RunningNode,
    Start,
    StartingNode,
    add_operator,
    config_from,
    config_text,
    load_config,
    load_operator_token,
    load_operators,
    read_running,
    read_starting,
    revoke_operator,
    split_address,
    write_running,
)
from comity.entrypoints.home.create import HomeWish
from comity.entrypoints.home.keys import load_card, renew_node_key, tls_identities, use_next_key
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import OperatorId, PartyId
from comity.kernel.instants import Instant

PARTY = PartyId("aurelia.aaaaaaaa")
HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "run-a-node.md"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> HomeLayout:
    return make_home(tmp_path_factory.mktemp("homes") / "a")


@pytest.mark.requirement("DOORS-020")
def test_settings_are_written_as_they_are_read(tmp_path: Path) -> None:
    config = Config(PARTY, 'The "northern" party\\ café', peer_port=0, api_beyond_loopback=True)
    path = tmp_path / "config.toml"
    path.write_text(config_text(config))
    assert load_config(path) == config


@pytest.mark.requirement("DOORS-020")
@pytest.mark.parametrize(
    ("changes", "field", "names"),
    [
        ({"peer_prt": 7443}, "peer_prt", "peer_port"),
        ({"peer_port": "7443"}, "peer_port", "int"),
        ({"peer_port": True}, "peer_port", "int"),
        ({"peer_port": 65_536}, "peer_port", "65535"),
        ({"api_port": -1}, "api_port", "65535"),
        ({"party": "Aurelia"}, "party", "a-z"),
        ({"name": ""}, "name", "100"),
        ({"name": "n" * 101}, "name", "100"),
        ({"log_level": "loud"}, "log_level", "debug"),
        ({"api_host": "0.0.0.0"}, "api_host", "api_beyond_loopback"),
        ({"api_host": "node.example"}, "api_host", "loopback"),
        ({"peer_address_public": "node.example"}, "peer_address_public", "host:port"),
        ({"peer_address_public": "::1:7443"}, "peer_address_public", "brackets"),
        ({"peer_address_public": "node.example:99999"}, "peer_address_public", "65535"),
        ({"name": None}, "name", "missing"),
    ],
)
def test_a_setting_out_of_bounds_is_refused_by_name(
    changes: dict[str, Any], field: str, names: str
) -> None:
    values: dict[str, Any] = {"party": PARTY, "name": "Aurelia", **changes}
    with pytest.raises(InputError) as caught:
        config_from({name: value for name, value in values.items() if value is not None})
    assert caught.value.field == field
    assert names in caught.value.why


@pytest.mark.requirement("DOORS-020")
@pytest.mark.parametrize("content", [b"party = ", b"\xff\xfe", b"#" * 70_000, b"[[[[[[[[a"])
def test_a_config_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"config\.toml"):
        load_config(path)
    with pytest.raises(InputError, match="No such file"):
        load_config(tmp_path / "none.toml")


@pytest.mark.requirement("DOORS-020")
def test_every_setting_is_documented() -> None:
    rows = set(re.findall(r"^\| `(\w+)`", HOWTO.read_text(), re.MULTILINE))
    assert {key.name for key in fields(Config)} <= rows


@pytest.mark.requirement("DOORS-021")
def test_a_new_home_is_private_and_whole(home: HomeLayout) -> None:
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    secrets = [home.root_key, home.node_key, home.keys / "tls.key", home.token(OFFICER)]
    assert [stat.S_IMODE(path.stat().st_mode) for path in secrets] == [0o600] * 4
    card = load_card(home.card)
    assert card.party == load_config(home.config).party
    statement = card.key.statement
    assert statement.not_after.minus(statement.not_before) == 90 * 86_400
    assert load_signing_key(home.node_key, "node").public_key == card.node_key
    assert not list(home.root.parent.glob(".*.part"))


@pytest.mark.requirement("DOORS-021")
@pytest.mark.parametrize("slug", ["", "Aurelia", "9lives", "a" * 33, "au relia"])
def test_a_home_that_cannot_be_made_leaves_nothing(tmp_path: Path, slug: str) -> None:
    wish = HomeWish("Aurelia", slug, OFFICER, "First officer", None, {})
    with pytest.raises(InputError, match="slug"):
        bootstrap.Composition().create_home(tmp_path / "a", wish)
    wish = HomeWish("Aurelia", "aurelia", OFFICER, "First officer", None, {"api_port": 99_999})
    with pytest.raises(InputError, match="api_port"):
        bootstrap.Composition().create_home(tmp_path / "a", wish)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.requirement("DOORS-021")
def test_a_home_where_nothing_can_be_written_is_said_to_be_that(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="home-not-made"):
        make_home(tmp_path / "file" / "a")


@pytest.mark.requirement("DOORS-021")
def test_a_damaged_card_is_named(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a")
    layout.card.write_text("comity-card1:AAAA")
    with pytest.raises(StoreError, match="card-malformed"):
        load_card(layout.card)


@pytest.mark.requirement("DOORS-021")
def test_a_home_in_use_is_never_overwritten(home: HomeLayout) -> None:
    before = home.node_key.read_bytes()
    with pytest.raises(InputError, match="in use"):
        make_home(home.root)
    assert home.node_key.read_bytes() == before


@pytest.mark.requirement("DOORS-022")
def test_each_operator_has_a_token_of_their_own(tmp_path: Path) -> None:
    layout = HomeLayout(tmp_path)
    register = OperatorRegister()
    for name in ("watch-1", "watch-2"):
        add_operator(
            layout, register, OperatorId(name), name, frozenset({Role.OFFICER}), SystemEntropy()
        )
    tokens = [load_operator_token(layout, OperatorId(name)) for name in ("watch-1", "watch-2")]
    assert tokens[0] != tokens[1]
    kept: list[Operator] = list(load_operators(layout))
    assert [operator.secret_hash for operator in kept] == [token_digest(t) for t in tokens]
    assert all(token not in layout.operators.read_text() for token in tokens)
    with pytest.raises(InputError, match="exists already"):
        add_operator(
            layout, register, OperatorId("watch-1"), "x", frozenset({Role.OFFICER}), SystemEntropy()
        )
    assert load_operator_token(layout, OperatorId("watch-1")) == tokens[0]


@pytest.mark.requirement("DOORS-022")
def test_a_full_register_can_be_read_again(tmp_path: Path) -> None:
    layout = HomeLayout(tmp_path)
    people = [
        Operator(OperatorId(f"{n:032d}"), "\u1e9e" * 100, frozenset(Role), f"{n:064x}")
        for n in range(OPERATORS_MAX - 1)
    ]
    add_operator(layout, OperatorRegister(people), OFFICER, "o", frozenset(Role), SystemEntropy())
    assert len(list(load_operators(layout))) == OPERATORS_MAX


@pytest.mark.requirement("DOORS-022")
def test_an_operator_that_could_not_be_written_down_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout, register = HomeLayout(tmp_path), OperatorRegister()
    add_operator(layout, register, OFFICER, "o", frozenset(Role), SystemEntropy())
    chief = OperatorId("chief")
    add_operator(layout, register, chief, "c", frozenset(Role), SystemEntropy())

    def full(*_: object, **__: object) -> None:
        raise StoreError("file-write", "no space left")

    monkeypatch.setattr("comity.entrypoints.home.operators_file.write_private", full)
    with pytest.raises(StoreError):
        add_operator(layout, register, OperatorId("late"), "l", frozenset(Role), SystemEntropy())
    with pytest.raises(StoreError):
        revoke_operator(layout, register, chief, Instant(1_800_000_000_000))
    for each in (register, load_operators(layout)):
        assert [(one.id, one.revoked_at) for one in each] == [(OFFICER, None), (chief, None)]


@pytest.mark.requirement("DOORS-022")
def test_a_token_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    layout = HomeLayout(tmp_path)
    register = OperatorRegister()
    add_operator(layout, register, OFFICER, "o", frozenset(Role), SystemEntropy())
    layout.token(OFFICER).chmod(0o640)
    with pytest.raises(StoreError, match="file-open-to-others"):
        load_operator_token(layout, OFFICER)
    layout.operators.chmod(0o604)
    with pytest.raises(StoreError, match="file-open-to-others"):
        load_operators(layout)


@pytest.mark.requirement("DOORS-022")
@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"format": "comity-operators-v1", "operators": [{"id": "x"}]}', b"\xff"],
)
def test_a_damaged_operators_file_is_refused(tmp_path: Path, content: bytes) -> None:
    layout = HomeLayout(tmp_path)
    layout.operators.write_bytes(content)
    layout.operators.chmod(0o600)
    with pytest.raises(StoreError, match="operators-malformed"):
        load_operators(layout)


@pytest.mark.requirement("DOORS-023")
def test_a_file_of_a_process_that_is_gone_says_nothing(home: HomeLayout) -> None:
    write_running(home, RunningNode(2**22 + 1, "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:2"))
    assert home.running.stat().st_mode & 0o777 == 0o600
    assert read_running(home) is None
    home.running.write_bytes(b"{")
    with pytest.raises(StoreError, match="running-malformed"):
        read_running(home)
    home.running.unlink()
    assert read_running(home) is None


@pytest.mark.requirement("DOORS-023")
def test_a_second_process_cannot_open_a_home(home: HomeLayout) -> None:
    first = bootstrap.open_service(home)
    try:
        with pytest.raises(StoreError, match="busy"):
            bootstrap.open_service(home)
    finally:
        first.close()
    bootstrap.open_service(home).close()


@pytest.mark.requirement("DOORS-050")
def test_while_a_node_starts_every_command_is_told_since_when_and_how_far(
    home: HomeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.application.node.VERIFIED_TOLD_EVERY", 1)
    monkeypatch.setattr("comity.entrypoints.home.starting.TOLD_EVERY_S", 0.0)
    told: list[str] = []

    class Asked(Start):
        """A start during which somebody asks again and again."""

        def _write(self, starting: StartingNode) -> None:
            super()._write(starting)
            with (
                pytest.raises(NodeUnreachableError) as refused,
                open_node(bootstrap.Composition(), home.root, None),
            ):
                pass
            told.append(str(refused.value))

    first = bootstrap.open_service(home)
    watches = [
        lambda node, at, name=name: take_watch(node, name, OFFICER, at)
        for name in ("desk", "tower")
    ]
    for outcome in first._runner.run(watches, first.now()):
        outcome.result()
    count = first._runner.node.journal_size
    first.close()
    assert count >= len(watches)
    start = Asked(home, Instant(0))
    service = bootstrap.open_service(home, start=start)
    since = f"the node of {home.root} is starting since 1970-01-01T00:00:00.000Z: "
    assert [each.removeprefix(since).removesuffix("; ask again") for each in told] == [
        "loading the program",
        "opening the store",
        *(f"{done} of {count} records verified" for done in range(1, count + 1)),
    ]
    again = Start(home, Instant(5))  # a second one, which will find the store taken, tells nothing
    again.end()
    assert read_starting(home) is not None
    start.end()
    service.close()
    with open_node(bootstrap.Composition(), home.root, None) as client:
        assert client.get("/v1/status", StatusTold).party
    assert not home.starting.exists()


@pytest.mark.requirement("DOORS-050")
def test_a_start_that_was_killed_or_cannot_be_read_says_nothing(home: HomeLayout) -> None:
    start = Start(home, Instant(0))
    told = home.starting.read_text()
    assert read_starting(home) is not None
    for left in (told.replace(str(os.getpid()), str(2**22 + 1)), "{", ""):
        home.starting.write_text(left)
        assert read_starting(home) is None
    start.end()


@pytest.mark.requirement("DOORS-024")
def test_a_renewal_takes_effect_only_when_the_journal_has_it(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a")
    old = load_signing_key(layout.node_key, "node")
    at = Instant(load_card(layout.card).key.statement.not_before.unix_ms).plus_s(400)
    signed = renew_node_key(layout, layout.root_key, None, 0, at, SystemEntropy(), revoke=True)
    assert signed.statement.sequence == 1
    assert signed.statement.revokes == (old.key_id,)
    assert not use_next_key(layout, old.key_id)  # the journal knows nothing of it yet
    assert load_signing_key(layout.node_key, "node").key_id == old.key_id
    assert use_next_key(layout, signed.statement.key_id)
    assert load_signing_key(layout.node_key, "node").key_id == signed.statement.key_id
    assert load_card(layout.current_card).key == signed
    assert load_card(layout.card).key.statement.sequence == 0
    assert not use_next_key(layout, signed.statement.key_id)


@pytest.mark.requirement("DOORS-005")
@pytest.mark.requirement("DOORS-024")
@pytest.mark.parametrize("cut", range(7))
def test_a_renewal_cut_short_anywhere_is_finished_with_both_certificates(
    tmp_path: Path, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = make_home(tmp_path / "a")
    first = load_tls_identity(layout.keys)
    at = Instant(load_card(layout.card).key.statement.not_before.unix_ms).plus_s(400)
    signed = renew_node_key(layout, layout.root_key, None, 0, at, SystemEntropy(), revoke=False)
    replaced, calls = Path.replace, []

    def cut_short(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) > cut:
            raise KeyboardInterrupt
        return replaced(path, target)

    monkeypatch.setattr(Path, "replace", cut_short)
    with contextlib.suppress(KeyboardInterrupt):
        use_next_key(layout, signed.statement.key_id)
    monkeypatch.undo()
    use_next_key(layout, signed.statement.key_id)
    new, older = tls_identities(layout)
    assert older.certificate_der == first.certificate_der
    assert new.certificate_digest == signed.statement.tls_certificate_sha256
    assert load_card(layout.current_card).tls_certificate == new.certificate_der
    assert load_signing_key(layout.node_key, "node").key_id == signed.statement.key_id


@pytest.mark.requirement("DOORS-005")
def test_a_few_older_certificates_are_kept_and_go_into_a_backup(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a")
    shown = [load_tls_identity(layout.keys)]
    for sequence in range(5):
        at = Instant(load_card(layout.card).key.statement.not_before.unix_ms).plus_s(400)
        signed = renew_node_key(
            layout, layout.root_key, None, sequence, at, SystemEntropy(), revoke=False
        )
        assert use_next_key(layout, signed.statement.key_id)
        shown.insert(0, load_tls_identity(layout.keys))
    assert layout.older_tls_names() == ("tls.4", "tls.3", "tls.2")
    kept = [each.certificate_digest for each in tls_identities(layout)]
    assert kept == [each.certificate_digest for each in shown[:4]]
    assert not list(layout.keys.glob("tls.1.*"))
    back_up(layout.root, tmp_path / "backup.zip", with_keys=True)
    bring_back(tmp_path / "backup.zip", tmp_path / "b", None)
    restored = tls_identities(HomeLayout(tmp_path / "b"))
    assert [each.certificate_digest for each in restored] == kept
    back_up(layout.root, tmp_path / "bare.zip", with_keys=False)
    bring_back(tmp_path / "bare.zip", tmp_path / "c", layout.root)
    assert len(tls_identities(HomeLayout(tmp_path / "c"))) == 4


@pytest.mark.requirement("DOORS-024")
def test_only_the_partys_own_root_renews_its_key(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a")
    create_signing_key(tmp_path / "other.key", "root", SystemEntropy())
    for path, error, names in (
        (tmp_path / "other.key", InputError, "not the root key of aurelia"),
        (layout.node_key, StoreError, "key-wrong-use"),
        (tmp_path / "none.key", StoreError, "file-missing"),
    ):
        with pytest.raises(error, match=names):
            renew_node_key(layout, path, None, 0, Instant(10**12), SystemEntropy(), revoke=False)
    assert not layout.next_node_key.exists()


@pytest.mark.requirement("DOORS-020")
@pytest.mark.parametrize("address", ["", ":", "a:", ":1", "a:b", "a:0", "a:١", "a:123456", "[]:1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="field"):
        split_address(address, "field")
