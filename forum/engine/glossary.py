"""Everyday words of the three languages that mean the same, so that a post finds its like in another language.

Written by us, for what people say about things they own and use. It is short on purpose: a word stands in it when
its translation is nearly always the same, and words that mean something else in another of the three languages
are left out. Endings are added by rule.
"""

from functools import lru_cache

from forum.engine.spelling import form_of
from forum.engine.stops import ANY_STOP_WORD

# English | bokmål | Danish, each with what else it is called.
_MEANINGS = """
account | konto | konto
add | tilføye | tilføje
address | adresse | adresse
alarm | alarm | alarm
angry | sint | vred
answer, reply | svar, svare | svar, svare
armrest | armlene | armlæn
automatic, automatically | automatisk | automatisk
autumn, fall | høst | efterår
baby | baby | baby
backrest | seterygg, ryggstøtte | ryglæn
bag | veske, bag | taske
bank | bank | bank
battery | batteri | batteri
bicycle, bike | sykkel | cykel
bill, invoice | regning, faktura | regning, faktura
bluetooth | blåtann, bluetooth | bluetooth
book | bok, boka, bøker | bog, bøger
boot, trunk | bagasjerom | bagagerum
bottle | flaske | flaske
bracket, mount | feste | beslag
brake | bremse, brems | bremse
bridge | bro, bru | bro
bright | lyssterk | lysstærk
broken | ødelagt | ødelagt
bump | hump, dump | bump
button, switch | knapp, bryter | knap, kontakt
buy, bought | kjøpe, kjøpt | købe, købt
cable, lead | ledning, kabel | ledning, kabel
calendar | kalender | kalender
camera | kamera | kamera
cancel | avbestille, avlyse, kansellere | annullere, aflyse
carpet, mat | matte, teppe | måtte, tæppe
chair | stol | stol
change | endre, forandre | ændre
charge, charging, charger | lade, lading, lader | oplade, opladning, oplader
cheap | billig | billig
child, children, kid | barn, barna, unge | barn, børnene, børn, unger
choose, select | velge, valgt | vælge, valgt
city, town | by | by
clean | rense, rengjøre | rense, rengøre
clock | klokke | klokken
close | lukke, stenge | lukke
cloud | sky | sky
coffee | kaffe | kaffe
cold, freezing | kald, kaldt, kulde, iskald | kold, koldt, kulde, iskold
color, colour | farge | farve
comfortable | behagelig | behagelig
complain, complaint | klage | klage
connect, connection, pair | koble, tilkobling, paring, forbindelse | forbinde, tilslutte, parring, forbindelse
connector, plug, socket | stikkontakt, kontakt, plugg | stik, stikkontakt
cost | koste | koste
crackle | knitre, sprake | knitre
creak, squeak | knirke, knirk, pipe | knirke, knirk, pibe
cup | kopp | kop
cupholder | koppholder | kopholder
customer | kunde | kunde
damp, moist | fuktig | fugtig
dark | mørk, mørkt, mørke | mørk, mørkt, mørke
dashboard | dashbord, instrumentpanel | instrumentbræt
dazzle, glare | blende, gjenskinn | blænde, genskin
dealer | forhandler | forhandler
delete, erase, remove | slette, fjerne | slette, fjerne
delivery, deliver | levering, levere | levering, levere
dirty | skitten | beskidt
discount | rabatt | rabat
display, screen | skjerm | skærm
dog | hund, bikkje | hund
door | dør, døra | dør, døren
download | laste | downloade, hente
drip | dryppe | dryppe
drive, drove | kjøre, kjørt | køre, kørt
driver | sjåfør, fører | chauffør, fører
dry | tørke | tørre
dust | støv | støv
electricity, power | strøm | strøm
email, mail | epost, e-post | mail
empty | tom, tomt | tomme
engine, motor | motor | motor
error, fault, mistake | feil | fejl
evening, tonight | kveld | aften
expensive | dyr, dyrt | dyr, dyrt
export | eksport, eksportere | eksport, eksportere
fail | svikte, feile | svigte, fejle
family | familie | familie
fan | vifte | blæser
fast, quick | rask, raskt, hurtig | hurtig
ferry | ferje, ferge | færge
file | fil | fil
finger | finger | finger
flicker | flimre | flimre
floor | gulv | gulv
fog, mist | dugg, dugge, tåke, tåkete | dug, dugge, tåge
foot, feet | fot, føtter, føttene | fod, fødder, fødderne
forget, forgot | glemme, glemt | glemme, glemt
freeze, froze, frozen | fryse, fryser, frøs | fryse, fryser, frøs
friday | fredag | fredag
fuel, petrol, gas | drivstoff, bensin | brændstof, benzin
garage, workshop | verksted | værksted
gear | gir | gear
glass | glass | glas
glove | hanske, vott | handske, vante
glovebox | hanskerom | handskerum
half | halv | halv
hand | hånd, hånda | hånd
handle | håndtak | håndtag
hang, hung | henge | hænge
hard | hard, hardt | hård, hårdt
head | hode | hoved
headlight | frontlys, lykt | forlygte, lygte
headphone | hodetelefon | hovedtelefon
headrest | nakkestøtte | nakkestøtte
hear, heard | høre, hørt | høre, hørt
heat, heating, heater, warmth, heated | varme, oppvarming, varmeapparat | varme, opvarmning, varmeapparat
heavy | tung, tungt | tung, tungt
height | høyde | højde
hole | hull | hul
holiday, vacation | ferie | ferie
home | hjem, hjemme | hjem, hjemme
hook | krok | krog
hospital | sykehus | sygehus
hot, warm | varm, varmt, het | varm, varmt, hed
house | hus | hus
hurt, painful, pain, ache, sore | vondt, smerte, verke | ondt, smerte, smerter
ice | is | is
icon | ikon | ikon
idea, suggestion | forslag, ide | forslag, ide
image, picture, photo | bilde | billede
import | import, importere | import, importere
improve | forbedre | forbedre
inch | tomme | tommer
interest | rente | rente
key | nøkkel | nøgle
knee | kne | knæ
knock | banke | banke
lag, laggy | forsinkelse, hakke | forsinkelse, hakke
lamp | lampe | lampe
lane | kjørefelt, fil | vognbane
language | språk | sprog
leak | lekke, lekkasje | lække, lækage
leather | skinn, lær | læder
left | venstre | venstre
leg | bein, ben, lår | ben, lår
letter | brev, bokstav | brev, bogstav
level | nivå | niveau
light | lys | lys
list | liste | liste
lock | låse, lås | låse, lås
loose | løs, løst | løs, løst
lose, lost | miste, mistet, mister | miste, mistet, mister
loud | høylytt | højlydt
louder, volume | volum, lydstyrke | volumen, lydstyrke
lumbar | korsrygg | lænd
manual | bruksanvisning, instruksjonsbok | brugsanvisning, instruktionsbog
map | kart | kort
match, fit | passe | passe
meal | måltid | måltid
measure | måle | måle
meeting | møte | møde
menu | meny | menu
message, notification | melding, varsel | besked, notifikation
microphone | mikrofon | mikrofon
middle | midten | midten
milk | melk | mælk
mirror | speil | spejl
missing | mangle, mangler | mangle, mangler
monday | mandag | mandag
money | penger | penge
month | måned | måned
morning | morgen | morgen
mouth | munn | mund
movie, film | film | film
music, song | musikk, sang, låt | musik, sang
name | navn | navn
navigation | navigasjon | navigation
neck | nakke | nakke
neighbour, neighbor | nabo | nabo
night | natt | nat
noise, noisy | støy, bråk, dur | støj, larm
number | nummer | nummer
office | kontor | kontor
open | åpne, åpen | åbne, åben
option, choice | valg | valg, valgmulighed
order | bestille, bestilling | bestille, bestilling
overheat | overopphete | overophede
page | side | side
paint | maling, lakk | maling, lak
parking, park | parkere, parkering | parkere, parkering
passenger | passasjer | passager
password | passord | adgangskode, kodeord
pay, payment, paid | betale, betaling | betale, betaling
pedal | pedal | pedal
people, person | folk, person, mennesker | folk, person, mennesker
phone, telephone, mobile, cellphone | telefon, mobil | telefon, mobil
pillow, cushion | pute | pude
plastic | plast, plastikk | plast, plastik
play | spille | spille
podcast | podkast | podcast
poor | dårlig | dårlig
post | innlegg | indlæg
press, push | trykke | trykke
price | pris | pris
print, printer | skrive, skriver | udskrive, printer
profile | profil | profil
puddle | pytt | vandpyt
queue | kø | kø
quiet, silent | stille | stille
radio | radio | radio
rain | regn, regne, regner | regn, regner
rattle | skrangle, klirre, rasle | rasle, klapre
read | lese | læse
rear | bakre | bagerste
receipt | kvittering | kvittering
remember | huske | huske
reminder, remind | påminnelse, minne | påmindelse, påminde
rent | leie | leje
repair, fix | reparere, fikse | reparere, ordne
restart, reboot | omstart | genstart, genstarte
restaurant | restaurant | restaurant
reverse | revers, rygge, ryggekamera | bakke, baglæns, bakkamera
road | vei, veg | vej
roof | tak | tag
room | rom | rum
route | rute | rute
rubber | gummi | gummi
rust | rust, ruste | rust, ruste
safe, safety | trygg, sikkerhet | sikker, sikkerhed
salt | salt | salt
saturday | lørdag | lørdag
save | lagre | gemme
school | skole | skole
search | søke, søk | søge, søgning
seat | sete | sæde
seatbelt, belt | bilbelte, sikkerhetsbelte, belte | sele, sikkerhedssele
sell | selge | sælge
send | sende | sende
sensor | sensor | sensor
service | service | service
setting | innstilling | indstilling
shake, vibrate, vibration | riste, vibrere, vibrasjon | ryste, vibrere, vibration
sharp | skarp, skarpt | skarp, skarpt
shoe | sko | sko
shop, store | butikk | butik
shoulder | skulder | skulder
shower | dusj | bad
sick, ill | syk, syke | syg, syge
sign | skilt | skilt
signal | signal | signal
sleep | sove | sove
slippery | glatt | glat
slow, sluggish, slowly | treg, tregt, sakte, langsom | langsom, langsomt, træg, sløv
smell, stink | lukte, lukt, stinke | lugte, lugt, stinke
smoke | røyk | røg
smooth | jevn, jevnt | jævn, jævnt
snow | snø | sne
soft | myk, mykt | blød, blødt
software | programvare | software
sound, audio | lyd | lyd
spare | reserve | reserve
speaker, loudspeaker | høyttaler | højttaler
speed | fart, hastighet | fart, hastighed
spring | vår | forår
stain | flekk | plet
start | starte | starte
station | stasjon | station
steer, steering | styre, styring | styre, styring
steering wheel | ratt | rat
sticky | klissete | klistret
storage | oppbevaring | opbevaring
strap | reim, stropp | rem, strop
street | gate | gade
strong | sterk, sterkt | stærk, stærkt
stuck | fastlåst | fastlåst
subscription, subscribe | abonnement, abonnere | abonnement, abonnere
summer | sommer | sommer
sun | sol, sola | sol
sunday | søndag | søndag
sunglasses | solbriller | solbriller
sunroof | soltak, takluke | soltag
support | kundestøtte | support
surface | overflate | overflade
suspension | fjæring | affjedring
table | bord | bord
taste | smake, smak | smage, smag
temperature | temperatur | temperatur
text | tekst | tekst
thermostat | termostat | termostat
thick | tykk, tykt | tyk, tykt
thin | tynn, tynt | tynd, tyndt
thursday | torsdag | torsdag
ticket | billett | billet
tight | trang, trangt | snæver, stram
tired | trøtt, sliten | træt
tomorrow | morgendagen | i morgen
touchscreen | berøringsskjerm | berøringsskærm
traffic | trafikk | trafik
train | tog | tog
transfer | overføre, overføring | overføre, overførsel
travel, trip, journey | reise, tur | rejse, tur
tree | tre | træ
tuesday | tirsdag | tirsdag
tunnel | tunnel | tunnel
tyre, tire | dekk | dæk
ugly | stygg | grim
unlock | låse opp | låse op
update, upgrade | oppdatering, oppdatere | opdatering, opdatere
vent, ventilation | dyse, luftedyse, ventilasjon | dyse, luftdyse, ventilation
version | versjon | version
voice | stemme | stemme
wake | vekke | vække
wall | vegg | væg
warning, warn | advarsel, advare | advarsel, advare
warranty, guarantee | garanti | garanti
wash | vaske | vaske
water | vann | vand
weather | vær, været | vejr
website | nettside | hjemmeside
wednesday | onsdag | onsdag
week | uke | uge
weekend | helg | weekend
wet | våt, vått | våd, vådt
wheel | hjul | hjul
width | bredde | bredde
wind | vind | vind
window | vindu, rute, ruta | vindue, rude
windscreen, windshield | frontrute | forrude
winter | vinter | vinter
wiper | visker, vindusvisker | visker, vinduesvisker
wireless | trådløs | trådløs
word | ord | ord
write, wrote, written | skrive, skrev | skrive, skrev
yellow | gul | gul
"""
_ENDINGS = {
    "en": ("e", "s", "es", "ed", "ing", "er"),
    "nb": ("a", "e", "en", "et", "er", "ene", "ens", "ets", "te", "t"),
    "da": ("e", "en", "et", "er", "ene", "erne", "ens", "ets", "te", "t", "ede"),
}
_LONGEST_FIRST = sorted({ending for endings in _ENDINGS.values() for ending in endings}, key=len, reverse=True)
_SHORTEST = 3  # letters of a word that endings are added to
_LONG = 4  # letters of one that a single letter may be added to: *reis* and a t is no journey


