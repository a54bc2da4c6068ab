"""A bone of somebody else in place of the foot's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from test_simulated_bones import write_ply

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.deformity import pose
from FootDeformityTrainingLib.simulation.mesh import Mesh, boundary_loops
from FootDeformityTrainingLib.simulation.mesh_folder import parts, read_bones, read_stl
from FootDeformityTrainingLib.simulation.procedural_foot import procedural_foot
from FootDeformityTrainingLib.simulation.shape_swap import family, registered, swapped, told_apart
from FootDeformityTrainingLib.simulation.truth3d import landmark_angles

ELSEWHERE = Rotation.from_euler("xyz", [130, -40, 75], degrees=True).as_matrix()


def elsewhere(mesh: Mesh) -> Mesh:
    """The same shape, smaller, turned and far away."""
    return Mesh(0.8 * mesh.vertices @ ELSEWHERE.T + [300, -200, 900], mesh.triangles)


def mirrored(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices * [1, 1, -1], mesh.triangles[:, ::-1].copy())


@pytest.mark.parametrize("bone", ["talus", "calcaneus", "metatarsal5"])
def test_a_bone_is_laid_over_its_own_shape(bone: str) -> None:
    own = procedural_foot().bones[bone]
    placed, off = registered(elsewhere(own), own)
    assert off < 0.3
    assert np.linalg.norm(placed.vertices - own.vertices, axis=1).max() < 1.0


def test_a_talus_of_the_other_side_is_mirrored_and_swapped_in() -> None:
    model = procedural_foot()
    other = elsewhere(model.bones["talus"])
    other = Mesh(other.vertices * [1.0, 1.04, 1.0], other.triangles)
    changed = swapped(model, "talus", mirrored(other))
    assert boundary_loops(changed.bones["talus"]) == []
    assert changed.bones["talus"].volume == pytest.approx(model.bones["talus"].volume, rel=0.1)
    angles = landmark_angles(pose(changed).landmarks3d)
    normal = landmark_angles(pose(model).landmarks3d)
    for name in ("ap_talocalcaneal", "talonavicular", "meary"):
        assert angles[name] == pytest.approx(normal[name], abs=4), name


def test_another_bone_is_refused() -> None:
    model = procedural_foot()
    with pytest.raises(FootDeformityError, match="another bone"):
        swapped(model, "talus", model.bones["metatarsal2"])


def write_stl(path: Path, mesh: Mesh) -> None:
    records = np.zeros(len(mesh.triangles), np.dtype([("n", "<f4", 3), ("corners", "<f4", (3, 3)), ("a", "<u2")]))
    records["corners"] = mesh.vertices[mesh.triangles]
    path.write_bytes(b"made by a test".ljust(80) + len(records).to_bytes(4, "little") + records.tobytes())


def test_metatarsals_are_told_apart_in_a_file_of_several_bones(tmp_path: Path) -> None:
    model = procedural_foot()
    names = ("metatarsal3", "phalanx_proximal1", "metatarsal1", "talus")
    whole = [elsewhere(model.bones[name]) for name in names]
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in whole)])
    triangles = np.concatenate([mesh.triangles + start for mesh, start in zip(whole, starts, strict=False)])
    write_stl(tmp_path / "forefoot.stl", Mesh(np.concatenate([mesh.vertices for mesh in whole]), triangles))
    shapes = parts(read_stl(tmp_path / "forefoot.stl"))
    assert sorted(len(shape.vertices) for shape in shapes) == sorted(len(mesh.vertices) for mesh in whole)
    found = told_apart(model, shapes)
    for name in ("metatarsal1", "metatarsal3"):
        assert found[name].volume == pytest.approx(0.8**3 * model.bones[name].volume, rel=1e-3)
    assert {"talus", "phalanx_proximal1"}.isdisjoint(found)


def test_a_file_that_is_no_stl_is_refused(tmp_path: Path) -> None:
    (tmp_path / "forefoot.stl").write_bytes(b"solid text\nfacet normal 0 0 1")
    with pytest.raises(FootDeformityError, match="no binary STL"):
        read_stl(tmp_path / "forefoot.stl")


def test_a_folder_gives_a_foot_for_each_bone_that_it_names(tmp_path: Path) -> None:
    model = procedural_foot()
    write_ply(tmp_path / "person_1_Talus_right.ply", elsewhere(model.bones["talus"]))
    write_ply(tmp_path / "person_1_shin.ply", elsewhere(model.bones["fibula_distal"]))
    assert len(read_bones(tmp_path)) == 2
    assert [each.name for each in family(model, tmp_path)] == ["procedural with another talus"]
    (tmp_path / "person_1_Talus_right.ply").unlink()
    with pytest.raises(FootDeformityError, match="such as 'talus'"):
        family(model, tmp_path)
