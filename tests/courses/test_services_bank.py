from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.db import IntegrityError, connection
from PIL import Image

from base.errors import InvalidInput
from courses.models import BankPicture, Question, QuestionCategory, QuestionTag
from courses.queries import BankFilter, bank, folders
from courses.services.bank import (
    CategoryNotEmpty,
    ForeignCategory,
    QuestionChanged,
    add_category,
    add_picture,
    add_question,
    duplicate_question,
    move_questions,
    remove_category,
    rename_category,
    restore_question,
    retire_question,
    save_question,
)
from courses.services.quizzes import Draw, add_draw
from tests.accounts.factories import make_organization
from tests.courses.factories import content_of, make_course, make_module, make_picture, make_question, make_quiz

pytestmark = pytest.mark.django_db


def test_add_question_twice_is_one() -> None:
    bank_of = make_organization()
    first = make_question(bank_of, text={"uz": "Nima?"})
    assert make_question(bank_of, text={"uz": "Nima?"}) == first
    assert make_question(bank_of, "multiple", text={"uz": "Nima?"}) != first
    assert make_question(make_organization(), text={"uz": "Nima?"}) != first
    retire_question(first, by=None)
    assert make_question(bank_of, text={"uz": "Nima?"}) != first


def test_add_question_refuses_what_cannot_be_asked() -> None:
    with pytest.raises(InvalidInput):
        add_question(make_organization(), kind="riddle", content={"text": {"uz": "A"}}, by=None)
    with pytest.raises(InvalidInput):
        make_question(make_organization(), text={"uz": "  "})
    assert not Question.objects.exists()


def test_a_change_makes_a_version_and_the_same_again_none() -> None:
    question = make_question(make_organization(), "true-false", text={"uz": "Rostmi?"})
    first = question.newest
    same = save_question(question, content=first.content, seen=1, by=None)
    assert same.newest == first
    changed = save_question(question, content=first.content | {"answer": False}, seen=1, by=None)
    assert [version.number for version in changed.versions.order_by("number")] == [1, 2]
    assert changed.newest.content["answer"] is False
    first.refresh_from_db()
    assert first.content["answer"] is True


def test_two_authors_do_not_overwrite_each_other() -> None:
    question = make_question(make_organization(), "true-false")
    save_question(question, content=question.newest.content | {"answer": False}, seen=1, by=None)
    other = content_of("true-false", text={"uz": "Boshqa gap"})
    with pytest.raises(QuestionChanged):
        save_question(question, content=other, seen=1, by=None)
    assert save_question(question, content=other, seen=2, by=None).newest.number == 3


def test_a_question_is_found_by_words_tags_folder_kind_and_difficulty() -> None:
    home = make_organization()
    folder = add_category(home, name="Choklar", by=None)
    inner = add_category(home, name="Ichki", parent=folder, by=None)
    tags = ["Tikuv", "tikuv", "Oʻlchov"]
    text = {"uz": "Toʻgʻri chok qanday tikiladi?"}
    wanted = make_question(home, text=text, category=inner, difficulty=3, tags=tags)
    make_question(home, "numeric")
    make_question(make_organization(), text=text)
    tag = wanted.tags.get(name="Oʻlchov")
    assert wanted.tags.count() == 2
    for asked in (
        BankFilter(q="тўғри чок"),
        BankFilter(kind="single"),
        BankFilter(category=folder),
        BankFilter(tag=tag),
        BankFilter(difficulty=3),
    ):
        assert list(bank([home.pk], asked)) == [wanted]
    assert not bank([home.pk], BankFilter(q="chok", kind="numeric")).exists()
    assert not bank([home.pk], BankFilter(retired=True)).exists()
    assert [(one.path, one.depth) for one in folders([home.pk])] == [("Choklar", 0), ("Choklar / Ichki", 1)]


def test_a_copy_goes_its_own_way() -> None:
    question = make_question(make_organization(), tags=["a"], difficulty=1)
    copy = duplicate_question(question, by=None)
    assert (copy.newest.content, copy.difficulty, copy.tags.count()) == (question.newest.content, 1, 1)
    save_question(copy, content=content_of("single"), by=None)
    question.refresh_from_db()
    assert question.newest.number == 1


