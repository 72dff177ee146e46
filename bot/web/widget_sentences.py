"""The widget's own sentences: every `say("...")` of its modules, so that they can be said in the reader's language."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from babel.messages.jslexer import tokenize, unquote_string

from bot.web.widget_script import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from babel.messages.jslexer import Token


@cache
def widget_sentences() -> tuple[tuple[str, str], ...]:
    """The name of a module and a sentence in it, for each; the same sentence may stand in several."""
    paths = sorted(MODULES.glob("*.js"))
    return tuple((path.name, sentence) for path in paths for sentence in said_in(path.read_text(encoding="utf-8")))


def said_in(source: str) -> Iterator[str]:
    r"""What JavaScript gives to `say`, whoever's method it is, as a literal; literals joined by "+" are one.

    Also in the values of a template, but not in a template within one.

    >>> list(said_in('this.say("One {n}", { n: say("t" + "wo") }); say(three); essay("four"); // say("five")'))
    ['One {n}', 'two']
    """
    tokens = [token for token in tokenize(source, jsx=False, dotted=False) if "comment" not in token.type]
    for place, token in enumerate(tokens):
        if token.type == "template_string":
            for value in token.value.split("${")[1:]:
                yield from said_in(value)
        if place + 2 >= len(tokens):
            continue
        is_call = token.type == "name" and token.value == "say" and tokens[place + 1].value == "("
        if is_call and (literals := list(_joined(tokens[place + 2 :]))):
            yield "".join(literals)


def _joined(tokens: Sequence[Token]) -> Iterator[str]:
    """The literals that `tokens` begin with, of one sum."""
    for token, after in pairwise(tokens):
        if token.type == "string":
            yield unquote_string(token.value)
            if after.value != "+":
                return
        elif token.value != "+":
            return
