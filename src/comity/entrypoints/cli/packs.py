"""Offline packs as the command line makes them, reads them and prints them."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from comity.adapters.flight_plans import SIZE_BYTES_MAX as PLAN_SIZE_BYTES_MAX
from comity.adapters.flight_plans import read_flight_plans
from comity.adapters.pack_files import export_pack
from comity.adapters.system_clock import SystemClock
from comity.domain.agreement import decode_card
from comity.domain.airspace import Shape, ShapeKind, Volume4D
from comity.domain.packs import (
    BORDER_FILE_SIZE_BYTES_MAX,
    Condition,
    ExportFormat,
    Pack,
    PackAnswer,
    PackTouches,
    PackUndetermined,
    check_pack,
    check_volumes,
    open_pack,
)
from comity.domain.sites import ALWAYS, Question, age_words
from comity.domain.sites.held import state_at
from comity.entrypoints.api.messages import RecordTold
from comity.entrypoints.api.pack_messages import PackMade, PackTold
from comity.entrypoints.cli.access import Composition, open_node
from comity.entrypoints.cli.bundling import plain_name
from comity.entrypoints.cli.exit_codes import RefusedError
from comity.entrypoints.cli.files import read_file, write_file
from comity.entrypoints.cli.pairing import card_line
from comity.entrypoints.cli.render import print_line, print_table
from comity.kernel.errors import InputError, RecordError
from comity.kernel.instants import Instant, instant_from_rfc3339
from comity.kernel.units import MM_PER_METRE

HOUR_S = 3_600.0


def wish(
    holder: str,
    recipient: str | None,
    near: tuple[float | None, float | None, float],
    hours: tuple[float, float],
    borders: Iterable[Path],
) -> dict[str, Any]:
    """A request for a pack, with the packaged border data by digest and the files given."""
    from comity.adapters.natural_earth import border_data_set  # noqa: PLC0415  some 0.2 s

    latitude, longitude, within_km = near
    if (latitude is None) != (longitude is None):
        raise InputError("near", "a latitude and a longitude, or neither")
    packaged = border_data_set()
    named: list[dict[str, Any]] = [
        {
            "name": f"{packaged.name} {packaged.version}",
            "sha256": packaged.digest,
            "error_m": int(packaged.error_m) + 1,
        }
    ]
    for path in borders:
        content = read_file(path, BORDER_FILE_SIZE_BYTES_MAX)
        named.append({
            "name": path.name, "sha256": hashlib.sha256(content).hexdigest(), "error_m": 0,
            "file_name": plain_name(path.name).lower(), "content": base64.b64encode(content).decode("ascii"),
        })  # fmt: skip
    return {
        "holder": holder,
        "recipient": recipient,
        "area": None
        if latitude is None
        else {"latitude_deg": latitude, "longitude_deg": longitude, "radius_m": within_km * 1000.0},
        "stale_s": hours[0] * HOUR_S,
        "life_s": hours[1] * HOUR_S,
        "borders": named,
    }


def make(
    composition: Composition, home: Path, operator: str | None, output: Path, body: dict[str, Any],
    *, exercise: bool,
) -> dict[str, Any]:  # fmt: skip
    """Have the node make a pack, check what it made, and write it."""
    with open_node(composition, home, operator) as client:
        made = client.post("/v1/packs", body, PackMade, exercise=exercise)
    content = base64.b64decode(made.content)
    opened = _opened(content, made.pack)
    write_file(output, content)
    return {"file": str(output), **told(opened, frozenset())}


def verified(path: Path, roots: Iterable[str]) -> tuple[Pack, dict[str, Any]]:
    """Open a pack's file, and what is to be said of it.

    Raises:
        RefusedError: it does not hold; says why.
    """
    given = {card.party: card.root_key for card in (decode_card(card_line(r)) for r in roots)}
    try:
        with path.open("rb") as file:
            opened = open_pack(file.read, given)
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be read") from error
    except RecordError as error:
        raise RefusedError(f"{path.name} does not hold: {error}; nothing of it counts") from error
    return opened, told(opened, frozenset(given))


def told(opened: Pack, given: frozenset[str]) -> dict[str, Any]:
    """What a pack is, how old, and under which key."""
    at = SystemClock().now()
    manifest, record, maker = opened.manifest, opened.record, opened.maker
    area = manifest.area
    return {
        "pack": manifest.pack,
        "record": record.digest,
        "sha256": opened.sha256,
        "maker": maker.party,
        "maker_name": maker.name,
        "root_key_sha256": hashlib.sha256(maker.root_key).hexdigest(),
        "root_key_given": maker.party in given,
        "operator": record.operator,
        "recipient": manifest.recipient,
        "holder": manifest.holder,
        "exercise": record.exercise,
        "condition": opened.condition(at).value,
        "words": loud(opened, at),
        "made_at": str(opened.made_at),
        "age_s": opened.age_s(at),
        "stale_from": str(manifest.stale_from),
        "expires_at": str(opened.expires_at),
        "register_heard_at": None if manifest.heard_at is None else str(manifest.heard_at),
        "area": None
        if area is None
        else {
            "latitude_deg": area.latitude_deg,
            "longitude_deg": area.longitude_deg,
            "radius_m": area.radius_m,
        },
        "counts": dict(manifest.counts),
        "borders": [
            {"name": each.name, "sha256": each.sha256, "error_m": each.error_m, "file": each.file}
            for each in manifest.borders
        ],
        "taken_back": [
            {"what": each.what.value, "id": each.id, "why": each.why} for each in opened.taken_back
        ],
        "always": ALWAYS,
    }


def loud(opened: Pack, at: Instant | None = None) -> str:
    """How a pack stands by this machine's clock, in words."""
    at = SystemClock().now() if at is None else at
    age = age_words(opened.age_s(at))
    match opened.condition(at):
        case Condition.AHEAD:
            return (
                f"FROM THE FUTURE: made at {opened.made_at}, and this machine's clock says {at}; "
                "one of two clocks is wrong"
            )
        case Condition.EXPIRED:
            return f"EXPIRED at {opened.expires_at}; {age} old: get a new one"
        case Condition.STALE:
            return f"STALE: {age} old, expires at {opened.expires_at}: get a new one"
        case Condition.CURRENT:
            return f"{age} old, expires at {opened.expires_at}"


