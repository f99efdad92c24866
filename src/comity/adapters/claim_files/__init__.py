"""Claim files: TOML or JSON into the tree that `domain.incidents` reads; time zones by name."""

from comity.adapters.claim_files.read import CLAIM_BYTES_MAX, tree_of
from comity.adapters.claim_files.zones import offset_s

__all__ = ["CLAIM_BYTES_MAX", "offset_s", "tree_of"]
