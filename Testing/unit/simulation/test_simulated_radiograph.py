"""The look of a simulated picture, how it is taken, and its files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from scipy.ndimage import gaussian_filter

from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.simulation.analytic import box, ellipsoid
from FootDeformityTrainingLib.simulation.bone_tissue import bone_bodies, mineral, sponge_block
from FootDeformityTrainingLib.simulation.dicom_dx import Shot, write_dx
from FootDeformityTrainingLib.simulation.exposure import Exposure, blurred, develop, expose, transmission
from FootDeformityTrainingLib.simulation.marker import LeadLetters, Marker, burn_in, shadow_of
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import chords
from FootDeformityTrainingLib.simulation.radiograph import Body, FootInBeam, Setup, in_beam, mirrored, radiograph
from FootDeformityTrainingLib.simulation.sampling import Block
from FootDeformityTrainingLib.simulation.setup import ap_setup, lateral_setup
from FootDeformityTrainingLib.simulation.simulated_case import write_png


@pytest.fixture(scope="module")
def two_bones() -> dict[str, Mesh]:
    heel, head = ellipsoid((-20, 0, 35), (25, 18, 16)), ellipsoid((100, 0, 20), (20, 12, 9))
    return {"calcaneus": heel, "metatarsal1": head}


@pytest.fixture(scope="module")
def foot(two_bones: dict[str, Mesh]) -> FootInBeam:
    return in_beam(two_bones, np.random.default_rng(2))


def at(grey: np.ndarray, setup: Setup, place: tuple[float, float, float]) -> float:
    column, row = np.round(setup.camera.project(place)).astype(int)
    return float(grey[row - 1 : row + 2, column - 1 : column + 2].mean())


def test_bone_is_brighter_than_flesh_and_flesh_than_air(two_bones: dict[str, Mesh], foot: FootInBeam) -> None:
    setup = lateral_setup(two_bones, size=256)
    grey = radiograph(foot, setup, np.random.default_rng(3))
    assert grey.shape == (setup.camera.height, setup.camera.width)
    assert max(grey.shape) == 256
    assert grey.min() >= 0
    assert grey.max() <= 1
    assert at(grey, setup, (-20, 0, 35)) > at(grey, setup, (-20, 0, 14)) > at(grey, setup, (40, 0, 100)) + 0.03


def test_the_same_seed_takes_the_same_picture(two_bones: dict[str, Mesh], foot: FootInBeam) -> None:
    first, again, other = (
        radiograph(
            foot, lateral_setup(two_bones, size=256, generator=np.random.default_rng(seed)), np.random.default_rng(5)
        )
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()


def test_the_protocol_is_that_of_weight_bearing_radiographs(two_bones: dict[str, Mesh]) -> None:
    """AP: 15 degrees towards the heel on a detector under the sole; lateral: a horizontal beam from the inner side."""
    ap = ap_setup(two_bones).camera
    middle = ap.rays(*ap.project((40.0, 0.0, 30.0)))
    assert np.degrees(np.arctan2(middle[0], -middle[2])) == pytest.approx(-15, abs=1)
    assert (abs(ap.inward) == [0, 0, 1]).all()
    assert ap.corner[2] < 0
    toes, heel = ap.project([(120.0, 0, 20), (-40.0, 0, 30)])
    assert toes[1] < heel[1]
    for side, y in (("right", 1), ("left", -1)):
        lateral = lateral_setup(two_bones, side).camera
        assert np.sign(lateral.source[1]) == y
        assert lateral.rays(*lateral.project((40.0, 0.0, 42.0)))[2] == pytest.approx(0, abs=0.02)
        up, down = lateral.project([(0, 0, 90.0), (0, 0, 0.0)])
        assert up[1] < down[1]


def test_setups_vary_and_always_show_the_foot(two_bones: dict[str, Mesh]) -> None:
    every = np.concatenate([mesh.vertices for mesh in two_bones.values()])
    tilts = []
    for seed in range(20):
        for setup_of in (ap_setup, lateral_setup):
            setup = setup_of(two_bones, ("right", "left")[seed % 2], 400, np.random.default_rng(seed))
            places = setup.camera.project(every)
            assert (places > 0).all()
            assert (places < [setup.camera.width, setup.camera.height]).all()
        tilts.append(float(setup.camera.source[2]))
    assert np.std(tilts) > 5


def test_soft_rays_are_lost_first() -> None:
    """Beam hardening: the second centimetre of bone stops a smaller share than the first."""
    mm = np.array([[0.0, 10.0, 20.0]], dtype=np.float32)
    passed = transmission(np.zeros_like(mm), mm)[0]
    assert passed[0] == pytest.approx(1)
    assert passed[1] / passed[0] < 0.9 * passed[2] / passed[1]
    assert transmission(mm, np.zeros_like(mm))[0, 1] > passed[1]


def test_noise_falls_with_the_dose() -> None:
    open_beam = np.ones((200, 200), dtype=np.float32)
    spreads = []
    for photons in (1e5, 4e5):
        still = Exposure(photons=photons, heel_effect=0.0, scatter=0.0)
        spreads.append(expose(open_beam, open_beam, 0.2, still, np.random.default_rng(0)).std())
    assert spreads[0] / spreads[1] == pytest.approx(2, rel=0.05)


def test_the_heel_effect_darkens_one_end() -> None:
    open_beam = np.ones((100, 60), dtype=np.float32)
    taken = expose(open_beam, open_beam, 0.3, Exposure(heel_effect=0.2), np.random.default_rng(0))
    assert taken[-1].mean() - taken[0].mean() == pytest.approx(0.2, abs=0.02)


def test_blocks_do_not_darken_what_stands_on_them() -> None:
    logarithm = np.zeros((200, 200), dtype=np.float32)
    logarithm[:, 100:] = 1.0
    logarithm[150:] = 8.0
    grey = develop(logarithm, 1.0, Exposure(sharpening=0.0))
    assert grey[60, 20] < 0.15
    assert grey[147, 180] > 0.4 * grey[60, 180]


@pytest.mark.parametrize("sigma", [0.7, 5.0, 30.0])
def test_wide_blurs_are_gaussian_all_the_same(sigma: float) -> None:
    picture = gaussian_filter(np.random.default_rng(1).random((400, 430)), 2).astype(np.float32)
    expected = gaussian_filter(picture.astype(float), sigma, mode="nearest")
    assert np.abs(blurred(picture, sigma) - expected)[80:-80, 80:-80].max() < 0.03 * np.ptp(picture)


def test_the_field_is_collimated(two_bones: dict[str, Mesh], foot: FootInBeam) -> None:
    setup = lateral_setup(two_bones, size=256)
    width, height = setup.camera.width, setup.camera.height
    field = np.array([[20.0, 15], [width - 20, 15], [width - 20, height - 5], [20, height - 5]])
    plain = radiograph(foot, replace(setup, collimation=field), np.random.default_rng(1))
    black = radiograph(foot, replace(setup, collimation=field, shutter=True), np.random.default_rng(1))
    assert plain[:8].mean() > 0.8, "what no ray reaches is white"
    assert not black[:12].any()
    assert not black[:, :17].any()
    assert black[20:, 25:].mean() > 0.05


def test_the_other_foot_stands_beside(two_bones: dict[str, Mesh], foot: FootInBeam) -> None:
    setup = ap_setup(two_bones, size=256)
    with_it = replace(setup, other_foot=22.0)
    place = (100.0, 44.0, 20.0)  # where the first metatarsal head's mirror image is
    alone, both = (radiograph(foot, each, np.random.default_rng(1)) for each in (setup, with_it))
    assert at(both, setup, place) > at(alone, setup, place) + 0.1
    seen = mirrored(setup.camera, 22.0).project((100.0, 0.0, 20.0))
    np.testing.assert_allclose(seen, setup.camera.project(place), atol=1e-9)


def test_what_else_stands_in_the_beam_casts_its_shadow(two_bones: dict[str, Mesh], foot: FootInBeam) -> None:
    setup = replace(lateral_setup(two_bones, size=256), bodies=(), letters=None)
    coin = Body(box((30, -5, 80), (50, 5, 100)), 12.0)
    grey = radiograph(foot, replace(setup, bodies=(coin,)), np.random.default_rng(1))
    assert at(grey, setup, (40, 0, 90)) > at(grey, setup, (70, 0, 90)) + 0.3


def test_bone_has_a_shell_trabeculae_and_the_density_asked_for(two_bones: dict[str, Mesh]) -> None:
    generator = np.random.default_rng(3)
    sponge = sponge_block(generator)
    camera = lateral_setup(two_bones, size=700).camera
    firm, thin = (bone_bodies(two_bones, np.random.default_rng(1), density)["calcaneus"] for density in (1.0, 0.6))
    dense, light = mineral(firm, camera, sponge), mineral(thin, camera, sponge)
    assert 0.3 < light.sum() / dense.sum() < 0.7
    column, row = np.round(camera.project((-20.0, 0.0, 35.0))).astype(int)
    inside = dense[row - 25 : row + 25, column - 35 : column + 35]
    rough = inside - gaussian_filter(inside, 3)
    assert 0.01 < rough.std() / inside.mean() < 0.2
    # a shell fills more of the short way through the rim than of the long way through the middle
    share = dense[row] / np.maximum(chords(two_bones["calcaneus"], camera)[row], 0.5)
    rim = np.flatnonzero(dense[row] > 0)[1:3]
    assert share[rim].mean() > 1.3 * share[column - 20 : column + 20].mean()


def test_places_between_samples_are_linear_and_blocks_repeat() -> None:
    values = np.random.default_rng(0).random((4, 5, 6)).astype(np.float32)
    places = np.array([[1.0, 2.0, 3.0], [1.5, 2.0, 3.0], [-1.0, 2.0, 3.0], [2.0, 6.0, 3.0]], dtype=np.float32)
    middle = (values[1, 2, 3] + values[2, 2, 3]) / 2
    np.testing.assert_allclose(Block(values).at(places), [values[1, 2, 3], middle, 0, 0], atol=1e-5)
    repeated = [values[1, 2, 3], middle, values[3, 2, 3], values[2, 1, 3]]
    np.testing.assert_allclose(Block(values, periodic=True).at(places), repeated, atol=1e-5)


def test_words_are_burned_in_where_they_belong() -> None:
    marked = burn_in(np.full((60, 200), 0.2), (Marker("SIMULATED", 10, 8, 20),))
    rows, columns = np.nonzero(marked > 0.5)
    assert len(rows) > 100
    assert 8 <= rows.min() < rows.max() < 30
    assert columns.min() >= 9
    assert columns.max() < 140


def test_lead_letters_stop_rays_about_their_place() -> None:
    shadow = shadow_of(LeadLetters("L", 70.0, 40.0, 24, 10.0, frame=True), (90, 130))
    rows, columns = np.nonzero(shadow > 0.3)
    assert shadow.max() == pytest.approx(0.93, abs=0.01)
    assert abs(rows.mean() - 40) < 8
    assert abs(columns.mean() - 70) < 8


@pytest.mark.parametrize("inverted", [False, True])
def test_a_dicom_file_keeps_the_picture_and_the_facts(tmp_path: Path, inverted: bool) -> None:
    grey = np.linspace(0, 1, 2000).reshape(40, 50)
    shot = Shot("lateral", "left", 9, 0.15, 1100.0, "SIMULATED-7", inverted)
    write_dx(tmp_path / "a.dcm", grey, shot)
    write_dx(tmp_path / "b.dcm", grey, shot)
    assert (tmp_path / "a.dcm").read_bytes() == (tmp_path / "b.dcm").read_bytes()
    stored = dcmread(tmp_path / "a.dcm")
    levels = np.round(grey * 4095)
    np.testing.assert_array_equal(stored.pixel_array, 4095 - levels if inverted else levels)
    assert stored.PhotometricInterpretation == ("MONOCHROME1" if inverted else "MONOCHROME2")
    assert (stored.PatientID, stored.PatientName) == ("SIMULATED-7", "SIMULATED^FOOT")
    read = read_radiograph(tmp_path / "a.dcm")
    assert (read.view, read.side, read.age_years, read.weight_bearing) == ("lateral", "left", 9, "yes")
    assert read.spacing_mm == (0.15, 0.15)
    assert read.warnings == ()
    assert read.pixels[0, 0] < read.pixels[-1, -1]


def test_a_png_keeps_sixteen_bits_and_says_what_it_is(tmp_path: Path) -> None:
    pixels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    write_png(tmp_path / "a.png", pixels, "Simulated.")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.info["Description"] == "Simulated."
        np.testing.assert_array_equal(np.asarray(picture), pixels)
