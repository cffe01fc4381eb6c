from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent, District, Mahalla, Profession, Region
from accounts.services.lists import BadList, search_key
from accounts.services.territory import load_professions, load_territory
from base.folding import fold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

FIRST_DAY, SECOND_DAY = date(2026, 11, 22), date(2027, 1, 1)

REGIONS = """soato,iso_3166_2,name_uz,name_uz_cyrl,name_ru,name_en,name_kaa
1718,UZ-SA,Samarqand viloyati,Самарқанд вилояти,Самаркандская область,Samarkand Region,Samarqand wálayatı
"""
DISTRICTS = """soato,region_soato,kind,name_uz,name_uz_cyrl,name_ru,name_en
1718203,1718,district,Oqdaryo tumani,Оқдарё тумани,Акдарьинский район,Akdarya district
1718401,1718,city,Samarqand shahri,Самарқанд шаҳри,город Самарканд,Samarkand city
"""
MAHALLAS = """mfy_code,name_uz,district_soato,district_match
14010001,Bog'ishamol MFY,1718401,high
14010002,Registon MFY,1718401,low
14020001,Dahbed MFY,1718203,medium
"""
PROFESSIONS = """code,name_uz,name_ru,name_en
7212,Payvandchilar,Сварщики,Welders
7212.9,Payvandchi,Сварщик,Welder
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the four files, one of them otherwise where named, and return their folder."""

    def write_files(**changed: str) -> Path:
        files = {"regions": REGIONS, "districts": DISTRICTS, "mahallas": MAHALLAS, "professions": PROFESSIONS}
        for name, text in (files | changed).items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return write_files


def test_loads_every_place_with_its_names(write: Write) -> None:
    done = load_territory(write(), today=FIRST_DAY)
    assert [(changes.rows, changes.new, changes.changed, changes.ended) for changes in done] == [
        ("regions", 1, 0, 0),
        ("districts", 2, 0, 0),
        ("mahallas", 3, 0, 0),
    ]
    mahalla = Mahalla.objects.select_related("district__region").get(code="14010001")
    assert mahalla.names == {"uz": "Bogʻishamol MFY"}
    assert mahalla.full_name == "Samarkand Region › Samarkand city › Bogʻishamol MFY"
    assert (mahalla.search_key, mahalla.district_match, mahalla.valid_from) == ("bogishamol mfy", "high", None)
    region = Region.objects.get()
    assert region.names["kaa"] == "Samarqand wálayatı"
    assert region.iso_code == "UZ-SA"
    assert fold("САМАРКАНДСКАЯ область") in region.search_key


def test_a_second_load_changes_nothing(write: Write) -> None:
    folder = write()
    load_territory(folder, today=FIRST_DAY)
    load_professions(folder / "professions.csv", today=FIRST_DAY)
    audited = AuditEvent.objects.count()
    done = load_territory(folder, today=SECOND_DAY) + load_professions(folder / "professions.csv", today=SECOND_DAY)
    assert not any(done)
    assert [changes.unchanged for changes in done] == [1, 2, 3, 2]
    assert AuditEvent.objects.count() == audited == 2


def test_renamed_moved_new_and_lost_rows(write: Write) -> None:
    load_territory(write(), today=FIRST_DAY)
    before = Mahalla.objects.get(code="14010001").pk
    load_territory(
        write(
            mahallas="mfy_code,name_uz,district_soato,district_match\n"
            "14010001,Tinchlik MFY,1718203,medium\n"
            "14010002,Registon MFY,1718401,low\n"
            "14010009,Yangiobod MFY,1718401,high\n"
        ),
        today=SECOND_DAY,
    )
    renamed, lost, new = (Mahalla.objects.get(code=code) for code in ("14010001", "14020001", "14010009"))
    assert (renamed.pk, renamed.name, renamed.search_key) == (before, "Tinchlik MFY", "tinchlik mfy")
    assert (renamed.district.code, renamed.district_match, renamed.valid_until) == ("1718203", "medium", None)
    assert (lost.name, lost.valid_until) == ("Dahbed MFY", SECOND_DAY)
    assert new.valid_from == SECOND_DAY
    assert Mahalla.objects.valid_on(SECOND_DAY).count() == 3
    assert AuditEvent.objects.order_by("id").last().detail["changes"][2] == {  # type: ignore[union-attr]  # there are two
        "rows": "mahallas",
        "new": 1,
        "changed": 1,
        "unchanged": 1,
        "ended": 1,
    }


def test_a_row_that_comes_back_is_valid_again(write: Write) -> None:
    load_territory(write(), today=FIRST_DAY)
    load_territory(write(mahallas=MAHALLAS.replace("14020001,Dahbed MFY,1718203,medium\n", "")), today=FIRST_DAY)
    done = load_territory(write(), today=SECOND_DAY)
    assert (done[2].changed, done[2].ended) == (1, 0)
    assert Mahalla.objects.get(code="14020001").valid_until is None


