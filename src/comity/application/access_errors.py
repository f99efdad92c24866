"""Why somebody is not let in: few answers, alike for what a stranger must not tell apart."""

from comity.kernel.errors import ComityError


class AccessError(ComityError):
    """Not let in.

    Attributes:
        reason: a code of docs/reference/access.md.
        status: of HTTP.
        retry_after_s: when to try again; None where that is no help.
    """

    def __init__(
        self, reason: str, why: str, status: int = 403, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{reason}: {why}")
        self.reason = reason
        self.why = why
        self.status = status
        self.retry_after_s = retry_after_s


def login_refused() -> AccessError:
    """One answer for every wrong login."""
    return AccessError("login-refused", "what was shown lets nobody in", 401)


def step_up_refused() -> AccessError:
    """One answer for every wrong step-up."""
    return AccessError("step-up-refused", "what was shown is not this person's, or was used", 403)


def link_refused() -> AccessError:
    """One answer for every link that is worth nothing."""
    return AccessError("link-refused", "used up, expired or unknown; ask for another", 403)
