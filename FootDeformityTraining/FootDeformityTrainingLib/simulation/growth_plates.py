"""Open growth plates: a thin gap between the shaft of a child's bone and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.mesh import Mesh, closed, outward, welded

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Plate:
    """share: where the gap lies along the bone, 0 = proximal end. gap_mm: of a child of 7. closes: years."""

    share: float
    gap_mm: float
    closes: float


#: the first metatarsal grows at its base, the others at their heads, phalanges at their bases, the heel behind;
#: ages at which gaps close: our choice within the usual ranges
PLATES = {
    "metatarsal1": Plate(0.1, 1.4, 15.0),
    **{f"metatarsal{ray}": Plate(0.88, 1.2, 15.0) for ray in range(2, 6)},
    **{f"phalanx_proximal{toe}": Plate(0.13, 1.1, 15.0) for toe in range(1, 6)},
    "phalanx_distal1": Plate(0.16, 1.0, 15.0),
    "calcaneus": Plate(0.1, 1.6, 14.5),
}
#: sesamoids of the first metatarsal are not yet bone before this age
SESAMOIDS_FROM_YEARS = 10.0


def with_growth_plates(
    bones: Mapping[str, Mesh], frames: Mapping[str, Array], age_years: float, scale: float
) -> dict[str, Mesh]:
    """The bones of that age: cut where growth plates are open, without sesamoids that are not yet bone."""
    found = {}
    for name, mesh in bones.items():
        if name.startswith("sesamoid") and age_years < SESAMOIDS_FROM_YEARS:
            continue
        plate = PLATES.get(name)
        if plate is not None and age_years < plate.closes:
            width = plate.gap_mm * min(1.0, (plate.closes - age_years) / 5.0 + 0.3)
            mesh = parted(mesh, frames[name][:3, 0], plate.share, width)
        found[name] = mesh
    return found


def parted(mesh: Mesh, axis: Array, share: float, gap_mm: float) -> Mesh:
    """Cut a slab of ``gap_mm`` out of a closed surface at a share of its length along ``axis``: two closed parts."""
    along = mesh.vertices @ axis
    level = along.min() + share * np.ptp(along)
    near = halved(mesh, -axis, -(level - gap_mm / 2))
    far = halved(mesh, axis, level + gap_mm / 2)
    triangles = np.concatenate([near.triangles, far.triangles + len(near.vertices)])
    return Mesh(np.concatenate([near.vertices, far.vertices]), triangles)


def halved(mesh: Mesh, axis: Array, level: float) -> Mesh:
    """The part of a closed surface with axis . p >= level, closed by a flat face."""
    height = mesh.vertices @ axis - level
    # a vertex on the plane would make triangles without area
    height = np.where(np.abs(height) < 1e-6, 1e-6, height)
    above = height[mesh.triangles] >= 0
    kept = [mesh.triangles[above.all(axis=1)]]
    vertices = [mesh.vertices]
    count = len(mesh.vertices)
    for inside in (1, 2):
        rows = np.flatnonzero(above.sum(axis=1) == inside)
        # turned so that the odd corner comes first
        odd = np.argmax(above[rows] if inside == 1 else ~above[rows], axis=1)
        a, b, c = (mesh.triangles[rows, (odd + step) % 3] for step in range(3))
        cut = []
        for other in (b, c):
            share = (height[a] / (height[a] - height[other]))[:, None]
            cut.append(mesh.vertices[a] + share * (mesh.vertices[other] - mesh.vertices[a]))
        ab, ac = count + np.arange(len(rows)), count + len(rows) + np.arange(len(rows))
        count += 2 * len(rows)
        vertices += cut
        if inside == 1:
            kept.append(np.stack([a, ab, ac], axis=1))
        else:
            kept += [np.stack([ab, b, c], axis=1), np.stack([ab, c, ac], axis=1)]
    part = welded(Mesh(np.concatenate(vertices), np.concatenate(kept)))
    used, index = np.unique(part.triangles, return_inverse=True)
    part = Mesh(part.vertices[used], index.reshape(-1, 3).astype(np.int64))
    return outward(closed(part))
