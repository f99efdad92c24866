"""OpenSky Network: state vectors of its REST interface."""

from comity.adapters.opensky.states import STATES_BYTES_MAX, StatesDecoder

__all__ = ["STATES_BYTES_MAX", "StatesDecoder"]
