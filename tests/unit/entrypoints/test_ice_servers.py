import base64
import hashlib
import hmac

import pytest

from comity.entrypoints.api.ice_servers import IceServer, ice_addresses, ice_servers
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

AT = Instant(1_800_000_000_000)
ADA = OperatorId("ada")


@pytest.mark.requirement("MEET-011")
@pytest.mark.parametrize(
    "stated",
    [
        "http://turn.example", "turn:", "turn:host:123456", "stun:a b:c", "javascript:alert(1)",
        "stun:a stun:b stun:c stun:d stun:e", "turn:host?transport=sctp", "stun:ho\u202est",
    ],
)  # fmt: skip
def test_an_address_of_another_form_is_refused(stated):
    with pytest.raises(InputError) as caught:
        ice_addresses(stated)
    assert caught.value.field == "call_ice_servers"


@pytest.mark.requirement("MEET-011")
def test_a_turn_credential_is_the_operators_and_lasts_an_hour():
    addresses = ice_addresses("stun:127.0.0.1:3478 turn:[::1]:3478?transport=udp")
    stun, turn = ice_servers(addresses, b"secret", ADA, AT)
    assert stun == IceServer("stun:127.0.0.1:3478")
    assert turn.username == "1800003600:ada"
    mac = hmac.new(b"secret", b"1800003600:ada", hashlib.sha1).digest()
    assert turn.credential == base64.b64encode(mac).decode()
    assert ice_servers(addresses, None, ADA, AT)[1].credential is None
    assert ice_servers((), b"secret", ADA, AT) == []
