"""Commands that measure answers: evaluate."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.table import Column, Table

from bot.bootstrap import configure_logging, load_remembering_encoder, temporary_installation
from bot.charts import reliability_svg, risk_coverage_svg
from bot.cli.library import opened
from bot.cli.taught import evaluate_taught
from bot.cli.terminal import AsJson, app, errors, out, print_json, progress_bar
from bot.comparing import BASELINES, VARIANTS, measured
from bot.config import PACKAGED_MODEL, Settings, read_settings
from bot.domain.errors import NotCalibrated, UnreadableFile
from bot.evaluation import Task, read_task
from bot.importers.files import replacing
from bot.metrics import probabilities
from bot.predictions import Prediction, metrics_of, predict
from bot.service.matching import DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from embeddings.encoder import Encoder

# How often the removal of a folder is tried.
_ATTEMPTS: Final = 5
_NOTHING: Final = "\N{EN DASH}"


@app.command("evaluate")
def evaluate(
    library: Annotated[Path | None, typer.Option(help="The library (JSON Lines; id and question suffice).")] = None,
    questions: Annotated[
        Path | None, typer.Option(help="Its questions (JSON Lines of asked, expected and perhaps kind).")
    ] = None,
    taught: Annotated[
        bool, typer.Option("--taught", help="Ask the installed library every phrasing that staff taught it.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("--out", help="The folder for metrics.json, predictions.jsonl and charts.")
    ] = None,
    depth: Annotated[int, typer.Option(min=1, max=1_000, help="How many articles `top` lists, best first.")] = 10,
    compare: Annotated[
        bool, typer.Option("--compare", help="Measure other ways to find articles beside ours.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how well questions find the articles that answer them, asked as a patient asks.

    The installed library is left alone; the model, the calibration and the other settings are those in use. With
    --taught, it is the installed library that is asked, each phrasing that was taught: exit 1 if one no longer gets its
    article.
    """
    if taught:
        if library or questions or folder or compare:
            raise typer.BadParameter(
                "it asks the installed library: give nothing but --json with it", param_hint="--taught"
            )
        configure_logging("error")
        evaluate_taught(opened(read_settings()), as_json=as_json)
        return
    if library is None or questions is None:
        raise typer.BadParameter("give both --library and --questions, or --taught alone")
    task = read_task(library, questions)
    if folder is not None and folder.exists() and not folder.is_dir():
        raise UnreadableFile(f"{folder} is a file; name a folder")
    settings = read_settings()
    configure_logging("error")
    compared: dict[str, dict[str, Any]] = {}
    encoder = load_remembering_encoder(settings, errors.print)
    with _temporary_folder() as temporary:
        predictions, metrics = _evaluated(task, settings, encoder, depth, temporary)
        if compare:
            compared = _compared(task, settings, encoder, depth, temporary, metrics)
            metrics["compared"] = compared
    if folder is not None:
        _write(folder, predictions, metrics, depth)
    if as_json:
        print_json(metrics)
        return
    out.print(_table(compared or {"all questions": metrics}))
    if "by_kind" in metrics:
        out.print(_table(metrics["by_kind"]))
    if folder is not None:
        out.print(f"metrics.json, predictions.jsonl, reliability.svg and risk-coverage.svg written to {folder}")


def _evaluated(
    task: Task, settings: Settings, encoder: Encoder, depth: int, temporary: Path
) -> tuple[list[Prediction], dict[str, Any]]:
    """The predictions of an installation with `settings`, in `temporary`, and all that is to be known of them."""
    with ExitStack() as stack:
        with progress_bar("Indexing articles") as progress:
            installation = stack.enter_context(
                temporary_installation(settings, task.articles, parent=temporary, progress=progress, encoder=encoder)
            )
        with progress_bar("Asking questions") as progress:
            began = time.monotonic()
            predictions = predict(installation.core, task.questions, depth, progress)
            seconds = time.monotonic() - began
    return predictions, {
        **metrics_of(predictions),
        "articles": len(task.articles),
        "model": encoder.name,
        "model_sha256": encoder.weights_sha256,
        "calibration": installation.core.calibration.version,
        "seconds": round(seconds, 3),
    }


def _compared(
    task: Task, settings: Settings, encoder: Encoder, depth: int, temporary: Path, ours: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """The metrics of every baseline and variant, by name; `ours` are those of the settings in use."""
    articles = [sourced.article for sourced in task.articles]
    packaged = _encoder_of(settings.model_copy(update={"embedding_model": PACKAGED_MODEL}), settings, encoder)
    compared = {name: measured(make(articles, packaged), task, max(depth, DEPTH)) for name, make in BASELINES.items()}
    for name, changes in VARIANTS.items():
        if not changes:
            compared[name] = {key: value for key, value in ours.items() if key != "by_kind"}
            continue
        changed = settings.model_copy(update=changes)
        try:
            compared[name] = _evaluated(task, changed, _encoder_of(changed, settings, encoder), depth, temporary)[1]
        except NotCalibrated as error:  # a calibration of one's own is for one's own model
            errors.print(f"{name} is left out: {error}")
            continue
        compared[name].pop("by_kind", None)
    return compared


def _encoder_of(changed: Settings, settings: Settings, encoder: Encoder) -> Encoder:
    """The encoder of `changed`: that of `settings`, which is loaded, if it is the same."""
    if (changed.model, changed.runtime) == (settings.model, settings.runtime):
        return encoder
    return load_remembering_encoder(changed, errors.print)


def _write(folder: Path, predictions: list[Prediction], metrics: Mapping[str, Any], depth: int) -> None:
    """Write all files, or none."""
    judged = [prediction.judged for prediction in predictions]
    stated, right = probabilities(judged), [each.is_right for each in judged]
    texts = {
        "metrics.json": json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        "predictions.jsonl": "".join(prediction.line(depth) + "\n" for prediction in predictions),
        "reliability.svg": reliability_svg(stated, right, metrics["ece"]),
        "risk-coverage.svg": risk_coverage_svg(stated, right),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = {name: stack.enter_context(replacing(folder / name)) for name in texts}
        for name, file in files.items():
            file.write(texts[name])
            # What does not fit on the disk is noticed before any file takes its place.
            file.flush()


def _table(columns: Mapping[str, Mapping[str, Any]]) -> Table:
    """The figures of each column, a row each; a dash where there is nothing to measure."""
    rows: dict[str, dict[str, str]] = {}
    for column, metrics in columns.items():
        for name, value in metrics.items():
            parts = value if isinstance(value, dict) else {"": value}
            if name not in {"by_kind", "compared"}:
                for part, figure in parts.items():
                    rows.setdefault(f"{name} {part}".strip(), {})[column] = _figure(figure)
    table = Table(*(Column(name, overflow="fold") for name in ("figure", *columns)))
    for name, figures in rows.items():
        table.add_row(name, *(figures.get(column, _NOTHING) for column in columns))
    return table


def _figure(value: Any) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)[:12]


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder that is gone at the end, also where the process is asked to end (Ctrl+C, SIGTERM).

    The request ends it there and then: an exception raised wherever the program happens to be can be lost there,
    or leave a lock locked that others wait for.
    """
    with TemporaryDirectory(prefix="doctors-note-") as folder:

        def end(number: int, _frame: object) -> None:
            for _ in range(_ATTEMPTS):  # other threads may still write into it
                shutil.rmtree(folder, ignore_errors=True)
            errors.show_cursor(True)  # a progress bar hides it
            os._exit(128 + number)

        heeded = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) is not signal.SIG_IGN]
        before = {each: signal.signal(each, end) for each in heeded}
        try:
            yield Path(folder)
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
