"""A web site of somebody else's, on which the widget stands."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def strict_policy(address: str) -> str:
    """The strictest policy under which a page can have the widget served at `address`."""
    return (
        f"default-src 'none'; script-src {address}; connect-src {address}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def host_page(address: str, *, head: str = "", body: str = "", script: str = "", language: str = "en") -> str:
    """A page with the widget served at `address`; `script` has more attributes of its script tag."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>A clinic</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'{head}<script src="{address}/widget.js" async {script}></script></head>'
        f"<body><main><h1>A clinic</h1><p>We are open on weekdays.</p>{body}</main></body></html>"
    )


@contextmanager
def open_host(pages: dict[str, str], policy: str) -> Iterator[str]:
    """The address of a site with these pages, by path, each served with this content security policy ("" for none).

    `pages` may be added to while it runs.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(self.path.partition("?")[0])
            self.send_response(200 if content is not None else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            if policy:
                self.send_header("content-security-policy", policy)
            self.end_headers()
            self.wfile.write((content or "").encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
