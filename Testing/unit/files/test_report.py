"""report.html: one page that stands alone and says what it is not."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from PIL import Image

from FootDeformityLib.files.report import report_html

PICTURES = {"AP": Image.new("RGB", (40, 60)), "lateral": Image.new("RGB", (60, 40))}


class Page(HTMLParser):
    """Collects attributes, and checks that tags are closed in order."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_requests_nothing(example_document: dict[str, Any]) -> None:
    text = report_html(example_document, PICTURES)
    page = Page(text)
    links = [value for _, key, value in page.attributes if key in ("src", "href", "action", "srcset")]
    assert len(links) == 2
    assert all(link.startswith("data:image/png;base64,") for link in links)
    assert "url(" not in text
    assert "<script" not in text
    assert all(value for tag, key, value in page.attributes if tag == "img" and key == "alt")


def test_it_says_what_it_is_not(example_document: dict[str, Any]) -> None:
    text = report_html(example_document, PICTURES)
    assert "not a medical device" in text.lower()
    assert "AI, not reviewed" in text
    example_document["reviewed"] = True
    assert "AI, not reviewed" not in report_html(example_document, PICTURES)


def test_angles_rules_ranges_and_citations(example_document: dict[str, Any]) -> None:
    text = report_html(example_document, PICTURES)
    words = re.sub(r"<[^>]+>", " ", text)
    for angle in example_document["angles"].values():
        assert f"{angle['degrees']:.1f}°" in words
    assert "-4 to 4°" in words
    assert "Meary&#x27;s angle &gt; 4° or calcaneal pitch &lt; 18°" in words
    assert "Source:" in words


def test_what_is_not_measurable_says_why(example_document: dict[str, Any]) -> None:
    example_document["angles"]["meary"].update(degrees=None, reason="L6 missing.")
    text = report_html(example_document, {})
    assert "not measurable" in text
    assert "L6 missing." in text


@pytest.mark.parametrize("place", ["file", "warning"])
def test_foreign_text_is_escaped(example_document: dict[str, Any], place: str) -> None:
    evil = "<script>alert(1)</script>\"'"
    if place == "file":
        example_document["images"]["AP"]["file"] = evil
    else:
        example_document["warnings"].append(evil)
    text = report_html(example_document, PICTURES)
    assert "<script" not in text
    Page(text)
