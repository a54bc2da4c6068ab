"""Slicer point files: exact both ways, refused in one sentence otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.markups import MarkupsError, read_all_markups, read_markups, write_markups

LABELS = ["A1", "A2", "A3"]
POSITIONS = np.array([[1 / 3, 2.5e-7, 0.0], [np.nan, np.nan, np.nan], [-1234.5678901234567, 7.0, -2.25]])
DESCRIPTIONS = ["uncertain", 'hidden, by the "calcaneus"', "ähnlich"]


def node(**changes: Any) -> dict[str, Any]:
    """Return a point list as Slicer writes it, with changes."""
    point = {"id": "1", "label": "A1", "description": "", "position": [10.0, 20.0, 0.0], "positionStatus": "defined"}
    return {
        "type": "Fiducial",
        "coordinateSystem": "LPS",
        "coordinateUnits": "mm",
        "controlPoints": [point],
    } | changes


def document(*nodes: dict[str, Any], schema: str = "1.0.3") -> str:
    return json.dumps({"@schema": f"https://x/markups-schema-v{schema}.json#", "markups": list(nodes or (node(),))})


def point(**changes: Any) -> dict[str, Any]:
    return node(controlPoints=[node()["controlPoints"][0] | changes])


@pytest.mark.parametrize("name", ["a.mrk.json", "a.fcsv"])
def test_round_trip_is_exact(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    flags = {"selected": [True, False, True], "locked": [False, True, False], "visible": [True, True, False]}
    write_markups(path, LABELS, POSITIONS, DESCRIPTIONS, ids=["7", "8", "x"], **flags)
    read = read_markups(path)
    assert read.labels == tuple(LABELS)
    assert read.ids == ("7", "8", "x")
    assert read.descriptions == tuple(DESCRIPTIONS)
    np.testing.assert_array_equal(read.positions, POSITIONS)
    assert read.selected.tolist() == flags["selected"]
    assert read.locked.tolist() == flags["locked"]
    assert read.visible.tolist() == flags["visible"]
    assert read.defined.tolist() == [True, False, True]
    assert read.uncertain.tolist() == [True, False, False]


def test_json_keeps_orientations(tmp_path: Path) -> None:
    turned = np.arange(9.0)[None] / 7
    write_markups(tmp_path / "a.mrk.json", ["A1"], [[1.0, 2.0, 3.0]], orientations=turned)
    np.testing.assert_array_equal(read_markups(tmp_path / "a.mrk.json").orientations, turned)


def test_written_json_is_laid_out_like_slicers(tmp_path: Path) -> None:
    path = tmp_path / "a.mrk.json"
    write_markups(path, LABELS, POSITIONS)
    text = path.read_text(encoding="utf-8")
    assert '"position": [0.3333333333333333, 2.5e-07, 0.0]' in text
    written = json.loads(text)
    assert "markups-schema-v1.0.3.json#" in written["@schema"]
    list_ = written["markups"][0]
    assert (list_["type"], list_["coordinateSystem"], list_["coordinateUnits"]) == ("Fiducial", "LPS", "mm")
    assert list_["lastUsedControlPointNumber"] == 3
    assert list_["controlPoints"][1]["position"] == ""
    assert list_["controlPoints"][1]["positionStatus"] == "undefined"
    assert list_["controlPoints"][0]["orientation"] == [-1, 0, 0, 0, -1, 0, 0, 0, 1]


def test_two_columns_are_in_the_image_plane(tmp_path: Path) -> None:
    write_markups(tmp_path / "a.mrk.json", ["A1"], [[3.0, 4.0]])
    assert read_markups(tmp_path / "a.mrk.json").positions.tolist() == [[3.0, 4.0, 0.0]]


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mrk.json"
    write_markups(path, ["A1"], [[1.0, 2.0]])
    with pytest.raises(ValueError, match="finite"):
        write_markups(path, ["A1"], [[np.inf, 2.0]])
    assert read_markups(path).positions[0, 0] == 1.0
    assert [file.name for file in tmp_path.iterdir()] == ["a.mrk.json"]


@pytest.mark.parametrize("schema", ["1.0.0", "1.0.3", "1.0.4"])
def test_schema_versions(tmp_path: Path, schema: str) -> None:
    (tmp_path / "a.mrk.json").write_text(document(schema=schema))
    assert read_markups(tmp_path / "a.mrk.json").labels == ("A1",)


def test_ras_json_is_turned_to_lps(tmp_path: Path) -> None:
    (tmp_path / "a.mrk.json").write_text(document(node(coordinateSystem="RAS")))
    assert read_markups(tmp_path / "a.mrk.json").positions.tolist() == [[-10.0, -20.0, 0.0]]


@pytest.mark.parametrize("status", ["undefined", "preview"])
def test_points_without_a_position_are_nan(tmp_path: Path, status: str) -> None:
    (tmp_path / "a.mrk.json").write_text(document(point(positionStatus=status, position=[1, 2, 3])))
    assert np.isnan(read_markups(tmp_path / "a.mrk.json").positions).all()


def test_lines_and_angles_beside_the_points_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.mrk.json").write_text(document(node(type="Line"), node(), node(type="Angle")))
    assert read_markups(tmp_path / "a.mrk.json").labels == ("A1",)


def test_several_point_lists(tmp_path: Path) -> None:
    (tmp_path / "a.mrk.json").write_text(document(node(), node()))
    assert len(read_all_markups(tmp_path / "a.mrk.json")) == 2
    with pytest.raises(MarkupsError, match="2 point lists"):
        read_markups(tmp_path / "a.mrk.json")


HEADER = "# Markups fiducial file version = {}\n# CoordinateSystem = {}\n# columns = {}\n"
COLUMNS = "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID"
ROW = "vtkMRMLMarkupsFiducialNode_0,10.25,20.5,0,0,0,0,1,1,1,0,A1,uncertain,{}\n"


@pytest.mark.parametrize(
    ("version", "code", "sign"),
    [("4.10", "0", -1), ("4.10", "1", 1), ("4.11", "RAS", -1), ("4.11", "LPS", 1), ("slicer-core-5.11.0.6", "LPS", 1)],
)
def test_fcsv_headers(tmp_path: Path, version: str, code: str, sign: int) -> None:
    path = tmp_path / "a.fcsv"
    path.write_text(HEADER.format(version, code, COLUMNS) + ROW.format(""))
    read = read_markups(path)
    assert read.positions.tolist() == [[sign * 10.25, sign * 20.5, 0.0]]
    assert read.labels == ("A1",)
    assert read.uncertain.tolist() == [True]


def test_fcsv_of_slicer_5_tells_undefined_points(tmp_path: Path) -> None:
    path = tmp_path / "a.fcsv"
    path.write_text(HEADER.format("5.11", "LPS", COLUMNS) + ROW.format(",2,0") + ROW.format(",0,0"))
    assert read_markups(path).defined.tolist() == [True, False]


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.FCSV"
    text = HEADER.format("4.11", "LPS", COLUMNS) + ROW.format("")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_markups(path).positions[0, 0] == 10.25


REFUSED = {
    "empty.mrk.json": (b"", "empty"),
    "rubbish.mrk.json": (bytes(range(256)), "not a text file"),
    "rubbish.fcsv": (b"\x00\xff\xd8\xff\xe0" * 9, "not a text file"),
    "truncated.mrk.json": (document().encode()[:150], "truncated"),
    "deep.mrk.json": (b"[" * 200_000, "JSON"),
    "number.mrk.json": (b"3", 'no "markups" list'),
    "case.mrk.json": (b'{"side": "left"}', 'no "markups" list'),
    "schema.mrk.json": (document(schema="2.0.0").encode(), "schema"),
    "line.mrk.json": (document(node(type="Line")).encode(), "Line but no point list"),
    "frameless.mrk.json": (document({k: v for k, v in node().items() if k != "coordinateSystem"}).encode(), "missing"),
    "frame.mrk.json": (document(node(coordinateSystem="IJK")).encode(), "'IJK', expected LPS or RAS"),
    "unit.mrk.json": (document(node(coordinateUnits="cm")).encode(), "'cm', expected mm"),
    "nan.mrk.json": (document(point(position=[float("nan"), 0, 0])).encode(), "NaN is not a number"),
    "inf.mrk.json": (document(point(position=["x", 0, 0])).encode().replace(b'"x"', b"1e999"), "finite numbers"),
    "huge.mrk.json": (document(point(position=[10**400, 0, 0])).encode(), "finite numbers"),
    "text.mrk.json": (document(point(position=["a", 0, 0])).encode(), "finite numbers"),
    "short.mrk.json": (document(point(position=[1, 2])).encode(), "3 finite numbers"),
    "status.mrk.json": (document(point(positionStatus="maybe")).encode(), "positionStatus 'maybe'"),
    "label.mrk.json": (document(point(label=3)).encode(), "label of a point is 3"),
    "points.mrk.json": (document(node(controlPoints={"a": 1})).encode(), "not a list of points"),
    "code.fcsv": ((HEADER.format("4.10", "2", COLUMNS) + ROW.format("")).encode(), "'2', expected 0 or RAS"),
    "headless.fcsv": (ROW.format("").encode(), "version line"),
    "frameless.fcsv": (b"# Markups fiducial file version = 4.10\n" + ROW.format("").encode(), "CoordinateSystem line"),
    "columns.fcsv": (HEADER.format("4.10", "1", "label,x,y").encode(), "columns"),
    "nan.fcsv": ((HEADER.format("4.10", "1", COLUMNS) + ROW.replace("10.25", "nan").format("")).encode(), "finite"),
    "inf.fcsv": ((HEADER.format("4.10", "1", COLUMNS) + ROW.replace("20.5", "-inf").format("")).encode(), "finite"),
    "text.fcsv": ((HEADER.format("4.10", "1", COLUMNS) + ROW.replace("20.5", "abc").format("")).encode(), "finite"),
    "short.fcsv": ((HEADER.format("4.10", "1", COLUMNS) + "1,2,3\n").encode(), "3 columns"),
    "truncated.fcsv": ((HEADER.format("4.10", "1", COLUMNS) + ROW.format(""))[:190].encode(), "columns"),
    "points.csv": (b"A1,1,2\n", "not a landmark file name"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_clear_sentence(tmp_path: Path, name: str) -> None:
    content, words = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FootDeformityError) as caught:
        read_all_markups(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert words in message
    assert "\n" not in message
    assert len(message) < len(str(path)) + 300


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(MarkupsError, match="no such file"):
        read_markups(tmp_path / "a.mrk.json")
    (tmp_path / "b.fcsv").mkdir()
    with pytest.raises(MarkupsError, match="folder"):
        read_markups(tmp_path / "b.fcsv")
