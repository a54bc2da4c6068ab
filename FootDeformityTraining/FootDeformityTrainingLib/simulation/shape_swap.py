"""Bones of other people in place of a foot's own: registered by similarity, then swapped in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.assemble import assembled
from FootDeformityTrainingLib.simulation.foot_model import FootModel
from FootDeformityTrainingLib.simulation.landmark_features import landmark_features
from FootDeformityTrainingLib.simulation.mesh import Mesh, closed, outward, welded
from FootDeformityTrainingLib.simulation.mesh_folder import parts, read_ply, read_stl
from FootDeformityTrainingLib.simulation.seating import normal_angles, seated

Array = NDArray[np.float64]

_ROUGH, _FINE = 12, 40
_POINTS = 900
#: a shape is another bone if it fits worse than this share of its size
_WORST = 0.023
#: proportions of a bone may differ by this, logarithmic
_ALIKE = 0.35
#: people differ: degrees by which the angles of such a foot may differ from the normal ones
_LEEWAY = 3.0


def swapped(model: FootModel, bone: str, shape: Mesh) -> FootModel:
    """The foot with another shape for one bone, seated again.

    shape: the same bone of anybody's right or left foot, anywhere, in any orientation; the side that fits is taken.
    Raises FootDeformityError when the shape fits no way, i.e. is another bone.
    """
    own = model.bones[bone]
    fitted, off = best_fit(outward(closed(shape)), own)
    size = float(np.linalg.norm(np.ptp(own.vertices, axis=0)))
    if off > _WORST * size:
        raise FootDeformityError(
            f"The shape given for the bone {bone} lies {off:.1f} mm off the foot's own on average, at best: it must be "
            "another bone. Give the same bone of another foot."
        )
    bones = dict(model.bones) | {bone: fitted}
    found = landmark_features(bones)
    features = {name: found[name] if each.bone == bone else each for name, each in model.features.items()}
    changed = assembled(f"{model.name} with another {bone}", bones, features, model.scale, model.age_years)
    return seated(changed, normal_angles(model.age_years), _LEEWAY)


def family(model: FootModel, folder: str | Path) -> list[FootModel]:
    """The foot with each shape of a folder swapped in.

    PLY files hold the bone that their name contains. STL files hold several: metatarsals 1 to 4 are taken.
    Raises FootDeformityError when there are none.
    """
    found = []
    for file in sorted(Path(folder).glob("*.ply")):
        bone = max((name for name in model.bones if name in file.stem.lower()), key=len, default=None)
        if bone is not None:
            found.append(swapped(model, bone, outward(welded(read_ply(file)))))
    for file in sorted(Path(folder).glob("*.stl")):
        for bone, shape in told_apart(model, parts(read_stl(file))).items():
            found.append(swapped(model, bone, shape))
    if not found:
        raise FootDeformityError(
            f"{folder}: holds no shapes: no PLY file with the name of a bone in its own, such as 'talus', "
            "and no STL file with metatarsals."
        )
    return found


def told_apart(model: FootModel, shapes: Sequence[Mesh]) -> dict[str, Mesh]:
    """Which of some nameless surfaces are the metatarsals 1 to 4: those that together fit best.

    The fifth is left out: it resembles the fourth of other people more than bones of one kind should.
    """
    bones = [f"metatarsal{ray}" for ray in range(1, 5)]
    sizes = [float(np.linalg.norm(np.ptp(model.bones[bone].vertices, axis=0))) for bone in bones]
    off = np.ones((len(bones), len(shapes)))
    for row, column in product(range(len(bones)), range(len(shapes))):
        if _alike(shapes[column], model.bones[bones[row]]):
            off[row, column] = best_fit(shapes[column], model.bones[bones[row]])[1] / sizes[row]
    rows, columns = linear_sum_assignment(off)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {bones[row]: shapes[column] for row, column in pairs if off[row, column] <= _WORST}


def best_fit(shape: Mesh, own: Mesh) -> tuple[Mesh, float]:
    """A shape of either side laid over a foot's own bone, and how far it is off, mm."""
    mirrored = Mesh(shape.vertices * np.array([1.0, -1.0, 1.0]), shape.triangles[:, ::-1].copy())
    return min((registered(each, own) for each in (shape, mirrored)), key=lambda each: each[1])


def _alike(shape: Mesh, own: Mesh) -> bool:
    """Whether two surfaces have about the same proportions."""
    ratios = [np.linalg.svd(each.vertices - each.vertices.mean(axis=0), compute_uv=False) for each in (shape, own)]
    return bool(np.abs(np.log(ratios[0][1:] / ratios[0][0] / (ratios[1][1:] / ratios[1][0]))).max() < _ALIKE)


def registered(shape: Mesh, target: Mesh) -> tuple[Mesh, float]:
    """Lay a shape over a target by rotation, translation and size; returns it and how far their surfaces are apart, mm.

    Tries the four ways of laying principal axes over each other, then closest points.
    """
    points, goal = _points(shape), _points(target)
    tree = cKDTree(goal)
    middle, axes = _principal(points)
    goal_middle, goal_axes = _principal(goal)
    best: tuple[float, Array, Array] | None = None
    for first, second in product((1.0, -1.0), repeat=2):
        turn = goal_axes.T @ np.diag([first, second, 1.0]) @ axes
        turn = goal_axes.T @ np.diag([first, second, np.linalg.det(turn)]) @ axes
        matrix, shift, off = turn, goal_middle - turn @ middle, np.inf
        for _ in range(_ROUGH):
            matrix, shift, off = _step(points, matrix, shift, tree, goal)
        if best is None or off < best[0]:
            best = off, matrix, shift
    assert best is not None
    off, matrix, shift = best
    for _ in range(_FINE):
        matrix, shift, off = _step(points, matrix, shift, tree, goal)
    return replace(shape, vertices=shape.vertices @ matrix.T + shift), off


def _points(mesh: Mesh) -> Array:
    """(_POINTS, 3) evenly spread over a surface, however finely it is divided; always the same."""
    a, b, c = np.moveaxis(mesh.vertices[mesh.triangles], 1, 0)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).cumsum()
    generator = np.random.default_rng(0)
    chosen = np.searchsorted(area, area[-1] * (np.arange(_POINTS) + 0.5) / _POINTS)
    u, v = generator.random((2, _POINTS, 1))
    inside = u + v <= 1
    u, v = np.where(inside, u, 1 - u), np.where(inside, v, 1 - v)
    return np.asarray(a[chosen] + u * (b - a)[chosen] + v * (c - a)[chosen])


def _principal(points: Array) -> tuple[Array, Array]:
    middle = points.mean(axis=0)
    return middle, np.linalg.svd(points - middle, full_matrices=False)[2]


def _step(points: Array, matrix: Array, shift: Array, tree: cKDTree, goal: Array) -> tuple[Array, Array, float]:
    """One round of closest points both ways, then the best similarity (Umeyama)."""
    placed = points @ matrix.T + shift
    distance, index = tree.query(placed)
    back, nearest = cKDTree(placed).query(goal)
    here, there = np.concatenate([points, points[nearest]]), np.concatenate([goal[index], goal])
    a, b = here.mean(axis=0), there.mean(axis=0)
    left, size, right = np.linalg.svd((there - b).T @ (here - a))
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    scale = float((size * flip).sum() / ((here - a) ** 2).sum())
    turned = scale * (left * flip) @ right
    return turned, b - turned @ a, float(np.concatenate([distance, back]).mean())
