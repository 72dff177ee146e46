"""Drawing with matplotlib as SVG, on a server: the same figures make the same bytes.

Without a browser or scripts; text stays text, and each drawing says in words (title and description) what it shows.
"""

from __future__ import annotations

import io
import threading
import warnings
from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure

# Matplotlib's style belongs to the whole process, and holds for whoever draws.
_DRAWING: Final = threading.Lock()
_STYLE: Final[Mapping[Any, Any]] = {
    "svg.hashsalt": "doctors-note",
    "svg.fonttype": "none",
    # What is written is words, also where it has two dollar signs.
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def drawn_svg(draw: Callable[[Figure], None], title: str, description: str, style: Mapping[Any, Any]) -> str:
    """The picture that `draw` makes on an empty figure, with matplotlib's settings `style`.

    Threads draw one after the other. It is an `svg` element, without an XML declaration before it.
    """
    # Imported here: it takes a second, for which nothing else should wait.
    from matplotlib import rc_context  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with _DRAWING, warnings.catch_warnings(), rc_context({**_STYLE, **style}):
        # Where its own font lacks a letter, the reader's has it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(layout="constrained")
        draw(figure)
        drawn = io.StringIO()
        FigureCanvasSVG(figure).print_figure(drawn, format="svg", metadata={"Date": None})
    # Without what stands before the root, it can be put into a page as it is.
    _, opening, rest = drawn.getvalue().partition("<svg ")
    attributes, close, body = rest.partition(">")
    words = f'\n <title id="title">{escape(title)}</title>\n <desc id="description">{escape(description)}</desc>'
    return f'{opening}role="img" aria-labelledby="title description" {attributes}{close}{words}{body}'
