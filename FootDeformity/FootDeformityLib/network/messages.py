"""Messages between a host and its worker process: a line of JSON, then as many raw bytes as it announces."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_PAYLOAD = "payload_bytes"


def send(stream: BinaryIO, message: dict[str, Any], pixels: NDArray[np.float32] | None = None) -> None:
    """Write one message; ``pixels`` travels as raw float32 in the machine's byte order with its shape."""
    payload = b"" if pixels is None else np.ascontiguousarray(pixels, dtype=np.float32).tobytes()
    head = message if pixels is None else {**message, "shape": list(pixels.shape)}
    stream.write(json.dumps({**head, _PAYLOAD: len(payload)}).encode() + b"\n" + payload)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], NDArray[np.float32] | None] | None:
    """Read one message; None when the other side is gone."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message: dict[str, Any] = json.loads(line)
    size = message.pop(_PAYLOAD)
    if not size:
        return message, None
    payload = stream.read(size)
    if len(payload) < size:
        return None
    return message, np.frombuffer(payload, dtype=np.float32).reshape(message["shape"])
