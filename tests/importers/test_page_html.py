"""Doctor's Note pages that were saved as HTML, however they are built."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UnreadableFile
from bot.importers import page
from bot.importers.layout import laid_out
from tests.importers.pages import (
    ARTICLE,
    BEFORE_LIST,
    FIRST,
    ITEMS,
    LAST,
    QUESTION,
    REFERENCES,
    SHORT,
    SYMPTOMS,
    imported,
    text_page,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Q, S, E1, E2, E3 = (escape(text) for text in (QUESTION, SHORT, FIRST, BEFORE_LIST, LAST))


def each(tag: str, texts: Iterable[str]) -> str:
    name = tag.split(" ", maxsplit=1)[0]
    return "".join(f"<{tag}>{escape(text)}</{name}>" for text in texts)


def linked(reference: str) -> str:
    """A reference with its DOI as a link and its journal in italics, as sites print it."""
    text = re.sub(r"(10\.1000/[\w./-]*\w)", r'<a href="https://doi.org/\1" target="_blank">\1</a>', escape(reference))
    return text.replace("J Pap.", "<i>J <b>Pap</b></i>.")


UL = f"<ul>{each('li', ITEMS)}</ul>"
BODY = f"<p>{E1}</p><p>{E2}</p>{UL}<p>{E3}</p>"
REFS = f"<ul>{each('li', REFERENCES)}</ul>"
AFTER = "<p>Tell your friends about us.</p><p>We would love to help them too.</p>"
CHIPS = "".join(f'<a href="/symptoms/{place}">{text}</a>' for place, text in enumerate(SYMPTOMS))
END = "<h2>Not sure about the cause of your current symptoms?</h2><p>AI Symptom Check</p><ul><li>Tip one</li></ul>"


def built(
    *,
    date: str = "<p>Published on: 5/15/2025</p>",
    head: str = f"<h1>{Q}</h1><p>{S}</p>",
    heading: str = "<h2>Explanation</h2>",
    body: str = BODY,
    references: str = f"<h3>(References)</h3>{REFS}",
    after: str = AFTER,
    symptoms: str = f"<h2>Learn more about symptoms</h2><div>{CHIPS}</div>",
) -> str:
    """A page of which parts are replaced."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>A page | Explanation</title></head>'
        f"<body>{date}{head}{heading}{body}{references}{after}{symptoms}{END}</body></html>"
    )


SEMANTIC = f"""<!DOCTYPE html>
<!-- saved from url=(0024)https://example.org/note -->
<html lang="en">
<head><meta charset="utf-8"><title>{Q}</title>
<script>window.data = {{"a": "Published on: 1/1/2001"}}</script>
<style>p::before {{ content: "Explanation" }}</style></head>
<body>
<header><nav><a href="/">Home</a> <a href="#explanation">Explanation</a></nav>
<img alt="Doctors Note Logo" src="x.svg"></header>
<main>
  <a href="/">Back</a>
  <p>Published on: <time datetime="2025-05-15">5/15/2025</time></p>
  <h1>
    {Q}
  </h1>
  <p>
    {S.replace(" ", chr(10) + "    ")}
  </p>
  <img alt="answer background" src="b.png">
  <h2 id="explanation">Explanation</h2>
  <p>{E1.replace("small nerves", "<strong>small</strong> <em>nerves</em>").replace("cut", "c<b>u</b>t")}</p>
  <p>{E2}</p>
  <ul>
    {each("li", ITEMS).replace("<li>", chr(10) + "    <li>  ")}
  </ul>
  <p>{E3}</p>
  <h3>(References)</h3>
  <ol>
    {"".join(f"<li>{linked(reference)}</li>" for reference in REFERENCES)}
  </ol>
  <p>Tell your friends about us.</p>
</main>
<aside><h2>Learn more about symptoms</h2><ul>{each("li", SYMPTOMS)}</ul></aside>
<footer><h2>Not sure about the cause of your current symptoms?</h2><p>Purpose and positioning of services</p></footer>
<script id="__DATA__" type="application/json">{{"explanation": "Explanation"}}</script>
</body></html>"""

