"""HIH once more, straight from its published description, on a state dict with the released code's names.

Shares no code with the network under test: plain functions over tensors.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

State = dict[str, Tensor]


def random_state(landmarks: int, stacks: int, features: int, width: int, seed: int, depth: int = 4) -> State:
    """Weights as the released code names them, its dead skip convolutions included, of a size to choose."""
    generator = torch.Generator().manual_seed(seed)
    state: State = {"r": torch.tensor([0.7])}

    def conv(name: str, inputs: int, outputs: int, kernel: int, bias: bool = False) -> None:
        scale = 1 / (inputs * kernel * kernel) ** 0.5
        state[f"{name}.weight"] = torch.randn(outputs, inputs, kernel, kernel, generator=generator) * scale
        if bias:
            state[f"{name}.bias"] = torch.randn(outputs, generator=generator) * 0.1

    def norm(name: str, channels: int) -> None:
        state[f"{name}.weight"] = torch.rand(channels, generator=generator) + 0.5
        state[f"{name}.bias"] = torch.randn(channels, generator=generator) * 0.1
        state[f"{name}.running_mean"] = torch.randn(channels, generator=generator) * 0.1
        state[f"{name}.running_var"] = torch.rand(channels, generator=generator) + 0.5
        state[f"{name}.num_batches_tracked"] = torch.tensor(3)

    def block(name: str, inputs: int, outputs: int, kernel: int = 1) -> None:
        conv(f"{name}.conv", inputs, outputs, kernel)
        norm(f"{name}.bn", outputs)

    def residual(name: str, inputs: int, outputs: int) -> None:
        block(f"{name}.conv1", inputs, outputs // 2)
        block(f"{name}.conv2", outputs // 2, outputs // 2, 3)
        block(f"{name}.conv3", outputs // 2, outputs)
        block(f"{name}.skip_layer", inputs, outputs)

    block("pre_conv.0", 1, features // 4, 7)
    residual("pre_conv.1", features // 4, features // 2)
    residual("pre_conv.3", features // 2, features // 2)
    residual("pre_conv.4", features // 2, features)
    for s in range(stacks):
        for level in range(depth, 0, -1):
            for part in (1, 2, 3):
                residual(f"hg{s}.res{level}_{part}", features, features)
        residual(f"hg{s}.res_center", features, features)
        residual(f"hg{s}_res1", features, features)
        block(f"hg{s}_lin1", features, features)
        conv(f"hg{s}_conv_pred", features, landmarks, 1, bias=True)
        block(f"hg{s}_conv1", features, features)
        block(f"hg{s}_conv2", landmarks, features)
    block("offset_head.conv1", features, width)
    for i in range(4):
        block(f"offset_head.down_ops.{i}.conv1", width, width, 3)
        block(f"offset_head.down_ops.{i}.conv2", width, width, 3)
        block(f"offset_head.down_ops.{i}.downsample.0", width, width)
    block("offset_head.head.0", width, width)
    conv("offset_head.head.1", width, landmarks, 1, bias=True)
    conv("refine_func.0", landmarks, 4 * landmarks, 7, bias=True)
    norm("refine_func.1", 4 * landmarks)
    conv("refine_func.3", 4 * landmarks, landmarks, 7, bias=True)
    return state


def forward(state: State, image: Tensor, stacks: int, depth: int = 4) -> tuple[list[Tensor], Tensor]:
    """(B, 1, 512, 512) -> the integer heatmaps of all stacks, the refined one last, and the decimal map."""

    def norm(name: str, x: Tensor) -> Tensor:
        mean, var = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
        return (x - mean[:, None, None]) / torch.sqrt(var[:, None, None] + 1e-5) * weight[:, None, None] + bias[
            :, None, None
        ]

    def block(name: str, x: Tensor, stride: int = 1, relu: bool = True) -> Tensor:
        weight = state[f"{name}.conv.weight"]
        y = norm(f"{name}.bn", F.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2))
        return y.clamp(min=0) if relu else y

    def residual(name: str, x: Tensor) -> Tensor:
        y = block(f"{name}.conv3", block(f"{name}.conv2", block(f"{name}.conv1", x)), relu=False)
        same = x.shape[1] == y.shape[1]
        return (y + (x if same else block(f"{name}.skip_layer", x, relu=False))).clamp(min=0)

    def hourglass(name: str, x: Tensor, level: int) -> Tensor:
        up = residual(f"{name}.res{level}_1", x)
        low = residual(f"{name}.res{level}_2", F.max_pool2d(x, 2))
        low = hourglass(name, low, level - 1) if level > 1 else residual(f"{name}.res_center", low)
        low = residual(f"{name}.res{level}_3", low)
        return up + F.interpolate(low, size=up.shape[-2:], mode="bilinear", align_corners=True)

    x = residual("pre_conv.1", block("pre_conv.0", image, stride=2))
    x = residual("pre_conv.4", residual("pre_conv.3", F.max_pool2d(x, 2)))
    heatmaps = []
    for s in range(stacks):
        feature = block(f"hg{s}_lin1", residual(f"hg{s}_res1", hourglass(f"hg{s}", x, depth)))
        heatmaps.append(F.conv2d(feature, state[f"hg{s}_conv_pred.weight"], state[f"hg{s}_conv_pred.bias"]))
        x = x + block(f"hg{s}_conv1", feature) + block(f"hg{s}_conv2", heatmaps[-1])
    d = F.max_pool2d(block("offset_head.conv1", x), 3, stride=2)
    for i in range(4):
        name = f"offset_head.down_ops.{i}"
        shortcut = block(f"{name}.downsample.0", d, stride=2, relu=False)
        d = (block(f"{name}.conv2", block(f"{name}.conv1", d, stride=2), relu=False) + shortcut).clamp(min=0)
    d = F.conv2d(block("offset_head.head.0", d), state["offset_head.head.1.weight"], state["offset_head.head.1.bias"])
    h = heatmaps[-1]
    refined = F.conv2d(h, state["refine_func.0.weight"], state["refine_func.0.bias"], padding=3)
    refined = norm("refine_func.1", refined).clamp(min=0)
    refined = F.conv2d(refined, state["refine_func.3.weight"], state["refine_func.3.bias"], padding=3)
    heatmaps.append((h + state["r"] * refined).clamp(min=0))
    return heatmaps, d
