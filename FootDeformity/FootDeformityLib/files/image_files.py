"""The radiographs of a folder, and where the landmarks of each one go."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from FootDeformityLib.radiographs.file_kind import HEAD_BYTES, file_kind


@dataclass(frozen=True)
class FoundImage:
    """path: the file. root: the folder that was named; for a file that was named itself its own folder."""

    path: Path
    root: Path


def find_images(paths: Iterable[str]) -> list[FoundImage]:
    """Return the files named, and of every folder named all files below it that look like radiographs.

    Files are told by their name or content, hidden ones are left out, each occurs once; named files that
    do not exist stay in the list, so that they are reported.
    """
    found: dict[Path, FoundImage] = {}
    for text in paths:
        path = Path(text)
        for file in _below(path) if path.is_dir() else [path]:
            found.setdefault(Path(os.path.realpath(file)), FoundImage(file, path if path.is_dir() else path.parent))
    return list(found.values())


def landmark_targets(images: Sequence[FoundImage], out: Path) -> dict[Path, Path]:
    """Return where the landmarks of each image go: NAME.mrk.json below ``out``.

    Folders below a named folder are kept. Where two results would have the same name, the folders above come
    before it, as many as are needed; images of one folder that differ in their suffix only keep it
    (foot.png.mrk.json), so that no result overwrites another.
    """
    inside = {image.path: image.path.relative_to(image.root).with_suffix("") for image in images}
    siblings = Counter(str(image.path.with_suffix("")).casefold() for image in images)
    for path in inside:
        if siblings[str(path.with_suffix("")).casefold()] > 1:
            inside[path] = inside[path].with_name(path.name)
    above = {image.path: image.root.resolve().parts[1:] for image in images}
    names = dict(inside)
    for depth in range(1, 1 + max((len(parts) for parts in above.values()), default=0)):
        for path in _clashing(names):
            names[path] = Path(*above[path][-depth:], inside[path])
    return {path: out / name.with_name(name.name + ".mrk.json") for path, name in names.items()}


def _clashing(names: Mapping[Path, Path]) -> list[Path]:
    """Return the images that share their result's name with one of another folder, upper and lower case alike."""
    folders: dict[str, set[Path]] = {}
    for path, name in names.items():
        folders.setdefault(str(name).casefold(), set()).add(path.parent)
    return [path for path, name in names.items() if len(folders[str(name).casefold()]) > 1]


def _below(folder: Path) -> list[Path]:
    # here, because the command line imports this file before it knows its command
    from FootDeformityLib.files.case_results import CASE_FILE, RESULT_FILES

    files = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # pictures that analyze wrote are no radiographs
        results = RESULT_FILES if CASE_FILE in names else ()
        files += [Path(place, name) for name in sorted(names) if not name.startswith(".") and name not in results]
    images = [file for file in files if _looks_like_image(file)]
    # a volume that detect wrote beside an image (NAME.nrrd) is no second image
    others = {image.with_suffix("") for image in images if image.suffix.lower() != ".nrrd"}
    return [image for image in images if image.suffix.lower() != ".nrrd" or image.with_suffix("") not in others]


def _looks_like_image(file: Path) -> bool:
    if file.name.upper() == "DICOMDIR" or file.name.endswith(".json"):
        return False
    # broken images of a folder are to be reported and not passed over: their name is enough
    if file.suffix.lower() in {".dcm", ".dicom", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".nrrd", ".nhdr"}:
        return True
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        return False
    return file_kind(head) == "DICOM"
