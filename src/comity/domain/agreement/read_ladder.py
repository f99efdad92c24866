"""Ladders of an agreement's front matter: whom a FLASH that nobody takes is carried to next."""

import re

from comity.domain.agreement.front_matter import TIME_UNITS, Table
from comity.domain.agreement.limits import (
    LADDER_AFTER_S_MAX,
    LADDER_STEPS_MAX,
    LADDER_WORDS_LENGTH_MAX,
    PARTIES_MAX,
)
from comity.domain.agreement.terms import LadderStep, PartyTerm
from comity.domain.agreement.text import AgreementTextError
from comity.kernel.ids import PARTY_ID, PartyId

CHANNEL = re.compile(r"[a-z][a-z0-9-]{0,31}")
WATCH = "watch"


def read_ladder(
    top: Table, parties: tuple[PartyTerm, ...], undefined: list[str]
) -> tuple[LadderStep, ...]:
    """Each party's steps in order: `[[ladder]]` (L-05, L-06).

    Raises:
        AgreementTextError: `ladder` (a party that is none, times that go back, too many steps),
            `missing-key` or the form.
    """
    known = {party.id for party in parties}
    steps: list[LadderStep] = []
    for row in top.tables("ladder", LADDER_STEPS_MAX * PARTIES_MAX):
        party = PartyId(row.name("party", PARTY_ID))
        if party not in known:
            raise AgreementTextError("ladder", row.field("party"), f"{party} is no party here")
        after_s = row.measure("after", TIME_UNITS, 0.0, LADDER_AFTER_S_MAX)
        if after_s is None:
            raise AgreementTextError("missing-key", row.field("after_s"), "no time is there")
        step = LadderStep(
            party,
            row.text("echelon", LADDER_WORDS_LENGTH_MAX),
            after_s,
            row.name("channel", CHANNEL) if row.has("channel") else WATCH,
            row.text("reach") if row.has("reach") else "",
        )
        row.finish()
        before = [each for each in steps if each.party == party]
        if before and before[-1].after_s > after_s:
            why = f"{after_s:g} s after {before[-1].after_s:g} s; steps stand in the order of time"
            raise AgreementTextError("ladder", row.field("after_s"), why)
        if len(before) >= LADDER_STEPS_MAX:
            why = f"more than {LADDER_STEPS_MAX} steps of {party}"
            raise AgreementTextError("ladder", row.field("party"), why)
        steps.append(step)
    undefined += [
        f"ladder: none is stated for {party.name}; after 60 s any officer on watch is called again"
        for party in parties
        if not any(step.party == party.id for step in steps)
    ]
    return tuple(steps)
