"""An event spelt as XML."""

from comity.adapters.cursor_on_target.events import CotEvent
from comity.application.feeds import SafeXml
from comity.application.feeds.xml_events import Attributes
from comity.kernel.errors import InputError
from comity.kernel.instants import instant_from_rfc3339


def event_of_xml(event_bytes: bytes) -> CotEvent:
    """Read one `event` element.

    Raises:
        UnsafeXmlError: document types, entities, too deep or too long.
        ValueError: not well-formed, not an event, or a number that is none.
    """
    reader = _Reader()
    xml = SafeXml(reader.start, lambda _name, _text: None)
    xml.feed(event_bytes, final=True)
    return reader.event()


class _Reader:
    """The attributes of the elements that are read; the first of each name counts."""

    def __init__(self) -> None:
        self._depth_one: str | None = None
        self._found: dict[str, Attributes] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if self._depth_one is None:
            self._depth_one = name
        self._found.setdefault(name, attributes)

    def event(self) -> CotEvent:
        if self._depth_one != "event":
            raise ValueError(f"the document is a {self._depth_one}, not an event")
        nothing: Attributes = {}
        event = self._found["event"]
        point = self._found.get("point", nothing)
        track = self._found.get("track", nothing)
        return CotEvent(
            uid=event.get("uid", ""),
            type=event.get("type", ""),
            at_ms=_time_ms(event.get("time")),
            stale_ms=_time_ms(event.get("stale")),
            latitude_deg=_number(point.get("lat")),
            longitude_deg=_number(point.get("lon")),
            height_ellipsoid_m=_number(point.get("hae")),
            circular_error_m=_number(point.get("ce")),
            course_deg=_number(track.get("course")),
            speed_mps=_number(track.get("speed")),
            callsign=self._found.get("contact", nothing).get("callsign"),
        )


def _number(text: str | None) -> float | None:
    return None if text is None or not text.strip() else float(text)


def _time_ms(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(instant_from_rfc3339(text).unix_ms)
    except InputError:
        return None
