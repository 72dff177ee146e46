"""Languages of articles and messages, told by BCP 47 tags."""

from __future__ import annotations

from typing import Final

# Languages that are told by one name: a part by that of the whole (IANA's language subtag registry has these as
# macrolanguages), a name that was replaced by the new one (the same), Filipino as Tagalog (Unicode's CLDR).
_SAME: Final = {
    "cmn": "zh",
    "fil": "tl",
    "id": "ms",
    "in": "ms",
    "iw": "he",
    "ji": "yi",
    "nb": "no",
    "nn": "no",
}


def primary_language(tag: str) -> str:
    """The language of a BCP 47 tag, without script, region and variants, in lower case.

    >>> primary_language("en-GB"), primary_language("es"), primary_language("FIL-PH")
    ('en', 'es', 'tl')
    """
    language = tag.partition("-")[0].lower()
    return _SAME.get(language, language)
