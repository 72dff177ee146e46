"""Charts of an evaluation as SVG; see `bot.svg`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.metrics import reliability, risk_coverage
from bot.svg import drawn_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

# Blue, orange and grey of Okabe and Ito (2008), which the colour-blind tell apart.
_BLUE: Final = "#0072b2"
_ORANGE: Final = "#d55e00"
_GREY: Final = "#6b6b6b"
_STYLE: Final[dict[Any, Any]] = {"font.size": 12.0, "axes.grid": True, "grid.color": "#dddddd"}


def reliability_svg(stated: Sequence[float], right: Sequence[bool], ece: float | None) -> str:
    """The reliability diagram: the share that was right against the probability stated, 10 bins of equal size.

    `stated` and `right` have an entry a question; `ece` is written beside it. At least one question is needed.
    """
    bins = reliability(stated, right)
    title = "How often the best article answered, by stated probability"
    points = "; ".join(f"stated {each.stated:.2f}, right {each.right:.2f} of {each.count:,}" for each in bins)
    error = "" if ece is None else f"Expected calibration error {ece:.3f}. "
    description = (
        f"Reliability diagram of {len(stated):,} questions in {len(bins)} bins of equal size. {error}"
        f"A perfect calibration lies on the diagonal. {points}."
    )

    def draw(figure: Figure) -> None:
        figure.set_size_inches(6.4, 7.6)
        upper, lower = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (3, 1)})
        upper.plot([0, 1], [0, 1], color=_GREY, linestyle="--", label="perfect calibration")
        centres, shares = [each.stated for each in bins], [each.right for each in bins]
        # Rounding may leave a share a hair outside its interval.
        ends = [[max(0.0, each.right - each.low) for each in bins], [max(0.0, each.high - each.right) for each in bins]]
        upper.errorbar(
            centres,
            shares,
            yerr=ends,
            fmt="o",
            color=_BLUE,
            ecolor=_BLUE,
            capsize=3,
            label="share right, 95 % interval",
        )
        upper.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), ylabel="share right")
        upper.set_title(title, fontsize=13)
        upper.legend(loc="upper left", frameon=False)
        if error:
            upper.text(0.98, 0.04, error.strip().rstrip("."), transform=upper.transAxes, ha="right")
        lower.hist(list(stated), bins=[step / 20 for step in range(21)], color=_BLUE)
        lower.set(xlabel="stated probability that the best article answers", ylabel="questions")

    return drawn_svg(draw, title, description, _STYLE)


def risk_coverage_svg(stated: Sequence[float], right: Sequence[bool]) -> str:
    """The risk-coverage curve: the share wrong among the answered, against the share answered."""
    points = risk_coverage(stated, right)
    title = "How many of the answers are wrong, the more is answered"
    told = [next((risk for coverage, risk in points if coverage >= level), None) for level in (0.1, 0.25, 0.5, 0.75, 1)]
    words = ", ".join(
        f"{risk:.3f} at {level}" for level, risk in zip(("0.1", "0.25", "0.5", "0.75", "1"), told, strict=True)
    )
    description = (
        f"Risk-coverage curve of {len(stated):,} questions, answered in the order of stated probability. "
        f"Share wrong among the answered: {words} of the questions answered."
    )

    def draw(figure: Figure) -> None:
        figure.set_size_inches(6.4, 4.8)
        axes = figure.subplots()
        coverages, risks = zip(*points, strict=True)
        axes.plot(coverages, risks, color=_ORANGE, marker=".", markersize=3)
        axes.set(
            xlim=(0, 1.02),
            ylim=(0, max(0.05, *risks) * 1.05),
            xlabel="share of all questions that are answered",
            ylabel="share wrong among the answered",
        )
        axes.set_title(title, fontsize=13)

    return drawn_svg(draw, title, description, _STYLE)
