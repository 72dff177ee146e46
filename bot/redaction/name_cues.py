"""Words that announce a name, or follow one: patterns for `names`."""

from __future__ import annotations

import re
from typing import Final

from bot.redaction.sheet import Cue
from bot.redaction.vocabulary import word_set

TOKEN: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]|['.-](?=[^\W\d_]))*")


def _any_of(words: frozenset[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word))) + ")"


_IS: Final = r"\s*(?:\b(?:is|was|es|est|ist|è|é|är|er)\b|'s\b|[:=-])?\s*[:=\"']{0,2}\s*"
_SOMEBODYS: Final = (
    r"(?:my|his|her|their|our|your|whose|full|first|last|second|middle|given|family|maiden|married|legal|real|nick|"
    r"sur|fore|"
    r"christian|complete|(?:patient|child|baby|son|daughter|husband|wife|mother|mom|mum|father|dad|brother|sister|"
    r"friend|"
    r"partner|doctor|gp|boyfriend|girlfriend)'?s?'?)"
)
ANNOUNCED: Final = Cue(
    re.compile(
        rf"\b(?:{_SOMEBODYS}\s?names?|my (?:mane|nmae|naem|nam)|names?(?=\s*[:=])|i am called|i'?m called|they call me|"
        r"(?:you (?:can|may)|please|just) call me|everyone calls me|goes by|answers to|me llamo|mi nombre(?: "
        r"completo)?|se llama|"
        r"su nombre|nombre(?: y apellidos?)?(?=\s*[:=])|apellidos?(?=\s*[:=])|je m'appelle|mon (?:pré)?nom|s'appelle|"
        r"(?:pré)?nom(?=\s*[:=])|ich hei(?:ss|ß)e|(?:mein|sein|ihr) name|(?:vor|nach)name(?=\s*[:=])|mi chiamo|si "
        r"chiama|"
        r"il mio nome|meu nome|[ms]e chama|me chamo|ik heet|mijn naam|jag heter|mitt namn|jeg hedder|jeg heter|"
        r"nazywam się|"
        rf"mam na imię|benim adım|adım|menya zovut|mera naam)(?!\w){_IS}(?=[^\W\d_])",
        re.IGNORECASE,
    ),
    word_set(
        """
        name names surname surnames forename nickname firstname lastname mane nmae naem nam called call calls goes
        answers
        llamo nombre llama apellido apellidos appelle nom prénom heiße heisse vorname nachname chiamo chiama nome chama
        chamo heet naam heter namn hedder nazywam imię adım zovut
        """
    ),
)
# "trade name: ...": what has such a name is no person.
OF_A_THING: Final = re.compile(
    r"\b(?:trade|brand|generic|drug|medicine|medication|product|chemical|scientific|latin|disease|file|test)\s*$",
    re.IGNORECASE,
)
_HEADS: Final = word_set("patient pt paciente client caller sender from re attn attention contact signed")
HEAD: Final = Cue(re.compile(rf"\b(?P<head>{_any_of(_HEADS)})\s*:\s*(?=[^\W\d_])", re.IGNORECASE), _HEADS)
I_AM: Final = Cue(
    re.compile(
        r"\b(?:i am|i'?m|iam|this is|it is|it'?s|its|here is|soy|je suis|ich bin|sono|eu sou)\s+(?=[^\W\d_])",
        re.IGNORECASE,
    ),
    word_set("am im m iam this it its here soy suis bin sono sou"),
)
_SHORT_TITLES: Final = word_set(
    "mr mrs ms mx messrs dr drs prof rev capt sgt mme mlle sr sra srta dra sig dhr mevr smt"
)
_LONG_TITLES: Final = word_set(
    """
    miss professor doctor nurse sister matron sir dame lord lady reverend father pastor rabbi imam sheikh captain
    sergeant herr frau fräulein monsieur madame señor señora señorita don doña signor signora senhor senhora mevrouw
    meneer shri
    """
)
TITLE: Final = Cue(
    re.compile(
        rf"\b(?P<title>{_any_of(_SHORT_TITLES)}(?:\.(?=[A-Z ])|(?= ))|{_any_of(_LONG_TITLES)}(?= ))\s{{0,2}}"
        r"(?:(?:dr|prof|med|habil)\.?\s){0,3}(?=[^\W\d_])",
        re.IGNORECASE,
    ),
    _SHORT_TITLES | _LONG_TITLES,
)
# Titles that are words of everyday too.
TITLES_AND_WORDS: Final = word_set(
    "miss doctor nurse sister matron sir dame lord lady father pastor captain don sig ms"
)
_RELATIONS: Final = word_set(
    """
    husband wife spouse partner boyfriend girlfriend fiance fiancee fiancé fiancée bf gf hubby mum mom mummy mommy
    mother mama dad daddy father papa parent parents stepmum stepmom stepmother stepdad stepfather stepson
    stepdaughter stepbrother stepsister son daughter child children baby kid kids boy girl toddler newborn infant
    brother sister sibling twin twins aunt auntie uncle cousin niece nephew grandma grandpa grandmother grandfather
    grandson granddaughter grandchild grandkid granny gran nan nana friend mate neighbor neighbour colleague boss
    coworker worker roommate flatmate teacher therapist gp dentist surgeon physio midwife carer patient dog ex esposo
    esposa marido mujer hijo hija madre padre mamá papá hermano hermana abuelo abuela amigo amiga novio novia primo
    prima tío tía mari femme fils fille mère père frère sœur soeur ami amie mann frau sohn tochter mutter vater bruder
    schwester freund freundin oma opa marito moglie figlio figlia filho filha
    """
)
_PEOPLE: Final = word_set(
    "boy girl man woman lady guy child baby kid doctor nurse person someone somebody friend patient one"
)
RELATION: Final = Cue(
    re.compile(
        r"(?:\b(?:my|our|his|her|their|your|old|mi|mis|su|nuestr[oa]|mon|ma|notre|mein|meine|meiner|meinem|mio|mia|"
        r"meu|minha)\s+"
        rf"(?:[\w-]+\s+){{0,2}}?(?:step-|co-)?{_any_of(_RELATIONS)}(?:\s+in\s+law|-in-law)?"
        rf"|\b{_any_of(_PEOPLE)}(?=\s+(?:is\s+)?(?:named|called)\b))"
        r"(?P<said>\s*,?\s+(?:is\s+)?(?:named|called|who is called|whose name is|name is)|'s name is)"
        r"?\s*,?\s+\(?(?=[^\W\d_])",
        re.IGNORECASE,
    ),
    _RELATIONS | _PEOPLE,
)
CLOSING: Final = Cue(
    re.compile(
        r"(?:(?<=[\n.,!?;)])|(?<=\s)|^)\s*(?P<word>(?:(?:kind|best|warm|warmest|with|many|your|yours)\s+)?(?:regards|"
        r"greetings|"
        r"wishes|sincerely|faithfully|truly|cheers|thanks|thank you|thankyou|thx|ty|love|best|respectfully|"
        r"gratefully|signed|"
        r"yours|saludos(?: cordiales)?|un saludo|atentamente|cordialement|merci|(?:viele|liebe|freundlichen?) gr(?:ü|"
        r"ue)(?:ß|ss)e|"
        r"mfg|lg|gru(?:ß|ss)|danke|gracias|grazie|obrigad[oa]))"
        r"(?:\s+(?:again|so much|very much|a lot|a million|in advance|and regards|"
        r"for (?:your|the|any) (?:help|time|advice|answer|reply|attention)|beforehand|dear|everyone|you|from|de "
        r"antemano|"
        r"im voraus|d'avance)){0,3}[\s,.!:;-]{1,6}(?=[^\W\d_])",
        re.IGNORECASE,
    ),
    word_set(
        """
        regards greetings wishes sincerely faithfully truly cheers thanks thank thankyou thx ty love best respectfully
        gratefully signed yours saludos saludo atentamente cordialement merci grüße gruesse grüsse grueße mfg lg gruß
        gruss danke gracias grazie obrigado obrigada
        """
    ),
)
FORMAL: Final = re.compile(
    r"regards|sincerely|faithfully|truly|signed|respectfully|saludo|cordialement|mfg|gr[uü]", re.IGNORECASE
)
GREETING: Final = Cue(
    re.compile(
        r"(?:^|\n|\x00)\s*(?:dear|hi|hello|hey|hiya|good (?:morning|day|evening|afternoon)|hola|bonjour|hallo|lieber?|"
        r"estimad[oa]|querid[oa]|cher|chère|salut|ciao)[ ,]{1,2}(?=[^\W\d_])",
        re.IGNORECASE,
    ),
    word_set(
        "dear hi hello hey hiya good hola bonjour hallo liebe lieber estimado estimada querido querida cher chère "
        "salut ciao"
    ),
)
# The last line or sentence, if it is short.
SIGNATURE: Final = Cue(
    re.compile(r"(?:[.!?)]\s{1,4}|\n\s{0,4}|\s[~-]{1,3}\s?)[~-]{0,3}\s?(?=[^\W\d_][^\n.!?,]{1,40}\.?\s*\Z)")
)
_MEETINGS: Final = word_set(
    "saw see seen seeing met meet meeting visited visit consulted asked told contacted contact called help helping"
)
MEETING: Final = Cue(re.compile(rf"\b{_any_of(_MEETINGS)}\s+(?=[^\W\d_])", re.IGNORECASE), _MEETINGS)

