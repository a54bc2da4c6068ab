"""A folder of radiographs to be annotated: what is done, what comes next, and saving so that nothing is ever lost."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from FootDeformityLib.atomic_write import remove_leftovers
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.edit import Edit, check_reader
from FootDeformityLib.case.facts import gather_facts
from FootDeformityLib.case.from_detection import view_from_detection
from FootDeformityLib.case.from_landmark_file import view_from_landmark_file
from FootDeformityLib.case.from_radiograph import unplaced_view
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.case.worklist_entry import Entry, FileState, file_state
from FootDeformityLib.case.worklist_index import (
    INDEX_FILE,
    IndexLine,
    append_line,
    changed_landmarks,
    read_lines,
)
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import write_case_landmarks
from FootDeformityLib.files.detect_table import Doubt, read_doubts
from FootDeformityLib.files.image_files import find_images, landmark_targets
from FootDeformityLib.files.nrrd_image import write_nrrd
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph

Order = Literal["doubt", "name"]


@dataclass
class Written:
    """What is on the disk of an entry: SHA-256 of its landmark file, None without one, and the landmarks in it."""

    digest: str | None
    landmarks: Mapping[str, LandmarkState]


@dataclass(frozen=True, eq=False)
class Opened:
    """An entry that is being worked on. lps_from_pixels: frame of its landmark file. written: kept by ``save``.

    view and case are None while nothing tells the view: go on with ``begin`` or ``with_detection``.
    """

    entry: Entry
    radiograph: Radiograph
    lps_from_pixels: Affine
    written: Written
    view: str | None = None
    case: Case | None = None

    def begin(self, view: str) -> Opened:
        """Return the entry with every point of a view still to be placed."""
        return self._with(view, unplaced_view(self.radiograph, view, load_scheme()))

    def with_detection(self, detection: Detection) -> Opened:
        """Return the entry with the points as the network placed them; nothing is saved."""
        return self._with(detection.view, view_from_detection(self.radiograph, detection, load_scheme()))

    def _with(self, view: str, content: CaseView) -> Opened:
        case = Case.from_views({view: content}, gather_facts({view: self.radiograph}))
        return replace(self, view=view, case=case)


class Worklist:
    """All radiographs below a folder, their landmark files beside them or below ``out``, as ``detect`` names them.

    The files are the only truth: a worklist that is opened again, after a crash as well, goes on where they stand.
    A landmark file that somebody else changed meanwhile is never replaced. A second reader writes
    NAME.INITIALS.mrk.json and never sees the first one's points.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        out: str | os.PathLike[str] | None = None,
        reader: str = "",
        second_reader: bool = False,
    ) -> None:
        """Raises FootDeformityError for a folder without radiographs, or a second reader without initials."""
        self.folder, self.reader, self.second_reader = Path(folder), reader, second_reader
        self.out = self.folder if out is None else Path(out)
        if reader or second_reader:
            check_reader(reader)
        self._order: Order = "doubt"
        self._entries: dict[Path, Entry] = {}
        self.refresh()
        remove_leftovers([entry.landmarks for entry in self._entries.values()])

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All images in the order chosen; unreadable ones last."""

        def key(entry: Entry) -> tuple[bool, bool, float, str]:
            doubt = entry.doubt if self._order == "doubt" else None
            return entry.state == "unreadable", doubt is None, -(doubt or 0.0), entry.name

        return tuple(sorted(self._entries.values(), key=key))

    @property
    def total(self) -> int:
        """Number of images."""
        return len(self._entries)

    @property
    def done(self) -> int:
        """Number of images that are done."""
        return sum(entry.state == "done" for entry in self._entries.values())

    def sort_by(self, order: Order) -> None:
        """Order the entries by doubt, the most doubtful first, or by name."""
        self._order = order

    def resume(self) -> Entry | None:
        """Return the first entry that is not done, None when all are."""
        return self._first_open(self.entries)

    def next_open(self, entry: Entry) -> Entry | None:
        """Return the next entry that is not done, from the start again at the end; None when no other is left."""
        entries = self.entries
        at = next((k for k, other in enumerate(entries) if other.image == entry.image), -1)
        return self._first_open(entries[at + 1 :] + entries[: max(at, 0)])

    def refresh(self) -> None:
        """Look at the folder again. Raises FootDeformityError when it holds no radiograph."""
        if not self.folder.is_dir():
            raise FootDeformityError(f"{self.folder}: no such folder; expected one that holds radiographs.")
        images = find_images([str(self.folder)])
        if not images:
            raise FootDeformityError(f"{self.folder}: no radiographs found (DICOM, PNG, JPEG, TIFF, NRRD).")
        targets, scheme = landmark_targets(images, self.out), load_scheme()
        own = {self._own(target) for target in targets.values()}
        if self.second_reader and not own.isdisjoint(targets.values()):
            raise FootDeformityError(
                f"{self.folder}: a file of reader {self.reader} would have the name of another image's. "
                "Use other initials."
            )
        shared = {target: file_state(target, scheme) for target in targets.values()}
        table = read_doubts(self.out, shared)
        doubts = _doubts(shared, table)
        known = {target: doubt for target, doubt in doubts.items() if target in table}
        self._doubt_of_table = any(table[target].percent == doubt for target, doubt in known.items())
        self._entries = {}
        for image, target in targets.items():
            entry = Entry(str(image.relative_to(self.folder)), image, self._own(target), target)
            found = shared[target] if entry.landmarks == target else self._of_second_reader(entry, shared[target])
            self._entries[image] = replace(
                entry,
                view=found.view,
                doubt=doubts.get(target),
                state=found.state,
                reader=found.reader,
                problem=found.problem,
                remark=table[target].remark if target in table else "",
            )

    def open(self, entry: Entry, view: str | None = None, blinded: bool = False) -> Opened:
        """Read image and points. view: of the image, where neither points nor tags tell it.

        blinded, for a second reader only: the network's points stay hidden, too. A file once begun goes on as it was
        begun. Raises FootDeformityError.
        """
        if blinded and not self.second_reader:
            raise FootDeformityError(
                "Blinded reading needs a file of its own, or the network's points would be lost: "
                "open the worklist as second reader."
            )
        radiograph = read_radiograph(entry.image)
        written = Written(_digest(entry.landmarks), {})
        opened = Opened(entry, radiograph, self._frame(entry, radiograph), written)
        source = entry.landmarks if entry.landmarks.exists() else None if blinded else entry.shared
        found = FileState()
        if source is not None and source.exists():
            found = file_state(source, load_scheme())
            if found.problem:
                raise FootDeformityError(found.problem)
        view = found.view or view or entry.view or radiograph.view
        if source is not None and found.view is not None:
            content = view_from_landmark_file(source, found.view, load_scheme(), radiograph, opened.lps_from_pixels)
            if source == entry.landmarks:
                written.landmarks = content.landmarks
            else:
                content = content.with_all(LandmarkState.reset)  # what the network said, not the first reader
            if entry.remark:
                content = replace(content, warnings=(f"{found.view} image: {entry.remark}.", *content.warnings))
            return opened._with(found.view, content)
        return opened if view is None else opened.begin(view)

    def save(self, opened: Opened, case: Case) -> Entry:
        """Write the points of a case that ``open`` gave, at once and whole; return the entry as it is now.

        Nothing is written where nothing changed: call it after every edit. Raises FootDeformityError, and writes
        nothing, if somebody else changed the file meanwhile or the disk refuses.
        """
        entry, view, written = opened.entry, opened.view, opened.written
        if view is None or view not in case.views:
            raise FootDeformityError(f"{entry.name}: the case has no {view or 'named'} view to save. Open it again.")
        landmarks = case.views[view].landmarks
        changed = changed_landmarks(written.landmarks, landmarks)
        if not changed or (written.digest is None and all(state == LandmarkState() for state in landmarks.values())):
            return self._entries[entry.image]
        if _digest(entry.landmarks) != written.digest:
            raise FootDeformityError(
                f"{entry.landmarks}: was changed by somebody else since it was opened here; nothing was written over "
                "it. Open it again."
            )
        try:
            first = not entry.landmarks.exists() and not entry.shared.exists()
            if first and opened.radiograph.slicer_geometry_wrong and not entry.volume.exists():
                write_nrrd(entry.volume, opened.radiograph.pixels, opened.radiograph.write_spacing)
            write_case_landmarks(entry.landmarks, case.views[view].landmarks_document(), opened.lps_from_pixels)
        except OSError as error:
            raise FootDeformityError(f"{entry.landmarks}: cannot be written ({error.strerror or error}).") from None
        written.digest, written.landmarks = _digest(entry.landmarks), landmarks
        found = file_state(entry.landmarks, load_scheme())
        saved = replace(self._entries[entry.image], view=view, state=found.state, reader=found.reader, problem="")
        if not self._doubt_of_table and found.mean_confidence is not None:
            saved = replace(saved, doubt=1.0 - found.mean_confidence)
        self._entries[entry.image] = saved
        line = IndexLine(
            time=Edit.now(self.reader).time,
            reader=self.reader or None,
            image=entry.name,
            landmarks=str(entry.landmarks.relative_to(self.out)),
            view=view,
            state=saved.state,
            changed=changed,
            sha256=written.digest or "",
        )
        append_line(self.out / INDEX_FILE, line)
        return saved

    def changes(self) -> tuple[IndexLine, ...]:
        """Return who changed what when, of all readers, the oldest first."""
        return read_lines(self.out / INDEX_FILE)

    def _first_open(self, entries: tuple[Entry, ...]) -> Entry | None:
        return next((entry for entry in entries if entry.state not in ("done", "unreadable")), None)

    def _own(self, shared: Path) -> Path:
        if not self.second_reader:
            return shared
        return shared.with_name(f"{shared.name.removesuffix('.mrk.json')}.{self.reader}.mrk.json")

    def _of_second_reader(self, entry: Entry, shared: FileState) -> FileState:
        """The second reader's own file; before it is there, what the network left for both readers."""
        if entry.landmarks.exists():
            return file_state(entry.landmarks, load_scheme())
        return FileState(shared.view, "untouched" if shared.mean_confidence is None else "pre-placed")

    def _frame(self, entry: Entry, radiograph: Radiograph) -> Affine:
        """Return pixels -> LPS of the entry's landmark files: points lie on the .nrrd where there is one."""
        if entry.volume.exists() and entry.volume != entry.image:
            volume = read_radiograph(entry.volume)
            if (volume.width, volume.height) != (radiograph.width, radiograph.height):
                raise FootDeformityError(
                    f"{entry.volume}: has {volume.width} x {volume.height} pixels and {entry.image.name} "
                    f"{radiograph.width} x {radiograph.height}; expected the same image. Move one of them elsewhere."
                )
            return volume.slicer_from_pixels
        if entry.landmarks.exists() or entry.shared.exists():
            return radiograph.slicer_from_pixels
        return radiograph.write_from_pixels


def _doubts(shared: Mapping[Path, FileState], table: Mapping[Path, Doubt]) -> dict[Path, float]:
    """Doubt on one scale: that of detect.csv if it knows every pre-placed image, else by the confidences."""
    placed = {path: 1.0 - f.mean_confidence for path, f in shared.items() if f.mean_confidence is not None}
    known = {path: doubt.percent for path, doubt in table.items() if doubt.percent is not None}
    return known if placed.keys() <= known.keys() else placed


def _digest(file: Path) -> str | None:
    """Return the SHA-256 of a file's content, None without the file."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FootDeformityError(f"{file}: cannot be read ({error.strerror or error}).") from None
