"""What the command line's exit codes mean; docs/reference/cli.md prints this table."""

from enum import IntEnum

from comity.kernel.errors import (
    AgreementError,
    ComityError,
    InputError,
    PeerError,
    RecordError,
    StoreError,
)


class ExitCode(IntEnum):
    """One number, one meaning, for every command."""

    OK = 0
    NO = 1
    USAGE = 2
    INPUT = 3
    NO_NODE = 4
    STORE = 5
    PEER = 6
    INTERNAL = 70
    READER_GONE = 141


MEANINGS = {
    ExitCode.OK: "done, and the answer is yes",
    ExitCode.NO: "done, and the answer is no: a conflict or undetermined, refused, not verified",
    ExitCode.USAGE: "the command line itself is wrong; see --help",
    ExitCode.INPUT: "an input was refused; the message names the field and the limit",
    ExitCode.NO_NODE: "the node is not running, or does not answer",
    ExitCode.STORE: "the store, a key or another file of the home failed; nothing was kept",
    ExitCode.PEER: "outside the agreement, or a peer's record or answer was refused",
    ExitCode.INTERNAL: "a fault in Comity itself",
    ExitCode.READER_GONE: "whoever read the answer stopped before its end, as `head` does",
}


class NodeUnreachableError(ComityError):
    """The node is not there to answer."""


class RefusedError(ComityError):
    """The command did its work and the answer is no."""


def exit_code_of(error: BaseException) -> ExitCode:
    """The code that an error ends the command with."""
    for kind, code in (
        (RefusedError, ExitCode.NO),
        (InputError, ExitCode.INPUT),
        (NodeUnreachableError, ExitCode.NO_NODE),
        (StoreError, ExitCode.STORE),
        (PeerError, ExitCode.PEER),
        (AgreementError, ExitCode.PEER),
        (RecordError, ExitCode.PEER),
        (BrokenPipeError, ExitCode.READER_GONE),
    ):
        if isinstance(error, kind):
            return code
    return ExitCode.INTERNAL
