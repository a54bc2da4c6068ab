"""Geometry: exact inverses, and pixels that land where the map says."""

from __future__ import annotations

import numpy as np
import pytest

from FootDeformityLib.radiographs.geometry import Affine, crop_box, letterbox, resample

MAPS = {
    "identity": Affine.identity(),
    "letterbox tall": letterbox(2304, 2880, 512),
    "letterbox wide": letterbox(640, 203, 512),
    "crop": crop_box((812.3, 944.1), 701.5, 512),
    "turned crop": crop_box((812.3, 944.1), 701.5, 256, angle_degrees=33.0),
    "mirrored crop": crop_box((100.25, 90.5), 1400.0, 256, angle_degrees=-171.0, mirror=True),
    "non-square pixels": Affine.resizing(1.0, 1.25).then(letterbox(500, 750, 512)),
    "millimetres": Affine.scaling(0.143, 0.139),
}


@pytest.mark.parametrize("affine", MAPS.values(), ids=MAPS.keys())
def test_there_and_back_is_exact_to_a_millionth_of_a_pixel(affine: Affine) -> None:
    points = np.random.default_rng(0).uniform(-50, 4000, (7, 27, 2))
    np.testing.assert_allclose(affine.inverse().apply(affine.apply(points)), points, rtol=0, atol=1e-6)
    np.testing.assert_allclose(affine.then(affine.inverse()).matrix, Affine.identity().matrix, rtol=0, atol=1e-6)


def test_image_to_network_to_crop_to_millimetres_chain_inverts() -> None:
    to_network = letterbox(2304, 2880, 512)
    second_look = crop_box((250.0, 260.0), 300.0, 512, angle_degrees=12.0)
    chain = to_network.then(second_look).then(Affine.scaling(0.2, 0.21))
    points = np.random.default_rng(1).uniform(0, 2880, (27, 2))
    stepwise = Affine.scaling(0.2, 0.21).apply(second_look.apply(to_network.apply(points)))
    np.testing.assert_allclose(chain.apply(points), stepwise, rtol=0, atol=1e-9)
    np.testing.assert_allclose(chain.inverse().apply(stepwise), points, rtol=0, atol=1e-6)


def test_letterbox_follows_the_pixel_centre_convention() -> None:
    xy = np.array([[0.0, 0.0], [99.0, 99.0], [31.5, 70.0]])
    np.testing.assert_allclose(letterbox(100, 100, 512).apply(xy), (xy + 0.5) / 100 * 512 - 0.5)
    corners = letterbox(200, 100, 50).apply([[-0.5, -0.5], [199.5, 99.5]])
    np.testing.assert_allclose(corners, [[-0.5, 12.0], [49.5, 37.0]])


def test_crop_box_puts_its_centre_in_the_middle_and_turns_clockwise() -> None:
    affine = crop_box((300.0, 200.0), 100.0, 50, angle_degrees=90.0)
    np.testing.assert_allclose(affine.apply([300.0, 200.0]), [24.5, 24.5])
    # the box's own +x axis points down in the image after a quarter turn clockwise
    np.testing.assert_allclose(affine.apply([300.0, 240.0]), [44.5, 24.5], atol=1e-9)
    mirrored = crop_box((300.0, 200.0), 100.0, 50, mirror=True)
    np.testing.assert_allclose(mirrored.apply([340.0, 210.0]), [4.5, 29.5])
    assert mirrored.mirrors and not affine.mirrors
    assert mirrored.scale == pytest.approx(0.5)


def test_missing_points_stay_missing_and_do_not_spread() -> None:
    mapped = MAPS["turned crop"].apply([[np.nan, np.nan], [10.0, 20.0]])
    assert np.isnan(mapped[0]).all() and np.isfinite(mapped[1]).all()


@pytest.mark.parametrize(
    "matrix", [np.zeros((2, 3)), np.eye(3), np.array([[1.0, 0, np.nan], [0, 1, 0]])], ids=["singular", "3x3", "nan"]
)
def test_impossible_maps_are_refused(matrix: np.ndarray) -> None:
    with pytest.raises(ValueError, match="affine map"):
        Affine(matrix)


