"""SBS-1 / BaseStation: comma-separated lines, port 30003 of many receivers."""

from comity.adapters.sbs1.messages import LINE_LENGTH_MAX, BaseStationDecoder

__all__ = ["LINE_LENGTH_MAX", "BaseStationDecoder"]
