"""From a run of the view recogniser to its folder: limits and figures by the folds' networks, weights of all images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from FootDeformityLib import __version__
from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.view_model import write_view_model
from FootDeformityLib.network.view_network import ViewNetwork
from FootDeformityTrainingLib.checkpoint import load_checkpoint
from FootDeformityTrainingLib.evaluation.disturbances import DISTURBANCES, PLAIN
from FootDeformityTrainingLib.flatnet_run import run_settings
from FootDeformityTrainingLib.train_view import config_of_view_run, run_parts
from FootDeformityTrainingLib.training_loop import BEST
from FootDeformityTrainingLib.view_card import view_card
from FootDeformityTrainingLib.view_data import folds_of, load_small, read_view_images
from FootDeformityTrainingLib.view_evaluation import figures, judge, limits_of, outcome
from FootDeformityTrainingLib.view_training_config import ViewTrainingConfig


def export_view(
    run: Path, settings: dict[str, Any], out: str | Path, name: str | None, remarks: str, report: Callable[[str], None]
) -> None:
    """Judge out of fold, choose the limits and write the model. Raises FootDeformityError for an unusable run."""
    config, folders = config_of_view_run(run, settings)
    *networks, network = [_network(run / part, config) for part, _ in run_parts(config)]
    images = read_view_images(folders)
    report(f"reading {len(images)} images ...")
    small, folds = load_small(images, report), folds_of(images, config.folds, config.loop.seed)
    judged = judge(networks, images, small, folds)
    refuse_below, sure_from = limits_of(judged)
    own = [k for k, image in enumerate(images) if not image.judged_only]  # `outcome` tells of no others
    part = [images[k] for k in own], [small[k] for k in own], folds[own]
    changed = {}
    for disturbance in DISTURBANCES:
        if disturbance is not PLAIN:
            report(f"judging images {disturbance.name} ...")
            changed[disturbance.name] = outcome(judge(networks, *part, disturbance), refuse_below)
    trained = run_settings(run / run_parts(config)[-1][0])
    notes = {
        "name": name or "footdeformity-view",
        "software": f"footdeformity {__version__}",
        "parameters": sum(value.numel() for value in network.parameters()),
        "training": config.to_dict(),
        "training_images": trained["images"],
        "sources": trained["sources"],
        "out_of_fold": figures(judged, refuse_below, sure_from),
        "changed": changed,
    }
    write_view_model(out, network, refuse_below, sure_from, notes)
    write_text(Path(out) / "MODEL_CARD.md", view_card(notes, refuse_below, sure_from, remarks))
    report(f"{out}: refused {notes['out_of_fold']['false_refusal']} percent at {refuse_below}")


def _network(folder: Path, config: ViewTrainingConfig) -> ViewNetwork:
    if not (folder / BEST).is_file():
        raise FootDeformityError(f"{folder}: holds no trained network. Go on with train view --resume.")
    network = ViewNetwork(config.architecture)
    network.load_state_dict(load_checkpoint(folder / BEST)["network"])
    network.half().float()  # judge what is shipped: weights in half precision
    return network.eval().requires_grad_(False)
