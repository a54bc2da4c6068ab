"""MODEL_CARD.md, written from the figures in model.json so that the two cannot differ."""

from __future__ import annotations

from typing import Any

CARD = "MODEL_CARD.md"


def model_card(view: str, notes: dict[str, Any]) -> str:
    """Markdown text of one model's card."""
    figures, check, training = notes["validation"], notes["confidence_check"], notes["training"]
    sources = "\n".join(f"- {source}" for source in notes["sources"]) or "- not stated"
    return f"""# {notes["name"]}

HIH, preset `{training["preset"]}`, for the {view} view: {notes["parameters"] / 1e6:.2f} M parameters, scheme
`{training["scheme"]}`. Written by {notes["software"]}. Not a medical device.

## Data
{notes["training_images"]} training and {figures["images"]} validation radiographs, no patient in both. Best of the
epochs by validation error (epoch {notes["epoch"]} of {training["epochs"]}), so that the figures below are
slightly flattered by that choice; they are not from training images. Sources and licences:
{sources}

Landmarks were placed by trained non-clinicians; where several marked one image they differ by 1.0-1.5 % of
foot length (AP) and 1.5-2 % (lateral). "Certain" leaves out points that the readers marked as estimates.

## Validation
Error in % of foot length; SDR = share of points with an error below 1, 2, 3, 4 % of foot length; NME = error /
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
{check["rank_correlation"]:.2f}. Confidence = probability that the point lies within 3 % of foot length.

| n | mean confidence | found within 3 % |
|---|---|---|
{chr(10).join(_reliability(part) for part in check["reliability"])}

## Limits
Few public images of two sources; AP images are not weight-bearing, most laterals have an unknown aspect ratio.
Never seen: implants across the landmarks, casts, feet cut off by the image's border, two feet in one image.
Every point must be checked by a person before a number is used.
"""


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
