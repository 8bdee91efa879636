"""How words may be written: dialects and nynorsk beside bokmål, and what sounds alike.

People in Norway write as they speak: *Koffer slår setevarmen sæ av kvær gong?* A small table of everyday words
and a few rules about sounds bring that to one form. Both the posts and what is looked for go through them, so a
rule need not give a word that exists, only the same for spellings of the same word. English stays readable by
them: the rules touch what English words rarely have.
"""

import re
from functools import lru_cache

from forum.engine.text import letter_groups, stem

GROUPS = (3, 4)  # letters

# Each line: the form in bokmål, then how else it is written.
_WORDS = """
jeg: eg æ æg jæ ej
meg: mæ mei
deg: dæ
seg: sæ sei
vi: me
dere: dykk dykkar dokker dåkker dokk dåkk
de: dei dæm døm
hun: ho hu
ikke: ikkje itj ittje ikkj ittj ente
hva: kva ka ke
hvem: kven kæm
hvor: kor
hvorfor: kvifor koffer koffor koffør korfor kafør
hvordan: korleis kossen kordan korsn åssen kåssen
hver: kvar kvær kvart hvert
noe: noko nokka nokke nåkka nokko
noen: nokon nokre nån nåen
er: e ær
være: vere vera værra
var: va
vært: vore vorre
blir: vert bli verte
ble: vart blei bei
mye: mykje mykkje møkje mytje
bare: berre bærre bære
fra: frå ifrå
til: te
for: før førr førre
etter: itte ette
alle: ailla aill alt allt
også: òg åsså
skal: ska
skulle: sku
kan: kainn kann
har: he hæ
gjør: gjer
kommer: kjem kjæm
sier: seier
går: gjeng
gi: gje gjev gjeve
mellom: mella millom
slik: sånn
enn: einn
en: ein ei eit et ett
igjen: att
siden: sidan
mens: medan
sammen: saman
hvis: viss
selv: sjøl sjølv
først: fyrst
morgen: morgon mårra morra mårran mårrån
melk: mjølk mjælk
vei: veg
veien: vegen
veier: vegar
vindu: vindauge vindauga
skole: skule
uke: veke
uka: veka
uken: veken
hjem: heim
hjemme: heime
lys: ljos
mulig: mogleg
umulig: umogleg
spill: spel
spille: spela spele
åpne: opne opna
kald: kall
unge: onge
ungene: ongan onga ungan
øye: auge auga
øre: øyra
tjue: tjuge
høyttaler: høgtalar
høy: høg høgt
lav: låg lågt
vær: ver veret
"""
_FORMS = {
    other: head
    for head, others in (line.split(": ") for line in _WORDS.strip().splitlines())
    for other in others.split()
}

# In this order. `kv` is `hv`, *mjuk* is *myk*, *haust* is *høst* (but *audio* stays), *bein* is *ben*, *kjøre* and
# *køyre* are *køre*, *billeg* is *billig*, *sia* is *sida*, *spylern* and *telefon'n* are *spyleren* and *telefonen*.
_SOUNDS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        ("'n$", "en"),
        ("[æä]", "e"),
        ("ö", "ø"),
        ("kv", "hv"),
        ("(?<=[^aeiouyøå])ju", "y"),
        ("(?<=.)au|øy", "ø"),
        ("ei|ai", "e"),
        ("([kg])j", r"\1"),
        ("leg(?=$|e|t)", "lig"),
        ("(?<=[st])ia$", "ida"),
        ("(?<=.{3}[rl])n$", "en"),
    )
)
_VOWELS = "aeiouyæøå"
_SHORTEST = 4  # letters of a word that the rules about sounds apply to, and of one with a slip
_LONG = 6  # letters of a word that is still the same with one of them wrong

# What differs between bokmål and Danish: *sete* and *sæde*, *kake* and *kage*; and whether a letter is doubled.
_SOFT = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        ("(?<=[aeiouyøå])b(?=[aeiouyøå]|$)", "p"),
        ("(?<=[aeiouyøå])d(?=[aeiouyøå]|$)", "t"),
        ("(?<=[aeiouyøå])g(?=[aeiouyøå]|$)", "k"),
        (r"([bcdfghjklmnpqrstvwxz])\1", r"\1"),
    )
)


@lru_cache(maxsize=50_000)
def form_of(word):
    """Return the form that stands for all spellings of `word`, which is in lower case."""
    word = _FORMS.get(word, word)
    if len(word) < _SHORTEST:
        return word
    for pattern, instead in _SOUNDS:
        word = pattern.sub(instead, word)
    return word


@lru_cache(maxsize=50_000)
def root_of(form):
    """Return a stem of a form that serves the three languages alike, whichever the post is in."""
    return stem(stem(form, "en"), "nb")


@lru_cache(maxsize=20_000)
def groups_of(form):
    """Return the frozenset of letter groups that a form is compared by, as it sounds."""
    for pattern, instead in _SOFT:
        form = pattern.sub(instead, form)
    return frozenset(letter_groups(form, *GROUPS))


def is_slip(one, other):
    """Say whether one letter too many or too few, two swapped, or in long words a wrong one tells two forms apart.

    Only from four letters on, and the first letter must be right: *heat* is no slip of *seat*.
    """
    if len(one) > len(other):
        one, other = other, one
    if len(one) < _SHORTEST or len(other) - len(one) > 1 or one[0] != other[0]:
        return False
    place = next((place for place, letter in enumerate(one) if letter != other[place]), len(one))
    if len(one) < len(other):
        return one[place:] == other[place + 1 :]
    swapped = one[place : place + 2] == other[place : place + 2][::-1]
    return (swapped and one[place + 2 :] == other[place + 2 :]) or (
        len(one) >= _LONG and one[place + 1 :] == other[place + 1 :]
    )


def slips_to(word):
    """Yield the words that one slip of the hand makes `word` of: what may have been meant by one that nobody says.

    A vowel left out or another one in its place, a letter too many, two swapped. The first letter is right.
    """
    for place in range(1, len(word)):
        before, letter, after = word[:place], word[place], word[place + 1 :]
        yield before + after
        if after and after[0] != letter:
            yield before + after[0] + letter + after[1:]
        for vowel in _VOWELS:
            yield before + vowel + letter + after
            if letter in _VOWELS and letter != vowel:
                yield before + vowel + after
    yield word + "e"
