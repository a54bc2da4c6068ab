"""One simulated person on file: pictures, landmarks and everything that is known about the foot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from FootDeformityLib.atomic_write import replacing, write_text
from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityTrainingLib.simulation.dicom_dx import Shot, write_dx
from FootDeformityTrainingLib.simulation.foot_model import PosedFoot
from FootDeformityTrainingLib.simulation.radiograph import FootInBeam, Setup, in_beam, radiograph
from FootDeformityTrainingLib.simulation.setup import SETUPS
from FootDeformityTrainingLib.simulation.truth2d import landmarks2d
from FootDeformityTrainingLib.simulation.truth3d import angles3d

Array = NDArray[np.float32]

#: share of pictures that are stored as MONOCHROME1, black and white exchanged
_INVERTED = 0.3
#: bones thin out after this age, by this share a year
_FIRM_UNTIL, _LOSS = 50.0, 0.006


@dataclass(frozen=True, eq=False)
class SimulatedView:
    """One picture with its truth. pixels: (H, W) 0..1, bone bright. points: (K, 2) pixels, uncertain: (K,)."""

    pixels: Array
    setup: Setup
    points: NDArray[np.float64]
    uncertain: NDArray[np.bool_]

    def doubtful(self) -> list[str]:
        """Ids of the uncertain landmarks."""
        ids = load_scheme().ids(self.setup.view)
        return [name for name, doubt in zip(ids, self.uncertain, strict=True) if doubt]


def filled(posed: PosedFoot, generator: np.random.Generator) -> FootInBeam:
    """A person's foot with its tissue: bone density by age, thin and stout people."""
    loss = max(0.0, posed.age_years - _FIRM_UNTIL) * _LOSS
    density = float(generator.uniform(0.85, 1.12)) - float(generator.uniform(0.3, 1.5)) * loss
    return in_beam(posed.bones, generator, density, float(generator.uniform(0.85, 1.3)))


def taken(posed: PosedFoot, foot: FootInBeam, setup: Setup, generator: np.random.Generator) -> SimulatedView:
    """Take a picture and find its landmarks."""
    pixels = radiograph(foot, setup, generator)
    points, uncertain = landmarks2d(posed, setup.camera, setup.view)
    return SimulatedView(pixels, setup, points, uncertain)


def write_view(
    stem: Path, seen: SimulatedView, posed: PosedFoot, patient: str, *, dicom: bool, inverted: bool = False
) -> tuple[Path, Path]:
    """Write stem.png (16 bits) or stem.dcm, and stem.mrk.json on it; return both paths."""
    landmarks = stem.with_name(stem.name + ".mrk.json")
    if dicom:
        image = stem.with_name(stem.name + ".dcm")
        camera = seen.setup.camera
        age = int(posed.age_years)
        write_dx(
            image,
            seen.pixels,
            Shot(seen.setup.view, posed.side, age, camera.spacing, camera.distance, patient, inverted),
        )
    else:
        image = stem.with_name(stem.name + ".png")
        write_png(image, np.round(seen.pixels * 65535).astype(np.uint16), "Simulated radiograph, shows no patient.")
    write_truth(landmarks, seen, on_dicom=dicom)
    return image, landmarks


def write_truth(path: Path, seen: SimulatedView, *, on_dicom: bool) -> None:
    """Write the landmarks as a Slicer point list in the frame in which Slicer shows the image."""
    # a PNG with spacing 1, a DICOM with its spacing on the detector
    unit = seen.setup.camera.spacing if on_dicom else 1.0
    notes = ["uncertain" if doubt else "" for doubt in seen.uncertain]
    write_markups(path, load_scheme().ids(seen.setup.view), seen.points * unit, notes)


def write_png(path: Path, pixels: NDArray[np.uint8] | NDArray[np.uint16], description: str) -> None:
    """Write grey values as they are, with a description inside the file."""
    words = PngInfo()
    words.add_text("Description", description)
    with replacing(path) as temporary:
        Image.fromarray(pixels).save(temporary, format="PNG", pnginfo=words)


def truth(posed: PosedFoot, patient: str) -> dict[str, Any]:
    """What is known about the foot: a row of truth.csv. Degrees; ``deformity_`` against the normal foot."""
    return {
        "patient": patient,
        "side": posed.side,
        "age_years": round(posed.age_years, 2),
        "model": posed.model.name,
        "scale": round(posed.model.scale, 4),
        **{f"deformity_{name}": round(value, 3) for name, value in vars(posed.deformity).items()},
        **{name: round(value, 3) for name, value in angles3d(posed).items()},
    }


def simulate_case(
    folder: Path, patient: str, posed: PosedFoot, views: tuple[str, ...], size: int, dicom: bool,
    generator: np.random.Generator,
) -> Mapping[str, Any]:  # fmt: skip
    """Simulate one person and write the files; ``cases/PATIENT.json`` comes last and holds the rows of the tables."""
    foot = filled(posed, generator)
    rows = []
    for view in views:
        seen = taken(posed, foot, SETUPS[view](posed.bones, posed.side, size, generator), generator)
        inverted = bool(generator.random() < _INVERTED)
        stem = folder / view.lower() / f"{patient}_{view.lower()}"
        image, landmarks = write_view(stem, seen, posed, patient, dicom=dicom, inverted=inverted)
        rows.append(
            {
                "image": image.relative_to(folder).as_posix(),
                "landmarks": landmarks.relative_to(folder).as_posix(),
                "view": view,
                "patient": patient,
                "split": "",
                "weight_bearing": "yes",
                "readers": 0,
                "quality": "simulated",
                "uncertain": " ".join(seen.doubtful()),
                "spacing_mm": f"{seen.setup.camera.spacing:.5f}",
                "aspect_known": "yes",
                "source": f"simulated from {posed.model.name}",
                "licence": "",
                "note": "",
            }
        )
    case = {"manifest": rows, "truth": truth(posed, patient)}
    write_text(folder / "cases" / f"{patient}.json", json.dumps(case, indent=1) + "\n")
    return case
