"""So many rows behind every list: one of each kind made as the services make it, then multiplied."""

from datetime import date, time, timedelta

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from accounts.models import AuditEvent, Mahalla, Person, User
from base.dates import moment_at
from base.models import Job, Notice
from benchmarks.listing.multiply import multiply, unchecked
from certificates.services.credentials import issue_credential
from courses.models import Course
from enrollment.models import (
    Cohort,
    Completion,
    Enrollment,
    EnrollmentRequest,
    Import,
    ImportProblem,
    Objection,
    Outcome,
    OutcomeKind,
    Referral,
    TrainingAssignment,
)
from reports.models import CompletionStatistics
from tests.accounts.factories import make_employment, make_organization, make_person
from tests.courses.factories import make_course, make_module, make_published_course, make_question, make_quiz
from tests.enrollment.factories import (
    make_cohort,
    make_duplicate,
    make_enrollment,
    make_household,
    make_meeting,
    make_open_referral,
    make_relocation,
    make_resident,
    make_room,
    make_rule,
    make_wish,
)
from tests.live.factories import make_session

CLASSES_IN_A_WEEK = 10
FEW = 10  # rows elsewhere, for who reads few among many, and of what is rare
AGO = "now() - n * interval '20 seconds'"  # a million of them are 231 days


def places_here_and_there() -> tuple[Mahalla, Mahalla]:
    """Two mahallas of two regions."""
    here, there = (Mahalla.objects.filter(district__region__code=code).order_by("code")[0] for code in ("1718", "1703"))
    return here, there


def next_monday() -> date:
    today = timezone.localdate()
    return today + timedelta(days=7 - today.weekday())


