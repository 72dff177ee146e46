"""How streets, houses, boxes and postcodes are written in several countries: patterns for `addresses`."""

from __future__ import annotations

import re
from typing import Final

from bot.redaction.sheet import cue

_CASED: Final = re.RegexFlag(0)
_WORD: Final = r"[^\W\d_][\w'.]*(?:-[\w']+)*"
_CAPITAL: Final = r"(?:St\.|[^\W\d_a-zß-öø-ÿ](?:[\w']|\.(?=\w))*)"
_ORDINAL: Final = r"\d{1,3}(?:st|nd|rd|th)"
# A word of the name of a street or a town.
_PART: Final = (
    rf"(?:{_CAPITAL}|{_ORDINAL}|(?:de|da|do|dos|das|du|del|della|di|la|le|les|las|los|el|van|von|der|den|am|an|zu|y|"
    rf"e|of|the)"
    r"(?![\w']))"
)
_NUMBER: Final = r"\d{1,5}(?:\s?[a-zA-Z](?![a-zA-Z']))?(?:\s?[-/]\s?\d{1,4}[a-z]?)?"
_FLAT: Final = (
    r"(?i:(?:flat|apt|apartment|unit|suite|ste|floor|fl|room|rm|block|blk|house|plot|door|villa|tower|building|bldg|"
    r"lot|"
    r"studio|interior|piso|puerta|depto|dpto|appartement|appt|wohnung|whg|h\.?\s?no|#)\.?\s?(?:no\.?\s?)?#?\s?"
    r"(?=[\w/-]{0,5}\d|[a-z]\b)[\w/-]{1,6})"
)

_UK_AREA: Final = (
    r"(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|"
    r"L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)"
)
_UK: Final = rf"{_UK_AREA}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{{2}}"
# The stage of a tumour (T1N1M0) has the form of a Canadian one.
_CANADIAN: Final = r"(?!T[0-4]N\s?[0-3]M[01X])[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d"
_IRISH: Final = r"(?:[AC-FHKNPRTV-Y]\d\d|D6W)\s?(?=[A-Z\d]{0,3}\d)[A-Z\d]{4}"
# Any of them where a street is in front, which leaves little else that it could be.
_LETTERED_CODE: Final = rf"(?:[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}}|[A-Z]\d[A-Z][ -]?\d[A-Z]\d|{_IRISH})"
_STATE: Final = (
    r"(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[TA]|"
    r"W[AVIY])"
)
_STATE_NAME: Final = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|"
    r"Illinois|"
    r"Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|"
    r"Montana|Nebraska|Nevada|New\s(?:Hampshire|Jersey|Mexico|York)|(?:North|South)\s(?:Carolina|Dakota)|Ohio|Oklahoma|"
    r"Oregon|Pennsylvania|Rhode\sIsland|Tennessee|Texas|Utah|Vermont|(?:West\s)?Virginia|Washington|Wisconsin|Wyoming)"
)
_TOWN_CODE: Final = (
    rf"(?:{_LETTERED_CODE}|(?:[A-Z]{{1,3}}[- ])?\d{{5,6}}(?:-\d{{3,4}})?|\d{{4}}(?:-\d{{3}}|\s?[A-Z]{{2}})"
    rf"?(?=,?\s[^\W\d_a-z])|"
    r"\d{3} \d\d|\d\d-\d{3})(?![\w-])"
)

