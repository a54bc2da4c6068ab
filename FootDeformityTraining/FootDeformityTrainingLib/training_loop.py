"""Trains one HIH: warm-up and cosine, autocast, averaged weights, resume that gives the very same run."""

from __future__ import annotations

import copy
import csv
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.canonical_pose import mean_shape
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIH, HIHConfig
from FootDeformityTrainingLib.augmentation import Augmenter
from FootDeformityTrainingLib.checkpoint import load_checkpoint, save_checkpoint
from FootDeformityTrainingLib.hih_loss import hih_loss
from FootDeformityTrainingLib.sample import Sample
from FootDeformityTrainingLib.training_config import TrainingConfig
from FootDeformityTrainingLib.validation import network_look, validate

LAST, BEST, SETTINGS, LOG = "last.pt", "best.pt", "run.json", "log.csv"
_LOG_COLUMNS = ["epoch", "loss", "learning_rate", "seconds", "nme", "certain", "all", "first_look_all"]


class Run:
    """State of one training run in its folder: run.json, log.csv, last.pt, best.pt.

    Everything random follows the seed and the number of the epoch, so that a run resumed at an epoch's end
    computes the very same weights as one that was never interrupted (on the same machine).
    """

    checkpoint_seconds = 60.0  # at most so much work, and the epoch in progress, is lost

    def __init__(
        self,
        folder: Path,
        config: TrainingConfig,
        architecture: HIHConfig,
        scheme: Scheme,
        train: list[Sample],
        validation: list[Sample],
        device: str = "cpu",
        data: str = "",
    ) -> None:
        self.folder, self.config, self.scheme = folder, config, scheme
        self.train_samples, self.validation_samples = train, validation
        self.device, self.data = torch.device(device), data
        torch.manual_seed(config.seed)
        network: Any = HIH(architecture)  # Any: torch types the overload with memory_format differently by version
        self.network: HIH = network.to(self.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network) if config.ema_decay else self.network
        self.codec = HIHCodec(architecture.input_size, architecture.heatmap_size, architecture.decimal_size)
        self.shape = mean_shape([sample.points for sample in train])
        self.augmenter = Augmenter(train, self.shape, architecture.input_size, config.augmentation)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self.weights = torch.from_numpy(
            np.stack([_weights(sample, config.uncertain_weight) for sample in train])
        ).float()
        self.epoch, self.step, self.best = 0, 0, math.inf

    def resume(self) -> None:
        """Continue from last.pt. Raises FootDeformityError if the run was started with other settings."""
        settings = self.folder / SETTINGS
        if settings.is_file() and json.loads(settings.read_text("utf-8"))["training"] != self.config.to_dict():
            raise FootDeformityError(
                f"{settings}: the run was started with other settings than those given now; "
                "repeat the same options with --resume, or choose another --out."
            )
        state = load_checkpoint(self.folder / LAST)
        self.network.load_state_dict(state["network"])
        if self.average is not self.network:
            self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch, self.step, self.best = int(state["epoch"]), int(state["step"]), float(state["best"])
        _cut_log(self.folder / LOG, self.epoch)

    def train(self, report: Callable[[str], None] = print) -> None:
        """Train to the last epoch; checkpoints at the end of an epoch, once a minute has passed, and of the run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(self.folder / SETTINGS, json.dumps(self._settings(), indent=1))
        started, first_epoch, saved = time.monotonic(), self.epoch, time.monotonic()
        while self.epoch < self.config.epochs:
            epoch_started = time.monotonic()
            loss = self._train_epoch()
            self.epoch += 1
            row: dict[str, Any] = {
                "epoch": self.epoch,
                "loss": f"{loss:.4e}",
                "learning_rate": f"{self._learning_rate():.3e}",
                "seconds": f"{time.monotonic() - epoch_started:.1f}",
            }
            last = self.epoch == self.config.epochs
            if last or self.epoch % self.config.validate_every == 0:
                row |= {key: f"{value:.5f}" for key, value in self._validate().items()}
            _append_log(self.folder / LOG, row)
            if last or time.monotonic() - saved > self.checkpoint_seconds:
                save_checkpoint(self.folder / LAST, self._state())
                saved = time.monotonic()
            left = (time.monotonic() - started) / (self.epoch - first_epoch) * (self.config.epochs - self.epoch)
            figures = " ".join(f"{key} {row[key]}" for key in ("nme", "certain", "all", "first_look_all") if key in row)
            report(f"epoch {self.epoch}/{self.config.epochs} loss {loss:.3e} {figures} ETA {left / 60:.0f} min")

    def _train_epoch(self) -> float:
        self.network.train()
        config = self.config
        order = np.random.default_rng([config.seed, self.epoch]).permutation(len(self.train_samples))
        # a short rest would give batch normalisation too little to average over
        batches = [order[i : i + config.batch].tolist() for i in range(0, len(order), config.batch)]
        if len(batches) > 1 and len(batches[-1]) < max(2, config.batch // 2):
            batches.pop()
        total = 0.0
        for number, indices in enumerate(batches):
            images, points = self.augmenter.batch(indices, [config.seed, self.epoch, number])
            for group in self.optimiser.param_groups:
                group["lr"] = self._learning_rate(number / len(batches))
            with torch.autocast(self.device.type, dtype=torch.bfloat16):
                output = self.network(images.to(self.device).to(memory_format=torch.channels_last))
            weights = self.weights[indices].to(self.device)
            loss = hih_loss(
                output, self.codec, points.to(self.device), weights, config.decimal_weight, config.foreground_weight
            )
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            self.step += 1
            self._update_average()
            total += float(loss.detach())
        return total / len(batches)

    def _learning_rate(self, part: float = 0.0) -> float:
        """Linear warm-up, then cosine to zero; ``part`` of the current epoch is done."""
        progress = self.epoch + part
        warm, whole = self.config.warm_up_epochs, self.config.epochs
        if progress < warm:
            return self.config.learning_rate * (progress + 1e-2) / warm
        return self.config.learning_rate * 0.5 * (1 + math.cos(math.pi * (progress - warm) / max(whole - warm, 1e-9)))

    @torch.no_grad()
    def _update_average(self) -> None:
        if self.average is self.network:
            return
        # early on the average follows quickly, else the random start would stay in it
        decay = min(self.config.ema_decay, (1 + self.step) / (10 + self.step))
        for mean, value in zip(_floats(self.average), _floats(self.network), strict=True):
            mean.lerp_(value, 1 - decay)

    def _validate(self) -> dict[str, float]:
        look = network_look(self.average, self.codec)
        # a network that was never shown a posed foot is not asked for a close look
        shape = self.shape if self.config.augmentation.close_share else None
        result = validate(look, self.validation_samples, shape, self.codec.input_size, self.scheme).summary()
        if result["all"] < self.best:
            self.best = result["all"]
            save_checkpoint(self.folder / BEST, {"epoch": self.epoch, "network": self.average.state_dict()})
        return result

    def _state(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "step": self.step,
            "best": self.best,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def _settings(self) -> dict[str, Any]:
        return {
            "training": self.config.to_dict(),
            "architecture": self.network.config.to_dict(),
            "codec": self.codec.to_dict(),
            "scheme": {"name": self.scheme.name, "sha256": self.scheme.sha256},
            "mean_shape": self.shape.tolist(),
            "data": self.data,
            "images": {"train": len(self.train_samples), "validation": len(self.validation_samples)},
            "sources": sorted({sample.source for sample in self.train_samples if sample.source}),
        }


def _weights(sample: Sample, uncertain_weight: float) -> np.ndarray[Any, Any]:
    weight = np.where(sample.uncertain, uncertain_weight, 1.0)
    return np.where(np.isfinite(sample.points).all(axis=1), weight, 0.0)


def _floats(module: nn.Module) -> list[torch.Tensor]:
    return [value for value in module.state_dict().values() if value.is_floating_point()]


def _append_log(path: Path, row: dict[str, Any]) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _LOG_COLUMNS)
        if new:
            writer.writeheader()
        writer.writerow(row)


def _cut_log(path: Path, epoch: int) -> None:
    """Forget the epochs after the checkpoint: they are trained again."""
    if path.exists():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        write_text(path, "".join(lines[:1] + [line for line in lines[1:] if int(line.split(",")[0]) <= epoch]))
