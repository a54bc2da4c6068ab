"""Sentences that stand on the page until they are dismissed."""

from __future__ import annotations

from itertools import count
from typing import Any

_MOST = 4


class Notices:
    """The last few, each once. kind: error or info."""

    def __init__(self) -> None:
        self._numbers, self._shown = count(1), list[dict[str, Any]]()

    @property
    def shown(self) -> list[dict[str, Any]]:
        """As the page reads them: number, text, kind."""
        return list(self._shown)

    def add(self, text: str, kind: str) -> None:
        """Say something, unless it stands there already."""
        if all(notice["text"] != text for notice in self._shown):
            self._shown.append({"number": next(self._numbers), "text": text, "kind": kind})
        self._shown = self._shown[-_MOST:]

    def dismiss(self, number: int) -> None:
        """Take one away."""
        self._shown = [notice for notice in self._shown if notice["number"] != number]

    def clear_errors(self) -> None:
        """Take the errors of what was tried before away."""
        self._shown = [notice for notice in self._shown if notice["kind"] != "error"]
