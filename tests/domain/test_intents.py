# ruff: noqa: RUF001  messages stand here as they are typed, in three languages
"""What a message asks for, beside a question on health, in each language that there are phrases for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from bot.domain.intents import COMMANDS, Heard, Intent, Leaning, Phrases, hear, words_of
from bot.small_talk import read_phrases

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "data" / "small_talk"
PHRASES = {phrases.language: phrases for phrases in read_phrases(FOLDER)}


def heard(message: str, first: str, *, offered: int = 0) -> Heard:
    """What `message` is taken for where `first` is the likeliest language."""
    return hear(message, sorted(PHRASES.values(), key=lambda each: each.language != first), offered=offered)


SMALL_TALK = {
    "en": """
        greeting       Hi!
        greeting       heyyyy, good morning doctor
        greeting       Hello, can I ask you something please?
        thanks         ok thanks, that helped a lot
        thanks         THANK YOU SO MUCH!!!
        goodbye        ok, bye, have a nice day
        about          who are you?
        about          Are you a real person, or a bot?
        about          do you keep my data?
        keep           don't delete my data
        help           help
        help           can u help me pls
        help           what now?
        topics         What can I ask you?
        topics         show me the topics, please
        person         I want to talk to a real person
        person         can I speak to a doctor now please
        stop           STOP
        stop           ok, leave me alone
        stop           no more
        erase          please delete my data
        erase          hi, thanks, delete everything
        erase          Delete this conversation.
        references     references
        references     Where did you get this from?
        references     how do you know that
        author         Who wrote this article?
        author         was this written by a doctor?
        full-article   show me the full article
        full-article   tell me more please
        none-of-these  none of these
        none-of-these  That's not what I asked!
        none-of-these  that didn’t help
        yes            yes
        yes            yeah, that one
        no             no
        no             No thanks
        no             please don’t share it
        language       English please
        language       en inglés
        """,
    "es": """
        greeting       hola
        greeting       Holaaaa, buenos días doctora
        greeting       ola, ke tal
        greeting       buenas noches a todos, jajaja
        greeting       wenas
        greeting       Hola, ¿puedo hacerle una pregunta?
        greeting       queria hacer una consulta
        greeting       ¿hay alguien ahí?
        thanks         gracias
        thanks         muchas grax!!
        thanks         ok thx
        thanks         Perfecto, me ayudó mucho, gracias
        thanks         mil gracias dr, q Dios lo bendiga
        thanks         vale, entendido
        goodbye        adiós
        goodbye        bueno, hasta luego
        goodbye        bueno, chau, que tenga buen día
        about          ¿quién eres?
        about          kien eres
        about          ¿Es usted un médico de verdad?
        about          sos un robot?
        about          cómo te llamas
        about          ¿esto es confidencial?
        keep           no borre mis datos
        help           ayuda por favor
        help           Necesito ayuda
        help           ¿me podrías ayudar?
        help           no entiendo
        help           en que me podes ayudar che
        help           ¿y ahora qué?
        topics         qué puedo preguntar
        topics         q puedo preguntar
        topics         ¿Sobre qué temas puedo preguntar?
        topics         explorar por síntoma
        topics         muéstreme los temas
        person         hablar con una persona
        person         Quiero hablar con un doctor por favor
        person         quisiera hablar con alguien
        person         necesito un médico
        person         pásame con un humano
        stop           stop
        stop           basta ya
        stop           No me escriban más
        stop           quiero darme de baja
        erase          borrar mis datos
        erase          Borrá mis mensajes
        erase          por favor, eliminen todos mis datos
        erase          borra todo lo que escribí
        erase          quiero que borren esta conversación
        erase          hola, gracias, borre mis datos
        references     referencias
        references     ¿Cuáles son las fuentes?
        references     de donde sacaste eso
        references     muéstrame las referencias xfa
        author         ¿Quién escribió esto?
        author         ¿lo escribió un médico?
        author         quien es el autor del articulo
        full-article   ver el artículo completo
        full-article   más
        full-article   cuénteme más, por favor
        full-article   pásame el link
        none-of-these  ninguna de estas
        none-of-these  no, ninguna
        none-of-these  Eso no es lo que pregunté
        none-of-these  no me sirve
        none-of-these  otra cosa
        yes            sí
        yes            Claro que sí
        yes            sí, esa misma
        no             no
        no             no gracias
        no             no lo muestren a nadie
        no             prefiero que no
        language       en español por favor
        language       ¿Hablas español?
        language       no hablo inglés
        """,
    "ar": """
        greeting       السلام عليكم
        greeting       السَّلامُ عَلَيكُم ورحمة الله وبركاته
        greeting       مرحبااااا
        greeting       أهلاً وسهلاً دكتور
        greeting       صباح الخير، كيفك؟
        greeting       ممكن أسأل سؤال لو سمحت
        thanks         شكراً
        thanks         شكرا جزيلا لك يا دكتور
        thanks         الله يعطيك العافية
        thanks         تسلم، فهمت
        goodbye        مع السلامة
        goodbye        إلى اللقاء يا دكتور
        thanks         شكرا، مع السلامة
        about          من أنت؟
        about          انت مين
        about          هل أنت طبيب حقيقي؟
        about          هل هذا سري؟
        keep           لا، احذف بياناتي
        help           مساعدة
        help           ممكن تساعدني من فضلك
        help           مش فاهم
        topics         ماذا يمكنني أن أسأل؟
        topics         شو بقدر اسأل
        topics         اعرض المواضيع
        person         التحدث مع شخص
        person         أريد التحدث إلى طبيب
        person         عايز أكلم دكتور
        stop           توقف
        stop           لا ترسلوا لي رسائل
        erase          احذف بياناتي
        erase          لو سمحت امسح كل شيء
        erase          بدي احذف بياناتي
        references     المراجع
        references     ما مصدر هذا الكلام؟
        references     المصدر إيه
        author         من كتب هذا المقال؟
        author         مين كتب ده
        full-article   المقال كاملاً
        full-article   المزيد من التفاصيل
        none-of-these  لا شيء من هذه
        none-of-these  ليس هذا ما سألت عنه
        none-of-these  مش ده اللي سألت عليه
        yes            نعم
        yes            أيوه، هذا هو
        no             لا
        no             لا شكراً
        no             لا تعرض سؤالي
        language       بالعربية من فضلك
        language       بتحكي عربي؟
        """,
}


def rows(tables: dict[str, str]) -> list[tuple[str, str, str]]:
    """Language, first word and rest of each line."""
    lines = ((language, line.split(maxsplit=1)) for language, table in tables.items() for line in table.split("\n"))
    return [(language, parts[0], parts[1]) for language, parts in lines if parts]


@pytest.mark.parametrize(("language", "intent", "message"), rows(SMALL_TALK))
def test_small_talk_is_heard(language: str, intent: str, message: str) -> None:
    """Each is known for what it is in its own language."""
    assert heard(message, language) == Heard(Intent(intent), language=language)


@pytest.mark.parametrize(("language", "intent", "message"), rows({key: SMALL_TALK[key] for key in ("es", "ar")}))
def test_small_talk_is_heard_where_another_language_is_expected(language: str, intent: str, message: str) -> None:
    """A person may write in their own language at first; a word of two languages asks for the same in both."""
    found = heard(message, "en")
    assert found.intent is Intent(intent)
    assert found.language == language or message in {"stop", "no", "ok thx", "no thanks"}


QUESTIONS = {
    "en": """
        thanks but my head hurts
        hi, how long does a cold last?
        hello doctor, is it contagious?
        no, it is worse at night
        yes, with fever
        help, my nose is bleeding
        I need a doctor for my back pain
        what if that does not help?
        and if not?
        what about this?
        what doctor?
        more pain than yesterday
        stop coughing
        how to stop it
        list symptoms
        how does it work
        references for migraine
        I want to know more about migraine
        111
        no me encuentro bien
        """,
    "es": """
        gracias pero me duele la cabeza
        hola, ¿cuánto dura un resfriado?
        buenas doctora, tengo una pregunta sobre la gripe
        hola, es contagioso?
        no, es peor por la noche
        sí, con fiebre
        ayuda, me sangra la nariz
        necesito un médico, me duele el pecho
        ¿y si no me ayuda?
        ¿y si no?
        si no me sirve, ¿qué hago?
        ¿qué doctor?
        más dolor que ayer
        no puedo más
        no puedo hablar
        ya no quiero más
        muy alta
        quiero saber más sobre la migraña
        referencias sobre la migraña
        quién descubrió la penicilina
        ¿cómo se usa?
        ¿para qué sirve?
        ¿es seguro?
        ver síntomas
        citas
        parar la tos
        borrar cicatrices
        eliminar piojos
        adiós a mi dolor de espalda
        otra vez tengo fiebre
        me ayuda la miel para la tos
        nada me quita el picor
        uno de mis hijos tiene tos
        """,
    "ar": """
        شكرا لكن رأسي يؤلمني
        مرحبا، كم يستمر الزكام؟
        السلام عليكم دكتور عندي صداع
        لا، يزداد في الليل
        نعم مع حرارة
        ساعدني أنفي ينزف
        أريد طبيبا لظهري
        أي دكتور؟
        هل هو معدي؟
        ماذا عن الأطفال؟
        المزيد من الألم
        من كتب عن الصداع
        كيف أتخلص من القمل
        أوقف النزيف
        ما هو الزكام
        """,
}


@pytest.mark.parametrize(
    ("language", "message"),
    [(language, line.strip()) for language, table in QUESTIONS.items() for line in table.split("\n") if line.strip()],
)
def test_whatever_else_is_a_question(language: str, message: str) -> None:
    """One word that is no small talk makes a message a question, which the library is asked."""
    for first in PHRASES:
        assert heard(message, first, offered=5) == Heard(Intent.QUESTION, message), f"{language} message, {first} first"


@pytest.mark.parametrize("language", PHRASES)
def test_every_phrase_is_heard_for_what_it_stands_under(language: str) -> None:
    """No phrase is read as two others, or stands under two intents, one of which would be lost."""
    for words, intent in PHRASES[language].intents.items():
        assert heard(" ".join(words), language).intent is intent, f"{' '.join(words)} under {intent}"
    stands: dict[tuple[str, ...], str] = {}
    table = yaml.load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    for intent, phrases in table["intents"].items():
        for words in map(words_of, phrases):
            assert stands.setdefault(words, intent) == intent, f"{' '.join(words)}: {stands[words]} and {intent}"


@pytest.mark.parametrize("language", PHRASES)
def test_fillers_and_general_words_name_no_illness(language: str) -> None:
    """Neither has a word that every sentence on health could turn on."""
    phrases = PHRASES[language]
    words = phrases.general | phrases.pronouns | {word for filler in phrases.fillers for word in filler}
    medical = words_of(
        "pain ache hurt blood fever cough skin head heart stomach chest pregnant "
        "dolor duele sangre fiebre tos piel cabeza corazon estomago pecho garganta embarazada regla "
        "ألم صداع حرارة حمى دم سعال جلد رأس قلب معدة صدر حامل سكر ضغط"
    )
    assert words.isdisjoint(medical)


def test_no_golden_question_is_taken_for_small_talk() -> None:
    """All that an article answers are questions in every language, after anything that was offered."""
    lines = (ROOT / "data" / "golden" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    for record in map(json.loads, lines):
        for first in PHRASES:
            found = heard(record["asked"], first, offered=5)
            assert found.intent is Intent.QUESTION or not record["expected"], record["asked"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Heyyyy, who ARE you?!", "hey who are you"),
        ("hello", "hello"),
        ("call 111 or 999", "call 111 or 999"),
        ("don’t, don't, don`t", "dont dont dont"),
        ("Adiós, corazón; ¿mañana?", "adios corazon manana"),
        ("me\u0301dico", "medico"),
        ("أ إ آ ؤ ئ", "ا ا ا و ي"),
        ("شُكْرًا جَزيلاً", "شكرا جزيلا"),
        ("مرحبـــا", "مرحبا"),
        ("مساعدة على", "مساعده علي"),
        ("١ ۲", "1 2"),
        ("!?", ""),
    ],
)
def test_words_are_compared_as_people_write_them(typed: str, words: str) -> None:
    """Case, accents, vowel signs, hamza, letters drawn out and the kind of figures do not matter."""
    assert words_of(typed) == tuple(words.split())


ORDINALS = {
    "en": "1 1st | 1 the first one please | 2 2 | 2 number two | 3 Option 3! | 5 the fifth | -1 the last one | 2 b",
    "es": "1 1 | 1 la primera | 1 el 1º | 2 la segunda por favor | 2 nº 2 | 3 quiero la tercera | 3 3ra | -1 la última",
    "ar": "1 ١ | 1 الأول | 1 الأولى من فضلك | 2 رقم ٢ | 2 التاني | 3 الخيار الثالث | 5 الخامس | -1 الأخير",
}


@pytest.mark.parametrize(
    ("language", "number", "message"),
    [(language, *each.split(maxsplit=1)) for language, line in ORDINALS.items() for each in line.split("|")],
)
@pytest.mark.parametrize("offered", [0, 2, 5])
def test_a_place_in_a_list_is_a_choice(language: str, number: str, message: str, offered: int) -> None:
    """Whether there is such a place or not, it is no question for the library."""
    expected = Heard(Intent.CHOICE, number=int(number), language=language)
    assert heard(message.strip(), language, offered=offered) == expected


@pytest.mark.parametrize(
    ("message", "number"), [("10", 10), ("12 please", 12), ("07", 7), ("٤٢", 42), ("0", 0), ("111", None)]
)
def test_a_number_of_two_figures_is_a_place(message: str, number: int | None) -> None:
    """Longer lists have them; who types more figures asks about these."""
    found = heard(message, "en", offered=10)
    assert (found.intent is Intent.CHOICE, found.number) == (number is not None, number)


@pytest.mark.parametrize(
    ("language", "message", "asks"),
    [
        ("en", "delete my data please, and how long does flu last", True),
        ("en", "Hi! Delete everything. How long does flu last?", True),
        ("en", "how long does flu last? And please delete what I wrote", True),
        ("en", "no, I meant the flu, and delete my data", True),
        ("es", "borren mis datos por favor, ¿cuánto dura la gripe?", True),
        ("ar", "احذف بياناتي، كم يستمر الزكام؟", True),
        ("en", "don't delete my data, how long does flu last", False),
        ("en", "how long does flu last, and do not delete my data", False),
        ("en", "my mother seems to forget everything", False),
        ("es", "eliminar piojos", False),
    ],
)
def test_a_question_may_ask_for_erasure_beside(language: str, message: str, asks: bool) -> None:
    """Before it or behind it, and plainly."""
    found = heard(message, language)
    assert found.intent in {Intent.QUESTION, Intent.CORRECTION}
    assert found.asks_erasure == asks


CORRECTIONS = [
    ("en", "no, I meant my knee", "my knee"),
    ("en", "Sorry, I meant: flu?", "flu?"),
    ("en", "not that, I mean a cold", "a cold"),
    ("es", "No, me refería a la gripe", "la gripe"),
    ("es", "perdón, quise decir: ¿es grave?", "es grave?"),
    ("es", "lo que quiero saber es si contagia", "si contagia"),
    ("ar", "لا، أقصد الصداع", "الصداع"),
    ("ar", "لا، أَقصِدُ الصُداعَ النصفي", "الصُداعَ النصفي"),
    ("ar", "كنت أسأل عن الزكام", "الزكام"),
]


@pytest.mark.parametrize(("language", "message", "meant"), CORRECTIONS)
def test_a_correction_says_what_was_meant(language: str, message: str, meant: str) -> None:
    """What follows its first words is the question, letter for letter."""
    assert heard(message, language) == Heard(Intent.CORRECTION, meant, language=language)


@pytest.mark.parametrize(
    "message",
    ["no, I meant", "I wanted to know how long a cold lasts", "quería saber cuánto dura", "mi pregunta es qué como"],
)
def test_what_begins_a_first_question_corrects_nothing(message: str) -> None:
    """Neither does a correction that breaks off."""
    assert heard(message, "en").intent is Intent.QUESTION


LEANING = {
    Leaning.WHOLLY: """
        en is it contagious?
        en how long does it last
        en what causes it, and how is it treated?
        es ¿cuánto dura?
        es ¿es contagioso?
        es ¿cómo lo trato en casa?
        es xq me sale
        es ¿cuáles son los síntomas?
        ar هل هو معدي؟
        ar كم يستمر؟
        ar ما علاجه؟
        ar هل هذا خطير
        """,
    Leaning.PERHAPS: """
        en can I swim with it
        en and is it safe with aspirin
        es ¿eso da fiebre?
        ar هذا الألم في الليل
        """,
    Leaning.OPENS: """
        en and if I smoke?
        en what about pregnancy?
        en how long does a cold last
        es ¿y si estoy embarazada?
        es ¿lo puede tomar una embarazada?
        ar وماذا عن الحمل؟
        ar هل هو مناسب للحامل؟
        """,
    Leaning.NOT: """
        en my knee hurts
        en what is migraine
        en is it safe to take ibuprofen for a headache if I have had a stomach ulcer
        es me duele la cabeza
        es ¿qué es la migraña?
        es está resfriado mi hijo
        ar رأسي يؤلمني
        ar ما هو علاج الصداع؟
        ar ??
        """,
}


@pytest.mark.parametrize(
    ("leaning", "language", "message"),
    [
        (leaning, *line.split(maxsplit=1))
        for leaning, table in LEANING.items()
        for line in table.split("\n")
        if line.strip()
    ],
)
def test_how_far_a_message_leans_on_what_came_before(leaning: Leaning, language: str, message: str) -> None:
    """Wholly if all of its words are general; perhaps if it has a pronoun; never if it is long."""
    assert PHRASES[language].leaning(message) is leaning


@pytest.mark.parametrize(
    ("language", "message", "topic", "query"),
    [
        ("en", "how long does it last?", "a cold", "how long does a cold last?"),
        ("en", "is it catching, and is THIS dangerous?", "a cold", "is it catching, and is a cold dangerous?"),
        ("en", "and in children?", "a cold", "and in children a cold"),
        ("es", "¿Eso es grave?", "gripe", "¿gripe es grave?"),
        ("es", "¿es contagioso?", "gripe", "¿es contagioso gripe"),
        ("es", "¿y los niños…?", "gripe", "¿y los niños gripe"),
        ("ar", "هل هٰذا خطير؟", "الزكام", "هل الزكام خطير؟"),
        ("ar", "كم يستمر؟", "الزكام", "كم يستمر الزكام"),
    ],
)
def test_the_topic_stands_for_the_last_pronoun(language: str, message: str, topic: str, query: str) -> None:
    """Without a pronoun it stands behind the words."""
    assert PHRASES[language].in_context(message, topic) == query


@pytest.mark.parametrize(
    ("language", "question", "topic"),
    [
        ("en", "How long does a common cold last?", "cold"),
        ("es", "¿Cuánto dura un resfriado?", "resfriado"),
        ("ar", "كم يستمر الزكام؟", "الزكام"),
    ],
)
def test_the_topic_of_a_question_is_what_is_not_general(language: str, question: str, topic: str) -> None:
    """The words that name what it is about remain."""
    assert PHRASES[language].topic(question) == topic


SMALL = Phrases(
    "en",
    intents={
        ("hi",): Intent.GREETING,
        ("thanks",): Intent.THANKS,
        ("no",): Intent.NO,
        ("no", "more"): Intent.STOP,
        ("more",): Intent.FULL_ARTICLE,
        ("delete", "it"): Intent.ERASE,
        ("that", "helps"): Intent.THANKS,
        ("helps",): Intent.YES,
    },
    fillers=frozenset({("please",), ("that",), ("and",)}),
    openers=(("and",), ("and", "that")),
)


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("hi", Intent.GREETING),
        ("please, hi", Intent.GREETING),
        ("hi, thanks, delete it", Intent.ERASE),
        ("thanks, hi", Intent.THANKS),
        ("no more", Intent.STOP),
        ("that helps", Intent.THANKS),
        ("please that", Intent.THANKS),
        ("hi there", None),
        ("and that helps", None),
        ("and please that helps", Intent.THANKS),
        ("no, delete it", Intent.KEEP),
        ("hi " * 15, None),
    ],
)
def test_small_talk_is_made_of_phrases_and_fillers(message: str, intent: Intent | None) -> None:
    """The longest phrase counts, of several intents the weightiest, and what goes on with a question is none.

    Deletion is for good: with a no beside it, it is not done.
    """
    assert SMALL.small_talk(words_of(message)) is intent


BUTTONS = [
    ("/article", "ankle-sprain", "my chest hurts"),
    ("/none", "", "of my pills are left"),
    ("/withhold", "0123456789abcdef" * 2, "i want to die"),
    ("/helpful", "", "yes it was"),
    ("/helpful", "0123456789abcdef" * 2, "i want to die"),
    ("/unhelpful", "", "and my chest hurts"),
    ("/unhelpful", "0123456789abcdef" * 2, "0123456789ABCDEF" * 2),
    ("/start", "", "of labour"),
    ("/restart", "", "my heart has stopped"),
    ("/topics", "", "i am having a stroke"),
    ("/topic", "ankle pain", "x" * 301),
]


@pytest.mark.parametrize(("command", "argument", "wrong"), BUTTONS)
def test_a_button_sends_a_command(command: str, argument: str, wrong: str) -> None:
    """What stands behind it is its argument, white space aside; in any other form they are a patient's words."""
    intent, _ = COMMANDS[command]
    assert heard(f"{command}  {argument} \n", "es") == Heard(intent, argument, is_button=True)
    for words in (f"{command} {wrong}", f"{command}z {argument}", f"what is {command}"):
        assert not heard(words, "en").is_button


def test_every_command_is_tried() -> None:
    """None is left out above."""
    assert {command for command, _, _ in BUTTONS} == set(COMMANDS)
