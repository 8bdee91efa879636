"""Words that say nothing of what a post is about: our own short lists, per language.

The usual lists swallow *back, side, front, top, bottom, system*, which are parts of a car's cabin;
these hold function words, contractions and courtesies alone.
"""

_EN = """
a about after again against all almost also although always am among an and another any anyone anything
are as at be because been before being between both but by can cannot could did do does doing done during
each either else even ever every everything few for from get gets getting go goes going gone got had has
have having he hence her here hers him himself his how however i if in into is it its itself just let lot
lots made make makes many may maybe me might mine more most much must my myself neither never no nor not
nothing now of often on once one only onto or other others our ours out over own per perhaps quite rather
really same say says seem seems shall she should since so some someone something sometimes somewhat still
such than that the their theirs them themselves then there therefore these they thing things this those
though through thus to too toward towards under unless until up upon us use used using usually very was
way we well went were what whatever when where whether which while who whole whose why will with within
without would yes yet you your yours yourself im ive id ill youre dont doesnt didnt isnt wasnt cant
couldnt wont wouldnt shouldnt havent hasnt hadnt arent werent thats theres whats lets i'm i've i'd i'll
you're you've you'll he's she's it's we're we've they're they've don't doesn't didn't isn't wasn't can't
couldn't won't wouldn't shouldn't haven't hasn't hadn't aren't weren't that's there's what's let's it'll
ain't
"""

_NB = """
alle alltid altfor andre at av bare ble bli blir blitt bort bruke bruker bruk både da de deg dem den denne
der dere deres derfor dersom det dette din dine disse ditt du eller en ene eneste enn er et ett etter for
fordi fra fram får før få gang ganger ganske gjennom gjorde gjort gjør gjøre går gå ha hadde han har hans
hele helt henne hennes her hva hvem hver hvert hvilke hvilken hvis hvor hvordan hvorfor i igjen ikke ingen
ingenting inn innen jeg kan kanskje kom komme kommer kun kunne la lage litt man mange med meg mellom men
mens mer mest mine min mitt mot mye må måte måtte na ned nesten no noe noen nok nå når nær også og om opp
oss over på rundt samme seg selv si sier siden sin sine sitt sjøl skal skulle slik slike som så sånn ta
tar til um under ut uten var ved vel veldig vi vil ville være vært vår våre vårt å én
"""

_DA = """
af alle alligevel altid anden andet andre at bare blev blive bliver blevet brug bruge bruger både da de
dem den denne der deres derfor det dette dig din dine disse dit du efter ej eller en end endnu er et for
fordi fra frem får få før gang gange ganske gennem gjorde gjort god godt gør gøre går gå ham han hans har
havde have hele helt hende hendes her hos hun hvad hvem hver hvert hvilke hvilken hvis hvor hvordan
hvorfor i igen igennem ikke ind indtil ingen intet ja jeg jer jeres jo kan kom komme kommer kun kunne lade
lave lidt lige man mange med meget mellem men mens mere mest mig min mine mit mod må måde måske måtte ned
nej noget nogen nogle nok nu når næsten og også om op os over på rundt samme selv sig sige siger siden sin
sine sit skal skulle som så sådan tag tage tager til ud uden under var ved vel vi vil ville vor vores være
været
"""

_COURTESY_EN = """
appreciate appreciated bye cheers dear greetings guys hello help hey hi hope kindly ok okay please pls plz
regards sincerely sorry thank thanks thanx thx welcome wish
"""
_COURTESY_NB = """
beklager hei heisann hilsen håper kjære mvh ok takk takker tusen unnskyld vennlig vennligst vær snill
snille ønsker
"""
_COURTESY_DA = """
beklager goddag hej hilsen håber kære mvh ok tak takker tusind undskyld venlig venlige venligst vær sød
søde ønsker
"""

_VAGUE = """
again always bad best better big bit car day days different easy every excellent far feel few fine first five four
full good great hour hours last like little long look looks love minute minutes month months new next nice old part
problem problems right second seconds see short small stuff take takes third three time times today try turn two want
way week weeks work works worse worst year years zero
alltid beste bedre bra dag dager dårlig dårligere enkel fem fire fin finne finner fint flere første får god gode godt
gammel ganger hel helt kjør kjører kjøre liten lille litt lang lange lenge minutt minutter måned måneder neste nye ny
nytt par prøve se ser sekund sekunder siste stor store sånn ta tid timer to tre uke uker vil ønsker år
altid bedre bedste dage dårlig dårligere enkel fem fin fint finde finder fire flere første få gammel gange hel helt
kør kører køre lang lange lille længe lidt minut minutter måned måneder næste ny nye nyt par prøve se ser sekund
sekunder sidste stor store tage tager tid timer to tre uge uger vil år
"""

FUNCTION_WORDS = {
    "en": frozenset(_EN.split()),
    "nb": frozenset(_NB.split()),
    "da": frozenset(_DA.split()),
}
COURTESIES = {
    "en": frozenset(_COURTESY_EN.split()),
    "nb": frozenset(_COURTESY_NB.split()),
    "da": frozenset(_COURTESY_DA.split()),
}
STOP_WORDS = {code: FUNCTION_WORDS[code] | COURTESIES[code] for code in FUNCTION_WORDS}
# They say something about a post, but as the name of a theme they would say nothing.
VAGUE = frozenset(_VAGUE.split())
ANY_COURTESY = frozenset().union(*COURTESIES.values())
# For a post whose language nobody knows: a word must be empty in one of the three to be dropped.
ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())
