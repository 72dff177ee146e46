"""Addresses that a browser sends, which may be anything."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def split_address(text: str) -> SplitResult:
    """The parts of an address; all of them empty where it is none, as of `http://[x`."""
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", "", "", "")
