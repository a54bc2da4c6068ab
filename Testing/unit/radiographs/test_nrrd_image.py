"""NRRD: pixels, geometry and refusals. Expected frames were measured with slicer-core 5.13."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nrrd
import numpy as np
import pytest

from FootDeformityLib.radiographs.radiograph_error import RadiographError
from FootDeformityLib.radiographs.read import read_radiograph

LPS, RAS = "left-posterior-superior", "right-anterior-superior"


def scaled(values: np.ndarray) -> np.ndarray:
    low, high = np.percentile(values, [0.5, 99.5])
    return np.clip((values - low) / (high - low), 0, 1)


def written(path: Path, pixels: np.ndarray, header: dict[str, Any] | None = None, **options: Any) -> Path:
    nrrd.write(str(path), pixels.T, header or {}, **options)
    return path


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("encoding", ["raw", "gzip", "bzip2", "ascii"])
def test_2d_of_every_type_and_encoding(foot: np.ndarray, tmp_path: Path, dtype: type, encoding: str) -> None:
    values = (foot // 16).astype(dtype)
    radiograph = read_radiograph(written(tmp_path / "a.nrrd", values, {"encoding": encoding}))
    np.testing.assert_allclose(radiograph.pixels, scaled(values), atol=1e-5)
    assert radiograph.spacing_mm is None and radiograph.slicer_spacing_mm == (1.0, 1.0)


def test_big_endian(foot: np.ndarray, tmp_path: Path) -> None:
    header = (
        f"NRRD0004\ntype: ushort\ndimension: 2\nsizes: {foot.shape[1]} {foot.shape[0]}\nendian: big\nencoding: raw\n\n"
    )
    (tmp_path / "a.nrrd").write_bytes(header.encode() + foot.astype(">u2").tobytes())
    np.testing.assert_allclose(read_radiograph(tmp_path / "a.nrrd").pixels, scaled(foot), atol=1e-5)


def test_detached_data(foot: np.ndarray, tmp_path: Path) -> None:
    path = written(tmp_path / "a.nhdr", foot, detached_header=True)
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(foot), atol=1e-5)


@pytest.mark.parametrize(
    ("header", "lps"),
    [
        ({}, [100.0, 50.0]),
        ({"spacings": [0.2, 0.3]}, [20.0, 15.0]),
        ({"space dimension": 2, "space directions": [[0.2, 0], [0, 0.3]], "space origin": [5, 6]}, [25.0, 21.0]),
    ],
    ids=["none", "spacings", "directions"],
)
def test_geometry_of_2d(foot: np.ndarray, tmp_path: Path, header: dict[str, Any], lps: list[float]) -> None:
    radiograph = read_radiograph(written(tmp_path / "a.nrrd", foot, header))
    np.testing.assert_allclose(radiograph.to_slicer([100.0, 50.0]), lps)
    np.testing.assert_allclose(radiograph.from_slicer(lps), [100.0, 50.0])


@pytest.mark.parametrize(("space", "lps"), [(LPS, [25.0, 21.0]), (RAS, [-25.0, -21.0])], ids=["LPS", "RAS"])
def test_geometry_of_one_slice(foot: np.ndarray, tmp_path: Path, space: str, lps: list[float]) -> None:
    header = {
        "space": space,
        "space directions": [[0.2, 0, 0], [0, 0.3, 0], [0, 0, 1]],
        "space origin": [5, 6, 7],
    }
    radiograph = read_radiograph(written(tmp_path / "a.nrrd", foot[None], header))
    np.testing.assert_allclose(radiograph.pixels, scaled(foot), atol=1e-5)
    np.testing.assert_allclose(radiograph.to_slicer([100.0, 50.0]), lps)
    assert radiograph.spacing_mm == pytest.approx((0.2, 0.3)) and radiograph.spacing_source == "NRRD header"


def test_implausible_spacing_is_not_used_for_millimetres(foot: np.ndarray, tmp_path: Path) -> None:
    radiograph = read_radiograph(written(tmp_path / "a.nrrd", foot, {"spacings": [20.0, 20.0]}))
    assert radiograph.spacing_mm is None and any("implausible" in warning for warning in radiograph.warnings)
    np.testing.assert_allclose(radiograph.to_slicer([1.0, 1.0]), [20.0, 20.0])


def test_grey_stored_as_rgb(foot: np.ndarray, tmp_path: Path) -> None:
    grey = (foot // 16).astype(np.uint8)
    header = {
        "kinds": ["RGB-color", "domain", "domain", "domain"],
        "space": LPS,
        "space directions": [[np.nan] * 3, [0.2, 0, 0], [0, 0.2, 0], [0, 0, 1]],
        "space origin": [0, 0, 0],
    }
    path = tmp_path / "a.nrrd"
    nrrd.write(str(path), np.stack([grey.T] * 3)[..., None], header)
    radiograph = read_radiograph(path)
    np.testing.assert_allclose(radiograph.pixels, scaled(grey), atol=1e-4)
    assert radiograph.spacing_mm == pytest.approx((0.2, 0.2))


def test_missing_values_are_black_and_told(foot: np.ndarray, tmp_path: Path) -> None:
    values = foot.astype(np.float32)
    values[0, 0] = np.nan
    radiograph = read_radiograph(written(tmp_path / "a.nrrd", values))
    assert radiograph.pixels[0, 0] == 0.0 and any("no numbers" in warning for warning in radiograph.warnings)


def _broken(path: Path, foot: np.ndarray, what: str) -> Path:
    coronal = {"space": LPS, "space directions": [[0.2, 0, 0], [0, 0, -0.2], [0, 1, 0]], "space origin": [0, 0, 0]}
    if what == "volume":
        return written(path, np.stack([foot] * 4))
    if what == "sagittal":
        return written(path, foot[:, :, None])
    if what == "tilted":
        return written(path, foot[None], coronal)
    if what == "constant":
        return written(path, np.full_like(foot, 9))
    if what == "nan":
        return written(path, np.full(foot.shape, np.nan))
    whole = written(path, foot, {"encoding": "raw" if what == "truncated" else "gzip"}).read_bytes()
    if what in ("truncated", "truncated gzip"):
        path.write_bytes(whole[: len(whole) // 2])
    elif what == "header":
        path.write_bytes(whole.replace(b"sizes: 80 96", b"sizes: a b"))
    elif what == "type":
        path.write_bytes(whole.replace(b"type: uint16", b"type: block"))
    elif what == "huge":
        path.write_bytes(whole.replace(b"sizes: 80 96", b"sizes: 800000 960000"))
    elif what == "detached":
        path.write_bytes(whole.replace(b"encoding:", b"data file: away.raw\nencoding:"))
    return path


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("volume", "volume or series of 80 x 96 x 4"),
        ("sagittal", "not axial"),
        ("tilted", "not axial"),
        ("constant", "shows nothing"),
        ("nan", "shows nothing"),
        ("truncated", "truncated or broken"),
        ("truncated gzip", "truncated or broken"),
        ("header", "broken header"),
        ("type", "type 'block'"),
        ("huge", "too large"),
        ("detached", "data file is not beside it"),
    ],
)
def test_refusals(foot: np.ndarray, tmp_path: Path, what: str, words: str) -> None:
    path = _broken(tmp_path / "a.nrrd", foot, what)
    with pytest.raises(RadiographError, match=words) as caught:
        read_radiograph(path)
    assert str(caught.value).startswith("a.nrrd: ")
