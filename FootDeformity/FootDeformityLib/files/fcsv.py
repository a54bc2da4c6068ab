"""Legacy point lists (.fcsv) of 3D Slicer 4 and 5, as text."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np

from FootDeformityLib.files.markups_points import FACING_READER, MarkupsError, MarkupsPoints

_COLUMNS = "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID"
_FRAMES = {"0": "RAS", "RAS": "RAS", "1": "LPS", "LPS": "LPS"}


def parse_fcsv(file: Path, text: str) -> MarkupsPoints:
    """Read the text of a .fcsv; ``file`` is for messages. Raises MarkupsError."""
    version, frame, rows = "", "", []
    for raw in text.split("\n"):
        line = raw.rstrip("\r")
        if line.startswith("# Markups fiducial file version = "):
            version = line.partition("=")[2].strip()
        elif line.startswith("# CoordinateSystem = "):
            code = line.partition("=")[2].strip()
            if code not in _FRAMES:
                raise MarkupsError(
                    f"{file}: CoordinateSystem is {code!r}, expected 0 or RAS, 1 or LPS. Save it again in Slicer."
                )
            frame = _FRAMES[code]
        elif line.startswith("# columns = "):
            columns = line.partition("=")[2].strip()
            if not columns.startswith(_COLUMNS):
                raise MarkupsError(f"{file}: has the columns {columns!r}, expected {_COLUMNS}.")
        elif line.strip() and not line.startswith("#"):
            rows.append(line)
    if not version or not frame:
        missing = "the version" if not version else "the CoordinateSystem"
        raise MarkupsError(
            f"{file}: {missing} line of the .fcsv header is missing, so left and right are unknown. "
            "Open it in Slicer, check the points on the image and save them again."
        )
    cells = [_cells(file, number, line) for number, line in enumerate(rows, start=1)]
    count = len(cells)
    lps = np.array([[float(value) for value in cell[1:4]] for cell in cells], dtype=np.float64).reshape(count, 3)
    if frame == "RAS":
        lps[:, :2] *= -1.0
    # later Slicer versions append positionStatus (0 undefined, 1 preview, 2 defined) and an auto-created flag
    placed = np.array([len(cell) < 15 or cell[14].strip() in ("", "2") for cell in cells], dtype=np.bool_)
    lps[~placed] = np.nan
    return MarkupsPoints(
        ids=tuple(cell[0] for cell in cells),
        labels=tuple(cell[11] for cell in cells),
        descriptions=tuple(cell[12] for cell in cells),
        positions=lps,
        orientations=np.tile(FACING_READER, (count, 1)),
        selected=np.array([_flag(cell[9]) for cell in cells], dtype=np.bool_),
        locked=np.array([_flag(cell[10]) for cell in cells], dtype=np.bool_),
        visible=np.array([_flag(cell[8]) for cell in cells], dtype=np.bool_),
    )


def _cells(file: Path, number: int, line: str) -> list[str]:
    try:
        cells = next(csv.reader([line]))
    except csv.Error as error:
        raise MarkupsError(
            f"{file}: point {number} is not a row of values ({error}). Save it again in Slicer."
        ) from None
    if len(cells) < 12:
        raise MarkupsError(f"{file}: point {number} has {len(cells)} columns, expected 14 ({_COLUMNS}).")
    cells += [""] * (14 - len(cells))
    try:
        finite = all(math.isfinite(float(value)) for value in cells[1:4])
    except ValueError:
        finite = False
    if not finite:
        raise MarkupsError(
            f"{file}: point {number} ({cells[11]}) has the position {', '.join(cells[1:4])}, "
            "expected 3 finite numbers. Place it again."
        )
    return cells


def _flag(cell: str) -> bool:
    return cell.strip() not in ("", "0", "0.0")


def fcsv_text(node: MarkupsPoints) -> str:
    """Return the point list as Slicer 5 writes it, in LPS; orientations have no place in this format."""
    lines = io.StringIO()
    lines.write("# Markups fiducial file version = 5.10\n# CoordinateSystem = LPS\n")
    lines.write(f"# columns = {_COLUMNS}\n")
    writer = csv.writer(lines, lineterminator="\n")
    for row, label in enumerate(node.labels):
        position = node.positions[row].tolist() if node.defined[row] else [0.0, 0.0, 0.0]
        flags = [int(node.visible[row]), int(node.selected[row]), int(node.locked[row])]
        status = [2 if node.defined[row] else 0, 0]
        writer.writerow(
            [
                node.ids[row],
                *position,
                0,
                0,
                0,
                1,
                *flags,
                label,
                node.descriptions[row].replace("\n", " "),
                "",
                *status,
            ]
        )
    return lines.getvalue()
