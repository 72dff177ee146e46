"""Charts that can be read, by eye and aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from bot.charts import reliability_svg, risk_coverage_svg

if TYPE_CHECKING:
    from collections.abc import Callable

STATED = [number / 40 for number in range(41)]
RIGHT = [number % 3 == 0 or number > 30 for number in range(41)]
SVG = "{http://www.w3.org/2000/svg}"
DRAWN: list[tuple[Callable[[list[float], list[bool]], str], tuple[str, str]]] = [
    (lambda stated, right: reliability_svg(stated, right, 0.1234), ("stated probability", "share right")),
    (risk_coverage_svg, ("share of all questions", "share wrong")),
]


@pytest.mark.parametrize(("draw", "labels"), DRAWN)
def test_a_chart_says_in_text_what_it_shows(
    draw: Callable[[list[float], list[bool]], str], labels: tuple[str, str]
) -> None:
    """It is well-formed SVG with a title and a description, and its labels are text."""
    root = etree.fromstring(draw(STATED, RIGHT).encode())
    assert root.tag == f"{SVG}svg"
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title description")
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert "41 questions" in str(description.text)
    shown = [str(text.text) for text in root.iter(f"{SVG}text")]
    assert title.text in shown
    for label in labels:
        assert any(text.startswith(label) for text in shown), label


@pytest.mark.parametrize(("draw", "labels"), DRAWN)
def test_equal_figures_make_equal_bytes(
    draw: Callable[[list[float], list[bool]], str], labels: tuple[str, str]
) -> None:
    """A chart has no date and no random ids."""
    assert draw(STATED, RIGHT) == draw(STATED, RIGHT)
    assert draw(STATED, RIGHT) != draw(STATED, RIGHT[::-1])


@pytest.mark.parametrize(("draw", "labels"), DRAWN)
@pytest.mark.parametrize(("stated", "right"), [([0.5], [True]), ([0.0] * 12, [False] * 12), ([1.0] * 12, [True] * 12)])
def test_few_or_equal_questions_are_drawn(
    draw: Callable[[list[float], list[bool]], str], labels: tuple[str, str], stated: list[float], right: list[bool]
) -> None:
    """One question, or many with one probability, make a chart too."""
    assert "</svg>" in draw(stated, right)
