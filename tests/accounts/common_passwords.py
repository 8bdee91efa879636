"""Writes forum/accounts/common_passwords.txt: `python -m tests.accounts.common_passwords`.

Twelve characters are asked for, so what people make of the words they all choose is what gets tried
first: the word twice, a number or a year behind it, two such words in a row. The words are those that lists of
leaked passwords start with, as far as they are words of English, Norwegian or Danish, names, and runs of keys.
"""

from forum.accounts.passwords import COMMON, SHORTEST

FAVOURITES = """
password passwort passord adgangskode kodeord hemmelig hemmelighet hemmelighed secret letmein welcome velkommen
iloveyou jegelskerdeg jegelskerdig elskerdeg elskerdig princess prinsesse prinsessa sunshine solskinn solskin
football fotball fodbold baseball basketball superman batman spiderman ironman monkey dragon master shadow
trustno1 whatever qwerty qwertyuiop qwerty123 asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc 1q2w3e 1q2w3e4r
1qaz2wsx 1qaz2wsx3edc q1w2e3r4 abc123 abcd1234 123456 12345678 123456789 1234567890 0987654321 987654321 123123
123321 654321 112233 121212 111111 000000 666666 777777 888888 999999 123qwe qwe123 asd123 zaq12wsx passw0rd
pass1234 pass123 admin admin123 administrator root toor guest user test test123 testing tester demo changeme
default login signin access server computer internet google facebook instagram youtube twitter whatsapp snapchat
microsoft windows apple samsung iphone android nokia linux ubuntu network system security manager company office
account member customer service support flower flowers blomst blomster butterfly sommerfugl rainbow regnbue
chocolate sjokolade chokolade cookie cookies candy sugar honey pepper ginger banana orange cherry strawberry
jordbær jordbaer lemon apple coffee kaffe pizza summer sommer winter vinter autumn spring høst host efterår
january february march april june july august september october november december januar februar juni juli
oktober desember monday tuesday wednesday thursday friday saturday sunday mandag tirsdag onsdag torsdag fredag
lørdag lordag søndag sondag christmas julenisse julemanden birthday
"""

NAMES = """
michael jennifer jessica jordan ashley daniel andrew joshua matthew thomas robert charlie william jasmine
michelle nicole samantha anthony amanda christopher elizabeth victoria alexander alexandra benjamin jonathan
stephanie patrick natalie hannah madison taylor brandon justin austin tyler richard george harley maggie sophie
chloe oliver olivia emma noah lucas jakob jacob isabella isabel henrik kristian christian kristoffer christoffer
magnus martin anders andreas thomas mathias mathilde mads mikkel rasmus søren soren jesper kasper casper
frederik fredrik jonas tobias sebastian emil viktor oscar oskar elias aksel ingrid astrid solveig sigrid marit
kari ola nils lars erik hansen johansen olsen larsen andersen pedersen nielsen jensen rasmussen christensen
sørensen kristiansen nilsen karlsen johannes johanne caroline camilla cecilie charlotte christina kristina
katrine kathrine louise line marie maria martine silje susanne therese tonje trine ida julie nora sara sofie
thea malin malene mette lene
"""

LIKED = """
arsenal liverpool chelsea manchester manutd tottenham everton barcelona realmadrid juventus rosenborg brann
vålerenga valerenga viking lillestrøm lillestrom molde brøndby brondby københavn kobenhavn midtjylland aalborg
norge norway danmark denmark england scotland ireland america london newyork paris berlin oslo bergen trondheim
stavanger tromsø tromso aarhus odense esbjerg ferrari porsche mercedes mustang corvette camaro toyota honda
nissan mazda suzuki yamaha harley kawasaki ducati volvo saab skoda peugeot renault citroen volkswagen beetle
passat golf audi tesla hyundai ford pokemon pikachu minecraft fortnite roblox nintendo playstation xbox starwars
startrek matrix gandalf hobbit frodo voldemort hogwarts harrypotter hellokitty mickey minnie donald simpsons
southpark naruto zelda mario sonic metallica slipknot nirvana eminem beatles elvis madonna rihanna beyonce
justinbieber hunter killer ranger soldier warrior knight samurai ninja pirate wizard phoenix falcon eagle tiger
lion panther jaguar wolf bear buffalo stallion unicorn dolphin turtle penguin kitten kitty puppy doggy hund
hunden katt katten kat buster rocky lucky lucy molly bella max bailey sparky snoopy garfield scooby diamond
silver golden crystal purple yellow green black white orange sunset sunrise ocean island mountain forest river
thunder lightning storm hurricane fire freedom frihet frihed peace love forever together family familie friend
friends venner happy lykkelig smile angel engel heaven jesus christ blessed faith hope believe dream dreamer
lover loveme fuckyou fuckoff asshole bitch sexy sexyme hottie babygirl babyboy beautiful pretty cutie darling
skatt skat sweetheart kjæreste kaereste kjaereste mamma pappa mommy daddy brother sister mother father
"""

