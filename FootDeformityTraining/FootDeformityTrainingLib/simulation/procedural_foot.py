"""A foot made of numbers: closed analytic bones with known shapes, for every clone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from FootDeformityTrainingLib.simulation.assemble import assembled
from FootDeformityTrainingLib.simulation.foot_model import Feature, FootModel
from FootDeformityTrainingLib.simulation.loft import Bump, Loft
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.seating import seated

Array = NDArray[np.float64]

TABLE = Path(__file__).with_name("procedural_bones.json")
_SEGMENTS = ("proximal", "middle", "distal")
_TOE_GAP_MM = 1.8


@dataclass(frozen=True, eq=False)
class PlacedLoft:
    """A loft and where it lies in the foot frame: vertex -> frame @ vertex. frame: (4, 4)."""

    loft: Loft
    frame: Array

    @property
    def mesh(self) -> Mesh:
        """The closed surface in the foot frame."""
        return self.loft.mesh().moved(self.frame[:3, :3], self.frame[:3, 3])

    def place(self, point: Array) -> Array:
        """(..., 3) points of the loft in the foot frame."""
        return np.asarray(point @ self.frame[:3, :3].T + self.frame[:3, 3])


@lru_cache(maxsize=1)
def placed_lofts() -> dict[str, PlacedLoft]:
    """Every bone of the right adult foot by name."""
    table = json.loads(TABLE.read_text("utf-8"))
    found = {name: PlacedLoft(_loft(entry), _frame(entry)) for name, entry in table["bones"].items()}
    for toe in "2345":
        found |= _toe(toe, table["lesser_toes"][toe], table["lesser_phalanges"])
    return found


def _loft(entry: dict[str, Any]) -> Loft:
    bumps = tuple(Bump(*row) for row in entry.get("bumps", ()))
    return Loft(np.array(entry["sections"], dtype=np.float64), entry["proximal"], entry["distal"], bumps)


def _frame(entry: dict[str, Any]) -> Array:
    frame = np.eye(4)
    turn = Rotation.from_euler("ZYX", [entry["yaw"], -entry["pitch"], entry["roll"]], degrees=True)
    frame[:3, :3] = turn.as_matrix()
    frame[:3, 3] = entry["place"]
    return frame


def _toe(toe: str, place: dict[str, Any], shapes: dict[str, Any]) -> dict[str, PlacedLoft]:
    start = np.array(place["place"], dtype=np.float64)
    found = {}
    for segment, length in zip(_SEGMENTS, place["lengths"], strict=True):
        shape = shapes[segment]
        sections = np.array(shape["sections"]) * np.array([length, *[place["size"]] * 6, 1, 1])
        entry = {"sections": sections, "proximal": shape["proximal"], "distal": shape["distal"]}
        frame = _frame({"yaw": place["yaw"], "pitch": shape["pitch"], "roll": 0, "place": start})
        found[f"phalanx_{segment}{toe}"] = PlacedLoft(_loft(entry), frame)
        start = start + frame[:3, 0] * (length + _TOE_GAP_MM)
    return found


@lru_cache(maxsize=1)
def procedural_foot() -> FootModel:
    """The right adult foot in its normal standing pose, with landmarks known from its construction."""
    bones = {name: placed.mesh for name, placed in placed_lofts().items()}
    return seated(assembled("procedural", bones, known_features()))


def known_features() -> dict[str, Feature]:
    """The 27 landmarks where the construction puts them, before the foot is seated."""
    table = json.loads(TABLE.read_text("utf-8"))["landmarks"]
    lofts = placed_lofts()
    found = {}
    for name, (bone, x, degrees, *share) in table["points"].items():
        placed = lofts[bone]
        point = placed.loft.end(degrees, *share) if x == "end" else placed.loft.outline(x, degrees)
        angle = np.radians(degrees)
        outwards = placed.frame[:3, :3] @ np.array([0.0, np.cos(angle), np.sin(angle)])
        found[name] = Feature(bone, placed.place(point)[None], placed.frame[:3, 0], outwards)
    for name, (bone, low, high) in table["lowest"].items():
        placed = lofts[bone]
        x, degrees = np.meshgrid(np.linspace(low, high, 24), np.arange(180, 361, 7.5))
        points = placed.place(placed.loft.outline(x.ravel(), degrees.ravel()))
        found[name] = Feature(bone, points, placed.frame[:3, 0], -placed.frame[:3, 2])
    return found
