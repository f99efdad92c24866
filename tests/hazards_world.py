"""Two whole nodes: one flies, the other speaks for protected sites; all places invented."""

from typing import Any

from tests.simulation.world import Place, World

from comity.application.keep_movements import enter_movement
from comity.application.keep_sites import consent, enter_sites
from comity.application.notify import send_notice
from comity.application.preview_notice import Previewed, preview_notice
from comity.application.read_register import put_down_list, query_register
from comity.domain.airspace import Altitude, Datum, Shape, ShapeKind
from comity.domain.hazards import Way
from comity.domain.notices import Notice, NoticeArea
from comity.domain.records import Record
from comity.domain.sites import Question, SiteAnswer
from comity.kernel.ids import NoticeId, OperatorId, RecordDigest, SiteId
from comity.kernel.instants import Instant, StatedTime

ADA, BEN, CAT = OperatorId("ada"), OperatorId("ben"), OperatorId("cat")
LATITUDE, LONGITUDE = -10.0, -150.0  # the open ocean
DEGREE_M = 110_600.0


def sides(world: World) -> tuple[Place, Place]:
    """Who flies, and who speaks for sites."""
    flies, speaks = list(world.places.values())[:2]
    return flies, speaks


def do(world: World, place: Place, work: Any) -> Any:
    outcome = world.do(place, work)
    assert outcome is not None
    return outcome.result()


def circle(east_m: float = 0.0, radius_m: float = 1_000.0, north_m: float = 0.0) -> Shape:
    """A disc so far north and east of the invented place."""
    latitude = LATITUDE + north_m / DEGREE_M
    longitude = LONGITUDE + east_m / (DEGREE_M * 0.9848)
    return Shape(ShapeKind.PATH, (latitude,), (longitude,), radius_m)


def written(
    at: Instant, *shapes: Shape, begins_s: float = 3_600.0, activity: str = "jet"
) -> Notice:
    def time(seconds: float) -> StatedTime:
        return StatedTime(at.plus_s(seconds), str(at.plus_s(seconds)), "Z")

    low, high = (Altitude(0.0, Datum.EGM2008),), (Altitude(3_000.0, Datum.EGM2008),)
    return Notice(
        id=NoticeId(""),
        revision=1,
        replaces=None,
        agreement=None,
        activity=activity,
        areas=tuple(NoticeArea(shape, low, high) for shape in shapes),
        starts=(time(begins_s),),
        ends=(time(begins_s + 3_600.0),),
        description="Parachute drop.",
        contact="Watch",
    )


def wish(number: int = 1, kind: str = "hospital", north_m: float = 0.0) -> dict[str, Any]:
    """An invented site so far north of the invented place."""
    return {
        "kind": kind,
        "names": [{"text": f"Invented place {number}", "script": "Latn", "language": "en"}],
        "place": {
            "kind": "path", "edge": "geodesic",
            "latitude_deg_e7": [round((LATITUDE + north_m / DEGREE_M) * 1e7)],
            "longitude_deg_e7": [round(LONGITUDE * 1e7)],
            "radius_mm": 0, "accuracy_mm": 10_000, "datum": "WGS84",
        },
        "owner": "Invented Health Trust",
        "contact": None,
        "origin": {"name": "owner's list", "kind": "owner"},
        "valid_from": None,
        "valid_until": None,
    }  # fmt: skip


def speak_for(
    world: World,
    place: Place,
    *wishes: dict[str, Any],
    to: Place | None,
    precision_mm: int = 1_000_000,
) -> tuple[SiteId, ...]:
    """Enter sites, and let another party know of them."""
    _, sites = do(world, place, lambda n, at: enter_sites(n, wishes, CAT, at))
    if to is not None:
        consent_to(world, place, to, precision_mm)
    world.run(10)
    return tuple(sites)


def consent_to(world: World, place: Place, to: Place, precision_mm: int, **changed: Any) -> None:
    def work(node: Any, at: Instant) -> Record:
        said = {
            "recipient": to.party.id, "sites": None, "precision_mm": precision_mm, "names": False,
            "contact": False, "until": str(at.plus_s(86_400.0 * 20)), "words": "agreed", **changed,
        }  # fmt: skip
        return consent(node, said, CAT, at)

    do(world, place, work)


def enter_convoy(world: World, place: Place, to: Place, precision_mm: int = 0) -> str:
    """An invented relief convoy over the invented place, from now for four hours."""

    def work(node: Any, at: Instant) -> Record:
        def waypoint(north: int, after_s: float) -> dict[str, Any]:
            return {
                "at": str(at.plus_s(after_s)),
                "latitude_deg_e7": round(LATITUDE * 1e7) + north,
                "longitude_deg_e7": round(LONGITUDE * 1e7),
            }

        body = {
            "movement": None,
            "kind": "relief-convoy",
            "words": "four lorries",
            "route": {
                "ends": str(at.plus_s(14_400.0)), "half_width_mm": 500_000, "slack_s": 600,
                "waypoints": [waypoint(-500_000, 0.0), waypoint(500_000, 14_400.0)],
            },
            "vehicles": [{"kind": "lorry", "count": 4, "marking": "white"}],
            "escorts": [],
            "contact": {"words": "duty desk", "until": str(at.plus_s(20_000.0))},
            "recipients": [{"party": to.party.id, "precision_mm": precision_mm}],
        }  # fmt: skip
        return enter_movement(node, body, CAT, at)

    record = do(world, place, work)
    world.run(10)
    return str(record.body["movement"])


def preview(
    world: World, place: Place, *shapes: Shape, operator: OperatorId = ADA, **changed: Any
) -> Previewed:
    def work(node: Any, at: Instant) -> Previewed:
        return preview_notice(node, written(at, *shapes, **changed), operator, at)

    found = do(world, place, work)
    assert isinstance(found, Previewed)
    return found


def query(
    world: World, place: Place, shape: Shape, operator: OperatorId = ADA, *, own: bool = False
) -> tuple[SiteAnswer, RecordDigest | None]:
    """Ask the register about a shape."""
    question = Question(shape, 0.0)
    found: tuple[SiteAnswer, RecordDigest | None] = do(
        world, place, lambda n, at: query_register(n, question, operator, at, own=own)
    )
    return found


def listed(
    world: World, place: Place, operator: OperatorId = ADA, rows: int = 0, page: int = 0
) -> tuple[RecordDigest, ...]:
    """Read a list of all that the node holds, or a page of it; with no rows: the map."""

    def work(node: Any, at: Instant) -> tuple[RecordDigest, ...]:
        way = Way.LIST if rows else Way.MAP
        return put_down_list(node, way, (str(page),), rows, node.sites.sites(), operator, at)

    found: tuple[RecordDigest, ...] = do(world, place, work)
    return found


def send(world: World, place: Place, *shapes: Shape, **changed: Any) -> Record:
    to = changed.pop("to", ())
    record = do(
        world,
        place,
        lambda n, at: send_notice(n, written(at, *shapes, **changed), ADA, at, recipients=to),
    )
    assert isinstance(record, Record)
    return record