HERE = """
cabin forum customer customers kunde kunder kundeforum feedback complaint complaints klage klager idea ideas
ideer innovation innovasjon carcabin mycabin mycar minbil bilen seats steering gearshift engine motor dashboard
community
"""

NUMBERS = ("1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "007", "666", "777", "321")
YEARS = tuple(str(year) for year in (*range(1985, 2001), *range(2019, 2028)))

PHRASES = """
correcthorsebatterystaple correcthorsebattery letmeinplease letmeinnow openthedoor opensesame sesameopen
thisismypassword mypasswordis thisispassword passwordispassword mypassword123 mynewpassword newpassword123
ihatepasswords iforgotmypassword forgotpassword whatismypassword dontforgetit rememberme123 nopasswordhere
youshallnotpass maytheforcebewithyou maytheforce iamyourfather winteriscoming iloveyousomuch iloveyouforever
iloveyoubaby ilovemyself ilovemyfamily ilovemydog ilovemycat ilovemymom ilovemykids ilovemylife ilovemusic
ilovefootball ilovechocolate ilovepizza ihateyou12345 iamthebest123 imthebest1234 theoneandonly thebestever
goodmorning123 goodnight1234 happybirthday happybirthday1 merrychristmas happynewyear helloworld123 hello1234567
hellohello123 howareyoutoday whoareyou123 whatthehell1 whatthefuck1 fuckyoubitch fuckyouall123 lordoftherings
harrypotter7 starwarsfan1 unitedstates unitedkingdom newyorkcity1 losangeles12 qwertyqwerty qwerty123456
qwerty1234567 asdfghjkl123 asdfasdfasdf zxcvbnm12345 qazwsxedcrfv 1qaz2wsx3edc4rfv 1q2w3e4r5t6y qwer1234asdf
abcdefghijkl abcdefg12345 abc123456789 abcabcabc123 aabbccddeeff a1b2c3d4e5f6 1a2b3c4d5e6f 123abc456def
passordpassord jegelskerdeg1 jegelskerdig1 velkommentilbake hemmeligpassord mittpassord123 mitpassword12
ditpassword123 detteeretpassord deterhemmelig sommerogsol123 gladijul12345 godtnyttår123 godtnytaar123
hvadsomhelst1 hvasomhelst1
"""


def passwords() -> list[str]:
    """Every entry, sorted: the words themselves, and what of twelve characters or more people make of them."""
    favourites = set(FAVOURITES.split())
    words = sorted(favourites | {*NAMES.split(), *LIKED.split(), *HERE.split()})
    made = {*words, *PHRASES.split()}
    for word in words:
        made |= {word * times for times in (2, 3, 4) if SHORTEST <= len(word) * times <= 20}
        endings = (*NUMBERS, *YEARS) if word in favourites else (*NUMBERS, *YEARS[-5:])
        made |= {word + ending for ending in endings if SHORTEST <= len(word + ending) <= 20}
        made |= {start + word for start in ("ilove", "my", "the", "super") if SHORTEST <= len(start + word) <= 20}
    return sorted(made)


if __name__ == "__main__":
    COMMON.write_text("\n".join(passwords()) + "\n", encoding="utf-8")
    print(f"{len(passwords())} common passwords written.")
