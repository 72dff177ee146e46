"""Looks up web addresses, never within this network: what staff write into an article must not reach what only we can.

Each host is resolved first, and all its addresses must be public; the connection then goes to the very address that was
looked at, so that a name which changes between the two steps leads nowhere else. Redirects are looked at alike.
"""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import httpx2

from bot.ports.editorial import CheckedAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_AT_ONCE: Final = 4
_TIMEOUT_S: Final = 10.0
_MAX_REDIRECTS: Final = 5
_MAX_CHECKED: Final = 100
_GET_INSTEAD: Final = frozenset({403, 404, 405, 406, 501})
# A server that answers so is there, and does not let programs in.
_NOT_FOR_PROGRAMS: Final = frozenset({401, 403, 429})
# What is given out of version 6 (RFC 4291): outside of it are, among others, the ways to write an address of version 4.
_OPEN_INTERNET: Final = ipaddress.IPv6Network("2000::/3")
# Protocols' own addresses with Teredo, documentation, 6to4, and documentation again.
_SPECIAL: Final = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_HEADERS: Final = {"User-Agent": "doctors-note-link-check", "Accept": "*/*"}


class _Refused(Exception):
    """The address is not looked up; its text says why."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: none of this machine, its network, or a reserved range.

    >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("64:ff9b::a00:1")
    (True, False, False, False)
    >>> is_public("2606:4700::1111"), is_public("2002:a00:1::"), is_public("2001::a00:1"), is_public("2001:db8::1")
    (True, False, False, False)
    >>> any(map(is_public, ("64:ff9b:1::a00:1", "fec0::1", "::10.0.0.1", "::ffff:0:10.0.0.1", "ff0e::1", "3fff::1")))
    False
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return is_public(str(parsed.ipv4_mapped))
        if parsed not in _OPEN_INTERNET or any(parsed in network for network in _SPECIAL):
            return False
    return parsed.is_global and not parsed.is_multicast


class HttpAddressChecker:
    """`bot.ports.editorial.AddressChecker` over HTTP; `is_allowed` tells of an IP address whether it may be reached."""

    def __init__(self, is_allowed: Callable[[str], bool] = is_public) -> None:
        self._is_allowed = is_allowed

    def check(self, urls: Sequence[str]) -> tuple[CheckedAddress, ...]:
        """See `AddressChecker.check`. Those beyond the first hundred are left out, and say so."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            checked = tuple(pool.map(self._looked_up, urls[:_MAX_CHECKED]))
        return checked + tuple(
            CheckedAddress(url, is_well=False, status=None, said=f"not looked up: at most {_MAX_CHECKED} are, at once")
            for url in urls[_MAX_CHECKED:]
        )

    def _looked_up(self, url: str) -> CheckedAddress:
        try:
            with httpx2.Client(
                transport=_PublicTransport(self._is_allowed),
                timeout=_TIMEOUT_S,
                follow_redirects=True,
                max_redirects=_MAX_REDIRECTS,
                headers=_HEADERS,
                trust_env=False,
            ) as client:
                status, final = _status(client, url)
        except (httpx2.HTTPError, httpx2.InvalidURL, _Refused, ValueError, OSError) as error:
            return CheckedAddress(url, is_well=False, status=None, said=_said(error))
        if status in _NOT_FOR_PROGRAMS:
            said = f"it answers, but not to programs ({status}); look at it yourself"
        elif status >= httpx2.codes.BAD_REQUEST:
            said = f"it answers with an error ({status})"
        else:
            said = "it answers" + (f"; it leads to {final}" if final != url else "")
        is_well = status < httpx2.codes.BAD_REQUEST or status in _NOT_FOR_PROGRAMS
        return CheckedAddress(url, is_well, status, said)


def _said(error: Exception) -> str:
    match error:
        case _Refused():
            return str(error)
        case httpx2.TooManyRedirects():
            return f"it leads on more than {_MAX_REDIRECTS} times"
        case httpx2.TimeoutException():
            return f"no answer within {_TIMEOUT_S:.0f} seconds"
        case _:
            return f"it cannot be reached: {error}"


def _status(client: httpx2.Client, url: str) -> tuple[int, str]:
    """The HTTP status of an address, and where it led; asked for its head, and, where that is refused, for itself."""
    response = client.head(url)
    if response.status_code in _GET_INSTEAD:
        with client.stream("GET", url) as response:  # nothing of its body is read
            return response.status_code, str(response.url)
    return response.status_code, str(response.url)


class _PublicTransport(httpx2.HTTPTransport):
    """Connects to addresses that are allowed, whatever name they hide behind."""

    def __init__(self, is_allowed: Callable[[str], bool]) -> None:
        super().__init__(trust_env=False)
        self._is_allowed = is_allowed

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request` to the address that its host was found at. Raises _Refused."""
        url = request.url
        if url.scheme not in {"http", "https"}:
            raise _Refused(f"only http:// and https:// are looked up; it leads to {url.scheme}:")
        address = self._address(url.host, url.port or (443 if url.scheme == "https" else 80))
        request.url = url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        try:
            response = super().handle_request(request)
        finally:
            request.url = url
        return response

    def _address(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise _Refused(
                f"the host {host} is not found: it is misspelt, gone, or this machine has no network"
            ) from None
        addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
        if not addresses or not all(self._is_allowed(address) for address in addresses):
            raise _Refused(f"the host {host} is not on the open internet, so it is not looked up")
        return addresses[0]