def checked(
    path: Path,
    roots: Iterable[str],
    places: tuple[Sequence[float], Sequence[float]],
    plan: Path | None,
    radius_m: float,
    times: tuple[str | None, str | None],
) -> dict[str, Any]:
    """What a pack says of a place or a flight."""
    opened, about = verified(path, roots)
    at = SystemClock().now()
    asked: list[tuple[str, PackAnswer]] = []
    if plan is None:
        asked.append(("", check_pack(opened, _question(places, radius_m, times), at)))
    else:
        if places[0] or places[1] or any(times):
            raise InputError("plan", "a place or time beside a plan; it has its own")
        content = read_file(plan, PLAN_SIZE_BYTES_MAX)
        for each in read_flight_plans(content):
            volumes: tuple[Volume4D, ...] = each.footprint.volumes
            asked.append((each.callsign, check_volumes(opened, volumes, radius_m, at)))
    return {
        **{
            name: about[name]
            for name in ("pack", "maker", "root_key_given", "exercise", "condition", "age_s")
        },
        "pack_words": about["words"],
        "as_of": about["made_at"],
        "answers": [{"about": name, **_answer(each)} for name, each in asked],
        "taken_back": about["taken_back"],
        "always": ALWAYS,
    }


def export(
    composition: Composition, home: Path, operator: str | None,
    path: Path, form: str, viewer: str, output: Path,
) -> dict[str, Any]:  # fmt: skip
    """Write a pack in another form, once the node has put that on record.

    Raises:
        RefusedError: the pack has expired or is from the future.
    """
    if form not in tuple(ExportFormat):
        raise InputError("format", f"{form[:40]!r} is none of {', '.join(ExportFormat)}")
    opened, about = verified(path, ())
    at = SystemClock().now()
    if opened.condition(at) in (Condition.EXPIRED, Condition.AHEAD):
        raise RefusedError(loud(opened, at))
    content = export_pack(opened, ExportFormat(form), at)
    sha256 = hashlib.sha256(content).hexdigest()
    body = {"record": about["record"], "format": form, "viewer": viewer, "sha256": sha256}
    with open_node(composition, home, operator) as client:
        record = client.post("/v1/packs/exports", body, RecordTold)
    write_file(output, content)
    return {"file": str(output), "format": form, "sha256": sha256, "record": record.digest}


