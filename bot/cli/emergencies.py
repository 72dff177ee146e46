"""Commands that measure the emergency rules: evaluate-emergencies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import configure_logging, load_emergencies, load_encoder
from bot.cli.terminal import AsJson, app, errors, out, print_json, progress_bar
from bot.config import read_settings
from bot.triage_evaluation import alarmed, read_messages, triage_metrics


@app.command("evaluate-emergencies")
def evaluate_emergencies(
    file: Annotated[Path, typer.Argument(help="Messages, one a line: 1 (an emergency) or 0, a tab, the text.")],
    as_json: AsJson = False,
) -> None:
    """Measure how well emergencies are recognised, message by message, as in a conversation."""
    messages = read_messages(file)
    settings = read_settings()
    configure_logging("error")
    encoder = load_encoder(settings, errors.print)
    safety = load_emergencies(settings, encoder, errors.print)
    with progress_bar("Reading messages") as progress:
        found = alarmed(safety, encoder, [message.text for message in messages], progress)
    metrics = triage_metrics(messages, found)
    if as_json:
        print_json(metrics)
        return
    for name in ("n", "recall", "false_alarm_rate"):
        value = metrics[name]
        out.print(f"{name}: {f'{value:.4f}' if isinstance(value, float) else '-' if value is None else value}")
    for name in ("missed", "wrongly_alarmed"):
        out.print(f"{name}: {len(metrics[name])}")
        for text in metrics[name]:
            out.print(f"    {text}")
