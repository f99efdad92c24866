"""Waits at the command line while another person looks and approves."""

import time
from collections.abc import Callable
from typing import TypeVar

from comity.entrypoints.cli.render import print_error
from comity.kernel.errors import AgreementError

ASKED_AGAIN_S = 1.0

Told = TypeVar("Told")


def waited(ask: Callable[[], Told], wait_s: float) -> Told:
    """Ask, and ask the very same again until another person has approved or the time is over.

    Raises:
        AgreementError: `second-person`: nobody has approved in that time; the proposal waits on.
    """
    until_s = time.monotonic() + wait_s
    told = False
    while True:
        try:
            return ask()
        except AgreementError as error:
            if error.reason != "second-person" or time.monotonic() >= until_s:
                raise
            if not told:
                print_error(error.detail)
                told = True
        time.sleep(ASKED_AGAIN_S)
