"""Takes out of a message what identifies a person, before it is stored, and leaves the medical question.

A message passes rules from the strictest to the loosest. What one rule took, or found to be a dose or a reading that
stays, the next no longer sees. What is taken is replaced by its kind in brackets.

    sheet        the message in plain characters, and what was decided on it
    online       e-mail, web, handles
    cues         numbers that a word announces: "MRN 00123456"
    measures     doses, readings and years, which stay
    numbers      cards, ids, telephones
    dates        of births, and all full ones
    addresses    streets, boxes, postcodes
    names        after words that announce one, and given names
    name_lists   given and family names
    vocabulary   words that are no names
"""

from __future__ import annotations

import logging
from typing import Final

from bot.redaction.addresses import take_addresses
from bot.redaction.cues import take_cued
from bot.redaction.dates import take_dates
from bot.redaction.measures import keep_amounts, keep_values
from bot.redaction.name_lists import NameLists, names_of_faker
from bot.redaction.names import Names
from bot.redaction.numbers import (
    take_announced_phones,
    take_cards,
    take_ids,
    take_phones,
    take_spelt_phones,
    take_what_is_left,
)
from bot.redaction.online import take_network_addresses, take_online
from bot.redaction.sheet import Sheet

__all__ = ["WITHHELD", "Redactor"]

WITHHELD: Final = "[redacted]"

_log = logging.getLogger(__name__)

# To take one thing may show another: an address behind a name. Two rounds settle nearly all; what has not settled after
# these is withheld.
_ROUNDS: Final = 6


class Redactor:
    """See `bot.ports.Redactor`. Keeps nothing of a message: safe to use from several threads.

    `country` (ISO 3166 alpha-2) is the site's, whose telephone numbers are looked for first; "" if unknown. `names`,
    where the lists have been read, save making them.

    >>> Redactor("GB").redacted("I'm on 500 mg twice a day. Call me on 07700 900123, my name is Jane Doe")
    "I'm on 500 mg twice a day. Call me on [phone], my name is [name]"
    """

    def __init__(self, country: str = "", names: NameLists | None = None) -> None:
        self._country = country.upper()
        self._names = Names(names or names_of_faker())

    def redacted(self, text: str) -> str:
        """`text` with every identifier replaced by its kind in brackets; all of it is withheld if that fails.

        To redact again what came out changes nothing.
        """
        try:
            for _ in range(_ROUNDS):
                before, text = text, self._once(text)
                if text == before:
                    return text
        except Exception as error:  # noqa: BLE001  a message that no rule could read must not be stored, nor lose its answer
            _log.error("redaction_failed", extra={"error": type(error).__name__})
        return WITHHELD

    def _once(self, text: str) -> str:
        sheet = Sheet(text)
        take_online(sheet)
        if sheet.has_digits:
            keep_amounts(sheet)
            take_cued(sheet)
            take_cards(sheet)
            take_announced_phones(sheet)
            take_network_addresses(sheet)
            take_ids(sheet)
        take_dates(sheet)
        take_addresses(sheet)
        if sheet.has_digits:
            keep_values(sheet)
            take_phones(sheet, self._country)
        take_spelt_phones(sheet)
        if sheet.has_digits:
            take_what_is_left(sheet)
        self._names.take(sheet)
        return sheet.redacted()