def test_retired_and_back() -> None:
    question = make_question(make_organization())
    for _again in range(2):
        retire_question(question, by=None)
    assert not Question.objects.in_use().exists()
    for _again in range(2):
        restore_question(question, by=None)
    assert Question.objects.in_use().get() == question


def test_questions_move_within_their_bank_only() -> None:
    home = make_organization()
    folder, questions = add_category(home, name="A", by=None), [make_question(home), make_question(home)]
    assert move_questions(questions, folder, by=None) == 2
    assert move_questions(questions, folder, by=None) == 0
    assert folder.questions.count() == 2
    with pytest.raises(ForeignCategory):
        move_questions(questions, add_category(make_organization(), name="B", by=None), by=None)
    assert move_questions(questions, None, by=None) == 2


def test_folders() -> None:
    home = make_organization()
    top = add_category(home, name=" Choklar ", by=None)
    assert add_category(home, name="Choklar", by=None) == top
    assert rename_category(top, name="Chok", by=None).name == "Chok"
    other = add_category(home, name="Boshqa", by=None)
    for wrong in ("Chok", "", "x" * 121):
        with pytest.raises(InvalidInput):
            rename_category(other, name=wrong, by=None)
    with pytest.raises(ForeignCategory):
        add_category(make_organization(), name="Ichki", parent=top, by=None)
    deep = top
    for n in range(5):
        deep = add_category(home, name=str(n), parent=deep, by=None)
    with pytest.raises(InvalidInput):
        add_category(home, name="past", parent=deep, by=None)
    with pytest.raises(CategoryNotEmpty):
        remove_category(top, by=None)
    for _again in range(2):
        remove_category(other, by=None)


def test_a_folder_that_a_quiz_draws_from_stays() -> None:
    quiz = make_quiz(make_module(make_course().versions.get()), kinds=())
    folder = add_category(quiz.version.course.provider, name="A", by=None)
    add_draw(quiz, Draw(count=1, category=folder), by=None)
    with pytest.raises(CategoryNotEmpty):
        remove_category(folder, by=None)


def test_two_folders_of_one_name_cannot_lie_beside_each_other() -> None:
    home = make_organization()
    QuestionCategory.objects.create(organization=home, name="A")
    with pytest.raises(IntegrityError):
        QuestionCategory.objects.create(organization=home, name="A")


def test_a_picture_is_kept_once_and_made_anew() -> None:
    home = make_organization()
    first = make_picture(home)
    assert make_picture(home) == first
    assert make_picture(home, color="red") != first
    assert (first.width, first.height) == (400, 300)
    photo, exif = BytesIO(), Image.Exif()
    exif[0x8825] = {1: "N"}
    Image.new("RGB", (3000, 1000)).save(photo, "JPEG", exif=exif)
    photo.seek(0)
    kept = add_picture(home, file=photo, size=len(photo.getvalue()), by=None)
    assert (kept.width, kept.height) == (1600, 533)
    with Image.open(kept.file) as image:
        assert not image.getexif()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_picture(make_organization(), file=BytesIO(data), size=len(data), by=None)
    assert refusal.value.field == "picture"


def test_a_hot_spot_shows_a_picture_of_its_own_bank() -> None:
    question = make_question(make_organization(), "hot-spot")
    with pytest.raises(InvalidInput):
        add_question(make_organization(), kind="hot-spot", content=question.newest.content, by=None)
    assert BankPicture.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_concurrent_changes_are_versions_one_after_the_other() -> None:
    question = make_question(make_organization(), "true-false", tags=["a"])

    def change(n: int) -> None:
        try:
            save_question(question, content=content_of("true-false", text={"uz": f"{n}"}), by=None, tags=["a", f"{n}"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(8)))
    assert sorted(question.versions.values_list("number", flat=True)) == list(range(1, 10))
    assert QuestionTag.objects.count() == 9
