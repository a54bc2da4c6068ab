"""Floor 3: the HIH network, its codec and the detector. ``load_hih`` is imported on use: it needs torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from FootDeformityLib.network.model_folder import load_hih

__all__ = ["load_hih"]


def __getattr__(name: str) -> Any:
    if name == "load_hih":
        from FootDeformityLib.network.model_folder import load_hih

        return load_hih
    raise AttributeError(name)
