"""The landmarks as an annotator should click them: on the outline of each bone's own shadow.

The definitions are those of the clinical specification (sections 2 and 10), applied to the shadow: inflections where
the outline of a shaft turns into a flare, ends of joint surfaces and corners where the outline reaches furthest in a
direction, the narrowest place of a neck. The landmarks in space only say which of several such places is meant.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityTrainingLib.simulation.bone_profile import knee, reach
from FootDeformityTrainingLib.simulation.foot_model import PosedFoot
from FootDeformityTrainingLib.simulation.landmark_features import BASE_SHARE, CORNERS, NECK
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, chords

Array = NDArray[np.float64]
Points = dict[str, Array]

#: pairs on shafts, distal and proximal: two landmarks on opposite sides at one level
_SHAFTS = {
    "AP": ((("A1", "A3"), ("A2", "A4")), (("A5", "A7"), ("A6", "A8"))),
    "lateral": ((("L2", "L4"), ("L3", "L5")),),
}
#: places where the outline reaches furthest, by view; those that are not in CORNERS straight outwards
_FURTHEST = {
    "AP": ("A9", "A10", "A11", "A12", "A15", "A16"),
    "lateral": ("L1", "L6", "L7", "L8", "L10", "L11"),
}
#: readers put the ends of the head square to the talus's axis (median 90 degrees, images that bear no weight); here
#: they slant (84; 85 where the talonavicular angle is below 10). Whether that is this bone, the stance or the readers
#: cannot be told from these data, so these points are estimates
_TALUS = ("A11", "A12", "A13", "A14")
#: where an outline is flat its furthest place is loose: this much nearer to the landmark in space outweighs 1
_LOOSE = 0.06
#: at least this share of the border from A15 to where the heel rounds off is taken for visible
_LEAST_BORDER = 0.35
#: how far from the landmark in space its place on the outline is looked for, as a share of the foot's length
_WINDOW = 0.03
#: and how far along a shaft
_SLACK = 0.015
#: an outline is hidden where the ray just outside it passes through so many mm of other bones of an adult
_HIDDEN_MM = {"AP": 14.0, "lateral": 20.0}
_BESIDE_MM = 1.5
_COARSE_MM = 1.2


def landmarks2d(posed: PosedFoot, camera: Camera, view: str) -> tuple[Array, NDArray[np.bool_]]:
    """Points (K, 2) in pixels in the order of the scheme, and which of them lie on a hidden outline: (K,)."""
    shadow = _Shadow(posed, camera, _HIDDEN_MM[view] * posed.model.scale)
    found: Points = {}
    for distal, proximal in _SHAFTS[view]:
        found |= shadow.shaft(distal, proximal)
    for name in _FURTHEST[view]:
        found[name] = shadow.corner(name, CORNERS.get(name, 0.0))
    doubtful = set()
    if view == "AP":
        found |= shadow.neck(found["A11"], found["A12"])
        found["A16"], cut_short = shadow.end_of_border(found["A15"], found["A16"])
        doubtful = {*_TALUS, "A16"} if cut_short else set(_TALUS)
    else:
        found["L9"] = shadow.under("L9", found["L8"])
    ids = load_scheme().ids(view)
    points = np.array([found[name] for name in ids])
    return points, np.array([name in doubtful or shadow.hidden(name, found[name]) for name in ids])


class _Shadow:
    """The outlines of one foot's bones on one detector."""

    def __init__(self, posed: PosedFoot, camera: Camera, most_mm: float) -> None:
        self._posed = posed
        self._camera = camera
        self._mirror = np.array([1.0, posed.medial, 1.0])
        self._places = {name: np.asarray(place) for name, place in posed.landmarks3d.items()}
        self._length = float(np.linalg.norm(self.seed("A1") - self.seed("L11")))
        self._flat: dict[str, Mesh] = {}
        self._most_mm = most_mm
        self._coarse = max(1.0, _COARSE_MM / camera.spacing)

    def seed(self, name: str) -> Array:
        return self._camera.project(self._places[name])

    def shaft(self, distal: tuple[str, str], proximal: tuple[str, str]) -> Points:
        """Where both sides of a shaft turn into its flares; the two sides of a pair at one level."""
        outline = self._outline(distal[0])
        along, sides = self._along(distal[0]), [self._outwards(name) for name in distal]
        # exactly across the shaft, so that both sides share their levels
        across = _square(along, sides[0])
        profiles = [reach(outline, along, way * across) for way in (1.0, -1.0)]
        levels = profiles[0][0]
        middle = len(levels) // 2
        found = {}
        for names, half in ((distal, slice(middle, None)), (proximal, slice(middle, None, -1))):
            level = float(np.mean([places[half][knee(places[half], height[half])] for places, height, _ in profiles]))
            level = min(level, levels[0] + BASE_SHARE.get(names[0], 1.0) * (levels[-1] - levels[0]))
            # along a straight shaft the inflection is loose, and a bent shaft would move it far
            expected = float(np.mean([along[:2] @ self.seed(name) for name in names]))
            level = float(np.clip(level, expected - _SLACK * self._length, expected + _SLACK * self._length))
            nearest = int(np.argmin(np.abs(levels - level)))
            for name, (_, _, points) in zip(names, profiles, strict=True):
                found[name] = points[nearest, :2]
        return found

    def corner(self, name: str, degrees: float) -> Array:
        """The place near the landmark where the outline reaches furthest."""
        along, sideways = self._along(name), _square(self._along(name), self._outwards(name))
        towards = np.cos(np.radians(degrees)) * sideways + np.sin(np.radians(degrees)) * along
        vertices = self._outline(name).vertices
        beside = np.abs((vertices[:, :2] - self.seed(name)) @ _square(towards, along)[:2])
        near = np.flatnonzero(beside < _WINDOW * self._length)
        return np.asarray(vertices[near[np.argmax(vertices[near] @ towards - _LOOSE * beside[near])], :2])

    def under(self, name: str, opposite: Array) -> Array:
        """At the level of another point, as far out as the landmark in space: a surface inside the outline."""
        outwards = self._outwards(name)[:2]
        return np.asarray(opposite + ((self.seed(name) - opposite) @ outwards) * outwards)

    def neck(self, medial_end: Array, lateral_end: Array) -> Points:
        """A13 where the neck is narrowest, else one head's width behind the head; A14 across from it, never seen."""
        outline, along = self._outline("A13"), self._along("A13")
        across = _square(along, self._outwards("A13"))
        level, reached, points = reach(outline, along, across)
        width = float(np.linalg.norm(lateral_end - medial_end))
        behind = (float(along[:2] @ (medial_end + lateral_end)) / 2 - level) / width
        near = np.flatnonzero((behind > NECK[0]) & (behind < NECK[1]))
        waist = points[near[np.argmin(reached[near])], :2]
        return {"A13": waist, "A14": waist + ((self.seed("A14") - waist) @ across[:2]) * across[:2]}

    def end_of_border(self, distal: Array, proximal: Array) -> tuple[Array, bool]:
        """How far the border of A15 and A16 can be followed from A15, and whether other bones end it."""
        along = self._along("A16")
        level, _, points = reach(self._outline("A16"), along, _square(along, self._outwards("A16")))
        start, end = (float(along[:2] @ point) for point in (distal, proximal))
        way = np.flatnonzero((level < start) & (level > end))[::-1]
        for place in way:
            if (start - level[place]) / (start - end) > _LEAST_BORDER and self.hidden("A16", points[place, :2]):
                return points[place, :2], True
        return proximal, False

    def hidden(self, name: str, point: Array) -> bool:
        """Whether the ray just outside a point of a landmark's outline passes through too much of other bones."""
        beside = point + _BESIDE_MM / self._camera.spacing * self._outwards(name)[:2]
        column, row = np.round(beside / self._coarse).astype(int)
        total, alone = self._thickness
        if not (0 <= row < total.shape[0] and 0 <= column < total.shape[1]):
            return True
        own = alone.get(self._posed.model.features[name].bone)
        return bool(total[row, column] - (0.0 if own is None else own[row, column]) > self._most_mm)

    @cached_property
    def _thickness(self) -> tuple[Array, dict[str, Array]]:
        """Mm of all bones, and of each bone that has landmarks, along rays about a millimetre apart."""
        coarse = replace(
            self._camera,
            spacing=self._camera.spacing * self._coarse,
            width=int(self._camera.width / self._coarse) + 1,
            height=int(self._camera.height / self._coarse) + 1,
        )
        total = np.zeros((coarse.height, coarse.width))
        wanted = {feature.bone for feature in self._posed.model.features.values()}
        alone = {}
        for name, mesh in self._posed.bones.items():
            window = coarse.around(mesh)
            if window is None:
                continue
            inside = np.maximum(chords(mesh, coarse.part(window)), 0.0)
            total[window] += inside
            if name in wanted:
                alone[name] = np.zeros_like(total)
                alone[name][window] = inside
        return total, alone

    def _outline(self, name: str) -> Mesh:
        """The bone of a landmark as a flat surface in the picture: pixels, z = 0."""
        bone = self._posed.model.features[name].bone
        if bone not in self._flat:
            mesh = self._posed.bones[bone]
            shadow = self._camera.project(mesh.vertices)
            self._flat[bone] = Mesh(np.column_stack([shadow, np.zeros(len(shadow))]), mesh.triangles)
        return self._flat[bone]

    def _along(self, name: str) -> Array:
        return self._seen(name, self._posed.model.features[name].along)

    def _outwards(self, name: str) -> Array:
        return self._seen(name, self._posed.model.features[name].outwards)

    def _seen(self, name: str, direction: Array) -> Array:
        """A direction of the landmark's bone as a unit vector in the picture, z = 0."""
        bone = self._posed.model.features[name].bone
        turned = self._posed.motions[bone][:3, :3] @ (self._mirror * direction)
        here = self._places[name]
        step = np.append(self._camera.project(here + turned) - self._camera.project(here), 0.0)
        return np.asarray(step / np.linalg.norm(step))


def _square(along: Array, sideways: Array) -> Array:
    """The unit vector square to ``along`` in the picture that points to the side of ``sideways``."""
    turned = np.array([-along[1], along[0], 0.0])
    return np.asarray(turned * np.sign(turned @ sideways))
