"""Commands that keep an installation: backup, restore."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.backing_up import back_up
from bot.backing_up import restore as restore_backup
from bot.bootstrap import configure_logging, utc_now
from bot.cli.terminal import AsJson, app, errors, out, print_json
from bot.config import read_settings

if TYPE_CHECKING:
    from bot.backup_file import Manifest


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, as library.tar.gz; one that is there is replaced.")],
    as_json: AsJson = False,
) -> None:
    """Write the store, and what you made in the data folder, to one file, while servers may run."""
    settings = read_settings()
    configure_logging(settings.log_level)
    manifest = back_up(settings.data_dir, settings.store_url, file, utc_now)
    size = file.stat().st_size
    if as_json:
        print_json({"path": str(file), "size": size, **_record_of(manifest)})
    else:
        out.print(
            f"{manifest.counts['articles']:,} articles, {manifest.counts['sessions']:,} conversations and "
            f"{', '.join(_made(manifest)) or 'no files of yours'} written to {file} ({size:,} bytes)."
        )


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Even if the store has articles: they go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in place of what is there, all of it or nothing; stop every server first.

    Conversations that are too old by now, or were erased since, stay away. Staff have to sign in anew.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    done = restore_backup(
        settings.data_dir,
        settings.store_url,
        settings.index_dir,
        file,
        utc_now,
        settings.retention_days,
        replace=replace,
    )
    if as_json:
        record = {name: value for name, value in asdict(done).items() if name != "manifest"}
        print_json({**record, "backup": _record_of(done.manifest)})
    else:
        made = done.manifest.made
        out.print(
            f"{done.articles:,} articles and {done.sessions:,} conversations are as they were at {made:%Y-%m-%d %H:%M} "
            f"UTC, {done.left_out:,} conversations were left out. The index is made anew by the next command or server."
        )
        sys.stdout.flush()
        if not done.erased_known:
            errors.print(
                "What was erased after the backup was made could not be found out: erase it again "
                "(doctors-note erase SESSION_ID)."
            )
        errors.print(
            "Accounts and keys of staff are as they were then: disable and revoke again what was disabled and revoked "
            "since."
        )


def _made(manifest: Manifest) -> list[str]:
    """What an operator made, as it is called in the data folder."""
    return sorted({name.partition("/")[0] for name in manifest.members} - {"library.sqlite", "store.pgdump"})


def _record_of(manifest: Manifest) -> dict[str, object]:
    return {
        "version": manifest.version,
        "made": manifest.made.isoformat(),
        "store": manifest.store,
        "schema": manifest.schema,
        "counts": dict(manifest.counts),
        "members": sorted(manifest.members),
    }
