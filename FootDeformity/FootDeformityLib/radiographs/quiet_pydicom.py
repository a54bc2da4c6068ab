"""pydicom warns of every small violation and quotes the tag: that could put a name into a log."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom import config

_LOGGERS = ("pydicom", "pylibjpeg", "libjpeg", "openjpeg")


@contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Silence pydicom and its decoders, and let broken values pass (dicom_values.py checks what it uses)."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.disabled for logger in loggers]
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        try:
            for logger in loggers:
                logger.disabled = True
            yield
        finally:
            for logger, disabled in zip(loggers, before, strict=True):
                logger.disabled = disabled
