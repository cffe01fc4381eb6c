from decimal import Decimal

import pytest

from base.errors import InvalidInput
from courses.models import Lesson, PooledQuestion
from courses.queries import missing_to_publish
from courses.services.bank import add_category, retire_question, save_question
from courses.services.quizzes import (
    Draw,
    ForeignQuestion,
    NotQuiz,
    RetiredQuestion,
    SectionNotEmpty,
    add_draw,
    add_item,
    add_section,
    move_item,
    move_section,
    remove_item,
    remove_section,
    save_item,
    save_section,
)
from courses.services.versions import NotReady, VersionFrozen, new_draft
from tests.accounts.factories import make_organization
from tests.courses.factories import (
    content_of,
    make_course,
    make_lesson,
    make_module,
    make_published_course,
    make_question,
    make_quiz,
    publish,
)

pytestmark = pytest.mark.django_db


def empty_quiz() -> Lesson:
    return make_quiz(make_module(make_course().versions.get()), kinds=())


def test_items_keep_their_order() -> None:
    quiz = make_quiz(make_module(make_course().versions.get()), kinds=("single", "multiple", "numeric"))
    first, second, third = quiz.items.all()
    move_item(third, up=True, by=None)
    move_item(first, up=True, by=None)
    assert list(quiz.items.all()) == [first, third, second]
    remove_item(third, by=None)
    remove_item(third, by=None)
    assert list(quiz.items.all()) == [first, second]
    assert first.question is not None
    assert add_item(quiz, question=first.question, by=None) == first
    assert save_item(first, points=Decimal("2.5"), by=None).points == Decimal("2.5")


def test_items_and_sections_move_through_the_quiz() -> None:
    quiz = make_quiz(make_module(make_course().versions.get()), kinds=("single", "multiple"))
    first, second = quiz.items.all()
    part = add_section(quiz, title={"uz": "Amaliyot"}, shuffle=True, by=None)
    assert add_section(quiz, title={"uz": "Amaliyot"}, shuffle=True, by=None) == part
    move_item(second, up=False, by=None)
    assert list(part.items.all()) == [second]
    move_section(part, up=True, by=None)
    assert [(item.pk, item.position) for item in quiz.items.all()] == [(second.pk, 1), (first.pk, 2)]
    save_section(part, title={"uz": "Nazariya"}, shuffle=False, by=None)
    with pytest.raises(SectionNotEmpty):
        remove_section(part, by=None)
    assert save_item(second, points=1, section=first.section, by=None).position == 2
    part.refresh_from_db()
    remove_section(part, by=None)
    assert quiz.sections.count() == 1


def test_add_item_refusals() -> None:
    quiz = empty_quiz()
    question = make_question(quiz.version.course.provider)
    with pytest.raises(NotQuiz):
        add_item(make_lesson(quiz.module), question=question, by=None)
    with pytest.raises(ForeignQuestion):
        add_item(quiz, question=make_question(make_organization()), by=None)
    with pytest.raises(InvalidInput):
        add_item(quiz, question=question, points=0, by=None)
    retire_question(question, by=None)
    question.refresh_from_db()
    with pytest.raises(RetiredQuestion):
        add_item(quiz, question=question, by=None)
    for draw in (Draw(count=0), Draw(count=1, category=add_category(make_organization(), name="A", by=None))):
        with pytest.raises(InvalidInput):
            add_draw(quiz, draw, by=None)


def test_items_of_a_published_quiz_stay() -> None:
    quiz = make_published_course(kinds=("quiz",)).versions.get().lessons.get()
    item = quiz.items.all()[0]
    section = item.section
    for change in (
        lambda: remove_item(item, by=None),
        lambda: move_item(item, up=False, by=None),
        lambda: save_item(item, points=3, by=None),
        lambda: add_draw(quiz, Draw(count=1), by=None),
        lambda: save_section(section, title={}, shuffle=True, by=None),
        lambda: move_section(section, up=True, by=None),
        lambda: remove_section(section, by=None),
    ):
        with pytest.raises(VersionFrozen):
            change()


def test_publishing_freezes_what_is_asked_and_the_next_draft_follows_the_bank() -> None:
    course = make_course()
    quiz = make_quiz(make_module(course.versions.get()), kinds=("true-false",))
    question = quiz.items.get().question
    assert question is not None
    publish(course.versions.get())
    save_question(question, content=content_of("true-false"), by=None)
    draft_quiz = new_draft(course, by=None).lessons.get()
    assert PooledQuestion.objects.get().version.number == 1
    publish(draft_quiz.version)
    assert draft_quiz.items.get().pool.get().number == 2
    assert quiz.items.get().pool.get().number == 1


def test_a_draw_is_frozen_with_all_it_may_draw() -> None:
    quiz = empty_quiz()
    home = quiz.version.course.provider
    folder = add_category(home, name="A", by=None)
    inner = add_category(home, name="B", parent=folder, by=None)
    for difficulty, place in ((2, folder), (2, inner), (2, None), (3, inner)):
        make_question(home, category=place, difficulty=difficulty, tags=["tikuv"])
    tag = home.question_tags.get()
    item = add_draw(quiz, Draw(count=2, category=folder, tag=tag, difficulty=2), points=2, by=None)
    publish(quiz.version)
    make_question(home, category=folder, tags=["tikuv"])
    assert item.pool.count() == 2
    copy = new_draft(quiz.version.course, by=None).lessons.get().items.get()
    assert (copy.count, copy.category, copy.tag, copy.difficulty, copy.points) == (2, folder, tag, 2, Decimal(2))


def test_a_draw_that_might_fall_short_is_not_published() -> None:
    quiz = empty_quiz()
    home = quiz.version.course.provider
    add_item(quiz, question=make_question(home), by=None)
    make_question(home)
    add_draw(quiz, Draw(count=2), by=None)
    assert len(missing_to_publish(quiz.version)) == 1
    with pytest.raises(NotReady):
        publish(quiz.version)
    make_question(home)
    publish(quiz.version)
