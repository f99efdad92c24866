"""One way in for every format: the `type` of the outermost object says which it is."""

from comity.adapters.flight_plans.fields import Fields
from comity.adapters.flight_plans.geojson import read_geojson
from comity.adapters.flight_plans.plan import FlightPlan
from comity.adapters.flight_plans.route import read_corridor, read_trajectory
from comity.domain.records import parse_json_strict
from comity.kernel.errors import InputError

SIZE_BYTES_MAX = 32 << 20  # 10,000 flights of 50 points take about 60 % of it
PLANS_MAX = 10_000  # a busy day of a national centre; larger days come in several files


def read_flight_plans(text_bytes: bytes, field: str = "plan") -> tuple[FlightPlan, ...]:
    """Read every flight of one file.

    Args:
        text_bytes: GeoJSON, a Corridor, a Trajectory, or FlightPlans (a list of the latter two).
        field: what errors call the file; each error goes on with the path inside it.

    Raises:
        InputError: naming the path and the limit. Nothing of a file with an error is returned.

    Source: docs/howto/flight-plan-formats.md.
    """
    fields = Fields(parse_json_strict(text_bytes, field, size_bytes_max=SIZE_BYTES_MAX), field)
    plans = _read(fields)
    seen: dict[str, str] = {}
    for plan in plans:
        if plan.callsign in seen:
            raise InputError(
                f"{plan.field}.callsign",
                f"{plan.callsign!r} stands at {seen[plan.callsign]} already; one flight, one plan",
            )
        seen[plan.callsign] = plan.field
    return tuple(plans)


def _read(fields: Fields) -> list[FlightPlan]:
    kind = fields.text("type")
    match kind:
        case "Feature" | "FeatureCollection":
            return read_geojson(fields)
        case "Corridor":
            return [read_corridor(fields)]
        case "Trajectory":
            return [read_trajectory(fields)]
        case "FlightPlans":
            path = fields.at("plans")
            plans = fields.items("plans", 1, PLANS_MAX)
            fields.has("note")  # a word to the reader, such as where the flights come from
            fields.finish()
            return [_route(Fields(item, f"{path}[{n}]")) for n, item in enumerate(plans)]
    raise InputError(
        fields.at("type"),
        f"{kind!r} is not FeatureCollection, Feature, Corridor, Trajectory or FlightPlans",
    )


def _route(fields: Fields) -> FlightPlan:
    kind = fields.text("type")
    if kind not in ("Corridor", "Trajectory"):
        raise InputError(fields.at("type"), f"{kind!r} is not Corridor or Trajectory")
    return read_corridor(fields) if kind == "Corridor" else read_trajectory(fields)
