"""The plots of the dashboard's panels, drawn of their tables, for light and for dark pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.service.staff.panels import Unit
from bot.svg import drawn_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bot.service.staff.panels import Cell, Panel

WIDTH_PX: Final = 600
_INCH_PX: Final = 72  # of matplotlib's SVG
_LABEL_CHARS: Final = 34
_ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of the pages, and five that the colour-blind tell apart, each with a contrast of 3 and more to them."""

    surface: str
    ink: str
    line: str
    series: tuple[str, str, str, str, str]


# Of Okabe and Ito (2008), darker or lighter where they would not stand out.
THEMES: Final[Mapping[str, Theme]] = {
    "light": Theme("#ffffff", "#16282b", "#ccd8d9", ("#0072b2", "#008f68", "#d55e00", "#8f2d74", "#6b6b6b")),
    "dark": Theme("#18272a", "#e6eeee", "#385055", ("#56b4e9", "#35c79c", "#f08a3c", "#e39ac8", "#a9b4b6")),
}


def plot(panel: Panel, theme: str) -> str:
    """The plot of `panel` as SVG, in one of `THEMES`. Raises KeyError for a panel that has none, or no such theme."""
    colours = THEMES[theme]
    style = {
        "font.size": 11.0,
        "figure.facecolor": colours.surface,
        "axes.facecolor": colours.surface,
        "axes.edgecolor": colours.ink,
        "axes.labelcolor": colours.ink,
        "text.color": colours.ink,
        "xtick.color": colours.ink,
        "ytick.color": colours.ink,
        "legend.labelcolor": colours.ink,
        "grid.color": colours.line,
    }
    shape = _SHAPES[panel.key]

    def draw(figure: Figure) -> None:
        _, height = size_px(panel)
        figure.set_size_inches(WIDTH_PX / _INCH_PX, height / _INCH_PX)
        axes = figure.subplots()
        if panel.rows:
            shape(axes, panel, colours)
        else:
            axes.set_axis_off()
            axes.text(0.5, 0.5, "Nothing in this time", ha="center", va="center")

    return drawn_svg(draw, panel.title, panel.summary, style)


def has_plot(panel: Panel) -> bool:
    """Whether there is one of this panel; a list of articles to be dealt with needs none."""
    return panel.key in _SHAPES


def size_px(panel: Panel) -> tuple[int, int]:
    """Width and height of a panel's plot."""
    if _SHAPES[panel.key] is _bars and panel.rows:
        return WIDTH_PX, 60 + 24 * max(len(panel.rows), 3)
    return WIDTH_PX, 260


def _stacked(axes: Axes, panel: Panel, colours: Theme) -> None:
    """A column for each step, of parts; each part is one outline, which is drawn much faster than bars."""
    edges = [place - 0.5 for place in range(len(panel.rows) + 1)]
    bottoms = [0.0] * len(panel.rows)
    names = [column.name for column in panel.columns[1:] if column.name != _ALL]
    for place, (name, colour) in enumerate(zip(names, colours.series, strict=False), start=1):
        tops = [bottom + part for bottom, part in zip(bottoms, _figures(row[place] for row in panel.rows), strict=True)]
        axes.stairs(tops, edges, baseline=bottoms, fill=True, color=colour, linewidth=0, label=name)
        bottoms = tops
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, max(*bottoms, 1) * 1.05)
    axes.grid(visible=True, axis="y")
    _mark_days(axes, panel)
    _mark_counts(axes.yaxis)
    axes.figure.legend(loc="outside upper left", ncols=len(names), frameon=False)


def _rate(axes: Axes, panel: Panel, colours: Theme) -> None:
    """A line of the last column's shares; steps without any are left out."""
    shares = [row[-1] for row in panel.rows]
    heights = [float("nan") if not isinstance(share, float) else 100 * share for share in shares]
    axes.plot(
        range(len(heights)),
        heights,
        color=colours.series[0],
        marker="o",
        markersize=6 if len(heights) < 32 else 3,
        linewidth=1.5,
    )
    axes.set_ylim(0, 102)
    axes.set_xlim(-0.6, len(heights) - 0.4)
    axes.set_ylabel(f"{panel.columns[-1].name}, %")
    axes.grid(visible=True, axis="y")
    _mark_days(axes, panel)


def _bars(axes: Axes, panel: Panel, colours: Theme) -> None:
    """A bar for each row, of the first column of counts, with its figure."""
    column = next(place for place, each in enumerate(panel.columns) if each.unit is Unit.COUNT)
    lengths = _figures(row[column] for row in panel.rows)
    drawn = axes.barh(range(len(lengths)), lengths, 0.7, color=colours.series[0])
    axes.bar_label(drawn, [f"{length:,.0f}" for length in lengths], padding=3)
    axes.set_yticks(range(len(lengths)), [_label(row[column - 1] or row[0]) for row in panel.rows])
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.set_xlabel(panel.columns[column].name)
    axes.grid(visible=True, axis="x")
    _mark_counts(axes.xaxis)
    if not any(lengths):
        axes.set_xlim(0, 1)


_SHAPES: Final[Mapping[str, Callable[[Axes, Panel, Theme], None]]] = {
    "turns": _stacked,
    "match": _rate,
    "helpful": _rate,
    "gaps": _stacked,
    "teaching": _bars,
    "articles": _bars,
    "symptoms": _bars,
    "channels": _bars,
    "languages": _bars,
    "emergencies": _bars,
    "reviews": _bars,
}


def _figures(cells: Any) -> list[float]:
    return [float(cell) for cell in cells]


def _mark_days(axes: Axes, panel: Panel) -> None:
    """Up to six days along the axis, in the middle of their bars."""
    days: Sequence[Cell] = [row[0] for row in panel.rows]
    every = -(-len(days) // 6)
    places = range(0, len(days), every)
    axes.set_xticks(places, [str(days[place]) for place in places])


def _mark_counts(axis: Any) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter  # noqa: PLC0415  see `bot.svg`

    axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _label(cell: Cell) -> str:
    text = str(cell)
    return text if len(text) <= _LABEL_CHARS else f"{text[: _LABEL_CHARS - 1]}…"
