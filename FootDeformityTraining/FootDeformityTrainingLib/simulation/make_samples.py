"""The sample pair that ``make run`` measures: ``python -m FootDeformityTrainingLib.simulation.make_samples --help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from FootDeformityLib.atomic_write import replacing
from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.dicom_dx import Shot, write_dx
from FootDeformityTrainingLib.simulation.foot import standing_foot
from FootDeformityTrainingLib.simulation.marker import Marker, burn_in
from FootDeformityTrainingLib.simulation.radiograph import ap_setup, lateral_setup, radiograph

#: the only folder of meshes whose licence lets its pictures be shipped with the project
SHAPES = "vhf_right"
AGE, SIDE, SEED = 34, "right", 20240
_CREDIT = (
    "Simulated radiograph, shows no patient. Bone shapes: Visible Human female from the Bone Mesh Female Toolkit "
    "(BMFToolkit), (c) 2017 Manish Sreenivasa, Daniel Gonzalez Alvarado, zlib licence."
)
_MARKERS = {
    "AP": (Marker("SIMULATED", 440, 14, 26), Marker("R", 590, 330, 40)),
    "lateral": (Marker("SIMULATED", 20, 14, 26), Marker("R", 30, 60, 40)),
}


def make_samples(meshes: str | Path, out: str | Path, seed: int = SEED) -> list[Path]:
    """Write normal_{ap,lateral}.{png,dcm} into ``out`` and return their paths. The same seed gives the same files.

    meshes: the folder that holds vhf_right. Raises FootDeformityError when the bones cannot be read.
    """
    foot = standing_foot(Path(meshes) / SHAPES)
    written = []
    for number, setup in enumerate((ap_setup(), lateral_setup())):
        grey = burn_in(radiograph(foot, setup, seed + number), _MARKERS[setup.view])
        name = f"normal_{setup.view.lower()}"
        camera = setup.camera
        written += [Path(out) / f"{name}.png", Path(out) / f"{name}.dcm"]
        _write_png(written[-2], grey)
        write_dx(written[-1], grey, Shot(setup.view, SIDE, AGE, camera.spacing, camera.distance))
    return written


def _write_png(path: Path, grey: NDArray[np.float64]) -> None:
    words = PngInfo()
    words.add_text("Description", _CREDIT)
    with replacing(path) as temporary:
        picture = Image.fromarray(np.round(np.clip(grey, 0, 1) * 255).astype(np.uint8))
        picture.save(temporary, format="PNG", optimize=True, pnginfo=words)


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
