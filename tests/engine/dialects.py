"""Posts of the demo in other words and in the spellings of Norwegian dialects and nynorsk, written for these tests.

Each line: the key of the post in `forum/demo/texts/nb.jsonl`, where people write so, and what they would write.
"""

_LINES = """
nb-001 trøndersk | Telefon'n kople sæ ut mens æ snakke, støtt å stadi
nb-001 trøndersk | Æ mest telefon'n midt i samtal'n så å si kvar einaste dag
nb-002 nynorsk | Varmen i setet er sloken kvar gong eg har stogga for å fylle drivstoff
nb-003 nordnorsk | Dæsjen knirke å brake når det e tjuge kuldegrada
nb-003 trøndersk | Dashbordet knirka som ei gammel seng når det e kaldt ute
nb-004 nynorsk | Vindauga er fulle av dogg straks ungane set seg inn med våte klede
nb-005 trøndersk | Koppen min velt, itj plass te skikkeli termos
nb-006 trøndersk | Skjermen bruk over et minutt på å våkn om mårran
nb-006 vestlandsk | Det tek eit heilt minutt fyrr skjermen kjem i gang um morgonen
nb-007 nordnorsk | Ryggen verke nedantil når æ har sitti ei stund
nb-008 nynorsk | Kartet vil ha meg på ei ferje som er lagd ned
nb-008 trøndersk | Kartet trur det går færje der det e blitt bru
nb-009 nynorsk | Høyrer ikkje kva kona seier når vegdekket er grovt
nb-010 trøndersk | Sjermen e så lys i mørke at æ itj ser reinan på veien
nb-011 vestlandsk | Isofixkrokadn er so gøymde at ein må ha lykt for å finna dei
nb-012 nynorsk | Ungane frys i baksetet endå det er varmt framme
nb-012 trøndersk | Iskaldt bak og varmt framme, ongan må ha lua på
nb-013 nordnorsk | Kall trækk inn mot kneet på førersia
nb-014 trøndersk | Bil'n tar ailltid telefonen te mannen min først, æ vil velg sjøl
nb-015 nynorsk | Barnestolen gøymer beltelåsen så ungen ikkje får spent seg fast sjølv
nb-016 trøndersk | Det tar et heilt sekund fra R te D når æ ska snu
nb-016 vestlandsk | Når eg skal snu tek da ei stund før han går frå revers til drive
nb-019 trøndersk | Passasjersetet bli bærre lunkent, mens mitt steike
nb-020 nordnorsk | Skjermen frøys heilt da æ sku rygge av ferga
nb-020 nynorsk | Ryggekameraet hengde seg opp då eg rygga av ferja
nb-021 nordnorsk | Kan ikkje bil'n tørke dugget før æ kommer ut om mårran
nb-022 nynorsk | Sel ei pakke med lyddemping i hjulbogane
nb-023 vestlandsk | Mobilen dett ned i glipa attmed setet
nb-024 trøndersk | Farten som står på kartet e feil førrbi skolen
nb-025 vestlandsk | CarLink finn ikkje telefonen itte at eg har vore innom butikken
nb-026 nordnorsk | Koffer dogge frontruta på innsia kvær haustmårra
nb-028 nynorsk | Setevarmen burde hugse kva eg valde i går
nb-029 trøndersk | Korsryggen verke etter at æ ha pendla te jobb
nb-031 trøndersk | Itj nån plass å legg våte skistøvla
nb-032 nynorsk | Kartet blir lyst og blendar meg midt på natta når eg kjem ut av tunnelen
nb-035 vestlandsk | Navigasjonen skjønar ikkje at fjellvegen er stengd um vinteren
nb-036 nynorsk | Vis neste ferjeavgang og om eg rekk henne
nb-039 trøndersk | Glastaket smell når det e kaldt å æ kjør over fartshumpa
nb-041 nynorsk | Rattet er i magen når barnestolen står bakoverveg
nb-042 nordnorsk | Airbagen hos babyen slo sæ på av sæ sjøl førr vi hadde oppdatert
nb-042 nynorsk | Airbagen framme slo seg på att etter oppdateringa
nb-046 trøndersk | Æ bei sjukmeldt, å det e setet sin feil
nb-047 nynorsk | Ungane stengjer luftedysane bak
nb-049 nordnorsk | Det står at den e tilkobla, men lyden kjæm fra mobiln
nb-053 trøndersk | Førersetet lukte svidd når varmen står på høgast
nb-056 nynorsk | Eit sete som rører seg litt så ein ikkje stivnar i ryggen
nb-058 trøndersk | Nattmodusen blink kvitt når det kjem ei melding
nb-059 nynorsk | Raudt ljos om natta, slik som i båtar
nb-060 bergensk | Kartet heng etter, så eg svinger for seint
nb-061 vestlandsk | Skjermen e so trege, fire sekund fyrr radioen kjem
nb-063 nordnorsk | Kroken førr handleposan i bagasjerommet knakk
nb-065 trøndersk | Kartet kjenne itj den nye E39, æ kjøre midt på jordet
nb-067 nynorsk | Gje oss tjukkare glas i sidedørene
nb-068 nordnorsk | Det gnage i plasten rundt rattet når æ svinge
nb-069 trøndersk | Temperaturn stemme itj, det står 21 grada å e bærre 17
nb-070 trøndersk | Bikkja i buret bak får itj varme
nb-079 bergensk | Ruten blir grå av dogg når det regner sånn som det gjør her i byen
nb-081 nynorsk | Ein skikkeleg knapp til defrosteren som ein får trykt på med vottar
nb-082 trøndersk | Svart sjerm ei lang stund å så kjem allt på ein gong
nb-084 vestlandsk | Han heng seg upp når eg leitar etter ei adressa
nb-085 nordnorsk | Setevarmen e glemt når start-stopp sett i gang motorn igjen
nb-087 nynorsk | Beina dovnar, eg måtte stogge i vegkanten
nb-088 nynorsk | Korsryggstøtta må hugsast for kvar nykel
nb-089 trøndersk | Itj plass te ei halvannenliters flask nån stan
nb-092 nynorsk | Sola skin i dei blanke listene kring skjermen
nb-094 vestlandsk | Me burde kunna melda feil skilt med ein knapp på rattet
nb-096 nordnorsk | Hylla i bagasjerommet skrangle heile veien nordover
nb-098 nynorsk | Anten tropenatt eller frysar, ingen mellomting
nb-103 trøndersk | Spylern frys te på fjellet
nb-105 nynorsk | Telefonen fell ut når eg set på varmen i bakruta
nb-107 nordnorsk | Det dryppe fra takluka ned i nakken min
nb-109 nordnorsk | Alt vart seigt etter oppdateringa i natt
nb-111 nynorsk | Eg vil skru på setevarmen med appen før eg går ut i bilen
nb-112 trøndersk | Isjias itte langtur, skummet i setet e itj godt nok
nb-115 nynorsk | Ei bøtte til bos i dørlomma
nb-117 nordnorsk | Lyse fra dørhandtaket speile sæ i ruta
nb-118 vestlandsk | Han sende meg tvers gjennom Oslo for å spara eit minutt
nb-127 nynorsk | Barnestolen vinglar sidan puta i setet er for mjuk
nb-128 trøndersk | Filholdern dræg mæ mot grøfta når det itj e gul strek
nb-129 nordnorsk | Håndbrekket frøys fast i løpet av natta
nb-130 nynorsk | Parkeringspipet vekkjer ungen, det burde vere lågare
nb-133 nordnorsk | Etter at æ fikk større hjul høre æ ikkje dæm som sitt bak
nb-137 nynorsk | Steng pollenet ute av seg sjølv om våren
nb-140 trøndersk | Bremspedaln sank mens æ sto å venta på grønt lys
nb-141 nynorsk | Ein underleg låt i motoren ved 1700 omdreiingar
nb-146 vestlandsk | Det er ingen haldar til ladekabelen, så han hamnar under pedalane
nb-148 nordnorsk | Motlyd i høgtaleran mot duren
nb-150 vestlandsk | Hunden pustar so ruto bak doggar heilt til
nb-151 nynorsk | Spesialstolen til dottera vår passar ikkje i isofix-festa
"""


def paraphrases():
    """Return a list of (key of the post, where people write so, how they would write it)."""
    found = []
    for line in _LINES.strip().splitlines():
        head, said = line.split(" | ")
        found.append((*head.split(" ", 1), said))
    return found
