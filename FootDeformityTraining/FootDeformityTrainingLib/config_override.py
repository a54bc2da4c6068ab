"""Values of a configuration replaced by name: ``--set learning_rate=5e-4`` and --config FILE."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from FootDeformityLib.errors import FootDeformityError

Config = TypeVar("Config")
_YES_NO = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}


def override(config: Config, assignments: Sequence[str]) -> Config:
    """Return the configuration (a dataclass, perhaps of dataclasses) with ``name=value`` texts applied.

    A name is a field's, wherever it stands, or ``part.field``. Values: numbers, yes / no, text, or numbers with
    commas. Raises FootDeformityError for unknown names and values of the wrong kind.
    """
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise FootDeformityError(f"--set {assignment}: expected name=value, for example learning_rate=5e-4.")
        config = _with_value(config, name.strip(), text.strip())
    return config


def read_assignments(path: str | Path) -> list[str]:
    """Name=value texts of a JSON file, an object of values or of objects of values. Raises FootDeformityError."""
    try:
        values = json.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FootDeformityError(f"{path}: cannot be read as JSON ({error}).") from error
    if not isinstance(values, dict):
        raise FootDeformityError(f'{path}: expected an object such as {{"learning_rate": 0.0005}}.')
    return list(_flat(values, ""))


def _flat(values: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}={','.join(map(str, value))}"
        else:
            yield f"{prefix}{name}={value}"


def _places(config: Any, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for item in fields(config):
        value, path = getattr(config, item.name), (*prefix, item.name)
        if is_dataclass(value):
            yield from _places(value, path)
        else:
            yield path


def _with_value(config: Config, name: str, text: str) -> Config:
    wanted = tuple(name.split("."))
    places = list(_places(config))
    found = [place for place in places if place[-len(wanted) :] == wanted]
    if len(found) != 1:
        known = ", ".join(sorted(place[-1] for place in places))
        reason = "is no setting" if not found else f"stands for {' and '.join('.'.join(p) for p in found)}"
        raise FootDeformityError(f"--set {name}: {reason}. Known: {known}.")
    result: Config = _replaced(config, found[0], name, text)
    return result


def _replaced(config: Any, place: tuple[str, ...], name: str, text: str) -> Any:
    old = getattr(config, place[0])
    new = _replaced(old, place[1:], name, text) if len(place) > 1 else _parsed(old, name, text)
    return replace(config, **{place[0]: new})


def _parsed(old: Any, name: str, text: str) -> Any:
    try:
        if isinstance(old, bool):
            return _YES_NO[text.lower()]
        if isinstance(old, tuple):
            values = tuple(int(part) for part in text.split(","))
            if len(values) != len(old):
                raise ValueError
            return values
        return type(old)(text)
    except (KeyError, ValueError):
        kind = "yes or no" if isinstance(old, bool) else {int: "a whole number", float: "a number"}.get(type(old))
        words = kind or f"{len(old)} whole numbers with commas"
        raise FootDeformityError(f"--set {name}={text}: expected {words}, such as {_shown(old)}.") from None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
