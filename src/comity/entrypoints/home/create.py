"""`comity init`: a new home, whole or not at all."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from comity.adapters.access_store import SqliteAccessStore
from comity.adapters.file_keys import create_signing_key, create_tls_identity, write_private
from comity.adapters.sqlite import SqliteRecordStore
from comity.application.machine_tokens import SECRET_BYTES, hashed
from comity.application.ports.entropy import Entropy
from comity.domain.agreement import PartyCard
from comity.domain.operators import OperatorRegister, Role
from comity.domain.operators.access import LINK_FIRST_S, Link
from comity.domain.records import party_id_of
from comity.entrypoints.home.config import Config, config_from, config_text
from comity.entrypoints.home.keys import make_statement, save_card
from comity.entrypoints.home.layout import HOME_MODE, HomeLayout
from comity.entrypoints.home.operators_file import add_operator
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import SLUG, OperatorId, PartyId
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class HomeWish:
    """What a new home is to be.

    Attributes:
        name: the party's name as people read it.
        slug: the readable start of its id.
        operator: the first operator, who may do everything.
        operator_name: that person's name.
        root_passphrase: the root key is encrypted under it; None leaves it as it is.
        settings: the config's keys but party and name, where they differ from the defaults.
    """

    name: str
    slug: str
    operator: OperatorId
    operator_name: str
    root_passphrase: str | None
    settings: dict[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class CreatedHome:
    """What `comity init` made.

    Attributes:
        link_secret: the first operator's one-time right to enrol a passkey; only its hash is kept.
        link_until: when it ends.
    """

    layout: HomeLayout
    card: PartyCard
    config: Config
    link_secret: str
    link_until: Instant


def create_home(root: Path, wish: HomeWish, at: Instant, entropy: Entropy) -> CreatedHome:
    """Make a home: settings, root key, node key under the root's statement, TLS, first operator.

    Everything is made beside the home and takes its name at the end.

    Raises:
        InputError: the folder is in use, or a wish is out of bounds; nothing was made.
        StoreError: a file could not be written; nothing was made.
    """
    if SLUG.fullmatch(wish.slug) is None:
        raise InputError("slug", f"{wish.slug[:80]!r} is not of the form {SLUG.pattern}")
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise InputError("home", f"{root} is in use already")
    part = root.with_name(f".{root.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(mode=HOME_MODE, parents=True)
        made = _make(HomeLayout(part), wish, at, entropy)
        part.rename(root)
    except OSError as error:
        raise StoreError("home-not-made", f"{root}: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return replace(made, layout=HomeLayout(root))


def _make(layout: HomeLayout, wish: HomeWish, at: Instant, entropy: Entropy) -> CreatedHome:
    layout.run.mkdir(mode=HOME_MODE)
    root = create_signing_key(layout.root_key, "root", entropy, wish.root_passphrase)
    node = create_signing_key(layout.node_key, "node", entropy)
    party: PartyId = party_id_of(wish.slug, root.public_key)
    config = config_from({"party": party, "name": wish.name, **wish.settings})
    tls = create_tls_identity(layout.keys, party, at, entropy)
    card = PartyCard(
        party=party,
        name=wish.name,
        root_key=root.public_key,
        key=make_statement(party, node.public_key, tls.certificate_digest, root, at, 0),
        addresses=(),
        tls_certificate=tls.certificate_der,
    )
    save_card(layout.card, card)
    save_card(layout.current_card, card)
    write_private(layout.config, config_text(config).encode())
    SqliteRecordStore(layout.store, create=True).close()
    add_operator(
        layout, OperatorRegister(), wish.operator, wish.operator_name, frozenset(Role), entropy
    )
    secret = entropy.token(SECRET_BYTES).hex()
    link = Link(hashed(secret), wish.operator, at.plus_s(LINK_FIRST_S), "first")
    access = SqliteAccessStore(layout.access)
    access.change([link])
    access.close()
    return CreatedHome(layout, card, config, secret, link.expires_at)
