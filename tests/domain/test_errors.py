"""The tree of errors, and how a value is shown in one."""

from __future__ import annotations

import inspect
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import errors


def drawn_tree() -> dict[str, str]:
    """Each class that the module's docstring draws, with the class it is drawn under."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in inspect.getdoc(errors).splitlines()[2:]:  # type: ignore[union-attr]  # the module has a docstring
        match = re.match(r"([│├└─ ]*)(\w+)", line)
        assert match is not None
        path = [*path[: len(match[1]) // 4], match[2]]
        parents[match[2]] = path[-2] if len(path) > 1 else "Exception"
    return parents


def test_the_tree_is_as_it_is_drawn() -> None:
    """The docstring draws every error there is, each under its base, and none that there is not."""
    real = {
        name: value.__base__.__name__
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.DoctorsNoteError) and value.__base__
    }
    assert drawn_tree() == real


def test_all_problems_are_in_the_message() -> None:
    """An article's error says every broken rule, and has them as values."""
    error = errors.InvalidArticle([errors.Problem("a", 1, "text"), errors.Problem("b", "x", "a date")])
    assert str(error) == "a: 1 is not text; b: 'x' is not a date"
    assert [problem.field for problem in error.problems] == ["a", "b"]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=500) | st.floats(),
        lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=200), inner, max_size=6),
        max_leaves=30,
    )
)
def test_a_value_is_shown_in_a_few_lines_at_most(value: object) -> None:
    """Whatever a file had in a field, the message about it stays readable and printable."""
    shown = errors.shown(value)
    assert len(shown) < 1500
    assert "\n" not in shown
    assert shown.encode("utf-8")
