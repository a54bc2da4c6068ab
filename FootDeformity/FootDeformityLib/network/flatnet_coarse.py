"""FlatNet's first stage: RetinaNet with one class per landmark."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.flatnet_config import FlatNetConfig
from FootDeformityLib.network.flatnet_libraries import library

_CHANNELS = 256  # of the feature pyramid
#: grey values as photographs have them, which published backbones were trained on
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class CoarsePoints(NamedTuple):
    """points: (B, K, 2) centres of the best boxes in input pixels; scores: (B, K) in 0..1."""

    points: Tensor
    scores: Tensor


class CoarseNetwork(nn.Module):
    """RetinaNet on grey images; resizing and choosing boxes are ours, the rest is torchvision's."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: FlatNetConfig, landmarks: int) -> None:
        """Weights are drawn from torch's generator. Raises FootDeformityError without a fitting torchvision."""
        super().__init__()
        detection = library("torchvision.models.detection")
        if config.backbone not in ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"):
            raise FootDeformityError(f"backbone {config.backbone}: expected resnet18, 34, 50, 101 or 152.")
        norm = library("torchvision.ops").FrozenBatchNorm2d if config.frozen_norm else nn.BatchNorm2d
        backbone = library("torchvision.models.detection.backbone_utils").resnet_fpn_backbone(
            backbone_name=config.backbone,
            weights=None,
            norm_layer=norm,
            trainable_layers=5,
            returned_layers=[2, 3, 4],
            extra_blocks=library("torchvision.ops.feature_pyramid_network").LastLevelP6P7(_CHANNELS, _CHANNELS),
        )
        sizes = [config.anchor_size * 2**level for level in range(5)]
        anchors = library("torchvision.models.detection.anchor_utils").AnchorGenerator(
            sizes=tuple((size, int(size * 2 ** (1 / 3)), int(size * 2 ** (2 / 3))) for size in sizes),
            aspect_ratios=((0.5, 1.0, 2.0),) * 5,
        )
        self.retina: Any = detection.RetinaNet(backbone, landmarks, anchor_generator=anchors)
        self._image_list = library("torchvision.models.detection.image_list").ImageList
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(_DEVIATION).view(1, 3, 1, 1), persistent=False)

    def forward(self, images: Tensor, boxes: Tensor | None = None) -> Tensor | CoarsePoints:
        """Loss where boxes are given, as torchvision's detectors do, else the best box of every landmark.

        images: (B, 1, H, W) in 0..1, H and W multiples of 32. boxes: (B, K, 4) left, top, right, bottom in input
        pixels, NaN = not in the image.
        """
        # contiguous: a channel repeated by stride alone sends the convolution down a slow path
        colour = ((images - self.mean) / self.deviation).contiguous(memory_format=torch.channels_last)
        features = list(self.retina.backbone(colour).values())
        found = {name: value.float() for name, value in self.retina.head(features).items()}
        # the generator takes over the maps' type, and half precision cannot tell neighbouring pixels apart
        grids = [feature.new_empty((1, 1, *feature.shape[-2:]), dtype=torch.float32) for feature in features]
        size = (images.shape[-2], images.shape[-1])
        anchors: Tensor = self.retina.anchor_generator(self._image_list(images[:1], [size]), grids)[0]
        if boxes is None:
            return self._best(found, anchors)
        losses = self.retina.compute_loss(_targets(boxes), found, [anchors] * len(images))
        total: Tensor = sum(losses.values())
        return total

    def _best(self, found: dict[str, Tensor], anchors: Tensor) -> CoarsePoints:
        logits, best = found["cls_logits"].max(dim=1)
        moves = found["bbox_regression"].gather(1, best[..., None].expand(-1, -1, 4))
        boxes = self.retina.box_coder.decode_single(moves.flatten(0, 1), anchors[best].flatten(0, 1))
        boxes = boxes.view(*best.shape, 2, 2)
        return CoarsePoints(boxes.mean(dim=2), logits.sigmoid())


def landmark_boxes(points: Tensor, sides: Tensor, width: int, height: int) -> Tensor:
    """Boxes (B, K, 4) of sides (B,) about points (B, K, 2) in input pixels; NaN where a point is not in the input."""
    low = points.new_tensor([-0.5, -0.5])
    inside = ((points >= low) & (points < points.new_tensor([width - 0.5, height - 0.5]))).all(dim=-1, keepdim=True)
    half = sides[:, None, None] / 2
    return torch.where(inside, torch.cat([points - half, points + half], dim=-1), torch.nan).float()


def _targets(boxes: Tensor) -> list[dict[str, Tensor]]:
    labels = torch.arange(boxes.shape[1], device=boxes.device)
    known = boxes.isfinite().all(dim=-1)
    return [{"boxes": b[k], "labels": labels[k]} for b, k in zip(boxes, known, strict=True)]
