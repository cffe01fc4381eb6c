"""The demo's courses, written and published by those who teach them; and learners at work in them."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count

from django.core.files.base import ContentFile

from accounts.models import Organization, Profession, User
from courses.models import Course, Lesson, Module, QuestionVersion
from courses.questions import Response, right_response
from courses.services import grade_categories
from courses.services.bank import add_category, add_picture, add_question
from courses.services.courses import create_course
from courses.services.grade_categories import CategoryFields
from courses.services.outline import LessonFields, add_lesson, add_module
from courses.services.quizzes import Draw, add_draw, add_item
from courses.services.release import ReleaseFields, save_release
from courses.services.versions import publish_version, submit_for_review
from enrollment.models import Enrollment
from enrollment.services.cohorts import standing_cohort
from enrollment.services.progress import complete_lesson, open_lesson, passes
from learning.models import Attempt
from learning.services.answers import save_answers
from learning.services.attempts import start_attempt, submit_attempt
from lms.demo import library
from lms.demo.clock import Calendar
from lms.demo.handouts import render_handout
from lms.demo.people import Cast
from lms.demo.pictures import draw_picture

PAGES = (Lesson.Kind.PAGE, Lesson.Kind.FILE)
LAST_MODULE_WAITS = "elektron-hujjat-almashinuvi"
slips: Iterator[int] = count()  # so that not everybody slips at the same question


def make_courses(cast: Cast, calendar: Calendar) -> dict[str, Course]:
    """Write and publish every course of the content, by its slug."""
    owners = {
        "mono-centre": (cast.centre, cast.users["instructor"], cast.users["centre"]),
        "academy": (cast.academy, cast.users["academy"], cast.users["academy"]),
    }
    courses = {}
    with calendar.on(-335):
        for name, (provider, author, _reviewer) in owners.items():
            fill_bank(name, provider, by=author)
    for slug in (*library.COURSES, library.INTRODUCTION):
        content = library.load_course(slug)
        provider, author, reviewer = owners[content.provider]
        with calendar.on(-330):
            course = _write_course(content, provider, by=author)
        with calendar.on(-325):
            draft = course.versions.get()
            submit_for_review(draft, by=author)
            publish_version(draft, by=reviewer)
            course.refresh_from_db()
            if course.self_paced:
                standing_cohort(course)
        courses[slug] = course
    return courses


def fill_bank(owner: str, provider: Organization, *, by: User) -> None:
    """Put the questions of the content into a provider's bank, in their folders."""
    for question in library.load_bank(owner):
        content = dict(question.content)
        if question.picture:
            data = draw_picture(question.picture)
            picture = add_picture(provider, file=data, size=data.getbuffer().nbytes, by=by)
            content["image"] = {"uuid": str(picture.uuid), "width": picture.width, "height": picture.height}
        add_question(
            provider,
            kind=question.kind,
            content=content,
            category=add_category(provider, name=question.folder, by=by),
            difficulty=question.difficulty,
            tags=question.tags,
            by=by,
        )


def _write_course(content: library.Course, provider: Organization, *, by: User) -> Course:
    course = create_course(
        provider=provider,
        title=content.title,
        summary=content.summary,
        hours=content.hours,
        slug=content.slug,
        language=content.language,
        profession=Profession.objects.get(code=content.profession) if content.profession else None,
        self_paced=content.self_paced,
        min_grade=content.min_grade,
        min_attendance=content.min_attendance,
        by=by,
    )
    draft = course.versions.get()
    categories = {
        one.key: grade_categories.add_category(draft, CategoryFields(one.title, Decimal(one.weight)), by=by)
        for one in content.categories
    }
    for part in content.modules:
        module = add_module(draft, title=part.title, by=by)
        for lesson in part.lessons:
            written = _write_lesson(module, lesson, by=by)
            if lesson.category:
                grade_categories.categorize(draft, {written: categories[lesson.category]}, by=by)
    if content.slug == LAST_MODULE_WAITS:
        *_others, before, last = draft.modules.all()
        save_release(last, ReleaseFields(after=before), by=by)
    return course


def _write_lesson(module: Module, content: library.Lesson, *, by: User) -> Lesson:
    fields = LessonFields(
        title=content.title,
        body=content.body,
        minutes=content.minutes,
        required=content.required,
        weight=Decimal(content.weight),
        pass_score=None if content.pass_score is None else Decimal(content.pass_score),
        max_attempts=content.max_attempts,
    )
    if content.handout:
        fields["file"] = ContentFile(render_handout(content.handout), name=f"{content.handout}.pdf")
    lesson = add_lesson(module, kind=content.kind, by=by, **fields)
    for item in content.questions:
        question = add_question(module.version.course.provider, kind=item.kind, content=item.content, by=by)
        add_item(lesson, question=question, by=by)
    for draw in content.draws:
        tag = module.version.course.provider.question_tags.get(key=draw.tag)
        add_draw(lesson, Draw(draw.count, tag=tag, difficulty=draw.difficulty), by=by)
    return lesson


def study(enrollment: Enrollment, lessons: list[Lesson], *, mistakes: int = 1) -> None:
    """Let a learner go through these lessons in order, with so many mistakes in each quiz; classes are not for here.

    Who does not pass a quiz takes it again, better.
    """
    for lesson in lessons:
        if lesson.kind in PAGES:
            open_lesson(enrollment, lesson)
            complete_lesson(enrollment, lesson)
        elif lesson.kind == Lesson.Kind.QUIZ:
            open_lesson(enrollment, lesson)
            attempt = take_quiz(enrollment, lesson, mistakes=mistakes)
            if not passes(lesson, attempt.score):
                take_quiz(enrollment, lesson, mistakes=mistakes - 1)


def take_quiz(enrollment: Enrollment, quiz: Lesson, *, mistakes: int, hand_in: bool = True) -> Attempt:
    """Answer every question of a quiz, `mistakes` of them wrongly."""
    attempt = start_attempt(enrollment, quiz)
    questions = list(attempt.questions.select_related("version__question"))
    first = next(slips)
    wrong = {questions[(first + number) % len(questions)].pk for number in range(mistakes)}
    save_answers(attempt, {one.pk: _response(one.version, right=one.pk not in wrong) for one in questions})
    return submit_attempt(attempt) if hand_in else attempt


def _response(version: QuestionVersion, *, right: bool) -> Response:
    """A right answer; a wrong one is what the wrong choices are, or what does not fit."""
    answer = right_response(version.question.kind, version.content)
    if right:
        return answer
    if "choices" in version.content:
        wrong = [choice["key"] for choice in version.content["choices"] if Decimal(choice["worth"]) <= 0]
        return wrong if isinstance(answer, list) else str(wrong[0])
    if "answer" in version.content:
        return "false" if answer == "true" else "true"
    return {"numeric": "0", "short-text": "bilmayman"}.get(version.question.kind, "")
