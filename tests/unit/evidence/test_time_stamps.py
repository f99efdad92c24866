"""RFC 3161 tokens in bundles: made by an authority of the test, checked offline, forged and swapped ones refused."""

import contextlib
import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import make_home
from tests.stamp_authority import StampAuthority

from comity import bootstrap
from comity.adapters.time_stamps import ask_for_stamp, check_stamp, roots_in
from comity.domain.evidence import STAMP_MEDIA_TYPE
from comity.entrypoints.cli import run
from comity.entrypoints.offline_verifier.__main__ import main as offline_verifier
from comity.entrypoints.offline_verifier.reading import RefusedError as OfflineRefusedError
from comity.entrypoints.offline_verifier.stamps import read_stamp
from comity.kernel.errors import InputError, RecordError

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None,
    reason="NOT RUN: no openssl here, whose `ts` is the authority of these tests (Debian: openssl)",
)
MESSAGE = b"what is stamped"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> StampAuthority:
    return StampAuthority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def reply(authority: StampAuthority) -> bytes:
    with authority.served() as address:
        return ask_for_stamp(address, MESSAGE)


def roots(authority: StampAuthority) -> Any:
    return roots_in(authority.root.read_bytes())


def refused(reply_bytes: bytes, message: bytes, trusted: Any) -> str:
    with pytest.raises(RecordError) as caught:
        check_stamp(reply_bytes, message, trusted)
    assert caught.value.reason == "time-stamp"
    return caught.value.detail


@pytest.mark.requirement("EVID-014")
def test_a_token_holds_over_its_message_under_its_root_and_nothing_else(
    authority: StampAuthority, reply: bytes, tmp_path: Path
) -> None:
    stamped = check_stamp(reply, MESSAGE, roots(authority))
    assert stamped.serial > 0
    assert "something else" in refused(reply, b"another", roots(authority))
    other = StampAuthority(tmp_path / "other")
    why = refused(reply, MESSAGE, roots(other))
    assert "to a certificate given with --time-stamp-root (unable to get local issuer" in why
    assert "ErrorStack" not in why
    for content in (b"", b"abc", reply[:-1], reply + b"\0", b"\0" * (65 << 10)):
        refused(content, MESSAGE, roots(authority))


@pytest.mark.requirement("EVID-014")
def test_no_flipped_bit_of_a_token_is_accepted_with_another_time(
    authority: StampAuthority, reply: bytes
) -> None:
    trusted, true = roots(authority), check_stamp(reply, MESSAGE, roots(authority))
    accepted = []
    for place in range(0, len(reply), 7):
        for bit in (0, 5):
            forged = bytearray(reply)
            forged[place] ^= 1 << bit
            with contextlib.suppress(RecordError):
                accepted.append(check_stamp(bytes(forged), MESSAGE, trusted))
    # What no signature covers (a status text, an unsigned certificate) may change; what it says may not.
    assert all(each == true for each in accepted)
    assert len(accepted) < len(reply) // 7


@pytest.mark.requirement("EVID-014")
def test_an_authority_that_answers_another_request_or_nothing_is_refused(
    authority: StampAuthority, reply: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StampAuthority, "reply", lambda _self, _query: reply)
    with authority.served() as address:
        with pytest.raises(RecordError, match="another request"):
            ask_for_stamp(address, MESSAGE)
        with pytest.raises(RecordError, match="something else"):
            ask_for_stamp(address, b"another")
    with pytest.raises(InputError, match="time_stamp_authority"):
        ask_for_stamp(address, MESSAGE)
    for wrong in ("ftp://there/x", "there", "http:///x", "http://[::1"):
        with pytest.raises((InputError, ValueError)):
            ask_for_stamp(wrong, MESSAGE)


@pytest.mark.requirement("EVID-014")
def test_no_flipped_bit_changes_what_the_reader_without_roots_says(reply: bytes) -> None:
    true, otherwise = read_stamp(reply, MESSAGE), []
    assert true["policy"] == "1.2.3.4.1"
    for position in range(len(reply)):
        for bit in range(0, 8, 3):
            forged = bytearray(reply)
            forged[position] ^= 1 << bit
            try:
                found = read_stamp(bytes(forged), MESSAGE)
            except OfflineRefusedError:
                continue
            if found != true:
                otherwise.append((position, bit))
    assert otherwise == []
    for size in range(len(reply)):
        with pytest.raises(OfflineRefusedError):
            read_stamp(reply[:size], MESSAGE)
    with pytest.raises(OfflineRefusedError, match="something else"):
        read_stamp(reply, MESSAGE + b"!")


@pytest.mark.requirement("EVID-014")
def test_a_bundle_carries_a_token_that_is_checked_offline_and_told_where_it_is_not(
    authority: StampAuthority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "stamped.zip"
    with authority.served() as address:
        home = make_home(tmp_path / "home", time_stamp_authority=address)
        where = ("--home", home.root)
        told = comity("incident", "open", "other", "Something", "--json", *where)
        made = comity("evidence", "bundle", "-o", output, "--title", "t", "--incident",
                      json.loads(told)["incident"], "--json", *where)  # fmt: skip
    assert json.loads(made)["material"][-1]["media_type"] == STAMP_MEDIA_TYPE
    checked = json.loads(
        comity("evidence", "verify", output, "--time-stamp-root", authority.root, "--json")
    )
    assert checked["time_stamp"]["checked"]
    with zipfile.ZipFile(output) as archive:
        token = archive.read(checked["time_stamp"]["file"])
    moment = re.search(rb"\x18.(\d{14})(?:\.(\d+))?Z", token)
    assert moment is not None
    stated = f"{moment[1].decode()}{(moment[2] or b'').decode():0<3}"
    assert re.sub(r"\D", "", checked["time_stamp"]["at"]) == stated, "parts of a second are kept"
    assert not any("time-stamp" in each for each in checked["not_shown"])
    plain = comity("evidence", "verify", output)
    assert "bound to this bundle" in plain
    assert "WHO SIGNED IT IS NOT CHECKED HERE" in plain
    assert "present, not checked here" in plain
    capsys.readouterr()
    assert offline_verifier([str(output)]) == 0
    offline = capsys.readouterr().out
    assert "bound to this bundle; WHO SIGNED IT IS NOT CHECKED HERE" in offline
    assert f"It says {checked['time_stamp']['at'][:19]}" in offline
    assert "made the bundle could have made the token" in offline
    other = StampAuthority(tmp_path / "other")
    comity("evidence", "verify", output, "--time-stamp-root", other.root, code=1)
    bare = tmp_path / "bare.zip"
    comity("evidence", "bundle", "-o", bare, "--title", "t", "--incident", json.loads(told)["incident"],
           "--no-time-stamp", *where)  # fmt: skip
    assert "time-stamp" not in comity("evidence", "verify", bare)
    comity("evidence", "verify", bare, "--time-stamp-root", authority.root, code=1)
    comity("evidence", "bundle", "-o", tmp_path / "gone.zip", "--title", "t", "--kind", "incident.*",
           *where, code=3)  # fmt: skip
    assert not (tmp_path / "gone.zip").exists(), (
        "an authority that is away is told, not passed over"
    )


def comity(*arguments: object, code: int = 0) -> str:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        ended = run(bootstrap.Composition(), [*map(str, arguments)])
    assert ended == code, (arguments, out.getvalue(), err.getvalue())
    return out.getvalue()
