"""Uzbek Latin into Uzbek Cyrillic by rule, for interface texts and names.

The rules are those of Uzbek spelling. Where it asks for a letter that the Latin word does not show (ь, ц, ъ
and й of Russian loans) the tables below know the common words. What is not Uzbek stays as it is:
placeholders, markup, addresses, product names, Roman numbers, words with letters that Uzbek lacks.
"""

import re

from base.folding import APOSTROPHES, OKINA, TUTUQ, canonical

# An Uzbek ending may follow: "Excelga" gives "Excelга".
KEPT = (
    "API|Android|AutoCAD|CSV|Chrome|DOCX|Django|E-IMZO|Excel|Facebook|Firefox|Google|HTML|IP|Instagram|JPEG|JPG"
    "|JSON|JavaScript|Jitsi|LTI|Linux|MP3|MP4|OAuth|ODS|OneID|PDF|PNG|PPTX|PowerPoint|Python|QR|REST|SCORM|SQL|SVG"
    "|Safari|TOTP|Telegram|UNDP|URL|USB|WebM|Windows|Word|XLSX|XML|YouTube|ZIP|Zoom|cmi5|iPhone"
    "|csv|docx|jpeg|jpg|json|mp3|mp4|pdf|png|pptx|svg|xlsx|xml|zip"
)

PROTECTED = re.compile(
    r"<code>.*?</code>|</?[A-Za-z][^<>]*>|<!--.*?-->|&\#?\w+;"  # markup
    r"|\{\{.*?\}\}|\{%.*?%\}|\{[^{}\s]*\}"  # {{ value }}, {% tag %}, {name}
    r"|%%|%\(\w+\)[-\#0 +]*[\d.]*[a-z]|%[-\#0+]*[\d.]*[sdifr](?![A-Za-z])"  # %(name)s, %s
    r"|(?:https?://|www\.)[^\s<>\"«»]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # addresses
    r"|\b(?:[a-z0-9-]+\.)+(?:uz|com|org|net)\b|\b\w+_\w+\b"  # my.gov.uz, a_name_of_code
    rf"|\b(?:{KEPT})(?![A-Z])|\b[IVX]{{2,}}\b",
    re.DOTALL,
)

# Cyrillic writes no hyphen between a number and a year or a month: "2026 йил 22 ноябрь".
DATE_HYPHEN = re.compile(
    r"(?:(?<=\d)|(?<=\)[sd])|(?<=\}))-"
    r"(?=yil|yanvar|fevral|mart|aprel|may|iyun|iyul|avgust|senty?abr|okty?abr|noyabr|dekabr)"
)

WORD = re.compile(rf"[^\W\d_](?:[{APOSTROPHES}]*[^\W\d_{APOSTROPHES}])*(?:(?<=[oOgG])[{APOSTROPHES}]|{TUTUQ})?")
UZBEK_WORD = re.compile(f"(?:[abdefghijklmnopqrstuvxyz{OKINA}{TUTUQ}]|c(?=h))+")
KARAKALPAK_WORD = re.compile(rf"(?=.*[áǵıíńóú])(?:[a-z{OKINA}{TUTUQ}áǵıíńóú](?<!c)|c(?=h))+")

# Words that end in ь, which is not written before an ending: апрель, but апрелда.
SOFT_WORDS = {
    "aprel": "апрель", "avtomobil": "автомобиль", "dekabr": "декабрь", "detal": "деталь",
    "dvigatel": "двигатель", "festival": "фестиваль", "fevral": "февраль", "inventar": "инвентарь",
    "iyul": "июль", "iyun": "июнь", "kabel": "кабель", "kalendar": "календарь", "mebel": "мебель",
    "medal": "медаль", "model": "модель", "modul": "модуль", "nol": "ноль", "noyabr": "ноябрь",
    "oktabr": "октябрь", "panel": "панель", "parol": "пароль", "profil": "профиль", "rol": "роль",
    "sentabr": "сентябрь", "slesar": "слесарь", "tokar": "токарь", "yanvar": "январь",
}  # fmt: skip

# Beginnings of words; endings follow by rule.
STEMS = {
    "abzats": "абзац", "albom": "альбом", "alternativ": "альтернатив", "asfalt": "асфальт",
    "batalyon": "батальон", "buldozer": "бульдозер", "bulvar": "бульвар", "fakultet": "факультет",
    "feldsher": "фельдшер", "film": "фильм", "filtr": "фильтр", "intervyu": "интервью",
    "kompyuter": "компьютер", "konsert": "концерт", "konsult": "консульт", "kultivator": "культиватор",
    "mayonez": "майонез", "mayor": "майор", "multi": "мульти", "obyekt": "объект", "oktabr": "октябр",
    "palto": "пальто", "pavilyon": "павильон", "pochtalyon": "почтальон", "poyabzal": "пойабзал",
    "rayon": "район", "sement": "цемент", "sentabr": "сентябр", "sentner": "центнер", "sex": "цех",
    "sirk": "цирк", "subyekt": "субъект", "ultra": "ультра",
}  # fmt: skip

LETTERS = {
    f"yo{OKINA}": "йў", f"o{OKINA}": "ў", f"g{OKINA}": "ғ", f"s{TUTUQ}h": "сҳ", TUTUQ: "ъ", OKINA: "ъ",
    "sh": "ш", "ch": "ч", "ya": "я", "yo": "ё", "yu": "ю", "ye": "е",
} | dict(
    zip("abdefghijklmnopqrstuvwxyzáǵıíńóú", "абдефгҳижклмнопқрстувўхйзәғыыңөү", strict=True)
)  # fmt: skip

# The parts of a lower-case word, the longest first; a named part is spelled as its name, for where it stands.
PARTS = re.compile(
    rf"^(?:{'|'.join(SOFT_WORDS)})$|^(?:{'|'.join(STEMS)})"
    r"|(?P<ц>ts(?=iya|ion|ik|ent|er|ey))"  # native t + s stays: ketsa, otsiz
    r"|(?P<ье>(?<=[bdfghjklmnpqrstvxz])ye)"
    rf"|(?P<э>(?:^|(?<=[aeiou])|(?<=o{OKINA}))e)"
    rf"|yo{OKINA}|s{TUTUQ}h|[og]{OKINA}|sh|ch|y[aoue]|."
)


def to_cyrillic(text: str) -> str:
    """Return Uzbek Latin `text` in Cyrillic; text that is Cyrillic already comes back as it is."""
    text = DATE_HYPHEN.sub(" ", text)
    parts = []
    end = 0
    for protected in PROTECTED.finditer(text):
        parts += [WORD.sub(_word, text[end : protected.start()]), protected[0]]
        end = protected.end()
    return "".join(parts) + WORD.sub(_word, text[end:])


def _word(match: re.Match[str]) -> str:
    latin = canonical(match[0])
    lower = latin.lower()
    if not (UZBEK_WORD.fullmatch(lower) or KARAKALPAK_WORD.fullmatch(lower)):
        return match[0]
    if latin.isupper():
        return PARTS.sub(_part, lower).upper()
    return PARTS.sub(lambda m: _like(latin[m.start()], _part(m)), lower)


def _part(match: re.Match[str]) -> str:
    if match.lastgroup:
        return match.lastgroup
    part = match[0]
    if match.start() == 0 and match.end() == len(match.string) and part in SOFT_WORDS:
        return SOFT_WORDS[part]
    return STEMS.get(part) or LETTERS[part]


def _like(letter: str, cyrillic: str) -> str:
    """Give the first letter of `cyrillic` the case of `letter`."""
    return cyrillic[0].upper() + cyrillic[1:] if letter.isupper() else cyrillic