# What a street is called nowhere else, and what is also something in a story ("a 20 minute drive", "CT", "way").
_STREETS: Final = (
    "street str road rd avenue ave lane boulevard blvd crescent terrace parkway pkwy highway hwy turnpike esplanade "
    "mews nagar marg"
)
_MAYBE_STREETS: Final = (
    "st dr drive way close court ct place pl walk hill grove square sq row circle cir trail trl loop park green rise "
    "view run "
    "path plaza ridge bend cove heights manor villas gardens gdns alley quay wharf parade vale mount end gate "
    "crossing xing "
    "terr ter cres ln av wy colony sector layout enclave vihar puram"
)
_STREET: Final = f"(?:{_STREETS.replace(' ', '|')})"
_MAYBE_STREET: Final = f"(?:{_MAYBE_STREETS.replace(' ', '|')})"
ENGLISH: Final = cue(
    rf"(?<![\w.,/-])(?:{_FLAT}[\s,]{{1,3}}(?:{_WORD}(?:\s{_WORD}){{0,3}}\s?,\s*)?)?"
    rf"(?:(?:flat|unit|no|number|house|plot|door)\.?\s)?{_NUMBER},?\s+"
    rf"(?P<name>(?:(?:{_WORD}|{_ORDINAL})\s+){{0,3}}?(?:{_WORD}|{_ORDINAL}))\s+"
    rf"(?:(?P<street>{_STREET})|(?P<maybe>{_MAYBE_STREET}))(?![\w'-])\.?",
    f"{_STREETS} {_MAYBE_STREETS}",
)
SPANISH: Final = cue(
    r"(?<!\w)(?:calle|c/|cl\.|avenida|avda\.?|av\.|av|paseo|pº|plaza|plza\.?|carrer|camino|carretera|ctra\.?|ronda|"
    r"travesía|"
    r"callejón|calzada|carrera|cra\.?|boulevard|rua|r\.|travessa|largo|alameda|praça|via|viale|piazza|corso|vicolo)"
    r"(?![a-z])\s?"
    rf"(?:(?:{_WORD}|\d{{1,3}})\s?,?\s+){{0,5}}?(?:{_WORD}|\d{{1,3}})\s?,?\s*(?:n[ºo°]\.?\s?|num\.?\s?|número\s|#\s?)?"
    r"\d{1,5}(?:\s?-\s?\d{1,4})?(?:\s?[a-z](?![a-z]))?(?:\s?,\s?\d{1,2}[ºªo°]?\s?[a-z0-9](?![a-z0-9]))?"
    r"(?!\s?(?:mg|ml|veces|días|dias|años|anos|horas))",
    "calle c cl avenida avda av paseo pº plaza plza carrer camino carretera ctra ronda travesía callejón calzada "
    "carrera cra "
    "boulevard rua r travessa largo alameda praça via viale piazza corso vicolo",
)
# The words by which these alone are told from a way of sending ("via") and a thing ("plaza").
SURELY_SPANISH: Final = ("calle", "c/", "avda", "avenida", "rua ")
OTHERS: Final = (
    # "5512 N Hwy 61", "4 The Crescent".
    cue(
        r"(?<![\w.,/-])\d{1,5}\s+(?i:(?:(?:north|south|east|west|[nsew])\.?\s+)?(?:(?:county|state|us)\s+)?"
        r"(?:highway|hwy|route|rte|road|rd|rural route|cr|fm)\s+\d{1,4}\b|(?:[nsew]\.?\s+)?broadway\b)"
        rf"|(?<![\w.,/-])\d{{1,5}}\s+[Tt]he\s+{_CAPITAL}",
        "highway hwy route rte road rd rural cr fm broadway the",
        flags=_CASED,
    ),
    # "3 bis, avenue Victor Hugo".
    cue(
        r"(?<![\w.,/-])(?i:\d{1,4}\s?(?:bis|ter|quater)?\s?,?\s+(?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|"
        r"allées?|"
        r"quai|cours|route|square|passage|sentier|faubourg|résidence|residence)\s+"
        rf"(?:(?:de|du|des|d'|la|le|les|l'|saint|sainte|en|aux?)\s?)*{_WORD})"
        rf"(?:[ -](?:(?:de|du|des|la|le|les|l'|d')\s?)*{_CAPITAL}){{0,3}}",
        "rue avenue av boulevard bd place chemin impasse allée allées quai cours route square passage sentier "
        "faubourg résidence residence",
        flags=_CASED,
    ),
    # "Hauptstraße 5", "Unter den Linden 77", "Kerkstraat 21", "Storgatan 3".
    cue(
        r"(?<!\w)(?:(?:[A-ZÄÖÜÅÆØ][\w.-]{0,30}[ ]){0,2}[^\W\d_][\w-]{0,30}?(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|[Gg]asse|"
        r"[Pp]latz|[Aa]llee|damm|"
        r"ufer|chaussee|[Pp]romenade|straat|laan|plein|gracht|kade|dreef|gatan|vägen|gata|veien|gade|vej|stræde|"
        r"torget|gränd|"
        r"katu|kuja|polku)"
        r"|[A-ZÄÖÜ][\w-]{0,30}(?:weg|Weg|-Ring|[bklnr]ring|steig|stieg|hof|graben|pfad)"
        r"|(?:Am|An der|An den|Im|In der|In den|Auf der|Auf dem|Unter den|Unter der|Zum|Zur|Hinter der)"
        r"\s[A-ZÄÖÜ][\w-]{1,30}"
        r"|[A-ZÄÖÜÅÆØ][\w-]{0,30}(?:\s[A-ZÄÖÜ][\w-]{0,30})?\s(?:Stra(?:ß|ss)e|Str\.|Allee|Platz|Weg|Ring|Damm|Ufer|"
        r"Gasse|Allé|Plads))"
        r"\s?\d{1,4}(?:\s?[a-zA-Z](?![\w']))?(?:\s?[-/]\s?\d{1,4}[a-z]?){0,3}(?![\w.,]?\d)",
        flags=_CASED,
    ),
    # "ul. Kwiatowa 5", "Jalan Merdeka 10", "Váci utca 6".
    cue(
        r"(?<!\w)(?<!et )(?:(?:[Uu]l|[Aa]l|[Pp]l|[Oo]s|[Jj]l|Gg|[Ss]tr|[Bb]d)(?=\.)|Aleea|Strada|Bulevardul|Calea|"
        r"Șoseaua|Soseaua|Jalan|Gang|"
        r"Estrada|Rodovia|Glorieta|Urbanización|Borgo|Contrada|Largo|Rotonda|Cuesta|Acceso|"
        r"Rambla|Intrarea|(?i:rue|avenue|chemin|plac|aleja|ulica))\.?\s"
        rf"{_PART}(?:[ -]{_PART}){{0,3}},?\s(?:[Nn][ro]\.?\s?)?\d{{1,4}}[a-zA-Z]?(?:/\d{{1,4}})?(?![\w.,]?\d)"
        rf"|(?<!\w){_CAPITAL}(?:\s{_CAPITAL})?\s(?:utca|út|tér|u\.|ulica|třída|náměstí|cesta|sokağı|sokak|caddesi|"
        rf"cad\.|"
        r"sok\.)\s(?:[Nn]o:?\s?)?\d{1,4}\b",
        flags=_CASED,
    ),
)
MAY_HAVE_CODE: Final = re.compile(r"\d{3}|\d-\d|[A-Za-z]\d")
# A number and a name, or a name and a number, that a town with its postcode follows: an address of anywhere.
WITH_TOWN: Final = (
    cue(
        rf"(?<![\w.,/-])(?:{_FLAT}[\s,]{{1,3}}(?:{_NUMBER},?\s)?|{_NUMBER},?[ ]){_PART}(?:[ -]{_PART})"
        rf"{{0,4}}(?:\s+{_FLAT})?\s*[,\n]\s*"
        rf"(?:{_CAPITAL}(?:[ -]{_PART}){{0,3}}\s*[,\n-]?\s*){{0,3}}?(?:[A-Z]{{2,3}}\s*,?\s*)?"
        rf"(?:{_TOWN_CODE}|(?<=\s)(?!19|20)\d{{4}}\b)(?:\s{_CAPITAL}){{0,2}}",
        flags=_CASED,
    ),
    cue(
        rf"(?<![\w-]){_CAPITAL}(?:[ -]{_PART}){{0,5}}\.?,?\s+(?:(?:[Nn][ºr°o]?|[Nn]um|No)\.?\s?)"
        rf"?\d{{1,4}}(?:\s?[a-zA-Z](?![\w']))?"
        rf"(?:\s?[/-]\s?\d{{1,4}}[a-z]?){{0,3}}\.?(?:\s+{_FLAT})?\s*[,\n]\s*"
        rf"(?:{_CAPITAL}(?:[ -]{_PART}){{0,3}}\s*[,\n]\s*){{0,2}}{_TOWN_CODE}(?:,?\s{_CAPITAL}){{0,3}}",
        flags=_CASED,
    ),
)
# An address that is announced goes as far as there are capitals, numbers and commas.
ANNOUNCED: Final = cue(
    r"(?i:\b(?:(?:my|our|his|her|their|home|postal|mailing|full|current|the)\s+address(?:\s+is|\s+will be)?|"
    r"address\s?(?=[:=])|"
    r"(?:live[sd]?|living|staying|reside[sd]?|residing|moved)\s+(?:at|in|on|to|near)|"
    r"(?:send|sent|post|posted|deliver|mail)\s+(?:\w+\s+){0,3}?to|"
    r"vivo en|vivimos en|mi dirección(?: es)?|domicilio|j'habite(?: au| à)?|mon adresse(?: est)?|(?:ich )?wohne "
    r"(?:in der|in|am|"
    r"an der|im)?|meine (?:adresse|anschrift)(?: ist| lautet)?|abito in|il mio indirizzo(?: è)?|moro na|meu "
    r"endereço(?: é)?|"
    r"ik woon (?:in|op|aan)|mieszkam|bor på))\s*[:=]?\s+"
    rf"(?P<value>(?:(?:{_FLAT}|{_PART}|\d{{1,6}}[a-zA-Z]?(?:[/-]\d{{1,5}}[a-z]?){{0,2}}|[A-Z]\d[\dA-Z]{{1,6}}|"
    rf"{_LETTERED_CODE}|"
    r"[Nn][ºr°o]\.?|No\.|[A-Z]{1,3}\.)(?![\w'])[\s,.#/-]{0,3}){1,16})",
    "address live lives lived living staying reside resides resided residing moved send sent post posted deliver "
    "mail vivo "
    "vivimos dirección domicilio j adresse anschrift wohne abito indirizzo moro endereço woon mieszkam bor",
    flags=_CASED,
)
# "I live on Mill Lane": without a number, only after a word for living.
LIVING: Final = cue(
    r"\b(?i:live[sd]?|living|stay|staying|reside[sd]?|residing|address(?:\s+is)?|home\s+is|moved|located)\s*:?\s+"
    rf"(?:(?:in|on|at|to|is|near)\s+){{0,2}}(?P<value>(?:{_FLAT}[\s,]{{1,3}})?(?:(?:[Tt]he\s)"
    rf"?(?:{_CAPITAL}(?:-[\w']+){{0,3}}|{_ORDINAL})\s+){{1,3}}"
    rf"(?i:{_STREET}|{_MAYBE_STREET})(?![\w'-])\.?)",
    "live lives lived living stay staying reside resides resided residing address home moved located",
    flags=_CASED,
)
# Scripts without capitals.
UNCASED: Final = cue(
    r"(?<!\w)(?:ул|улица|пр|просп|проспект|наб|бул|бульвар|пер|переулок|ш|шоссе|пл|площадь|вул)\.?\s?[^\W\d_][\w "
    r".-]{1,40}?,?\s?"
    r"(?:(?:д|дом|буд)\.?\s?)?\d{1,4}[а-я]?(?:/\d{1,4})?(?:,?\s?(?:к|кв|корп|корпус|стр|квартира)\.?\s?\d{1,4}){0,3}"
    r"|[\u3040-\u30ff\u3400-\u9fff]{2,20}\d{1,4}(?:丁目|番地?|号|巷|弄|-)(?:\d{1,4}(?:番地?|号|室|楼|樓|-|の)?){0,4}"
    r"|[\u3400-\u9fff]{2,20}[路街道巷里][^\s,。]{0,4}\d{1,5}[号號室弄]?"
    r"|(?:[\uac00-\ud7a3]{1,12}\s){0,4}[\uac00-\ud7a3]{0,12}\d{0,4}[\uac00-\ud7a3]{0,4}(?:로|길|거리)"
    r"\s?\d{1,4}(?:-\d{1,4})?"
    r"|(?:שדרות|רחוב|רח')\s[^\d,.]{2,25}\s?\d{1,4}|(?:شارع|طريق)\s[^\d,.]{2,25}\s?\d{0,4}",
    flags=_CASED,
)

