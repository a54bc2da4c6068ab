"""A folder to be annotated: nothing is lost, nothing of anybody else's is replaced."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import FootDeformityLib
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.case_warnings import case_warnings
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.case.from_landmark_file import view_from_landmark_file
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.case.worklist import Opened, Worklist
from FootDeformityLib.case.worklist_entry import Entry
from FootDeformityLib.case.worklist_index import INDEX_FILE
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import untouched_by_people, write_case_landmarks
from FootDeformityLib.files.markups import read_markups, write_markups
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.read import read_radiograph

FIRST = Edit("AB", "2026-01-31T09:05:00Z")
BY = Edit("CD", "2026-01-31T10:05:00Z")


def with_confidence(view: CaseView, confidence: float) -> CaseView:
    return view.with_all(lambda state: replace(state, confidence=confidence))


def place(folder: Path, name: str, view: CaseView) -> Path:
    path = folder / f"{name}.mrk.json"
    write_case_landmarks(path, view.landmarks_document(), Affine.identity())
    return path


@pytest.fixture
def folder(tmp_path: Path, foot_images: dict[str, Path], example_case: Case) -> Path:
    """Images a to d: a without points, b and c as the network placed them, c the more doubtful, d broken landmarks."""
    folder = tmp_path / "work"
    folder.mkdir()
    for name in "abcd":
        shutil.copy(foot_images["AP"], folder / f"{name}.png")
    place(folder, "b", with_confidence(example_case.views["AP"], 0.9))
    place(folder, "c", with_confidence(example_case.views["AP"], 0.4))
    (folder / "d.mrk.json").write_text('{"markups": [')
    return folder


def entry(worklist: Worklist, name: str) -> Entry:
    return next(one for one in worklist.entries if one.name == f"{name}.png")


def case_of(opened: Opened) -> Case:
    assert opened.case is not None
    return opened.case


def states(worklist: Worklist) -> dict[str, str]:
    return {one.image.stem: one.state for one in worklist.entries}


def test_what_a_folder_holds(folder: Path) -> None:
    worklist = Worklist(folder)
    assert states(worklist) == {"c": "pre-placed", "b": "pre-placed", "a": "untouched", "d": "unreadable"}
    assert [one.image.stem for one in worklist.entries] == ["c", "b", "a", "d"]
    worklist.sort_by("name")
    assert [one.image.stem for one in worklist.entries] == ["a", "b", "c", "d"]
    assert (worklist.done, worklist.total) == (0, 4)
    assert (entry(worklist, "b").view, entry(worklist, "a").view) == ("AP", None)
    assert "broken or truncated JSON" in entry(worklist, "d").problem


def test_detect_csv_sorts_before_the_confidences(folder: Path) -> None:
    rows = ["image,landmarks,view,mean_confidence,doubt_percent,lowest_confidence,remark"]
    rows += ["x/b.png,../out/b.mrk.json,AP,0.9,7.5,,", "x/c.png,../out/c.mrk.json,AP,0.9,1.5,,"]
    (folder / "detect.csv").write_text("\n".join(rows) + "\n")
    assert [one.image.stem for one in Worklist(folder).entries] == ["b", "c", "a", "d"]
    (folder / "detect.csv").write_text("\n".join(rows[:2]) + "\n")  # knows one only: another scale
    assert [one.image.stem for one in Worklist(folder).entries] == ["c", "b", "a", "d"]
    (folder / "detect.csv").write_bytes(b"\xff\xfe\x00")
    assert [one.image.stem for one in Worklist(folder).entries] == ["c", "b", "a", "d"]


def test_what_detect_warned_of_is_said_when_the_image_is_opened(folder: Path) -> None:
    rows = ["image,landmarks,view,mean_confidence,doubt_percent,lowest_confidence,remark"]
    rows += ["b.png,b.mrk.json,AP,0.9,7.5,,seems to show two feet", "c.png,c.mrk.json,,,,,kept: a person corrected it"]
    (folder / "detect.csv").write_text("\n".join(rows) + "\n")
    worklist = Worklist(folder)
    assert case_warnings(case_of(worklist.open(entry(worklist, "b"))))[0] == "AP image: seems to show two feet."
    assert entry(worklist, "c").remark == ""


def test_saving_every_edit(folder: Path, scheme: Scheme) -> None:
    worklist = Worklist(folder, reader="CD")
    opened = worklist.open(entry(worklist, "b"))
    case = case_of(opened)
    path = folder / "b.mrk.json"
    before = path.read_bytes()
    assert worklist.save(opened, case).state == "pre-placed"
    assert path.read_bytes() == before
    assert worklist.changes() == ()

    case = case.move("AP", "A5", (70.5, 131.25), BY)
    assert worklist.save(opened, case).state == "started"
    read = view_from_landmark_file(path, "AP", scheme).landmarks
    assert (read["A5"].xy_px, read["A5"].state, read["A5"].reader) == ((70.5, 131.25), "moved", "CD")
    assert read["A1"].state == "ai"

    case = case.confirm_all("AP", BY)
    saved = worklist.save(opened, case)
    assert (saved.state, saved.reader, worklist.done) == ("done", "CD", 1)
    first, second = worklist.changes()
    assert (first.reader, first.image, first.landmarks, first.view) == ("CD", "b.png", "b.mrk.json", "AP")
    assert first.changed == {"A5": {"state": "moved", "xy_px": [70.5, 131.25], "uncertain": False}}
    assert len(second.changed) == 15 and "A5" not in second.changed
    assert states(Worklist(folder)) == states(worklist)


def test_resume_and_next(folder: Path) -> None:
    worklist = Worklist(folder, reader="CD")
    first = worklist.resume()
    assert first is not None and first.image.stem == "c"
    opened = worklist.open(first)
    worklist.save(opened, case_of(opened).confirm_all("AP", BY))
    resumed = Worklist(folder, reader="CD").resume()
    assert resumed is not None and resumed.image.stem == "b"
    after = worklist.next_open(resumed)
    assert after is not None and after.image.stem == "a"
    back = worklist.next_open(after)
    assert back is not None and back.image.stem == "b"
    opened = worklist.open(resumed)
    worklist.save(opened, case_of(opened).confirm_all("AP", BY))
    assert worklist.next_open(after) is None


def test_an_image_without_points(folder: Path, foot_points: dict[str, np.ndarray]) -> None:
    worklist = Worklist(folder, reader="CD")
    opened = worklist.open(entry(worklist, "a"))
    assert (opened.view, opened.case) == (None, None)
    with pytest.raises(FootDeformityError, match="no named view"):
        worklist.save(opened, Case({}))
    opened = opened.begin("AP")
    assert worklist.save(opened, case_of(opened)).state == "untouched"
    assert not (folder / "a.mrk.json").exists()
    case = case_of(opened).move("AP", "A1", (90.0, 60.0), BY)
    assert worklist.save(opened, case).state == "started"  # fifteen points are still to be placed
    assert entry(Worklist(folder), "a").state == "started"
    assert worklist.save(opened, case.remove_unplaced("AP", BY)).state == "done"
    assert entry(Worklist(folder), "a").state == "done"
    assert worklist.save(opened, case).state == "started"  # undone

    count = len(foot_points["AP"])
    found = Detection("AP", foot_points["AP"], np.full(count, 0.9), np.full(count, 0.01), "model")
    again = worklist.open(entry(worklist, "a"), view="AP").with_detection(found)
    assert case_of(again).views["AP"].landmarks["A1"].state == "ai"


def test_a_detection_that_is_saved_is_preplaced_as_detect_leaves_it(
    folder: Path, foot_points: dict[str, np.ndarray]
) -> None:
    worklist = Worklist(folder)
    count = len(foot_points["AP"])
    found = Detection("AP", foot_points["AP"], np.full(count, 0.9), np.full(count, 0.01), "model")
    opened = worklist.open(entry(worklist, "a")).with_detection(found)
    assert worklist.save(opened, case_of(opened)).state == "pre-placed"
    assert untouched_by_people(folder / "a.mrk.json")


def test_back_to_the_network_counts_as_untouched_again(folder: Path) -> None:
    worklist = Worklist(folder, reader="CD")
    opened = worklist.open(entry(worklist, "b"))
    worklist.save(opened, case_of(opened).move("AP", "A1", (80.0, 60.0), BY))
    assert not untouched_by_people(folder / "b.mrk.json")
    assert worklist.save(opened, case_of(opened)).state == "pre-placed"
    assert untouched_by_people(folder / "b.mrk.json")


def test_what_somebody_else_changed_is_never_replaced(folder: Path) -> None:
    worklist, other = Worklist(folder, reader="CD"), Worklist(folder, reader="EF")
    mine, same, theirs = worklist.open(entry(worklist, "b")), worklist.open(entry(worklist, "b")), other
    yours = theirs.open(entry(theirs, "b"))
    theirs.save(yours, case_of(yours).move("AP", "A1", (80.0, 60.0), Edit.now("EF")))
    kept = (folder / "b.mrk.json").read_bytes()
    for opened in (mine, same):
        with pytest.raises(FootDeformityError, match="changed by somebody else"):
            worklist.save(opened, case_of(opened).move("AP", "A2", (80.0, 60.0), BY))
    assert (folder / "b.mrk.json").read_bytes() == kept
    again = worklist.open(entry(worklist, "b"))
    assert case_of(again).views["AP"].landmarks["A1"].reader == "EF"
    worklist.save(again, case_of(again).move("AP", "A2", (80.0, 60.0), BY))
    assert [line.reader for line in worklist.changes()] == ["EF", "CD"]


def test_broken_landmarks_are_neither_opened_nor_replaced(folder: Path) -> None:
    worklist = Worklist(folder)
    with pytest.raises(FootDeformityError, match="truncated JSON"):
        worklist.open(entry(worklist, "d"))
    assert (folder / "d.mrk.json").read_text() == '{"markups": ['


def first_reader_corrects(folder: Path) -> None:
    worklist = Worklist(folder, reader="AB")
    opened = worklist.open(entry(worklist, "b"))
    worklist.save(opened, case_of(opened).move("AP", "A5", (70.0, 131.0), FIRST).confirm_all("AP", FIRST))


def test_a_second_reader_starts_from_the_network_alone(folder: Path) -> None:
    first_reader_corrects(folder)
    kept = (folder / "b.mrk.json").read_bytes()
    worklist = Worklist(folder, reader="CD", second_reader=True)
    assert entry(worklist, "b").state == "pre-placed"
    opened = worklist.open(entry(worklist, "b"))
    marks = case_of(opened).views["AP"].landmarks
    assert {state.state for state in marks.values()} == {"ai"}
    assert marks["A5"].xy_px == (88.0, 130.0)
    worklist.save(opened, case_of(opened).move("AP", "A6", (91.0, 221.0), BY))
    assert (folder / "b.mrk.json").read_bytes() == kept
    assert {state.state for state in case_of(worklist.open(entry(worklist, "b"))).views["AP"].landmarks.values()} == {
        "ai",
        "moved",
    }
    assert entry(Worklist(folder, reader="AB"), "b").state == "done"
    assert [line.landmarks for line in worklist.changes()] == ["b.mrk.json", "b.CD.mrk.json"]


def test_a_blinded_reader_sees_no_point_of_anybody(folder: Path) -> None:
    first_reader_corrects(folder)
    worklist = Worklist(folder, reader="CD", second_reader=True)
    opened = worklist.open(entry(worklist, "b"), blinded=True)
    assert opened.view == "AP"
    marks = case_of(opened).views["AP"].landmarks.values()
    assert {(state.xy_px, state.ai_xy_px, state.confidence) for state in marks} == {(None, None, None)}
    assert {angle.value for angle in case_of(opened).ai_measurements.angles.values()} == {None}
    worklist.save(opened, case_of(opened).move("AP", "A1", (92.0, 61.0), BY))
    assert " AI " not in (folder / "b.CD.mrk.json").read_text()
    again = case_of(worklist.open(entry(worklist, "b"), blinded=True))
    assert again.views["AP"].landmarks["A1"].xy_px == (92.0, 61.0)
    with pytest.raises(FootDeformityError, match="as second reader"):
        Worklist(folder, reader="CD").open(entry(worklist, "b"), blinded=True)
    with pytest.raises(FootDeformityError, match="expected initials"):
        Worklist(folder, second_reader=True)


def test_landmarks_in_a_folder_of_their_own(folder: Path, tmp_path: Path) -> None:
    (folder / "sub").mkdir()
    shutil.copy(folder / "a.png", folder / "sub" / "a.png")
    out = tmp_path / "out"
    worklist = Worklist(folder, out=out, reader="CD")
    assert set(states(worklist).values()) == {"untouched"}
    inner = next(one for one in worklist.entries if one.name == str(Path("sub", "a.png")))
    opened = worklist.open(inner, view="AP")
    worklist.save(opened, case_of(opened).move("AP", "A1", (92.0, 61.0), BY))
    assert (out / "sub" / "a.mrk.json").is_file()
    assert (out / INDEX_FILE).is_file()
    assert not (folder / INDEX_FILE).exists()


def test_an_image_that_slicer_misreads_gets_its_volume(
    folder: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As detect does: the points lie on NAME.nrrd, and come back from there."""

    def misread(path: Path) -> object:
        image = read_radiograph(path)
        return replace(image, spacing_mm=(0.2, 0.1), slicer_geometry_wrong=True) if path.suffix == ".png" else image

    monkeypatch.setattr("FootDeformityLib.case.worklist.read_radiograph", misread)
    worklist = Worklist(folder, reader="CD")
    opened = worklist.open(entry(worklist, "a"), view="AP")
    worklist.save(opened, case_of(opened).move("AP", "A1", (92.0, 61.0), BY))
    volume = read_radiograph(folder / "a.nrrd")
    points = view_from_landmark_file(folder / "a.mrk.json", "AP", scheme, volume).landmarks
    assert points["A1"].xy_px == pytest.approx((92.0, 61.0))
    assert read_markups(folder / "a.mrk.json").positions[0, :2] == pytest.approx((18.4, 6.1))
    again = Worklist(folder)
    assert again.total == 4  # the volume is no fifth image
    assert case_of(again.open(entry(again, "a"))).views["AP"].landmarks["A1"].xy_px == pytest.approx((92.0, 61.0))
    Image.linear_gradient("L").save(folder / "a.png")
    with pytest.raises(FootDeformityError, match="expected the same image"):
        again.open(entry(again, "a"))


