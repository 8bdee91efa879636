"""A small corpus of our own: what people say of five things in a car, in the words they would use."""

ENGLISH = {
    "seats": """
        The driver seat hurts my lower back after an hour on the motorway
        My back is stiff every time I get out of this seat
        The lumbar support pushes in the wrong place and my spine aches
        Seat cushion is far too hard for long drives
        I need a pillow behind my back to sit comfortably in the front seat
        The front seats lack side support and my hips ache
        After two hours in the seat my legs go numb
        Please make the seat cushion longer so that my thighs get support
        The headrest of the driver seat pushes my neck forward
        Lumbar adjustment on the passenger seat would save my back
        The leather seat is slippery and my back never finds rest
        Back pain again after a long drive, the seat is to blame
        The seat padding collapsed after a year and I feel the frame
        My wife cannot adjust the passenger seat high enough for her back
        Seats this hard should not be sold to people with a bad back
        Even with the lumbar support fully out the seat hurts my spine
    """,
    "bluetooth": """
        My phone loses the bluetooth connection in the middle of a call
        Bluetooth drops every time a message arrives on the phone
        The phone has to be paired again every morning
        Calls by bluetooth cut out after a minute
        The car forgets my phone and asks to pair it again
        Music from my phone stutters over bluetooth
        Pairing a second phone disconnects the first one
        Callers hear an echo when I phone by bluetooth
        The bluetooth menu freezes while the phone connects
        My wife's phone connects instead of mine although mine was paired first
        No sound from the phone until I switch bluetooth off and on
        The phone says connected but the call stays in the handset
        Contacts from the phone never show after pairing
        Bluetooth audio lags behind the video on the phone
        A call ends the bluetooth connection for good
        Reconnecting the phone by hand after each stop is tiresome
    """,
    "climate": """
        The air conditioning takes ages to cool the cabin in summer
        Cold air blows at my feet while my face is hot
        The heater needs twenty minutes to warm the cabin
        The fan is noisy on full and still the air is cold
        The climate control never holds the temperature I set
        Air from the vents smells musty when the air conditioning starts
        The rear passengers get no warm air at all
        Automatic climate control blows cold air in winter
        The temperature jumps between freezing and boiling
        The vent in the middle cannot be turned away from my hands and blows cold air
        Heating stops when the engine is off and the cabin cools at once
        The air conditioning drips water on the carpet
        I set the temperature to twenty one and the fan blows like mad
        One side of the cabin is warm and the other is cold
        The fan only has two useful speeds for cold air
        Warm air fades from the vents as soon as I stop at lights
    """,
    "noise": """
        There is a rattle behind the dashboard on rough roads
        Wind noise at the windows is loud above ninety
        The road noise on the motorway drowns the radio
        Something in the boot lid squeaks on every bump
        A loud rattle comes from the door when the music is on
        Tyre noise is terrible on coarse asphalt
        The trim by the window creaks and rattles in the cold
        The squeak from the dashboard drives me mad
        Wind whistles around the mirror and the noise tires me
        I cannot talk to the children behind me for road noise
        The sunroof rattles on cobbles
        A humming noise starts at eighty and gets louder
        The glove box rattles like a tin can on bumps
        Rattles have moved from the dashboard to the doors
        Noise from the rear wheels is loud on wet roads
        The whole dashboard buzzes and squeaks on rough roads
    """,
    "storage": """
        The cup holder is too small for my bottle
        The glove box barely holds the manual
        There is nowhere to put a bottle in the door pocket
        The boot has no room for a pram and two bags
        A large cup falls out of the cup holder in bends
        The lid of the storage box between us broke
        I miss a storage box for glasses and coins
        Door pockets are so narrow that a wallet gets stuck
        The boot floor has no hooks for shopping bags
        My water bottle rolls around because no holder fits it
        The box under the armrest is too shallow for anything
        The glove box cannot be locked and is tiny
        More room for bags under the boot floor would help
        Two cup holders for five people are a joke
        A holder for bottles in the rear doors is missing
        The boot is wide but too shallow for our bags
    """,
}
BOKMAL = {
    "seats": """
        Førersetet gir meg vondt i korsryggen etter en time
        Setet er altfor hardt på lange turer
        Korsryggstøtten treffer feil sted og ryggen verker
        Setene foran mangler sidestøtte
        Beina dovner etter to timer i dette setet
        Jeg trenger en pute bak ryggen i førersetet
        Nakkestøtten på setet presser hodet fram
        Seteputen er for kort for lange bein
        Ryggen min blir stiv av dette setet
        Passasjersetet kan ikke heves nok for ryggen hennes
        Skinnsetet er glatt og ryggen får aldri hvile
        Vondt i ryggen igjen, og setet har skylden
    """,
    "bluetooth": """
        Telefonen mister bluetooth midt i en samtale
        Bluetooth faller ut når det kommer en melding på telefonen
        Telefonen må kobles til på nytt hver morgen
        Samtaler over bluetooth brytes etter et minutt
        Bilen glemmer telefonen min og vil koble til igjen
        Musikken fra telefonen hakker over bluetooth
        En telefon til kobler ut den første
        De jeg ringer hører ekko over bluetooth
        Menyen for bluetooth fryser mens telefonen kobler til
        Ingen lyd fra telefonen før bluetooth slås av og på
        Telefonen sier tilkoblet, men samtalen blir i håndsettet
        Kontaktene fra telefonen vises aldri etter tilkobling
    """,
    "climate": """
        Klimaanlegget bruker evigheter på å kjøle kupeen
        Kald luft blåser på føttene mens ansiktet er varmt
        Varmeapparatet trenger tjue minutter på å varme kupeen
        Viften bråker på fullt, og luften er fortsatt kald
        Klimaanlegget holder aldri temperaturen jeg stiller inn
        Luften fra dysene lukter muggent
        De bak får ikke varm luft i det hele tatt
        Automatikken blåser kald luft om vinteren
        Temperaturen hopper mellom iskaldt og kokende
        Varmen stopper når motoren er av, og kupeen blir kald
        Jeg stiller temperaturen på tjueen, og viften går amok
        Den ene siden av kupeen er varm og den andre kald
    """,
}
DANISH = {
    "seats": """
        Førersædet giver mig ondt i lænden efter en time
        Sædet er alt for hårdt på lange ture
        Lændestøtten rammer det forkerte sted, og ryggen værker
        Forsæderne mangler sidestøtte
        Benene sover efter to timer i dette sæde
        Jeg har brug for en pude bag ryggen i førersædet
        Nakkestøtten på sædet presser hovedet frem
        Sædehynden er for kort til lange ben
        Min ryg bliver stiv af dette sæde
        Passagersædet kan ikke hæves nok til hendes ryg
        Lædersædet er glat, og ryggen får aldrig hvile
        Ondt i ryggen igen, og sædet har skylden
    """,
    "bluetooth": """
        Telefonen mister bluetooth midt i en samtale
        Bluetooth falder ud, når der kommer en besked på telefonen
        Telefonen skal parres igen hver morgen
        Opkald over bluetooth afbrydes efter et minut
        Bilen glemmer min telefon og vil parre igen
        Musikken fra telefonen hakker over bluetooth
        En telefon mere kobler den første fra
        De, jeg ringer til, hører ekko over bluetooth
        Menuen for bluetooth fryser, mens telefonen forbinder
        Ingen lyd fra telefonen, før bluetooth slås fra og til
        Telefonen siger forbundet, men samtalen bliver i håndsættet
        Kontakterne fra telefonen vises aldrig efter parring
    """,
    "climate": """
        Klimaanlægget er evigheder om at køle kabinen
        Kold luft blæser på fødderne, mens ansigtet er varmt
        Varmeapparatet skal bruge tyve minutter på at varme kabinen
        Blæseren larmer på fuld kraft, og luften er stadig kold
        Klimaanlægget holder aldrig den temperatur, jeg indstiller
        Luften fra dyserne lugter muggent
        Dem på bagsædet får slet ingen varm luft
        Automatikken blæser kold luft om vinteren
        Temperaturen hopper mellem iskoldt og kogende
        Varmen stopper, når motoren er slukket, og kabinen bliver kold
        Jeg sætter temperaturen til enogtyve, og blæseren går amok
        Den ene side af kabinen er varm og den anden kold
    """,
}


def posts(sentences=ENGLISH):
    """Return (texts, the theme that each was written for)."""
    pairs = [(line.strip(), theme) for theme, lines in sentences.items() for line in lines.strip().splitlines()]
    return [text for text, _ in pairs], [theme for _, theme in pairs]


def three_languages():
    """Return (texts, the theme of each, language codes); only themes that all three speak of."""
    texts, themes, languages = [], [], []
    for code, sentences in (("en", ENGLISH), ("nb", BOKMAL), ("da", DANISH)):
        found, names = posts({theme: sentences[theme] for theme in BOKMAL})
        texts += found
        themes += names
        languages += [code] * len(found)
    return texts, themes, languages