_PARTICLE: Final = r"(?:de|da|do|dos|das|du|di|del|della|la|le|van|von|der|den|ter|zu|bin|binti|bint|ibn|al|el|ul|abu)"
PARTICLES: Final = re.compile(rf"(?:{_PARTICLE} )+", re.IGNORECASE)
# The next word of a name.
NEXT: Final = re.compile(
    rf"[ ]{{1,2}}(?:(?:{_PARTICLE}|y|e|st\.?|san)[ -]){{0,3}}(?P<word>{TOKEN.pattern})(?P<dot>\.(?=\s))?", re.IGNORECASE
)
# What may follow a name where nothing is written with a capital.
BOUNDARY: Final = re.compile(
    r"\s*(?:[,.;:!?)\n(/&-]|\Z|\d|(?:and|from|i|i'm|im|my|speaking|calling|here|aged?|who|with|has|is|was|y|et|und|"
    r"tengo|\x00)"
    r"(?!\w))",
    re.IGNORECASE,
)
STOP: Final = re.compile(r"\s*(?:[.,;:)\n]|\Z)")
LINE_END: Final = re.compile(r"\s*(?:\Z|\n|\(|,|\.\s*\Z|\.?\s*\x00|xx?\b|[-/|]|(?:from|md|m\.d|phd)\b)", re.IGNORECASE)
NOTHING_MORE: Final = re.compile(r"\s*\.?\s*\Z")
SPEAKING: Final = re.compile(r"\s+(?:speaking|calling|here\b(?! is)|on the (?:phone|line))", re.IGNORECASE)
GOES_ON_ABOUT_ME: Final = re.compile(r"\s*,?\s*(?:from\b|i'?m\b|i am\b|an? \w+|aged?\b|\d\d|and i\b)", re.IGNORECASE)
AGE: Final = re.compile(r"\s?,\s?(?:an? )?\d\d\b")
PERSON_DOES: Final = re.compile(
    r"\s+(?:has|had|said|says|told|asked|went|takes|took|suffers|needs|wants|feels|thinks|lives|fell|cries|eats)\b|"
    r"\s+is\s+\d"
)
INITIAL: Final = re.compile(r"(?<!\w)[^\W\d_]\.$")
# SAMe, a food supplement, as patients write it.
SAM_E: Final = re.compile(r"[ -]?e\b", re.IGNORECASE)

