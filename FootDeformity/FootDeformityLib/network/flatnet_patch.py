"""FlatNet's second stage: a U-Net that marks one landmark with a disc, and how the disc is read."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.flatnet_config import FlatNetConfig
from FootDeformityLib.network.flatnet_libraries import library


def patch_network(config: FlatNetConfig) -> nn.Module:
    """U-Net (B, 1, S, S) in 0..1 -> (B, 1, S, S) logits, its weights drawn from torch's generator.

    Raises FootDeformityError without segmentation_models_pytorch, or for an encoder that it does not have.
    """
    if min(config.decoder_channels) < 16 or config.patch_size % 32:
        raise FootDeformityError(
            f"decoder_channels {config.decoder_channels}, patch_size {config.patch_size}: the attention needs at least "
            "16 channels everywhere, and the patch's side must be a multiple of 32."
        )
    models = library("segmentation_models_pytorch")
    try:
        network: nn.Module = models.Unet(
            config.encoder,
            encoder_weights=None,
            decoder_channels=config.decoder_channels,
            decoder_attention_type="scse",
            in_channels=1,
            classes=1,
        )
    except (KeyError, RuntimeError) as error:
        raise FootDeformityError(
            f"encoder {config.encoder}: not known to segmentation_models_pytorch {models.__version__} and timm. "
            "Expected for example tu-tf_efficientnet_lite4 or resnet18."
        ) from error
    return network


class MaskPoints(NamedTuple):
    """What the masks say, each (B,).

    points: (B, 2) patch pixels. quality: 0..1, mean probability within the mask times the share of the disc's area
    that it has (or the other way round where it is larger); 0 for an empty mask. spread: root mean square distance of
    the mask's pixels from its centre, 1 for a disc as trained, more where they are scattered; NaN for an empty mask.
    """

    points: Tensor
    quality: Tensor
    spread: Tensor


def disc(points: Tensor, size: int, radius: float) -> Tensor:
    """(B, 2) patch pixels -> (B, size, size) filled discs of ones."""
    axis = torch.arange(size, device=points.device, dtype=points.dtype)
    across = (axis - points[:, :1]).square()[:, None, :]
    down = (axis - points[:, 1:]).square()[:, :, None]
    return (across + down < radius**2).float()


def read_masks(logits: Tensor, radius: float) -> MaskPoints:
    """Centroid of each thresholded mask (B, H, W), the highest value where the mask is empty."""
    width = logits.shape[-1]
    probability = logits.float().sigmoid()
    mask = (probability > 0.5).double()
    area = mask.sum(dim=(1, 2))
    empty, safe = area == 0, area.clamp(min=1)
    x = torch.arange(width, device=mask.device, dtype=mask.dtype)
    y = torch.arange(logits.shape[-2], device=mask.device, dtype=mask.dtype)
    columns, rows = mask.sum(dim=1) / safe[:, None], mask.sum(dim=2) / safe[:, None]
    centroid = torch.stack([columns @ x, rows @ y], dim=1)
    best = logits.flatten(1).argmax(dim=1)
    highest = torch.stack([best % width, best // width], dim=1).double()
    variance = columns @ x.square() + rows @ y.square() - centroid.square().sum(dim=1)
    spread = variance.clamp(min=0).sqrt() / (radius / math.sqrt(2))
    share = area / (math.pi * radius**2)
    quality = (probability * mask).sum(dim=(1, 2)) / safe * torch.minimum(share, 1 / share.clamp(min=1e-9))
    return MaskPoints(torch.where(empty[:, None], highest, centroid), quality, torch.where(empty, torch.nan, spread))
