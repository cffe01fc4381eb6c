"""Tables of households and residents, sent as from a shell."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from accounts.models import AuditEvent, Person, User
from accounts.services.people import PersonData
from enrollment.models import Household, HouseholdCategory, HouseholdCategoryPeriod, Import, PossibleDuplicate, Resident
from enrollment.services.households import create_household
from enrollment.services.residents import register_resident
from tests.accounts.factories import make_person
from tests.enrollment.factories import make_household, make_resident
from tests.enrollment.tables import codes, counts, csv_of, import_table, xlsx_of
from tests.personas import World
from tests.pinfl import make_pinfl

KIND = "residents"


def line(n: int = 1, **fields: Any) -> dict[str, Any]:
    """A row about somebody new, in a household of their own."""
    who = {"surname": f"Sinovov{n}", "given_name": "Anvar", "birth_date": f"0{n}.02.1990"}
    return {"category": "poor", "address": f"Bog koʻchasi, {n}", **who, **fields}


def test_a_dry_run_counts_and_writes_nothing(assistant: User, tmp_path: Path) -> None:
    answer = import_table(KIND, csv_of([line(1), line(2)]), assistant, tmp_path)

    assert answer == {"rows": 2, "new": 2, "changed": 0, "unchanged": 0, "wrong": 0, "errors": []}
    assert not Household.objects.exists()


def test_applied_rows_stand_as_if_an_assistant_had_typed_them(world: World, assistant: User, tmp_path: Path) -> None:
    pinfl = make_pinfl(birth="1990-02-01", gender="female")
    typed_in = create_household(mahalla=world.mahalla, category=make_category_of("poor"), by=assistant)
    data = PersonData("Sinovova", "Anora", pinfl=make_pinfl(birth="1991-02-01", gender="female"), phone="901234567")
    typed = register_resident(typed_in, data, by=assistant)

    answer = import_table(
        KIND,
        csv_of(
            [{"category": "poor", "surname": "Sinovova", "given_name": "Anora", "pinfl": pinfl, "phone": 901234567}]
        ),
        assistant,
        tmp_path,
        "--apply",
    )

    assert counts(answer) == (1, 0, 0, 0)
    sent = Resident.objects.exclude(pk=typed.pk).get()
    for name in ("surname", "given_name", "patronymic", "gender", "phone", "search_key", "language"):
        assert getattr(sent.person, name) == getattr(typed.person, name)
    assert sent.person.pinfl
    assert sent.person.pinfl.digits == pinfl
    assert sent.person.birth_date == date(1990, 2, 1)
    assert (sent.mahalla, sent.starts_on, sent.household.category) == (
        typed.mahalla,
        typed.starts_on,
        typed.household.category,
    )
    periods = HouseholdCategoryPeriod.objects.values_list("category__code", "starts_on", "ends_on")
    assert len(set(periods)) == 1
    audited = AuditEvent.objects.filter(action__in=["person.created", "household.created", "resident.registered"])
    assert sorted(audited.values_list("action", "actor").distinct()) == sorted(
        (action, assistant.pk) for action in ("person.created", "household.created", "resident.registered")
    )
    assert audited.count() == 6


def make_category_of(code: str) -> Any:
    return HouseholdCategory.objects.get(code=code)


def test_the_same_table_twice_changes_nothing(assistant: User, tmp_path: Path) -> None:
    table = csv_of([line(1), line(2, pinfl=make_pinfl(birth="1990-02-02", gender="male")), line(3, external_id="X-3")])
    import_table(KIND, table, assistant, tmp_path, "--apply")
    before = AuditEvent.objects.exclude(action__startswith="import.").count()

    answer = import_table(KIND, table, assistant, tmp_path, "--apply")

    assert counts(answer) == (0, 0, 3, 0)
    assert (
        Resident.objects.count() == Person.objects.filter(surname__startswith="Sinovov", birth_date__year=1990).count()
    )
    assert AuditEvent.objects.exclude(action__startswith="import.").count() == before


def test_what_a_known_resident_is_said_to_be_now_is_corrected(assistant: User, tmp_path: Path) -> None:
    pinfl = make_pinfl(birth="1990-02-01", gender="male")
    import_table(KIND, csv_of([line(1, pinfl=pinfl)]), assistant, tmp_path, "--apply")

    new = line(1, pinfl=pinfl, phone="+998901112233", category="borderline", surname="Yangiyev")
    answer = import_table(KIND, csv_of([new]), assistant, tmp_path, "--apply")

    assert counts(answer) == (0, 1, 0, 0)
    resident = Resident.objects.get()
    assert (resident.person.phone, resident.person.name) == ("+998901112233", "Yangiyev Anvar")
    assert resident.household.category.code == "borderline"
    assert resident.household.category_periods.filter(ends_on=None).get().category.code == "borderline"
    assert AuditEvent.objects.get(action="person.changed").detail == {"fields": ["phone", "surname"]}


def test_one_address_is_one_household_and_so_is_one_number(assistant: User, tmp_path: Path) -> None:
    rows = [line(1, address="Bog, 1"), line(2, address="Bog, 1"), line(3, household="H-1"), line(4, household="H-1")]
    rows += [line(5, address=""), line(6, address="")]

    import_table(KIND, csv_of(rows), assistant, tmp_path, "--apply")
    import_table(KIND, csv_of([line(7, address="Bog, 1"), line(8, household="H-1")]), assistant, tmp_path, "--apply")

    assert sorted(home.residents.count() for home in Household.objects.all()) == [1, 1, 3, 3]


@pytest.mark.usefixtures("in_english")
def test_each_wrong_cell_is_named_with_its_reason(assistant: User, tmp_path: Path) -> None:
    assistant.language = "en"
    assistant.save()
    rows = [
        line(1, category="rich", birth_date="31.02.1990", phone="12"),
        line(2, pinfl="5.01E+13"),
        line(3, pinfl="3010290123456"),
        line(4, given_name="", birth_date=""),
        line(5, category=""),
        line(6, mahalla="Nowhere"),
    ]

    answer = import_table(KIND, csv_of(rows), assistant, tmp_path)

    assert codes(answer) == [
        (2, "category", "unknown"),
        (2, "birth_date", "date"),
        (2, "phone", "phone"),
        (3, "pinfl", "pinfl-spreadsheet"),
        (4, "pinfl", "pinfl-length"),
        (5, "", "who"),
        (6, "category", "required"),
        (7, "mahalla", "unknown"),
    ]
    assert answer["errors"][4]["message"] == "A PINFL has 14 digits; here are 13."
    assert not Import.objects.get().problems.filter(value="3010290123456").exists()


def test_a_file_of_a_gigabyte_is_refused_unread(assistant: User, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(2**30)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_table", KIND, str(path), f"--as={assistant.username}", "--json", stdout=out)
    assert codes(json.loads(out.getvalue())) == [(0, "", "too-large")]
    assert not Import.objects.exists()


def test_headings_that_stand_twice_are_read_once_and_pasted_ones_are_wrong_rows(
    assistant: User, tmp_path: Path
) -> None:
    heads = ["surname", "given_name", "birth_date", "category", "surname"]
    row = ["Sinovov", "Anvar", "1990-02-01", "poor", "Boshqa"]

    answer = import_table(KIND, xlsx_of([heads, row, heads]), assistant, tmp_path, "--apply", name="t.xlsx")

    assert Resident.objects.get().person.surname == "Sinovov"
    assert codes(answer) == [(3, "category", "unknown"), (3, "birth_date", "date")]


def test_whoever_stands_twice_in_a_table_is_told_apart_from_whoever_is_known(assistant: User, tmp_path: Path) -> None:
    pinfl = make_pinfl(birth="1990-02-01", gender="male")
    import_table(KIND, csv_of([line(1)]), assistant, tmp_path, "--apply")

    rows = [line(1, phone="901234567"), line(2, pinfl=pinfl, birth_date=""), line(3, pinfl=pinfl, birth_date="")]
    answer = import_table(KIND, csv_of(rows), assistant, tmp_path)

    assert codes(answer) == [(2, "", "possible-duplicate"), (4, "", "twice-in-file")]


def test_a_namesake_is_written_down_where_the_row_says_that_it_is_another(assistant: User, tmp_path: Path) -> None:
    import_table(KIND, csv_of([line(1)]), assistant, tmp_path, "--apply")

    answer = import_table(KIND, csv_of([line(1, phone="901234567", is_another="Да")]), assistant, tmp_path, "--apply")

    assert counts(answer) == (1, 0, 0, 0)
    assert Resident.objects.count() == 2


def test_who_may_be_known_elsewhere_is_counted_in_the_dry_run_and_noted_when_written(
    world: World, assistant: User, tmp_path: Path
) -> None:
    """A namesake of another mahalla, one of the same mahalla, and two rows of the file; two PINFLs are two people."""
    names = {"surname": "Sinovov1", "given_name": "Anvar", "patronymic": "Karimovich", "birth_date": date(1990, 2, 1)}
    away = make_resident(person=make_person(**names))
    pinfls = [make_pinfl(birth="1990-02-06", gender="male") for _ in range(2)]
    rows = [
        line(1, patronymic="Karimovich"),
        line(1, surname="Sinovov2", is_another="Yes"),
        line(3),
        line(3, external_id="X-3", is_another="Yes"),
        *(line(6, pinfl=pinfl) for pinfl in pinfls),
    ]
    make_resident(
        household=make_household(mahalla=world.mahalla),
        person=make_person(surname="Sinovov2", given_name="Anvar", birth_date=date(1990, 2, 1)),
    )

    answer = import_table(KIND, csv_of(rows), assistant, tmp_path)
    assert counts(answer) == (6, 0, 0, 0), answer
    assert Import.objects.get().possible_duplicates == 3
    assert not PossibleDuplicate.objects.exists()

    import_table(KIND, csv_of(rows), assistant, tmp_path, "--apply")
    pairs = PossibleDuplicate.objects.order_by("first__surname")
    assert [pair.first.surname for pair in pairs] == ["Sinovov1", "Sinovov2", "Sinovov3"]
    assert (pairs[0].first, pairs[0].mahalla, pairs[1].mahalla) == (away.person, None, world.mahalla)


def test_two_pinfls_are_two_people_whatever_their_names(assistant: User, tmp_path: Path) -> None:
    rows = [line(1, pinfl=make_pinfl(birth="1990-02-01", gender="male")) for _ in range(2)]

    answer = import_table(KIND, csv_of(rows), assistant, tmp_path, "--apply")

    assert counts(answer) == (2, 0, 0, 0)


def test_who_lives_elsewhere_is_refused_and_not_told_of(world: World, assistant: User, tmp_path: Path) -> None:
    resident = make_resident(household=make_household(mahalla=world.other_mahalla))
    Person.objects.filter(pk=resident.person_id).update(external_id="X-1")

    answer = import_table(KIND, csv_of([line(1, external_id="X-1")]), assistant, tmp_path, "--apply")

    assert codes(answer) == [(2, "", "known-elsewhere")]
    assert str(resident.uuid) not in answer["errors"][0]["message"]


def test_a_number_of_somebody_else_is_not_written_over(assistant: User, tmp_path: Path) -> None:
    import_table(KIND, csv_of([line(1, external_id="X-1")]), assistant, tmp_path, "--apply")

    other = line(2, external_id="X-1", surname="Boshqayev", given_name="Karim")
    answer = import_table(KIND, csv_of([other]), assistant, tmp_path, "--apply")

    assert codes(answer) == [(2, "surname", "name-differs")]
    assert Person.objects.get(external_id="X-1").surname == "Sinovov1"


def test_none_is_written_where_all_or_none_is_asked_and_one_is_wrong(assistant: User, tmp_path: Path) -> None:
    table = csv_of([line(1), line(2, category="rich")])

    answer = import_table(KIND, table, assistant, tmp_path, "--apply", "--all-or-none")
    assert codes(answer) == [(0, "", "rows-wrong")]
    assert not Resident.objects.exists()

    answer = import_table(KIND, table, assistant, tmp_path, "--apply")
    assert counts(answer) == (1, 0, 0, 1)
    assert Resident.objects.count() == 1

    mended = csv_of([line(1), line(2)])
    answer = import_table(KIND, mended, assistant, tmp_path, "--apply", "--all-or-none")
    assert counts(answer) == (1, 0, 1, 0)
    assert Resident.objects.count() == 2
    assert Import.objects.latest("pk").is_applied


@pytest.mark.parametrize("language", ["uz", "ru", "uz-cyrl", "en", "kaa"])
def test_a_template_in_any_language_is_read_again(assistant: User, tmp_path: Path, language: str) -> None:
    path = tmp_path / "t.xlsx"
    call_command("import_template", KIND, f"--language={language}", f"--output={path}")
    book = load_workbook(path)
    sheet: Any = book.worksheets[0]
    assert len(sheet.data_validations.dataValidation) == 3  # category, gender, yes or no
    offered = [cell.value for cell in book["Lists"]["B"]]
    row: dict[int, Any] = {2: offered[0], 3: "Bog, 1", 6: "Каримов", 7: "Анвар", 10: date(1990, 2, 1)}
    for column, value in row.items():
        sheet.cell(row=2, column=column, value=value)
    file = io.BytesIO()
    book.save(file)

    answer = import_table(KIND, file.getvalue(), assistant, tmp_path, "--apply", name="filled.xlsx")

    assert counts(answer) == (1, 0, 0, 0), answer
    assert Resident.objects.get().person.birth_date == date(1990, 2, 1)


def test_the_wrong_rows_come_back_as_they_were_sent_with_the_reasons(assistant: User, tmp_path: Path) -> None:
    heads = ["Familiya", "Ism", "Tugʻilgan sana", "Xonadon toifasi", "Izoh"]
    good, bad = ["Karimov", "Anvar", date(1990, 2, 1), "poor", "=1+1"], ["Karimov", "Olim", "1990", "poor", "=1+1"]
    assistant.language = "uz"
    assistant.save()

    answer = import_table(KIND, xlsx_of([heads, good, bad]), assistant, tmp_path, name="t.xlsx")
    result = Import.objects.get().job.result
    with result.open() as file:
        sheet: Any = load_workbook(file).worksheets[0]

    assert counts(answer) == (1, 0, 0, 1), answer
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:4] == heads[:4]
    assert len(rows) == 2
    assert rows[1][:2] == ["Karimov", "Olim"]
    assert rows[1][-1].startswith("Tugʻilgan sana: ")


def test_who_may_not_write_households_sends_none(learner: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="may not send"):
        import_table(KIND, csv_of([line(1)]), learner, tmp_path)