BOX: Final = cue(
    r"\b(?:p\.?\s?o\.?\s?box|post office box|post box|postbox|postfach|apartado(?: de correos| postal)?|casilla|"
    r"bo[iî]te postale|caixa postal|casella postale|gpo box|private bag|locked bag)\s?(?:no\.?|number|#)?\s?"
    r"[\w-]{0,3}\d[\w-]*(?: \d{2,3}\b){0,3}",
    "box postbox postfach apartado casilla boite boîte caixa casella bag",
)
FLAT_ALONE: Final = cue(
    r"\b(?i:apt|apartment|flat)\.?\s?(?i:no\.?\s?|number\s|#\s?)?(?=\w{0,3}\d)\w{1,5}\b"
    rf"(?:,?\s{_CAPITAL}\s(?:house|court|tower|building|mansions?|point|place))?",
    "apt apartment flat",
    flags=_CASED,
)
POSTCODES: Final = (
    cue(
        rf"(?<![\w-])(?:{_UK}|{_CANADIAN})(?![\w-])|(?<![\w-])[abceghj-nprstvxy]\d[a-z] \d[a-z]\d(?![\w-])",
        flags=_CASED,
    ),
    cue(
        rf"(?:\b[A-Z][\w.'-]+(?:\s[A-Z][\w.'-]+)?,\s?)?\b(?:{_STATE}\.?|{_STATE_NAME})\s{{1,2}}\d{{5}}(?:-\d{{4}})"
        rf"?(?![\w,.-]?\d)",
        flags=_CASED,
    ),
    cue(
        r"(?<![\w+-])(?<!\d )\d{5}-\d{3,4}(?![\w-])|\b(?:NSW|VIC|QLD|TAS|ACT),?\s{1,2}\d{4}\b(?!-)|〒\s?\d{3}-?\d{4}",
        flags=_CASED,
    ),
    cue(
        r"(?<!vitamin )(?<!vit )(?<![\w-])(?:D-\d{5}|(?:A|CH|B|L|NL|DK)-\d{4}|F-\d{5}|SE-\d{3} ?\d\d)"
        r"(?:\s[A-ZÄÖÜ]\w+)?\b",
        flags=_CASED,
    ),
    cue(
        r"\b(?:post\s?codes?|postal(?:\s?codes?)?|zip(?:\s?codes?)?|pin\s?code|eircode|plz|postleitzahl|"
        r"c\.?p\.?(?=\s?:?\s?\d{5})|"
        r"c[óo]digo postal|code postal|cap(?=\s?:?\s?\d{5})|cep)\s*(?:is|was|:|=|#|es|ist|est)?\s*"
        r"(?P<value>(?=[A-Z\d -]{0,4}\d)[A-Z\d]{2,7}(?:[ -]\d[A-Z\d]{2,3})?)\b",
        "post postcode postcodes postal zip zipcode pin pincode eircode plz postleitzahl c cp código codigo code cap "
        "cep",
    ),
)
# What goes on after a street.
MORE_FLAT: Final = re.compile(rf"[\s,]{{1,3}}{_FLAT}|\s(?:NW|NE|SW|SE|N|S|E|W)\b\.?")
MORE_TO_CODE: Final = re.compile(
    rf"(?P<words>(?:[\s,]{{1,3}}{_WORD}){{0,5}}?)\.?[\s,-]{{1,3}}"
    rf"(?P<code>(?i:{_LETTERED_CODE}|(?:[A-Z]{{1,2}}-)?\d{{4,6}}(?:-\d{{3,4}})?|\d{{4}}\s?[A-Z]{{2}}|"
    rf"\d{{3}}\s\d{{2,3}}|\d\d-\d{{3}}))\b"
    rf"(?P<town>\s{_CAPITAL})?"
)
MORE_TOWN: Final = re.compile(rf"(?:\s?,\s?|\s?\n\s?){_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}}(?=\s*(?:[,.;\n)]|\Z|\sand\b))")