def contents(opened: Pack) -> dict[str, Any]:
    """All that is in a pack."""
    at = SystemClock().now()
    return {
        "sites": [
            {
                "site": site,
                "kind": packed.notified.kind.value,
                "state": state_at(packed.notified.state, packed.notified.renew_by, at).value,
                "precision_m": packed.notified.precision_mm / MM_PER_METRE,
                "names": [each.text for each in packed.notified.names],
                "place": packed.notified.place.to_body(),
                "contact": None
                if packed.notified.contact is None
                else packed.notified.contact.words,
                "renew_by": str(packed.notified.renew_by),
                "record": packed.record,
            }
            for site, packed in opened.sites.sites.items()
        ],
        "movements": [each.notified.to_body() for each in opened.movements.movements],
        "notices": [
            {"activity": each.notice.activity, "author": each.author, "record": each.record}
            for each in opened.notices
        ],
    }


def print_made(found: dict[str, Any]) -> None:
    """A pack that was made, for a person."""
    counts = found["counts"]
    print_line(
        f"{found['file']}: {counts['sites']} sites, {counts['movements']} movements, {counts['notices']} notices "
        f"for {found['holder']} ({found['recipient']})"
    )
    print_line(
        f"  pack {found['pack']}, stale from {found['stale_from']}, expires at {found['expires_at']}"
    )
    _print_taken_back(found)


def print_verified(found: dict[str, Any]) -> None:
    """A pack that holds, for a person; loud where it is old."""
    banner = "EXERCISE " if found["exercise"] else ""
    print_line(f"{banner}HOLDS: pack {found['pack']}, {found['words']}")
    print_line(
        f"  for {found['holder']} ({found['recipient']}), made by {found['operator']} of {found['maker']}"
    )
    whose = "the one you gave" if found["root_key_given"] else "AS THE PACK STATES IT: compare"
    print_line(f"  root key of {found['maker_name']}: {whose}")
    fingerprint = found["root_key_sha256"]
    print_line("    " + " ".join(fingerprint[n : n + 8] for n in range(0, len(fingerprint), 8)))
    area = found["area"]
    where = "everywhere that its maker's register is"
    if area is not None:
        where = f"{area['radius_m'] / 1000:.0f} km around {area['latitude_deg']:.5f}, {area['longitude_deg']:.5f}"
    print_line(
        f"  made for {where}; the register last heard something at {found['register_heard_at'] or 'no time'}"
    )
    counts = found["counts"]
    print_line(
        f"  {counts['sites']} sites, {counts['movements']} movements, {counts['notices']} notices"
    )
    for each in found["borders"]:
        where = f"included as {each['file']}" if each["file"] else "by digest"
        print_line(f"  borders {each['name']}: {where}, {each['sha256'][:16]}")
    _print_taken_back(found)
    print_line(found["always"])


def print_checked(found: dict[str, Any]) -> None:
    """What a pack says, for a person; how it stands comes first where that matters."""
    if found["exercise"]:
        print_line("EXERCISE, EXERCISE, EXERCISE")
    if found["condition"] != Condition.CURRENT:
        print_line(f"THE PACK IS {found['pack_words']}")
    for each in found["answers"]:
        words = each["words"]
        named = f"{each['about']}: " if each["about"] else ""
        print_line(named + (words if named else words[0].upper() + words[1:]) + ".")
        for site in each["sites"]:
            fine = (
                "as entered" if not site["precision_m"] else f"known to {site['precision_m']:.0f} m"
            )
            name = f" {site['name']}" if site["name"] else ""
            print_line(
                f"  {site['distance_m']:.0f} m: {site['kind']}{name} ({site['state']}, {fine}) {site['site']}"
            )
        for move in each["movements"]:
            print_line(
                f"  {move['distance_m']:.0f} m: {move['kind']} ({move['state']}, "
                f"{move['begins']} to {move['ends']}) {move['movement']}"
            )
        for notice in each["notices"]:
            area = " NO AREA STATED" if notice["anywhere"] else ""
            times = f"{notice['begins']} to {notice['ends']}"
            print_line(
                f"  hazard notice {notice['activity']}{area}, {times}, by {notice['author']}"
            )
    if not found["root_key_given"]:
        print_line(f"Signed by {found['maker']}, whose root key was not given: --root checks it.")
    print_line(found["always"])


