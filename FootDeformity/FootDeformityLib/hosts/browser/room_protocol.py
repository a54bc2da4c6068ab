"""What page and server say to each other besides trame's shared state: pictures, mouse, and what the reader does."""

from __future__ import annotations

from typing import Any, Protocol

from wslink import register
from wslink.websocket import LinkProtocol

#: size of an argument of a page's message: names and numbers, nothing large
_MOST_TEXT = 2000


class Room(Protocol):
    """What the page can ask for; reading_room.py answers."""

    def act(self, name: str, arguments: list[Any]) -> Any: ...

    def resize(self, view: str, width: float, height: float, ratio: float) -> None: ...

    def mouse(self, view: str, event: str, x: float, y: float, shift: bool, ctrl: bool) -> None: ...

    def tabs_changed(self, count: int) -> None: ...


class RoomProtocol(LinkProtocol):  # type: ignore[misc]
    """One for all tabs."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self._room = room
        self._tabs: set[str] = set()

    def send_frame(self, frame: dict[str, Any]) -> None:
        """Publish a picture of a slice view to every tab."""
        self.publish("room.frame", {**frame, "jpeg": self.addAttachment(frame["jpeg"])})

    @register("room.act")  # type: ignore[untyped-decorator]
    def act(self, name: str, arguments: list[Any]) -> Any:
        """Do something by its name; see actions.py."""
        texts = [name, *(value for value in arguments if isinstance(value, str))]
        if not all(isinstance(value, str) for value in texts[:1]) or any(len(text) > _MOST_TEXT for text in texts):
            raise ValueError("not an action of the reading room")
        return self._room.act(name, arguments)

    @register("room.resize")  # type: ignore[untyped-decorator]
    def resize(self, view: str, width: float, height: float, ratio: float) -> None:
        """A page shows a slice view at a size in CSS pixels, at ``ratio`` screen pixels each."""
        self._room.resize(view, float(width), float(height), float(ratio))

    @register("room.mouse")  # type: ignore[untyped-decorator]
    def mouse(self, view: str, event: str, x: float, y: float, keys: dict[str, bool]) -> None:
        """A mouse event at a place of the view's picture."""
        self._room.mouse(view, event, float(x), float(y), bool(keys.get("shift")), bool(keys.get("ctrl")))

    def onConnect(self, request: object, client_id: str) -> None:
        """Count the tabs."""
        self._tabs.add(client_id)
        self._room.tabs_changed(len(self._tabs))

    def onClose(self, client_id: str) -> None:
        """Count the tabs."""
        self._tabs.discard(client_id)
        self._room.tabs_changed(len(self._tabs))
