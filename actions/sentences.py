"""What the actions say themselves: what is on their buttons, and what is said when the API gave no reply.

They run where there is no catalogue of the bot's, so each stands here in every language that it is said in: in the
words of `bot/locales`, where it stands there, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Sentence = dict[str, str]

EMERGENCY: Final[Sentence] = {
    "en": "If this may be an emergency, call your local emergency number now.",
    "es": "Si esto puede ser una emergencia, llame ahora mismo al número de emergencias de su zona.",
    "ar": "إذا كان من الممكن أن تكون هذه حالة طارئة، فاتصل الآن على رقم الطوارئ في منطقتك.",
}
FAILED: Final[Sentence] = {
    "en": "Your message could not be answered just now: something went wrong on our side. Please try again later.",
    "es": "En este momento no se ha podido responder a su mensaje: algo ha fallado por nuestra parte. Por "
    "favor, inténtelo más tarde.",
    "ar": "تعذّر الرد على رسالتك الآن: حدث خطأ من جانبنا. من فضلك حاول مرة أخرى لاحقًا.",
}
BUSY: Final[Sentence] = {
    "en": "Too many questions are being asked just now, and yours was not answered. Please try again in a minute.",
    "es": "En este momento se hacen demasiadas preguntas y la suya no se ha respondido. Por favor, "
    "inténtelo de nuevo dentro de un minuto.",
    "ar": "تصلنا الآن أسئلة كثيرة جدًا، ولم يُجَب عن سؤالك. من فضلك حاول مرة أخرى بعد دقيقة.",
}
TOO_LONG: Final[Sentence] = {
    "en": "Your message was not read: it is too long. At most 2,000 characters are taken. Please ask in fewer words.",
    "es": "Su mensaje no se ha leído: es demasiado largo. Se admiten como máximo 2,000 caracteres. Por "
    "favor, pregunte con menos palabras.",
    "ar": "لم تُقرأ رسالتك لأنها طويلة جدًا. الحد الأقصى لعدد الحروف: \u20682,000\u2069. من فضلك اسأل بكلمات أقل.",
}
NO_WORDS: Final[Sentence] = {
    "en": "There is no word in your message. Please type a question in words.",
    "es": "En su mensaje no hay ninguna palabra. Por favor, escriba una pregunta con palabras.",
    "ar": "لا توجد كلمات في رسالتك. من فضلك اكتب سؤالًا بالكلمات.",
}
THANKS: Final[Sentence] = {
    "en": "Thank you for telling us.",
    "es": "Gracias por decírnoslo.",
    "ar": "شكرًا لإخبارنا.",
}
NOT_KEPT: Final[Sentence] = {
    "en": "What you think of the answer could not be kept just now. Please try again later.",
    "es": "En este momento no se ha podido guardar su opinión sobre la respuesta. Por favor, inténtelo más tarde.",
    "ar": "تعذّر الآن حفظ رأيك في الإجابة. من فضلك حاول مرة أخرى لاحقًا.",
}
NOTHING_TO_MARK: Final[Sentence] = {
    "en": "There is no answer here that you could tell us about. Please ask a question first.",
    "es": "Aquí no hay ninguna respuesta que valorar. Por favor, haga primero una pregunta.",
    "ar": "لا توجد هنا إجابة يمكنك إبداء رأيك فيها. من فضلك اطرح سؤالًا أولًا.",
}
HELPFUL: Final[Sentence] = {"en": "This helped", "es": "Me ha ayudado", "ar": "أفادني هذا"}
NOT_HELPFUL: Final[Sentence] = {"en": "This did not help", "es": "No me ha ayudado", "ar": "لم يفدني هذا"}


def say(sentence: Mapping[str, str], language: str | None) -> str:
    """`sentence` in `language` (BCP 47), in English where it is not said in that.

    >>> say(THANKS, "es-MX"), say(THANKS, "fr"), say(THANKS, None)
    ('Gracias por decírnoslo.', 'Thank you for telling us.', 'Thank you for telling us.')
    """
    return sentence.get((language or "").partition("-")[0].lower(), sentence["en"])