def print_contents(found: dict[str, Any], held: dict[str, Any]) -> None:
    """All that is in a pack, for a person."""
    print_verified(found)
    rows = [
        (
            each["site"], each["kind"], each["state"], each["names"][0] if each["names"] else "",
            "as entered" if not each["precision_m"] else f"to {each['precision_m']:.0f} m",
        )
        for each in held["sites"]
    ]  # fmt: skip
    if rows:
        print_table(("site", "kind", "state", "name", "precision"), rows)
    for each in held["movements"]:
        print_line(f"{each['movement']} {each['kind']}, until {each['route']['ends']}")
    for each in held["notices"]:
        print_line(f"notice {each['record'][:16]} {each['activity']} by {each['author']}")


def print_packs(found: Sequence[PackTold]) -> None:
    """Packs that were made here."""
    for each in found:
        state = each.condition if each.condition == "current" else each.condition.upper()
        fine = (
            "none"
            if each.finest_m is None
            else "as entered"
            if not each.finest_m
            else f"{each.finest_m:.0f} m"
        )
        banner = "EXERCISE " if each.exercise else ""
        print_line(
            f"{banner}{each.pack} {state}, expires {each.expires_at}: {each.holder} ({each.recipient})"
        )
        print_line(
            f"  {each.sites} sites, finest {fine}; {each.movements} movements, {each.notices} notices; "
            f"made at {each.made_at} by {each.operator}"
        )
        for form in each.exports:
            print_line(f"  as {form.format} for {form.viewer}, {form.at} by {form.operator}")
    print_line(f"{len(found)} pack(s)")


def _print_taken_back(found: dict[str, Any]) -> None:
    for each in found["taken_back"]:
        print_line(
            f"  TAKEN BACK since an earlier pack: {each['what']} {each['id']} ({each['why']})"
        )


def _opened(content: bytes, name: str) -> Pack:
    import io  # noqa: PLC0415

    try:
        return open_pack(io.BytesIO(content).read)
    except RecordError as error:
        raise RefusedError(f"the node made {name}, and it does not hold: {error}") from error


def _question(
    places: tuple[Sequence[float], Sequence[float]],
    radius_m: float,
    times: tuple[str | None, str | None],
) -> Question:
    latitude, longitude = places
    if not latitude or len(latitude) != len(longitude):
        raise InputError(
            "lat", f"{len(latitude)} latitudes and {len(longitude)} longitudes; or --plan"
        )
    kind = ShapeKind.RING if len(latitude) > 2 else ShapeKind.PATH
    begins, ends = (
        None if text is None else instant_from_rfc3339(text, name)
        for text, name in zip(times, ("begins", "ends"), strict=True)
    )
    return Question(Shape(kind, tuple(latitude), tuple(longitude)), radius_m, begins, ends)


def _answer(answer: PackAnswer) -> dict[str, Any]:
    rows: dict[str, Any] = {"words": answer.words, "sites": [], "movements": [], "notices": []}
    if isinstance(answer, PackUndetermined):
        return {"answer": "undetermined", **rows}
    if not isinstance(answer, PackTouches):
        return {"answer": "nothing-notified", **rows}
    register = answer.register
    if register is not None:
        rows["sites"] = [
            {
                "site": each.site, "owner": each.owner, "kind": each.kind.value, "state": each.state.value,
                "precision_m": each.precision_mm / MM_PER_METRE, "distance_m": round(each.distance_m, 1),
                "name": each.names[0].text if each.names else "",
            }
            for each in register.sites
        ]  # fmt: skip
        rows["movements"] = [
            {
                "movement": each.movement, "owner": each.owner, "kind": each.kind.value,
                "state": "as-notified" if each.deviation is None else f"DEVIATING: {each.deviation.value}",
                "begins": str(each.begins), "ends": str(each.ends),
                "precision_m": each.precision_mm / MM_PER_METRE, "distance_m": round(each.distance_m, 1),
            }
            for each in register.movements
        ]  # fmt: skip
    rows["notices"] = [
        {
            "record": each.record, "author": each.author, "activity": each.notice.activity,
            "begins": str(each.begins), "ends": str(each.ends), "anywhere": each.anywhere,
        }
        for each in answer.notices
    ]  # fmt: skip
    return {"answer": "touches", **rows}
