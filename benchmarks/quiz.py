"""A quiz of ten questions that many take, for measuring answers and a storm of them."""

from decimal import Decimal

from django.db import transaction

from accounts.models import Organization, Person, User
from base.folding import fold
from courses.models import Course, Lesson
from courses.services.courses import create_course
from courses.services.outline import add_lesson, add_module
from courses.services.quiz_rules import RuleFields, save_rules
from courses.services.quizzes import add_quiz_question
from courses.services.versions import publish_version, submit_for_review
from enrollment.models import Enrollment
from enrollment.services.cohorts import standing_cohort
from learning.models import Attempt
from learning.services.attempts import start_attempt, submit_attempt

SLUG = "bench-quiz"
QUESTIONS = 10
CHOICES = "abcd"
MINUTES = 60


@transaction.atomic
def ensure_quiz() -> Lesson:
    """Make it unless it is there; a page beside it keeps the course from being completed."""
    if not Course.objects.filter(slug=SLUG).exists():
        names = {"uz": "Sinov akademiyasi", "en": "Academy of benchmarks"}
        academy, _made = Organization.objects.get_or_create(code="BENCH", defaults={"kind": "academy", "names": names})
        title = {"uz": "Sinov: mehnat xavfsizligi"}
        course = create_course(
            provider=academy, title=title, summary=title, hours=8, slug=SLUG, self_paced=True, by=None
        )
        version = course.versions.get()
        module = add_module(version, title=title, by=None)
        add_lesson(module, kind="page", title={"uz": "Matn"}, body={"uz": "<p>Matn</p>"}, minutes=5, by=None)
        quiz = add_lesson(
            module, kind="quiz", title={"uz": "Yakuniy sinov"}, minutes=MINUTES, weight=Decimal(1), by=None
        )
        for number in range(1, QUESTIONS + 1):
            add_quiz_question(quiz, kind="single", content=_content(number), by=None)
        save_rules(quiz, RuleFields(minutes=MINUTES), by=None)
        submit_for_review(version, by=None)
        publish_version(version, by=None)
    return Lesson.objects.get(version__course__slug=SLUG, version__status="published", kind="quiz")


def _content(number: int) -> dict[str, object]:
    choices = [
        {"key": key, "text": {"uz": f"{number}-savolning {key} javobi"}, "correct": key == "a"} for key in CHOICES
    ]
    return {"text": {"uz": f"{number}-savol: ishni boshlashdan oldin nima tekshiriladi?"}, "choices": choices}


def begin_attempts(count: int) -> list[Attempt]:
    """Let so many learners, made unless they are there, begin the quiz anew; each with its enrollment and user."""
    quiz = ensure_quiz()
    enrollments = _ensure_learners(quiz, count)
    attempts = []
    for enrollment in enrollments:
        for old in Attempt.objects.filter(enrollment=enrollment, status=Attempt.Status.OPEN):
            submit_attempt(old)
        attempts.append(start_attempt(enrollment, quiz))
    rows = Attempt.objects.filter(pk__in=[attempt.pk for attempt in attempts])
    return list(rows.select_related("lesson", "enrollment__person__user").prefetch_related("questions"))


@transaction.atomic
def _ensure_learners(quiz: Lesson, count: int) -> list[Enrollment]:
    cohort = standing_cohort(quiz.version.course)
    known = Enrollment.objects.filter(cohort=cohort).count()
    people = Person.objects.bulk_create(
        Person(surname=f"Testov{n}", given_name="Anvar", gender="male", search_key=fold(f"Testov{n} Anvar"))
        for n in range(known, count)
    )
    User.objects.bulk_create(User(username=f"bench-quiz-{person.pk}", person=person) for person in people)
    Enrollment.objects.bulk_create(
        Enrollment(person=person, cohort=cohort, organization_id=cohort.organization_id) for person in people
    )
    return list(Enrollment.objects.filter(cohort=cohort).order_by("pk")[:count])
