"""Buffers and echelons of an agreement's front matter: `[buffers]`, `[[buffer]]`, `[[echelon]]`."""

from comity.domain.agreement.front_matter import LENGTH_UNITS, TIME_UNITS, Table
from comity.domain.agreement.limits import (
    CLASSES_MAX,
    ECHELON_WITHIN_S_MAX,
    ECHELONS_MAX,
    LADDER_WORDS_LENGTH_MAX,
    PARTIES_MAX,
)
from comity.domain.agreement.protection import (
    BUFFER_M_ASSUMED,
    BUFFER_M_MAX,
    PROTECTED_KINDS,
    Buffers,
    EchelonLevel,
    EchelonTerm,
)
from comity.domain.agreement.read_rules import CLASS
from comity.domain.agreement.terms import PartyTerm
from comity.domain.agreement.text import AgreementTextError
from comity.kernel.ids import PARTY_ID, PartyId


def read_buffers(top: Table, undefined: list[str]) -> Buffers:
    """How far around an activity what is protected counts as touched.

    Raises:
        AgreementTextError: `unknown-kind`, `duplicate`, `missing-key` or the form.
    """
    row = top.table("buffers")
    default_m: float | None = None
    if row is not None:
        default_m = row.measure("default", LENGTH_UNITS, 1.0, BUFFER_M_MAX)
        row.finish()
    if default_m is None:
        undefined.append(
            "buffers: no default is stated; protected sites and movements within"
            f" {BUFFER_M_ASSUMED:g} m of an activity count as touched"
        )
    by: dict[str, dict[str, float]] = {"kind": {}, "activity": {}}
    for each in top.tables("buffer", 2 * CLASSES_MAX):
        named = "kind" if each.has("kind") else "activity"
        name = each.name(named, CLASS)
        if named == "kind" and name not in PROTECTED_KINDS:
            why = f"{name!r} is none of {', '.join(sorted(PROTECTED_KINDS))}"
            raise AgreementTextError("unknown-kind", each.field("kind"), why)
        if name in by[named]:
            raise AgreementTextError("duplicate", each.field(named), f"{name!r} stands twice")
        distance_m = each.measure("distance", LENGTH_UNITS, 1.0, BUFFER_M_MAX)
        if distance_m is None:
            raise AgreementTextError(
                "missing-key", each.field("distance_m"), "no distance is there"
            )
        each.finish()
        by[named][name] = distance_m
    return Buffers(
        BUFFER_M_ASSUMED if default_m is None else default_m,
        by["kind"],
        by["activity"],
        assumed=default_m is None,
    )


def read_echelons(
    top: Table, parties: tuple[PartyTerm, ...], undefined: list[str]
) -> tuple[EchelonTerm, ...]:
    """Who of each party has to acknowledge, in the order of the text.

    Raises:
        AgreementTextError: `echelon` (a party that is none, too many), `duplicate`, `missing-key` or the form.
    """
    known = {party.id for party in parties}
    found: list[EchelonTerm] = []
    for row in top.tables("echelon", ECHELONS_MAX * PARTIES_MAX):
        party = PartyId(row.name("party", PARTY_ID))
        if party not in known:
            raise AgreementTextError("echelon", row.field("party"), f"{party} is no party here")
        level = EchelonLevel(row.choice("level", tuple(EchelonLevel)))
        name = row.text("name", LADDER_WORDS_LENGTH_MAX)
        within_s = row.measure("within", TIME_UNITS, 1.0, ECHELON_WITHIN_S_MAX)
        if within_s is None:
            raise AgreementTextError("missing-key", row.field("within_s"), "no time is there")
        row.finish()
        of_party = [each for each in found if each.party == party]
        if any((each.level, each.name) == (level, name) for each in of_party):
            why = f"{level} {name!r} of {party} stands twice"
            raise AgreementTextError("duplicate", row.field("name"), why)
        if len(of_party) >= ECHELONS_MAX:
            why = f"more than {ECHELONS_MAX} echelons of {party}"
            raise AgreementTextError("echelon", row.field("party"), why)
        found.append(EchelonTerm(party, level, name, within_s))
    undefined += [
        f"echelon: none is named for {party.name}; whether what is told reaches who flies stays unknown"
        for party in parties
        if not any(each.party == party.id for each in found)
    ]
    return tuple(found)
