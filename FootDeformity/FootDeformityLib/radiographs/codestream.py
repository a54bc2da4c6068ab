"""The image size that a compressed frame states itself, read without decoding it."""

from __future__ import annotations


def codestream_size(frame: bytes) -> tuple[int, int] | None:
    """Return (width, height) of a JPEG, JPEG lossless, JPEG-LS or JPEG 2000 codestream, None if it has none.

    A hostile file may state a small image in its tags and a huge one here, where the decoder believes it.
    """
    if frame[:4] == b"\xff\x4f\xff\x51":  # JPEG 2000: SOC, then SIZ
        edges = [int.from_bytes(frame[start : start + 4], "big") for start in (8, 12, 16, 20)]
        return edges[0] - edges[2], edges[1] - edges[3]
    if frame[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        # start of frame: C0..CF but for DHT, JPG and DAC; F7 is JPEG-LS
        if marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            return int.from_bytes(frame[at + 7 : at + 9], "big"), int.from_bytes(frame[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return None
