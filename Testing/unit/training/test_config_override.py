"""Settings by name from the command line and from a JSON file; nonsense is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.config_override import override, read_assignments
from FootDeformityTrainingLib.training_config import TrainingConfig, preset_config

CONFIG = preset_config("compact", "AP", "foot27", 16)


def test_values_are_found_wherever_they_stand() -> None:
    found = override(CONFIG, ["learning_rate=5e-4", "augmentation.flip=no", "refinement=off", "stem=8,16", "epochs=7"])
    assert (found.loop.learning_rate, found.loop.epochs) == (5e-4, 7)
    assert not found.augmentation.flip and not found.architecture.refinement and found.architecture.stem == (8, 16)
    assert found.uncertain_weight == CONFIG.uncertain_weight and CONFIG.loop.learning_rate == 1e-3


def test_a_json_file_holds_them_flat_or_nested(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    values = {"batch": 4, "augmentation": {"flip": False, "noise": 0}, "architecture": {"stem": [8, 16]}}
    file.write_text(json.dumps(values))
    found = override(CONFIG, read_assignments(file))
    assert found.loop.batch == 4 and found.augmentation.noise == 0.0 and found.architecture.stem == (8, 16)
    assert not found.augmentation.flip


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("learning_rate", "expected name=value"),
        ("lerning_rate=1", "is no setting. Known: .*learning_rate"),
        ("learning_rate=fast", "expected a number, such as 0.001"),
        ("epochs=2.5", "expected a whole number, such as 150"),
        ("flip=perhaps", "expected yes or no, such as yes"),
        ("stem=8", "expected 2 whole numbers with commas, such as 32,64"),
    ],
)
def test_nonsense_is_told(assignment: str, words: str) -> None:
    with pytest.raises(FootDeformityError, match=words):
        override(CONFIG, [assignment])


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[1]")
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(FootDeformityError, match="expected an object"):
        read_assignments(tmp_path / "a.json")
    with pytest.raises(FootDeformityError, match="cannot be read as JSON"):
        read_assignments(tmp_path / "b.json")


def test_a_configuration_survives_json() -> None:
    paper = preset_config("paper", "lateral", "foot27", 11)
    assert TrainingConfig.from_dict(json.loads(json.dumps(paper.to_dict()))) == paper
    assert (paper.loop.batch, paper.loop.epochs, paper.augmentation.rotation_wide) == (4, 100, 180.0)
