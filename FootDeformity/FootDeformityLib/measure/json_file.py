"""Reading the JSON data of schemes and criteria, with errors that name file and key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from FootDeformityLib.errors import FootDeformityError


def read_object(path: Path, what: str) -> dict[str, Any]:
    """Return the JSON object in a file. Raises FootDeformityError naming the file when there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FootDeformityError(f"Cannot read the {what} {path}: {error.strerror or error}.") from error
    except ValueError as error:
        raise FootDeformityError(f"{path} is not a {what}: it is no valid JSON ({error}).") from error
    if not isinstance(data, dict):
        raise FootDeformityError(f"{path} is not a {what}: it holds no JSON object.")
    return data


def required(entry: Mapping[str, Any], key: str, kind: type | tuple[type, ...], path: Path) -> Any:
    """Return ``entry[key]``. Raises FootDeformityError when it is missing or of another type."""
    if not isinstance(entry, Mapping) or key not in entry:
        raise FootDeformityError(f"{path}: {key!r} is missing in {_short(entry)}.")
    value = entry[key]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise FootDeformityError(f"{path}: {key!r} has an unexpected value {_short(value)}.")
    return value


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."
