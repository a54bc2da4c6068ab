"""The .nrrd beside points has the geometry that the points need."""

from __future__ import annotations

from pathlib import Path

import nrrd
import numpy as np

from FootDeformityLib.files.nrrd_image import write_nrrd
from FootDeformityLib.radiographs.read import read_radiograph


def test_geometry_and_grey_values(tmp_path: Path) -> None:
    pixels = np.linspace(0, 1, 40 * 50, dtype=np.float32).reshape(40, 50)
    write_nrrd(tmp_path / "ap.nrrd", pixels, (0.2, 0.3))
    values, header = nrrd.read(str(tmp_path / "ap.nrrd"))
    assert values.shape == (50, 40, 1)
    np.testing.assert_allclose(values[:, :, 0].T / 65535, pixels, atol=1e-5)
    np.testing.assert_allclose(header["space directions"], np.diag([0.2, 0.3, 1.0]))


def test_it_reads_back_as_a_radiograph(tmp_path: Path) -> None:
    write_nrrd(tmp_path / "ap.nrrd", np.random.default_rng(0).random((40, 50), dtype=np.float32), (0.2, 0.3))
    radiograph = read_radiograph(tmp_path / "ap.nrrd")
    assert (radiograph.width, radiograph.height) == (50, 40)
    assert not radiograph.slicer_geometry_wrong
    np.testing.assert_allclose(radiograph.to_slicer([[10.0, 20.0]]), [[2.0, 6.0]])