def _dot(width: int, height: int, xy: tuple[float, float], sigma: float) -> np.ndarray:
    x = np.exp(-0.5 * ((np.arange(width) - xy[0]) / sigma) ** 2)
    y = np.exp(-0.5 * ((np.arange(height) - xy[1]) / sigma) ** 2)
    return (y[:, None] * x[None, :]).astype(np.float32)


def _centroid(image: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    weights = image.astype(np.float64)
    return np.array([(x * weights).sum(), (y * weights).sum()]) / weights.sum()


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("angle", [0.0, 7.0, 45.0, 90.0, 180.0, -121.0])
@pytest.mark.parametrize("side", [90.0, 256.0, 301.7, 777.0, 1290.3])
def test_a_dot_lands_where_the_map_says(side: float, angle: float, mirror: bool) -> None:
    xy = (611.37, 402.81)
    sigma = max(4.0, 3 * side / 256)
    affine = crop_box((xy[0] + side * 0.11, xy[1] - side * 0.17), side, 256, angle, mirror)
    found = _centroid(resample(_dot(1200, 900, xy, sigma), affine, 256))
    np.testing.assert_allclose(found, affine.apply(xy), rtol=0, atol=0.05)


@pytest.mark.parametrize(("width", "height"), [(2304, 2880), (373, 454), (454, 373), (640, 640), (1001, 333)])
def test_a_dot_lands_where_the_letterbox_says(width: int, height: int) -> None:
    xy = (width * 0.37, height * 0.71)
    affine = letterbox(width, height, 512)
    found = _centroid(resample(_dot(width, height, xy, 4 / affine.scale), affine, 512))
    np.testing.assert_allclose(found, affine.apply(xy), rtol=0, atol=0.05)


def test_a_dot_lands_right_with_non_square_pixels_turned() -> None:
    xy = (190.2, 310.9)
    affine = Affine.resizing(1.0, 1.6).then(crop_box((200.0, 500.0), 500.0, 256, 30.0))
    found = _centroid(resample(_dot(400, 600, xy, 8.0), affine, 256))
    np.testing.assert_allclose(found, affine.apply(xy), rtol=0, atol=0.05)


@pytest.mark.parametrize("angle", [0.0, 20.0])
def test_shrinking_averages_instead_of_aliasing(angle: float) -> None:
    stripes = np.zeros((1000, 1000), dtype=np.float32)
    stripes[:, ::2] = 1.0
    small = resample(stripes, crop_box((499.5, 499.5), 600.0, 100, angle), 100)
    assert np.abs(small - 0.5).max() < 0.03


@pytest.mark.parametrize("angle", [0.0, 20.0])
def test_outside_is_fill_and_a_constant_image_stays_constant(angle: float) -> None:
    constant = np.full((300, 200), 0.7, dtype=np.float32)
    inside = resample(constant, crop_box((100.0, 150.0), 100.0, 64, angle), 64)
    np.testing.assert_allclose(inside, 0.7, atol=1e-5)
    far = resample(constant, crop_box((5000.0, 150.0), 100.0, 64, angle), 64, fill=0.25)
    assert (far == np.float32(0.25)).all()
    boxed = resample(constant, letterbox(200, 300, 96), 96, fill=0.0)
    assert boxed[:, :16].max() == 0.0 and boxed[:, -16:].max() == 0.0
    np.testing.assert_allclose(boxed[:, 16:80], 0.7, atol=1e-5)


def test_identity_keeps_every_pixel() -> None:
    image = np.random.default_rng(2).random((64, 64), dtype=np.float32)
    np.testing.assert_array_equal(resample(image, Affine.identity(), 64), image)
    np.testing.assert_array_equal(resample(image, crop_box((31.5, 31.5), 64, 64, mirror=True), 64), image[:, ::-1])
