"""Every list that a page or the REST interface shows, who reads it, and by what it is searched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from accounts.models import Employment, Membership, Organization, Person
from base.models import Job, Notice
from base.paging import cursor_of
from certificates.models import Credential
from courses.models import Course, Question
from enrollment.models import (
    Cohort,
    Completion,
    Enrollment,
    EnrollmentRequest,
    Household,
    Import,
    ImportProblem,
    Meeting,
    Objection,
    Outcome,
    PossibleDuplicate,
    Referral,
    Relocation,
    Resident,
    Room,
    TrainingAssignment,
    TrainingRule,
    Wish,
)
from live.models import LiveSession
from reports.models import CompletionStatistics

MAHALLA, DISTRICT = Membership.Role.ASSISTANT, Membership.Role.COUNTER
REGION, REPUBLIC = Membership.Role.SUPERVISOR, Membership.Role.AUDITOR
CENTRE, ACADEMY, EMPLOYER = Membership.Role.CENTRE_MANAGER, Membership.Role.ACADEMY_ADMIN, Membership.Role.STAFF_MANAGER
OLDEST, DUE, DAY, COMING = ("id",), ("due_at", "id"), ("due_on", "id"), ("starts_at", "id")
QUEUE = ("queued_at", "submitted_at", "id")
NAMED = "q=anvar q=yagonayev"  # a name that everybody has, and one that one has
SINCE = "updated_since=2020-01-01T00:00:00Z"
API = "/api/v1"
LEARNT = {"status": "completed"}


@dataclass(frozen=True)
class List:
    """A list: its address (with {names} of `places`), who reads it, and what it shows in which order.

    `where` keeps rows that it shows, to find the one in the middle; `asked` is what readers search it for.
    """

    name: str
    path: str
    reader: str
    model: type[Model] | None = None
    order: tuple[str, ...] = ("-id",)
    where: Mapping[str, Any] = field(default_factory=dict)
    asked: str = ""

    @property
    def is_api(self) -> bool:
        return self.path.startswith(API)

    def views(self, places: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        """By name: the first page, one in the middle, and the first page of each search."""
        path = self.path.format(**places) + ("?limit=10" if self.is_api else "")
        mark = "&" if "?" in path else "?"
        yield self.name, path
        if self.model:
            yield f"{self.name}, middle", f"{path}{mark}{'cursor' if self.is_api else 'after'}={self.middle()}"
        for search in [*self.asked.split(), *([SINCE] if self.is_api else [])]:
            yield f"{self.name}, {search}", f"{path}{mark}{search.format(**places)}"

    def middle(self) -> str:
        """The cursor of the row half-way down the list."""
        assert self.model
        rows = self.model._default_manager.filter(**self.where).order_by(*self.order)
        return cursor_of(self.model, rows[rows.count() // 2], [name.removeprefix("-") for name in self.order])


PAGES = (
    List("courses", "/courses/", "learner", Course, asked="q=growth q=kurs language=uz"),
    List(
        "referrals of a centre",
        "/referrals/",
        CENTRE,
        Referral,
        where=LEARNT,
        asked=f"status=submitted status=waitlisted course=growth-taught {NAMED}",
    ),
    List(
        "referrals of a mahalla",
        "/referrals/",
        MAHALLA,
        Referral,
        asked=f"status=submitted course=growth-taught {NAMED}",
    ),
    List("referrals of a region", "/referrals/", REGION, Referral, asked=f"status=completed {NAMED}"),
    List("referrals of the republic", "/referrals/", REPUBLIC, Referral, asked=f"status=waitlisted {NAMED}"),
    List("overdue referrals of a centre", "/referrals/overdue/", CENTRE, Referral, DUE, where={"status": "submitted"}),
    List(
        "overdue referrals of a mahalla",
        "/referrals/overdue/?clock=seat",
        MAHALLA,
        Referral,
        ("seat_due_at", "id"),
        where={"status": "waitlisted"},
    ),
    List("overdue referrals of a region", "/referrals/overdue/", REGION, Referral, DUE, where={"status": "submitted"}),
    List(
        "waiting list of a centre",
        "/referrals/waiting/",
        CENTRE,
        Referral,
        QUEUE,
        where={"status": "waitlisted"},
        asked="course=growth-waiting",
    ),
    List("waiting list of a mahalla", "/referrals/waiting/", MAHALLA, Referral, QUEUE, where={"status": "waitlisted"}),
    List(
        "residents of a mahalla",
        "/residents/",
        MAHALLA,
        Resident,
        asked=f"{NAMED} category={{category}} wish=open",
    ),
    List(
        "residents of a district",
        "/residents/",
        DISTRICT,
        Resident,
        asked=f"{NAMED} mahalla={{mahalla}} category={{category}} wish=open",
    ),
    List("residents of the republic", "/residents/", REPUBLIC, Resident, asked=NAMED),
    List("households of a mahalla", "/households/", MAHALLA, Household, asked="category={category}"),
    List("households of a district", "/households/", DISTRICT, Household, asked="mahalla={mahalla}"),
    List("households of the republic", "/households/", REPUBLIC, Household),
    List("moves", "/relocations/", MAHALLA, Relocation, asked="status=asked"),
    List("possible duplicates of a mahalla", "/duplicates/", MAHALLA, PossibleDuplicate),
    List("possible duplicates of a district", "/duplicates/", DISTRICT, PossibleDuplicate),
    List("possible duplicates of the republic", "/duplicates/", REPUBLIC, PossibleDuplicate),
    List(
        "groups",
        "/cohorts/",
        CENTRE,
        Cohort,
        where={"is_standing": False},
        asked="status=open status=running status=finished",
    ),
    List("learners of a group", "/cohorts/{group}/", CENTRE, Enrollment, where={"status": "active"}),
    List("classes of a centre", "/calendar/?view=list", CENTRE, Meeting, COMING),
    List("classes of a week", "/calendar/?week={monday}", CENTRE),
    List("own classes", "/classes/?view=list", "learner", Meeting, COMING),
    List("classes of a group", "/cohorts/{planned}/calendar/", CENTRE, Meeting, COMING, asked="all="),
    List("rooms", "/rooms/", "publisher", Room),
    List("requests for a place, centre", "/requests/", CENTRE, EnrollmentRequest, OLDEST),
    List("requests for a place, employer", "/requests/", EMPLOYER, EnrollmentRequest, OLDEST),
    List("objections", "/objections/", CENTRE, Objection, DUE),
    List("staff", "/staff/", EMPLOYER, Employment, asked=f"{NAMED} state=learning state=completed state=nothing"),
    List(
        "mandatory training, employer",
        "/training/",
        EMPLOYER,
        TrainingAssignment,
        DAY,
        asked=f"{NAMED} state=overdue state=soon state=all state=exempt",
    ),
    List(
        "mandatory training, academy",
        "/training/",
        ACADEMY,
        TrainingAssignment,
        DAY,
        asked=f"{NAMED} state=overdue state=met",
    ),
    List("training rules, academy", "/training/rules/", ACADEMY, TrainingRule),
    List("training rules, employer", "/training/rules/", EMPLOYER, TrainingRule),
    List("tables", "/imports/", "owner", Import),
    List("wrong rows of a table", "/imports/{table}/", "owner", ImportProblem, ("row", "id")),
    List("own certificates", "/certificates/", "learner"),
    List(
        "completions to confirm",
        "/certificates/awaiting/",
        CENTRE,
        Completion,
        ("-enrollment_id",),
        where={"enrollment__credential_code": ""},
    ),
    List(
        "issued certificates",
        "/certificates/issued/",
        CENTRE,
        Credential,
        asked=f"status=issued status=revoked {NAMED}",
    ),
    List("completion of courses", "/statistics/completion/", "publisher", CompletionStatistics, where={"cohort": None}),
    List(
        "completion of groups",
        "/statistics/completion/growth-waiting/",
        CENTRE,
        CompletionStatistics,
        where={"cohort__isnull": False},
    ),
    List("rows behind a figure", "/statistics/rows/?figure=referred&region=1718", REGION, Referral),
    List("live classes of a group", "/cohorts/{planned}/live/", CENTRE, LiveSession, ("-starts_at", "-id")),
    List(
        "minutes of a live class",
        "/live/{session}/minutes/",
        CENTRE,
        Enrollment,
        OLDEST,
        where={"cohort__code": "growth-submitted"},
    ),
    List("question bank", "/teach/lessons/{quiz}/bank/", CENTRE, Question),
    List("notices", "/notices/", "owner", Notice, ("-created_at", "-id")),
    List("jobs", "/jobs/", "owner", Job),
    List("referrals, few of many", "/referrals/", "assistant elsewhere", asked=NAMED),
    List(
        "referrals of a region, few of many",
        "/referrals/",
        "supervisor elsewhere",
        asked="status=submitted status=declined q=anvar",
    ),
    List("residents, few of many", "/residents/", "assistant elsewhere", asked="q=anvar wish=open"),
    List("groups, few of many", "/cohorts/", "centre-manager elsewhere"),
    List("classes, few of many", "/calendar/?view=list", "centre-manager elsewhere"),
)
INTERFACE = (
    List("/courses", API + "/courses", "learner", Course, asked="q=growth"),
    List("/cohorts", API + "/cohorts", CENTRE, Cohort, asked="open=true course=growth-waiting"),
    List("/organizations", API + "/organizations", MAHALLA, Organization, asked="kind=agency district={district}"),
    List("/referrals", API + "/referrals", CENTRE, Referral, where=LEARNT, asked="status=submitted"),
    List("/referrals of a mahalla", API + "/referrals", MAHALLA, Referral, where=LEARNT, asked="status=submitted"),
    List("/referrals of a region", API + "/referrals", REGION, Referral, where=LEARNT),
    List("/enrollments", API + "/enrollments", CENTRE, Enrollment, asked="status=active"),
    List(
        "/enrollments of a mahalla",
        API + "/enrollments",
        MAHALLA,
        Enrollment,
        where={"referral__isnull": False},
        asked="status=completed",
    ),
    List("/enrollments of staff", API + "/enrollments", EMPLOYER, Enrollment, asked="status=active"),
    List(
        "/enrollments/…/outcomes", API + "/enrollments/{enrollment}/outcomes", CENTRE, Outcome, asked="status=claimed"
    ),
    List("/people", API + "/people", EMPLOYER, Person, asked=NAMED),
    List("/people of a centre", API + "/people", CENTRE, Person, asked=NAMED),
    List("/households", API + "/households", MAHALLA, Household),
    List("/residents", API + "/residents", MAHALLA, Resident, asked=NAMED),
    List("/wishes", API + "/wishes", MAHALLA, Wish, asked="status=open"),
)
ADMIN = (
    List("admin: people", "/admin/accounts/person/", "admin", asked=NAMED),
    List("admin: users", "/admin/accounts/user/", "admin", asked="q=growth q={batch}"),
    List("admin: organizations", "/admin/accounts/organization/", "admin", asked="q=markaz kind__exact=agency"),
    List("admin: employments", "/admin/accounts/employment/", "admin"),
    List("admin: audit", "/admin/accounts/auditevent/", "admin", asked="action=referral.listed q=7"),
)
LISTS = (*PAGES, *INTERFACE, *ADMIN)
