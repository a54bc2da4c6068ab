"""Whether a model was trained on the patients it is judged on; figures of such images are not those of unseen ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from FootDeformityTrainingLib.dataset import DatasetRow
from FootDeformityTrainingLib.evaluation.cohort import Cohort
from FootDeformityTrainingLib.evaluation.tested_model import TestedModel
from FootDeformityTrainingLib.image_fingerprint import CHOSEN, TRAINED, image_fingerprint


@dataclass(frozen=True)
class Overlap:
    """serious: the figures flatter the model. words: a sentence for the page."""

    serious: bool
    words: str


def training_overlap(model: TestedModel, cohort: Cohort, data: Sequence[DatasetRow]) -> Overlap:
    """Compare what the model's notes say with the evaluated images; ``data``: all rows of the view, every split.

    A patient counts as trained on if any image of this patient in the data folder was in the training.
    """
    name = f"{model.name} ({model.view})"
    if TRAINED not in model.notes:
        return _guess(model, cohort, data, name)
    patients = set(cohort.patients)
    trained = patients & _patients_of(set(model.notes[TRAINED]), data)
    chosen = patients & _patients_of(set(model.notes.get(CHOSEN, ())), data)
    if trained:
        return Overlap(
            True,
            f"{name} was trained on images of {len(trained)} of the {len(patients)} evaluated patients: its figures "
            "are better than they would be on new patients.",
        )
    words = f"{name} was trained on none of the {len(patients)} evaluated patients (compared by image files)."
    if chosen:
        words += f" Its best epoch was chosen on {len(chosen)} of them, which flatters a little."
    return Overlap(False, words)


def _patients_of(fingerprints: set[str], data: Sequence[DatasetRow]) -> set[str]:
    return {row.patient for row in data if image_fingerprint(row.image) in fingerprints} if fingerprints else set()


def _guess(model: TestedModel, cohort: Cohort, data: Sequence[DatasetRow], name: str) -> Overlap:
    """Models that name no images: as many as a split has, of the same sources, are most likely that split."""
    count, sources = model.notes.get("training_images"), set(model.notes.get("sources", ()))
    training = [row for row in data if row.split == "train"]
    start = f"{name} does not say on which images it was trained"
    if not training or count != len(training) or sources != {row.source for row in training if row.source}:
        return Overlap(True, f"{start}: whether evaluated patients are among them is not known.")
    start += f"; by their number ({count}) and sources they are the split train of this data"
    seen = set(cohort.patients) & {row.patient for row in training}
    if seen:
        return Overlap(
            True,
            f"{start}, to which {len(seen)} of the {len(set(cohort.patients))} evaluated patients belong: its figures "
            "are better than they would be on new patients.",
        )
    return Overlap(False, f"{start}, to which no evaluated patient belongs. Its best epoch was chosen on split val.")
