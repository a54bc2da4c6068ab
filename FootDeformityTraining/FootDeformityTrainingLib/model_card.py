"""MODEL_CARD.md, written from the figures in model.json so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from FootDeformityTrainingLib.cross_validation_file import PICTURE
from FootDeformityTrainingLib.cross_validation_page import REAL, SIMULATED, facts
from FootDeformityTrainingLib.evaluation.table import Table
from FootDeformityTrainingLib.judged_tables import Judged, confidence_tables, judged_tables, look_first_table
from FootDeformityTrainingLib.reliability_figure import CAPTION

CARD = "MODEL_CARD.md"


def model_card(view: str, notes: dict[str, Any], remarks: str = "") -> str:
    """Markdown text of one model's card. remarks: who placed the points, what the model has never seen."""
    training = notes["training"]
    sources = "\n".join(f"- {source}" for source in notes["sources"]) or "- not stated"
    judged = _cross_validated(notes) if "cross_validation" in notes else _validated(notes)
    return f"""# {notes["name"]}

{_network(training)}, preset `{training["preset"]}`, for the {view} view:
{notes["parameters"] / 1e6:.2f} M parameters, scheme `{training["scheme"]}`. Written by {notes["software"]}.
{_blend(notes)}Not a medical device.

## Data
{_data(notes)} Sources and licences:
{sources}

"Certain" leaves out points that the readers marked as estimates.

{judged}
## Limits
{remarks.strip() or "None were stated when the model was exported."}
Every point must be checked by a person before a number is used.
"""


def _data(notes: dict[str, Any]) -> str:
    training, figures = notes["training"], notes["validation"]
    images = f"{notes['training_images']} training radiographs"
    if notes.get("training_images_simulated"):
        images += f" ({notes['training_images_simulated']} of them simulated)"
    if "cross_validation" in notes:
        values = notes["cross_validation"]
        recipe = "another recipe (see below)" if "trained_otherwise" in values else "the same recipe"
        return (
            f"{images}, every one of the data: nothing was held out of this network, and no epoch was chosen. Its\n"
            f"figures are those of {values['folds']} networks trained by {recipe}, each without the patients that "
            "judge it."
        )
    if training.get("split"):
        chosen = f"Nothing was chosen on the latter (fold {training['split']})."
    else:
        chosen = (
            f"Best of the\nepochs by validation error ({_epochs(notes['epoch'], training)}), so that the figures below "
            "are\nslightly flattered by that choice; they are not from training images."
        )
    return f"{images} and {figures['images']} validation radiographs, no patient in both. {chosen}"


def _validated(notes: dict[str, Any]) -> str:
    """Figures of one split."""
    figures, check, unit = notes["validation"], notes["confidence_check"], notes["error_unit"]
    return f"""## Validation
Error in % of {unit}; SDR = share of points with an error below 1, 2, 3, 4 % of it; NME = error /
side of the padded image. From the image alone, no label used at any step.

| points | n | mean error | first look alone | NME | SDR 1 / 2 / 3 / 4 % |
|---|---|---|---|---|---|
{_row("certain", figures["certain"])}
{_row("all", figures["all"])}

| landmark | n | mean error | n certain | mean error certain |
|---|---|---|---|---|
{chr(10).join(_landmark(name, values) for name, values in figures["per_landmark"].items())}

Confidence was fitted on these images; the figures below are of fits without the judged image.

{_sections(confidence_tables(check, Judged("Validation images", unit)))}"""


def _cross_validated(notes: dict[str, Any]) -> str:
    """Figures of a cross-validation, real and simulated images apart."""
    values, unit = notes["cross_validation"], notes["error_unit"]
    real, feet = Judged(REAL, unit), Judged(SIMULATED, unit, patients="simulated feet")
    tables = [
        *judged_tables(notes["validation"], real),
        *confidence_tables(notes["confidence_check"], real),
        look_first_table(values["look_first"]),
    ]
    simulated = values["simulated"]
    if simulated is not None:
        tables += judged_tables(simulated, feet)
        tables += confidence_tables(simulated["confidence_check"], feet)
    said = "\n".join(facts({**values, "real": notes["validation"]}))
    return f"""## Cross-validation
{said}
{_recipe(values)}

![Reliability diagrams]({PICTURE})

{CAPTION}

{_sections(tables)}"""


def _recipe(values: Mapping[str, Any]) -> str:
    recipe = values["recipe"]
    loop, start = recipe["loop"], "a model (--init)" if recipe["init"] else "random weights"
    otherwise = values.get("trained_otherwise")
    said = (
        f"Recipe of every fold{'' if otherwise else ' and of this network'}: preset `{recipe['preset']}` from {start}, "
        f"{loop['epochs']} epochs of batches of {loop['batch']}, learning rate {loop['learning_rate']:g}; every\n"
        "setting stands in model.json."
    )
    if otherwise:
        said += (
            f"\n\n**This network was trained otherwise than the folds** ({', '.join(otherwise)}), so that\nthe figures "
            "are not its own: they say what the data and the method are good for."
        )
    return said


def _sections(tables: Sequence[Table]) -> str:
    return "\n".join(table.to_markdown() for table in tables)


def _blend(notes: dict[str, Any]) -> str:
    if "blended_with" not in notes:
        return ""
    share = notes["share_of_run"]
    return f"Weights: {share:g} of the run's and {1 - share:g} of {notes['blended_with']}, from which it started.\n"


def _network(training: dict[str, Any]) -> str:
    if "backbone" not in training["architecture"]:
        return "HIH"
    return f"FlatNet (stage 1 {training['architecture']['backbone']}, stage 2 {training['architecture']['encoder']})"


def _epochs(epoch: int | dict[str, int], training: dict[str, Any]) -> str:
    """The best epoch of the run, or of each of FlatNet's networks."""
    if not isinstance(epoch, dict):
        return f"epoch {epoch} of {training['loop']['epochs']}"
    of = f"of {training['detection']['epochs']} and {training['patch']['epochs']}"
    return f"epochs {of}: {', '.join(f'{part} {best}' for part, best in epoch.items())}"


def _row(name: str, part: dict[str, Any]) -> str:
    sdr = " / ".join(f"{value:.1f}" for value in part["sdr_percent"].values())
    return (
        f"| {name} | {part['n']} | {part['error_percent']:.2f} | {part['first_look_error_percent']:.2f} "
        f"| {part['nme']:.5f} | {sdr} |"
    )


def _landmark(name: str, values: dict[str, Any]) -> str:
    certain = values["certain_error_percent"]
    return (
        f"| {name} | {values['n']} | {values['error_percent']:.2f} | {values['n_certain']} "
        f"| {'-' if certain is None else f'{certain:.2f}'} |"
    )
