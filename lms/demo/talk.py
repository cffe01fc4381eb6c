"""What the demo's learners note down, ask each other and report."""

from uuid import uuid4

from accounts.models import User
from accounts.services.users import ensure_user
from enrollment.models import Enrollment, ReportReason
from learning.services.discussions import reply, start_thread
from learning.services.moderation import report_post, set_answer
from learning.services.notes import save_note, set_bookmark
from lms.demo.clock import Calendar
from lms.demo.people import Cast

NOTES = (
    "Murojaatni roʻyxatga olish kuni muddat boshlanadi. Rahbarga aytish kerak!",
    "Ariza, taklif, shikoyat: farqini yodda tutish.\nShikoyatni ustidan shikoyat qilingan kishiga bermaslik.",
)


def note_and_ask(cast: Cast, calendar: Calendar) -> None:
    """`learner` keeps notes; in the group of `resident` a question is answered, and an advertisement reported."""
    _write_notes(_learning(cast.users["learner"]), calendar)
    own = _learning(cast.users["resident"])
    others = own.cohort.enrollments.filter(status=Enrollment.Status.ACTIVE).exclude(pk=own.pk).order_by("pk")
    second, third = (ensure_user(one.person, by=None) for one in others[:2])
    lesson = own.cohort.version.lessons.filter(kind="page")[0]
    asker, teacher = cast.users["resident"], cast.users["instructor"]
    with calendar.on(-4, 18):
        question = "Yupqa ipakka qaysi raqamli igna toʻgʻri keladi? 90-raqamli iz qoldiryapti."
        words = {"title": "Yupqa matoga qaysi igna?", "text": question}
        thread = start_thread(own.cohort, lesson, **words, uuid=uuid4(), by=asker)
    with calendar.on(-4, 20):
        reply(thread, text="Menda ham shunday boʻldi, ignani almashtirsam tuzaldi.", uuid=uuid4(), by=second)
    with calendar.on(-3, 9):
        told = "60 yoki 70-raqamlisini oling, uchi yangi boʻlsin. Avval keraksiz parchada sinab koʻring."
        set_answer(reply(thread, text=told, uuid=uuid4(), by=teacher), on=True, by=teacher)
    with calendar.on(-2, 19):
        advert = reply(thread, text="Arzon ignalar! Hoziroq yozing: https://example.com/igna", uuid=uuid4(), by=third)
    with calendar.on(-2, 21):
        report_post(advert, reason=ReportReason.objects.get(code="advertising"), by=asker)


def _write_notes(enrollment: Enrollment, calendar: Calendar) -> None:
    lessons = enrollment.cohort.version.lessons.filter(kind="page")
    for number, (lesson, text) in enumerate(zip(lessons, NOTES, strict=False)):
        with calendar.on(number - 10, 17):
            save_note(enrollment, lesson, uuid=uuid4(), text=text)
    set_bookmark(enrollment, lessons[0], on=True)


def _learning(user: User) -> Enrollment:
    return Enrollment.objects.filter(person=user.person_id, status=Enrollment.Status.ACTIVE).select_related("cohort")[0]
