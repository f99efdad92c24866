"""Another channel than the line itself: how a ladder's step calls somebody who is not at the console."""

from dataclasses import dataclass
from typing import Protocol

from comity.kernel.errors import ComityError


class CallError(ComityError):
    """The channel did not take the call; the words hold no address and no secret."""


@dataclass(frozen=True, slots=True)
class CallNotice:
    """What is told by another channel: that something waits, and where; never what was said.

    Attributes:
        key: the escalation's digest; a channel that gets it twice may drop the second.
    """

    key: str
    sender: str
    party: str
    echelon: str
    step: int
    matter: str
    message: str
    stop: bool
    exercise: bool

    @property
    def words(self) -> str:
        """The whole of it in one line."""
        what = "STOP REQUESTED" if self.stop else "FLASH"
        banner = "EXERCISE EXERCISE EXERCISE " if self.exercise else ""
        return (
            f"{banner}{what} from {self.sender} to {self.party} not acknowledged, step {self.step}: "
            f"{self.echelon}. Matter {self.matter}, message {self.message[:12]}. See the node."
        )


class CallChannel(Protocol):
    """One channel.

    Contract, run against every adapter by tests/contract/test_call_channels.py:
      - `call` returns once the channel has taken the notice, or raises CallError; it ends within
        `CALL_S_MAX` of its adapter and reads a bounded answer;
      - an error's words hold neither address nor secret of the channel.
    """

    def call(self, notice: CallNotice) -> str:
        """Hand the notice over; blocks. Gives what the channel said of it, in a few words."""
        ...
