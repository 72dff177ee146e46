"""A conversation with an assistant of Rasa's in the terminal, through its REST channel.

`python -m scripts.rasa_conversation http://127.0.0.1:5005` reads a message a line, and shows what is answered; a number
after "#" presses the button of that number. It also reads from a pipe.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import select
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_END_S: Final = 1.0


def say(address: str, sender: str, message: str) -> list[dict[str, Any]]:
    """What the assistant at `address` answers. Raises OSError."""
    request = urllib.request.Request(  # noqa: S310  the address is our own
        f"{address}/webhooks/rest/webhook",
        json.dumps({"sender": sender, "message": message}).encode(),
        {"content-type": "application/json"},
    )
    # What the environment says of proxies does not hold for this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as response:
            said: list[dict[str, Any]] = json.load(response)
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f"{address} broke off its answer ({type(error).__name__})") from error
    return said


def converse(address: str, check: Callable[[], None] = lambda: None) -> None:
    """Talk until the input ends; `check` is called twice a second, and may end it. Raises OSError."""
    sender = secrets.token_hex(16)
    buttons: list[dict[str, str]] = []
    is_person = sys.stdin.isatty()
    if is_person:
        print('Type a question, or "#" and the number of a button; Ctrl+D ends.', file=sys.stderr)
        print("\n> ", end="", flush=True)
    for typed in _typed(check):
        if not typed:
            if is_person:
                print("> ", end="", flush=True)
            continue
        if not is_person:
            print(f"> {typed}")
        try:
            said = say(address, sender, pressed(typed, buttons))
        except OSError:
            time.sleep(_END_S)  # what hung up may have ended, or be about to: that says more
            check()
            raise
        buttons = [button for message in said for button in message.get("buttons", ())]
        _show(said, buttons)
        print("\n> " if is_person else "", end="" if is_person else "\n", flush=True)


def _show(said: list[dict[str, Any]], buttons: list[dict[str, str]]) -> None:
    for message in said:
        if text := message.get("text"):
            print(f"\n{text}")
    for number, button in enumerate(buttons, 1):
        print(f"  [#{number}] {button['title']}")
    if not said:
        print("(nothing was answered)")


def _typed(check: Callable[[], None]) -> Iterator[str]:
    """The lines of the input as they come, without the spaces around them."""
    waiting = b""
    while True:
        ready, _, _ = select.select([sys.stdin], [], [], 0.5)
        check()
        if not ready:
            continue
        read = os.read(sys.stdin.fileno(), 65_536)
        *lines, waiting = (waiting + read).split(b"\n")
        if not read and waiting:
            lines.append(waiting)
        for line in lines:
            yield line.decode(errors="replace").strip()
        if not read:
            return


def pressed(typed: str, buttons: list[dict[str, str]]) -> str:
    """What to send: the payload of the button that `typed` names, else `typed` itself.

    >>> pressed("#1", [{"title": "Yes", "payload": "/yes"}]), pressed("1", []), pressed("#2", [])
    ('/yes', '1', '#2')
    """
    number = typed.removeprefix("#")
    if typed.startswith("#") and number.isdecimal() and 1 <= int(number) <= len(buttons):
        return buttons[int(number) - 1]["payload"]
    return typed


if __name__ == "__main__":
    converse(sys.argv[1])
