"""3D Slicer point lists, read and written without Slicer: markups JSON (.mrk.json) and legacy .fcsv.

Positions are LPS millimetres in the frame in which Slicer shows the image, whatever the file used.
Checked against slicer-core 5.11 and Slicer's vtkMRMLMarkups{Json,Fiducial}StorageNode.cxx.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.files.fcsv import fcsv_text, parse_fcsv
from FootDeformityLib.files.markups_json import markups_json_text, parse_markups_json
from FootDeformityLib.files.markups_points import FACING_READER, MarkupsError, MarkupsPoints

__all__ = ["MarkupsError", "MarkupsPoints", "read_all_markups", "read_markups", "write_markups"]

_LARGEST_FILE = 20_000_000


def read_markups(path: str | os.PathLike[str]) -> MarkupsPoints:
    """Read the point list of a .mrk.json or .fcsv file that holds exactly one.

    Raises MarkupsError for anything that is not one readable point list.
    """
    nodes = read_all_markups(path)
    if len(nodes) != 1:
        raise MarkupsError(
            f"{path}: holds {len(nodes)} point lists, expected one. Save the list that you need alone in Slicer."
        )
    return nodes[0]


def read_all_markups(path: str | os.PathLike[str]) -> tuple[MarkupsPoints, ...]:
    """Read every point list (Fiducial node) of a .mrk.json or .fcsv file; lines, curves and angles are left out.

    Raises MarkupsError.
    """
    file = Path(path)
    if file.is_dir():
        raise MarkupsError(f"{file}: is a folder; expected a landmark file (.mrk.json or .fcsv).")
    name = file.name.lower()
    if name.endswith(".fcsv"):
        return (parse_fcsv(file, _read_text(file)),)
    if name.endswith(".json"):
        return parse_markups_json(file, _read_text(file))
    raise MarkupsError(f"{file}: not a landmark file name; expected .mrk.json or .fcsv as 3D Slicer saves them.")


def write_markups(
    path: str | os.PathLike[str],
    labels: Sequence[str],
    positions_lps: ArrayLike,
    descriptions: Sequence[str] | None = None,
    *,
    ids: Sequence[str] | None = None,
    orientations: ArrayLike | None = None,
    selected: Sequence[bool] | NDArray[np.bool_] | None = None,
    locked: Sequence[bool] | NDArray[np.bool_] | None = None,
    visible: Sequence[bool] | NDArray[np.bool_] | None = None,
) -> None:
    """Write a point list as Slicer does, atomically; .mrk.json or .fcsv by the name.

    positions_lps: (N, 2) or (N, 3) mm, NaN = point without a position (Slicer's "undefined").
    Points that are not given flags get Slicer's defaults (selected, visible, not locked).
    """
    count = len(labels)
    positions = np.asarray(positions_lps, dtype=np.float64).reshape(count, -1 if count else 3)
    if positions.shape[1] == 2:
        positions = np.column_stack([positions, np.zeros(count)])
    if positions.shape != (count, 3):
        raise ValueError(f"positions have shape {positions.shape}, expected ({count}, 2) or ({count}, 3)")
    if np.isinf(positions).any():
        raise ValueError("positions must be finite, or NaN where a point is missing")
    node = MarkupsPoints(
        ids=tuple(ids) if ids is not None else tuple(str(i + 1) for i in range(count)),
        labels=tuple(labels),
        descriptions=tuple(descriptions) if descriptions is not None else ("",) * count,
        positions=positions,
        orientations=np.tile(FACING_READER, (count, 1))
        if orientations is None
        else np.asarray(orientations, dtype=np.float64).reshape(count, 9),
        selected=_flags(selected, count, True),
        locked=_flags(locked, count, False),
        visible=_flags(visible, count, True),
    )
    if len(node.ids) != count or len(node.descriptions) != count:
        raise ValueError("ids and descriptions must be as many as labels")
    write_text(path, fcsv_text(node) if str(path).lower().endswith(".fcsv") else markups_json_text(node))


def _flags(values: Sequence[bool] | NDArray[np.bool_] | None, count: int, default: bool) -> NDArray[np.bool_]:
    flags = np.full(count, default) if values is None else np.asarray(values, dtype=np.bool_)
    if flags.shape != (count,):
        raise ValueError(f"flags have shape {flags.shape}, expected ({count},)")
    return flags


def _read_text(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size == 0:
            raise MarkupsError(f"{file}: the landmark file is empty (0 bytes). Save the points again in Slicer.")
        if size > _LARGEST_FILE:
            raise MarkupsError(
                f"{file}: {size / 1e6:.0f} MB is far too large for a landmark file (usually below 0.1 MB)."
            )
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise MarkupsError(f"{file}: no such file. Check the name and the folder.") from None
    except UnicodeDecodeError:
        raise MarkupsError(f"{file}: not a text file; expected landmarks as 3D Slicer saves them.") from None
    except OSError as error:
        raise MarkupsError(f"{file}: cannot be read ({error.strerror or error}).") from None
