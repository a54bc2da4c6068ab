"""detect.csv names files as seen from where detect ran; a worklist finds its own in it."""

from __future__ import annotations

from pathlib import Path

from FootDeformityLib.files.detect_table import COLUMNS, DETECT_TABLE, Doubt, read_doubts


def test_files_of_the_same_name_in_other_folders_are_told_apart(tmp_path: Path) -> None:
    files = [tmp_path / "a.mrk.json", tmp_path / "left" / "a.mrk.json", tmp_path / "=b.mrk.json"]
    rows = [
        ["i", "../out/left/a.mrk.json", "AP", "0.9", "4.5", "", ""],
        ["i", "../out/a.mrk.json", "AP", "0.9", "2.5", "", ""],
        ["i", "'=b.mrk.json", "AP", "0.9", "", "", "looks odd"],
        ["i", "kept.mrk.json", "", "", "", "", "kept: a person corrected it"],
    ]
    text = "\n".join(",".join(row) for row in [list(COLUMNS), *rows])
    (tmp_path / DETECT_TABLE).write_text(text + "\n", encoding="utf-8")
    assert read_doubts(tmp_path, files) == {
        files[0]: Doubt(2.5, ""),
        files[1]: Doubt(4.5, ""),
        files[2]: Doubt(None, "looks odd"),
    }


def test_a_table_that_is_missing_or_damaged_says_nothing(tmp_path: Path) -> None:
    assert read_doubts(tmp_path, [tmp_path / "a.mrk.json"]) == {}
    (tmp_path / DETECT_TABLE).write_text("landmarks,view,doubt_percent,remark\na.mrk.json,AP,much,\n")
    assert read_doubts(tmp_path, [tmp_path / "a.mrk.json"]) == {}
    (tmp_path / DETECT_TABLE).write_text("something else\n")
    assert read_doubts(tmp_path, [tmp_path / "a.mrk.json"]) == {}
