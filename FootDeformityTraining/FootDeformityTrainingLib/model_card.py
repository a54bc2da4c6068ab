"""MODEL_CARD.md, written from the figures in model.json so that the two cannot differ."""

from __future__ import annotations

from typing import Any

CARD = "MODEL_CARD.md"


def model_card(view: str, notes: dict[str, Any], remarks: str = "") -> str:
    """Markdown text of one model's card. remarks: who placed the points, what the model has never seen."""
    figures, check, training = notes["validation"], notes["confidence_check"], notes["training"]
    unit = notes["error_unit"]
    sources = "\n".join(f"- {source}" for source in notes["sources"]) or "- not stated"
    return f"""# {notes["name"]}

{_network(training)}, preset `{training["preset"]}`, for the {view} view:
{notes["parameters"] / 1e6:.2f} M parameters, scheme `{training["scheme"]}`. Written by {notes["software"]}.
{_blend(notes)}Not a medical device.

## Data
{notes["training_images"]} training and {figures["images"]} validation radiographs, no patient in both. Best of the
epochs by validation error ({_epochs(notes["epoch"], training)}), so that the figures below are
slightly flattered by that choice; they are not from training images. Sources and licences:
{sources}

"Certain" leaves out points that the readers marked as estimates.

## Validation
Error in % of {unit}; SDR = share of points with an error below 1, 2, 3, 4 % of it; NME = error /
side of the padded image. From the image alone, no label used at any step.

| points | n | mean error | first look alone | NME | SDR 1 / 2 / 3 / 4 % |
|---|---|---|---|---|---|
{_row("certain", figures["certain"])}
{_row("all", figures["all"])}

| landmark | n | mean error | n certain | mean error certain |
|---|---|---|---|---|
{chr(10).join(_landmark(name, values) for name, values in figures["per_landmark"].items())}

## Confidence
Fitted on the validation images, checked by cross-validation over them (n = {check["n"]} points): mean error
{check["error_percent"]:.2f} %, without the least confident fifth
{check["error_percent_without_least_confident_fifth"]:.2f} %; rank correlation of expected and true error
{check["rank_correlation"]:.2f}. Confidence = probability that the point lies within 3 % of
{unit}.

| n | mean confidence | found within 3 % |
|---|---|---|
{chr(10).join(_reliability(part) for part in check["reliability"])}

## Limits
{remarks.strip() or "None were stated when the model was exported."}
Every point must be checked by a person before a number is used.
"""


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


def _reliability(part: dict[str, Any]) -> str:
    return f"| {' | '.join(str(value) for value in part.values())} |"
