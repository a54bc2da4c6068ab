"""NRRD: one grey or RGB image, 2D or a volume of a single axial slice, with its place in space."""

from __future__ import annotations

import bz2
import math
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import nrrd
import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.grey import COLOUR_WARNING, ColourPhotographError, luminance
from FootDeformityLib.radiographs.intensity import ConstantImageError, normalise
from FootDeformityLib.radiographs.limits import MAX_FILE_BYTES, check_size
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.radiograph_error import RadiographError

_TYPES = {
    **dict.fromkeys(("signed char", "int8", "int8_t"), "i1"),
    **dict.fromkeys(("uchar", "unsigned char", "uint8", "uint8_t"), "u1"),
    **dict.fromkeys(("short", "short int", "signed short", "signed short int", "int16", "int16_t"), "i2"),
    **dict.fromkeys(("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"), "u2"),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t"), "i4"),
    **dict.fromkeys(("uint", "unsigned int", "uint32", "uint32_t"), "u4"),
    **dict.fromkeys(("longlong", "long long", "int64", "int64_t"), "i8"),
    **dict.fromkeys(("ulonglong", "unsigned long long", "uint64", "uint64_t"), "u8"),
    "float": "f4",
    "double": "f8",
}
#: signs that turn the first two axes of a space into LPS
_LPS_SIGNS = {
    "left-posterior-superior": (1.0, 1.0),
    "lps": (1.0, 1.0),
    "right-anterior-superior": (-1.0, -1.0),
    "ras": (-1.0, -1.0),
    "left-anterior-superior": (1.0, -1.0),
    "las": (1.0, -1.0),
}
_EXPORT = "save it in Slicer as a single grey image (.nrrd)"


def read_nrrd(path: Path) -> Radiograph:
    """Read a 2D or single-slice NRRD with spacing, origin and directions. Raises RadiographError."""
    try:
        with path.open("rb") as stream:
            header = nrrd.read_header(stream)
            sizes = [int(size) for size in header["sizes"]]
            channels, width, height = _layout(path, header, sizes)
            check_size(path, width, height)
            dtype = _dtype(path, header)
            data = _data(path, header, stream, channels * width * height, dtype)
    except (RadiographError, MemoryError, OSError):
        raise
    except Exception as error:  # pynrrd raises NRRDError, ValueError, KeyError, UnicodeError ... on broken headers
        raise RadiographError(path, "is an NRRD file with a broken header", _EXPORT) from error

    notes: list[str] = []
    values: NDArray[Any] = (
        data.reshape(height, width, channels)[..., 0]
        if channels == 1
        else _grey(path, data.reshape(height, width, channels), notes)
    )
    place = _place(path, header, channels > 1, notes)
    try:
        if np.issubdtype(values.dtype, np.floating) and not np.isfinite(values).all():
            notes.append("some pixels are no numbers and were set to black")
        pixels = normalise(values)
    except ConstantImageError:
        raise RadiographError(path, "shows nothing: all its pixels have the same value", _EXPORT) from None
    (a, b, _), (c, d, _) = place.matrix
    loaded = (math.hypot(a, c), math.hypot(b, d))
    stated = not math.isclose(loaded[0], 1.0, abs_tol=1e-9)
    plausible = all(0.01 <= spacing <= 2.0 for spacing in loaded)
    if stated and not plausible:
        notes.append(f"the stated pixel size of {loaded[0]:.4g} x {loaded[1]:.4g} mm is implausible and not used")
    return Radiograph(
        path=path,
        pixels=pixels,
        file_format="NRRD",
        bits=dtype.itemsize * 8,
        spacing_mm=loaded if stated and plausible else None,
        spacing_source="NRRD header" if stated and plausible else "unknown: the NRRD header states none (or 1)",
        slicer_spacing_mm=loaded,
        slicer_from_pixels=place,
        pixel_aspect=loaded[1] / loaded[0],
        warnings=tuple(notes),
    )


def _layout(path: Path, header: Mapping[str, Any], sizes: list[int]) -> tuple[int, int, int]:
    """Return (channels, width, height), the file's order: fastest first."""
    kinds = [str(kind).lower() for kind in header.get("kinds", [])]
    colour = len(kinds) == len(sizes) and kinds[0] not in ("domain", "space", "none", "???") and sizes[0] in (1, 3, 4)
    channels, rest = (sizes[0], sizes[1:]) if colour else (1, sizes)
    if len(rest) == 2:
        return channels, rest[0], rest[1]
    if len(rest) == 3 and rest[2] == 1:
        return channels, rest[0], rest[1]
    found = " x ".join(str(size) for size in sizes)
    if len(rest) == 3 and 1 in rest:
        raise RadiographError(path, f"holds a slice that is not axial ({found})", _EXPORT)
    raise RadiographError(path, f"holds a volume or series of {found} and not one image", _EXPORT)


