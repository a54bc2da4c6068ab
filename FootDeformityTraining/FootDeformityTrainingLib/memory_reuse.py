"""Keeps freed memory for the next step instead of giving it back to the system."""

from __future__ import annotations

import ctypes
import sys

#: parameters of glibc's mallopt, malloc.h
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGEST, _SPARE = 2**30, 2**26


def keep_freed_memory() -> bool:
    """Tell glibc's allocator so; True where that is the allocator (Linux).

    A step frees and asks for the same large tensors again and again; by default each comes as fresh pages that the
    system must clear first, about a tenth of a step on the CPU.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # another C library
        return False
    settings = ((_MMAP_THRESHOLD, _LARGEST), (_TRIM_THRESHOLD, 2**31 - 1), (_TOP_PAD, _SPARE))
    return all(mallopt(name, value) == 1 for name, value in settings)
