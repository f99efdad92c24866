"""Every call channel keeps the port's promise: it takes the notice or says so, over TLS, and tells no secret."""

from dataclasses import fields
from pathlib import Path

import pytest
from tests.call_servers import http, make_certificate, served, smtp

from comity.adapters.call_channels import MailChannel, WebhookChannel, load_channels
from comity.application.ports.call_channel import CallChannel, CallError, CallNotice
from comity.kernel.errors import InputError, StoreError

SECRET = "a-secret-of-the-channel"
NOTICE = CallNotice(
    key="ab" * 32,
    sender="aurelia.q3mbt5aa",
    party="borealis.h7k2pq4z",
    echelon="chief of watch",
    step=2,
    matter="aurelia.q3mbt5aa/00c0ffee00c0ffee",
    message="cd" * 32,
    stop=False,
    exercise=True,
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def webhook(port: int, ca_file: str) -> CallChannel:
    return WebhookChannel(f"https://127.0.0.1:{port}/{SECRET}", SECRET, ca_file)


def mail(port: int, ca_file: str) -> CallChannel:
    return MailChannel(
        "127.0.0.1", port, "node@a.example", ("duty@a.example",), "node", SECRET, ca_file=ca_file
    )


CHANNELS = pytest.mark.parametrize(
    ("make", "taken", "refused"),
    [(webhook, http(200), http(500)), (mail, smtp(b"250 ok\r\n"), smtp(b"554 no\r\n"))],
    ids=["webhook", "mail"],
)


@CHANNELS
@pytest.mark.requirement("LINE-014")
def test_a_notice_that_is_taken_is_said_to_be(make, taken, refused, certificate):
    with served(certificate, taken) as (port, heard):
        said = make(port, str(certificate)).call(NOTICE)
    assert SECRET not in said
    content = b"".join(heard)
    assert b"EXERCISE EXERCISE EXERCISE FLASH from aurelia" in content
    assert NOTICE.key.encode() in content


@CHANNELS
@pytest.mark.requirement("LINE-014")
def test_a_refusal_and_a_way_that_is_closed_are_errors_without_address_or_secret(
    make, taken, refused, certificate
):
    with served(certificate, refused) as (port, _):
        channel = make(port, str(certificate))
        with pytest.raises(CallError) as first:
            channel.call(NOTICE)
    with pytest.raises(CallError) as second:
        channel.call(NOTICE)
    for caught in (first, second):
        assert SECRET not in str(caught.value)
        assert "127.0.0.1" not in str(caught.value)
    assert SECRET not in repr(channel)


@CHANNELS
@pytest.mark.requirement("LINE-014")
def test_a_server_whose_certificate_nobody_trusts_hears_nothing(make, taken, refused, certificate):
    with served(certificate, taken) as (port, heard), pytest.raises(CallError):
        make(port, "").call(NOTICE)
    assert heard == []


@CHANNELS
@pytest.mark.requirement("LINE-014")
def test_certificates_that_are_missing_or_are_none_fail_the_call(make, taken, refused, tmp_path):
    for name, kind in (("gone", "FileNotFoundError"), ("none.pem", "SSLError")):
        file = tmp_path / name
        if name == "none.pem":
            file.write_text("no certificate")
        with pytest.raises(CallError, match=kind) as caught:
            make(1, str(file)).call(NOTICE)
        assert str(tmp_path) not in str(caught.value)


@pytest.mark.requirement("LINE-014")
def test_a_redirect_is_not_followed(certificate):
    with served(certificate, http(302)) as (port, _), pytest.raises(CallError, match="302"):
        webhook(port, str(certificate)).call(NOTICE)


@pytest.mark.parametrize(
    "text",
    [
        '[a]\nkind = "webhook"\nurl = "http://a.example/"',
        '[a]\nkind = "webhook"\nurl = "https://user@a.example/"',
        '[a]\nkind = "webhook"\nurl = "https://a.example/ x"',
        '[a]\nkind = "webhook"\nurl = "https://a.example/"\nhost = "b"',
        '[a]\nkind = "webhook"',
        '[a]\nkind = "pigeon"',
        '[a]\nkind = "mail"\nhost = "m"\nport = 0\nsender = "a@b"\nto = ["c@d"]',
        '[a]\nkind = "mail"\nhost = "m"\nport = 25\nsender = "a@b"\nto = []',
        '[a]\nkind = "mail"\nhost = "m"\nport = 25\nsender = "a@b\\nBcc: x@y"\nto = ["c@d"]',
        "a = 1",
        "[a",
    ],
)
def test_a_channel_out_of_form_is_refused_and_its_values_are_not_repeated(tmp_path, text):
    file = tmp_path / "channels.toml"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(InputError) as caught:
        load_channels(file)
    assert "example" not in str(caught.value).replace(str(tmp_path), "")


def test_channels_are_read_from_a_file_that_nobody_else_can_read(tmp_path):
    file = tmp_path / "channels.toml"
    assert load_channels(file) == {}
    file.write_text('[pager]\nkind = "webhook"\nurl = "https://a.example/x"\ntoken = "t"\n')
    file.chmod(0o644)
    with pytest.raises(StoreError, match="file-open-to-others"):
        load_channels(file)
    file.chmod(0o600)
    assert load_channels(file) == {"pager": WebhookChannel("https://a.example/x", "t")}


def test_what_is_told_by_another_channel_names_the_matter_and_never_what_was_said():
    assert {each.name for each in fields(NOTICE)} == {
        "key", "sender", "party", "echelon", "step", "matter", "message", "stop", "exercise",
    }  # fmt: skip
    assert NOTICE.words.endswith("message cdcdcdcdcdcd. See the node.")
