"""The rows of cohorts, referrals and enrollments, written as the services would have written them."""

from dataclasses import dataclass, field
from random import Random

from django.conf import settings
from django.db.models import Model

from accounts.models import Organization
from enrollment.models import (
    AttendanceEntry,
    Cohort,
    Completion,
    Enrollment,
    EnrollmentMove,
    LessonProgress,
    Outcome,
    Referral,
    ReferralMove,
    Seat,
    WithdrawalReason,
)
from reports.management.country.bulk import NULL, Bulk
from reports.management.country.calendar import Calendar
from reports.management.country.names import Name
from reports.management.country.papers import Paper, Papers
from reports.management.country.people import People, Someone
from reports.management.country.teaching import CLASS_MINUTES, Taught

SEATS = 25
RECORD = ("id", "uuid", "created_at", "updated_at")
MOVE = ("from_status", "to_status", "at", "reason", "note")
FIELDS: dict[type[Model], tuple[str, ...]] = {
    Cohort: (
        *(*RECORD, "course", "version", "organization", "code", "status", "is_standing", "open_to_all"),
        *("starts_on", "ends_on", "enrol_until", "seats", "language", "mode", "venue"),
    ),
    Referral: (
        *(*RECORD, "resident", "person", "course", "organization", "cohort", "wish", "mahalla", "district"),
        *("region", "category", "gender", "door", "status", "note", "submitted_at", "due_at", "answered_at"),
        *("accepted_at", "hold_until", "queued_at", "seat_due_at"),
    ),
    ReferralMove: ("referral", *MOVE),
    Enrollment: (
        *(*RECORD, "person", "cohort", "organization", "referral", "status", "enrolled_at", "ended_at"),
        *("withdrawal_reason", "progress", "attendance", "grade", "credential_code", "credential_issued_on"),
    ),
    EnrollmentMove: ("enrollment", *MOVE),
    Seat: ("cohort", "number", "capacity", "status", "person", "referral", "enrollment", "held_until"),
    LessonProgress: (
        *("enrollment", "lesson", "opened_at", "completed_at", "score", "hand_score", "minutes", "position", "by_hand"),
        "evidence",
    ),
    AttendanceEntry: ("enrollment", "lesson", "source", "minutes", "on", "reason", "at"),
    Completion: (*RECORD, "enrollment", "is_met", "decided_at", "grade", "attendance", "progress", "reason"),
    Outcome: (*RECORD, "person", "enrollment", "kind", "status", "on", "source", "employer", "evidence"),
}
"""By model: the fields of its rows, in the order in which they are written."""
Move = tuple[str, int, str]
"""A state, the day on which it was reached, the code of its reason."""


@dataclass(slots=True)
class Group:
    """A cohort that is being filled; `id` is its row, days count from the calendar's start."""

    id: int
    starts: int
    ends: int
    taken: int = 0


@dataclass(slots=True)
class Way:
    """What becomes of one referral: its states in order (none: a draft), and its place in a group."""

    someone: Someone
    centre: Organization
    taught: Taught
    day: int
    moves: list[Move] = field(default_factory=list)
    group: Group | None = None
    hold_until: int | None = None

    @property
    def status(self) -> str:
        return self.moves[-1][0] if self.moves else "draft"


@dataclass(slots=True)
class Stay:
    """What becomes of one enrollment: `end` is its state, reached on the day `ended` unless it is active."""

    person_id: int
    name: Name
    group: Group
    taught: Taught
    issuer: Organization
    enrolled: int
    end: str = "active"
    ended: int = 0
    reason: str = ""
    referral: str = NULL


def _bulk(model: type[Model]) -> Bulk:
    return Bulk(model, *FIELDS[model])


