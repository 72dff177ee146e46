"""Web addresses are looked up on the open internet only."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from bot.links import HttpAddressChecker, is_public

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKED: list[str] = []


class Site(BaseHTTPRequestHandler):
    def answer(self) -> None:
        ASKED.append(f"{self.command} {self.path} {self.headers['host']}")
        status = {"/gone": 404, "/robots": 403, "/get": 405 if self.command == "HEAD" else 200}.get(self.path, 200)
        if self.path in {"/moved", "/loop", "/inwards"}:
            status = 302
        self.send_response(status)
        targets = {"/moved": "/fine", "/loop": "/loop", "/inwards": "http://10.0.0.1/secret"}
        if self.path in targets:
            self.send_header("Location", targets[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = answer  # noqa: N815  the library's names

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def test_what_answers_is_well(site: str) -> None:
    """Also where only GET is answered, where it leads on, and where programs are not let in."""
    checker = HttpAddressChecker(lambda address: address in {"127.0.0.1", "::1"})
    urls = [f"{site}{path}" for path in ("/fine", "/get", "/moved", "/robots", "/gone", "/loop", "/inwards")]
    checked = checker.check(urls)
    assert [each.url for each in checked] == urls
    assert [each.is_well for each in checked] == [True, True, True, True, False, False, False]
    assert [each.status for each in checked] == [200, 200, 200, 403, 404, None, None]
    assert checked[2].said == f"it answers; it leads to {site}/fine"
    assert checked[6].said == "the host 10.0.0.1 is not on the open internet, so it is not looked up"
    assert f"HEAD /fine {site.removeprefix('http://')}" in ASKED


def test_this_network_is_never_asked(site: str) -> None:
    """Whatever name or form the address takes; nothing is sent there."""
    ASKED.clear()
    port = site.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"):
        (checked,) = HttpAddressChecker().check([f"http://{host}:{port}/fine"])
        assert not checked.is_well, host
        assert checked.status is None
    for other in ("file:///etc/passwd", "ftp://example.org/", "http://", "https://[::1/", "gopher://x"):
        (checked,) = HttpAddressChecker().check([other])
        assert not checked.is_well, other
    assert ASKED == []


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::", "::1",
     "fe80::1", "fc00::1", "ff02::1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_what_is_not_public(address: str) -> None:
    """Private, local, shared, multicast, and what stands for one of these."""
    assert not is_public(address)


def test_more_than_a_hundred_are_not_looked_up_at_once() -> None:
    """The rest says so."""
    checked = HttpAddressChecker().check(["http://127.0.0.1/"] * 102)
    assert [each.said.startswith("not looked up") for each in checked] == [False] * 100 + [True] * 2


def test_without_a_network_it_says_so() -> None:
    """A name that is not found may be the name's fault, or the network's."""
    (checked,) = HttpAddressChecker().check(["https://nobody.invalid/"])
    assert "is not found: it is misspelt, gone, or this machine has no network" in checked.said
