"""The demo's product: a car, its cabin open to customers, its drivetrain closed, its safety listening only."""

from forum.core.database import Words
from forum.products.status import Openness

PRODUCT = "car"
PRODUCT_NAME: Words = {"en": "Car", "nb": "Bil", "da": "Bil"}
PRODUCT_SENTENCE: Words = {
    "en": "The Nordvik Fjell: we keep the gearbox to ourselves and open the cabin to the people who sit in it.",
    "nb": "Nordvik Fjell: girkassen tar vi oss av, kupeen åpner vi for dem som sitter i den.",
    "da": "Nordvik Fjell: gearkassen tager vi os af, kabinen åbner vi for dem, der sidder i den.",
}
OWN_NAMES = ["nordvik", "fjell", "carlink", "car", "bil", "bilen"]  # words that say nothing about a theme

CABIN_WHY: Words = {
    "en": "You sit here every day, so you decide with us how it becomes better.",
    "nb": "Her sitter dere hver dag, så her bestemmer dere sammen med oss hva som skal bli bedre.",
    "da": "Her sidder I hver dag, så her bestemmer I sammen med os, hvad der skal blive bedre.",
}
DRIVETRAIN_WHY: Words = {
    "en": "Engine and gearshift are type-approved as a whole and developed for years ahead, so we take no ideas here. "
    "Complaints we record and answer, every one.",
    "nb": "Motor og girskift er typegodkjent samlet og utvikles for mange år fram, så her tar vi ikke imot ideer. "
    "Klager skriver vi ned og svarer på, hver eneste en.",
    "da": "Motor og gearskift er typegodkendt samlet og udvikles mange år frem, så her tager vi ikke imod idéer. "
    "Klager skriver vi ned og svarer på, hver eneste.",
}
SAFETY_WHY: Words = {
    "en": "What protects you is decided by engineers and the law. We hear every complaint; others can say “me too”.",
    "nb": "Det som verner dere, avgjøres av ingeniører og loven. Vi hører hver klage, og andre kan si «jeg også».",
    "da": "Det, der beskytter jer, afgøres af ingeniører og loven. Vi hører hver klage, og andre kan sige »også mig«.",
}

# Slug, parent, name, own openness (None: as the parent), why.
AREAS: tuple[tuple[str, str, Words, Openness | None, Words], ...] = (
    ("cabin", "", {"en": "Cabin", "nb": "Kupé", "da": "Kabine"}, Openness.CO_CREATE, CABIN_WHY),
    ("seats", "cabin", {"en": "Seats", "nb": "Seter", "da": "Sæder"}, None, {}),
    ("phone-audio", "cabin", {"en": "Phone and audio", "nb": "Telefon og lyd", "da": "Telefon og lyd"}, None, {}),
    ("climate", "cabin", {"en": "Climate", "nb": "Klima", "da": "Klima"}, None, {}),
    ("storage", "cabin", {"en": "Storage", "nb": "Oppbevaring", "da": "Opbevaring"}, None, {}),
    (
        "screen-navigation",
        "cabin",
        {"en": "Screen and navigation", "nb": "Skjerm og navigasjon", "da": "Skærm og navigation"},
        None,
        {},
    ),
    ("noise", "cabin", {"en": "Noise", "nb": "Støy", "da": "Støj"}, None, {}),
    ("drivetrain", "", {"en": "Drivetrain", "nb": "Drivlinje", "da": "Drivlinje"}, Openness.CLOSED, DRIVETRAIN_WHY),
    ("engine", "drivetrain", {"en": "Engine", "nb": "Motor", "da": "Motor"}, None, {}),
    ("gearshift", "drivetrain", {"en": "Gearshift", "nb": "Girskift", "da": "Gearskift"}, None, {}),
    ("brakes", "", {"en": "Brakes", "nb": "Bremser", "da": "Bremser"}, Openness.LISTENING, SAFETY_WHY),
    (
        "safety-systems",
        "",
        {"en": "Safety systems", "nb": "Sikkerhetssystemer", "da": "Sikkerhedssystemer"},
        Openness.LISTENING,
        SAFETY_WHY,
    ),
)
