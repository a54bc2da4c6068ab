"""The shipped sample pairs: ``python -m FootDeformityTrainingLib.simulation.make_samples --help``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.deformity import pose
from FootDeformityTrainingLib.simulation.dicom_dx import Shot, write_dx
from FootDeformityTrainingLib.simulation.foot_model import Deformity, FootModel, PosedFoot
from FootDeformityTrainingLib.simulation.marker import Marker, burn_in
from FootDeformityTrainingLib.simulation.mesh_foot import mesh_foot
from FootDeformityTrainingLib.simulation.radiograph import Setup, in_beam
from FootDeformityTrainingLib.simulation.setup import SETUPS
from FootDeformityTrainingLib.simulation.shape_variety import vary
from FootDeformityTrainingLib.simulation.simulated_case import taken, write_png, write_truth

#: the folder of meshes whose licence lets its pictures be shipped with the project
SHAPES = "vhf_right"
SEED = 20240
_CREDIT = (
    "Simulated radiograph, shows no patient. Bone shapes: Visible Human female from the Bone Mesh Female Toolkit "
    "(BMFToolkit), (c) 2017 Manish Sreenivasa, Daniel Gonzalez Alvarado, zlib licence."
)


@dataclass(frozen=True)
class Sample:
    """One foot. age: whole years. spacing: mm a pixel. own_shape: the bones as they are, not another person's."""

    name: str
    age: int
    side: str
    deformity: Deformity
    spacing: float
    density: float = 1.0
    own_shape: bool = False


SAMPLES = (
    Sample("normal", 34, "right", Deformity(), 0.27, own_shape=True),
    Sample("flat", 57, "left", Deformity(arch=17, hindfoot_valgus=13, abduction=24, hallux_valgus=22), 0.42, 0.9),
    Sample("cavus", 41, "right", Deformity(arch=-15, hindfoot_valgus=-6, abduction=-5), 0.42),
    Sample("child", 9, "left", Deformity(arch=1), 0.42, 0.9),
)


def make_samples(meshes: str | Path, out: str | Path, seed: int = SEED) -> list[Path]:
    """Write the samples as PNG and DICOM with their landmarks; return the paths. The same seed gives the same files.

    NAME_VIEW.mrk.json belongs to the PNG, NAME_VIEW.dcm.mrk.json to the DICOM file. meshes: the folder that holds
    vhf_right. Raises FootDeformityError when the bones cannot be read.
    """
    model = mesh_foot(Path(meshes) / SHAPES)
    written: list[Path] = []
    for number, sample in enumerate(SAMPLES):
        generator = np.random.default_rng([seed, number])
        posed = _foot(sample, model, generator)
        foot = in_beam(posed.bones, generator, sample.density)
        for view, setup_of in SETUPS.items():
            setup = _with_spacing(setup_of(posed.bones, posed.side), sample.spacing)
            seen = taken(posed, foot, setup, generator)
            seen = replace(seen, pixels=burn_in(seen.pixels, (Marker("SIMULATED", 8, 8, 20),)))
            stem = Path(out) / f"{sample.name}_{view.lower()}"
            files = [stem.with_name(stem.name + end) for end in (".png", ".mrk.json", ".dcm", ".dcm.mrk.json")]
            write_png(files[0], np.round(seen.pixels * 255).astype(np.uint8), _CREDIT)
            write_truth(files[1], seen, on_dicom=False)
            shot = Shot(
                view, sample.side, sample.age, sample.spacing, setup.camera.distance, f"SIMULATED-{sample.name.upper()}"
            )
            write_dx(files[2], seen.pixels, shot)
            write_truth(files[3], seen, on_dicom=True)
            written += files
    return written


def _foot(sample: Sample, model: FootModel, generator: np.random.Generator) -> PosedFoot:
    own = replace(model, age_years=float(sample.age))
    shape = own if sample.own_shape else vary(model, generator, float(sample.age))
    return pose(shape, sample.deformity, sample.side)


def _with_spacing(setup: Setup, spacing: float) -> Setup:
    """The same field on a detector with other pixels."""
    camera = setup.camera
    factor = camera.spacing / spacing
    width, height = round(camera.width * factor), round(camera.height * factor)
    letters = setup.letters
    if letters is not None:
        letters = letters._replace(x=letters.x * factor, y=letters.y * factor, height=round(letters.height * factor))
    return replace(setup, camera=replace(camera, spacing=spacing, width=width, height=height), letters=letters)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="make_samples", description=(__doc__ or "").split(":")[0] + ".")
    parser.add_argument("--meshes", required=True, type=Path, metavar="DIR", help=f"folder that holds {SHAPES}/")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="usually Resources/Samples")
    parser.add_argument("--seed", type=int, default=SEED, help="of the noise and the trabeculae (default %(default)s)")
    given = parser.parse_args(arguments)
    try:
        for path in make_samples(given.meshes, given.out, given.seed):
            print(f"{path}  {path.stat().st_size / 1000:.0f} kB")
    except FootDeformityError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
