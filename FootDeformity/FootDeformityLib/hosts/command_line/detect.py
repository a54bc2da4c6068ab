"""``footdeformity detect``: landmarks on many images, for an annotator to correct."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.image_files import FoundImage, find_images, landmark_targets
from FootDeformityLib.hosts.command_line.parsing import (
    Subparsers,
    add_any_image_option,
    add_command,
    add_detector_option,
    add_out_option,
)

if TYPE_CHECKING:
    from FootDeformityLib.case.view_check import Detect, ViewGate
    from FootDeformityLib.hosts.command_line.doubts import ImageResult
    from FootDeformityLib.measure.scheme import Scheme
    from FootDeformityLib.network.detection import Detection
    from FootDeformityLib.radiographs.radiograph import Radiograph

_EXAMPLES = """\
  footdeformity detect images --view auto --out landmarks
  footdeformity detect monday/*.png tuesday/*.dcm --view lateral --out landmarks

Each image gets NAME.mrk.json, which 3D Slicer opens on it; folders below a named folder are kept. Where Slicer
would read the pixel spacing of an image wrongly, NAME.nrrd is written for it, on which the points lie.
Landmark files that a person has corrected are never replaced, unless --overwrite says so. DIR/detect.csv lists
all images of this run with the network's doubt, the most doubtful first."""


@dataclass
class Tally:
    """What became of the images of one run; volumes: written because Slicer misreads the image."""

    results: list[ImageResult] = field(default_factory=list)
    volumes: list[Path] = field(default_factory=list)


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "detect",
        "pre-place landmarks on many images",
        "Find the landmarks on many radiographs and write one Slicer landmark file for each. A file that cannot be\n"
        "used, or that shows no AP or lateral foot, is listed at the end (exit code 1); the others go on.",
        _EXAMPLES,
    )
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_FOLDER", help="radiographs, or folders searched for them")
    parser.add_argument(
        "--view",
        choices=("auto", "ap", "lateral"),
        default="auto",
        help="view that the images show; auto = by tags, else by looking (default)",
    )
    add_out_option(parser, "folder for the landmark files")
    add_detector_option(parser)
    add_any_image_option(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace landmark files that a person corrected, too")


def run(args: argparse.Namespace) -> int:
    """Run the command with the shipped models, or those that were chosen."""
    from FootDeformityLib.files.results_folder import ResultsFolder

    images = find_images(args.paths)
    if not images:
        raise FootDeformityError(
            f"{', '.join(args.paths)}: no radiographs found (DICOM, PNG, JPEG, TIFF, NRRD). Check the folder."
        )
    ResultsFolder(args.out, ()).check()
    from FootDeformityLib.case.view_check import ViewGate
    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityLib.network.chosen_models import chosen_models
    from FootDeformityLib.network.worker import DetectorWorker

    with DetectorWorker(chosen_models(args.detector, load_scheme())) as worker:
        gate = ViewGate(worker.recognise, "--any-image", args.any_image)
        return detect_all(images, args.view, Path(args.out), worker.detect, gate, overwrite=args.overwrite)


def detect_all(
    images: Sequence[FoundImage],
    view: str,
    out: Path,
    detect: Detect,
    gate: ViewGate | None = None,
    overwrite: bool = False,
) -> int:
    """Detect image after image with a line of progress each; return 0, or 1 if any failed or was refused.

    view: auto, ap or lateral. ``detect`` finds the landmarks of one radiograph and view; gate: refuses wrong images,
    None = nobody does.
    """
    from FootDeformityLib.case.view_check import NotAFootViewError
    from FootDeformityLib.hosts.command_line.doubts import ImageResult
    from FootDeformityLib.measure.scheme import load_scheme

    scheme, tally = load_scheme(), Tally()
    digits = len(str(len(images)))
    for number, (image, target) in enumerate(landmark_targets(images, out).items(), start=1):
        start = f"[{number:{digits}}/{len(images)}] {image}"
        try:
            if not overwrite and _corrected(target):
                tally.results.append(ImageResult(image, target, remark="kept: a person corrected it"))
                print(f"{start}: kept {target}, which a person corrected", flush=True)
                continue
            found = _detect_one(image, view, target, scheme, detect, gate, tally)
        except FootDeformityError as error:
            word = "refused" if isinstance(error, NotAFootViewError) else "failed"
            tally.results.append(ImageResult(image, remark=f"{word}: {error}"))
            print(f"{start}: {word}", flush=True)
        else:
            tally.results.append(ImageResult(image, target, found, "; ".join(found.warnings)))
            words = [f"{found.view}, mean confidence {found.confidence.mean():.2f}", *found.warnings]
            print(f"{start}: {'; '.join(words)} -> {target}", flush=True)
    return _report(tally, out, scheme)


def _corrected(target: Path) -> bool:
    from FootDeformityLib.files.case_landmarks import untouched_by_people

    if not target.exists():
        return False
    try:
        return not untouched_by_people(target)
    except FootDeformityError as error:
        raise FootDeformityError(f"{error} Nothing was written over it; --overwrite would replace it.") from None


def _detect_one(
    image: Path, view: str, target: Path, scheme: Scheme, detect: Detect, gate: ViewGate | None, tally: Tally
) -> Detection:
    from FootDeformityLib.case.from_detection import view_from_detection
    from FootDeformityLib.files.case_landmarks import write_case_landmarks
    from FootDeformityLib.files.nrrd_image import write_nrrd
    from FootDeformityLib.radiographs.read import read_radiograph

    radiograph = read_radiograph(image)
    detection = _detection(radiograph, view, detect, gate)
    landmarks = view_from_detection(radiograph, detection, scheme).landmarks_document()
    try:
        if radiograph.slicer_geometry_wrong:
            volume = target.with_name(target.name.removesuffix(".mrk.json") + ".nrrd")
            write_nrrd(volume, radiograph.pixels, radiograph.write_spacing)
            tally.volumes.append(volume)
        write_case_landmarks(target, landmarks, radiograph.write_from_pixels)
    except OSError as error:
        raise FootDeformityError(f"{target}: cannot be written ({error.strerror or error}).") from None
    return detection


def _detection(radiograph: Radiograph, view: str, detect: Detect, gate: ViewGate | None) -> Detection:
    """Detect in the view that was asked for; auto = the tags' view, else the one that the image seems to show."""
    from FootDeformityLib.case.view_check import detect_likely_view, detect_view

    named = radiograph.view if view == "auto" else {"ap": "AP", "lateral": "lateral"}[view]
    if named is None:
        return detect_likely_view(radiograph, detect, gate)
    return detect_view(radiograph, named, detect, gate)


def _report(tally: Tally, out: Path, scheme: Scheme) -> int:
    from FootDeformityLib.hosts.command_line.doubts import look_first, write_table

    done = sum(result.detection is not None for result in tally.results)
    without = [result for result in tally.results if result.landmarks is None]
    refused = [result for result in without if result.remark.startswith("refused: ")]
    failed = [result for result in without if result not in refused]
    kept = len(tally.results) - done - len(without)
    counts = [f"{kept} kept"] * bool(kept) + [f"{len(refused)} refused"] * bool(refused) + [f"{len(failed)} failed"]
    print(f"{done} of {len(tally.results)} images done, {', '.join(counts)}.")
    if tally.volumes:
        print(
            f"3D Slicer would show {len(tally.volumes)} of them with a wrong pixel spacing: open NAME.nrrd in the "
            "results instead, on which the points lie."
        )
    if done + kept:
        for line in look_first(tally.results, scheme):
            print(line)
        print(f"All images, the most doubtful first: {write_table(out, tally.results, scheme)}")
    sys.stdout.flush()
    for title, results in (("Refused", refused), ("Failed", failed)):
        if results:
            print(f"{title}:", file=sys.stderr)
        for result in results:
            print(f"  {result.image}\n      {result.remark.removeprefix(f'{title.lower()}: ')}", file=sys.stderr)
    return 1 if without else 0
