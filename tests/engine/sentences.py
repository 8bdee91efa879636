"""A small corpus of our own with known themes: complaints about a car, put together from parts."""

from itertools import product
from math import gcd

ENGLISH = {
    "seats": (
        ["The driver seat", "My front seat", "The seat cushion", "The leather seat", "This seat", "Our passenger seat"],
        ["hurts my back after an hour", "is too hard for my spine", "gives me back pain", "makes my legs numb"],
        [
            "and the seat needs padding.",
            "whatever the lumbar support.",
            "because the cushion is thin.",
            "on long drives.",
        ],
    ),
    "bluetooth": (
        ["The phone", "My bluetooth", "Pairing my phone", "The bluetooth audio", "My phone call", "Music by bluetooth"],
        ["drops every few minutes", "disconnects from the car", "loses the bluetooth signal", "cuts out again"],
        ["and the phone will not pair.", "in the middle of a call.", "until I restart the phone.", "with every phone."],
    ),
    "climate": (
        ["The air conditioning", "The cabin heater", "The fan", "The climate control", "The air vent", "Heating"],
        ["blows cold air at my feet", "takes ages to warm the cabin", "cannot hold the temperature", "blows no air"],
        ["in winter.", "with the fan on full.", "and the windows fog up.", "whatever temperature I set."],
    ),
    "noise": (
        [
            "Road noise",
            "A rattle",
            "Wind noise",
            "The squeak in the trim",
            "Tyre noise",
            "The noise from the dashboard",
        ],
        ["is loud on the motorway", "gets louder with speed", "drowns our conversation", "is a loud nuisance"],
        ["and the rattle never stops.", "on coarse asphalt.", "so the noise tires us.", "at any speed."],
    ),
    "storage": (
        ["The glove box", "The cup holder", "The door pocket", "The boot", "The storage bin", "The luggage space"],
        ["is too small for a bottle", "has no room for luggage", "cannot hold a bottle", "is too small to store bags"],
        ["or a pram.", "so bottles roll about.", "and its lid breaks.", "although the box looks roomy."],
    ),
}
BOKMAL = {
    "seats": (
        ["Setet", "Førersetet", "Setet foran", "Skinnsetet"],
        ["gir meg vondt i ryggen", "er for hardt for ryggen"],
        ["etter en lang kjøretur.", "fordi puten er tynn.", "selv med korsryggstøtte."],
    ),
    "bluetooth": (
        ["Telefonen", "Bluetooth-forbindelsen", "Lyden fra telefonen", "Sammenkoblingen med bluetooth"],
        ["faller ut hele tiden", "mister bluetooth-signalet"],
        ["midt i en samtale.", "og telefonen må kobles til på nytt.", "når radioen spiller."],
    ),
    "climate": (
        ["Klimaanlegget", "Varmeapparatet", "Viften", "Luftdysen"],
        ["blåser kald luft på føttene", "bruker evigheter på å varme kupeen"],
        ["på en kald vintermorgen.", "selv om viften går for fullt.", "og temperaturen svinger."],
    ),
}
DANISH = {
    "seats": (
        ["Sædet", "Førersædet", "Forsædet", "Lædersædet"],
        ["giver mig ondt i ryggen", "er for hårdt for ryggen"],
        ["efter en lang køretur.", "fordi hynden er tynd.", "selv med lændestøtte."],
    ),
    "bluetooth": (
        ["Telefonen", "Bluetooth-forbindelsen", "Lyden fra telefonen", "Parringen med bluetooth"],
        ["falder ud hele tiden", "mister bluetooth-signalet"],
        ["midt i en samtale.", "og telefonen skal forbindes igen.", "når radioen spiller."],
    ),
    "climate": (
        ["Klimaanlægget", "Varmeapparatet", "Blæseren", "Luftdysen"],
        ["blæser kold luft på fødderne", "er evigheder om at varme kabinen"],
        ["på en kold vintermorgen.", "selvom blæseren kører på fuld kraft.", "og temperaturen svinger."],
    ),
}


def posts(parts=ENGLISH, each=30):
    """Return (texts, names of their themes): `each` sentences per theme, no two of the same parts."""
    pairs = []
    for theme, slots in parts.items():
        every = [" ".join(pieces) for pieces in product(*slots)]
        # A stride that shares no factor with the number of sentences visits them well mixed.
        stride = next(step for step in range(len(every) // 3 + 1, len(every)) if gcd(step, len(every)) == 1)
        pairs += [(every[turn * stride % len(every)], theme) for turn in range(min(each, len(every)))]
    return [text for text, _ in pairs], [theme for _, theme in pairs]


def three_languages():
    """Return (texts, names of their themes, language codes); only themes that all three speak of."""
    texts, themes, languages = [], [], []
    for code, parts in (("en", ENGLISH), ("nb", BOKMAL), ("da", DANISH)):
        found, names = posts({theme: parts[theme] for theme in BOKMAL}, each=20)
        texts += found
        themes += names
        languages += [code] * len(found)
    return texts, themes, languages