DIV_SOUP = f"""<html><body><div id="__next"><div class="css-1"><div class="css-2"><img alt="Logo"/><div>Back</div></div>
<div class="css-3"><span class="css-4">Published on: </span><span class="css-5">5/15/2025</span></div>
<div class="css-6"><span>{Q}</span></div><div class="css-7"><div><span>{S}</span></div></div>
<div class="css-8"><img alt="answer background"/><div><div class="css-9"><span>Explanation</span></div>
<div class="css-10"><div>{E1}</div><div>{E2}</div><div><ul><li><div><span>
{"</span></div></li><li><div><span>".join(map(escape, ITEMS))}</span></div></li></ul></div>
<div><span>{E3}</span></div></div><div class="css-11">(References)</div>
<div class="css-12"><ul>
{"".join(f"<li><p><span>{linked(reference)}</span></p></li>" for reference in REFERENCES)}</ul></div></div></div>
<div>Tell your friends about us.</div><div><div>Learn more about symptoms</div>
<div>{each('span class="chip"', SYMPTOMS)}</div></div>
<div>Not sure about the cause of your current symptoms?</div></div></div></body></html>"""

SPANS = (
    f"<body><div><a>Back</a><span>Published on: 5/15/2025</span><span>{Q}</span><span>{S}</span>"
    f"<span>Explanation</span><span>{E1}</span><span>{E2}</span>{UL}<span>{E3}</span><span>(References)</span>{REFS}"
    "<span>Tell your friends about us.</span><span>Learn more about symptoms</span>"
    f"<span>{each('span', SYMPTOMS)}</span>"
    "<div>Not sure about the cause of your current symptoms?</div></div></body>"
)

