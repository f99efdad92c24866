"""Refusals as RFC 9457 problem details, the same for every endpoint."""

from typing import Literal

import msgspec

from comity.application.access_errors import AccessError
from comity.domain.operators import Proposal
from comity.kernel.errors import (
    AgreementError,
    ComityError,
    InputError,
    NotPermittedError,
    PeerError,
    RecordError,
    StoreError,
)

PROBLEM_MEDIA_TYPE = "application/problem+json"
ProblemKind = Literal["input", "record", "peer", "agreement", "store", "access", "internal"]

_STATUS: dict[ProblemKind, int] = {
    "input": 400,
    "access": 403,
    "agreement": 409,
    "peer": 502,
    "record": 422,
    "store": 503,
    "internal": 500,
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused.

    Attributes:
        title: the reason in a few words.
        status: the HTTP status.
        kind: who must act: the caller (input, access), the agreement's parties, the peer, or
            whoever keeps the store.
        reason: a code.
        field: the path of the field refused, of a record as the record names it; None where it is not about one.
        why: the value met and the limit it broke.
    """

    title: str
    status: int
    kind: ProblemKind
    reason: str
    field: str | None = None
    why: str = ""


def problem_of(error: ComityError) -> Problem:
    """The problem that an error of ours is told as."""
    match error:
        case AccessError():
            return access_problem(error.status, error.reason, "access", error.why)
        case NotPermittedError():
            return _problem("access", error.reason, error.field, error.why)
        case InputError():
            return _problem(
                "input", getattr(error, "reason", "input-refused"), error.field, error.why
            )
        case RecordError():
            return _problem("record", error.reason, error.field, error.detail)
        case PeerError():
            return _problem("peer", error.reason, None, error.detail)
        case AgreementError():
            return _problem("agreement", error.reason, None, error.detail)
        case StoreError():
            return _problem("store", error.reason, None, error.detail)
        case _:
            return INTERNAL


class SecondPersonProblem(Problem, frozen=True, kw_only=True):
    """A proposal was made, and waits for another person.

    Attributes:
        proposal: its digest.
        what: digest of exactly what is to be recorded.
        expires_at: when it ends unapproved.
    """

    proposal: str
    what: str
    expires_at: str


def second_person_problem(proposal: Proposal) -> SecondPersonProblem:
    """That another person approves it first."""
    why = (
        f"proposal {proposal.digest[:12]} waits until {proposal.expires_at} for another person: "
        f"comity operator approve {proposal.digest[:12]}"
    )
    return SecondPersonProblem(
        title=_title("second-person"),
        status=_STATUS["agreement"],
        kind="agreement",
        reason="second-person",
        why=why,
        proposal=proposal.digest,
        what=proposal.what,
        expires_at=str(proposal.expires_at),
    )


def access_problem(status: int, reason: str, field: str, why: str) -> Problem:
    """A request that is not let in."""
    return Problem(
        title=_title(reason), status=status, kind="access", reason=reason, field=field, why=why
    )


def input_problem(status: int, reason: str, field: str | None, why: str) -> Problem:
    """A request that cannot be read."""
    return Problem(
        title=_title(reason), status=status, kind="input", reason=reason, field=field, why=why
    )


def error_of(problem: Problem) -> ComityError | None:
    """The error that a problem tells of, for the caller at the other end; None for a fault of ours."""
    match problem.kind:
        case "input" | "access":
            return InputError(problem.field or problem.reason, problem.why)
        case "record":
            return RecordError(problem.reason, problem.why)
        case "peer":
            return PeerError(problem.reason, problem.why)
        case "agreement":
            return AgreementError(problem.reason, problem.why)
        case "store":
            return StoreError(problem.reason, problem.why)
        case _:
            return None


def _problem(kind: ProblemKind, reason: str, field: str | None, why: str) -> Problem:
    return Problem(
        title=_title(reason), status=_STATUS[kind], kind=kind, reason=reason, field=field, why=why
    )


def _title(reason: str) -> str:
    return reason.replace("-", " ").capitalize()


INTERNAL = _problem("internal", "internal", None, "a fault in this node; its log says more")
