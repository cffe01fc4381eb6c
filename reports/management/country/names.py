"""Names that nobody bears, put together from syllables."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from random import Random

from base.folding import fold

BEGINNINGS = (
    "Bax",
    "Dur",
    "El",
    "Fay",
    "Gul",
    "Jas",
    "Kam",
    "Lo",
    "Mir",
    "Nur",
    "Oy",
    "Qum",
    "Ro",
    "Sar",
    "Tur",
    "Zar",
)
MIDDLES = ("ba", "do", "la", "mi", "ra", "sha", "to", "vi")
MALE_ENDS = ("bek", "jon", "yor", "mir")
FEMALE_ENDS = ("gul", "noz", "xon", "oy")


@dataclass(frozen=True, slots=True)
class Name:
    """The three parts of a name, its search key, and that of surname and given name."""

    surname: str
    given: str
    patronymic: str
    key: str
    first_key: str


class Names:
    """Makes names; the keys of the parts are folded once, since folding costs more than all the rest of a row."""

    def __init__(self, random: Random) -> None:
        self.random = random
        stems = ["".join(parts) for parts in product(BEGINNINGS, MIDDLES)]
        male = [stem + end for stem in stems for end in MALE_ENDS]
        female = [stem + end for stem in stems for end in FEMALE_ENDS]
        self.male = (
            self._keyed(male),
            self._keyed(f"{name}ov" for name in male),
            self._keyed(f"{name} oʻgʻli" for name in male),
        )
        self.female = (
            self._keyed(female),
            self._keyed(f"{name}ova" for name in male),
            self._keyed(f"{name} qizi" for name in male),
        )

    @staticmethod
    def _keyed(words: Iterable[str]) -> list[tuple[str, str]]:
        return [(word, fold(word)) for word in words]

    def make(self, gender: str) -> Name:
        choice = self.random.choice
        given, surnames, patronymics = self.female if gender == "female" else self.male
        (surname, a), (name, b), (patronymic, c) = choice(surnames), choice(given), choice(patronymics)
        return Name(surname, name, patronymic, f"{a} {b} {c}", f"{a} {b}")
