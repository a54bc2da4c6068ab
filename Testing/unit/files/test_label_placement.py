"""Labels keep off each other, off marks and inside the picture."""

from __future__ import annotations

import pytest

from FootDeformityLib.files.label_placement import Box, LabelPlacer


def test_a_lone_label_goes_outward() -> None:
    box = LabelPlacer(200, 200).place((100, 100), (20, 10), (1, 0), [5])
    assert (box.left, box.top) == pytest.approx((105, 95))


def test_labels_of_one_anchor_do_not_overlap() -> None:
    placer = LabelPlacer(200, 200)
    boxes = [placer.place((100, 100), (30, 12), (1, 0), [5, 15, 30]) for _ in range(6)]
    for k, box in enumerate(boxes):
        assert all(box.overlap(other) == 0 for other in boxes[k + 1 :])


def test_labels_stay_inside() -> None:
    placer = LabelPlacer(200, 100)
    for anchor in [(0, 0), (199, 0), (199, 99), (0, 99)]:
        assert placer.place(anchor, (40, 12), (anchor[0] - 100, anchor[1] - 50), [4, 10]).inside(200, 100)


def test_marks_and_lines_are_avoided() -> None:
    placer = LabelPlacer(200, 200, marks=[Box(105, 90, 140, 110)], lines=[((100, 100), (100, 20))])
    box = placer.place((100, 100), (20, 10), (1, 0), [5])
    assert box.overlap(placer.marks[0]) == 0
    assert box.length_of((100, 100), (100, 20)) == 0


def test_covered_ground_is_avoided_by_the_shy() -> None:
    placer = LabelPlacer(200, 200, cover=lambda box: 1.0 if box.left < 150 else 0.0)
    assert placer.place((100, 100), (20, 10), (-1, 0), [5, 30, 60], shy=10).left >= 150


def test_length_within_a_box() -> None:
    box = Box(0, 0, 10, 10)
    assert box.length_of((-5, 5), (15, 5)) == pytest.approx(10)
    assert box.length_of((2, 2), (2, 5)) == pytest.approx(3)
    assert box.length_of((-5, 20), (15, 20)) == 0
