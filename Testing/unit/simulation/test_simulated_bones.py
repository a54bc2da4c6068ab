"""Bone surfaces: reading, closing, lengthening, standing them up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.analytic import box, ellipsoid
from FootDeformityTrainingLib.simulation.foot import STANDING_POSE, standing_foot
from FootDeformityTrainingLib.simulation.mesh import Mesh, boundary_loops, closed, lengthened, outward, welded
from FootDeformityTrainingLib.simulation.mesh_folder import read_bones, read_ply
from FootDeformityTrainingLib.simulation.soft_tissue import voxels


def write_ply(path: Path, mesh: Mesh) -> None:
    head = (
        "ply\nformat binary_little_endian 1.0\ncomment written by a test\n"
        f"element vertex {len(mesh.vertices)}\nproperty float x\nproperty float y\nproperty float z\n"
        f"element face {len(mesh.triangles)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    faces = np.zeros(len(mesh.triangles), np.dtype([("n", "u1"), ("corners", "<i4", 3)]))
    faces["n"], faces["corners"] = 3, mesh.triangles
    path.write_bytes(head.encode() + mesh.vertices.astype("<f4").tobytes() + faces.tobytes())


def open_box() -> Mesh:
    """A box of 2 x 4 x 6 mm whose lid (z = 6) is missing."""
    whole = box((0, 0, 0), (2, 4, 6))
    lid = (whole.vertices[whole.triangles][..., 2] == 6).all(axis=1)
    return Mesh(whole.vertices, whole.triangles[~lid])


def test_analytic_bodies_face_outwards() -> None:
    assert box((0, 0, 0), (2, 4, 6)).volume == pytest.approx(48)
    assert ellipsoid((1, 2, 3), (3, 4, 5), rings=60).volume == pytest.approx(4 / 3 * np.pi * 60, rel=2e-3)


def test_a_hole_is_closed() -> None:
    assert len(boundary_loops(open_box())) == 1
    whole = closed(open_box())
    assert boundary_loops(whole) == []
    assert whole.volume == pytest.approx(48)


def test_a_shaft_is_drawn_out() -> None:
    long = closed(lengthened(open_box(), np.array([0.0, 0.0, 5.0]), 10.0))
    assert long.vertices[:, 2].max() == pytest.approx(16)
    assert long.volume == pytest.approx(2 * 4 * 16)


def test_inverted_and_split_surfaces_are_mended() -> None:
    whole = box((0, 0, 0), (2, 4, 6))
    soup = Mesh(whole.vertices[whole.triangles].reshape(-1, 3), np.arange(36).reshape(-1, 3)[:, ::-1])
    mended = outward(welded(soup))
    assert len(mended.vertices) == 8
    assert boundary_loops(mended) == []
    assert mended.volume == pytest.approx(48)


def test_bones_are_read_by_name(tmp_path: Path) -> None:
    write_ply(tmp_path / "talus.ply", ellipsoid((1, 2, 3), (3, 4, 5)))
    write_ply(tmp_path / "cuboid.ply", box((0, 0, 0), (2, 4, 6)))
    bones = read_bones(tmp_path)
    assert list(bones) == ["cuboid", "talus"]
    assert bones["cuboid"].volume == pytest.approx(48)


@pytest.mark.parametrize("content", [b"", b"ply\nformat ascii 1.0\nend_header\n", b"solid x\nendsolid x\n"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "talus.ply").write_bytes(content)
    with pytest.raises(FootDeformityError, match=r"talus\.ply"):
        read_bones(tmp_path)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    write_ply(tmp_path / "talus.ply", box((0, 0, 0), (1, 1, 1)))
    (tmp_path / "talus.ply").write_bytes((tmp_path / "talus.ply").read_bytes()[:-20])
    with pytest.raises(FootDeformityError, match="PLY"):
        read_ply(tmp_path / "talus.ply")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FootDeformityError, match="no bones"):
        read_bones(tmp_path)


def test_a_foot_with_a_missing_bone_is_refused(tmp_path: Path) -> None:
    write_ply(tmp_path / "talus.ply", box((0, 0, 0), (1, 1, 1)))
    with pytest.raises(FootDeformityError, match="lacks calcaneus"):
        standing_foot(tmp_path)


def test_the_pose_moves_bones_as_it_says(tmp_path: Path) -> None:
    pose = tmp_path / "pose.json"
    place = {"scale": 2.0, "rotation_vector": [0, 0, np.pi / 2], "translation_mm": [10, 0, 0]}
    pose.write_text(json.dumps({"bones": {"metatarsal1": place}}), "utf-8")
    write_ply(tmp_path / "metatarsal1.ply", box((0, 0, 0), (1, 2, 3)))
    foot = standing_foot(tmp_path, pose)
    np.testing.assert_allclose(foot.bones["metatarsal1"].vertices.min(axis=0), [6, 0, 0], atol=1e-6)
    np.testing.assert_allclose(foot.bones["metatarsal1"].vertices.max(axis=0), [10, 2, 6], atol=1e-6)
    assert {"sesamoid_medial", "sesamoid_lateral"} <= set(foot.bones)


def test_the_shipped_pose_only_turns_and_hardly_scales() -> None:
    bones = json.loads(STANDING_POSE.read_text("utf-8"))["bones"]
    assert len(bones) == 28
    assert all(0.9 < place["scale"] < 1.1 for place in bones.values())


def test_voxels_fill_a_body() -> None:
    inside = voxels(ellipsoid((10.3, 12.1, 9.4), (6, 7, 5), rings=40), np.zeros(3), 0.5, (44, 50, 40))
    assert inside.sum() * 0.5**3 == pytest.approx(4 / 3 * np.pi * 6 * 7 * 5, rel=0.02)
    np.testing.assert_allclose(0.5 * np.argwhere(inside).mean(axis=0), [10.3, 12.1, 9.4], atol=0.05)