BUILT_OTHERWISE = {
    "semantic": SEMANTIC,
    "div-soup": DIV_SOUP,
    "minified": re.sub(r">\n\s*<", "><", SEMANTIC).replace("\n", " "),
    "minified-soup": DIV_SOUP.replace("\n", ""),
    "spans-alone": SPANS,
    "crlf": SEMANTIC.replace("\n", "\r\n"),
    "byte-order-mark": "\ufeff" + SEMANTIC,
    "xhtml": '<?xml version="1.0" encoding="utf-8"?>\n' + SEMANTIC,
    "upper-case": re.sub(r"</?(p|h1|h2|h3|ul|ol|li|body)>", lambda match: match[0].upper(), SEMANTIC),
    "unclosed": SEMANTIC.replace("</p>", "").replace("</li>", ""),
    "other-charset-named": SEMANTIC.replace('charset="utf-8"', 'charset="iso-8859-1"'),
    "fragment": SEMANTIC[SEMANTIC.index("<main>") : SEMANTIC.index("<footer>")],
    "comments": SEMANTIC.replace("<p>", "<!-- a --><p><!-- React -->").replace("tingling", "tin<!-- -->gling"),
    "date-in-spans": built(date="<div><span>Published on:</span> <span>5/15/2025</span></div>"),
    "date-in-blocks": built(date="<div>Published on:</div><div>5/15/2025</div>"),
    "date-in-words": built(date="<p>Published on: <time>May 15, 2025</time></p>"),
    "date-and-question-inline": built(date="<b>Published on:</b><i>5/15/2025</i>", head=f"<span>{Q}</span><p>{S}</p>"),
    "question-first": built(date=f"<h1>{Q}</h1><p>Published on: 5/15/2025</p>", head=f"<p>{S}</p>"),
    "line-breaks": built(head=f"<div>{Q}<br>{S}</div>", body=f"<div>{E1}<br><br>{E2}<br/>{UL}<br>{E3}</div>"),
    "share-buttons": built(head=f"<h1>{Q}</h1><button>Share</button><button>Copy link</button><p>{S}</p>"),
    "no-break-spaces": built(
        body=BODY.replace("small nerves", "small&nbsp;nerves").replace("finger is", "finger&#160; is")
    ),
    "entities": built(body=BODY.replace("small", "&#115;mall").replace("(see below)", "&lpar;see below&rpar;")),
    "inline-tags": built(
        body=BODY.replace("small nerves", '<span style="font-weight:400">small</span> <a href="/n">nerves</a>').replace(
            "own.", "<span>own</span>."
        )
    ),
    "text-in-runs": built(
        body="".join(f"<p><span>{text.replace(' ', '</span><span> ')}</span></p>" for text in (E1, E2))
        + UL
        + f"<p>{E3}</p>"
    ),
    "image-with-text": built(body=BODY.replace("<ul>", '<figure><img alt="A finger" src="f.png"></figure><ul>')),
    "paragraphs-in-items": built(body=BODY.replace("<li>", "<li><p>").replace("</li>", "</p></li>")),
    "empty-item": built(body=BODY.replace("</ul>", "<li></li></ul>")),
    "accordion": built(
        heading='<h3><button aria-controls="panel-1" aria-expanded="false">Explanation<svg><title>chevron</title></svg>'
        '<span aria-hidden="true">expand_more</span></button></h3>',
        body=f'<div id="panel-1" role="region" hidden>{BODY}</div>',
        references='<button aria-controls="panel-2">References</button>'
        f'<div id="panel-2" style="display: none">{REFS}</div>',
    ),
    "details": built(
        heading="<details><summary>Explanation</summary>",
        references=f"</details><details><summary>References</summary>{REFS}</details>",
    ),
    "bold-headings": built(
        heading="<p><strong>Explanation</strong></p>", references=f"<p><b>References:</b></p>{REFS}"
    ),
    "bold-headings-inline": built(heading="<div><b>Explanation</b>", references=f"<b>(References)</b>{REFS}</div>"),
    "refs-ol": built(references=f"<h3>References</h3><ol>{each('li', REFERENCES)}</ol>"),
    "refs-ol-start": built(references=f'<h3>References</h3><ol start="7">{each("li", REFERENCES)}</ol>'),
    "refs-ol-each": built(
        references="<h3>References</h3>" + "".join(f"<ol><li>{escape(text)}</li></ol>" for text in REFERENCES)
    ),
    "refs-p": built(references=f"<h3>References</h3>{each('p', REFERENCES)}"),
    "refs-div": built(references=f"<h3>References</h3><div>{each('div', REFERENCES)}</div>"),
    "refs-br": built(references=f"<h3>References</h3><p>{'<br>'.join(map(escape, REFERENCES))}</p>"),
    "refs-numbered-p": built(
        references="<h3>References</h3>"
        + "".join(f"<p>{number}. {escape(text)}</p>" for number, text in enumerate(REFERENCES, 1))
    ),
    "refs-numbered-spans": built(
        references="<h3>References</h3>"
        + "".join(
            f"<div><span>{number}.</span><span>{escape(text)}</span></div>" for number, text in enumerate(REFERENCES, 1)
        )
    ),
    "refs-bullets-p": built(references=f"<h3>References</h3>{each('p', (f'• {text}' for text in REFERENCES))}"),
    "refs-linked": built(
        references=f"<h3>(References)</h3><ul>{''.join(f'<li>{linked(text)}</li>' for text in REFERENCES)}</ul>"
    ),
    "refs-in-parts": built(
        references="<h3>(References)</h3><ul>"
        + "".join(f"<li><p>{escape(text).replace(' doi:', '</p><p>doi:')}</p></li>" for text in REFERENCES)
        + "</ul>"
    ),
    "refs-followed": built(after="<div>Share</div><div>Something new on the site</div>"),
    "unseen": built(
        body='<div hidden>Copied!</div><p style="display:none">Never shown.</p><span class="sr-only">Read on</span>'
        + BODY
    ),
    "chips-spaced": built(symptoms=f"<h2>Learn more about symptoms</h2>{CHIPS.replace('><', '> <')}"),
    "chips-buttons": built(symptoms=f"<h2>Learn more about symptoms</h2><div>{each('button', SYMPTOMS)}</div>"),
    "chips-spans": built(symptoms=f"<h2>Learn more about symptoms</h2><div>{each('span', SYMPTOMS)}</div>"),
    "chips-items": built(
        symptoms=f"<h2>Learn more about symptoms</h2><ul><li>{'</li><li>'.join(map(escape, SYMPTOMS))}</li></ul>"
    ),
    "chips-linked-items": built(
        symptoms="<h2>Learn more about symptoms</h2><ul>"
        + "".join(f"<li><a href='/'><span>{text}</span></a></li>" for text in SYMPTOMS)
        + "</ul>"
    ),
    "chips-with-icons": built(
        symptoms="<h2>Learn more about symptoms</h2>"
        + "".join(
            f'<a><svg></svg><span>{text.split()[0]} <b>{text.split()[1]}</b></span><i aria-hidden="true"></i></a>'
            for text in SYMPTOMS
        )
    ),
}


@pytest.mark.parametrize("html", BUILT_OTHERWISE.values(), ids=BUILT_OTHERWISE.keys())
def test_the_same_page_built_otherwise_is_the_same_article(tmp_path: Path, html: str) -> None:
    """Whatever elements a page is made of, its article is the one of the page saved as text."""
    assert imported(tmp_path, html, "page.html") == ARTICLE == imported(tmp_path, text_page())


def test_html_is_known_by_its_content(tmp_path: Path) -> None:
    """A page saved as HTML under a name that ends in .txt is read as HTML all the same."""
    assert imported(tmp_path, SEMANTIC, "page.txt") == ARTICLE


