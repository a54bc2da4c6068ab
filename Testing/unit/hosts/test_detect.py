"""detect: many images, one after the other, whatever happens to one of them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from FootDeformityLib.case.view_check import ViewGate
from FootDeformityLib.files.image_files import FoundImage, find_images, landmark_targets
from FootDeformityLib.files.markups import read_markups, write_markups
from FootDeformityLib.hosts.command_line.detect import detect_all
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.network.view_opinion import KINDS, ViewOpinion
from FootDeformityLib.radiographs.radiograph import Radiograph

Images = dict[str, Path]


def below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_views_are_told_apart(tmp_path: Path, foot_images: Images, fake_detect: Any) -> None:
    images = find_images([str(foot_images["AP"].parent)])
    assert detect_all(images, "auto", tmp_path / "out", fake_detect) == 0
    assert below(tmp_path / "out") == ["ap.mrk.json", "detect.csv", "lateral.mrk.json"]
    assert read_markups(tmp_path / "out" / "ap.mrk.json").labels[0] == "A1"
    assert read_markups(tmp_path / "out" / "lateral.mrk.json").labels[0] == "L1"


def test_a_bad_file_stops_nothing(
    tmp_path: Path, foot_images: Images, fake_detect: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = foot_images["AP"].parent
    (folder / "broken.png").write_bytes(foot_images["AP"].read_bytes()[:100])
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "notes.txt").write_text("not looked at")
    images = find_images([str(folder), str(tmp_path / "none.png")])
    assert detect_all(images, "ap", tmp_path / "out", fake_detect) == 1
    out, err = capsys.readouterr()
    assert "2 of 5 images done, 3 failed." in out
    for name in ("broken.png", "empty.dcm", "none.png"):
        assert name in err
    assert "notes.txt" not in err
    assert below(tmp_path / "out") == ["ap.mrk.json", "detect.csv", "lateral.mrk.json"]
    assert "Traceback" not in err


def test_a_refused_image_is_listed_and_the_others_go_on(
    tmp_path: Path, foot_images: Images, fake_detect: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def recognise(radiograph: Radiograph) -> ViewOpinion:
        foot = radiograph.path.name == "ap.png"
        return ViewOpinion(dict(zip(KINDS, (foot, 0, not foot, 0, 0), strict=True)), 0.3, 0.7)

    images = find_images([str(foot_images["AP"].parent)])
    assert detect_all(images, "auto", tmp_path / "out", fake_detect, ViewGate(recognise, "--any-image")) == 1
    assert below(tmp_path / "out") == ["ap.mrk.json", "detect.csv"]
    out, err = capsys.readouterr()
    assert "1 of 2 images done, 1 refused, 0 failed." in out
    assert err.startswith("Refused:") and "lateral.png" in err and "an oblique view" in err and "Failed" not in err
    insisting = ViewGate(recognise, "--any-image", any_image=True)
    assert detect_all(images, "auto", tmp_path / "out", fake_detect, insisting) == 0
    remarks = {Path(row["image"]).name: row["remark"] for row in rows(tmp_path / "out" / "detect.csv")}
    assert "a person insisted" in remarks["lateral.png"] and remarks["ap.png"] == ""


def test_same_names_do_not_overwrite_each_other(tmp_path: Path, foot_images: Images, fake_detect: Any) -> None:
    for folder in ("monday", "tuesday"):
        (tmp_path / folder).mkdir()
        shutil.copy(foot_images["AP"], tmp_path / folder / "foot.png")
    shutil.copy(foot_images["AP"], tmp_path / "monday" / "foot.PNG")
    images = find_images([str(tmp_path / "monday"), str(tmp_path / "tuesday" / "foot.png")])
    assert detect_all(images, "ap", tmp_path / "out", fake_detect) == 0
    assert below(tmp_path / "out") == [
        "detect.csv",
        "foot.PNG.mrk.json",
        "foot.mrk.json",
        "foot.png.mrk.json",
    ]


def test_corrected_files_are_kept(
    tmp_path: Path, foot_images: Images, fake_detect: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    images, out = find_images([str(foot_images["AP"])]), tmp_path / "out"
    detect_all(images, "ap", out, fake_detect)
    detect_all(images, "ap", out, fake_detect)
    assert "a person corrected" not in capsys.readouterr().out
    path = out / "ap.mrk.json"
    read = read_markups(path)
    write_markups(path, read.labels, read.positions + 2.0, read.descriptions)
    assert detect_all(images, "ap", out, fake_detect) == 0
    assert "1 kept" in capsys.readouterr().out
    assert read_markups(path).positions[0, 0] == read.positions[0, 0] + 2.0
    detect_all(images, "ap", out, fake_detect, overwrite=True)
    assert read_markups(path).positions[0, 0] == read.positions[0, 0]


def test_a_foreign_landmark_file_is_not_replaced(
    tmp_path: Path, foot_images: Images, fake_detect: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ap.mrk.json").write_text("{")
    assert detect_all(find_images([str(foot_images["AP"])]), "ap", tmp_path / "out", fake_detect) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / "out" / "ap.mrk.json").read_text() == "{"


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_doubtful_images_are_to_be_looked_at_first(
    tmp_path: Path, foot_images: Images, fake_detect: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = foot_images["AP"].parent, tmp_path / "out"
    (folder / "empty.png").write_bytes(b"")
    assert detect_all(find_images([str(folder)]), "ap", out, fake_detect) == 1
    table = rows(out / "detect.csv")
    assert [Path(row["image"]).name for row in table] == ["lateral.png", "ap.png", "empty.png"]
    assert table[0]["view"] == "AP" and "like a lateral view" in table[0]["remark"]
    assert float(table[0]["doubt_percent"]) > float(table[1]["doubt_percent"])
    assert table[0]["lowest_confidence"].startswith("A1 A2") and table[1]["lowest_confidence"] == ""
    assert table[2]["landmarks"] == table[2]["view"] == "" and "empty" in table[2]["remark"]
    shown = capsys.readouterr().out
    assert "Look at these first:" in shown
    assert "lateral.png" in shown.split("Look at these first:")[1] and "ap.png:" not in shown.split("first:")[1]


def test_kept_files_are_listed_without_doubt(tmp_path: Path, foot_images: Images, fake_detect: Any) -> None:
    images, out = find_images([str(foot_images["AP"])]), tmp_path / "out"
    detect_all(images, "ap", out, fake_detect)
    read = read_markups(out / "ap.mrk.json")
    write_markups(out / "ap.mrk.json", read.labels, read.positions + 2.0, read.descriptions)
    detect_all(images, "ap", out, fake_detect)
    (row,) = rows(out / "detect.csv")
    assert row["landmarks"].endswith("ap.mrk.json") and row["remark"].startswith("kept") and row["view"] == ""


def test_points_are_those_found(
    tmp_path: Path, foot_images: Images, foot_points: dict[str, np.ndarray], fake_detect: Any
) -> None:
    detect_all(find_images([str(foot_images["lateral"])]), "lateral", tmp_path, fake_detect)
    np.testing.assert_array_equal(read_markups(tmp_path / "lateral.mrk.json").positions[:, :2], foot_points["lateral"])


def test_a_volume_beside_its_image_is_no_second_image(foot_images: Images) -> None:
    folder = foot_images["AP"].parent
    (folder / "ap.nrrd").write_bytes(b"NRRD0004")
    (folder / "alone.nrrd").write_bytes(b"NRRD0004")
    assert [image.path.name for image in find_images([str(folder)])] == ["alone.nrrd", "ap.png", "lateral.png"]


def test_an_image_named_twice_is_done_once(foot_images: Images) -> None:
    ap = foot_images["AP"]
    found = find_images([str(ap), str(ap.parent), str(ap.parent / ".." / ap.parent.name / ap.name)])
    assert [image.path for image in found] == [ap, foot_images["lateral"]]


def test_hidden_and_other_files_of_a_folder_are_left_out(tmp_path: Path, foot_images: Images) -> None:
    folder = foot_images["AP"].parent
    (folder / ".hidden.png").write_bytes(b"")
    (folder / "results").mkdir()
    for name in ("case.json", "overlay_ap.png", "ap.nrrd"):
        (folder / "results" / name).write_bytes(b"")
    (folder / "DICOMDIR").write_bytes(b"\x00" * 128 + b"DICM")
    (folder / "IM0001").write_bytes(b"\x00" * 128 + b"DICM" + b"\x00" * 9)
    assert [image.path.name for image in find_images([str(folder)])] == ["IM0001", "ap.png", "lateral.png"]


def targets(*images: tuple[str, str]) -> list[str]:
    found = [FoundImage(Path(path), Path(root)) for path, root in images]
    return [str(target) for target in landmark_targets(found, Path("out")).values()]


def test_targets_are_flat_unless_names_clash() -> None:
    assert targets(("/a/x.png", "/a"), ("/b/y.1.dcm", "/b")) == ["out/x.mrk.json", "out/y.1.mrk.json"]
    assert targets(("/a/s/x.png", "/a"), ("/a/t/x.png", "/a")) == ["out/s/x.mrk.json", "out/t/x.mrk.json"]
    assert targets(("/a/x.png", "/a"), ("/b/x.png", "/b")) == ["out/a/x.mrk.json", "out/b/x.mrk.json"]
    assert targets(("/a/c/x.png", "/a/c"), ("/b/c/x.png", "/b/c")) == ["out/a/c/x.mrk.json", "out/b/c/x.mrk.json"]
    assert targets(("/a/x.png", "/a"), ("/a/X.jpg", "/a")) == ["out/x.png.mrk.json", "out/X.jpg.mrk.json"]


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["detect", str(tmp_path / "empty"), "--out", str(tmp_path / "out")]) == 2
    assert "no radiographs found" in capsys.readouterr().err
