"""What every format shares: what it has to offer, and how a file is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from bot.ports import Refusal, SourcedArticle, StoredArticle

# An article of 200,000 characters with its references fits four times over.
MAX_ARTICLE_FILE_BYTES: Final = 5_000_000
BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Format:
    """A source format.

    `read` gives a file's articles and refusals in its order, and may raise UnreadableFile; it is given the file and
    never reads another. `suffixes` are the endings by which files are found in a folder. `write` puts articles to a
    path and returns how many, None where the format is for import only.
    """

    suffixes: tuple[str, ...]
    read: Callable[[Path], Iterator[SourcedArticle | Refusal]]
    write: Callable[[Iterable[StoredArticle], Path], int] | None = None


def read_text(path: Path, max_bytes: int = MAX_ARTICLE_FILE_BYTES) -> str:
    """The text of a UTF-8 file, with its byte order mark if it has one. Raises UnreadableFile."""
    content = read_bytes(path, max_bytes)
    if b"\x00" in content:
        raise UnreadableFile("it is a binary file, expected text in UTF-8")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"it is not UTF-8 (byte {error.start:,} is 0x{content[error.start]:02x}); save it as UTF-8"
        ) from error


def read_bytes(path: Path, max_bytes: int = MAX_ARTICLE_FILE_BYTES) -> bytes:
    """The content of a file. Raises UnreadableFile where it is larger than `max_bytes` or cannot be read."""
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise UnreadableFile(f"it has {size:,} bytes; at most {max_bytes:,} are taken of such a file")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"it cannot be read: {error.strerror}") from error
