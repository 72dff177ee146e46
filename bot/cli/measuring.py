"""Commands that measure: calibrate."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot import calibrating
from bot.bootstrap import configure_logging, load_encoder, open_retriever, utc_now
from bot.calibrating import Policy
from bot.calibration_file import CalibrationRecord, write_calibration
from bot.cli.terminal import AsJson, app, errors, out, print_json, progress_bar
from bot.config import read_settings
from bot.domain.errors import UnreadableFile
from bot.evaluation import read_library, read_questions

if TYPE_CHECKING:
    from bot.calibrating import Example, Figures
    from embeddings.encoder import Encoder

_Task = tuple[Path, Path]


@app.command("calibrate")
def calibrate(
    library: Annotated[list[Path], typer.Option(help="A library to fit to (JSON Lines). May be given several times.")],
    questions: Annotated[list[Path], typer.Option(help="Its questions (JSON Lines); as many times as --library.")],
    unseen_library: Annotated[list[Path] | None, typer.Option(help="A library to measure on, not fitted to.")] = None,
    unseen_questions: Annotated[list[Path] | None, typer.Option(help="Its questions.")] = None,
    output: Annotated[
        Path | None, typer.Option("--out", help="The file to write; calibration.json in the data folder.")
    ] = None,
    false_answers: Annotated[
        float, typer.Option(min=0, max=1, help="Unanswerable questions that may be answered, 0 to 1.")
    ] = 0.05,
    false_choices: Annotated[
        float, typer.Option(min=0, max=1, help="... that may be answered or offered choices, 0 to 1.")
    ] = 0.25,
    agreement_weight: Annotated[float, typer.Option(help="What the farther of question and text adds.")] = 0.2,
    agreement_from: Annotated[float, typer.Option(help="The similarity from which it adds.")] = 0.2,
    as_json: AsJson = False,
) -> None:
    """Fit the probability of an answer to questions whose answers are known, and set the thresholds."""
    tasks = _paired(library, questions)
    unseen = _paired(unseen_library or [], unseen_questions or [])
    settings = read_settings()
    configure_logging("error")
    encoder = load_encoder(settings, errors.print)
    if len({files[1].stem for files in tasks}) < len(tasks):
        raise UnreadableFile("two question files have one name, under which their figures would stand; rename one")
    policy = Policy(false_answers, false_choices, agreement_weight, agreement_from)
    fitted = {files[1].stem: _examples(files, encoder, policy) for files in tasks}
    examples = [example for each in fitted.values() for example in each]
    calibration = calibrating.fit(examples, policy)
    figures = {f"{name}, cross-validated": each for name, each in calibrating.cross_validated(examples, policy).items()}
    for files in unseen:
        figures[f"{files[1].stem}, unseen"] = calibrating.measured(_examples(files, encoder, policy), calibration)
    record = CalibrationRecord(
        calibration=calibration,
        model=encoder.name,
        model_sha256=encoder.weights_sha256,
        fitted_on=utc_now().date(),
        libraries=len(tasks),
        questions=len(examples),
        answerable=sum(example.is_answerable for example in examples),
        wish=false_answers,
    )
    path = output or settings.data_dir / "calibration.json"
    write_calibration(record, path)
    if as_json:
        print_json({"path": str(path), "record": asdict(record), "figures": {k: asdict(v) for k, v in figures.items()}})
    else:
        out.print(_table(figures))
        out.print(f"answer from {calibration.answer_at}, choices from {calibration.choose_at}; written to {path}")


def _paired(libraries: list[Path], questions: list[Path]) -> list[_Task]:
    if len(libraries) != len(questions):
        raise typer.BadParameter(f"{len(libraries)} libraries do not go with {len(questions)} question files")
    return list(zip(libraries, questions, strict=True))


def _examples(files: _Task, encoder: Encoder, policy: Policy) -> list[Example]:
    library, questions = files
    asked = list(read_questions(questions))
    with TemporaryDirectory() as folder, progress_bar(f"Reading {library.name}") as progress:
        retriever, store = open_retriever(Path(folder), encoder)
        store.put(read_library(library))
        retriever.open(progress)
        known = {stored.article.id for stored in store.all()}
        if missing := sorted(set().union(*(question.expected for question in asked)) - known):
            raise UnreadableFile(f"{questions} expects {missing[0]!r}, which {library} does not have")
        try:
            return calibrating.examples_of(
                questions.stem,
                asked,
                lambda text, depth: retriever.find(retriever.read(text), depth, language="")[0],
                policy,
            )
        finally:
            retriever.close()


def _table(figures: dict[str, Figures]) -> Table:
    table = Table("figure", *figures)
    for name in next(iter(figures.values())).__dataclass_fields__:
        values = (getattr(column, name) for column in figures.values())
        table.add_row(name, *("\N{EN DASH}" if value is None else str(value) for value in values))
    return table
