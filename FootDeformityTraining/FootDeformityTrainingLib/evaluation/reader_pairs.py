"""Landmark files of two readers for the same images, brought together by their names."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.landmark_file import landmark_view, load_landmarks
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.evaluation.cohort import Array, Mask, pixel_scale

_ENDINGS = (".mrk.json", ".fcsv")


@dataclass(frozen=True)
class ImageFacts:
    """What is known about the image under a pair of landmark files."""

    path: Path | None
    patient: str
    aspect_known: bool = True
    spacing_mm: float | None = None


@dataclass(frozen=True, eq=False)
class ReaderPairs:
    """N images of one view that both readers marked, K landmarks.

    first, second: (N, K, 2) square pixels, or mm where in_mm (N,); NaN = missing. certain: (N, K), neither reader
    marked the point as an estimate. aspect_known: (N,), whether pixels are square, so that angles are true.
    """

    view: str
    scheme: Scheme
    names: tuple[str, ...]
    patients: tuple[str, ...]
    first: Array
    second: Array
    certain: Mask
    aspect_known: Mask
    in_mm: Mask


def read_pairs(
    first: Path, second: Path, scheme: Scheme, images: Path | None, report: Callable[[str], None]
) -> list[ReaderPairs]:
    """Read what both folders have, view by view; files that only one has, or that are unusable, are named.

    images: folder of the radiographs, or a manifest.csv; without, points are taken to lie on square pixels.
    Raises FootDeformityError when nothing can be compared.
    """
    files = [_landmark_files(folder) for folder in (first, second)]
    for k, folder in enumerate((first, second)):
        for name in sorted(files[k].keys() - files[1 - k].keys()):
            report(f"left out: {name} is in {folder} only")
    common = sorted(files[0].keys() & files[1].keys())
    known = None if images is None else _image_facts(images)
    read: dict[str, list[tuple[str, ImageFacts, Array, Array, Mask, bool]]] = {}
    for name in common:
        facts = ImageFacts(None, name) if known is None else _facts_of(name, known, report)
        try:
            view, entry = _read_pair(name, files[0][name], files[1][name], facts, scheme)
        except FootDeformityError as error:
            report(f"left out: {error}")
        else:
            read.setdefault(view, []).append(entry)
    if not read:
        raise FootDeformityError(
            f"{first} and {second}: no image was usably marked by both. Expected landmark files (.mrk.json or .fcsv) "
            f"of the same names in both folders; {len(common)} names are in both."
        )
    return [_stacked(view, scheme, read[view]) for view in scheme.views if view in read]


def _landmark_files(folder: Path) -> dict[str, Path]:
    """Name below the folder without ending -> file."""
    if not folder.is_dir():
        raise FootDeformityError(f"{folder}: no such folder. Give the folder with a reader's landmark files.")
    found: dict[str, Path] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name.endswith(_ENDINGS)):
        name = _stem(path.relative_to(folder).as_posix())
        if name in found:
            raise FootDeformityError(f"{path}: {found[name].name} has the same name. Keep one of the two.")
        found[name] = path
    return found


def _stem(name: str) -> str:
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def _image_facts(images: Path) -> dict[str, ImageFacts]:
    """Facts by every name under which landmark files may refer to an image, lower case; of a manifest or a folder."""
    manifest = images / "manifest.csv" if (images / "manifest.csv").is_file() else images
    if manifest.is_file():
        return _facts_of_manifest(manifest)
    if not images.is_dir():
        raise FootDeformityError(f"{images}: no such folder or manifest. Give the radiographs that were marked.")
    paths = sorted(path for path in images.rglob("*") if path.is_file() and not path.name.endswith((*_ENDINGS, ".csv")))
    return _by_names((path.relative_to(images).as_posix(), ImageFacts(path, path.stem)) for path in paths)


def _facts_of_manifest(manifest: Path) -> dict[str, ImageFacts]:
    try:
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file, restval=""))
        return _by_names(
            (
                row["image"],
                ImageFacts(
                    manifest.parent / row["image"],
                    row.get("patient") or row["image"],
                    (row.get("aspect_known") or "yes") == "yes",
                    float(row["spacing_mm"]) if row.get("spacing_mm") else None,
                ),
            )
            for row in rows
        )
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError) as error:
        raise FootDeformityError(
            f"{manifest}: cannot be read as a manifest ({error!r}). Expected CSV in UTF-8 with a column image."
        ) from error


def _by_names(entries: Iterable[tuple[str, ImageFacts]]) -> dict[str, ImageFacts]:
    """Full name and bare file name, each with and without suffix; what two images share belongs to neither."""
    found: dict[str, ImageFacts | None] = {}
    for name, facts in entries:
        path = Path(name.lower())
        for key in {path.as_posix(), path.with_suffix("").as_posix(), path.name, path.stem}:
            found[key] = None if found.get(key, facts) is not facts else facts
    return {key: facts for key, facts in found.items() if facts is not None}


def _facts_of(name: str, known: Mapping[str, ImageFacts], report: Callable[[str], None]) -> ImageFacts:
    facts = known.get(name.lower()) or known.get(Path(name.lower()).name)
    if facts is None:
        report(f"{name}: its image was not found, so its pixels may not be square: no angles.")
        return ImageFacts(None, name, aspect_known=False)
    return facts


def _read_pair(
    name: str, first: Path, second: Path, facts: ImageFacts, scheme: Scheme
) -> tuple[str, tuple[str, ImageFacts, Array, Array, Mask, bool]]:
    view = landmark_view(first, scheme)
    if view is None:
        raise FootDeformityError(f"{first}: the points belong to no single view of scheme {scheme.name}.")
    loaded = [load_landmarks(path, scheme, view) for path in (first, second)]
    points, in_mm = [part.points for part in loaded], False
    if facts.path is not None:
        radiograph = read_radiograph(facts.path)
        scale, in_mm = pixel_scale(radiograph, facts.spacing_mm)
        points = [radiograph.from_slicer(part) * np.asarray(scale) for part in points]
    certain = ~(loaded[0].uncertain | loaded[1].uncertain)
    return view, (name, facts, points[0], points[1], certain, in_mm)


def _stacked(view: str, scheme: Scheme, entries: list[tuple[str, ImageFacts, Array, Array, Mask, bool]]) -> ReaderPairs:
    names, facts, first, second, certain, in_mm = zip(*entries, strict=True)
    return ReaderPairs(
        view=view,
        scheme=scheme,
        names=tuple(names),
        patients=tuple(fact.patient for fact in facts),
        first=np.stack(first),
        second=np.stack(second),
        certain=np.stack(certain),
        aspect_known=np.array([fact.aspect_known for fact in facts]),
        in_mm=np.array(in_mm),
    )
