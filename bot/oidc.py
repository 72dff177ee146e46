"""Signing in elsewhere, by OpenID Connect: the authorization code flow with PKCE, state and nonce.

The client is authlib's, over httpx2; what the provider signed is verified by joserfc. Nothing is asked of the provider
before somebody signs in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final, Literal

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from bot.domain.errors import NotSignedIn, Unavailable
from bot.ports.accounts import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.ports import Clock

_TIMEOUT_S: Final = 10.0
# Whoever waits for a slow provider takes a thread that could answer a patient: a few may, the others are told to wait.
_AT_ONCE: Final = 4
_AGAIN_AFTER: Final = dt.timedelta(seconds=10)
# By how much the provider's clock may differ from ours.
_LEEWAY_S: Final = 60
# Signed with a key that the provider alone has: none of those that we could sign with ourselves, and never "none".
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class OidcProvider:
    """`bot.ports.accounts.IdentityProvider` for an issuer of OpenID Connect Discovery 1.0."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        name: str,
        clock: Clock,
        match: Literal["email", "username"] = "email",
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._name = name
        self._clock = clock
        self._match = match
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._asking = threading.BoundedSemaphore(_AT_ONCE)
        self._failed: dt.datetime | None = None

    @property
    def name(self) -> str:
        """See `IdentityProvider.name`."""
        return self._name

    def begin(self) -> tuple[str, Mapping[str, str]]:
        """See `IdentityProvider.begin`."""
        # What is known already is not asked for, so that nobody waits.
        with nullcontext() if self._metadata else self._in_turn(), _told_of_the_provider(), self._client() as client:
            endpoint = self._discovered(client)["authorization_endpoint"]
            kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "code_verifier")}
            address, _ = client.create_authorization_url(endpoint, **kept)
        return str(address), kept

    def finish(self, kept: Mapping[str, str], answered: Mapping[str, str]) -> Identity:
        """See `IdentityProvider.finish`."""
        state = kept.get("state", "")
        came_back = answered.get("state", "")
        if not state or not secrets.compare_digest(state.encode(errors="replace"), came_back.encode(errors="replace")):
            raise NotSignedIn("this sign-in was begun elsewhere, or too long ago; begin it again")
        if "error" in answered or "code" not in answered:
            raise NotSignedIn("the identity provider did not sign you in; try again, or ask its administrator")
        if answered.get("iss", self._issuer) != self._issuer:  # RFC 9207
            raise NotSignedIn("the answer comes from another identity provider; begin again")
        with self._in_turn(), _told_of_the_provider(), self._client() as client:
            metadata = self._discovered(client)
            token = client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=answered["code"],
                code_verifier=kept.get("code_verifier", ""),
            )
            claims = self._verified(client, str(token.get("id_token", "")), kept.get("nonce", ""))
            if not self._names(claims) and "userinfo_endpoint" in metadata:
                told = client.request("GET", metadata["userinfo_endpoint"]).raise_for_status().json()
                if told.get("sub") == claims["sub"]:
                    claims = told
        subject = hashlib.sha256(f"{self._issuer}\n{claims['sub']}".encode()).hexdigest()
        return Identity(subject, self._names(claims))

    def _names(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """The names that an account may have: an address only if the provider says that it is verified.

        The user name only where that is set: people may choose it, and it may be somebody else's later (OpenID Connect
        Core 1.0, 5.7).
        """
        if self._match == "username":
            name = claims.get("preferred_username")
        else:
            name = claims.get("email") if claims.get("email_verified") is True else None
        return (name,) if isinstance(name, str) and name else ()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if not self._asking.acquire(blocking=False):
            raise Unavailable("too many people sign in at this moment; try again in a few seconds")
        try:
            yield
        finally:
            self._asking.release()

    def _client(self) -> OAuth2Client:
        methods = self._metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret or None,
            token_endpoint_auth_method=method if self._client_secret else "none",
            scope="openid profile email",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=_TIMEOUT_S,
        )

    def _discovered(self, client: OAuth2Client) -> dict[str, Any]:
        """What the provider says of itself, asked once; where it failed, not again for some seconds."""
        if not self._metadata:
            if self._failed and self._clock() - self._failed < _AGAIN_AFTER:
                raise Unavailable("the identity provider did not answer a moment ago; try again in a few seconds")
            address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            try:
                found = client.request("GET", address, withhold_token=True).raise_for_status().json()
            except (httpx2.HTTPError, ValueError):
                self._failed = self._clock()
                raise
            if found.get("issuer") != self._issuer:
                raise Unavailable(f"{address} is of another issuer, {found.get('issuer')!r}; mend the setting")
            self._metadata = found
        return self._metadata

    def _key_set(self, client: OAuth2Client, *, anew: bool) -> KeySet:
        if self._keys is None or anew:
            answer = client.request("GET", self._discovered(client)["jwks_uri"], withhold_token=True)
            self._keys = KeySet.import_key_set(answer.raise_for_status().json())
        return self._keys

    def _verified(self, client: OAuth2Client, id_token: str, nonce: str) -> dict[str, Any]:
        """What the ID token claims (OpenID Connect Core 1.0, 3.1.3.7). Raises JoseError."""
        try:
            claims = jwt.decode(id_token, self._key_set(client, anew=False), algorithms=_ALGORITHMS).claims
        except (InvalidKeyIdError, ValueError):  # the provider may have changed its keys since
            claims = jwt.decode(id_token, self._key_set(client, anew=True), algorithms=_ALGORITHMS).claims
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(claims)
        audience = claims["aud"]
        is_shared = isinstance(audience, list) and len(audience) > 1
        if (is_shared or "azp" in claims) and claims.get("azp") != self._client_id:
            raise NotSignedIn("the identity provider's answer is for another program; begin again")
        return dict(claims)


@contextmanager
def _told_of_the_provider() -> Iterator[None]:
    """Turn the errors of the libraries into ours, which say what to do."""
    try:
        yield
    except (OAuthError, JoseError) as error:
        raise NotSignedIn("what the identity provider answered cannot be trusted; begin again") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unavailable("the identity provider does not answer as it should; try again later") from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unavailable("the identity provider answers with something that makes no sense") from error
