"""Trains whichever network an order names."""

from __future__ import annotations

from collections.abc import Callable

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.training_order import TrainingOrder


def train_network(order: TrainingOrder, report: Callable[[str], None] = lambda line: print(line, flush=True)) -> None:
    """Train HIH, FlatNet or the view recogniser. Raises FootDeformityError for unusable data or settings."""
    if order.network == "flatnet":
        from FootDeformityTrainingLib.train_flatnet import train_flatnet  # torchvision and more, not needed by HIH

        train_flatnet(order, report)
        return
    if order.network == "view":
        from FootDeformityTrainingLib.train_view import train_view

        train_view(order, report)
        return
    if order.network != "hih":
        raise FootDeformityError(f"network {order.network!r} is unknown; known are hih, flatnet and view.")
    strange = [name for name in ("stage", "landmarks", "backbone", "encoder") if getattr(order, name)]
    if strange:
        raise FootDeformityError(f"--{strange[0]} belongs to train flatnet: leave it out.")
    from FootDeformityTrainingLib.train_hih import train_hih

    train_hih(order, report)
