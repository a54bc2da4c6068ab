"""Where the data files (schemes, criteria, models, samples, icons) lie."""

from __future__ import annotations

from pathlib import Path

from FootDeformityLib.errors import FootDeformityError

_PACKAGE = Path(__file__).resolve().parent
#: wheel and Slicer package: inside the library; checkout: the top-level folder
_CANDIDATES = (_PACKAGE / "Resources", _PACKAGE.parents[1] / "Resources")


def resource_path(*parts: str) -> Path:
    """Return the path of a file or folder below Resources, e.g. ``resource_path("Schemes", "foot27.json")``.

    Raises FootDeformityError when the installation lacks it.
    """
    for root in _CANDIDATES:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FootDeformityError(
        f"Resources/{'/'.join(parts)} is missing: looked in {' and '.join(str(r) for r in _CANDIDATES)}. "
        "Reinstall FootDeformity."
    )


def shipped_model(view: str) -> Path:
    """Return the folder of the model for a view. Raises FootDeformityError if none comes with FootDeformity."""
    return resource_path("Models", view.lower())
