"""Signed depth accumulation against chords that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from FootDeformityTrainingLib.simulation.analytic import box, ellipsoid
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, aimed, chords, passage


def oblique_camera(right: tuple[float, float, float] = (1.0, 0.0, 0.0)) -> Camera:
    """Looks down with the central ray well beside the bodies, so that rays slant."""
    return aimed((60, -80, 500), right, (0, -1, 0), (0, 0, 0), 0.5, (160, 140), (80.3, 70.6), 700.0)


def rays(camera: Camera) -> np.ndarray:
    """Unit vectors (H, W, 3) from the source to the pixels, built from the definition of the camera."""
    x, y = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    pixels = camera.corner + camera.spacing * (x[..., None] * camera.right + y[..., None] * camera.down)
    towards = pixels - camera.source
    return towards / np.linalg.norm(towards, axis=-1, keepdims=True)


def box_chords(low: np.ndarray, high: np.ndarray, camera: Camera) -> np.ndarray:
    with np.errstate(divide="ignore"):
        walls = np.stack([low - camera.source, high - camera.source])[:, None, None] / rays(camera)
    enter, leave = walls.min(axis=0).max(axis=-1), walls.max(axis=0).min(axis=-1)
    return np.maximum(leave - enter, 0.0)


def sphere_chords(centre: np.ndarray, radius: float, camera: Camera) -> np.ndarray:
    to_centre = centre - camera.source
    beside = to_centre @ to_centre - (rays(camera) @ to_centre) ** 2
    return 2 * np.sqrt(np.maximum(radius**2 - beside, 0.0))


def test_box_has_the_exact_chord_at_every_pixel() -> None:
    low, high = np.array([-12.3, -8.1, 3.2]), np.array([9.7, 14.4, 21.9])
    camera = oblique_camera()
    expected = box_chords(low, high, camera)
    assert expected.max() > 18
    np.testing.assert_allclose(chords(box(low, high), camera), expected, atol=1e-9)


def test_sphere_has_the_chord_of_its_fine_mesh() -> None:
    centre, radius = np.array([5.0, -4.0, 12.0]), 15.0
    camera = oblique_camera()
    found = chords(ellipsoid(centre, (radius,) * 3, rings=90), camera)
    expected = sphere_chords(centre, radius, camera)
    assert found.max() == pytest.approx(2 * radius, abs=0.05)
    assert np.abs(found - expected)[expected > 5].max() < 0.1
    assert np.abs(found - expected).mean() < 0.01


def test_sphere_lies_where_the_cone_beam_puts_it() -> None:
    camera = oblique_camera()
    shadow = chords(ellipsoid((20, 10, 40), (2, 2, 2)), camera)
    rows, columns = np.mgrid[: camera.height, : camera.width]
    seen = np.array([(columns * shadow).sum(), (rows * shadow).sum()]) / shadow.sum()
    # by hand: source 500 above, detector 700 below the source, aimed so that the origin falls on pixel 80.3, 70.6
    on_detector = (np.array([20.0, 10.0]) - [60, -80]) * 700 / (500 - 40) + [60, -80]
    origin = (np.array([0.0, 0.0]) - [60, -80]) * 700 / 500 + [60, -80]
    by_hand = [80.3, 70.6] + (on_detector - origin) * [1, -1] / 0.5
    np.testing.assert_allclose(seen, by_hand, atol=0.05)
    np.testing.assert_allclose(camera.project([20.0, 10.0, 40.0]), by_hand, atol=1e-9)


def test_the_order_of_triangles_does_not_matter() -> None:
    body = ellipsoid((0, 0, 10), (12, 7, 9), rings=12)
    camera = oblique_camera()
    order = np.random.default_rng(5).permutation(len(body.triangles))
    turned = np.roll(body.triangles[order], 1, axis=1)
    np.testing.assert_allclose(chords(Mesh(body.vertices, turned), camera), chords(body, camera), atol=1e-9)


def test_a_mirrored_detector_shows_the_mirrored_shadow() -> None:
    body = box((-12, -8, 3), (9, 14, 21))
    plain = oblique_camera()
    mirrored = Camera(
        plain.source,
        plain.corner + (plain.width - 1) * plain.spacing * plain.right,
        -plain.right,
        plain.down,
        plain.spacing,
        plain.width,
        plain.height,
    )
    np.testing.assert_allclose(chords(body, mirrored), chords(body, plain)[:, ::-1], atol=1e-9)


def test_two_overlapping_bodies_add_up() -> None:
    camera = oblique_camera()
    one, two = box((-10, -10, 0), (10, 10, 10)), box((-5, -5, 5), (15, 15, 30))
    both = Mesh(np.concatenate([one.vertices, two.vertices]), np.concatenate([one.triangles, two.triangles + 8]))
    np.testing.assert_allclose(chords(both, camera), chords(one, camera) + chords(two, camera), atol=1e-9)


def test_pixel_centres_on_edges_are_counted_once() -> None:
    # the source stands above a pixel centre and every edge and diagonal of the lid runs through pixel centres
    camera = aimed((0, 0, 100), (1, 0, 0), (0, -1, 0), (0, 0, 0), 1.0, (41, 41), (20, 20), 200.0)
    shadow = chords(box((-6, -6, 0), (6, 6, 20)), camera)
    assert shadow[20, 20] == pytest.approx(20.0)
    assert np.isfinite(shadow).all()
    assert shadow.max() < 21
    assert shadow.min() > -1e-9
    assert (shadow[12:29, 12:29] > 19).all()


def test_the_shadow_does_not_depend_on_the_part_of_the_detector_that_is_read() -> None:
    body = ellipsoid((0, 0, 10), (12, 7, 9), rings=12)
    camera = oblique_camera()
    rows, columns = slice(60, 90), slice(70, 120)
    part = camera.window(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    np.testing.assert_allclose(chords(body, part), chords(body, camera)[rows, columns], atol=1e-9)
    inside = camera.around(body)
    assert inside is not None
    outside = chords(body, camera)
    outside[inside] = 0
    assert not outside.any()


def test_a_body_beside_the_detector_has_no_window() -> None:
    assert oblique_camera().around(box((900, 0, 0), (910, 10, 10))) is None


def test_the_middle_of_the_chord_lies_in_the_middle_of_the_body() -> None:
    camera = oblique_camera()
    length, middle = passage(box((-10, -10, 4), (10, 10, 16)), camera)
    through_lid_and_bottom = length > length.max() - 1e-6
    np.testing.assert_allclose(middle[through_lid_and_bottom], 500 - 10, atol=1e-9)
