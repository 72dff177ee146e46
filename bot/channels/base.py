"""What every channel's adapter is given, and what it gives: nothing here knows HTTP's server, the store or a model.

An adapter is pure translation. Whoever calls it (`bot.web.webhooks`) owns the way of a request: it hands the request
over, puts the messages in it to the conversation, and sends back what the adapter makes of the replies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.message import ChannelMessage
    from bot.domain.reply import QuickReply, Reply


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in: the raw body, for signatures; `headers` have names in lower case."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with, beside the status 200."""

    body: bytes = field(repr=False)
    media_type: str


class Channel(Protocol):
    """An adapter. It holds nothing of any request: threads share it."""

    @property
    def name(self) -> str:
        """What its turns are recorded as: 1 to 32 of the characters a-z, 0-9 and -."""

    @property
    def path(self) -> str:
        """Where its requests come in, below /webhooks/."""

    def verify(self, request: Request) -> None:
        """Raise Forbidden where the request is not the platform's."""

    def messages(self, request: Request) -> Sequence[ChannelMessage]:
        """What patients say in it, in order. Raises InvalidMessage where the request is none of the channel's."""

    def rendered(self, reply: Reply, buttons: Sequence[QuickReply], recipient: str) -> Sequence[dict[str, Any]]:
        """The messages, in the channel's form, that say `reply` whole and in order."""

    def answer(self, request: Request, rendered: Sequence[dict[str, Any]]) -> Answer:
        """What the request is answered with, after these messages were rendered for it."""
