"""One search key for every way in which a word of Uzbekistan is written, and one form to store.

Uzbek is written in Latin with oʻ and gʻ (and any apostrophe at hand), in the letters proposed in 2026
(ö ğ ş ç), and in Cyrillic; Karakalpak in Latin (á ǵ ı ń ó ú) and in Cyrillic; Russian names in Cyrillic or in
two Latin spellings. The key is loose on purpose: who searches "Fargona" means Fargʻona.
"""

import re
import unicodedata

OKINA = "\N{MODIFIER LETTER TURNED COMMA}"  # oʻ, gʻ
TUTUQ = "\N{MODIFIER LETTER APOSTROPHE}"  # maʼno
APOSTROPHES = f"{OKINA}{TUTUQ}'`´‘’‛′ʹʽˈˊˋ＇"

LETTERS = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhie", strict=True))
    | {"ж": "j", "ц": "s", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ё": "yo", "ю": "yu", "я": "ya"}
    | {"ў": "o", "қ": "q", "ғ": "g", "ҳ": "h"}
    | {"ә": "a", "ө": "o", "ү": "u", "ң": "n", "і": "i"}
    | {"ı": "i", "ş": "sh", "ç": "ch", "x": "h", "w": "v"}
)

# Spellings of one sound, applied to the Latin letters of either script until nothing changes. x and h are one
# above: Russian writes both х, and Uzbeks mix them up.
SOUNDS = (
    (re.compile("shch"), "sh"),
    (re.compile("kh"), "h"),
    (re.compile("zh|dj"), "j"),
    (re.compile("ts|c(?!h)"), "s"),
    (re.compile("ye"), "e"),
    (re.compile("iy"), "i"),
    (re.compile("(?<=[bcdfghjklmnpqrstvz])y(?=[bcdfghjklmnpqrstvz])"), "i"),
)

IS_KARAKALPAK = re.compile("[әөүңіы]")
LETTER_WITH_APOSTROPHES = re.compile(rf"([^\W\d_{APOSTROPHES}])(?!{OKINA}{TUTUQ})[{APOSTROPHES}]+")


def fold(text: str) -> str:
    """Return the search key of `text`: lower-case words without accents, separated by single spaces.

    Equal keys mean "may be the same name", never "is the same name": oʻt and ot share one.
    """
    plain = unicodedata.normalize("NFKC", re.sub(f"[{APOSTROPHES}]", "", text)).casefold()
    plain = unicodedata.normalize("NFC", plain)
    latin = "".join(_latin_word(word) for word in re.split(r"(\W+)", plain))
    bare = "".join(c for c in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(c))
    key = " ".join(re.findall(r"[^\W_]+", bare))
    return _one_spelling(key)


def canonical(text: str) -> str:
    """Return `text` as it is stored: one line, composed letters, U+02BB after o and g, else U+02BC.

    An apostrophe that does not follow a letter is a quotation mark and stays; so does the pair of shoʻʼba.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return LETTER_WITH_APOSTROPHES.sub(lambda m: m[1] + (OKINA if m[1] in "oOgG" else TUTUQ), line)


def _latin_word(word: str) -> str:
    """Return a lower-case word in Latin letters; Karakalpak ў is w where Uzbek ў is oʻ."""
    if IS_KARAKALPAK.search(word):
        word = word.replace("ў", "w")
    return word.replace("ьо", "ьё").translate(LETTERS)


def _one_spelling(key: str) -> str:
    before = ""
    while key != before:
        before = key
        for pattern, sound in SOUNDS:
            key = pattern.sub(sound, key)
    return key
