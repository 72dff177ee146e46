"""How patients might ask what MedQuAD's articles answer: phrasings of our own, by type of question.

`{topic}` is the disease as its article names it.
"""

from __future__ import annotations

from typing import Final

# How the library itself asks; the type of a question follows from it.
LIBRARY: Final = {
    "information": (r"what is \(are\) {topic}", r"do you have information about {topic}", r"what (?:is|are) {topic}"),
    "symptoms": (r"what are the symptoms of {topic}",),
    "treatment": (r"what are the treatments for {topic}", r"is there any treatment for {topic}"),
    "inheritance": (r"is {topic} inherited",),
    "frequency": (r"how many people are affected by {topic}", r"how common is {topic}"),
    "genetic changes": (r"what are the genetic changes related to {topic}",),
    "causes": (r"what causes {topic}",),
    "exams and tests": (r"how to diagnose {topic}", r"how is {topic} diagnosed"),
    "research": (r"what research (?:\(or clinical trials\) )?is being done for {topic}",),
    "outlook": (r"what is the (?:outlook|prognosis) for {topic}",),
    "susceptibility": (r"who is at risk for {topic}",),
    "considerations": (r"what to do for {topic}",),
    "prevention": (r"how to prevent {topic}",),
    "stages": (r"what are the stages of {topic}",),
    "complications": (r"what are the complications of {topic}",),
}

PLAIN: Final = {
    "information": (
        "can you explain what {topic} is",
        "I've never heard of {topic}, what does it mean",
        "what sort of illness is {topic}?",
        "tell me about {topic} in simple words please",
    ),
    "symptoms": (
        "what would I notice if I had {topic}?",
        "how does {topic} show itself",
        "which signs point to {topic}?",
        "what does {topic} feel like",
    ),
    "treatment": (
        "how do doctors treat {topic}?",
        "what can be done against {topic}",
        "is there a medicine or an operation that helps with {topic}?",
        "which therapy is there for {topic}",
    ),
    "inheritance": (
        "can {topic} be passed on from parents to children?",
        "does {topic} run in families",
        "will my kids get {topic} from me?",
        "I have a brother with {topic}, is it hereditary",
    ),
    "frequency": (
        "how rare is {topic}?",
        "do a lot of people have {topic}",
        "what share of the population gets {topic}?",
        "how often does {topic} occur",
    ),
    "genetic changes": (
        "which gene is responsible for {topic}?",
        "what mutation leads to {topic}",
        "what goes wrong in the genes in {topic}?",
        "which genes are involved in {topic}",
    ),
    "causes": (
        "where does {topic} come from?",
        "why do people get {topic}",
        "what brings on {topic}?",
        "what is the reason that somebody develops {topic}",
    ),
    "exams and tests": (
        "which tests show whether it is {topic}?",
        "how can a doctor tell that I have {topic}",
        "how do they find out if it's {topic}?",
        "is there a blood test or a scan to confirm {topic}",
    ),
    "research": (
        "are there any studies on {topic} going on?",
        "what are scientists working on for {topic}",
        "is anybody trying out something new for {topic}?",
        "I would like to take part in a trial on {topic}, what is there",
    ),
    "outlook": (
        "what can I expect in the long run with {topic}?",
        "how long do people live with {topic}",
        "does {topic} get better or worse over the years?",
        "what are the chances of recovering from {topic}",
    ),
    "susceptibility": (
        "which people are most likely to get {topic}?",
        "am I in danger of getting {topic}",
        "who tends to develop {topic}?",
        "what makes somebody more likely to get {topic}",
    ),
    "considerations": (
        "what should I eat if I have {topic}?",
        "what ought I to do or leave out with {topic}",
        "is there a diet for {topic}?",
        "how should I eat with {topic}",
    ),
    "prevention": (
        "how can I keep from getting {topic}?",
        "what can I do so that I don't get {topic}",
        "is there a way to avoid {topic}?",
        "can you protect yourself against {topic}",
    ),
    "stages": (
        "how is it decided how far {topic} has gone?",
        "which stages does {topic} have",
        "what does the stage mean in {topic}?",
        "how far can {topic} spread and what is each step called",
    ),
    "complications": (
        "what else can go wrong when you have {topic}?",
        "which problems can {topic} lead to",
        "what harm can {topic} do later on?",
        "can {topic} cause other illnesses",
    ),
}

# As typed into a search box.
TERSE: Final = {
    "information": "{topic} explained",
    "symptoms": "{topic} signs",
    "treatment": "{topic} therapy options",
    "inheritance": "{topic} hereditary?",
    "frequency": "{topic} how common",
    "genetic changes": "{topic} gene mutation",
    "causes": "{topic} why",
    "exams and tests": "{topic} how diagnosed",
    "research": "{topic} new studies",
    "outlook": "{topic} life expectancy",
    "susceptibility": "{topic} who gets it",
    "considerations": "{topic} diet",
    "prevention": "avoid getting {topic}",
    "stages": "{topic} staging",
    "complications": "{topic} what can it lead to",
}

# What stands before and after the question in a message that tells a story.
BEFORE: Final = (
    "Hello, I am writing because of my mother. She is 71 and was in hospital last week, and nobody there had the time.",
    "Hi there! So I had my appointment on Tuesday, after waiting for three months, and was so nervous I forgot to ask.",
    "Good evening. A friend from work told me over lunch what her doctor had said, and since then I hardly slept.",
    "Sorry if this is a silly question. I am not a medical person, I drive a bus, and my English is not the best.",
    "My son is nine and came home from school with a letter. We have seen two doctors and each used other words.",
    "I have been reading all sorts of things on the internet tonight, and the more I read the less I understand.",
)
AFTER: Final = (
    "Thank you so much for any help, I really appreciate it.",
    "My next appointment is only in six weeks, so I would be glad to know a little more until then.",
    "I hope somebody can tell me, my husband is worried too.",
    "Thanks and kind regards from a worried family.",
    "",
)

# Where an article's text has such a word, it may say something on a type that has no article of its own.
MENTIONS: Final = {
    "symptoms": r"symptom|sign|characteri[sz]ed|include|cause",
    "treatment": r"treat|therap|surg|medic|drug|manag|cure",
    "inheritance": r"inherit|heredit|autosomal|x-linked|famil|gene|parent|sporadic",
    "frequency": r"rare|common|estimat|preval|inciden|frequen|affects?\b|in every|births|people|percent|occurs?",
    "genetic changes": r"gene|mutation|chromosom|dna",
    "causes": r"cause|due to|result|because|mutation|gene",
    "exams and tests": r"diagnos|test|exam|biops|imaging|scan|x-ray",
    "research": r"research|stud|trial|scien",
    "outlook": r"progno|outlook|surviv|life|recover|progress|improve|death|die|fatal|years",
    "susceptibility": r"risk|likely|more often|men|women|age|affects?\b|occurs?",
    "prevention": r"prevent|avoid|vaccin|protect|reduc|risk",
    "complications": r"complic|lead to|cause|result|problem|risk|fail|damage",
}
