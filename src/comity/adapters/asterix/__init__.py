"""ASTERIX: reports of ADS-B stations (CAT021), radars (CAT048) and trackers (CAT062)."""

from comity.adapters.asterix.blocks import AsterixDecoder
from comity.adapters.asterix.pcap import PcapDecoder
from comity.adapters.asterix.radar_place import RadarPlace

__all__ = ["AsterixDecoder", "PcapDecoder", "RadarPlace"]
