"""The world, one folder a technology. Adapters do not know each other."""
