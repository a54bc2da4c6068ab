"""MODEL_CARD.md of the view recogniser, written from the figures in recogniser.json."""

from __future__ import annotations

from typing import Any


def view_card(notes: dict[str, Any], refuse_below: float, sure_from: float, remarks: str = "") -> str:
    """Markdown text. remarks: known limits."""
    found, training = notes["out_of_fold"], notes["training"]
    counts = ", ".join(f"{count} {kind}" for kind, count in notes["training_images"].items() if count)
    sources = "\n".join(f"- {source}" for source in notes["sources"]) or "- not stated"
    rows = "\n".join(
        f"| {kind} | {row['n']} | {row['refused_percent']:.1f} | {row['doubted_percent']:.1f} |"
        for kind, row in found["kinds"].items()
    )
    return f"""# {notes["name"]}

Tells an AP and a lateral radiograph of a foot from each other and from everything else, before landmarks are looked
for: {notes["parameters"] / 1e6:.2f} M parameters, one {training["architecture"]["size"]} px thumbnail, looked at in
all quarter turns, plain and mirrored. Written by {notes["software"]}. Not a medical device.

Below a probability of {refuse_below:g} for AP and lateral together an image is refused, from {sure_from:g} on it is
recognised; between the two it is measured with a warning.

## Data
Trained on {counts} (blank films, noise, shapes, writing, drawn hands, limbs and trunks, scrambled feet). Sources and
licences:
{sources}

## Out of fold
Patient-wise {training["folds"]}-fold cross-validation; limits chosen on the same figures. Kinds with a source behind
them were in no training at all: mean over the folds' networks.

| shown | n | refused % | measured with a doubt % |
|---|---|---|---|
{rows}

AP taken for lateral or the reverse: {found["taken_for_other_view_percent"]:.1f} % of true views.

{_table("refused below", ((f"{row['limit']:g}", row) for row in found["curve"]))}

## Disturbed images
Refused at the chosen limit, in percent, each image out of fold and read from a file as a user's would be (negatives are
recognised there):

{_table("image", [("as it is", found["false_refusal"]), *notes["changed"].items()])}

## Limits
{remarks.strip() or "None were stated when the model was exported."}
"""


def _table(head: str, rows: Any) -> str:
    """Percent refused; rows: word and figures of each."""
    named = list(rows)
    columns = list(named[0][1])
    columns = [name for name in columns if name != "limit"]
    lines = [f"| {word} | {' | '.join(f'{row[name]:.1f}' for name in columns)} |" for word, row in named]
    title = f"| {head} | {' | '.join(name.replace('_', ' ') for name in columns)} |"
    return "\n".join([title, "|---" * (len(columns) + 1) + "|", *lines])
