"""What a file is, told from its first bytes and never from its name."""

from __future__ import annotations

from typing import Literal

Kind = Literal["DICOM", "DICOM without preamble", "PNG", "JPEG", "TIFF", "NRRD"]

#: how many bytes ``file_kind`` wants
HEAD_BYTES = 512

_ACCEPTED: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"NRRD000", "NRRD"),
)
_FOREIGN = (
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image outside DICOM"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 codestream outside DICOM"),
    (b"ObjectType", "a MetaImage header"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML document"),
    (b"<!DOC", "a web page"),
    (b"<html", "a web page"),
)


def file_kind(head: bytes) -> Kind | None:
    """Return which accepted format starts with ``head`` (the first 512 bytes), None for any other."""
    if head[128:132] == b"DICM":
        return "DICOM"
    for magic, kind in _ACCEPTED:
        if head.startswith(magic):
            return kind
    # Old systems write DICOM without preamble: it starts with a tag of group 0002 or 0008
    little, big = head[:2] in (b"\x02\x00", b"\x08\x00"), head[:2] in (b"\x00\x02", b"\x00\x08")
    element = head[2:4]
    if len(head) >= 8 and ((little and element[1:] == b"\x00") or (big and element[:1] == b"\x00")):
        return "DICOM without preamble"
    return None


def foreign_kind(head: bytes) -> str:
    """Return in words what a file is that is not accepted."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP image"
    if head[4:8] == b"ftyp":
        return "a HEIC or AVIF photograph or a film"
    if head[344:347] in (b"n+1", b"ni1"):
        return "a NIfTI volume"
    lower = head.lstrip().lower()
    for magic, words in _FOREIGN:
        if head.startswith(magic) or (magic.startswith(b"<") and lower.startswith(magic.lower())):
            return words
    if head and all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head):
        return "a text file"
    return "a file of an unknown kind"
