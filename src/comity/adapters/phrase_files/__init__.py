"""The packaged phrasebook: one file of meanings, one file a language."""

from comity.adapters.phrase_files.packaged import packaged_phrasebook

__all__ = ["packaged_phrasebook"]
