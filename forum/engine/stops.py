"""Words that say nothing of what a post is about: our own short lists, per language.

The usual lists swallow *back, side, front, top, bottom, system*, which are parts of a car's cabin;
these hold function words, contractions and courtesies alone.
"""

_EN = """
a about after again against all almost also although always am among an and another any anyone anything are as at be
because been before being between both but by can cannot could did do does doing done during each either else even
ever every everything few for from get gets getting go goes going gone got had has have having he hence her here hers
him himself his how however i if in into is it its itself just let lot lots made make makes many may maybe me might
mine more most much must my myself neither never no nor not nothing now of often on once one only onto or other others
our ours out over own per perhaps quite rather really same say says seem seems shall she should since so some someone
something sometimes somewhat still such than that the their theirs them themselves then there therefore these they
thing things this those though through thus to too toward towards under unless until up upon us use used using usually
very was way we well went were what whatever when where whether which while who whole whose why will with within
without would yes yet you your yours yourself im ive id ill youre dont doesnt didnt isnt wasnt cant couldnt wont
wouldnt shouldnt havent hasnt hadnt arent werent thats theres whats lets i'm i've i'd i'll how's who's where's here's
when's how'd you're you've you'll he's she's it's we're we've they're they've don't doesn't didn't isn't wasn't can't
couldn't won't wouldn't shouldn't haven't hasn't hadn't aren't weren't that's there's what's let's it'll ain't
"""

_NB = """
alle alltid alt altfor andre at av bare ble bli blir blitt bort bruke bruker bruk både da de deg dem den denne
der dere deres derfor dersom det dette din dine disse ditt du eller en ene eneste enn er et ett etter for
fordi fra fram får før få gang ganger ganske gjennom gjorde gjort gjør gjøre går gå ha hadde han har hans
hele helt henne hennes her hva hvem hver hvert hvilke hvilken hvis hvor hvordan hvorfor i igjen ikke ingen
ingenting inn innen jeg kan kanskje kom komme kommer kun kunne la lage litt man mange med meg mellom men
mens mer mest mine min mitt mot mye må måte måtte na ned nesten no noe noen nok nå når nær også og om opp
oss over på rundt samme seg selv si sier siden sin sine sitt sjøl skal skulle slik slike som så sånn ta
tar til um under ut uten var ved vel veldig vi vil ville være vært vår våre vårt å én
"""