def test_a_short_text_under_an_html_name(tmp_path: Path) -> None:
    """Text under a name that ends in .html is read as HTML, in which lines are no lines, and refused for what lacks."""
    path = tmp_path / "page.html"
    path.write_text("Just a note.", encoding="utf-8")
    with pytest.raises(UnreadableFile, match='no line "Published on:"'):
        list(page.read(path))


def test_lists_in_lists_are_laid_out_as_in_text(tmp_path: Path) -> None:
    """Steps keep their numbers, and a list in a list its own mark, as in a page saved as text."""
    steps = "<ol><li>Wait.</li><li>Look:<ul><li>here,</li><li>there.</li></ul></li><li>Go on.</li></ol>"
    html = built(body=f"<p>{E1}</p>{steps}<p>{E3}</p>")
    text = f"{FIRST}\n\n  1. Wait.\n  2. Look:\n      ◦ here,\n      ◦ there.\n  3. Go on.\n\n{LAST}"
    article = imported(tmp_path, html, "page.html")
    assert article == imported(tmp_path, text_page(explanation=text))
    assert "\n2. Look:\n◦ here,\n◦ there.\n3. Go on.\n" in article.explanation


def test_symptoms_may_be_missing(tmp_path: Path) -> None:
    """A page that names no symptoms is an article without any."""
    assert imported(tmp_path, built(symptoms=""), "page.html") == replace(ARTICLE, symptoms=())


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "it is not HTML"),
        ("<!-- nothing -->", "it is not HTML"),
        ("<p>Hello</p>", 'no line "Published on:"'),
        ("<script>Published on: 5/15/2025 Explanation</script><p>x</p>", 'no line "Published on:"'),
        (built(heading=""), 'no line "Explanation"'),
        (built(body=f"<div hidden>{BODY}</div>"), 'nothing stands under "Explanation"; open all parts of the page'),
        (built(references="<h3>References</h3>"), 'nothing stands under "References"'),
        ("<div>" * 20_000 + "Published on: 5/15/2025", "no line"),
    ],
    ids=["empty", "comment", "other", "script", "no-explanation", "hidden", "no-references", "deep"],
)
def test_what_is_no_such_page_is_refused(tmp_path: Path, html: str, reason: str) -> None:
    """HTML that lacks a part says which one, rather than becoming a wrong article."""
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        list(page.read(path))
    assert reason in str(caught.value)


def as_list(lines: list[str], tag: str) -> str:
    return f"<{tag}>" + "".join(f"<li><p>{escape(line.removeprefix('• '))}</p></li>" for line in lines) + f"</{tag}>"


@pytest.mark.shared
@pytest.mark.parametrize("block", ["p", "div", "section", "h4"])
@pytest.mark.parametrize("listing", ["ul", "ol", ""])
@pytest.mark.parametrize("joint", ["", "\n\n   "])
def test_the_real_page_as_html(shared: Path, tmp_path: Path, block: str, listing: str, joint: str) -> None:
    """The saved page's own lines, wrapped in elements of many kinds, are the article of the page saved as text."""
    text = (shared / "data/seed/doctors-note-back-surgery.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    pieces = [f"<{block} class='x'>{escape(line)}</{block}>" for line in lines]
    if listing:
        items = [place for place, line in enumerate(lines) if line.startswith("• ")][:3]
        pieces[items[0] : items[-1] + 1] = [as_list([lines[place] for place in items], listing)]
    html = f"<!doctype html><html><body><div>{joint.join(pieces)}</div></body></html>"
    assert imported(tmp_path, html, "page.html") == imported(tmp_path, text)


@given(
    st.lists(
        st.sampled_from(
            [
                *"abc.?! \n",
                "<b>",
                "</b>",
                "<p>",
                "</p>",
                "<li>",
                "<ul>",
                "</ul>",
                "<br>",
                "&nbsp;",
                "Explanation",
                "References",
                "Published on: 5/15/2025",
                "Why?",
                "<!--",
                "<td>",
                "<a hidden>",
                "<span>",
                "</span>",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_html_is_read_or_refused(html: str) -> None:
    """However broken the HTML, the outcome is a record or a refusal of the file, nothing else."""
    try:
        record = page.parse(laid_out(html, is_line=page._is_heading, starts_chips=lambda text: text == "Why?"))
    except UnreadableFile:
        return
    assert record["question"]
    assert record["explanation"]
