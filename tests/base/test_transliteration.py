import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.folding import fold
from base.transliteration import to_cyrillic

DATA = Path(__file__).parents[2] / "accounts" / "data"


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Oʻzbekiston Respublikasi", "Ўзбекистон Республикаси"),
        ("O'zbekiston, O‘zbekiston", "Ўзбекистон, Ўзбекистон"),
        ("Gʻijduvon, bogʻ", "Ғиждувон, боғ"),
        ("yer, Yevropa, obuna, kiyem", "ер, Европа, обуна, кием"),
        ("elektron, aeroport, poeziya, keyin", "электрон, аэропорт, поэзия, кейин"),
        ("yoʻl, daryo, hayot, buyurtma, yangi, muayyan", "йўл, дарё, ҳаёт, буюртма, янги, муайян"),
        ("maʼlumot, sheʼr, Isʼhoq, shoʻʼba", "маълумот, шеър, Исҳоқ, шўъба"),
        ("SHAHAR, Shahar, CHORSU, YOʻL, MAʼMUR, E.", "ШАҲАР, Шаҳар, ЧОРСУ, ЙЎЛ, МАЪМУР, Э."),
        ("MFY, JSHSHIR, STIR", "МФЙ, ЖШШИР, СТИР"),
        ("militsiya, konstitutsion, litsey, mototsikl", "милиция, конституцион, лицей, мотоцикл"),
        ("ketsa, aytsin, otsiz", "кетса, айтсин, отсиз"),
        ("sentabr, Oktabr, sentabrda", "сентябрь, Октябрь, сентябрда"),
        ("2026-yil 22-noyabr", "2026 йил 22 ноябрь"),
        ("5-sinf", "5-синф"),
        ("Vasilyev, obyekt, kompyuterlar, rayon", "Васильев, объект, компьютерлар, район"),
        ("parol, parolingiz, modul, modullar", "пароль, паролингиз, модуль, модуллар"),
        ("'kurs' “kurs”", "'курс' “курс”"),
        ("", ""),
    ],
)
def test_uzbek_spelling(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Salom, %(name)s!", "Салом, %(name)s!"),
        ("%(count)d ta, %s, 100%% tayyor", "%(count)d та, %s, 100%% тайёр"),
        ("%(year)s-yil, {day}-noyabr", "%(year)s йил, {day} ноябрь"),
        ("{name} va {{ user.name }} {% if yes %}", "{name} ва {{ user.name }} {% if yes %}"),
        ('<a href="/kurs" title="Dars">Kurs</a>&nbsp;&amp; u', '<a href="/kurs" title="Dars">Курс</a>&nbsp;&amp; у'),
        ("<code>malaka-demo</code> paroli", "<code>malaka-demo</code> пароли"),
        ("https://my.gov.uz/uz saytida, info@malaka.uz", "https://my.gov.uz/uz сайтида, info@malaka.uz"),
        ("PDF, Excelga, XLSX, CSV, QR-kod, API, SCORM", "PDF, Excelга, XLSX, CSV, QR-код, API, SCORM"),
        ("Windows, Cisco, XXI asr", "Windows, Cisco, XXI аср"),
        ("Malaka", "Малака"),
        ("Qaraqalpaqsha: Ándijan, awıl", "Қарақалпақша: Әндижан, аўыл"),
        ("Ñandu, Cañas", "Ñandu, Cañas"),
    ],
)  # fmt: skip
def test_what_is_not_uzbek_stays(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize("table", ["regions", "districts"])
def test_every_place_is_written_as_the_classifier_writes_it(table: str) -> None:
    with (DATA / f"{table}.csv").open(encoding="utf-8") as file:
        wrong = [row for row in csv.DictReader(file) if to_cyrillic(row["name_uz"]) != row["name_uz_cyrl"]]
    assert wrong == []


# Words that the classifier itself leaves in English.
FOREIGN = {"Back", "Call", "Cinovchi", "MICE", "Office", "Web", "service"}


@pytest.mark.parametrize("table", ["mahallas", "professions"])
def test_no_name_stays_latin_or_changes_its_key(table: str) -> None:
    with (DATA / f"{table}.csv").open(encoding="utf-8") as file:
        names = {row["name_uz"] for row in csv.DictReader(file)}
    assert {word for name in names for word in re.findall("[A-Za-z]+", to_cyrillic(name))} == (
        FOREIGN if table == "professions" else set()
    )
    assert [name for name in names if fold(name) != fold(to_cyrillic(name))] == []


@given(st.text(alphabet="abdefghijklmnopqrstuvxyzOGSHCYEʻʼ' .-%s{}<>&"))
def test_a_second_time_changes_nothing(text: str) -> None:
    assert to_cyrillic(to_cyrillic(text)) == to_cyrillic(text)
