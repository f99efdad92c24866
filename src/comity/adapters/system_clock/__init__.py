"""The operating system's clock and its source of chance: the only place that asks either."""

from comity.adapters.system_clock.clock import SystemClock
from comity.adapters.system_clock.entropy import SystemEntropy

__all__ = ["SystemClock", "SystemEntropy"]
