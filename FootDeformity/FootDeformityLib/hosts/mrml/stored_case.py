"""A case in the scene: a parameter node that holds the exam as JSON and refers to volumes and point lists."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import slicer

from FootDeformityLib.case.exam import Exam, from_exam_document, to_exam_document
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.scene_nodes import nodes_of_class

_MODULE = "FootDeformityCase"
_PARAMETER = "reading"


@dataclass
class DisplayChoices:
    """What a reader chose to see, and which foot: kept with the scene."""

    foot: int = 0
    axes_visible: bool = True
    locked: bool = False
    blinded: bool = False


@dataclass
class StatedFacts:
    """What a person said about a foot; None where the tags of the images count."""

    side: Any = None
    age_years: float | None = None
    weight_bearing: Any = None


@dataclass
class StoredCase:
    """What the node holds. stated: one entry a foot."""

    exam: Exam
    stated: list[StatedFacts] = field(default_factory=list)
    display: DisplayChoices = field(default_factory=DisplayChoices)


def new_case_node(scene: Any, name: str) -> Any:
    """Add the node of a new case to the scene."""
    node = slicer.vtkMRMLScriptedModuleNode()
    node.SetName(scene.GenerateUniqueName(name))
    node.SetModuleName(_MODULE)
    return scene.AddNode(node)


def is_case_node(node: Any) -> bool:
    """Whether a node of the scene holds a case."""
    return bool(node.IsA("vtkMRMLScriptedModuleNode")) and node.GetModuleName() == _MODULE


def case_nodes(scene: Any) -> list[Any]:
    """Return the case nodes of a scene in its order."""
    return [node for node in nodes_of_class(scene, "vtkMRMLScriptedModuleNode") if is_case_node(node)]


def role(kind: str, foot: int, view: str) -> str:
    """Name of the node reference to the "volume" or "landmarks" of a view."""
    return f"{kind}.{foot}.{view}"


def store(node: Any, stored: StoredCase) -> None:
    """Write the case into its node."""
    text = json.dumps(
        {
            "exam": to_exam_document(stored.exam),
            "stated": [asdict(stated) for stated in stored.stated],
            "display": asdict(stored.display),
        },
        ensure_ascii=True,  # scene files of older Slicers are not UTF-8 everywhere
    )
    node.SetParameter(_PARAMETER, text)


def read_stored(node: Any) -> StoredCase:
    """Return what a node holds. Raises FootDeformityError."""
    text = node.GetParameter(_PARAMETER)
    try:
        document = json.loads(text)
        return StoredCase(
            from_exam_document(document["exam"]),
            [StatedFacts(**stated) for stated in document["stated"]],
            DisplayChoices(**document["display"]),
        )
    except FootDeformityError as error:
        raise FootDeformityError(f"{node.GetName()}: the case in the scene cannot be used. {error}") from None
    except (ValueError, TypeError, KeyError):
        raise FootDeformityError(
            f"{node.GetName()}: the case in the scene is damaged; expected what FootDeformity saves. "
            "Load another scene."
        ) from None
