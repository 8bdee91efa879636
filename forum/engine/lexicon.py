"""Everyday words of bokmål and Danish by their commonest English equal, so that three languages meet.

`lexicon.tsv` has a line per meaning: the English word, bokmål forms, Danish forms; written by us, for what
people say of products and services. It is general and short: a word stands in one line, under what it mostly
means, and whatever it leaves out is read as it stands. Of a compound that it does not have (*setevarme*) it
reads the parts.

Where the language is not known, as of a few words that somebody types, `in_any_language` reads a sound form. There
the homographs matter (*gift* is no present, *tab* no loss), and that English has several words for one thing, so
the lists that settle these stand here too; nothing else needs them.
"""

from functools import lru_cache
from pathlib import Path

from forum.engine.spelling import form_of
from forum.engine.stops import ANY_STOP_WORD
from forum.engine.text import stem

_FILE = Path(__file__).with_name("lexicon.tsv")
_LANGUAGES = ("nb", "da")
_SHORTEST_COMPOUND = 7  # letters
_SHORTEST_PART = 3
_JOINTS = ("", "s", "e")  # letters between the parts of a compound
# What looks like a word and is a prefix, a particle or an ending more often than part of a compound.
_NO_FIRST_PART = """
for fore be an til inn ind over under opp op ned med fra av af ut ud etter efter gjen gen frem fram mis van mot
mod ved vor her der hvor ikke med å en et den det de i vi du han sin kan vil skal var bli ble men som så sam om
ens selv fast
"""
_NO_LAST_PART = """
ing inger ingen ring ringer ende som somme lig lige skap skab skaper skaber else sel het hed heden er et en ent
ere eri isk ske se te ne ner ler le no ord øre øret sted st kel
"""
# Each line: an English word, then others that posts use for the same, and its forms that no rule makes.
_ENGLISH = """
answer: reply
bad: poor
bicycle: bike
bill: invoice
break: broke broken
bring: brought
buy: bought
child: children kid kids
choose: select chose chosen
city: town
cold: freezing
color: colour
complain: complaint
creak: squeak
cupholder: cup_holder
delete: remove erase
deliver: delivery
display: screen
drive: drove driven
fall: fell fallen
fast: quick
feel: felt
fit: match
fix: repair
fog: mist
foot: feet
forget: forgot forgotten
freeze: froze frozen
fuel: petrol gas gasoline
garage: workshop
give: gave given
glovebox: glove_compartment
hang: hung
hear: heard
heat: warmth
hold: held
hot: warm
hurt: pain painful ache sore
idea: suggestion
image: picture photo
lag: delay laggy
leave: left
lose: lost
lumbar: lower_back
mistake: error fault fail
neighbour: neighbor
noise: noisy
pay: paid payment
phone: telephone mobile cellphone
pillow: cushion
plug: socket connector
power: electricity
press: push
quiet: silent
restart: reboot
run: ran
safe: safety
seatbelt: belt
sell: sold
send: sent
shake: vibrate vibration
shop: store
sit: sat
slow: sluggish slowly
smell: stink
sound: audio
speaker: loudspeaker
spend: spent
steal: stole stolen
subscription: subscribe
suspension: suspended
take: taken
tell: told
travel: trip journey
tyre: tire
update: upgrade
vacation: holiday
vent: air_vent
volume: louder
warranty: guarantee
windscreen: windshield
write: wrote written
"""
# Forms of bokmål or Danish that in English are words of their own, beside those that the lexicon has there.
_ENGLISH_TOO = """
aft alternative alternatives ark asking bake bane banner bend beta betas bidden bide blade bled bless bog bold bot
bra brag brat bred bud bugger bulk bunk bur busk buss bust byte bytes centre dale dam dame damp dialog dialogs dom
domain domains don drab drag drift dug dull dum eve fad fag fang fare farmer fed fin finer finest fins firm flow fond
foss fri fuller fun gal gale germ gin glad glider gnat grab grand grep grip gris grove gull gut hack hale halve hank
hare hatter havens heft helm hinder hr hue hug hurtle husk ill ink jul kg kin kip klan km laden lag lager laid lam
lap lark lat latter launch lens lick lid lime login logins lower lug lure mad madden maker makers male mall malt mane
manner mar mars matt matter matters meant men mia mild mill mint mitten mittens mod mom mop motion mug nap neat nip
nor null ore pack pant pap pare part pas pat pc pee pie pill pin pins pip pitch pith plain plus poke poll pollen pose
posh posit possum prat precise precision prim proc programme prune pulse pun punk pus putters rad raid ram ramp rang
rank rap rare rats regain rem reps ret return returns rev rib rid rig rim rip ripe robe rode roman rot rote rove
rover row rub rug rump rune rung rus rust rut saga sage said sail saint sales salt salve san sans scent seer sellers
sever shoot sill sink sip site skate skim skip slag slang sled slept slips slit slot slots slut smelt smitten snake
snap snare snip snobs snort snug sole sop sow spade spar spark spelt spied spilt spine splitter sprite spurt stark
staten stave stem stiller stilt sting strand strident strip stub stunt sue sulk sunder sunken sure tab tabs tale
tally tan tap taper taps tar tart tau teen teens tilt tin tine tit token tokens tome tote traits treat tree trek
trims trod tune tusk vain vales vane vest via visa visas vista von vow wink
"""
_ENGLISH_ENDINGS = ("s", "es", "ed", "ing", "er", "'s")
_ENDINGS = {
    "nb": ("a", "e", "en", "et", "er", "ene", "ens", "ets", "te", "t"),
    "da": ("e", "en", "et", "er", "ene", "erne", "ens", "ets", "te", "t", "ede"),
}
_LONGEST_FIRST = sorted({ending for endings in _ENDINGS.values() for ending in endings}, key=len, reverse=True)
_SHORTEST_STEM = 3  # letters of a word that endings are added to
_LONG_STEM = 4  # letters of one that a single letter may be added to: *reis* and a t is no journey


