"""Reads checkpoints of the HIH code released with Lee et al. 2025: same function, no dead weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIH, HIHConfig

#: their modules, by regular expression, and ours; the hourglass levels are nested in ours
_NAMES: tuple[tuple[str, str], ...] = (
    (r"pre_conv\.(\d)\.(.*)", r"stem.\1.\2"),
    (r"hg(\d)\.(res\w+)\.(.*)", r"stacks.\1.hourglass.\2.\3"),
    (r"hg(\d)_res1\.(.*)", r"stacks.\1.residual.\2"),
    (r"hg(\d)_lin1\.(.*)", r"stacks.\1.feature.\2"),
    (r"hg(\d)_conv_pred\.(.*)", r"stacks.\1.heatmap.\2"),
    (r"hg(\d)_conv1\.(.*)", r"stacks.\1.merge_feature.\2"),
    (r"hg(\d)_conv2\.(.*)", r"stacks.\1.merge_heatmap.\2"),
    (r"offset_head\.conv1\.(.*)", r"decimal.conv1.\1"),
    (r"offset_head\.down_ops\.(\d)\.downsample\.0\.(.*)", r"decimal.down.\1.shortcut.\2"),
    (r"offset_head\.down_ops\.(\d)\.(.*)", r"decimal.down.\1.\2"),
    (r"offset_head\.head\.0\.(.*)", r"decimal.conv2.\1"),
    (r"offset_head\.head\.1\.(.*)", r"decimal.logits.\1"),
    (r"refine_func\.0\.(.*)", r"refinement.conv1.\1"),
    (r"refine_func\.1\.(.*)", r"refinement.bn.\1"),
    (r"refine_func\.3\.(.*)", r"refinement.conv2.\1"),
    (r"r", r"refinement.r"),
)
_PARTS = {"1": "up", "2": "low_in", "3": "low_out"}


def import_checkpoint(path: str | Path) -> tuple[HIH, HIHCodec]:
    """Read the authors' file: a dict with 'net' (perhaps 'module.' before each key), or the state dict itself.

    Returns the network in evaluation mode and the codec with their convention (no half pixel). Nothing but
    tensors and plain values is unpickled. Raises FootDeformityError when the file is anything else.
    """
    state = _state_dict(Path(path))
    depth, stacks, landmarks = _sizes(state, path)
    renamed = {_our_name(key, depth): value for key, value in state.items()}
    decimal = any(key.startswith("decimal.") for key in renamed)
    config = HIHConfig(
        landmarks=landmarks,
        stacks=stacks,
        depth=depth,
        features=state["hg0_lin1.conv.weight"].shape[0],
        stem=(state["pre_conv.0.conv.weight"].shape[0], state["pre_conv.1.conv3.conv.weight"].shape[0]),
        decimal_size=4 if decimal else 0,
        decimal_width=state["offset_head.conv1.conv.weight"].shape[0] if decimal else 384,
        refinement=any(key.startswith("refinement.") for key in renamed),
    )
    network = HIH(config)
    expected = network.state_dict()
    # the released code allocates a skip convolution in every residual and uses it only where channels change
    dead = {key for key in renamed if ".skip." in key and key not in expected}
    # and merges after the last stack even where no decimal head reads the result
    unread = {key for key in renamed if key not in expected and key.startswith(f"stacks.{stacks - 1}.merge_")}
    ours = {key: value for key, value in renamed.items() if key not in dead | unread}
    wrong = sorted(
        {key for key in expected if not key.endswith("num_batches_tracked") and key not in ours}
        | {key for key in ours if key not in expected}
        | {key for key in ours if key in expected and ours[key].shape != expected[key].shape}
    )
    if wrong:
        raise FootDeformityError(
            f"{path}: {len(wrong)} tensors do not fit HIH, first {wrong[0]}; expected a checkpoint of the code "
            "released with Lee et al. 2025."
        )
    network.load_state_dict(ours, strict=False)
    codec = HIHCodec(config.input_size, config.heatmap_size, config.decimal_size, pixel_offset=0.0)
    return network.eval().requires_grad_(False), codec


def _state_dict(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise FootDeformityError(f"{path}: no such file. Give the authors' checkpoint.")
    try:
        with torch.serialization.safe_globals(_harmless_numpy()):
            content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises anything from EOFError to UnpicklingError
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise FootDeformityError(
            f"{path}: cannot be read as a checkpoint that holds weights only ({reason[:160]}). "
            "Expected a file written by torch.save of the code released with Lee et al. 2025."
        ) from error
    net = content.get("net", content) if isinstance(content, Mapping) else None
    if not isinstance(net, Mapping) or not net or not all(isinstance(v, Tensor) for v in net.values()):
        raise FootDeformityError(
            f"{path}: no state dict under 'net' and not one itself; expected the authors' checkpoint."
        )
    return {
        str(key).removeprefix("module."): value.float() if value.is_floating_point() else value
        for key, value in net.items()
    }


def _harmless_numpy() -> list[Any]:
    """Their 'score' may be a numpy number: these build numbers and nothing else."""
    from numpy._core.multiarray import scalar

    return [scalar, np.dtype, *(type(np.dtype(t)) for t in (np.float64, np.float32, np.int64, np.int32))]


def _sizes(state: Mapping[str, Tensor], path: str | Path) -> tuple[int, int, int]:
    levels = [int(m[1]) for key in state if (m := re.match(r"hg0\.res(\d)_1\.", key))]
    stacks = [int(m[1]) for key in state if (m := re.match(r"hg(\d)_conv_pred\.weight", key))]
    needed = ("hg0_conv_pred.weight", "hg0_lin1.conv.weight", "pre_conv.0.conv.weight", "pre_conv.1.conv3.conv.weight")
    missing = [key for key in needed if key not in state]
    if missing or not levels:
        first = missing[0] if missing else "hg0.res*_1"
        raise FootDeformityError(
            f"{path}: {first} is missing among {len(state)} tensors; expected a checkpoint of the HIH code released "
            "with Lee et al. 2025."
        )
    return max(levels), max(stacks) + 1, state["hg0_conv_pred.weight"].shape[0]


def _our_name(key: str, depth: int) -> str:
    for pattern, ours in _NAMES:
        if re.fullmatch(pattern, key):
            name = re.sub(pattern, ours, key).replace("skip_layer", "skip")
            return re.sub(r"hourglass\.res(\w+?)(?:_(\d))?\.", lambda m: _level(m, depth), name, count=1)
    return key


def _level(match: re.Match[str], depth: int) -> str:
    """res4_1 (outermost of depth 4) -> hourglass.up; res3_2 -> hourglass.inner.low_in; res_center -> innermost."""
    level, part = match[1], match[2]
    if not level.isdigit():
        return "hourglass." + "inner." * depth
    return "hourglass." + "inner." * (depth - int(level)) + _PARTS[part] + "."
