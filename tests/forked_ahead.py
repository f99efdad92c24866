"""Imported by the server that nodes are forked from: what each would read at its start, read once."""

from comity.adapters.place_names import place_index

place_index()
