"""PNG, JPEG and TIFF of every depth come out as the same grey picture."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from FootDeformityLib.radiographs.read import read_radiograph


def scaled(values: np.ndarray) -> np.ndarray:
    low, high = np.percentile(values, [0.5, 99.5])
    return np.clip((values - low) / (high - low), 0, 1)


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)
    return path


@pytest.fixture(scope="module")
def grey(foot: np.ndarray) -> np.ndarray:
    return (foot // 16).astype(np.uint8)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
def test_8_bit_grey(grey: np.ndarray, tmp_path: Path, suffix: str) -> None:
    radiograph = read_radiograph(saved(tmp_path / f"a.{suffix}", Image.fromarray(grey)))
    np.testing.assert_allclose(radiograph.pixels, scaled(grey), atol=0.08 if suffix == "jpg" else 1e-5)
    assert radiograph.bits == 8 and radiograph.warnings == ()
    assert radiograph.spacing_mm is None and "do not state" in radiograph.spacing_source
    assert radiograph.slicer_spacing_mm == (1.0, 1.0) and not radiograph.slicer_geometry_wrong
    assert radiograph.view is None and radiograph.side is None and radiograph.weight_bearing == "unknown"


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_16_bit_grey_is_exact(foot: np.ndarray, tmp_path: Path, suffix: str) -> None:
    radiograph = read_radiograph(saved(tmp_path / f"a.{suffix}", Image.fromarray(foot * 16)))
    np.testing.assert_allclose(radiograph.pixels, scaled(foot), atol=1e-5)
    assert radiograph.bits == 16


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_32_bit_tiff(foot: np.ndarray, tmp_path: Path, dtype: type) -> None:
    radiograph = read_radiograph(saved(tmp_path / "a.tif", Image.fromarray((foot * 3.0 - 700).astype(dtype))))
    np.testing.assert_allclose(radiograph.pixels, scaled(foot), atol=1e-5)


def test_float_tiff_with_missing_values(foot: np.ndarray, tmp_path: Path) -> None:
    values = foot.astype(np.float32)
    values[:3] = np.nan
    values[3] = np.inf
    pixels = read_radiograph(saved(tmp_path / "a.tif", Image.fromarray(values))).pixels
    assert np.isfinite(pixels).all() and pixels[:4].max() == 0.0


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits"])
def test_compressed_tiff(foot: np.ndarray, tmp_path: Path, compression: str) -> None:
    path = saved(tmp_path / "a.tif", Image.fromarray(foot), compression=compression)
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(foot), atol=1e-5)


@pytest.mark.parametrize(
    ("mode", "suffix"), [("RGB", "png"), ("RGB", "jpg"), ("RGB", "tif"), ("P", "png"), ("P", "tif")]
)
def test_grey_stored_as_colour(grey: np.ndarray, tmp_path: Path, mode: str, suffix: str) -> None:
    radiograph = read_radiograph(saved(tmp_path / f"a.{suffix}", Image.fromarray(grey).convert(mode)))
    np.testing.assert_allclose(radiograph.pixels, scaled(grey), atol=0.08 if suffix == "jpg" else 1e-3)
    assert radiograph.warnings == ()


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparent_parts_are_black_and_opaque_alpha_is_ignored(grey: np.ndarray, tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(grey).convert(mode)
    np.testing.assert_allclose(read_radiograph(saved(tmp_path / "a.png", image)).pixels, scaled(grey), atol=1e-3)
    alpha = np.full(grey.shape, 255, np.uint8)
    alpha[:, :10] = 0
    image.putalpha(Image.fromarray(alpha))
    assert read_radiograph(saved(tmp_path / "b.png", image)).pixels[:, :10].max() == 0.0


def test_cmyk_jpeg(grey: np.ndarray, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", Image.fromarray(grey).convert("RGB").convert("CMYK"))
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(grey), atol=0.1)


def test_coloured_writing_is_told(grey: np.ndarray, tmp_path: Path) -> None:
    rgb = np.stack([grey] * 3, axis=-1)
    rgb[:12, :30] = (255, 230, 0)
    radiograph = read_radiograph(saved(tmp_path / "a.png", Image.fromarray(rgb)))
    assert any("in colour" in warning for warning in radiograph.warnings)


def test_black_and_white_is_told(grey: np.ndarray, tmp_path: Path) -> None:
    radiograph = read_radiograph(saved(tmp_path / "a.png", Image.fromarray(grey > 60)))
    assert radiograph.bits == 1 and any("black and white" in warning for warning in radiograph.warnings)


def test_a_negative_is_inverted_and_told(grey: np.ndarray, tmp_path: Path) -> None:
    dark_ground = np.where(grey > 40, grey, grey // 4)
    radiograph = read_radiograph(saved(tmp_path / "a.png", Image.fromarray(255 - dark_ground)))
    assert any("negative" in warning for warning in radiograph.warnings)
    np.testing.assert_allclose(radiograph.pixels, scaled(dark_ground), atol=1e-4)


@pytest.mark.parametrize("part", [0.04, 0.15])
def test_a_white_frame_is_no_negative(grey: np.ndarray, tmp_path: Path, part: float) -> None:
    """part: depth of the frame as a part of the finished image's shorter side."""
    framed = np.pad(grey, round(part / (1 - 2 * part) * min(grey.shape)), constant_values=255)
    assert read_radiograph(saved(tmp_path / "a.png", Image.fromarray(framed))).warnings == ()


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_exif_rotation_is_ignored_like_in_slicer_and_told(grey: np.ndarray, tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    radiograph = read_radiograph(saved(tmp_path / f"a.{suffix}", Image.fromarray(grey), exif=exif))
    assert radiograph.pixels.shape == grey.shape
    assert any("EXIF orientation 6" in warning for warning in radiograph.warnings)


def test_a_turned_tiff_is_turned_upright_and_told(grey: np.ndarray, tmp_path: Path) -> None:
    radiograph = read_radiograph(saved(tmp_path / "a.tif", Image.fromarray(grey), tiffinfo={274: 3}))
    np.testing.assert_allclose(radiograph.pixels, scaled(grey)[::-1, ::-1], atol=1e-5)
    assert radiograph.slicer_geometry_wrong and any("turned" in warning for warning in radiograph.warnings)


@pytest.mark.parametrize("suffix", ["jpg", "tif", "png"])
def test_a_print_size_is_no_millimetre(grey: np.ndarray, tmp_path: Path, suffix: str) -> None:
    radiograph = read_radiograph(saved(tmp_path / f"a.{suffix}", Image.fromarray(grey), dpi=(96, 96)))
    assert radiograph.spacing_mm is None and radiograph.warnings == ()
    # seen in a desktop Slicer 5.11: PNG, JPEG and TIFF load with spacing 1 whatever density they state
    assert not radiograph.slicer_geometry_wrong and radiograph.write_spacing == (1.0, 1.0)


def test_a_tiff_with_a_preview_page_is_one_image(foot: np.ndarray, tmp_path: Path) -> None:
    small = Image.fromarray(foot[::4, ::4])
    small.encoderinfo = {"tiffinfo": {254: 1}}
    path = saved(tmp_path / "a.tif", Image.fromarray(foot), save_all=True, append_images=[small])
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(foot), atol=1e-5)


def test_a_jpeg_that_lacks_its_last_rows_is_read_and_told(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (480, 320)).astype(np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(noise).save(encoded, "JPEG", quality=90)
    whole = encoded.getvalue()
    path = tmp_path / "a.jpg"
    path.write_bytes(whole[: int(len(whole) * 0.95)])
    radiograph = read_radiograph(path)
    assert radiograph.pixels.shape == (480, 320) and radiograph.pixels[-8:].max() == 0.0
    assert any("rows are missing" in warning for warning in radiograph.warnings)


@pytest.mark.parametrize("width", [90_000_000 // 9000, 9000])
def test_large_scans_do_not_trip_over_pillows_warning(tmp_path: Path, width: int) -> None:
    """Pillow warns above 89 megapixels; our limit is 100."""
    image = Image.new("1", (width, 9500))
    image.putpixel((5, 5), 1)
    path = saved(tmp_path / "a.png", image)
    assert read_radiograph(path).pixels.shape == (9500, width)
