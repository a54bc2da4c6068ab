"""analyze: from radiographs to a folder of results, all or nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_document import read_case
from FootDeformityLib.files.markups import read_markups, write_markups
from FootDeformityLib.hosts.command_line.analyze import analyze, check_inputs
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.network.detection import Detection

Images = dict[str, Path]
RESULTS = [
    "ap.mrk.json", "case.json", "lateral.mrk.json", "measurements.csv", "overlay_ap.png", "overlay_lateral.png",
    "report.html",
]  # fmt: skip


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def run(parsed: Any, detect: Any, *words: object) -> int:
    args = parsed("analyze", *words)
    check_inputs(args)
    return analyze(args, detect)


def test_a_pair(
    tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ("--ap", foot_images["AP"], "--lateral", foot_images["lateral"], "--age", 34, "--side", "left")
    assert run(parsed, fake_detect, *words, "--weight-bearing", "yes", "--out", out) == 0
    assert names(out) == RESULTS
    case = read_case(out / "case.json")
    assert (case["side"], case["age_years"], case["weight_bearing"]) == ("left", 34.0, "yes")
    assert case["landmarks"]["AP"]["A1"] == {
        "xy_px": [90.0, 60.0], "confidence": 0.9, "state": "ai", "ai_xy_px": [90.0, 60.0], "uncertain": False,
        "reader": None, "edited_at": None,
    }  # fmt: skip
    assert case["model"]["AP"] == "fake-AP 0123456789ab"
    assert not case["reviewed"]
    shown = capsys.readouterr().out
    assert "Meary's angle" in shown
    assert "AI, not reviewed" in shown
    assert str(out / "report.html") in shown
    assert "\x1b" not in shown


def test_one_view_alone(tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any) -> None:
    run(parsed, fake_detect, "--lateral", foot_images["lateral"], "--out", tmp_path / "out")
    assert names(tmp_path / "out") == sorted(set(RESULTS) - {"ap.mrk.json", "overlay_ap.png"})
    case = read_case(tmp_path / "out" / "case.json")
    assert case["angles"]["hallux_abductus"]["degrees"] is None
    assert case["angles"]["meary"]["degrees"] is not None


def test_measure_gives_the_same_numbers(tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    pair = ("--ap", foot_images["AP"], "--lateral", foot_images["lateral"], "--age", 34)
    run(parsed, fake_detect, *pair, "--out", first)
    landmarks = ["--ap", str(first / "ap.mrk.json"), "--lateral", str(first / "lateral.mrk.json"), "--age", "34"]
    images = ["--ap-image", str(foot_images["AP"]), "--lateral-image", str(foot_images["lateral"])]
    assert main(["measure", *landmarks, *images, "--out", str(second)]) == 0
    assert main(["measure", *landmarks, "--out", str(third)]) == 0
    assert names(second) == names(third) == RESULTS
    cases = [read_case(folder / "case.json") for folder in (first, second, third)]
    for case in cases[1:]:
        for key in ("angles", "extra_measurements", "diagnosis", "landmarks"):
            assert case[key] == cases[0][key]


def dicom(path: Path, pixels: np.ndarray, **tags: Any) -> Path:
    dataset = pydicom.Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = DigitalXRayImageStorageForPresentation
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    dataset.Modality, dataset.PhotometricInterpretation = "DX", "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelData = (pixels * 4095).astype(np.uint16).tobytes()
    dataset.PatientName, dataset.PatientID = "Doe^Secret", "ID-4711"
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_dicom_that_slicer_misreads_gets_a_volume_beside_its_points(
    tmp_path: Path,
    foot_pixels: dict[str, np.ndarray],
    foot_points: dict[str, np.ndarray],
    fake_detect: Any,
    parsed: Any,
) -> None:
    file = dicom(tmp_path / "ap.dcm", foot_pixels["AP"], PixelSpacing=[0.2, 0.15])
    out = tmp_path / "out"
    run(parsed, fake_detect, "--ap", file, "--out", out)
    assert "ap.nrrd" in names(out)
    np.testing.assert_allclose(read_markups(out / "ap.mrk.json").positions[:, :2], foot_points["AP"] * (0.15, 0.2))
    case = read_case(out / "case.json")
    assert case["images"]["AP"]["spacing_mm"] == [0.15, 0.2]
    assert case["images"]["AP"]["points_fit"] == "ap.nrrd"
    assert any("ap.nrrd" in text for text in case["warnings"])

    again = tmp_path / "again"
    landmarks, volume = str(out / "ap.mrk.json"), str(out / "ap.nrrd")
    assert main(["measure", "--ap", landmarks, "--ap-image", volume, "--out", str(again)]) == 0
    for name, angle in read_case(again / "case.json")["angles"].items():
        assert angle["degrees"] == pytest.approx(case["angles"][name]["degrees"])


def test_measure_repeats_analyze_to_the_last_digit(
    tmp_path: Path, foot_pixels: dict[str, np.ndarray], foot_points: dict[str, np.ndarray], parsed: Any
) -> None:
    """Pixel -> mm -> pixel rounds, and the landmark file says the confidence with three decimals."""
    file = dicom(tmp_path / "ap.dcm", foot_pixels["AP"], ImagerPixelSpacing=[0.27, 0.27])
    random = np.random.default_rng(0)
    points, confidence = foot_points["AP"] + random.normal(0, 1, (16, 2)), random.uniform(0.7, 1, 16)

    def detect(radiograph: Any, view: str) -> Detection:
        return Detection(view, points, confidence, np.full(16, 0.01), "fake 0123456789ab")

    first, second = tmp_path / "first", tmp_path / "second"
    run(parsed, detect, "--ap", file, "--out", first)
    landmarks = str(first / "ap.mrk.json")
    assert main(["measure", "--ap", landmarks, "--ap-image", str(file), "--out", str(second)]) == 0
    one, other = (read_case(folder / "case.json") for folder in (first, second))
    for key in ("angles", "extra_measurements", "diagnosis", "landmarks", "warnings"):
        assert one[key] == other[key]


def test_what_holds_for_both_images_is_said_once(
    tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any
) -> None:
    run(parsed, fake_detect, "--ap", foot_images["AP"], "--lateral", foot_images["lateral"], "--out", tmp_path / "out")
    warnings = read_case(tmp_path / "out" / "case.json")["warnings"]
    assert sum("lengths in millimetres are hidden" in text for text in warnings) == 1
    assert any(text.startswith("Both images: lengths") for text in warnings)


def test_tags_are_used_and_identity_is_not_kept(
    tmp_path: Path, foot_pixels: dict[str, np.ndarray], fake_detect: Any, parsed: Any
) -> None:
    tags = {"ImagerPixelSpacing": [0.15, 0.15], "PatientAge": "014Y"}
    ap = dicom(tmp_path / "a.dcm", foot_pixels["AP"], ImageLaterality="L", **tags)
    lateral = dicom(tmp_path / "l.dcm", foot_pixels["lateral"], ImageLaterality="R", **tags)
    run(parsed, fake_detect, "--ap", ap, "--lateral", lateral, "--out", tmp_path / "out")
    case = read_case(tmp_path / "out" / "case.json")
    assert case["age_years"] == 14
    assert case["side"] == "unknown"
    assert any("contradict" in text for text in case["warnings"])
    for path in (tmp_path / "out").iterdir():
        assert b"Secret" not in path.read_bytes()
        assert b"4711" not in path.read_bytes() or path.suffix in (".png", ".html")


def test_older_results_are_replaced_as_a_whole(
    tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any
) -> None:
    out = tmp_path / "out"
    run(parsed, fake_detect, "--ap", foot_images["AP"], "--lateral", foot_images["lateral"], "--out", out)
    (out / "notes.txt").write_text("mine")
    run(parsed, fake_detect, "--ap", foot_images["AP"], "--out", out)
    assert names(out) == sorted({*RESULTS, "notes.txt"} - {"lateral.mrk.json", "overlay_lateral.png"})


def test_corrected_landmarks_are_never_lost(
    tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    run(parsed, fake_detect, "--ap", foot_images["AP"], "--out", out)
    read = read_markups(out / "ap.mrk.json")
    write_markups(out / "ap.mrk.json", read.labels, read.positions + 1.0, read.descriptions)
    run(parsed, fake_detect, "--ap", foot_images["AP"], "--out", out)
    kept = [name for name in names(out) if name.startswith("ap.before-")]
    assert len(kept) == 1
    assert read_markups(out / kept[0]).positions[0, 0] == read.positions[0, 0] + 1.0
    assert kept[0] in capsys.readouterr().out


def refuses(parsed: Any, detect: Any, out: Path, words: str, *options: object) -> None:
    before = names(out.parent)
    with pytest.raises(FootDeformityError, match=words):
        run(parsed, detect, *options, "--out", out)
    assert names(out.parent) == before


def test_unusable_input_leaves_nothing(tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any) -> None:
    out = tmp_path / "out"
    (tmp_path / "text.png").write_text("no image")
    ap = foot_images["AP"]
    refuses(parsed, fake_detect, out, "No radiograph given")
    refuses(parsed, fake_detect, out, "does not exist", "--ap", tmp_path / "none.png")
    refuses(parsed, fake_detect, out, "text file", "--ap", ap, "--lateral", tmp_path / "text.png")
    refuses(parsed, fake_detect, out, "given as --ap and as --lateral", "--ap", ap, "--lateral", ap)
    refuses(parsed, fake_detect, out, "Unknown criteria 'mine'", "--ap", ap, "--criteria", "mine")
    refuses(parsed, fake_detect, tmp_path / "text.png", "is a file, expected a folder", "--ap", ap)


def test_a_failing_detector_leaves_older_results(
    tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any
) -> None:
    out = tmp_path / "out"
    run(parsed, fake_detect, "--ap", foot_images["AP"], "--out", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def broken(radiograph: Any, view: str) -> Any:
        raise FootDeformityError("The model is missing.")

    with pytest.raises(FootDeformityError, match="model is missing"):
        run(parsed, broken, "--ap", foot_images["AP"], "--out", out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_wrong_view_is_noticed(tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any) -> None:
    run(parsed, fake_detect, "--lateral", foot_images["AP"], "--out", tmp_path / "out")
    warnings = read_case(tmp_path / "out" / "case.json")["warnings"]
    assert any("not look like a lateral view of a foot but like an AP view" in text for text in warnings)


def test_json_is_plain(tmp_path: Path, foot_images: Images, fake_detect: Any, parsed: Any) -> None:
    run(parsed, fake_detect, "--ap", foot_images["AP"], "--out", tmp_path / "out")

    def refuse(name: str) -> None:
        raise AssertionError(name)

    json.loads((tmp_path / "out" / "case.json").read_text(), parse_constant=refuse)


def test_a_folder_elsewhere_works_relative(
    tmp_path: Path,
    foot_images: Images,
    fake_detect: Callable[..., Any],
    parsed: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(foot_images["AP"], tmp_path / "a b ä.png")
    run(parsed, fake_detect, "--ap", "a b ä.png", "--out", ".")
    assert "case.json" in names(tmp_path)
