"""Where a node keeps what: one folder per node, private to its owner."""

from dataclasses import dataclass
from pathlib import Path

from comity.kernel.ids import OperatorId

HOME_MODE = 0o700


@dataclass(frozen=True, slots=True)
class HomeLayout:
    """The paths under one home folder (docs/howto/run-a-node.md)."""

    root: Path

    @property
    def config(self) -> Path:
        """Settings, TOML."""
        return self.root / "config.toml"

    @property
    def card(self) -> Path:
        """This party's first card, with the first node key; the journal has the later ones."""
        return self.root / "card.txt"

    @property
    def current_card(self) -> Path:
        """This party's card with the node key in use, for new peers."""
        return self.root / "card.current.txt"

    @property
    def keys(self) -> Path:
        """Node key, TLS key and certificate, and the root key until it is moved away."""
        return self.root / "keys"

    @property
    def node_key(self) -> Path:
        """The key that signs records."""
        return self.keys / "node.key"

    @property
    def next_node_key(self) -> Path:
        """A node key that the root has vouched for and that is not in use yet."""
        return self.keys / "node.next.key"

    @property
    def next_card(self) -> Path:
        """The card with the next node key."""
        return self.root / "card.next.txt"

    @property
    def next_tls_key(self) -> Path:
        """The TLS key that goes with the next node key."""
        return self.keys / "tls.next.key"

    @property
    def next_tls_certificate(self) -> Path:
        """Its certificate."""
        return self.keys / "tls.next.crt"

    @property
    def tls_key(self) -> Path:
        """The TLS key in use."""
        return self.keys / "tls.key"

    @property
    def tls_certificate(self) -> Path:
        """The certificate that peers are shown."""
        return self.keys / "tls.crt"

    def older_tls_names(self) -> tuple[str, ...]:
        """Names of the TLS files before those in use, `tls.7` for `.key` and `.crt`, newest first."""
        marks = (path.name.split(".")[1] for path in self.keys.glob("tls.*.crt"))
        numbers = sorted((int(mark) for mark in marks if mark.isdecimal()), reverse=True)
        return tuple(f"tls.{number}" for number in numbers)

    @property
    def root_key(self) -> Path:
        """The key that signs node keys. It belongs offline."""
        return self.keys / "root.key"

    @property
    def store(self) -> Path:
        """Records, logs and checkpoints."""
        return self.root / "store.db"

    @property
    def plots(self) -> Path:
        """Plots of the feeds as they came, the newest of them; not part of a backup."""
        return self.root / "plots"

    @property
    def operators(self) -> Path:
        """Who may do what, with a hash of each one's token."""
        return self.root / "operators.json"

    @property
    def access(self) -> Path:
        """Sessions, passkeys, passwords and tokens of machines, hashed, and the audit log."""
        return self.root / "access.db"

    @property
    def tokens(self) -> Path:
        """One token file per operator."""
        return self.root / "tokens"

    def token(self, operator: OperatorId) -> Path:
        """The token file of one operator."""
        return self.tokens / f"{operator}.token"

    @property
    def channels(self) -> Path:
        """Other channels by which a ladder calls; holds their secrets, and may be left out."""
        return self.root / "channels.toml"

    @property
    def run(self) -> Path:
        """What holds only while the node runs."""
        return self.root / "run"

    @property
    def running(self) -> Path:
        """The addresses in use, written when the node serves and removed when it ends."""
        return self.run / "node.json"

    @property
    def starting(self) -> Path:
        """How far a start is, written from its first moment on and removed when the node serves or gave up."""
        return self.run / "starting.json"
