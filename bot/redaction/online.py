"""E-mail addresses, addresses on the web and in networks, and handles, also as people spell them out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.redaction.sheet import cue

if TYPE_CHECKING:
    from bot.redaction.sheet import Sheet

# Of the endings that are words too (in, is, it, me, so, no, to, at, my, be, us) none is here: "feel better.my knee"
# lacks a blank, and is no address. With "www." or a path any ending will do.
_ENDING: Final = (
    r"(?:com|org|net|edu|mil|info|biz|io|app|dev|xyz|online|site|shop|blog|tv|eu|"
    r"(?:co|ac|gov|org|com|net|edu)\.[a-z]{2}|uk|de|fr|es|nl|ch|au|nz|ca|se|dk|pl|ru|cn|jp|kr|br|mx|ar|cl|ie|za|tr|"
    r"gr|cz)"
)
_HOST: Final = r"[a-z0-9](?:[\w-]*[a-z0-9])?(?:\.[a-z0-9](?:[\w-]*[a-z0-9])?)*"
_MAIL_HOST: Final = (
    r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|proton|protonmail|gmx|web|mail|email|zoho|"
    r"fastmail|tutanota|rediffmail|yandex|btinternet|comcast|verizon|sky|orange|libero|qq|naver|me|mac)"
)
_AT: Final = r"\s*[\[({<*_-]+\s*(?:at|@|arroba)\s*[\])}>*_-]+\s*|\s+(?:at|arroba)\s+|\s*@\s*"
_DOT_WORD: Final = r"(?:dot|punto|punkt|point)"
_SPELT_DOT: Final = rf"(?:\s*[\[({{<*_-]+\s*(?:{_DOT_WORD}|\.)\s*[\])}}>*_-]+\s*|\s+{_DOT_WORD}\s+)"
_START: Final = r"(?<![\w.+'-])"
_LOCAL: Final = r"[\w+'-]+(?:\.[\w+'-]+)*"
_SPELT_LOCAL: Final = rf"{_LOCAL}(?:(?:{_SPELT_DOT}|\s+(?:underscore|dash|hyphen)\s+){_LOCAL}){{0,3}}"
_SPELT_ENDING: Final = r"(?:com|org|net|edu|info|co|uk|de|es|fr|ch|nl|ca|au|nz|ie|eu|io|ru|br|mx|pt|pl|ac|gov)"

_EMAILS: Final = (
    # As it is written; a dose at a time of day ("500mg@night") is none.
    cue(
        r"(?!\d+(?:mg|mcg|ml|g)@)[^\s\x00@<>(),;:\"]{1,80}@(?=[\w.-]*[a-z])"
        r"(?!(?:her|his|my|the|home|night|work|bedtime|least)(?![a-z.]))[a-z0-9][\w.-]*\w"
    ),
    # With blanks in it.
    cue(rf"{_START}[\w+'-]+(?:(?:\.| \. )[\w+'-]+)*\s{{0,3}}@\s{{0,3}}[\w-]+(?:\s?\.\s?[\w-]+)*\s?\.\s?[a-z]{{2,}}"),
)
_SPELT_EMAILS: Final = (
    # A spelt "dot", a bracketed "at", or a host that only has mail.
    cue(rf"{_START}{_SPELT_LOCAL}(?:{_AT})[\w-]+(?:{_SPELT_DOT}[\w-]+)*{_SPELT_DOT}{_SPELT_ENDING}\b"),
    cue(
        rf"{_START}{_SPELT_LOCAL}\s*[\[({{<*_]\s*(?:at|@|arroba)\s*[\])}}>*_]\s*[\w-]+"
        rf"(?:(?:{_SPELT_DOT}|\s*\.\s*)[\w-]+)+"
    ),
    cue(rf"{_START}{_SPELT_LOCAL}\s+(?:at|arroba)\s+{_MAIL_HOST}\s?\.\s?{_SPELT_ENDING}\b"),
)
_MAY_SPELL: Final = re.compile(rf"\b(?:{_DOT_WORD}|arroba|{_MAIL_HOST}\s?\.)\b|[\[({{<*_]\s?(?:at|@)\s?[\])}}>*_]")
# "my mail is jane at example.org", and the name at a provider without the provider: "my gmail is jane.doe".
_CUED_EMAIL: Final = cue(
    r"\b(?:e-?mail|mail|gmail|hotmail|yahoo|correo|courriel)\b"
    r"(?:\s+(?:me|us|address|adresse|id|is|it|to|on|at|:|=))*[\s:=]+"
    rf"(?P<value>{_LOCAL}(?:\s+at\s+{_HOST}|(?<=[a-z])\d{{2,}}|(?<=\w)[._]\w+)[\w.]*)",
    "email mail gmail hotmail yahoo correo courriel",
)
_URL: Final = cue(r"\b(?:https?|ftp)\s?:\s?//[^\s\x00]*[\w/]|\bwww(?:\s?\.\s?[\w-]+)+[^\s\x00]*")
# A host under a government's ending says nothing about a person, unless a path follows.
_DOMAIN: Final = cue(
    rf"(?<![\w.@/-])(?!(?:[\w-]+\.)*nhs\.uk\b(?!/)){_HOST}\."
    rf"(?:{_ENDING}(?![\w-]|\.[a-z])(?:[/?:#][^\s\x00]*)?|[a-z]{{2,}}/[^\s\x00]+)"
)
_SPELT_DOMAIN: Final = cue(r"\b(?:www\s+dot\s+)?[\w-]+\s+dot\s+(?:com|org|net|co\s+dot\s+uk|edu|de|es|fr)\b", "dot")
_IP4: Final = cue(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w])(?!\.\d)")
_IP6: Final = cue(
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|"
    r"(?:[0-9a-f]{1,4}:){2,7}:)(?![\w:])"
)
_MAC: Final = cue(r"(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])")
_POSITION: Final = cue(
    r"(?<![\w.])-?\d{1,3}\.\d{4,}\s?°?\s?[NS]?\s?[,;/ ]\s?-?\d{1,3}\.\d{4,}(?![\w.])(?:\s?°?\s?[EW]\b)?"
)
_NETWORKS: Final = (
    r"(?:instagram|insta|snap(?:chat)?|facebook|fb|twitter|tiktok|telegram|skype|wechat|kik|discord|linkedin|reddit|"
    r"user\s?name|login|screen\s?name|handle)"
)
_HANDLE: Final = cue(
    r"(?<![\w@.])@(?!(?:rest|home|night|work|school|bedtime|least|all|times|first|the|my|a|an|about|around)\b)"
    r"(?=[\w.]*[a-z])[a-z_][\w.]{1,}\w|\bu/[\w-]{3,}"
)
_CUED_HANDLE: Final = cue(
    rf"\b(?:(?:my|on|mine)\s+(?:{_NETWORKS}|ig)(?:\s+(?:name|id|user|username|handle|account))?"
    rf"(?:[ ]*[:=][ ]*|\s+is\s+|\s+as\s+)|{_NETWORKS}[ ]*[:=][ ]*)(?P<value>[^\s\x00,;]{{2,}})",
    "instagram insta ig snap snapchat facebook fb twitter tiktok telegram skype wechat kik discord linkedin reddit "
    "username "
    "user login screen screenname handle",
)
_SECRET: Final = cue(
    r"\b(?:pass\s?word|pass\s?code|passwort|kennwort|contraseñ?a|mot de passe|pin(?:\s+(?:code|number|is))?)\b"
    r"(?:\s*[:=]\s*|\s+is\s+|\s+)(?P<value>(?=[^\s\x00]*\d)[^\s\x00]+)",
    "password passcode pass passwort kennwort contraseña contrasena mot pin",
)


def take_online(sheet: Sheet) -> None:
    """Take what leads to a person through a network."""
    lowered = sheet.text.lower()
    if "@" in lowered:
        for pattern in _EMAILS:
            sheet.take_all(pattern, "email")
    if _MAY_SPELL.search(lowered):
        for pattern in _SPELT_EMAILS:
            sheet.take_all(pattern, "email")
    sheet.take_all(_CUED_EMAIL, "email")
    if "//" in lowered or "www" in lowered:
        sheet.take_all(_URL, "web address")
    if "." in lowered:
        sheet.take_all(_DOMAIN, "web address")
    sheet.take_all(_SPELT_DOMAIN, "web address")
    if "@" in lowered or "u/" in lowered:
        sheet.take_all(_HANDLE, "name")
    sheet.take_all(_CUED_HANDLE, "name")
    sheet.take_all(_SECRET, "id")


def take_network_addresses(sheet: Sheet) -> None:
    """Take the addresses of computers, and places on a map."""
    if "." in sheet.text:
        sheet.take_all(_POSITION, "address")
        sheet.take_all(_IP4, "web address")
    if ":" in sheet.text:
        sheet.take_all(_IP6, "web address")
        sheet.take_all(_MAC, "id")
