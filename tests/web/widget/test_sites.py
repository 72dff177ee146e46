"""What the widget is told of the site that it stands on, and whose pages may use it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from bot.bootstrap import load_sites
from bot.checks import dangers_of_sites
from bot.config import Settings
from bot.domain.errors import ConfigurationError, Unavailable
from bot.service.widget import widget_settings
from bot.web.app import create_app
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.bootstrap import Installation
    from bot.service.core import Safety

NORTH = "https://north.example.org"
SOUTH = "https://www.south.example.org"
STRANGER = "https://stranger.example"
SITES = """
sites:
  north:
    origins: [https://north.example.org]
    title: {en: Ask the North Clinic, es: Pregunte a la Clínica Norte}
    label: Questions?
    greeting: |
      Welcome to the North Clinic.

      We answer questions about health.
    tips: [Use few words., Ask about one thing.]
    privacy_url: {en: https://north.example.org/privacy, es: https://north.example.org/privacidad}
    language: es
    country: GB
    contact: {en: Our front desk, es: Nuestra recepción}
    contact_url: tel:+440000000
    symptom_check_url: https://north.example.org/check
    disclaimer: {en: Not advice., es: No es un consejo.}
    accent: "#0B5C63"
    accent_dark: "#7cd0d6"
    position: left
    remember: tab
    topics: [fever]
  south:
    origins: ["https://*.south.example.org"]
"""


class _Asleep:
    """A retriever that cannot read the store just now."""

    def languages(self) -> None:
        raise Unavailable("the store does not answer")


@pytest.fixture
def sites(data_dir: Path, installation: Installation, installed: Callable[..., Installation]) -> Iterator[TestClient]:
    """A client of an installation with two sites."""
    (data_dir / "sites.yaml").write_text(SITES, encoding="utf-8")
    with TestClient(create_app(installed(public_url="https://health.example.org").desk)) as opened:
        yield opened


def told(client: TestClient, **query: str) -> dict[str, Any]:
    response = client.get("/api/v1/widget", params=query)
    assert response.status_code == 200
    settings: dict[str, Any] = response.json()
    return settings


def ask(client: TestClient, origin: str = "", **fields: str) -> Any:
    headers = {"origin": origin} if origin else {}
    return client.post("/api/v1/ask", json={"message": "How long does jet lag last?", **fields}, headers=headers)


def test_the_widget_is_told_what_to_show(client: TestClient) -> None:
    """Without sites everything is the installation's, in the reader's language where it is one of ours."""
    response = client.get("/api/v1/widget")
    settings = response.json()
    assert response.headers["cache-control"] == "max-age=300"
    assert [settings[name] for name in ("site", "language", "direction", "channel")] == ["", "en", "ltr", "widget"]
    assert {"language": "ar", "name": "العربية"} in settings["languages"]
    assert settings["sentences"] == {}
    assert 1 <= len(settings["topics"]) <= 8
    assert all(topic["payload"] == f"/topic {topic['title']}" for topic in settings["topics"])
    assert settings["emergency"]["type"] == "notice"
    assert "90 days" in settings["consent"]
    assert settings["library_url"].endswith("/library?lang=en")
    arabic = told(client, language="ar-EG")
    assert (arabic["language"], arabic["direction"]) == ("ar", "rtl")
    assert arabic["disclaimer"] != settings["disclaimer"]
    assert told(client, language="tlh")["language"] == "en"
    assert client.get("/api/v1/widget", params={"language": "<b>"}).status_code == 422
    unknown = client.get("/api/v1/widget", params={"site": "north"})
    assert (unknown.status_code, "none is set up" in unknown.json()["detail"]) == (422, True)


def test_a_site_has_its_own_words(sites: TestClient) -> None:
    """In the reader's language, else in the site's; what it does not say is the installation's."""
    north = told(sites, site="north", language="en")
    assert (north["title"], north["label"], north["channel"]) == ("Ask the North Clinic", "Questions?", "widget-north")
    assert north["greeting"] == ["Welcome to the North Clinic.", "We answer questions about health."]
    assert north["tips"] == ["Use few words.", "Ask about one thing."]
    assert north["topics"][0] == {"title": "fever", "payload": "/topic fever"}
    assert [north[name] for name in ("accent", "accent_dark", "position", "remember")] == [
        "#0b5c63", "#7cd0d6", "left", "tab"
    ]  # fmt: skip
    assert north["emergency"]["href"] == "tel:999"
    spanish = told(sites, site="north")
    assert (spanish["language"], spanish["title"]) == ("es", "Pregunte a la Clínica Norte")
    assert (spanish["privacy_url"], spanish["contact"]) == ("https://north.example.org/privacidad", "Nuestra recepción")
    south = told(sites, site="south")
    assert (south["language"], south["title"], south["contact_url"]) == ("en", told(sites)["title"], None)


def test_a_sites_reply_is_the_sites(sites: TestClient) -> None:
    """Its disclaimer, symptom check, contact and country are in the reply, and its channel is counted."""
    reply = ask(sites, NORTH, site="north", language="en").json()
    assert [block["text"] for block in reply["blocks"] if block["type"] == "disclaimer"] == ["Not advice."]
    assert reply["quotation"]["disclaimer"] == "Not advice."
    assert "https://north.example.org/check" in [block["href"] for block in reply["blocks"]]
    person = sites.post("/api/v1/ask", json={"message": "Can I talk to a person?", "site": "north", "language": "en"})
    hrefs = [block["href"] for block in person.json()["blocks"]]
    assert {"tel:+440000000", "tel:999"} <= set(hrefs)
    assert 'channel="widget-north"' in sites.get("/metrics").text
    assert ask(sites, site="west").status_code == 422
    assert ask(sites).json()["quotation"]["disclaimer"] != "Not advice."


def test_without_sites_every_page_may(client: TestClient) -> None:
    """Its browser is told so, before and with the answer, without credentials."""
    preflight = client.options(
        "/api/v1/ask",
        headers={
            "origin": STRANGER,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    assert preflight.headers["x-content-type-options"] == "nosniff"
    answered = ask(client, STRANGER)
    assert (answered.status_code, answered.headers["access-control-allow-origin"]) == (200, "*")
    assert "access-control-allow-credentials" not in answered.headers
    assert answered.headers["content-security-policy"].startswith("default-src 'none'")


def test_with_sites_only_their_pages_may(sites: TestClient) -> None:
    """Others are told whom to ask, in an answer that their console can show; programs and our own pages may."""
    assert ask(sites, NORTH).status_code == 200
    assert ask(sites, SOUTH, site="south").status_code == 200
    for refused in (
        ask(sites, STRANGER),
        ask(sites, "null"),
        ask(sites, NORTH, site="south"),
        sites.get("/api/v1/widget", params={"site": "south"}, headers={"origin": NORTH}),
        sites.get("/api/v1/articles", headers={"origin": STRANGER}),
        sites.delete(f"/api/v1/sessions/{'a' * 24}", headers={"origin": STRANGER}),
    ):
        assert refused.status_code == 403
        assert refused.headers["content-type"] == "application/problem+json"
        assert "DOCTORS_NOTE_SITES" in refused.json()["detail"]
        assert refused.headers["access-control-allow-origin"] == "*"
        assert refused.headers["x-content-type-options"] == "nosniff"
    for own in ("https://health.example.org", "http://testserver"):
        assert ask(sites, own).status_code == 200


def test_what_is_kept_for_one_page_is_not_given_to_another(client: TestClient, sites: TestClient) -> None:
    """A cache between must tell by the origin: an answer to our own page has nothing that lets others read it."""
    for each in (client, sites):
        for headers in ({}, {"origin": NORTH}):
            assert each.get("/api/v1/widget", headers=headers).headers["vary"] == "Origin"


def test_without_the_store_there_is_still_somebody_to_tell(installation: Installation) -> None:
    """Emergencies are answered without the library, so the chat page and the widget come up without it as well."""
    core = replace(installation.core, retriever=_Asleep())  # type: ignore[arg-type]
    told = widget_settings(core, "en", ())
    assert told.topics == ()
    assert told.emergency.text


def test_staffs_pages_are_nobody_elses(sites: TestClient, client: TestClient) -> None:
    """No route but those that the widget uses tells a browser that another site may read it."""
    for path in ("/staff/sign-in", "/api/v1/staff/queue", "/", "/metrics", "/api/v1/asking", "/health/live"):
        for each in (client, sites):
            response = each.get(path, headers={"origin": NORTH})
            assert "access-control-allow-origin" not in response.headers, path


def test_what_is_too_large_can_be_read_by_the_page_that_sent_it(client: TestClient) -> None:
    """The answer of the framework's limit, too."""
    body = {"message": "x" * 40_000}
    response = client.post("/api/v1/ask", json=body, headers={"origin": STRANGER})
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (413, "*")


def test_the_example_of_the_documentation_can_be_used(tmp_path: Path, safety: Safety) -> None:
    """As it stands there; a check tells of no danger in it, but of pages that are not encrypted."""
    page = (ROOT / "docs/sites.md").read_text(encoding="utf-8")
    example = page[page.index("    sites:\n") : page.index("\nOn the pages of the site")]
    path = tmp_path / "sites.yaml"
    path.write_text(example, encoding="utf-8")
    sites = load_sites(Settings(sites=path), safety.countries)
    assert set(sites.by_id) == {"clinic", "insurer"}
    assert sites.by_id["clinic"].allows("https://a.clinic.example.org")
    assert list(dangers_of_sites(sites)) == []
    path.write_text("sites: {a: {origins: ['http://a.example.org', 'http://localhost:8080']}}", encoding="utf-8")
    (danger,) = dangers_of_sites(load_sites(Settings(sites=path), safety.countries))
    assert (danger.id, "(http://a.example.org)" in danger.message) == ("sites.plain-http", True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "a table is expected"),
        ("north: {}", "a table `sites` is expected"),
        ("sites: {}", "a table `sites` is expected"),
        ("sites: {North: {origins: [https://a.org]}}", "'North' is not a site's id"),
        ("sites: {a: https://a.org}", "the site 'a': a table with origins is expected"),
        ("sites: {a: {}}", "the site 'a': origins: a list"),
        ("sites: {a: {origins: https://a.org}}", "origins: a list of texts is expected"),
        ("sites: {a: {origins: [a.org]}}", "origins: 'a.org' is not an origin such as"),
        ("sites: {a: {origins: [https://a.org], colour: red}}", "colour: it is not one of origins, title"),
        ("sites: {a: {origins: [https://a.org], title: []}}", "title: a text is expected"),
        ("sites: {a: {origins: [https://a.org], title: {e_n: x}}}", "title: 'e_n' is not a BCP 47"),
        ("sites: {a: {origins: [https://a.org], privacy_url: 'javascript:x'}}", "privacy_url: 'javascript:x' is not"),
        ("sites: {a: {origins: [https://a.org], language: e_n}}", "language: 'e_n' is not a BCP 47"),
        ("sites: {a: {origins: [https://a.org], country: XX}}", "country: 'XX' is none of A"),
        ("sites: {a: {origins: [https://a.org], position: top}}", "position: 'top' is not one of right, left"),
        ("sites: {a: {origins: [https://a.org], remember: 'yes'}}", "remember: 'yes' is not one of browser"),
        ("sites: {a: {origins: [https://a.org], accent: red}}", "accent: 'red' is not a colour"),
        ("sites: {a: {origins: [https://a.org], accent: '#888888'}}", "accent: #888888 has a contrast of 3."),
        ("sites: {a: {origins: [https://a.org], accent_dark: '#222222'}}", "choose a lighter one"),
    ],
)
def test_a_faulty_file_is_told_of(tmp_path: Path, safety: Safety, text: str, said: str) -> None:
    """The setting, the file, the site, the field and what to do."""
    path = tmp_path / "sites.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load_sites(Settings(data_dir=tmp_path), safety.countries)
    assert str(error.value).startswith(f"DOCTORS_NOTE_SITES: {path} cannot be used: ")
    assert said in str(error.value)
    assert "docs/sites.md" in str(error.value)
