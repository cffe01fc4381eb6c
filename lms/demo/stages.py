"""How far everybody of the demo has come: residents at each stage of the way, civil servants in their courses."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Person, User
from accounts.services.people import PersonData
from accounts.services.users import ensure_user
from base.transliteration import to_cyrillic
from courses.models import Course, Lesson
from enrollment.models import Cohort, Enrollment, Referral, Resident
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import enroll_person, enroll_self, withdraw_enrollment
from enrollment.services.outcomes import confirm_outcome, contradict_outcome, record_outcome
from enrollment.services.referrals import (
    accept_referral,
    decline_referral,
    enroll_referral,
    make_referral,
    waitlist_referral,
    withdraw_referral,
)
from enrollment.services.relocations import ask_relocation
from enrollment.services.residents import register_resident
from enrollment.services.wishes import record_wish
from enrollment.tasks import fail_overdue_enrollments, lapse_holds, sweep_freed_seats
from lms.demo.classes import Learners, ask_ahead, award, plan_class, plan_class_now, teach
from lms.demo.clock import Calendar
from lms.demo.cohorts import DOCUMENTS, SEWING, Group
from lms.demo.people import MAHALLA, Cast
from lms.demo.teaching import study, take_quiz

# Who was referred to which group; the numbers are those of the content.
MEMBERS = {
    "TIK-1": ("r10", "r15", "r16", "r18", "r19", "r21", "r23", "r27", "r28", "r30", "r31", "r35"),
    "TIK-2": ("r24", "r26", "r33", "r36", "r38", "r40"),
    "TIK-3": ("r1", "r3", "r5", "r6", "r8", "r11", "r13"),
}
LEAVING = {"r27": 7, "r13": 6}
ABSENT = frozenset({"r19"})
REASONS = {"r27": "found-job", "r13": "family"}
HELP = {"r17": "loan", "r25": "subsidy", "r34": "training", "r29": "entrepreneurship", "r36": "entrepreneurship"}

# What came of it: the kind, the day after the group's end, who employs, and whose word it was.
OUTCOMES = {
    "TIK-1": {
        "r10": ("permanent-job", 24, "Urgut tikuv fabrikasi", "official"),
        "r15": ("self-employment", 31, "", "official"),
        "r16": ("own-business", 92, "", "official"),
        "r18": ("permanent-job", 20, "Urgut tikuv fabrikasi", "official"),
        "r21": ("self-employment", 88, "", "official"),
        "r23": ("subsidy", 60, "", "official"),
        "r28": ("permanent-job", 45, "Omonqoʻtan maktab oshxonasi", "official"),
        "r30": ("permanent-job", 95, "Samarqand tikuv uyi", "confirmed"),
        "r31": ("self-employment", 70, "", "contradicted"),
        "r35": ("public-works", 40, "", "official"),
    },
    "TIK-2": {
        "r24": ("self-employment", 22, "", "official"),
        "r33": ("permanent-job", 30, "Urgut tikuv fabrikasi", "official"),
        "r26": ("permanent-job", 63, "Samarqand tikuv uyi", "claimed"),
    },
}


@dataclass(frozen=True)
class Way:
    """What every step of the way needs at hand."""

    cast: Cast
    calendar: Calendar
    course: Course
    cohorts: Mapping[str, Cohort]

    def official(self, resident: Resident) -> User:
        """Who looks after a resident: the assistant at home, the counter in the other mahallas of the district."""
        return self.cast.users["assistant" if resident.mahalla.code == MAHALLA else "counter"]

    def user_of(self, resident: Resident) -> User:
        return ensure_user(resident.person, by=self.official(resident))

    def refer(self, name: str, day: int, *, by_oneself: bool = False) -> Referral:
        """Write the wish down, and send the resident two days later."""
        resident = self.cast.residents[name]
        official = self.official(resident)
        with self.calendar.on(day - 2, 11):
            wish = record_wish(
                resident, kind="training", profession=self.course.profession, course=self.course, by=official
            )
        door = "counter" if official == self.cast.users["counter"] else "assistant"
        with self.calendar.on(day, 14):
            return make_referral(
                resident=resident,
                course=self.course,
                organization=self.cast.centre,
                wish=wish,
                door="self" if by_oneself else door,
                by=self.user_of(resident) if by_oneself else official,
            )

    def accept(self, referral: Referral, code: str, day: int) -> Referral:
        with self.calendar.on(day, 9):
            return accept_referral(referral, cohort=self.cohorts[code], by=self.cast.users["centre"])


def bring_residents_on_their_way(
    cast: Cast, courses: Mapping[str, Course], cohorts: Mapping[str, Cohort], calendar: Calendar
) -> None:
    way = Way(cast, calendar, courses["tikuvchilik-asoslari"], cohorts)
    for name, kind in HELP.items():
        with calendar.on(-50 - int(name[1:]), 12):
            resident = cast.residents[name]
            record_wish(resident, kind=kind, by=way.official(resident))
    for group in SEWING[:3]:
        _run_group(way, group)
    _end_early(way)
    sweep_freed_seats()  # nobody waits yet, so what came free stays free
    _wait_for_answers(way)
    _ask_to_move(way)
    _write_twice(way)


def _run_group(way: Way, group: Group) -> None:
    """Refer, accept, enrol and teach the members of a group, and write down what came of it."""
    centre, cohort = way.cast.users["centre"], way.cohorts[group.code]
    enrollments = {}
    for number, name in enumerate(MEMBERS[group.code]):
        referral = way.refer(name, group.begins - 16 + number % 6)
        accepted = way.accept(referral, group.code, group.begins - 9 + number % 4)
        with way.calendar.on(group.begins - 3, 10 + number / 4):
            enrollments[name] = enroll_referral(accepted, by=centre)
    learners = Learners(enrollments, leaving=LEAVING, absent=ABSENT)
    script = "tikuvchilik-asoslari/live.json" if group.ends > 0 else ""
    teach(way.cast, cohort, group, learners, way.calendar, script)
    for name in LEAVING.keys() & enrollments.keys():
        with way.calendar.on(group.begins + group.length * LEAVING[name] // cohort.version.lessons.count()):
            withdraw_enrollment(enrollments[name], reason=REASONS[name], by=centre)
    if group.ends > 0:
        live = cohort.version.lessons.get(kind=Lesson.Kind.LIVE)
        session = plan_class(way.cast, cohort, live, 2, live.minutes, way.calendar)
        ask_ahead(session, learners, way.calendar)
        plan_class_now(way.cast, cohort, live)
        return
    with way.calendar.on(group.ends + 15, 3):
        fail_overdue_enrollments()
    for name, (kind, days, employer, word) in OUTCOMES[group.code].items():
        _tell_outcome(way, name, enrollments[name], kind, group.ends + days, employer, word)


def _tell_outcome(way: Way, name: str, enrollment: Enrollment, kind: str, day: int, employer: str, word: str) -> None:
    resident = way.cast.residents[name]
    official = way.official(resident)
    begun = way.calendar.day(day - 4)
    by = official if word == "official" else way.user_of(resident)
    source = "Bandlik xizmati" if word == "official" else "Oʻzi aytdi"
    with way.calendar.on(day, 12):
        outcome = record_outcome(enrollment, kind=kind, on=begun, source=source, employer=employer, by=by)
    with way.calendar.on(day + 3, 12):
        if word == "confirmed":
            confirm_outcome(outcome, by=official)
        elif word == "contradicted":
            contradict_outcome(outcome, by=official)


def _wait_for_answers(way: Way) -> None:
    """Residents whose turn it is not yet: a draft of their own, submitted, overdue, with a seat held."""
    way.refer("r7", -1, by_oneself=True)
    way.refer("r39", -2, by_oneself=True)
    way.refer("r2", -1)
    way.refer("r32", -2)
    way.refer("r37", -2)
    way.refer("r9", -3)
    way.refer("r29", -9)  # overdue
    way.refer("r4", -20)  # long overdue
    for name, day in (("r22", -6), ("r20", -4)):
        way.accept(way.refer(name, day), "TIK-4", -1)


def wait_for_a_seat(way: Way, days: Mapping[str, int]) -> None:
    """Residents for whom no group of the course has a seat."""
    for name, day in days.items():
        referral = way.refer(name, day)
        with way.calendar.on(day + 2):
            waitlist_referral(referral, by=way.cast.users["centre"])


def _end_early(way: Way) -> None:
    """Residents whose way ended before a course: declined, withdrawn, lapsed."""
    centre = way.cast.users["centre"]
    for name, reason in (("r12", "health"), ("r34", "not-reached")):
        referral = way.refer(name, -38)
        with way.calendar.on(-36):
            decline_referral(referral, reason=reason, by=centre)
    for name, reason in (("r14", "found-job"), ("r17", "moved-away")):
        referral = way.refer(name, -18)
        with way.calendar.on(-12):
            withdraw_referral(referral, reason=reason, by=way.official(way.cast.residents[name]))
    referral = way.refer("r25", -44)
    way.accept(referral, "TIK-3", -41)
    with way.calendar.on(-33, 3):
        lapse_holds()


def _ask_to_move(way: Way) -> None:
    """The assistant asks for somebody whom the counter wrote down, and waits."""
    person, home = way.cast.residents["r34"].person, way.cast.residents["r17"].household
    assert person.pinfl
    data = PersonData(surname=person.surname, given_name=person.given_name, pinfl=person.pinfl.digits)
    with way.calendar.on(-1, 10):
        ask_relocation(home, data, by=way.cast.users["assistant"])


def _write_twice(way: Way) -> None:
    """Two neighbours of one name and birth date, one written in Cyrillic and without a PINFL: are they one person?"""
    person, home = way.cast.residents["r22"].person, way.cast.residents["r17"].household
    names = {part: to_cyrillic(getattr(person, part)) for part in ("surname", "given_name")}
    with way.calendar.on(-2, 15):
        twin = register_resident(home, PersonData(**names, birth_date=person.birth_date), by=way.cast.users["counter"])
        record_wish(twin, kind="training", by=way.cast.users["counter"])


def let_civil_servants_learn(
    cast: Cast, courses: Mapping[str, Course], cohorts: Mapping[str, Cohort], calendar: Calendar
) -> None:
    """Some finish a course at their own pace, `learner` is half way, the academy teaches a group."""
    standing = standing_cohort(courses["elektron-hujjat-almashinuvi"])
    lessons = list(standing.version.lessons.all())
    for name, day in (("c8", -140), ("c9", -95), ("c2", -60), ("c1", -30)):
        enrollment = _begin(cast.servants[name], standing, day, calendar)
        _read_on(enrollment, lessons, day, calendar, mistakes=int(name[1:]) % 3)
    _begin(cast.servants["c4"], standing, -8, calendar)
    learner = _begin(cast.servants["c7"], standing, -14, calendar)
    _read_on(learner, lessons[:6], -14, calendar, mistakes=1)
    with calendar.on(-1, 16):
        take_quiz(learner, lessons[6], mistakes=0, hand_in=False)
    group = DOCUMENTS[0]
    for number, name in enumerate(("c3", "c5", "c6", "c10", "c11")):
        with calendar.on(group.begins - 5):
            enrollment = enroll_person(cohort=cohorts[group.code], person=cast.servants[name], by=cast.users["academy"])
        _read_on(enrollment, lessons[: number * 2], group.begins, calendar, mistakes=number % 2)


def _begin(person: Person, cohort: Cohort, day: int, calendar: Calendar) -> Enrollment:
    with calendar.on(day, 8.5):
        return enroll_self(cohort=cohort, user=ensure_user(person, by=None))


def _read_on(enrollment: Enrollment, lessons: list[Lesson], day: int, calendar: Calendar, *, mistakes: int) -> None:
    """One lesson a day."""
    for number, lesson in enumerate(lessons):
        with calendar.on(day + number, 16):
            study(enrollment, [lesson], mistakes=mistakes)
            award()