class Rows:
    def __init__(self, calendar: Calendar, random: Random, people: People) -> None:
        self.calendar, self.random, self.people = calendar, random, people
        self.papers = Papers(calendar, random)
        self.reasons = dict(WithdrawalReason.objects.values_list("code", "pk"))
        self.cohorts, self.referrals, self.moves = _bulk(Cohort), _bulk(Referral), _bulk(ReferralMove)
        self.enrollments, self.enrollment_moves = _bulk(Enrollment), _bulk(EnrollmentMove)
        self.seats, self.progress, self.attendance = _bulk(Seat), _bulk(LessonProgress), _bulk(AttendanceEntry)
        self.completions, self.outcomes = _bulk(Completion), _bulk(Outcome)
        # Each after those that its rows point to.
        self.tables = [
            *people.tables,
            *(self.cohorts, self.referrals, self.moves, self.enrollments, self.enrollment_moves, self.seats),
            *(self.progress, self.attendance, self.completions, self.outcomes),
        ]

    def flush(self) -> None:
        for table in self.tables:
            table.flush()

    def _uuid(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def add_cohort(self, centre: Organization, taught: Taught, starts: int) -> Group:
        n, calendar = self.cohorts.next_id(), self.calendar
        ends = starts + 7 * taught.weeks
        at, first, last = calendar.morning(starts - 45), calendar.day(starts), calendar.day(ends)
        self.cohorts.add(
            f"{n}\t{self._uuid()}\t{at}\t{at}\t{taught.course.pk}\t{taught.version.pk}\t{centre.pk}\t"
            f"{taught.course.pk}-{first[2:]}-{n}\tpublished\t0\t0\t{first}\t{last}\t{first}\t{SEATS}\tuz\ton-site\t"
        )
        return Group(n, starts, ends)

    def add_referral(self, way: Way) -> int:
        """A referral with its wish (most have one), its moves and, before it is enrolled, its seat."""
        calendar, someone, taught = self.calendar, way.someone, way.taught
        n, at = self.referrals.next_id(), calendar.morning(way.day)
        submitted, due = (at, f"{calendar.day(way.day + settings.ANSWER_DAYS)}{at[10:]}") if way.moves else (NULL, NULL)
        times = self._add_moves(n, way, at)
        accepted = times.get("accepted", NULL)
        answered = times.get("declined", accepted)
        door = "assistant" if self.random.random() < 0.8 else "counter"
        self.referrals.add(
            f"{n}\t{self._uuid()}\t{at}\t{times.get(way.status, at)}\t{someone.resident_id}\t{someone.person_id}\t"
            f"{taught.course.pk}\t{way.centre.pk}\t{way.group.id if way.group else NULL}\t{self._add_wish(way)}\t"
            f"{someone.mahalla_id}\t{someone.district_id}\t{someone.region_id}\t{someone.category_id}\t{someone.gender}\t"
            f"{door}\t{way.status}\t\t{submitted}\t{due}\t{answered}\t{accepted}\t"
            f"{NULL if way.hold_until is None else calendar.day(way.hold_until)}\t"
            f"{submitted if way.status == 'waitlisted' else NULL}\t"
            f"{calendar.day(way.day + settings.SEAT_DAYS)}{at[10:]}"
        )
        return n

    def _add_moves(self, referral: int, way: Way, submitted: str) -> dict[str, str]:
        """Write the moves; returns the time of each by its state."""
        times: dict[str, str] = {}
        before = ""
        for state, day, reason in way.moves:
            times[state] = submitted if not before else self.calendar.afternoon(day)
            self.moves.add(f"{referral}\t{before}\t{state}\t{times[state]}\t{reason}\t")
            before = state
        return times

    def _add_wish(self, way: Way) -> str:
        if self.random.random() > 0.8:
            return NULL
        answered = any(state == "enrolled" for state, _, _ in way.moves)
        wish = self.people.add_wish(
            way.someone,
            way.day - self.random.randrange(3),
            kind="training",
            status="answered" if answered else "open",
            course=str(way.taught.course.pk),
            profession=str(way.taught.course.profession_id or NULL),
        )
        return str(wish)

    def add_seat(self, way: Way, status: str, referral: int, enrollment: int | None = None) -> None:
        assert way.group
        held = self.calendar.day(way.hold_until) if status == "held" and way.hold_until is not None else NULL
        self.seats.add(
            f"{way.group.id}\t{way.group.taken}\t{SEATS}\t{status}\t{way.someone.person_id}\t{referral}\t"
            f"{NULL if enrollment is None else enrollment}\t{held}"
        )

    def add_enrollment(self, stay: Stay) -> int:
        """An enrollment with its moves, with what was learned and decided in it."""
        calendar = self.calendar
        n, at, end = self.enrollments.next_id(), calendar.afternoon(stay.enrolled), stay.end
        done = self._lessons_done(stay)
        minutes, grade = self._add_progress(n, stay, done)
        share = minutes / (2 * CLASS_MINUTES) if stay.taught.weeks else 1
        ended_at = calendar.afternoon(stay.ended) if end != "active" else NULL
        code = self.papers.make_code() if end == "completed" else ""
        self.enrollments.add(
            f"{n}\t{self._uuid()}\t{at}\t{at if end == 'active' else ended_at}\t{stay.person_id}\t{stay.group.id}\t"
            f"{stay.issuer.pk}\t{stay.referral}\t{end}\t{at}\t{ended_at}\t{self.reasons.get(stay.reason, NULL)}\t"
            f"{done / 4}\t{share}\t{grade}\t{code}\t{calendar.day(stay.ended) if code else NULL}"
        )
        self.enrollment_moves.add(f"{n}\t\tactive\t{at}\t\t")
        if end != "active":
            self.enrollment_moves.add(f"{n}\tactive\t{end}\t{ended_at}\t{stay.reason}\t")
        if end in ("completed", "failed"):
            self._add_completion(n, stay, ended_at, f"{grade}\t{share}\t{done / 4}", code)
        return n

    def _add_completion(self, enrollment: int, stay: Stay, at: str, figures: str, code: str) -> None:
        """The decision with its figures, and the certificate that waits for its number."""
        n, name = self.completions.next_id(), stay.name
        met = int(stay.end == "completed")
        self.completions.add(f"{n}\t{self._uuid()}\t{at}\t{at}\t{enrollment}\t{met}\t{at}\t{figures}\t")
        if code:
            holder, grade = f"{name.surname} {name.given} {name.patronymic}", int(figures.partition("\t")[0])
            self.papers.waiting.append(Paper(stay.ended, stay.issuer, stay.taught.version, n, code, holder, grade))

    def _lessons_done(self, stay: Stay) -> int:
        """How many of the four lessons: all by who completed, up to the quiz by who still learns."""
        if stay.end == "completed":
            return 4
        if stay.end != "active":
            return self.random.randrange(3)
        group = stay.group
        passed = (self.calendar.today - max(group.starts, stay.enrolled)) / max(group.ends - group.starts, 1)
        return max(0, min(3, int(4 * passed)))

    def _add_progress(self, enrollment: int, stay: Stay, done: int) -> tuple[int, str]:
        """Progress in the lessons done, one after another; returns the minutes attended and the grade."""
        random, calendar = self.random, self.calendar
        until = stay.ended or calendar.today
        first = min(max(stay.group.starts, stay.enrolled), until)
        total, grade = 0, NULL
        for place, lesson in enumerate(stay.taught.lessons[:done]):
            day = first + (until - first) * (place + 1) // 4
            at, score, minutes, by_hand = calendar.afternoon(day), NULL, 0, 0
            if lesson.kind == "on-site":
                minutes = random.randrange(170, CLASS_MINUTES + 1)
                self.attendance.add(f"{enrollment}\t{lesson.pk}\ton-site\t{minutes}\t{calendar.day(day)}\t\t{at}")
            elif lesson.kind == "quiz":
                score, by_hand = str(random.randrange(56, 101)), 1
                grade = score
            total += minutes
            self.progress.add(f"{enrollment}\t{lesson.pk}\t{at}\t{at}\t{score}\t{score}\t{minutes}\t0\t{by_hand}\t")
        return total, grade

    def add_outcome(self, stay: Stay, enrollment: int, kind: int, status: str, day: int) -> None:
        at = self.calendar.afternoon(day)
        self.outcomes.add(
            f"{self.outcomes.next_id()}\t{self._uuid()}\t{at}\t{at}\t{stay.person_id}\t{enrollment}\t{kind}\t{status}\t"
            f"{self.calendar.day(day)}\tsynthetic\t\t"
        )
