"""A small identity provider: OpenID Connect over HTTP, for the tests."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Header
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT_ID = "doctors-note"
CLIENT_SECRET = "between us"


class Provider:
    """Signs everybody in as the one whose claims are in `person`; `forged` has claims that it lies about."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.person: dict[str, Any] = {"sub": "17"}
        self.forged: dict[str, Any] = {}
        self.told_apart: dict[str, Any] = {}
        self.keys = [RSAKey.generate_key(2048, {"kid": "first"})]
        self.signs_with = self.keys[0]
        self._codes: dict[str, dict[str, str]] = {}

    def change_key(self) -> None:
        """Sign with another key from now on, and publish that alone."""
        self.signs_with = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})
        self.keys = [self.signs_with]

    def app(self) -> FastAPI:
        """The provider's web application."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, Any]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/keys",
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return dict(KeySet(list(self.keys)).as_dict(private=False))

        @app.get("/authorize")
        def authorize(
            client_id: str, redirect_uri: str, state: str, nonce: str, code_challenge: str, code_challenge_method: str
        ) -> RedirectResponse:
            assert (client_id, code_challenge_method) == (CLIENT_ID, "S256")
            code = secrets.token_hex(8)
            self._codes[code] = {"nonce": nonce, "challenge": code_challenge, "redirect_uri": redirect_uri}
            return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 303)

        @app.post("/token")
        def token(
            code: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
            authorization: Annotated[str, Header()],
        ) -> JSONResponse:
            asked = self._codes.pop(code, None)
            digest = hashlib.sha256(code_verifier.encode()).digest()
            client = base64.b64decode(authorization.removeprefix("Basic ")).decode().replace("+", " ")
            is_right = (
                asked is not None
                and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["challenge"]
                and redirect_uri == asked["redirect_uri"]
                and client.replace("%20", " ") == f"{CLIENT_ID}:{CLIENT_SECRET}"
            )
            if asked is None or not is_right:
                return JSONResponse({"error": "invalid_grant"}, 400)
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
            header = {"alg": "RS256", "kid": self.signs_with.kid}
            signed = jwt.encode(header, claims | self.person | self.forged, self.signs_with)
            return JSONResponse({"access_token": "for-userinfo", "token_type": "Bearer", "id_token": signed})

        @app.get("/userinfo")
        def userinfo(authorization: Annotated[str, Header()]) -> dict[str, Any]:
            assert authorization == "Bearer for-userinfo"
            return self.person | self.told_apart

        return app


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider at an address of its own."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(provider.app(), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield provider
        server.should_exit = True
        thread.join()
