"""Facts of four openly licensed or public-domain films, as the stand-ins tell them.

TMDB and IMDb ids of the films are the real ones; ids of people and companies are made up, from 900000 on. Big Buck
Bunny has no cast and Sintel has two voices: so do the films.
"""

from datetime import date

from deployments.demo.film import (
    DIGITAL,
    PREMIERE,
    THEATRICAL,
    CastMember,
    Company,
    CrewMember,
    Film,
    Release,
    Translation,
)

BLENDER_FOUNDATION = Company(900100, "Blender Foundation", "NL")
PRODUCER = CrewMember(900101, "Ton Roosendaal", "Production", "Producer")
COMPOSER = CrewMember(900102, "Jan Morgenstern", "Sound", "Original Music Composer")

SINTEL = Film(
    tmdb_id=45745,
    imdb_id="tt1727587",
    title="Sintel",
    original_title="Sintel",
    original_language="en",
    release_date=date(2010, 9, 27),
    runtime_minutes=15,
    tagline="She raised it. Then she lost it.",
    overview="A young woman who lives alone nurses a wounded dragon hatchling. When a grown dragon carries it off, she "
    "sets out across ice and desert to bring it home, and does not notice how long she has been walking.",
    genres=("Animation", "Fantasy", "Adventure"),
    companies=(BLENDER_FOUNDATION,),
    countries=("NL",),
    crew=(
        CrewMember(900103, "Colin Levy", "Directing", "Director"),
        CrewMember(900104, "Esther Wouda", "Writing", "Screenplay"),
        CrewMember(900105, "Martin Lodewijk", "Writing", "Story"),
        PRODUCER,
        COMPOSER,
    ),
    cast=(CastMember(900106, "Halina Reijn", "Sintel (voice)"), CastMember(900107, "Thom Hoffman", "Shaman (voice)")),
    releases=(Release("NL", date(2010, 9, 27), PREMIERE), Release("US", date(2010, 9, 30), DIGITAL, "NR")),
    vote_average=7.2,
    vote_count=531,
    keywords=("dragon", "short film", "open source"),
    trailer="eRsGyueVLvQ",
)

BIG_BUCK_BUNNY = Film(
    tmdb_id=10378,
    imdb_id="tt1254207",
    title="Big Buck Bunny",
    original_title="Big Buck Bunny",
    original_language="en",
    release_date=date(2008, 4, 10),
    runtime_minutes=10,
    tagline="Even a gentle giant has his limits.",
    overview="A big, good-natured rabbit enjoys a fine morning until three rodents kill a butterfly and pelt him with "
    "nuts for fun. He goes home, thinks it over, and prepares an answer they will remember.",
    genres=("Animation", "Comedy", "Family"),
    companies=(BLENDER_FOUNDATION,),
    countries=("NL",),
    crew=(
        CrewMember(900108, "Sacha Goedegebure", "Directing", "Director"),
        CrewMember(900108, "Sacha Goedegebure", "Writing", "Writer"),
        PRODUCER,
        COMPOSER,
    ),
    cast=(),
    releases=(Release("NL", date(2008, 4, 10), PREMIERE), Release("US", date(2008, 5, 30), DIGITAL, "NR")),
    vote_average=6.5,
    vote_count=389,
    keywords=("rabbit", "short film", "open source"),
    trailer="YE7VzlLtp-4",
)

TEARS_OF_STEEL = Film(
    tmdb_id=133701,
    imdb_id="tt2285752",
    title="Tears of Steel",
    original_title="Tears of Steel",
    original_language="en",
    release_date=date(2012, 9, 26),
    runtime_minutes=12,
    tagline="Forty years too late to apologise.",
    overview="A boy broke up with a girl on a bridge in Amsterdam, badly. Decades later her machines hold the city, and "
    "a handful of scientists in the Oude Kerk replay that evening in the hope of a better ending.",
    genres=("Science Fiction", "Action"),
    companies=(BLENDER_FOUNDATION,),
    countries=("NL",),
    crew=(
        CrewMember(900109, "Ian Hubert", "Directing", "Director"),
        CrewMember(900109, "Ian Hubert", "Writing", "Writer"),
        PRODUCER,
        CrewMember(900110, "Joram Letwory", "Sound", "Original Music Composer"),
    ),
    cast=(
        CastMember(900111, "Derek de Lint", "Old Thom"),
        CastMember(900112, "Sergio Hasselbaink", "Barley"),
        CastMember(900113, "Rogier Schippers", "Captain"),
        CastMember(900114, "Vanja Rukavina", "Thom"),
        CastMember(900115, "Denise Rebergen", "Celia"),
    ),
    releases=(Release("NL", date(2012, 9, 26), PREMIERE), Release("US", date(2012, 9, 26), DIGITAL, "NR")),
    vote_average=5.9,
    vote_count=212,
    keywords=("robot", "amsterdam", "short film", "open source"),
    trailer="R6MlUcmOul8",
)

NOSFERATU = Film(
    tmdb_id=653,
    imdb_id="tt0013442",
    title="Nosferatu",
    original_title="Nosferatu, eine Symphonie des Grauens",
    original_language="de",
    release_date=date(1922, 3, 4),
    runtime_minutes=94,
    tagline="A symphony of horror.",
    overview="An estate agent's clerk travels to the Carpathians to sell a house to a count, and finds that his client "
    "fears the sun. The count sails for Wisborg with coffins of earth, rats and the plague in the hold.",
    genres=("Horror", "Fantasy"),
    companies=(Company(900116, "Prana-Film", "DE"),),
    countries=("DE",),
    crew=(
        CrewMember(900117, "F. W. Murnau", "Directing", "Director"),
        CrewMember(900118, "Henrik Galeen", "Writing", "Screenplay"),
        CrewMember(900119, "Bram Stoker", "Writing", "Novel"),
        CrewMember(900120, "Albin Grau", "Production", "Producer"),
        CrewMember(900121, "Hans Erdmann", "Sound", "Original Music Composer"),
    ),
    cast=(
        CastMember(900122, "Max Schreck", "Graf Orlok"),
        CastMember(900123, "Gustav von Wangenheim", "Thomas Hutter"),
        CastMember(900124, "Greta Schröder", "Ellen Hutter"),
        CastMember(900125, "Alexander Granach", "Knock"),
        CastMember(900126, "John Gottowt", "Professor Bulwer"),
    ),
    releases=(
        Release("DE", date(1922, 3, 4), PREMIERE),
        Release("DE", date(1922, 3, 15), THEATRICAL, "12"),
        Release("US", date(1929, 6, 3), THEATRICAL, "NR"),
    ),
    vote_average=7.7,
    vote_count=2104,
    keywords=("vampire", "silent film", "expressionism"),
    trailer="FC6jFoYm3xs",
    translations=(
        Translation(
            "de",
            "DE",
            "Nosferatu, eine Symphonie des Grauens",
            "Eine Symphonie des Grauens.",
            "Der junge Hutter reist in die Karpaten, um einem Grafen ein Haus in Wisborg zu verkaufen. Der Käufer "
            "scheut die Sonne, und mit seinem Schiff kommt die Pest in die Stadt.",
        ),
    ),
)

FILMS = (SINTEL, BIG_BUCK_BUNNY, TEARS_OF_STEEL, NOSFERATU)
