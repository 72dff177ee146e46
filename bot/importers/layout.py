"""HTML as the lines of text that a browser would show of it.

Blocks (paragraphs, headings, boxes) are set apart by one blank line; an item of a list is a line that begins with
"• ", "◦ " (a list in a list) or its number, and what stands in it goes on in the lines below.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import lxml.etree
import lxml.html

from bot.domain.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCKS: Final = re.compile(
    "address|article|aside|blockquote|body|button|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form"
    "|h[1-6]|header|hgroup|hr|html|label|legend|li|main|menu|ol|p|pre|search|section|summary|table|tbody|td|tfoot|th"
    "|thead|tr|ul"
)
_LISTS: Final = frozenset(["ul", "ol", "menu"])
_SKIPPED: Final = re.compile(
    "audio|canvas|dialog|head|iframe|img|input|map|nav|noscript|object|picture|script|select|style|svg|template"
    "|textarea|title|video"
)
# Names that style sheets give to text for screen readers, which is not shown.
_UNSEEN_CLASS: Final = re.compile(r"(^|\s)(sr-only|visually-?hidden|screen-reader-text)(\s|$)")
_UNSEEN_STYLE: Final = re.compile(r"display\s*:\s*none")
_HTML_SPACE: Final = re.compile(r"[ \t\n\r\f]+")
_MARK: Final = re.compile(r"(?:[•◦]|[0-9]+\.) ")
# Where a sentence ends in one element and the next one begins without a space between, a style sheet parts them.
# The number of an item ("12.") ends no sentence.
_SENTENCE_END: Final = re.compile(r"(?:[a-z)]|\S\S[0-9])[.?!]$")
_CHIPS: Final = frozenset(["a", "button", "span"])
_MAX_HEADING_CHARS: Final = 60


def laid_out(html: str, *, is_line: Callable[[str], bool], starts_chips: Callable[[str], bool]) -> str:
    """The text of a page.

    What looks like a block is often a span that a style sheet makes one. So an element whose whole text `is_line` is a
    line of its own, whatever its tag; and after one that `starts_chips`, so is each link, button and span.
    Raises UnreadableFile.
    """
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8")
        document = lxml.html.document_fromstring(html.encode(), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError) as error:
        raise UnreadableFile(f"it is not HTML: {error}") from error
    layout = _Layout(document, is_line, starts_chips)
    layout.add(document)
    return layout.text()


class _Layout:
    """Collects lines as a browser does: white space folded, blocks on lines of their own."""

    def __init__(
        self, document: lxml.html.HtmlElement, is_line: Callable[[str], bool], starts_chips: Callable[[str], bool]
    ) -> None:
        self._is_line = is_line
        self._starts_chips = starts_chips
        self._has_chips = False
        # An accordion's panel that was closed when the page was saved is hidden, and belongs to the page all the same.
        self._panels = {name for names in document.xpath("//@aria-controls") for name in str(names).split()}
        self._lists: list[lxml.html.HtmlElement] = []
        self._numbers: list[int] = []
        self._lines: list[str] = []
        self._begun: list[str] = []  # what of a long line is written, so that `_line` need not be copied whole
        self._line = ""

    def add(self, element: lxml.html.HtmlElement) -> None:
        """Add an element and what is in it."""
        tag = element.tag
        if not isinstance(tag, str) or _SKIPPED.fullmatch(tag) or self._is_unseen(element):
            return
        if tag == "br":
            self._break(apart=not self._lists and not self._line)
            return
        beginning = _beginning(element)
        self._has_chips = self._has_chips or self._starts_chips(beginning)
        is_apart = not self._line or _SENTENCE_END.search(self._line[-4:])
        if not (_BLOCKS.fullmatch(tag) or self._is_chip(element) or (is_apart and self._is_line(beginning))):
            self._add_content(element)
            return
        self._break(apart=not self._lists)
        if tag in _LISTS:
            self._lists.append(element)
            self._numbers.append(_first_number(element) - 1)
        self._add_content(element)
        self._break(apart=False)
        if tag in _LISTS:
            self._lists.pop()
            self._numbers.pop()
        self._break(apart=not self._lists)

    def text(self) -> str:
        """What was collected."""
        self._break(apart=False)
        return "\n".join(self._lines)

    def _add_content(self, element: lxml.html.HtmlElement) -> None:
        if element.tag == "li":
            self._line = self._mark()
        self._write(element.text)
        for child in element:
            self.add(child)
            self._write(child.tail)
        if element.tag == "li" and _MARK.fullmatch(self._line):
            self._line = ""  # the item is empty

    def _mark(self) -> str:
        if self._lists and self._lists[-1].tag == "ol":
            self._numbers[-1] += 1
            return f"{self._numbers[-1]}. "
        return "◦ " if len(self._lists) > 1 else "• "

    def _is_unseen(self, element: lxml.html.HtmlElement) -> bool:
        if element.get("aria-hidden") == "true" and element.tag in {"span", "i"}:
            return True  # an icon, or a mark
        is_hidden = "hidden" in element.attrib or _UNSEEN_STYLE.search(element.get("style", "")) is not None
        is_panel = element.get("id") in self._panels
        return (is_hidden and not is_panel) or _UNSEEN_CLASS.search(element.get("class", "")) is not None

    def _is_chip(self, element: lxml.html.HtmlElement) -> bool:
        """Whether it is a link, button or span beside others of its kind, and not a part of one."""
        if not self._has_chips or element.tag not in _CHIPS:
            return False
        parent = element.getparent()
        is_part = parent is not None and parent.tag == "span" and bool(_own_text(parent))
        return not is_part and not any(outer.tag in {"a", "button"} for outer in element.iterancestors())

    def _write(self, text: str | None) -> None:
        folded = _HTML_SPACE.sub(" ", text or "")
        if _SENTENCE_END.search(self._line[-4:]) and folded[:1].isupper():
            self._break(apart=not self._lists)
        self._line += folded.lstrip(" ") if not self._line or self._line.endswith(" ") else folded
        if len(self._line) > 1_000:
            self._begun.append(self._line[:-10])
            self._line = self._line[-10:]

    def _break(self, *, apart: bool) -> None:
        if self._begun or not _MARK.fullmatch(self._line):
            if line := "".join([*self._begun, self._line]).strip():
                self._lines.append(line)
            self._begun = []
            self._line = ""
        if apart and self._lines and self._lines[-1]:
            self._lines.append("")


def _beginning(element: lxml.html.HtmlElement) -> str:
    """The text of `element`, cut off once it is too long for a heading."""
    text = ""
    for piece in element.itertext():
        text += str(piece)
        if len(text) > _MAX_HEADING_CHARS:
            break
    return _HTML_SPACE.sub(" ", text).strip()


def _own_text(element: lxml.html.HtmlElement) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def _first_number(element: lxml.html.HtmlElement) -> int:
    start = element.get("start", "")
    return int(start) if re.fullmatch(r"[0-9]{1,4}", start) else 1
