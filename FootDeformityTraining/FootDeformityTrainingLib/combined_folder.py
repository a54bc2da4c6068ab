"""One data folder from several: a manifest that names images where they lie."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.dataset import SIMULATED, DatasetRow, read_rows

_COLUMNS = ("image", "landmarks", "view", "patient", "split", "uncertain", "aspect_known", "spacing_mm", "source",
            "age_years", "sex", "weight_bearing", "quality")  # fmt: skip


def combine_folders(folders: Sequence[Path], view: str, scheme: Scheme, out: Path) -> int:
    """Write manifest.csv of a view's images of all folders into ``out``; return how many there are.

    A patient of the same name in two folders counts as one. Raises FootDeformityError for a folder without images of
    the view, and for an ``out`` that holds annotated images of its own.
    """
    if any(out.glob("**/*.mrk.json")):
        raise FootDeformityError(f"{out}: holds annotated images of its own. Choose an empty folder.")
    rows = [_entry(row) for folder in folders for row in read_rows(folder.resolve(), view, scheme)]
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(out / "manifest.csv", text.getvalue())
    return len(rows)


def _entry(row: DatasetRow) -> dict[str, str]:
    return {
        "image": str(row.image),
        "landmarks": str(row.landmarks),
        "view": row.view,
        "patient": row.patient,
        "split": row.split,
        "uncertain": " ".join(row.uncertain),
        "aspect_known": "yes" if row.aspect_known else "no",
        "spacing_mm": "" if row.spacing_mm is None else repr(row.spacing_mm),
        "source": row.source,
        "age_years": "" if row.age_years is None else f"{row.age_years:g}",
        "sex": row.sex,
        "weight_bearing": row.weight_bearing,
        "quality": SIMULATED if row.simulated else "",
    }