def test_a_name_that_only_we_have_is_kept(write: Write) -> None:
    load_territory(write(), today=FIRST_DAY)
    mahalla = Mahalla.objects.get(code="14010002")
    mahalla.names["ru"] = "Регистан"
    mahalla.search_key = search_key(mahalla.names)
    mahalla.save(update_fields=["names", "search_key"])
    assert not any(load_territory(write(), today=SECOND_DAY))
    mahalla.refresh_from_db()
    assert mahalla.names["ru"] == "Регистан"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"mahallas": MAHALLAS.replace("14010002", "1401")}, "mahallas.csv, row 3, column “mfy_code”: “1401” is not"),
        ({"mahallas": MAHALLAS.replace("14010002", "14010001")}, "row 3, column “mfy_code”: “14010001” is not a new"),
        ({"mahallas": MAHALLAS.replace("1718203", "1718999")}, "row 4, column “district_soato”: “1718999” is not"),
        ({"mahallas": MAHALLAS.replace("medium", "perhaps")}, "row 4, column “district_match”: “perhaps”"),
        ({"mahallas": MAHALLAS.replace("Registon MFY", "")}, "row 3, column “name_uz”"),
        ({"mahallas": MAHALLAS.replace("district_match", "match")}, "mahallas.csv has no column “district_match”"),
        ({"mahallas": MAHALLAS.replace(",low", ",low,1")}, "mahallas.csv, row 3 has more cells"),
        ({"mahallas": ""}, "mahallas.csv has no column “mfy_code”"),
        ({"mahallas": MAHALLAS.replace("Registon", '"Registon')}, "mahallas.csv cannot be read"),
        ({"districts": DISTRICTS.replace("1718401,1718", "1718401,1799")}, "districts.csv, row 3, column “region_so"),
        ({"districts": DISTRICTS.replace("city,", "town,")}, "districts.csv, row 3, column “kind”: “town”"),
        ({"regions": REGIONS.replace("UZ-SA", "SA")}, "regions.csv, row 2, column “iso_3166_2”"),
    ],
)
def test_a_broken_file_is_refused_and_nothing_changes(write: Write, broken: dict[str, str], message: str) -> None:
    load_territory(write(), today=FIRST_DAY)
    stored = list(Mahalla.objects.values()) + list(District.objects.values()) + list(Region.objects.values())
    broken = {"regions": REGIONS.replace("Samarkand Region", "Samarkand")} | broken
    with pytest.raises(BadList) as refused:
        load_territory(write(**broken), today=SECOND_DAY)
    assert message in str(refused.value)
    assert list(Mahalla.objects.values()) + list(District.objects.values()) + list(Region.objects.values()) == stored


def test_a_file_in_another_encoding_or_missing_is_refused(write: Write) -> None:
    folder = write()
    (folder / "regions.csv").write_bytes(REGIONS.encode("utf-16"))
    with pytest.raises(BadList, match=r"regions\.csv cannot be read"):
        load_territory(folder)
    (folder / "regions.csv").unlink()
    with pytest.raises(BadList, match=r"regions\.csv cannot be read"):
        load_territory(folder)


def test_a_list_that_lost_many_rows_needs_a_word(write: Write) -> None:
    rows = "".join(f"7213.{n},Kasb {n},Профессия {n},Occupation {n}\n" for n in range(1, 31))
    load_professions(write(professions=PROFESSIONS + rows) / "professions.csv")
    with pytest.raises(BadList, match="30 of 32 stored professions are missing"):
        load_professions(write() / "professions.csv")
    assert Profession.objects.filter(valid_until=None).count() == 32
    [changes] = load_professions(write() / "professions.csv", accept_loss=True)
    assert changes.ended == 30


def test_an_occupation_is_found_in_every_language(write: Write) -> None:
    load_professions(write() / "professions.csv")
    for text in ("Payvandchi", "Пайвандчи", "сварщик", "welder"):
        assert Profession.objects.filter(search_key__contains=fold(text), code="7212.9").exists()


def test_search_key_fits_its_column() -> None:
    assert len(search_key({"uz": "kasb " * 100, "ru": "профессия " * 50})) <= 400


def test_commands_say_what_changed(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write()
    call_command("load_territory", folder=folder)
    call_command("load_professions", file=folder / "professions.csv")
    assert capsys.readouterr().out.splitlines() == [
        "regions: 1 new, 0 changed, 0 unchanged, 0 no longer valid",
        "districts: 2 new, 0 changed, 0 unchanged, 0 no longer valid",
        "mahallas: 3 new, 0 changed, 0 unchanged, 0 no longer valid",
        "professions: 2 new, 0 changed, 0 unchanged, 0 no longer valid",
    ]
    (folder / "districts.csv").unlink()
    with pytest.raises(CommandError, match=r"districts\.csv cannot be read.*Nothing was changed"):
        call_command("load_territory", folder=folder)
    (folder / "professions.csv").unlink()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("load_professions", file=folder / "professions.csv")


def test_the_real_lists_load_whole() -> None:
    done = load_territory() + load_professions()
    assert [changes.new for changes in done] == [14, 206, 9452, 12551]
    matches = [Mahalla.objects.filter(district_match=match).count() for match in ("high", "medium", "low")]
    assert matches == [8663, 286, 503]
    assert not any(load_territory() + load_professions())