@lru_cache(maxsize=50_000)
def in_english(word, language):
    """Return the English words that `word` of `language` means, as a tuple; empty when they are not known.

    English words, and those of other languages, mean themselves.
    """
    if language not in _LANGUAGES:
        return ()
    return _meaning(word, language) or _parts(word, language)


def _meaning(word, language):
    """Return what `word` means by its form, else by its stem; what one of the two lacks the other may have."""
    for code in (language, *(other for other in _LANGUAGES if other != language)):
        forms, stems = _read()[code]
        found = forms.get(word) or stems.get(stem(word, code))
        if found:
            return found
    return ()


def _parts(word, language):
    """Return the meaning of the two parts of a compound, the last one as long as possible."""
    if len(word) < _SHORTEST_COMPOUND:
        return ()
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        last = _part(word[cut:], language, _NO_LAST_PART)
        for joint in _JOINTS if last else ():
            first = word[:cut].removesuffix(joint) if word[:cut].endswith(joint) else ""
            if found := _part(first, language, _NO_FIRST_PART):
                return found + last
    return ()


def _part(part, language, unlikely):
    """Return what `part` of a compound means; the shortest ones must be forms that are listed."""
    if len(part) < _SHORTEST_PART or part in unlikely.split():
        return ()
    if len(part) == _SHORTEST_PART and not any(part in _read()[code][0] for code in _LANGUAGES):
        return ()
    return _meaning(part, language)


@lru_cache(maxsize=1)
def _read():
    """Return dict of language -> (meaning of each form, meaning of each stem)."""
    forms: dict = {code: {} for code in _LANGUAGES}
    stems: dict = {code: {} for code in _LANGUAGES}
    firsts: dict = {code: [] for code in _LANGUAGES}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        english, *columns = line.split("\t")
        meaning = tuple(english.split())
        for code, said in zip(_LANGUAGES, columns, strict=True):
            for form in said.split():
                forms[code].setdefault(form, meaning)
            firsts[code] += [(place > 0, form) for place, form in enumerate(said.split())]
    for code, listed in firsts.items():
        for _, form in sorted(listed, key=lambda pair: pair[0]):  # the first form of a line has the better right
            stems[code].setdefault(stem(form, code), forms[code][form])
    return {code: (forms[code], stems[code]) for code in _LANGUAGES}


@lru_cache(maxsize=50_000)
def in_any_language(form):
    """Return the English word for a sound form of an unknown language.

    Parameters
    ----------
    form : str
        What `forum.engine.spelling.form_of` made of a word.

    Returns
    -------
    english : str
        The one word that stands for it and its equals; "" when it is not known, says nothing, could be two
        things, or is English and has no equal.
    """
    if form in ANY_STOP_WORD:
        return ""
    meanings, stems, english, equals = _read_sounds()
    if form in english:
        return equals.get(form, "")
    if any(form.endswith(ending) and _is_english(form, ending, english) for ending in _ENGLISH_ENDINGS):
        return ""
    if form in meanings:
        return meanings[form]
    found = {meaning for ending in _LONGEST_FIRST for meaning in _by_stem(form, ending, stems)}
    return found.pop() if len(found) == 1 else ""


def _is_english(form, ending, english):
    stem_of = form.removesuffix(ending)
    return stem_of in english or ((ending[0] == "e" or ending == "ing") and f"{stem_of}e" in english)


def _by_stem(form, ending, stems):
    """Return the meanings of words of which `form` may be the form with `ending`."""
    begins = form[: len(form) - len(ending)]
    if not form.endswith(ending) or (len(begins) < _LONG_STEM and len(ending) == 1):
        return ()
    return [meaning for code, meaning in stems.get(begins, ()) if ending in _ENDINGS[code]]


@lru_cache(maxsize=1)
def _read_sounds():
    """Return what sound forms of both languages mean.

    Returns
    -------
    meanings : dict of str -> str
        English word of each form; "" where there are two.
    stems : dict of str -> list of (language, English word)
    english : set of str
        Forms that are English words, whatever else they are.
    equals : dict of str -> str
        English word that stands for others, of each of these.
    """
    equals = _english_equals()
    meanings: dict = {}
    firsts: dict = {}
    stems: dict = {}
    english = {form_of(word) for word in _ENGLISH_TOO.split()} | set(map(form_of, equals))
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        head, *columns = line.split("\t")
        english.update(map(form_of, head.split()))
        meaning = equals.get(head, head)
        for code, said in zip(_LANGUAGES, columns, strict=True):
            forms = [form_of(word) for word in said.split()]
            for form in forms:
                meanings[form] = meaning if meanings.get(form, meaning) == meaning else ""
            for form in forms[:1]:
                firsts[form] = meaning if firsts.get(form, meaning) == meaning else ""
                if len(form) >= _SHORTEST_STEM:
                    stems.setdefault(form.removesuffix("e"), []).append((code, meaning))
    # As above, the first form of a line has the better right.
    return meanings | firsts, stems, english, {form_of(word): head for word, head in equals.items()}


def _english_equals():
    """Return {word: the one that stands for it}."""
    lines = [line.split(": ") for line in _ENGLISH.strip().splitlines()]
    return {word.replace("_", " "): head for head, others in lines for word in others.split()}
