"""One training loop for every network: schedule, autocast, averaged weights, resume that gives the very same run."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from FootDeformityLib.atomic_write import replacing, write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.checkpoint import load_checkpoint, save_checkpoint
from FootDeformityTrainingLib.distributed import Workers
from FootDeformityTrainingLib.loop_config import LoopConfig
from FootDeformityTrainingLib.memory_reuse import keep_freed_memory
from FootDeformityTrainingLib.random_generator import seed_of
from FootDeformityTrainingLib.recipe import Batch, Recipe
from FootDeformityTrainingLib.training_log import TrainingLog

LAST, BEST, SETTINGS, PICTURES = "last.pt", "best.pt", "run.json", "pictures"
FORMAT = 2
_ALONE = Workers()


class TrainingRun(Generic[Batch]):
    """State of one run in its folder: run.json, log.csv, tensorboard, pictures, last.pt, best.pt.

    Everything random follows the seed, the epoch, the number of the batch and the rank of the process, so that a run
    resumed at an epoch's end computes the very same weights as one that was never interrupted: bit for bit on one
    CPU with as many threads; on CUDA as far as its kernels are deterministic.
    """

    checkpoint_seconds = 60.0  # at most so much work, and the epoch in progress, is lost

    def __init__(
        self,
        folder: Path,
        loop: LoopConfig,
        recipe: Recipe[Batch],
        device: torch.device,
        workers: Workers = _ALONE,
    ) -> None:
        """Raises FootDeformityError for a configuration with which nothing can be trained."""
        self.folder, self.loop, self.recipe = folder, loop.checked(), recipe
        self.device, self.workers = device, workers
        if loop.batch % workers.count or recipe.images < 2:
            raise FootDeformityError(
                f"batch {loop.batch} on {workers.count} processes with {recipe.images} training images: the batch must "
                "be a multiple of the processes, and two images are the least."
            )
        torch.manual_seed(loop.seed)
        if device.type == "cpu":
            keep_freed_memory()
        else:
            torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
        network: Any = workers.prepared(recipe.build(), device)  # Any: torch's overloads differ by version
        self.network: nn.Module = network.to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network) if loop.ema_decay else self.network
        self._pair = _floats(self.average), _floats(self.network)
        self._parallel = workers.parallel(self.network, device)
        recipe.prepare(device)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=loop.learning_rate, weight_decay=loop.weight_decay, fused=True
        )
        self.epoch, self.step, self.best, self.since_best = 0, 0, math.inf, 0
        self._shown: Batch | None = None

    def resume(self) -> None:
        """Continue from last.pt. Raises FootDeformityError if the run was started with other settings or data."""
        state = load_checkpoint(self.folder / LAST)
        self._check_settings()
        self.network.load_state_dict(state["network"])
        if self.average is not self.network:
            self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch, self.step = int(state["epoch"]), int(state["step"])
        self.best, self.since_best = float(state["best"]), int(state.get("since_best", 0))

    @property
    def finished(self) -> bool:
        """Whether the last epoch is done, or the validation figure has not improved for long enough."""
        return self.epoch >= self.loop.epochs or 0 < self.loop.patience <= self.since_best

    def train(self, report: Callable[[str], None] = print) -> None:
        """Train to the end; checkpoints after the first epoch, those that end a minute later or more, and the last.

        Raises FootDeformityError when the loss is no finite number any more; the last checkpoint is then good.
        """
        if self.finished:
            report(f"{self.folder}: the run is finished (epoch {self.epoch}); export it, or start one with --init.")
            return
        say = report if self.workers.first else _nothing
        log = self._open(say)
        started, first_epoch, saved = time.monotonic(), self.epoch, -math.inf  # the first epoch is kept at once
        try:
            while not self.finished:
                row = self._one_epoch()
                # before the log: whoever reads of the first epoch there can stop the run and resume it
                if self.workers.first and (self.finished or time.monotonic() - saved > self.checkpoint_seconds):
                    save_checkpoint(self.folder / LAST, self._state())
                    saved = time.monotonic()
                if log is not None:
                    log.add(row)
                left = (time.monotonic() - started) / (self.epoch - first_epoch) * (self.loop.epochs - self.epoch)
                say(f"epoch {self.epoch}/{self.loop.epochs} {_words(row)} ETA {_duration(left)}")
            if self.epoch < self.loop.epochs:
                say(f"ended early: no better {self.recipe.figures[0]} in {self.since_best} validations.")
        finally:
            if log is not None:
                log.close()

    def _open(self, report: Callable[[str], None]) -> TrainingLog | None:
        if not self.workers.first:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(self.folder / SETTINGS, json.dumps(self._settings(), indent=1))
        columns = ["epoch", "loss", "learning_rate", "seconds", *self.recipe.figures]
        return TrainingLog(self.folder, columns, self.epoch, report)

    def _one_epoch(self) -> dict[str, str]:
        started = time.monotonic()
        loss = self._train_epoch()
        if not math.isfinite(loss):
            raise FootDeformityError(
                f"{self.folder}: the loss is {loss} in epoch {self.epoch + 1}. Start again with a smaller "
                f"learning_rate than {self.loop.learning_rate:g}, or with clip_norm."
            )
        rate = self._learning_rate(1.0)
        self.epoch += 1
        row = {
            "epoch": str(self.epoch),
            "loss": f"{loss:.4e}",
            "learning_rate": f"{rate:.3e}",
            "seconds": f"{time.monotonic() - started:.2f}",
        }
        if self.workers.first:
            self._draw()
        if self.epoch == self.loop.epochs or self.epoch % self.loop.validate_every == 0:
            row |= {name: f"{value:.6g}" for name, value in self._validate().items()}
        return row

    def _train_epoch(self) -> float:
        self.network.train()
        loop = self.loop
        # for what draws from torch's global generator, such as dropout
        torch.manual_seed(seed_of([loop.seed, self.epoch, self.workers.rank]))
        batches = list(self._batches())
        total = torch.zeros((), device=self.device)
        for number, indices in enumerate(batches):
            batch = self.recipe.batch(indices, [loop.seed, self.epoch, number, self.workers.rank])
            if number == 0 and loop.picture_every and (self.epoch + 1) % loop.picture_every == 0:
                self._shown = batch
            total += self._step(batch, self._learning_rate(number / len(batches)))
        return float(self.workers.mean(total / len(batches)))

    def _batches(self) -> Iterator[list[int]]:
        order = np.random.default_rng([self.loop.seed, self.epoch]).permutation(self.recipe.images).tolist()
        size = self.loop.batch
        for start in range(0, len(order), size):
            whole = order[start : start + size]
            # a short rest would give batch normalisation too little to average over
            if start and len(whole) < max(2, size // 2):
                return
            share = self.workers.share(whole)
            if share:
                yield share

    def _step(self, batch: Batch, learning_rate: float) -> Tensor:
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.loop.autocast):
            loss = self.recipe.loss(self._parallel, batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if self.loop.clip_norm:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.loop.clip_norm)
        self.optimiser.step()
        self.step += 1
        self._update_average()
        return loss.detach()

    def _learning_rate(self, part: float = 0.0) -> float:
        """Linear warm-up, then cosine to zero; ``part`` of the current epoch is done."""
        progress, warm, whole = self.epoch + part, self.loop.warm_up_epochs, self.loop.epochs
        if progress < warm:
            return self.loop.learning_rate * (progress + 1e-2) / warm
        return self.loop.learning_rate * 0.5 * (1 + math.cos(math.pi * (progress - warm) / max(whole - warm, 1e-9)))

    @torch.no_grad()
    def _update_average(self) -> None:
        if self.average is self.network:
            return
        # early on the average follows quickly, else the random start would stay in it
        decay = min(self.loop.ema_decay, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(*self._pair, 1 - decay)

    def _validate(self) -> dict[str, float]:
        figures: dict[str, float] = {}
        if self.workers.first:
            with torch.inference_mode():
                figures = self.recipe.validate(self.average.eval())
        figure = self.workers.of_first(figures.get(self.recipe.figures[0], math.nan), self.device)
        self.since_best += 1
        if figure < self.best or (self.workers.first and not figures):  # without held-out images the last state counts
            self.best, self.since_best = figure, 0
            if self.workers.first:
                save_checkpoint(self.folder / BEST, {"epoch": self.epoch, "network": self.average.state_dict()})
        return figures

    def _draw(self) -> None:
        if self._shown is None:
            return
        with torch.inference_mode():
            pictures = self.recipe.pictures(self.average.eval(), self._shown)
        self._shown = None
        for name, pixels in pictures.items():
            with replacing(self.folder / PICTURES / f"epoch_{self.epoch:04d}_{name}.png") as temporary:
                Image.fromarray(pixels).save(temporary)

    def _state(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "step": self.step,
            "best": self.best,
            "since_best": self.since_best,
            "network": self.network.state_dict(),
            "average": self.average.state_dict() if self.average is not self.network else {},
            "optimiser": self.optimiser.state_dict(),
        }

    def _settings(self) -> dict[str, Any]:
        return {"format": FORMAT, "loop": asdict(self.loop), **self.recipe.settings()}

    def _check_settings(self) -> None:
        path = self.folder / SETTINGS
        if not path.is_file():
            raise FootDeformityError(f"{path}: is missing, so that nobody knows how the run was started.")
        before, now = json.loads(path.read_text("utf-8")), json.loads(json.dumps(self._settings()))
        if before.get("format") != FORMAT:
            raise FootDeformityError(
                f"{path}: the run is of an older version, which can be exported but not continued. Start a new one, "
                "with --init from the exported model."
            )
        if before.get("data_sha256") != now["data_sha256"]:
            raise FootDeformityError(
                f"{path}: the training data have changed since the run was started. Restore them, or start a new run "
                "with --init."
            )
        if before["training"] != now["training"]:
            raise FootDeformityError(started_otherwise(path, before["training"], now["training"]))


def started_otherwise(path: Path, before: dict[str, Any], now: dict[str, Any]) -> str:
    """The sentence for a run that is resumed with other settings."""
    changed = ", ".join(settings_differences(before, now))
    return (
        f"{path}: the run was started with other settings than those given now ({changed}); leave them out with "
        "--resume, or choose another --out."
    )


def _floats(module: nn.Module) -> list[Tensor]:
    return [value for value in module.state_dict().values() if value.is_floating_point()]


def settings_differences(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """ "name: value then, other value now" of every setting that differs, nested ones too."""
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from settings_differences(old, new)
        elif old != new:
            yield f"{key}: {old} then, {new} now"


def _words(row: dict[str, str]) -> str:
    unsaid = ("epoch", "learning_rate", "seconds")
    return " ".join(f"{name} {value}" for name, value in row.items() if name not in unsaid)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _nothing(line: str) -> None:
    return
