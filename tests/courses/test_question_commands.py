import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization
from courses.models import BankPicture, Question, QuestionCategory, QuestionTag
from courses.questions import KINDS
from courses.services.bank import add_category, retire_question
from tests.accounts.factories import make_organization
from tests.courses.factories import make_picture, make_question
from tests.courses.interop.reading import FILES

pytestmark = pytest.mark.django_db


def import_file(path: Path, bank: Organization, *options: str) -> dict[str, Any]:
    said = StringIO()
    call_command(
        "import_questions",
        str(path),
        "--organization",
        str(bank.uuid),
        "--json",
        *options,
        stdout=said,
        stderr=StringIO(),
    )
    answer: dict[str, Any] = json.loads(said.getvalue())
    assert set(answer) == {"found", "taken", "refused"}
    assert answer["found"] == answer["taken"] + len(answer["refused"])
    assert all(set(one) == {"name", "kind", "reason"} and one["reason"] for one in answer["refused"])
    return answer


def export_file(bank: Organization, form: str, path: Path) -> dict[str, Any]:
    said = StringIO()
    options = ["--organization", bank.code, "--format", form, "--output", str(path), "--json"]
    call_command("export_questions", *options, stdout=said)
    answer: dict[str, Any] = json.loads(said.getvalue())
    return answer


def facts(bank: Organization) -> list[tuple[Any, ...]]:
    """What a bank holds, pictures by what they show."""
    found = []
    for question in Question.objects.filter(organization=bank).select_related("current", "category__parent"):
        content = json.dumps(question.newest.content, sort_keys=True, ensure_ascii=False)
        for picture in BankPicture.objects.filter(organization=bank):
            content = content.replace(str(picture.uuid), picture.digest)
        path: list[str] = []
        folder = question.category
        while folder:
            path, folder = [folder.name, *path], folder.parent
        tags = sorted(question.tags.values_list("name", flat=True))
        found.append((question.kind, content, path, tags, question.difficulty))
    return sorted(found, key=str)


def full_bank() -> Organization:
    """A bank with a question of each kind, in folders, with tags and pictures."""
    bank = make_organization()
    top = add_category(bank, name="Tikuv / bichuv", by=None)
    inner = add_category(bank, name="Amaliy", parent=top, by=None)
    for place, kind in enumerate(KINDS):
        folder = (None, top, inner)[place % 3]
        make_question(bank, kind, category=folder, difficulty=place % 3 + 1, tags=["mashq", f"t{place}"], points="2.5")
    picture = make_picture(bank, color="navy")
    html = f'<p>Nima bu? <img src="/pictures/{picture.uuid}/" alt="Doira"></p>'
    make_question(
        bank, "true-false", text={"uz": html, "ru": "<p>Что это?</p>"}, feedback={"ru": "Смотрите внимательно."}
    )
    return bank


def test_a_file_is_taken_once_however_often_it_comes() -> None:
    bank = make_organization()
    tried = import_file(FILES / "every_kind.xml", bank, "--dry-run")
    assert (tried["found"], tried["taken"]) == (32, 14)
    assert not Question.objects.exists()
    assert not QuestionCategory.objects.exists()
    assert not QuestionTag.objects.exists()
    assert not BankPicture.objects.exists()
    first = import_file(FILES / "every_kind.xml", bank)
    assert first == tried
    assert Question.objects.count() == 14
    assert import_file(FILES / "every_kind.xml", bank, "--format", "moodle-xml") == first
    assert (Question.objects.count(), BankPicture.objects.count()) == (14, 1)
    spot = Question.objects.get(kind="hot-spot").newest.content["image"]
    assert spot == {"uuid": str(BankPicture.objects.get().uuid), "width": 24, "height": 12}
    assert QuestionCategory.objects.get(name="Amaliy/nazariy").parent == QuestionCategory.objects.get(
        name="Tikuvchilik"
    )


@pytest.mark.parametrize(
    ("form", "lacks"),
    [
        ("moodle-xml", set()),
        ("gift", {"ordering", "hot-spot", "file", "cloze"}),
        ("xlsx", {"hot-spot", "true-false"}),
        ("csv", {"hot-spot", "true-false"}),
    ],
)
def test_what_is_exported_and_imported_is_equal(tmp_path: Path, form: str, lacks: set[str]) -> None:
    bank, other = full_bank(), make_organization()
    path = tmp_path / f"questions.{form}"
    answer = export_file(bank, form, path)
    assert {one["kind"] for one in answer["refused"]} == lacks
    assert all(one["name"] and one["reason"] for one in answer["refused"])
    assert answer["found"] == answer["written"] + len(answer["refused"]) == 12
    name = [] if form in ("moodle-xml", "gift") else ["--format", form]
    assert import_file(path, other, *name) == {"found": answer["written"], "taken": answer["written"], "refused": []}
    assert [one for one in facts(other) if one not in facts(bank)] == []
    assert Question.objects.filter(organization=other).count() == answer["written"]
    before = facts(bank)
    import_file(path, bank, *name)
    assert facts(bank) == before


def test_a_russian_bank_needs_no_marks(tmp_path: Path) -> None:
    bank, other = make_organization(), make_organization()
    make_question(bank, "true-false", text={"ru": "Это игла?"})
    path = tmp_path / "a.gift"
    export_file(bank, "gift", path)
    assert "multilang" not in path.read_text()
    import_file(path, other)
    assert facts(other) == facts(bank)


def test_retired_questions_are_not_written(tmp_path: Path) -> None:
    bank = make_organization()
    retire_question(make_question(bank), by=None)
    assert export_file(bank, "gift", tmp_path / "a.gift") == {"found": 0, "written": 0, "refused": []}


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    bank = make_organization()
    path = tmp_path / "a.xml"
    path.write_text("<quiz><question>")
    with pytest.raises(SystemExit) as left:
        import_file(path, bank)
    assert left.value.code == 1
    for options in ([str(path), "--organization", "none"], [str(tmp_path / "b"), "--organization", bank.code]):
        with pytest.raises(CommandError):
            call_command("import_questions", *options)
    with pytest.raises(CommandError):
        export_file(bank, "aiken", path)
    with pytest.raises(CommandError):
        export_file(bank, "qti", path)


def test_a_bank_is_named_by_uuid_code_or_id() -> None:
    bank = make_organization()
    for named in (str(bank.uuid), bank.code, str(bank.pk)):
        said = StringIO()
        call_command("import_questions", str(FILES / "with_mark.gift"), "--organization", named, stdout=said)
        assert "2 found, 2 taken, 0 refused" in said.getvalue()
    assert Question.objects.filter(organization=bank).count() == 2
    with pytest.raises(CommandError):
        call_command(
            "import_questions", str(FILES / "wide.gift"), "--organization", make_organization(kind="hokimiyat").code
        )


def test_formats_are_named_as_people_name_them(tmp_path: Path) -> None:
    bank = make_organization()
    make_question(bank, "true-false")
    for named, ending in (("Moodle XML", "xml"), ("moodle_xml", "xml"), ("GIFT", "gift"), ("spreadsheet", "csv")):
        path = tmp_path / f"{named}.{ending}"
        assert export_file(bank, named, path)["written"] == 1
        assert import_file(path, bank, "--format", named)["taken"] == 1
    assert path.read_text(encoding="utf-8-sig").count(";") > 10