_DA = """
af alle alligevel alt altid anden andet andre at bare blev blive bliver blevet brug bruge bruger både da de
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

_VAGUE_EN = """
able absolutely actually again ago already always anymore appear asked asking available away bad become believe best
better bought bring brought buy came change changed check come comes coming completely course currently day days
decided definitely different difficult easily easy enough especially every everybody everyone exactly excellent expect
expected extremely eye fact fairly far feel feels felt few figure final finally find finding fine first five forever
found four full fully further gave give given gives giving glad good great guess hand happen happened happens happy
hard hear heard high hour hours idea instead keep keeps kept kind knew know known last least leave left less level
like little live loads long longer look looked looking looks lose love low main major making manage mean means mention
minute minutes month months morning near nearly need needed needs new next nice normal normally number old option
ordinary original overall own page particular people person place placed plenty plus point possible pretty previous
properly put puts quick quickly read real reason receive received recently regular right round run running said saw
say saying second seconds see seeing seen send sent set show showed showing shows simple simply single soon sort start
started starts state stay still stop stopped stops strange stuff sure take taken takes taking talk tell telling
terrible tested think thinking third thought three time times today tomorrow tonight took totally tried tries true try
trying turn turned two type unfortunately usual version via wait want wanted wants watch way week weeks wish wonder
wondering work worked working works worse worst year years yesterday zero monday tuesday wednesday thursday friday
saturday sunday january february april june july august september october november december
"""
_VAGUE_NB = """
alltid andre annet beste bedre bra burde dag dagen dager dårlig dårligere egen egentlig eget egne enda enkel enkelt
fem fikk fire fin finn finne finner fint flere flott forrige fort fortsatt først første får god gode godt gammel
ganger gi gir gitt helst hel helt hente hjelp hjelper holde holder hører høre hvorvidt i-dag idag imorgen kaller kjent
kjør kjører kjøre klarer klart klokka klokken klokke kommet lang lange langt legg legge legger lenge lenger liker
liten like lite lille litt mangler mener minutt minutter måned måneder morgen nest neste noensinne nye ny nytt par
plutselig prøv prøve prøvd prøver rett riktig sa satt se ser sekund sekunder selve sette setter sist siste sitte
sitter sitt skjer skjønner skrev snart stadig står stå store stor sted stedet sterkt sånn ta tenker tid timer time to
tre tredje trenger tror uka uke uker vanlig vanligvis veldig vent vente venter vet vil vis vise viser virker virke
ønsker år året mandag tirsdag onsdag torsdag fredag lørdag søndag helga helgen januar februar mars april mai juni juli
august september oktober november desember
"""
_VAGUE_DA = """
altid andet bedre bedste burde dag dagen dage dårlig dårligere egentlig eget egen egne ellers endda enkel enkelt fem
fandt fik fin fint find finde finder fire flere forrige fortsat først første få gammel gange gerne giv give giver
givet hel helst helt hente hjælp hjælper holde holder hver høre hører kender kørt kør kører køre klokken lang lange
langt lave laver lille læg lægge lægger længe længere ligger mangler mener minut minutter måned måneder morgen mærker
næste ny nye nyt nødt okay par pludselig prøv prøve prøver rette rigtig rigtigt sagde sat se ser sekund sekunder selve
sidder sidste sikker skrev snart stadig stand sted stedet stor store står synes sæt sætte sætter tage tager tid time
timer to tre tredje tror uge ugen uger ved vent vente vis vise viser vil virker år året mandag tirsdag onsdag torsdag
fredag lørdag søndag weekenden januar februar marts april maj juni juli august september oktober november december lad
"""
# Likewise alone, but not beside a word that says what: *small boot*, *transmission problems*.
_VAGUE_ALONE_EN = """
back big bigger bit bottom car cars end front issue issues large larger part parts problem problems short side sides
small smaller thin top trouble wrong
"""
_VAGUE_ALONE_NB = """
bak bil biler bilen dele deler del problem problemer problemet side siden feil
"""
_VAGUE_ALONE_DA = """
bag bil biler bilen del dele problem problemer problemet side siden
"""

# Everyday words that one of bokmål and Danish spells otherwise or does without.
_BOKMAL_ALONE = """
av avspill bagasjerom bagasjerommet bakover barnesete begynne begynner bilde bilder bildet bok boka boken bruk bruke
bruker brukt etter ettermiddag ettermiddagen etterpå farge farger femti finne finner forsete fram framme framover
fremover funker førti gate gater gi gir gjennom gjerne helg helga helgen hjelp hjelpe hjemme hva hvit høy
høyere høyre høyt kino kinoen kjenne klokka koble kobler kopp kreve krever kveld kvelden kvinne ledd legg legge legger
lese mann meg merker mye nitti noe noen nå nåværende oppdater oppdatere oppdatering oppe oppover plass plassen poeng
påminnelse påminnelsen påminnelser ruta rute rygg seksti setet sjekk sjekke skjerm skjermen skru skrudd slik slå
snakke snakker snø snøen snør spillelista spilleliste språk språket støy støyen sytti tilbud tjue tretti uka uke uken
ukene uker utenfor utenom vei veien veiene veier veldig vennligst vær værmelding værmeldingen åpen åpent åpne åpner
åtti
"""
_DANISH_ALONE = """
af afspil afspille afvis bag bagagerum bagagerummet bagved barnestol bedøm bedømme bedømmelse begynde begynder bestil
billede billeder billedet biograf biografen biograftider blive bliver bog bogen brug bruge bruger brugt efter
eftermiddag eftermiddagen farve farver find finde finder firs forkert fremad fyrre gade gader gerne giv give giver
halvfems halvfjerds halvtreds hjælp hjælpe hvad hvid hvornår høj højere højre højt ind indtil kabine kabinen kende
kold koldt kop kvinde købe køber kørsel lidt læg lægge lægger læse mad maden mand mig minut noget nogle nu op opad
opdater opdatere opdateret opdatering point påmindelse påmindelsen påmindelser rude ruden ryg sig skærm skærmen sluk
slukke slukker sne snevejr spil sprog sproget støj støjen synes sådan sæde sædet sæt sætte sætter tilføj tilføje
tilføjer tjek tjekke trafik tredive tres tyve tænd tænde tænder tænke ud ude udenfor udover uge ugen uger ugerne vej
veje vejen vejene vejr vejret vejrudsigt vejrudsigten venligst væk åben åbent åbn åbne åbner
"""

# Words that are small in one language and say something in another, by the language in which they do.
MEANT_ELSEWHERE = {
    "en": "bare den dig dine end gang god ham inn lade man mod sin sit tag tar",
    "nb": "by lett let most do get",
    "da": "by let lette do most get",
}
_ARTICLES = """
a an the this that these those my your our his her its their no any some each every another of in on with for
en et ei den det denne dette de disse min mitt mine din ditt dine hans hennes deres vår vårt våre ingen hver hvert
mit dit hendes vores ingen hvert disse i på av af til med for fra ved under
"""
_BEINGS = """
is are was were be been being am isn't aren't wasn't seems seem feels feel looks look gets get got stays stay
er var blir ble være vært virker føles bli bliver blev været virker
"""
_ADVERBS = """
too very so really quite not more less most much far way rather extremely pretty bit
for veldig så ganske ikke mer mindre mye altfor meget mere temmelig noget litt lidt alt
"""
_SUBJECTS = """
i you we they he she to can can't cannot could couldn't will won't would wouldn't should shouldn't must may might
do don't does doesn't did didn't please let's it
jeg vi man han hun de du å at kan kunne skal skulle vil ville må måtte bør som det
"""
_LINKS = """
of per for in on to the with at and or from my as by
i på av til med og for fra per om ved den det under mellom
af til ved
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
BOKMAL_ALONE = frozenset(_BOKMAL_ALONE.split())
DANISH_ALONE = frozenset(_DANISH_ALONE.split())
VAGUE = {code: frozenset(words.split()) for code, words in (("en", _VAGUE_EN), ("nb", _VAGUE_NB), ("da", _VAGUE_DA))}
VAGUE_ALONE = {
    "en": frozenset(_VAGUE_ALONE_EN.split()),
    "nb": frozenset(_VAGUE_ALONE_NB.split()),
    "da": frozenset(_VAGUE_ALONE_DA.split()),
}
ANY_COURTESY = frozenset().union(*COURTESIES.values())
# For a post whose language nobody knows: a word must be empty in one of the three to be dropped.
ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())
ARTICLES, BEINGS, ADVERBS, SUBJECTS, LINKS = (
    frozenset(words.split()) for words in (_ARTICLES, _BEINGS, _ADVERBS, _SUBJECTS, _LINKS)
)
BEYOND = frozenset({"too", "for", "altfor"})  # the adverbs that make a complaint of a quality
PARTICLES = frozenset({"up", "off", "out", "down", "opp", "av", "ut", "ned", "op", "af", "ud"})
# In no name, by the language of the post: small words and courtesies of all three languages.
BARRED = {code: ANY_STOP_WORD - frozenset(words.split()) | STOP_WORDS[code] for code, words in MEANT_ELSEWHERE.items()}
