"""Weights between a fine-tuned network and the model that it started from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIH, HIHConfig, preset
from FootDeformityLib.network.model_folder import write_model
from FootDeformityTrainingLib.weight_blend import blended


@pytest.fixture(scope="module")
def tiny() -> HIHConfig:
    return replace(preset("compact", 16), stacks=1, features=16, input_size=64)


@pytest.fixture(scope="module")
def old(tiny: HIHConfig, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, torch.Tensor]]:
    torch.manual_seed(1)
    network, folder = HIH(tiny), tmp_path_factory.mktemp("old")
    codec = HIHCodec(tiny.input_size, tiny.heatmap_size, tiny.decimal_size)
    write_model(
        folder, network, view="AP", scheme=load_scheme(), codec=codec, normalise=True, mean_shape=None,
        confidence=None, notes={"name": "old"}, half=False,
    )  # fmt: skip
    return folder, network.state_dict()


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_every_weight_lies_between_the_two(
    share: float, tiny: HIHConfig, old: tuple[Path, dict[str, torch.Tensor]]
) -> None:
    torch.manual_seed(2)
    tuned = HIH(tiny).state_dict()
    result = blended(tuned, tiny, old[0], share)
    assert result.keys() == tuned.keys()
    for name, value in result.items():
        if value.is_floating_point():
            torch.testing.assert_close(value, torch.lerp(old[1][name], tuned[name], share), rtol=1e-5, atol=1e-6)
        else:
            assert torch.equal(value, tuned[name])


def test_another_architecture_is_refused(tiny: HIHConfig, old: tuple[Path, dict[str, torch.Tensor]]) -> None:
    other = replace(tiny, features=32)
    with pytest.raises(FootDeformityError, match="another architecture"):
        blended(HIH(other).state_dict(), other, old[0], 0.5)


def test_a_share_beyond_the_two_is_refused(tiny: HIHConfig, old: tuple[Path, dict[str, torch.Tensor]]) -> None:
    with pytest.raises(FootDeformityError, match="from 0 to 1"):
        blended(old[1], tiny, old[0], 1.5)
