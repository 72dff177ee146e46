"""The messaging channels: `base` is what they share, and each other module an adapter that imports no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.rest import RestChannel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.base import Channel

# By name.
CHANNELS: Final[Mapping[str, Channel]] = {channel.name: channel for channel in (RestChannel(),)}
