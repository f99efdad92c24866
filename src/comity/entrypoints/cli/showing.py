"""How a verified bundle reads on a terminal."""

import json
from typing import Any

from comity.domain.evidence import VerifiedBundle
from comity.entrypoints.cli.render import print_line, print_table

FINGERPRINT_GROUP = 8


def print_verdict(found: dict[str, Any]) -> None:
    """What it shows, under which keys, and what it does not show."""
    print_line(f"HOLDS: {found['title']}")
    print_line(
        f"  listed and signed by {found['maker']}, operator {found['operator']}, {found['made_at']}"
    )
    print_line("Root keys")
    for each in found["parties"]:
        whose = "the one you gave" if each["root_key_given"] else "AS THE BUNDLE STATES IT: compare"
        print_line(f"  {each['party']}  {each['name']}: {whose}")
        print_line(f"    {_grouped(each['root_key_sha256'])}")
    print_line("Logs")
    for log in found["logs"]:
        stored = "no cosignature"
        if log["owner"] == log["reader"]:
            stored = "its own"
        elif log["cosigned_at"]:
            stored = f"stored there by {log['cosigned_at']}"
        elif log["reader"] == found["maker"]:
            stored = "handed in by its reader"
        print_line(
            f"  {log['owner']} -> {log['reader']}: {len(log['shown'])} shown, "
            f"{len(log['withheld'])} withheld, of {log['size']}; {stored}"
        )
        for withheld in log["withheld"]:
            print_line(f"    withheld {withheld['index']}: {withheld['reason']}")
    for each in found["material"]:
        print_line(f"Material {each['file']}: {each['description'] or each['media_type']}")
    stamp = found["time_stamp"]
    if stamp is not None:
        how = f"all of it was there by {stamp['at']}, by the authority's clock"
        if not stamp["checked"]:
            how = f"bound to this bundle, it says {stamp['stated']['at']}; WHO SIGNED IT IS NOT CHECKED HERE"
        print_line(f"Time-stamp {stamp['file']}: {how}")
    for each in found["equivocations"]:
        one, other = each["digests"]
        print_line(f"TWO THINGS AT ONCE by {each['author']} at {each['sequence']}: {one}, {other}")
    print_line("Not shown")
    for line in found["not_shown"]:
        print_line(f"  {line}")


def print_records(verified: VerifiedBundle) -> None:
    """Each record that is shown, in the order of the logs."""
    for log in verified.logs:
        print_line(f"{log.owner} -> {log.reader}, {log.checkpoint.size} leaves")
        rows = [
            (
                str(each.index),
                str(each.record.made_at),
                each.record.operator,
                ("EXERCISE " if each.record.exercise else "") + each.record.kind,
                json.dumps(each.record.body, ensure_ascii=True, sort_keys=True),
            )
            for each in log.shown
        ]
        print_table(("leaf", "made at", "operator", "kind", "body"), rows)


def records_told(verified: VerifiedBundle) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "owner": log.owner,
            "reader": log.reader,
            "index": each.index,
            "digest": each.record.digest,
            "author": each.record.author,
            "operator": each.record.operator,
            "recipients": list(each.record.recipients),
            "exercise": each.record.exercise,
            "kind": each.record.kind,
            "made_at": str(each.record.made_at),
            "body": dict(each.record.body),
        }
        for log in verified.logs
        for each in log.shown
    ]


def _grouped(digest: str) -> str:
    parts = range(0, len(digest), FINGERPRINT_GROUP)
    return " ".join(digest[at : at + FINGERPRINT_GROUP] for at in parts)
