"""Which kinds of record a node may make by itself and which need a person."""

from comity.kernel.errors import RecordError
from comity.kernel.ids import NODE_OPERATOR, OperatorId

# A person (or a person's machine account) answers for these; «node» is refused as their operator.
PERSON_KINDS = frozenset(
    {
        "agreement.proposal",
        "agreement.signature",
        "agreement.statement",
        "evidence.bundle",
        "hazard.objection",
        "hazard.preview",
        "hazard.reading",
        "hazard.receipt",
        "group.acceptance",
        "group.consent",
        "group.creation",
        "group.departure",
        "group.document",
        "group.invitation",
        "group.opening",
        "group.post",
        "group.refusal",
        "group.removal",
        "group.task",
        "alert.acknowledged",
        "area.added",
        "area.removed",
        "claim.version",
        "claim.withdrawal",
        "feed.added",
        "feed.removed",
        "incident.dissent",
        "incident.file",
        "incident.grade",
        "incident.link",
        "incident.opening",
        "incident.state",
        "incident.task",
        "incident.telling",
        "incident.unlink",
        "intent.announcement",
        "intent.proposal",
        "line.acknowledgement",
        "line.concurrence",
        "line.denial",
        "line.handover",
        "line.handover-acceptance",
        "line.message",
        "line.queued",
        "line.read-back",
        "line.stop",
        "line.stop-release",
        "line.watch",
        "movement.ending",
        "movement.entry",
        "notice.acknowledgement",
        "notice.cancellation",
        "notice.notice",
        "meeting.answer",
        "meeting.attendance",
        "meeting.cancellation",
        "meeting.consent",
        "meeting.join",
        "meeting.leave",
        "meeting.minutes",
        "meeting.proposal",
        "meeting.recording",
        "meeting.signal",
        "meeting.signature",
        "observation.approval",
        "observation.consent",
        "observation.consent-withdrawal",
        "observation.ending",
        "observation.entry",
        "observation.policy",
        "observation.report",
        "observation.verification",
        "observation.withdrawal",
        "pack.export",
        "pack.holding",
        "pack.pack",
        "operator.approval",
        "operator.change",
        "operator.proposal",
        "operator.refusal",
        "operator.rule",
        "party.key",
        "peer.card",
        "peer.removal",
        "peer.unfreeze",
        "site.answer",
        "site.consent",
        "site.consent-withdrawal",
        "site.ending",
        "site.erasure",
        "site.erasure-answer",
        "site.erasure-request",
        "site.entries",
        "site.finding",
        "site.proposals",
        "site.renewal",
        "track.radio",
    }
)

# The node follows its operators' standing policy here; a person may make them too.
NODE_KINDS = frozenset(
    {
        "hazard.exposure",
        "hazard.sweep",
        "hazard.touch",
        "group.earlier",
        "group.effect",
        "group.members",
        "alert.cleared",
        "alert.raised",
        "intent.acceptance",
        "intent.assent",
        "intent.doubt",
        "intent.refusal",
        "intent.state",
        "intent.withdrawal",
        "line.call",
        "line.check",
        "line.check-answer",
        "line.escalation",
        "line.status",
        "line.translation",
        "log.checkpoints",
        "movement.notice",
        "movement.position",
        "movement.withdrawal",
        "pack.told",
        "peer.freeze",
        "site.exposure",
        "site.notice",
        "site.withdrawal",
    }
)

KNOWN_KINDS = PERSON_KINDS | NODE_KINDS


def check_operator(kind: str, operator: OperatorId, *, assent_by_person: bool = False) -> None:
    """Check that who made a record may make that kind; for own records and peers' alike.

    Args:
        kind: the record's kind.
        operator: the acting operator that stands in the record.
        assent_by_person: the agreement asks for a person's assent (`assent_by = "person"`).

    Raises:
        RecordError: `unknown-kind`, or `person-required` where «node» made what needs a person.

    Source: docs/rooms/operators.md.
    """
    if kind not in KNOWN_KINDS:
        raise RecordError("unknown-kind", f"{kind!r} is none of {', '.join(sorted(KNOWN_KINDS))}")
    person_required = kind in PERSON_KINDS or (assent_by_person and kind == "intent.assent")
    if person_required and operator == NODE_OPERATOR:
        raise RecordError(
            "person-required", f"{kind} is made by a person, not by {NODE_OPERATOR!r}"
        )
