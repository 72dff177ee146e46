"""A patient at Rasa's socket.io channel; runs in the environment with Rasa.

Reads {"address", "session", "messages"}, and prints what is answered to each message: all up to the reply for programs.
"""

import asyncio
import json
import sys
from typing import Any

import socketio


async def talk(address: str, session: str, messages: list[str]) -> list[list[Any]]:
    """What is answered to each message. Raises TimeoutError."""
    came: asyncio.Queue[Any] = asyncio.Queue()
    confirmed = asyncio.Event()
    client = socketio.AsyncClient()
    client.on("bot_uttered", came.put)
    client.on("session_confirm", lambda _: confirmed.set())
    await client.connect(address)
    try:
        await client.emit("session_request", {"session_id": session})
        await asyncio.wait_for(confirmed.wait(), 30)
        answered = []
        for message in messages:
            await client.emit("user_uttered", {"message": message, "session_id": session})
            said: list[Any] = []
            while not said or "reply" not in said[-1]:
                said.append(await asyncio.wait_for(came.get(), 30))
            answered.append(said)
        return answered
    finally:
        await client.disconnect()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(talk(**json.load(sys.stdin)))))  # noqa: T201  its answer
