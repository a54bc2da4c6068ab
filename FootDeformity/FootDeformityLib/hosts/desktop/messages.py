"""What went wrong, told in a window; what the user can act on never ends in a stack trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import slicer
from slicer.i18n import tr as _

from FootDeformityLib.errors import FootDeformityError

T = TypeVar("T")


def attempt(work: Callable[[], T]) -> T | None:
    """Return what ``work`` returns, or None after telling the user why it could not be done."""
    try:
        return work()
    except (FootDeformityError, OSError) as error:
        slicer.util.errorDisplay(str(error), windowTitle=_("Foot Deformity"))
        return None
