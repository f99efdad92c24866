"""Reads the phrasebook that comes with the program."""

from functools import cache
from importlib import resources

from comity.domain.phrasebook import Phrasebook, parse_phrasebook
from comity.kernel.errors import InputError, StoreError


@cache
def packaged_phrasebook() -> Phrasebook:
    """The phrasebook of this version, read once.

    Raises:
        StoreError: `phrasebook`: a file is missing or damaged.
    """
    try:
        folder = resources.files(__package__).joinpath("data")
        files = {
            place.name: place.read_bytes()
            for place in folder.iterdir()
            if place.name.endswith(".toml")
        }
        return parse_phrasebook(files)
    except (OSError, InputError) as error:
        raise StoreError("phrasebook", str(error)) from error
