"""Comity: one sky, no common command."""

__version__ = "0.1.0"
