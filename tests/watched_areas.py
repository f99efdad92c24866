"""Areas for tests: squares in the sea off nowhere."""

import hashlib

import numpy as np

from comity.domain.alerts import Area, AreaKind, AreaSet
from comity.domain.geometry.area_outlines import outline_of_rings
from comity.domain.geometry.kinds import EdgeKind

DIGEST = hashlib.sha256(b"drawn for a test").hexdigest()


def square(area_id, south, west, size=0.2, kind=AreaKind.RESTRICTED, **more):
    latitude = np.array([south, south, south + size, south + size])
    longitude = np.array([west, west + size, west + size, west])
    outline = outline_of_rings([(latitude, longitude)], EdgeKind.CHORD)
    return Area(area_id, more.pop("name", area_id), kind, outline, **more)


def set_of(*areas, name="drawn", error_m=50.0):
    return AreaSet(name, "1", DIGEST, error_m, "drawn for a test", areas)