def test_files_that_were_annotated_in_slicer(folder: Path, foot_points: dict[str, np.ndarray], scheme: Scheme) -> None:
    """Without notes of a network: complete ones are done, others are started; an empty template is nothing."""
    write_markups(folder / "a.mrk.json", scheme.ids("AP"), foot_points["AP"])
    points = foot_points["AP"].copy()
    points[3] = np.nan
    write_markups(folder / "b.mrk.json", scheme.ids("AP"), points)
    write_markups(folder / "c.mrk.json", scheme.ids("AP"), np.full_like(points, np.nan))
    found = states(Worklist(folder))
    assert (found["a"], found["b"], found["c"]) == ("done", "started", "untouched")


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(FootDeformityError, match="no such folder"):
        Worklist(tmp_path / "nowhere")
    with pytest.raises(FootDeformityError, match="no radiographs found"):
        Worklist(tmp_path)


def test_a_line_that_a_crash_cut_short_is_passed_over(folder: Path) -> None:
    worklist = Worklist(folder, reader="CD")
    opened = worklist.open(entry(worklist, "b"))
    worklist.save(opened, case_of(opened).move("AP", "A1", (80.0, 60.0), BY))
    index = folder / INDEX_FILE
    whole = index.read_bytes()
    index.write_bytes(whole + whole[: len(whole) // 2])
    assert len(worklist.changes()) == 1
    worklist.save(opened, case_of(opened).move("AP", "A2", (80.0, 60.0), BY))
    assert [sorted(line.changed) for line in worklist.changes()] == [["A1"], ["A1", "A2"]]
    index.write_bytes(b"\n[1]\n{}\nnot json\n" + index.read_bytes())
    assert len(worklist.changes()) == 2


def test_what_a_killed_process_left_is_tidied_up(folder: Path) -> None:
    old, young, other = (folder / f".{name}-ab_12xyz.mrk.json" for name in ("b.mrk", "c.mrk", "mine.mrk"))
    for file in (old, young, other):
        file.write_text("{")
    for file in (old, other):
        os.utime(file, (1e9, 1e9))
    Worklist(folder)
    assert [file.exists() for file in (old, young, other)] == [False, True, True]


_ANNOTATOR = """
import sys
from pathlib import Path
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.case.worklist import Worklist
worklist = Worklist(Path(sys.argv[1]), reader="CD")
opened = worklist.open(next(one for one in worklist.entries if one.name == "b.png"))
case = opened.case
for step in range(100000):
    case = case.move("AP", "A1", (60.0 + step % 40, 60.0), Edit.now("CD"))
    worklist.save(opened, case)
    print(step, flush=True)
"""


@pytest.mark.parametrize("saves", [1, 7])
def test_killed_while_saving(folder: Path, scheme: Scheme, saves: int) -> None:
    """What was saved is there, the file is whole, and the work goes on."""
    command = [sys.executable, "-c", _ANNOTATOR, str(folder)]
    library = str(Path(FootDeformityLib.__file__).parents[1])
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": library})
    assert child.stdout is not None
    last = -1
    for _ in range(saves):
        last = int(child.stdout.readline())
    child.kill()
    rest = child.stdout.read().split("\n")
    child.wait()
    last = int(rest[-2]) if len(rest) > 1 and rest[-2].isdigit() else last

    points = view_from_landmark_file(folder / "b.mrk.json", "AP", scheme).landmarks
    assert points["A1"].xy_px in {(60.0 + step % 40, 60.0) for step in (last, last + 1)}
    worklist = Worklist(folder, reader="CD")
    assert entry(worklist, "b").state == "started"
    assert last + 1 <= len(worklist.changes()) <= last + 2
    opened = worklist.open(entry(worklist, "b"))
    assert worklist.save(opened, case_of(opened).confirm_all("AP", BY)).state == "done"
    json.loads((folder / INDEX_FILE).read_text().splitlines()[-1])
