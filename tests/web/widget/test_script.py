"""The widget's script: one small file that is quick to load and sets everything as text."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest

from bot.web.widget_script import MODULES, assembled, widget_script
from bot.web.widget_sentences import said_in, widget_sentences

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

MAX_GZIP_BYTES = 20 * 1024
UNSAFE = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|setAttribute\(\"style"


def test_the_script_is_small() -> None:
    """As it is sent, gzip has at most 20 KB of it."""
    assert len(gzip.compress(widget_script().encode())) <= MAX_GZIP_BYTES


def test_the_script_makes_no_markup_of_texts() -> None:
    """It has none of the ways in which a text becomes HTML or code."""
    assert re.findall(UNSAFE, widget_script()) == []


def test_every_sentence_of_the_script_is_found() -> None:
    """Each literal that is given to `say` is said in the reader's language."""
    found = {sentence for _, sentence in widget_sentences()}
    for path in MODULES.glob("*.js"):
        for sentence in re.findall(r'\bsay\(\s*"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")):
            assert any(each.startswith(sentence.replace('\\"', '"')) for each in found), (path.name, sentence)


def test_sentences_are_found_however_they_are_said() -> None:
    """As anybody's method, in the values of another, over several lines, joined by a plus; not in comments."""
    source = """
    export function say(sentence, values = {}) { return sentence; }
    // say("no")  /* say("no") */
    this.#say("One"); context.say('Two'); this.say(
      "Three {n}" +
        " joined",
      { n: say("Four \\u201d") },
    );
    fail(`it's ${this.say("Five {n}", { n: 5 })}: ${why}, ${say("Six")}`);
    essay("no"); say(variable); say.call("no"); const pattern = /say\\("no"\\)/;
    """
    assert list(said_in(source)) == ["One", "Two", "Three {n} joined", "Four \u201d", "Five {n}", "Six"]


def test_names_that_are_there_twice_are_found(tmp_path: Path) -> None:
    """Modules share their names once they are one script, so two of the same are an error that names both."""
    (tmp_path / "element.js").write_text('import { a } from "./other.js";\n\nconst b = a;\n')
    (tmp_path / "other.js").write_text("export const a = 1;\n")
    assert "const a = 1;\n\nconst b = a;\n" in assembled(tmp_path)
    (tmp_path / "other.js").write_text("export const a = 1;\nfunction b() {}\n")
    with pytest.raises(ValueError, match=r"element\.js and other\.js both declare b"):
        assembled(tmp_path)


def test_the_script_is_sent_to_any_page(client: TestClient) -> None:
    """Packed, kept for some minutes, and not sent again while it is the same; its address may have a version."""
    response = client.get("/widget.js", headers={"accept-encoding": "gzip", "origin": "https://stranger.example"})
    assert response.text == widget_script()
    headers = response.headers
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["content-encoding"] == "gzip"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "public, max-age=300"
    again = client.get("/widget.js?v=2", headers={"if-none-match": f'"other", {headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", headers["etag"])
    plain = client.get("/widget.js", headers={"accept-encoding": "gzip;q=0, br"})
    assert "content-encoding" not in plain.headers
    assert plain.text == response.text
