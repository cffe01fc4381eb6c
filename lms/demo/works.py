"""Work that people judge: a short course with an assignment, of which some waits, and an examination at the bench."""

from decimal import Decimal

from django.core.files.base import ContentFile

from accounts.services.users import ensure_user
from courses.models import Course, Criterion, Lesson
from courses.services.assignments import AssignmentFields, add_criterion, save_assignment_rules
from courses.services.courses import create_course
from courses.services.outline import LessonFields, add_lesson, add_module
from courses.services.prerequisites import save_prerequisites
from courses.services.versions import publish_version, submit_for_review
from enrollment.models import Cohort, Enrollment
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort
from enrollment.services.enrollments import enroll_person
from enrollment.services.prerequisites import grant_exception
from learning.models import Submission
from learning.services.marking import finish_mark
from learning.services.works import add_file, begin_sitting, hand_in
from lms.demo.clock import Calendar
from lms.demo.people import Cast
from lms.demo.pictures import draw_picture
from lms.demo.stages import Way, wait_for_a_seat

WAITING = {"r21": -9, "r23": -8}  # since what day; who came too late for the group
LEARNERS = ("r10", "r15", "r16", "r18", "r27")
EXPERIENCED = ("r27",)
EXPERIENCE = "Atelyeda ikki yil ishlagan, mehnat daftarchasi koʻrildi."
TITLE = {"uz": "Kiyim taʼmirlash", "ru": "Ремонт одежды", "en": "Mending clothes"}
SUMMARY = {
    "uz": "Chok, tugma va ilgakni yangilash: uyda bajariladigan ish va ustaxonadagi imtihon.",
    "ru": "Обновить шов, пуговицу и молнию: работа дома и экзамен в мастерской.",
    "en": "Renewing seams, buttons and zips: work at home and an examination in the workshop.",
}
TASK = {
    "uz": "<p>Yirtilgan kiyimni tanlang va taʼmirlang. Oldin va keyin suratga oling, nima qilganingizni yozing.</p>",
    "ru": "<p>Выберите порванную вещь и почините её. Снимите до и после, напишите, что вы сделали.</p>",
    "en": "<p>Choose a torn garment and mend it. Take a photo before and after, and write what you did.</p>",
}
STORY = "Koʻylakning yengini taʼmirladim: yirtigʻini tekislab, ichidan mato qoʻydim, keyin mayda chok bilan tikdim."
LEVELS = {
    "uz": "Chok koʻrinib turadi\nBiroz bilinadi\nBilinmaydi",
    "ru": "Шов виден\nСлегка заметен\nНезаметен",
    "en": "The seam shows\nIt shows a little\nIt cannot be seen",
}
NEAT = {"uz": "Chok toza", "ru": "Шов аккуратный", "en": "The seam is neat"}
TOLD = {"uz": "Ish tartibi aytilgan", "ru": "Порядок работы описан", "en": "The steps are told"}
BENCH = (
    (
        {
            "uz": "Mashinani tozalashdan oldin oʻchiradi",
            "ru": "Выключает машину перед чисткой",
            "en": "Switches the machine off before cleaning it",
        },
        True,
    ),
    (
        {"uz": "Igna va ipni moslaydi", "ru": "Подбирает иглу и нить", "en": "Chooses a needle that fits the thread"},
        False,
    ),
    ({"uz": "Ilgakni tekis tikadi", "ru": "Ровно вшивает молнию", "en": "Sews the zip in straight"}, False),
    ({"uz": "Ish joyini yigʻishtiradi", "ru": "Убирает рабочее место", "en": "Leaves the place tidy"}, False),
)