@lru_cache(maxsize=50_000)
def meaning_of(form):
    """Return what a form means, in a word that is no form of any; "" when it is not known or could be two things."""
    if form in ANY_STOP_WORD:
        return ""
    listed, stems = _read()
    if form in listed:
        return _only(listed[form])
    found = set()
    for ending in _LONGEST_FIRST:
        stem = form[: len(form) - len(ending)]
        if form.endswith(ending) and (len(stem) >= _LONG or len(ending) > 1):
            found |= {meaning for meaning, language in stems.get(stem, ()) if ending in _ENDINGS[language]}
    return _only(found)


def _only(meanings):
    return next(iter(meanings)) if len(meanings) == 1 else ""


@lru_cache(maxsize=1)
def _read():
    """Return {form: meanings} of the words listed, and {stem: (meaning, language) pairs}."""
    listed: dict = {}
    stems: dict = {}
    for line in _MEANINGS.strip().splitlines():
        meaning = "=" + line.split(" |")[0].split(", ")[0]
        for language, said in zip(_ENDINGS, line.split(" | "), strict=True):
            for form in map(form_of, said.split(", ")):
                listed.setdefault(form, set()).add(meaning)
                if len(form) >= _SHORTEST:
                    stems.setdefault(form.removesuffix("e"), set()).add((meaning, language))
    return listed, stems
