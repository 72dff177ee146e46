"""Identifiers of every kind, in the words of patients.

None is a real person's: telephone numbers are of ranges kept for fiction, cards and ids are the specimens of their
issuers, or made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.redaction.sheet import Kind


@dataclass(frozen=True, slots=True)
class Planted:
    """`identifier` stands word for word in `message`, and nothing of it may be left."""

    kind: Kind
    identifier: str
    message: str


# By kind: the identifier in double brackets, and the message around it.
_MESSAGES: Final[dict[Kind, str]] = {
    "email": """
        my email is [[jane.doe@example.com]] please reply there
        you can write to [[j_doe77@mail.example.co.uk]]. I have had a rash for 3 days
        Is it normal to bleed after a biopsy? ([[mary-ann@example.org]])
        contact:[[BOB@EXAMPLE.NET]] asap, my ear hurts
        mailto:[[anna+test@example.io]]
        send it to [[josé.núñez@ejemplo.es]] gracias
        my address is [[jane at gmail dot com]] and i take warfarin
        reach me at [[jane.doe at gmail.com]]
        it is [[jane (at) example.org]] thanks
        it is [[jane [at] example [dot] org]] thanks
        my mail: [[jane(at)example(dot)com]]
        jane's mail is [[janedoe AT yahoo DOT co DOT uk]]
        write me [[jane . doe @ example . com]] when the results are in
        i use [[jane_doe @gmail.com]] mostly
        [[jane dot doe at hotmail dot com]] is where to send the leaflet
        mein e-mail ist [[max.mustermann@web.de]]
        mi correo es [[maria arroba gmail punto com]]
        please email [[jane{at}example{dot}com]] about my cyst
        [[ｊａｎｅ@example.com]] is my address
        [[jane\u200b.doe@exa\u200bmple.com]] is my address
        mail me at [[o'brien.pat@example.ie]], my foot is swollen
        [[jane＠example.com]] is my address
        my gmail is [[jane.doe1984]]
        <[[jdoe@localhost]]> wrote about ulcers
    """,
    "phone": """
        call me on [[07700 900123]] please
        my mobile is [[07700900123]] and my knee is swollen
        ring [[(020) 7946 0123]] after six
        my number is [[+44 7700 900 123]]
        [[+44 (0)20 7946 0958]] is my landline, can I take ibuprofen with ramipril?
        Please call [[202-555-0143]] with the results
        [[(202) 555-0143]] call me
        [[202.555.0143]] is my cell
        [[1-202-555-0143]]
        [[+1 202 555 0143]], thanks
        cell:[[2025550143]]
        tel [[555-0143]]
        reach my husband at [[5550143]]
        [[+49 30 23125 123]] ist meine Nummer
        Telefon [[030/23125123]], mein Arm tut weh
        meine Handynummer ist [[0171 3920012]]
        mi teléfono es [[612 34 56 78]], tengo fiebre
        llámame al [[+34 612 345 678]]
        mon numéro est le [[06 39 98 12 34]]
        appelez-moi au [[01.99.00.12.34]]
        il mio numero è [[+39 06 12345678]]
        my whatsapp is [[+91 98765 43210]]
        [[98765-43210]] is my number, my baby has a cough
        [[+61 491 570 156]] is my mobile
        [[0491 570 156]] call any time
        [[+86 138 0013 8000]] is my phone
        [[+55 11 91234-5678]] for whatsapp
        ring me: [[+353 20 912 3456]]
        [[00 44 7700 900123]] from abroad
        [[0044-7700-900123]]
        phone [[９０２-５５５-０１４３]]
        phone [[٠٧٧٠٠ ٩٠٠١٢٣]] please
        phone [[۰۷۷۰۰۹۰۰۱۲۳]] please
        phone [[0\u200b7\u200b7\u200b0\u200b0\u200b9\u200b0\u200b0\u200b1\u200b2\u200b3]] please
        call [[07700\u00a0900\u00a0123]] today
        call [[07700‑900‑123]] today
        call [[07700–900–123]] today
        call [[0 7 7 0 0 9 0 0 1 2 3]] today
        call [[0-7-7-0-0-9-0-0-1-2-3]] today
        I am [[07700 900123]], aged 45, and have had chest pain since 10:30
        please text [[07700_900_123]] not call
        fax [[020 7946 0999 ext 12]]
        my number is [[oh double seven double oh nine double oh one two three]]
        it is [[zero seven seven zero zero nine zero zero one two three]] if you need me
        mi número es [[seis uno dos tres cuatro cinco seis siete ocho]]
        phone [[9123 4567]] in singapore
        telefon [[12 34 56 78]] i danmark
        [[1-800-DOCTORS]] did not answer
        My bp is 140/90, call [[07700 900456]], I take 5 mg
        pulse 72 and my number [[07700-900-789]]
        contact [[(0)7700 900 123]] about my scan
        [[07700/900123]] evenings only
        mobile no. [[07700.900.123]]
        [[𝟎𝟕𝟕𝟎𝟎 𝟗𝟎𝟎𝟏𝟐𝟑]] is my phone
        [[0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣]] is my phone
        my phone number [[07700 90 01 23]] day or night
        call [[+44\u20117700\u2011900123]]
        number [[+380 44 123 45 67]]
        [[+7 (912) 345-67-89]] мой телефон
        my dr's number is [[416-555-0199 x204]]
        tel: [[02 5550 1234]] sydney
        [[03-1234-5678]] is my phone in tokyo
    """,
    "web address": """
        see the spots on my arm at [[https://photos.example.com/jane-doe/rash?id=77]]
        see [[www.janedoe.example.com]] for my story
        my blog is [[janedoe.com]]
        i wrote about it on [[jane-doe.blog]] last week
        [[http://192.0.2.17/img.png]] has the picture
        my ip is [[203.0.113.42]]
        server log says [[2001:db8:85a3::8a2e:370:7334]]
        [[facebook.com/jane.doe.77]] is me
        [[instagram.com/janedoe]] has pictures of the swelling
        see [[bit.ly/3xYzAb]] for the scan
        my site: [[jane dot com]]
        [[www . janedoe . com]] has all
    """,
    "card number": """
        my card is [[4111 1111 1111 1111]], what does the visit cost?
        [[5555555555554444]] is the card to charge
        pay with [[3782 822463 10005]]
        visa [[4012-8888-8888-1881]] thanks
        card [[4242 4242 4242 4243]] mistyped but mine
        mastercard [[５５５５ ５５５５ ５５５５ ４４４４]]
        [[6011111111111117]] discover
        cvv [[123]] and the date is below
    """,
    "id": """
        my ssn is [[078-05-1120]] if you need it
        ssn [[078 05 1120]]
        social security number: [[078051120]]
        my NHS number is [[943 476 5919]]
        nhs no [[9434765919]] and I have eczema
        NI number [[QQ 12 34 56 C]]
        national insurance [[QQ123456C]], is physio free?
        aadhaar [[2341 2341 2346]] for the form
        pan card [[ABCPE1234F]]
        mi dni es [[12345678Z]], me duele la espalda
        DNI [[12.345.678-Z]]
        NIE [[X1234567L]]
        medicare number [[2123 45670 1]]
        my number card [[1234 5678 9018]] japan
        codice fiscale [[RSSMRA85T10A562S]]
        meu cpf é [[529.982.247-25]]
        my passport number is [[AB1234567]], do I need a vaccine?
        passport [[123456789]] expires soon
        passport no. [[C01X00T47]]
        driver's license [[D123-4567-8901]]
        driving licence [[MORGA657054SM9IJ]]
        license number is [[S1234567]]
        IBAN [[DE89 3704 0044 0532 0130 00]]
        refund to [[GB29NWBK60161331926819]]
        account number [[12345678]] sort code on request
        mon numéro de sécurité sociale est [[2 85 05 78 006 084 36]]
        personnummer [[850512-1234]]
        my sin number is [[046 454 286]]
        my bsn is [[111222333]]
        NRIC [[S1234567D]]
        HKID [[A123456(3)]]
        my licence plate is [[AB12 CDE]]
        number plate [[abc 123]] hit me, my neck hurts
        license plate: [[7ABC123]]
        mi matrícula es [[1234 BCD]]
        Kennzeichen [[B-AB 1234]] war es
        employee id [[E44512]]
        student number [[20193345]]
        serial number of my pump is [[SN-88172-4X]]
        VIN [[1HGCM82633A004352]]
        password is [[hunter2!]]
        my pin is [[4821]]
        device [[00:1A:2B:3C:4D:5E]] shows my glucose
        [[123456789012]] is mine
        cpr [[120585-1234]]
        AHV [[756.1234.5678.97]]
        id card [[L898902C3]]
        ssn：[[０７８-０５-１１２０]]
        my tax id is [[12 345 678 901]]
        user id: [[U-88137]]
    """,
    "record number": """
        MRN [[00123456]], when is my scan?
        my mrn is [[12-34-56]]
        MRN#[[4471]]
        my patient id is [[AB-1234]]
        patient number [[77123]] here, my stitches itch
        Patient-ID: [[P/2024/0081]]
        hospital number [[H 55 21 09]] thanks
        hospital no. [[K123456]] under cardiology
        my insurance policy no. [[AXA 123 456 B]] covers physio?
        policy [[POL-99812]] says no
        insurance id [[XYZ123456789]]
        member ID [[W1234 56789]]
        case number [[2024-7781]] about my fall
        my reference is [[REF-20991]]
        claim no [[CLM77120]]
        chart # [[88210]]
        prescription number [[RX 4471902]]
        billing file no: [[ACC-7712]] at your clinic
        health card number [[9876 543 217 AB]]
        mi número de historia clínica es [[334455]]
        Versichertennummer [[A123456780]]
        Patientennummer: [[4711-12]]
        numéro de dossier [[77-1234]]
        medical record number is [[٠٠١٢٣٤٥٦]]
        group number [[00812]] on the card
        lab accession number [[L24-00912]]
        subscriber id [[SUB0099X]]
        appointment ref: [[QX77210]]
    """,
    "date": """
        my date of birth is [[12/05/1985]]
        dob [[12.05.85]], is my dose right?
        DOB:[[1985-05-12]]
        born [[12 May 1985]], two children
        I was born on [[May 12th, 1985]] and my hip clicks
        born on the [[12th of May 1985]]
        my birthday is [[12 May]]
        my birthday is on [[May 12]]
        my birthday's [[12/05]] so I am nearly 40
        d.o.b. [[05-12-1985]]
        dob [[12051985]]
        my son was born [[3/4/2021]] by c section
        date of birth [[12 05 1985]]
        [[12/05/1985]] male, bad back
        [[May 12, 1985]] is my date, am I too old for the vaccine?
        [[12-May-85]] F 62kg
        nací el [[12 de mayo de 1985]]
        fecha de nacimiento: [[12/5/85]]
        geboren am [[12. Mai 1985]], Knie geschwollen
        née le [[12 mai 1985]]
        born [[１２/０５/１９８５]]
        born [[١٢/٠٥/١٩٨٥]]
        [[1985年5月12日]] 生まれ
        born [[12\u200b/05\u200b/1985]]
        born in [[May 1985]]
        bday [[5/12/85]] btw
        [[1985.05.12]] is when I was born
        born on the [[twelfth of May]]
        baptised and born [[Sept 9 '51]]
        geb. [[12.5.1985]]
        né le [[1er mai 1985]]
        [[12 mar. 1985]], with asthma since
    """,
    "address": """
        I live at [[12 Oak Street]], is there mould risk for asthma?
        my address is [[221B Baker Street, London NW1 6XE]]
        come to [[1600 Pennsylvania Avenue NW, Washington, DC 20500]]
        send it to [[Flat 3, 14 Mill Road, Cambridge]]
        i live at [[12 oak street springfield il 62704]] with two cats
        at [[350 5th Ave, New York, NY 10118]]
        [[4 The Crescent]] is where i live
        i live at [[12 elm drive]] in a cold house
        we live on [[Mill Lane]] near the surgery
        [[PO Box 1234]] only please
        [[P.O. Box 77]] Dublin
        Postfach [[10 20 30]] geht auch
        vivo en la [[Calle Mayor 15]], 3 pisos sin ascensor, me duele la rodilla
        [[C/ Alcalá, 42, 3º B]] es mi casa
        [[Avenida de la Constitución, nº 8]] Sevilla
        j'habite [[12 rue de la Paix]] et j'ai mal au dos
        [[3 bis, avenue Victor Hugo]] à Lyon
        ich wohne in der [[Hauptstraße 5]] und habe Husten
        [[Hauptstr. 12a]], dritter Stock
        [[Lindenallee 7]] ist meine Adresse
        [[Unter den Linden 77]] wohne ich
        ik woon op [[Kerkstraat 21]] en heb koorts
        [[Via Garibaldi 12]] a Torino
        [[Rua Augusta, 1508]] em São Paulo
        my postcode is [[SW1A 1AA]]
        postcode [[m1 1ae]], nearest walk-in?
        [[EC1A 1BB]] area, where can I get a flu jab?
        zip code [[90210]] any dermatologist?
        [[Springfield, IL 62704]] is home
        [[CA 94103-1234]] here
        [[K1A 0B1]] in canada
        postal code: [[h2x 1y4]]
        [[10115-1234]] zip
        PLZ [[10115]] bitte
        [[NSW 2000]] is where we are
        [[77 Massachusetts Ave., Cambridge, MA 02139]] is work
        [[Apt 4B, 100 Main St]] third floor, my leg is in plaster
        [[5512 N Hwy 61]] is far out
        [[7 St James's Square]] is the office
        [[12-14 High Road]] is damp
        my house: [[Unit 5/23 Beach Rd, Bondi NSW 2026]]
        it is at [[51.50740, -0.12780]] on the map
        [[１２ Oak Street]] is mine
        12 weeks post op and i live at [[8 Cherry Tree Lane]]
        [[Flat 12, Sunrise Apartments, 4 MG Road, Bengaluru 560001]]
    """,
    "name": """
        My name is [[Jane Doe]] and I have a sore throat
        my name is [[john smith]] and i have parkinsons
        my name's [[Oluwaseun Adeyemi]], can I take aspirin?
        MY NAME IS [[JOHN SMITH]] AND I HAVE GOUT
        I'm [[Sarah Connor]], 34, with migraines
        I am [[Priya Raghunathan]] and I am pregnant
        i'm [[muhammad]] and i feel dizzy
        this is [[Kowalski]] speaking, my ear hurts
        This is [[Peter Kowalski]] from ward nine
        Dr [[Schmidt]] said it is a virus
        Dr. [[Eric Kelting]] put me on statins
        dr [[smith]] said to stop metformin
        Mr [[Brown]] did my hip
        Mrs [[O'Neill]] next door has shingles
        Ms. [[García-López]] is my midwife
        Professor [[van der Berg]] operated on me
        Prof [[Nguyen]] wants an MRI
        Nurse [[Jackie]] took my blood
        Sra. [[Fernández]] me dijo que no
        Frau [[Müller]] hat mir Tabletten gegeben
        my husband [[Peter]] snores, is that sleep apnoea?
        my wife, [[Maria]], has a rash
        my son [[Liam]] is 4 and has a fever
        my daughter [[aoife]] has croup
        my friend [[Wei]] told me to ask about reflux
        my mother [[Ingrid Svensson]] takes 5 mg of warfarin
        our neighbour [[Bob]] says honey helps
        my 5 year old son [[Noah]] ate a coin
        my daughter's name is [[Zofia]] and she is 3
        her name is [[Fatima Zahra]]
        a boy named [[Tiberius]] in my class has lice
        signed, [[Margaret Hollis]]
        What helps against heartburn? Kind regards, [[Bartholomew Finch]]
        Is this shingles? Thanks, [[Anna]]
        should I worry?\\nBest wishes\\n[[Sven Lindqvist]]
        can I swim with stitches? cheers [[dave]]
        me llamo [[Juan Pérez]] y tengo tos
        mi nombre es [[María José García]]
        soy [[Carmen]], tengo 40 años
        je m'appelle [[Amélie Dupont]] et j'ai mal
        ich heiße [[Jürgen Klein]] und habe Fieber
        mein Name ist [[Lieselotte Bauer]]
        mi chiamo [[Giulia Rossi]], ho mal di testa
        Hi [[Sarah]], my toe is blue
        Dear Dr [[Patel]], my toe is blue
        Yesterday [[Jennifer]] fell off her bike and hit her head
        I saw [[Michael Jones]] at the clinic about my knee
        [[Grace Okafor]] referred me for a colonoscopy
        please help [[Svetlana]], she cannot keep food down
        patient: [[Hans Gruber]], 56, chest pain
        Name: [[Smith, John]]
        i went with [[john smith]] to the hospital and now i cough
        меня зовут [[Иван Петров]], болит спина
        我叫[[王小明]]，头疼
        私の名前は[[田中太郎]]です。頭が痛い
        제 이름은 [[김철수]]입니다
        اسمي [[محمد علي]] وعندي صداع
        मेरा नाम [[राहुल शर्मा]] है और मुझे बुखार है
        my name is [[J\u200bane D\u200boe]]
        my name is [[Ｊａｎｅ Ｄｏｅ]] hello
        my name is [[José Nuñez]], asthma
        my surname is [[Featherstonehaugh]]
        first name: [[Ebenezer]], age 40, gout
        my insta: [[@jane_doe_84]]
        twitter [[@JaneDoe]] if you want to see the rash
        my instagram is [[jane.doe.84]]
        you can call me [[Beth]], is thrush contagious?
        [[Theodore]] is two and won't eat
        my ex husband [[Ricardo]] has hepatitis B
        my gp [[Khan]] says it is viral
        [[Anne-Marie]] has Crohn's disease like me
        my late grandmother [[Agnieszka Nowak]] had breast cancer
        the surgeon, Mr [[P. J. Whitcombe]], used a screw
        asks [[Dmitri's]] mother: can he fly with a cold?
        Sent by [[Leila Haddad]] for her father
        my partner [[mark]] has gonorrhoea
    """,
}


def _planted() -> tuple[Planted, ...]:
    found = []
    for kind, block in _MESSAGES.items():
        for line in block.strip().splitlines():
            marked = line.strip().replace("\\n", "\n")
            identifier = marked.rpartition("[[")[2].partition("]]")[0]
            found.append(Planted(kind, identifier, marked.replace("[[", "").replace("]]", "")))
    return tuple(found)


PLANTED: Final = _planted()