def judge_works(cast: Cast, calendar: Calendar) -> None:
    """Publish the course, let a group hand in, mark one work, and let two assessors see different things."""
    instructor, manager = cast.users["instructor"], cast.users["centre"]
    with calendar.on(-60):
        course = _write_course(cast)
    with calendar.on(-30):
        cohort = _open_group(cast, course, calendar)
    with calendar.on(-15):
        _ask_for_the_basics(cast, cohort)
    with calendar.on(-14, 10):
        learners = [enroll_person(cohort=cohort, person=cast.residents[name].person, by=manager) for name in LEARNERS]
    wait_for_a_seat(Way(cast, calendar, course, {}), WAITING)
    works = [_hand_in(calendar, one, day) for one, day in zip(learners, (-6, -3, -2), strict=False)]
    with calendar.on(-4, 15):
        reached = {str(one.pk): 2 - n for n, one in enumerate(_criteria(cohort, "assignment"))}
        words = "Chok chiroyli. Ipni qanday tanlaganingizni ham yozing."
        finish_mark(works[0], reached=reached, comment=words, by=instructor)
    with calendar.on(-1, 11):
        bench = cohort.version.lessons.get(kind=Lesson.Kind.PRACTICAL)
        sitting = begin_sitting(learners[0], bench, by=instructor)
        items = [str(one.pk) for one in _criteria(cohort, "practical")]
        finish_mark(sitting, reached=dict.fromkeys(items, 1), comment="", by=instructor)
        seen = dict.fromkeys(items, 1) | {items[2]: 0}
        finish_mark(sitting, reached=seen, comment="Ilgak pastda biroz qiyshaygan.", by=manager)


def _write_course(cast: Cast) -> Course:
    author = cast.users["instructor"]
    course = create_course(
        provider=cast.centre, title=TITLE, summary=SUMMARY, hours=24, slug="kiyim-tamirlash", language="uz", by=author
    )
    draft = course.versions.get()
    part = {"uz": "Ish va imtihon", "ru": "Работа и экзамен", "en": "Work and test"}
    module = add_module(draft, title=part, by=author)
    graded = LessonFields(minutes=90, weight=Decimal(1), pass_score=Decimal(60), max_attempts=3)
    home = {"uz": "Uyda taʼmirlash", "ru": "Ремонт дома", "en": "Mending at home"}
    task = add_lesson(module, kind=Lesson.Kind.ASSIGNMENT, by=author, **graded | LessonFields(title=home, body=TASK))
    rules = AssignmentFields(kinds=["picture", "video"], due_days=12, late="reduced", anonymous=True)
    save_assignment_rules(task, rules, by=author)
    add_criterion(task, title=NEAT, levels=LEVELS, points="0; 3; 5", required=False, by=author)
    add_criterion(task, title=TOLD, levels={}, points="2", required=False, by=author)
    exam = {"uz": "Ustaxonada imtihon", "ru": "Экзамен в мастерской", "en": "Examination in the workshop"}
    bench = add_lesson(module, kind=Lesson.Kind.PRACTICAL, by=author, **graded | LessonFields(title=exam))
    for title, required in BENCH:
        add_criterion(bench, title=title, levels={}, points="1", required=required, by=author)
    submit_for_review(draft, by=author)
    publish_version(draft, by=cast.users["centre"])
    course.refresh_from_db()
    return course


def _ask_for_the_basics(cast: Cast, cohort: Cohort) -> None:
    """Whoever mends clothes has learned to sew, or did so at work."""
    basics = Course.objects.get(slug="tikuvchilik-asoslari")
    save_prerequisites(cohort.course, [basics], asked=Course.Asked.ALL, proof=Course.Proof.COMPLETED, by=None)
    for name in EXPERIENCED:
        person = cast.residents[name].person
        by = cast.users["centre"]
        grant_exception(course=cohort.course, organization=cast.centre, person=person, reason=EXPERIENCE, by=by)


def _open_group(cast: Cast, course: Course, calendar: Calendar) -> Cohort:
    plan = CohortPlan(
        code="TAM-1",
        starts_on=calendar.day(-14),
        ends_on=calendar.day(21),
        enrol_until=calendar.day(-10),
        seats=8,
        language="uz",
        mode=Cohort.Mode.BLENDED,
    )
    by = cast.users["centre"]
    people = [cast.users["instructor"]]
    draft = create_cohort(course=course, organization=cast.centre, plan=plan, instructors=people, by=by)
    return publish_cohort(draft, by=by)


def _hand_in(calendar: Calendar, enrollment: Enrollment, day: int) -> Submission:
    with calendar.on(day, 20):
        user = ensure_user(enrollment.person, by=None)
        task = enrollment.cohort.version.lessons.get(kind=Lesson.Kind.ASSIGNMENT)
        picture = ContentFile(draw_picture("machine").getvalue(), name="ish.png")
        add_file(enrollment, task, file=picture)
        return hand_in(enrollment, task, text=STORY, by=user)


def _criteria(cohort: Cohort, kind: str) -> list[Criterion]:
    return list(cohort.version.lessons.get(kind=kind).criteria.all())
