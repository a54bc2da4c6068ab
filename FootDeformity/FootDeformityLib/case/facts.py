"""What is known about the foot besides its points: what the user says goes before what the files say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from FootDeformityLib.radiographs.radiograph import Radiograph

Side = Literal["left", "right", "unknown"]
WeightBearing = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class Facts:
    """side and weight_bearing may be "unknown", age_years None; warnings name contradictions."""

    side: Side = "unknown"
    age_years: float | None = None
    weight_bearing: WeightBearing = "unknown"
    warnings: tuple[str, ...] = ()


def gather_facts(
    radiographs: Mapping[str, Radiograph],
    side: Side | None = None,
    age_years: float | None = None,
    weight_bearing: WeightBearing | None = None,
) -> Facts:
    """Combine what the user states (None = nothing) with the tags of the radiographs, view -> radiograph."""
    warnings: list[str] = []
    return Facts(
        side=_side(radiographs, side, warnings),
        age_years=_age(radiographs, age_years, warnings),
        weight_bearing=_weight_bearing(radiographs, weight_bearing, warnings),
        warnings=(*_view_warnings(radiographs), *warnings),
    )


def _view_warnings(radiographs: Mapping[str, Radiograph]) -> list[str]:
    wrong = {view: image.view for view, image in radiographs.items() if image.view not in (None, view)}
    if len(wrong) == 2:
        return ["The two images seem to be swapped: their tags call the AP image lateral and the lateral image AP."]
    return [
        f"The image given as {view} is called {said} in its tags: check that it is the right file."
        for view, said in wrong.items()
    ]


def _side(radiographs: Mapping[str, Radiograph], stated: Side | None, warnings: list[str]) -> Side:
    tagged: dict[str, Side] = {view: image.side for view, image in radiographs.items() if image.side is not None}
    if stated is not None:
        for view, said in tagged.items():
            if stated not in ("unknown", said):
                warnings.append(f"The side is stated as {stated}, but the tags of the {view} image say {said}.")
        return stated
    if len(set(tagged.values())) > 1:
        both = " and ".join(f"the {view} image {side}" for view, side in tagged.items())
        warnings.append(f"The tags contradict each other about the side: {both}. Are both images of the same foot?")
        return "unknown"
    return next(iter(tagged.values()), "unknown")


def _age(radiographs: Mapping[str, Radiograph], stated: float | None, warnings: list[str]) -> float | None:
    tagged = {view: image.age_years for view, image in radiographs.items() if image.age_years is not None}
    if stated is not None:
        for view, said in tagged.items():
            if abs(said - stated) >= 1.5:
                warnings.append(
                    f"The age is stated as {stated:g} years, but the tags of the {view} image say {said:g}."
                )
        return stated
    if tagged and max(tagged.values()) - min(tagged.values()) >= 1.5:
        said_all = " and ".join(f"{view} {age:g}" for view, age in tagged.items())
        warnings.append(f"The tags give two ages ({said_all} years): the images are years apart or of two patients.")
    return max(tagged.values(), default=None)


def _weight_bearing(
    radiographs: Mapping[str, Radiograph], stated: WeightBearing | None, warnings: list[str]
) -> WeightBearing:
    tagged = {view: image.weight_bearing for view, image in radiographs.items()}
    known = {said for said in tagged.values() if said != "unknown"}
    if stated is not None:
        if stated != "unknown" and known - {stated}:
            warnings.append(f"Weight-bearing is stated as {stated}, but the tags of an image say otherwise.")
        return stated
    if known == {"yes", "no"}:
        said_all = " and ".join(f"{view} {said}" for view, said in tagged.items())
        warnings.append(f"The tags contradict each other about weight-bearing: {said_all}.")
        return "unknown"
    if known == {"no"}:
        return "no"
    # one image that does not say leaves the pair unproven
    return "yes" if known and "unknown" not in tagged.values() else "unknown"