def _dtype(path: Path, header: Mapping[str, Any]) -> np.dtype[Any]:
    code = _TYPES.get(str(header["type"]).lower())
    if code is None:
        raise RadiographError(path, f"has pixels of the type '{str(header['type'])[:40]}'", _EXPORT)
    dtype = np.dtype(code)
    if dtype.itemsize > 1 and str(header.get("encoding", "raw")).lower() not in ("ascii", "text", "txt"):
        dtype = dtype.newbyteorder(">" if str(header.get("endian", "little")).lower() == "big" else "<")
    return dtype


def _data(path: Path, header: Mapping[str, Any], stream: BinaryIO, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the ``count`` values; never unpacks more than they need."""
    detached = header.get("data file", header.get("datafile"))
    if detached is not None:
        name = str(detached)
        file = path.parent / name
        if isinstance(detached, list) or name.upper().startswith("LIST") or "%" in name or not file.is_file():
            raise RadiographError(path, "is an NRRD header whose single data file is not beside it", _EXPORT)
        if file.stat().st_size > MAX_FILE_BYTES:
            raise RadiographError(path, "has a data file that is too large", _EXPORT)
        raw = file.read_bytes()
    else:
        raw = stream.read()
    for _ in range(int(header.get("line skip", header.get("lineskip", 0)))):
        raw = raw.partition(b"\n")[2]
    skip = int(header.get("byte skip", header.get("byteskip", 0)))
    needed = count * dtype.itemsize
    encoding = str(header.get("encoding", "raw")).lower()
    try:
        if encoding in ("ascii", "text", "txt"):
            values = np.array(raw.split(), dtype=dtype)
            if values.size != count:
                raise EOFError
            return values
        if encoding == "raw":
            raw = raw[-needed:] if skip == -1 else raw[max(skip, 0) :]
        elif encoding in ("gzip", "gz"):
            raw = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(raw, needed + max(skip, 0))[max(skip, 0) :]
        elif encoding in ("bzip2", "bz2"):
            raw = bz2.BZ2Decompressor().decompress(raw, needed + max(skip, 0))[max(skip, 0) :]
        else:
            raise RadiographError(path, f"is packed with '{encoding[:20]}'", _EXPORT)
        if len(raw) < needed:
            raise EOFError
    except (EOFError, ValueError, OSError, zlib.error) as error:
        if isinstance(error, RadiographError):
            raise
        raise RadiographError(
            path, "is truncated or broken: it has fewer pixels than its header states", "copy or export it again"
        ) from error
    return np.frombuffer(raw, dtype=dtype, count=count)


def _grey(path: Path, pixels: NDArray[Any], notes: list[str]) -> NDArray[np.float32]:
    full_scale = float(np.iinfo(pixels.dtype).max) if np.issubdtype(pixels.dtype, np.integer) else 1.0
    try:
        grey, coloured = luminance(pixels[..., :3], full_scale)
    except ColourPhotographError:
        raise RadiographError(path, "is a colour photograph", "expected a grey radiograph") from None
    if coloured:
        notes.append(COLOUR_WARNING)
    return grey


def _place(path: Path, header: Mapping[str, Any], colour: bool, notes: list[str]) -> Affine:
    """Return pixels -> LPS x, y as Slicer's NRRD reader places them (measured on slicer-core 5.13)."""
    spatial = slice(1 if colour else 0, None)
    directions = header.get("space directions")
    signs = _LPS_SIGNS.get(str(header.get("space", "left-posterior-superior")).lower(), (1.0, 1.0))
    if directions is None:
        spacings = np.asarray(header.get("spacings", []), dtype=float)[spatial][:2]
        usable = spacings.size == 2 and bool(np.isfinite(spacings).all()) and bool((spacings > 0).all())
        return Affine.scaling(float(spacings[0]), float(spacings[1])) if usable else Affine.identity()
    axes = np.array([row if row is not None else [np.nan] * 3 for row in directions], dtype=float)[spatial]
    origin = np.asarray(header.get("space origin", np.zeros(axes.shape[1])), dtype=float)
    axes[:2][np.isnan(axes[:2]).any(axis=1)] = 0.0
    scale = float(np.abs(axes[:2]).max()) or 1.0
    if axes.shape[1] > 2 and np.abs(axes[:2, 2]).max() > 1e-4 * scale:
        raise RadiographError(path, "holds a slice that is not axial (its plane is tilted in space)", _EXPORT)
    matrix = np.column_stack([axes[0, :2], axes[1, :2], np.nan_to_num(origin[:2])]) * np.array(signs)[:, None]
    try:
        return Affine(matrix)
    except ValueError:
        notes.append("the directions in the NRRD header are not usable and were ignored")
        return Affine.identity()
