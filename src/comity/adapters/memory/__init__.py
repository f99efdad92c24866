"""A record store in memory with a crash model of its own, for the simulator and for tests."""

from comity.adapters.memory.record_store import MemoryRecordStore, SimulatedCrash

__all__ = ["MemoryRecordStore", "SimulatedCrash"]
