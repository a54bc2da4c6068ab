"""A name for an image by its content: what a reader did to it is found again, and nobody learns whose it is."""

from __future__ import annotations

import hashlib
from weakref import WeakKeyDictionary

from FootDeformityLib.radiographs.radiograph import Radiograph

_KEYS: WeakKeyDictionary[Radiograph, str] = WeakKeyDictionary()


def image_key(radiograph: Radiograph) -> str:
    """Return 40 hexadecimal digits that follow from shape and pixels alone."""
    key = _KEYS.get(radiograph)
    if key is None:
        content = repr(radiograph.pixels.shape).encode() + radiograph.pixels.tobytes()
        key = _KEYS[radiograph] = hashlib.sha256(content).hexdigest()[:40]
    return key
