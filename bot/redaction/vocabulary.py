"""Words that tell a name from what only looks like one. All in lower case and without accents."""

from __future__ import annotations

import unicodedata
from importlib.resources import files
from typing import Final


def word_set(text: str) -> frozenset[str]:
    """The words of `text`, which blanks part.

    >>> sorted(word_set("b a"))
    ['a', 'b']
    """
    return frozenset(text.split())


def without_accents(word: str) -> str:
    """`word` as the lists of names have it: in lower case, its accents gone.

    >>> without_accents("Zoë"), without_accents("O\u2019Neil")
    ('zoe', "o'neil")
    """
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).replace("\u2019", "'")


def ordinary_names() -> frozenset[str]:
    """Given names that are English words too, from the list beside this module."""
    _title, *names = (files(__package__) / "ordinary_given_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(names) - NEVER_NAMES


# What follows "my name is", "dr" or "my son" without being a name, and what a name ends before.
FUNCTION_WORDS: Final = word_set(
    """
    a about above after again against ago all almost alone along already also although always am an and another any
    anybody anyone anything are around as ask asked asking asks at away back bad be because been before began being
    below best better between both but by call called calling came can cannot cant come comes coming could currently
    daily dear despite did didnt do does doesnt doing done dont down due during each either else even ever every
    everyone everything feel feeling feels felt female few fine first for from full gave get gets getting give given
    gives go goes going gone good got great had has hasnt have havent having he hello help her here hers herself hes
    hi him himself his how however i id if ill im in instead into is isnt it its itself ive just keep keeps kept know
    known knows last lately later least left less let like likes little live lives long look looking looks lot made
    make makes male man many may maybe me mean men might mine more most much must my myself need needs never new next
    no nobody none nor not nothing now of off often ok okay old on once one only or other others our ours out over own
    patient people perhaps please quite rather really recently regarding said same saw say saying says see seem seems
    seen sees she shes should since so some somebody someone something sometimes soon started still stop such
    suffering suffers sure take taken takes taking talked tell telling tells than thank thanks that thats the their
    theirs them themselves then there theres these they theyre thing things think thinks this those though thought
    through till to today together told tomorrow too took tried tries try trying two under unfortunately until up upon
    us use used uses using usually very via wait want wanted wants was wasnt way we well went were what when where
    whether which while who whole whom whose why will with within without woman women wondering wont would write
    writing wrote yes yesterday yet you your yours yourself aged age year years month months week weeks day days hour
    hours minute minutes born currently located spelled spelt unknown listed because recent several three four five
    six seven eight nine ten half both diagnosed dead alive pregnant sick dying ill allergic anonymous private
    confidential important irrelevant misspelled mentioned visit visits office appointment note notes order orders
    ordered prescribed prescribes prescribe recommended recommends recommend suggested suggests suggest advised
    advises referred refers diagnosed diagnosis examined checked checks ran sent put changed increased decreased
    performed removed found finds believes believe feels refuses refused mentioned explained dismissed ignored
    ordering did doctor doctors nurse nurses surgeon surgery specialist practitioner dentist google who team staff
    hospital clinic gp office monday tuesday wednesday thursday friday saturday sunday sir madam mam maam doc
    everybody folks guys friends friend there morning afternoon evening night advance kind regards sincerely
    faithfully truly respectfully dr mr mrs x god bless lord allah plz pls thankyou thanx thx ty thankz thnx thanks
    thank greetings hello cheers hope hoping wishes sorry also eats drinks sleeps cries coughs keeps fell hurt hurts
    broke threw vomited turned turns became becomes suddenly complains complained passed died weighs wakes woke hates
    loves refuse refused developed develops experienced experiences noticed notices y e el la los las un una por para
    con que es soy esta estoy tengo tiene mi su muy und ich habe hat ist der die das ein eine mein meine mit nicht aus
    war und bin sehr et je suis j'ai mon ma le les un une est avec pas de tres ai a i'm i've i'd i'll he's she's it's
    that's who's don't doesn't didn't isn't wasn't can't won't there's what's
    """
)

# Found in a list of names, but rather a place, a word of another language or of medicine, a slip, or a brand.
NEVER_NAMES: Final = word_set(
    """
    america africa asia india kenya ireland france cuba oman holland philippine london boston denver cleveland texas
    florida louisiana missouri arizona tennessee indiana columbia stanford alexandria arlington brittany angeles rica
    rico nile nam roma easter january february march april may june july august september october november december
    sunday monday tuesday wednesday thursday friday saturday jan feb mar apr jun jul aug sep sept oct nov dec von van
    del della des mal ige vit tri tia ast gerd insa titin loa unna ras iva allegra carina ota karo alli theres deja vu
    washington ella esta pero quel quelle einer eine salud ita lyrica mirena candida corona delta vernal galen hendra
    avon
    """
)

# A place as often as a person: a person unless "in", "from" or the like is in front.
PLACES_TOO: Final = word_set(
    """
    dallas austin sydney virginia carolina georgia jordan florence victoria chelsea madison savannah adelaide
    charlotte valencia francisco antonio diego jose luis louis paris israel chad lourdes brooklyn phoenix kingston
    milan siena sienna vienna geneva lucia helena emory howard brandon lincoln houston jackson chester bristol carson
    asuncion trinidad catalina juan marino remo pedro monica barbara clara cruz isabella malaga sofia santiago
    salvador florencia olympia regina aurora orlando eugene jersey bethlehem nazareth galilee carmel sharon lorraine
    alberta guadalupe mercedes marbella lancaster preston lewis harris skye isla iona ayr
    """
)
# What stands before the name of a place, an institution or a thing named after somebody.
BEFORE_PLACES: Final = word_set("in from near at to around visiting of north south east west new downtown")
SAINTS: Final = word_set("st saint san santa santo los las sao mount fort lake port point cape circle vein nevus")

# What follows the name of a discoverer or of an institution: it is not the patient who is called so.
AFTER_DISCOVERERS: Final = word_set(
    """
    disease diseases syndrome syndromes palsy sarcoma sign signs type procedure operation surgery shunt virus level
    levels nails model sequence anomaly malformation cyst cysts fracture test tests score scale index reflex maneuver
    manoeuvre technique method phenomenon lymphoma tumor tumour dystrophy myopathy dwarfism porphyria deficiency
    factor variant islands patch patches paralysis ganglion thyroiditis contracture catheter tube screw rod rods
    traction criteria classification staging grade bodies body cells corpuscle gland glands duct canal aneurysm sulcus
    pupil rash ring rings node nodes line lines spots area protocol regimen hernia ulcer esophagus oesophagus anemia
    anaemia ataxia encephalopathy hepatitis chorea neuroma purpura angina arthritis disorder condition mutation gene
    protein wort oil hospital hospitals clinic center centre university college institute foundation school church
    medical health pharmacy stain bandage exercises exercise splint knife position tau trial law nephropathy
    neuropathy dementia dysplasia lesion triad tetralogy hypertension fever powder salts drops cream balm solution
    dressing sling cough flap scan bump deformity brace lobe lucidum chair approach criterion kappa alpha scoring
    manual like gehrig tooth barr jakob hippel schonlein weir-mitchell lange danlos horse chiari lindau recklinghausen
    vogt eaton barre guillain dog cat diet
    """
)
# Discoverers whose name alone stands for what they found: "Barrett's", "my mum's Hashimoto".
DISCOVERERS: Final = word_set(
    """
    addison alzheimer asperger baker barrett basedow bechterew behcet bell bright burkitt christmas crohn cushing down
    dupuytren ehlers epstein ewing gaucher gilbert graves grave guillain hashimoto hodgkin horner huntington kawasaki
    klinefelter korsakoff legionnaire leigh lyme marfan meniere menieres munchausen noonan osgood paget parkinson
    parkinsons perthes peyronie raynaud raynauds reye rett reynaud scheuermann schlatter sever sjogren sjogrens still
    stills tourette tourettes turner usher wegener wernicke whipple williams wilson wilsons alzheimers crohns
    hashimotos barretts huntingtons hodgkins addisons cushings marfans aspergers kohler sturge tay sachs prader willi
    angelman charcot brugada dravet creutzfeldt jakob lewy bornholm coxsackie ebola zika vincent ludwig mallory osler
    weil
    """
)
# Pills that bear a given name, as many contraceptives do; names again where the message is not about pills.
BRANDS_TOO: Final = word_set(
    """
    yasmin camila heather diane ella nora estelle evelyn errin lyza aviane lessina portia larissia amethyst charlotte
    hailey nikki syeda zarah ocella jasmiel gianvi loryna vestura tilia estarylla mili lucette eloine katya sunya
    juliette valette brenda juliet tarina larin junel kaitlib wera alyacen dasetta pirmella chateal vienva falmina
    marlissa altavera ayuna lillow aubra delyla apri emoquette isibloom juleber kariva viorele azurette daysee camrese
    celeste valeria natalia sharobel deblitane tulana incassia zoely jaydess kyleena levosert allegra alli skyla
    liletta elvanse philith briellyn aurovela blisovi mibelas joyeaux simliya volnea
    """
)
ABOUT_PILLS: Final = (
    "pill",
    "contracep",
    "birth control",
    "tablet",
    "mg",
    "period",
    "brand",
    "generic",
    "packet",
    "prescri",
)

# Words of medicine that patients write with a capital where a name could stand.
MEDICINE: Final = word_set(
    """
    diabetes cancer asthma autism covid hiv aids adhd copd ibs ibd pcos uti ptsd ocd mri cat ct ecg ekg eeg flu stroke
    dementia aspirin tylenol advil ibuprofen paracetamol insulin metformin vitamin type stage group blood heart liver
    lung kidney brain down syndrome disease depression anxiety bipolar psoriasis eczema gout lupus measles mumps
    rubella chickenpox shingles malaria tuberculosis tb gp er icu nhs md phd rn american african asian indian native
    latin medicare medicaid insurance english spanish french german bmi vision skin bone back neck knee hip foot hand
    chest request abuse care formula shower food wipes monitor practitioner station online website portal
    """
)
_MEDICAL_ENDINGS: Final = tuple(
    word_set(
        """
        itis osis emia aemia ism oma pathy algia ectomy uria plegia trophy scopy cillin icin mycin statin floxin tine
        zine sone lone mide zide tide pine cline parin formin ium otic opia aria ysis ular eural eptic enia asia ation
        prazole sartan olol pril azole amide oxacin profen idone epam ology ologist iatrist iatric
        """
    )
)
_ORDINARY_ENDINGS: Final = ("ing", "tion", "ness", "ment", "ally", "ious", "able", "ful", "less")


def is_medical(word: str) -> bool:
    """Whether `word` (lower case, without accents) is of medicine."""
    return word in MEDICINE or word in AFTER_DISCOVERERS or (len(word) > 6 and word.endswith(_MEDICAL_ENDINGS))


def is_ordinary(word: str) -> bool:
    """Whether `word` (lower case, without accents) ends as English words do, and names seldom."""
    return len(word) > 6 and word.endswith(_ORDINARY_ENDINGS)