class Rows:
    """Fills a database with so many rows of each kind here, and FEW elsewhere.

    `here` and `there` are mahallas of two regions; the centre answers the referrals, the academy writes the rules, the
    ministry employs, the publisher has a course for each group.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.here, self.there = places_here_and_there()
        self.centre = make_organization(code="GROWTH-CENTRE", district=self.here.district)
        self.other_centre = make_organization(code="GROWTH-OTHER", district=self.there.district)
        self.academy = make_organization(code="GROWTH-ACADEMY", kind="academy")
        self.publisher = make_organization(code="GROWTH-PUBLISHER", kind="academy")
        self.ministry = make_organization(code="GROWTH-MINISTRY", kind="ministry")
        self.asker = User.objects.create(username="growth-asker")

    def fill(self) -> None:
        for _ in range(FEW):
            self.add_elsewhere()
        with unchecked():
            self.add_people()
            self.add_households()
            self.add_courses()
            self.add_referrals()
            self.add_groups()
            self.add_learners()
            self.add_civil_servants()
            self.add_classes()
            self.add_figures()
            self.add_of_users()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself after a while

    def many(self, row: Model, /, **columns: str) -> None:
        """Make as many as are wanted of the newest row of its kind."""
        multiply(row, self.rows - 1, **columns)

    def many_mixed(self, *kinds: tuple[Model, dict[str, str]]) -> None:
        """Likewise of the newest rows of one model, one kind after the other, as time would have brought them."""
        step = len(kinds)
        for row, columns in kinds:
            changed = {"updated_at": AGO} if any(field.name == "updated_at" for field in row._meta.fields) else {}
            multiply(row, self.rows - 1, id=f"{row.pk} + {step} * n", **changed, **columns)

    def add_people(self) -> None:
        self.person = make_person(surname="Sinovov", birth_date="1990-03-04")
        named = {name: f"replace({name}, 'inovov', 'inovov' || n)" for name in ("surname", "search_key", "match_key")}
        multiply(self.person, self.rows, **named)
        self.by_person = f"{self.person.pk} + n"
        one = Person.objects.filter(pk=self.person.pk + 7)
        one.update(surname="Yagonayev", search_key="yagonayev anvar")
        user = User.objects.create(username="growth-one")
        self.many(user, username="'growth-' || n")
        agency = make_organization(kind="agency", code="GROWTH")
        self.many(agency, code="'GROWTH-' || n")

    def add_households(self) -> None:
        self.household = make_household(mahalla=self.here)
        self.many(self.household)
        home = f"{self.household.pk} + n"
        self.resident = make_resident(household=self.household, person=self.person)
        self.many(self.resident, person_id=self.by_person, household_id=home)
        self.by_resident = f"{self.resident.pk} + n"
        self.many(make_wish(resident=self.resident), resident_id=self.by_resident)
        asked = make_relocation(resident=self.resident, household=self.household, asked_by=self.asker)
        self.many(asked, person_id=self.by_person, household_id=home)
        pair = make_duplicate(resident=self.resident, second_id=self.person.pk + 1)
        self.many(pair, first_id=self.by_person, second_id=f"{self.by_person} + 1")

    def add_courses(self) -> None:
        kinds = ("page", "on-site", "live")
        self.submitted, self.waiting, self.taught = (
            make_published_course(kinds, provider=self.centre, slug=f"growth-{name}")
            for name in ("submitted", "waiting", "taught")
        )
        self.confirmed = make_published_course(("page",), provider=self.centre, slug="growth-confirmed")
        Course.objects.filter(pk=self.confirmed.pk).update(issuing=Course.Issuing.CONFIRMED)
        draft = make_course(provider=self.centre, slug="growth-draft")
        make_quiz(make_module(draft.versions.get()), ())
        self.many(make_question(self.centre))
        # Whoever begins these at any time is not referred to them, so no filter offers them.
        self.published = make_published_course(
            ("page",), provider=self.publisher, slug="growth-published", self_paced=True
        )
        version = self.published.current_version
        assert version
        self.many(version, course_id=f"{self.published.pk} + n")
        self.many(self.published, slug="'growth-' || n", current_version_id=f"{version.pk} + n")

    def add_referrals(self) -> None:
        """Those that wait for an answer, those that wait for a seat, and those that led to a completion."""
        self.groups = {
            course.pk: make_cohort(course=course, seats=None, code=course.slug)
            for course in (self.submitted, self.waiting, self.taught, self.confirmed)
        }
        of = {"resident_id": self.by_resident, "person_id": self.by_person, "submitted_at": AGO}
        overdue = of | {"due_at": AGO, "seat_due_at": AGO}
        submitted = self.refer(self.submitted, "submitted")
        waitlisted = self.refer(self.waiting, "waitlisted")
        self.completed = self.refer(self.taught, "completed")
        self.many_mixed((submitted, overdue), (waitlisted, overdue | {"queued_at": AGO}), (self.completed, of))

    def refer(self, course: Course, status: str) -> Referral:
        referral = make_open_referral(cohort=self.groups[course.pk], resident=self.resident)
        now = timezone.now()
        fields = {"status": status, "due_at": now, "seat_due_at": now}
        fields |= {"queued_at": now} if status == "waitlisted" else {}
        Referral.objects.filter(pk=referral.pk).update(**fields)
        referral.refresh_from_db()
        return referral

    def add_groups(self) -> None:
        room = make_room(self.publisher, name="Xona")  # whose filters offer no rooms
        self.many(room, name="'Xona ' || n")
        # Of those that take learners, those that run and those that are over: the first day of one, and of the others.
        kinds = {
            "growth": (7, "n % 350"),
            "growth-running": (-20, "-1 - n % 30"),
            "growth-over": (-40, "-40 - n % 350"),
        }
        groups = []
        for code, (begins, days) in kinds.items():
            first = timezone.localdate() + timedelta(days=begins)
            group = make_cohort(course=self.waiting, code=code, starts_on=first, enrol_until=first)
            day = f"current_date + ({days})::int"
            dates = {"starts_on": day, "enrol_until": day, "ends_on": f"{day} + 30"}
            groups.append((group, {"code": f"'{code}-' || n", **dates}))
        self.many_mixed(*groups)
        self.group = groups[0][0]

    def add_learners(self) -> None:
        """Some learn, some were given a certificate, and the completions of some wait for the centre's word."""
        learning = make_enrollment(cohort=self.groups[self.submitted.pk], person=self.person)
        done = self.complete(self.groups[self.taught.pk], referral=self.completed)
        awaiting = self.complete(self.groups[self.confirmed.pk], referral=None)
        paper = issue_credential(done)
        of = {"person_id": self.by_person}
        taught = {"referral_id": f"{self.completed.pk} + 3 * n", "credential_code": f"'{paper.code}' || n"}
        self.many_mixed(
            (learning, of),
            (done.enrollment, of | taught),
            (awaiting.enrollment, of),
        )
        self.many_mixed(
            (done, {"enrollment_id": f"{done.enrollment_id} + 3 * n"}),
            (awaiting, {"enrollment_id": f"{awaiting.enrollment_id} + 3 * n"}),
        )
        self.many(
            paper,
            completion_id=f"{done.pk} + 2 * n",
            code=f"'{paper.code}' || n",
            number=f"'{paper.number}' || n",
            sequence=f"{paper.sequence} + n",
            search_key=f"(SELECT search_key FROM accounts_person WHERE id = {self.by_person})",
        )
        self.add_of_learners(learning)

    def add_of_learners(self, learning: Enrollment) -> None:
        objection = Objection.objects.create(
            enrollment=learning, about="grade", words="Baho notoʻgʻri", due_at=timezone.now()
        )
        self.many(objection, enrollment_id=f"{learning.pk} + 3 * n", due_at=AGO)
        kind = OutcomeKind.objects.order_by("pk")[0]
        outcome = Outcome.objects.create(
            person=self.person, enrollment=learning, kind=kind, on="1000-01-01", source="Sinov"
        )
        self.many(outcome, on="'1000-01-01'::date + n")
        asked = EnrollmentRequest.objects.create(
            cohort=self.groups[self.waiting.pk], person=self.person, status=EnrollmentRequest.Status.ASKED
        )
        self.many(asked, person_id=self.by_person)

    def complete(self, cohort: Cohort, *, referral: Referral | None) -> Completion:
        """A completion in the person's name, as the rules leave it behind."""
        now = timezone.now()
        enrollment = Enrollment.objects.create(
            cohort=cohort,
            organization=cohort.organization,
            person=self.person,
            referral=referral,
            status=Enrollment.Status.COMPLETED,
            ended_at=now,
        )
        return Completion.objects.create(enrollment=enrollment, is_met=True, grade=91, attendance=1, progress=1)

    def add_civil_servants(self) -> None:
        """FEW have not learned anything yet, and have held their posts for longest."""
        for _ in range(FEW):
            make_employment(organization=self.ministry)
        post = make_employment(person=self.person, organization=self.ministry, has_learned=True)
        self.many(post, person_id=self.by_person)
        rule = make_rule(course=self.published, issuer=self.academy, valid_from=timezone.localdate())
        duty = TrainingAssignment.objects.create(
            rule=rule,
            issuer=rule.issuer,
            course=self.published,
            person=self.person,
            employment=post,
            organization=self.ministry,
            due_on=timezone.localdate(),
            status=TrainingAssignment.Status.DUE,
        )
        days = "current_date + (n % 700 - 350)::int"
        self.many(duty, person_id=self.by_person, employment_id=f"{post.pk} + n", due_on=days)
        self.many(rule)

    def add_classes(self) -> None:
        """Ten in each week of each group, next week among them; of many, half are over.

        One group has all the learners there are; the other is planned, and nobody learns in it yet.
        """
        taught, monday = self.groups[self.submitted.pk], next_monday()
        shift = self.rows // 2 // CLASSES_IN_A_WEEK * CLASSES_IN_A_WEEK if self.rows > CLASSES_IN_A_WEEK else 0
        place = f"(n - {shift} - (n <= {shift})::int)"  # none at that of the row itself
        moment = f"starts_at + {place} * interval '7 days' / {CLASSES_IN_A_WEEK}"
        times = {"starts_at": moment, "ends_at": f"{moment} + interval '1 hour'"}
        make_session(taught)
        self.many(make_session(self.group, starts_at=moment_at(monday, time(9))), **times)
        self.many_mixed(*((make_meeting(cohort, monday, "14:00", "15:00"), times) for cohort in (taught, self.group)))

    def add_figures(self) -> None:
        figures = dict.fromkeys(("enrolled", "active", "completed", "failed", "dropped", "certified"), 10)
        on = timezone.localdate()
        common = {"on": on, "progress": 0.5, "attendance": 1, **figures}
        of_course = CompletionStatistics.objects.create(course=self.published, cohort=None, **common)
        of_group = CompletionStatistics.objects.create(course=self.waiting, cohort=self.group, **common)
        self.many_mixed(
            (of_course, {"course_id": f"{self.published.pk} + n"}), (of_group, {"cohort_id": f"{self.group.pk} + n"})
        )
        CompletionStatistics.objects.create(course=self.waiting, cohort=None, **common)

    def add_of_users(self) -> None:
        """What belongs to one user: jobs, tables, notices; and what everybody did."""
        job = Job.objects.create(kind="import", owner=self.asker, status=Job.Status.DONE)
        table = Import.objects.create(
            job=job, uuid=job.uuid, kind="residents", name="royxat.xlsx", heads=[], columns=[]
        )
        self.many(job)
        self.many(table, job_id=f"{job.pk} + n")
        problem = ImportProblem.objects.create(table=table, row=1, column="surname", code="required", message="Kerak")
        self.many(problem, row="n + 1")
        notice = Notice.objects.create(user=self.asker, kind="growth", key="growth")
        self.many(notice, key="'growth' || n", created_at=AGO)
        event = AuditEvent.objects.create(action="referral.listed", object_type="referral", actor=self.asker)
        self.many(event, at=AGO)

    def add_elsewhere(self) -> None:
        household = make_household(mahalla=self.there)
        resident = make_resident(household=household)
        make_wish(resident=resident)
        make_relocation(resident=resident, household=household, asked_by=self.asker)
        make_duplicate(resident=resident)
        course = make_published_course(("page",), provider=self.other_centre)
        make_open_referral(cohort=make_cohort(course=course), resident=resident)
        make_enrollment(cohort=make_cohort(course=course), person=resident.person)