# Scripts without capitals: what follows "my name is" in the language's own words.
OTHER_SCRIPTS: Final = (
    Cue(
        re.compile(
            r"(?:меня зовут|мо[её] имя|його звати|її звати|мене звати|мене звуть|казвам се|με λένε|ονομάζομαι|το "
            r"όνομά μου είναι)"
            r"\s*[:-]?\s*(?P<value>[^\W\d_]+(?:\s+(?!и\b|мне\b|у\b|та\b|και\b|і\b)[^\W\d_]+){0,2})",
            re.IGNORECASE,
        )
    ),
    Cue(
        re.compile(
            r"(?:اسمي|إسمي|נקרא|نام من|שמי|קוראים לי)\s*:?\s*"
            r"(?P<value>[^\s\d,.;:!?]+(?:\s+(?!و|ולי\b|ואני\b|است\b)[^\s\d,.;:!?]{2,})?)"
        )
    ),
    Cue(
        re.compile(
            r"(?:मेरा नाम|আমার নাম|என் பெயர்|నా పేరు|मेरो नाम|माझे नाव)\s*:?\s*"
            r"(?P<value>[^\s\d,।.;:!?]+(?:\s+(?!है|हैं|और|हो|आहे|এবং)[^\s\d,।.;:!?]+)?)"
        )
    ),
    Cue(re.compile(r"(?:我叫做?|我的名字是|我的名字叫|我名叫|我姓|本人叫)\s*(?P<value>[\u3400-\u9fff·]{1,4})")),
    Cue(
        re.compile(
            r"(?:私の名前は|名前は|私は)\s*(?P<value>[\u3040-\u30ff\u3400-\u9fff・]{1,10}?)"
            r"(?=です|と申|といい|と言い|だ|、|。|,|$)"
        )
    ),
    Cue(
        re.compile(
            r"(?:제 이름은|내 이름은|이름은)\s*(?P<value>[\uac00-\ud7a3]{1,5}?)"
            r"(?=입니다|이에요|예요|이고|라고|,|\.|\s|$)"
        )
    ),
    Cue(
        re.compile(
            r"(?:ผมชื่อ|ดิฉันชื่อ|ฉันชื่อ|tôi tên là|tên tôi là|tên em là)\s*(?P<value>[^\s\d,.]+(?:\s+[^\s\d,.]+)?)",
            re.IGNORECASE,
        )
    ),
)
