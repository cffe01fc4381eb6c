"""The home page, a section for each role that somebody holds: what wants doing now, the most urgent first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from base.models import Notice
from base.paging import count_up_to
from certificates.queries import completions_to_confirm
from courses.queries import versions_in_review
from enrollment.models import Cohort, EnrollmentRequest, Referral, Resident, TrainingAssignment
from enrollment.queries import home
from enrollment.queries.clocks import DUE, Clock
from enrollment.queries.duplicates import pairs_to_decide
from enrollment.queries.home import MOST_COUNTED, Waiting, waiting
from enrollment.queries.relocations import relocations_to_answer
from enrollment.queries.staff import staff_figures
from enrollment.queries.training import ORDER, list_assignments
from reports.queries.home import course_figures, territory_figures

Role = Membership.Role


@dataclass(frozen=True)
class Task:
    """Something that wants doing, with the address of the one button that does it."""

    title: str
    url: str
    label: str
    text: str = ""
    due: str = ""
    tone: str = "primary"


@dataclass
class Section:
    """What one role finds on the home page; `figures` are (label, value, address)."""

    title: str
    tasks: list[Task] = field(default_factory=list)
    figures: list[tuple[str, int | None, str]] = field(default_factory=list)
    age: str = ""
    links: list[tuple[str, str, str]] = field(default_factory=list)
    is_quiet: str = ""


def sections_of(user: User) -> list[Section]:
    """The sections of every role that a user holds, in the order of SECTIONS; none for a learner alone."""
    return [build(user) for roles, build in SECTIONS if user.standing.has(*roles)]


# --- Assistant and counter ----------------------------------------------------------------------
def intake_section(user: User) -> Section:
    title = _("Your district") if user.standing.has(Role.COUNTER) else _("Your mahalla")
    section = Section(title, is_quiet=_("Nothing waits for you now. Ask a household what it wishes."))
    if found := waiting(home.declined_referrals(user)):
        title = ngettext("%(n)s referral was declined", "%(n)s referrals were declined", found.count)
        section.tasks.append(_of_referrals(found, title, _("Find the next place"), "declined", tone="error"))
    if found := waiting(home.lapsed_referrals(user)):
        title = ngettext("%(n)s held seat was lost", "%(n)s held seats were lost", found.count)
        section.tasks.append(_of_referrals(found, title, _("Send again"), "lapsed", tone="warning"))
    if found := waiting(home.own_applications(user)):
        title = ngettext("%(n)s own application to confirm", "%(n)s own applications to confirm", found.count)
        section.tasks.append(_of_referrals(found, title, _("Look and confirm"), "draft"))
    section.tasks += _overdue(user, Clock.ANSWER, Clock.SEAT)
    section.tasks += [*_intake_of_residents(user), *_duplicates(user)]
    section.tasks += _notices(user)
    section.links = [
        (_("Record a household"), _url("enrollment:household_create"), "plus"),
        (_("Residents"), _url("enrollment:resident_list"), "users"),
        (_("Referrals"), _url("enrollment:referral_list"), "send"),
    ]
    return section


def _intake_of_residents(user: User) -> list[Task]:
    tasks = []
    if found := waiting(home.residents_to_refer(user)):
        title = ngettext("%(n)s resident wishes to learn", "%(n)s residents wish to learn", found.count)
        one = _url("enrollment:resident_detail", found.first.uuid)
        url = one if found.count == 1 else f"{_url('enrollment:resident_list')}?wish=waiting"
        text = _("Not referred anywhere yet. First: %(name)s") % {"name": found.first.person.name}
        tasks.append(Task(_counted(title, found), url, _("Refer"), text))
    if asked := waiting(home.codes_to_approve(user)):
        title = ngettext("%(n)s sign-in code to approve", "%(n)s sign-in codes to approve", asked.count)
        resident = Resident.objects.filter(person=asked.first.user.person_id, ends_on=None).first()
        url = _url("enrollment:resident_detail", resident.uuid) if resident else ""
        text = _("Asked for by a colleague for %(name)s") % {"name": asked.first.user.name}
        tasks.append(Task(_counted(title, asked), url, _("Open the record"), text))
    if moving := waiting(relocations_to_answer(user)):
        title = ngettext("%(n)s move to confirm", "%(n)s moves to confirm", moving.count)
        one = _url("enrollment:relocation_detail", moving.first.uuid)
        url = one if moving.count == 1 else f"{_url('enrollment:relocation_list')}?status=asked"
        text = _("%(name)s, to %(mahalla)s") % {
            "name": moving.first.person.name,
            "mahalla": moving.first.household.mahalla.name,
        }
        tasks.append(Task(_counted(title, moving), url, _("Look and confirm"), text))
    if said := waiting(home.claimed_outcomes(user)):
        title = ngettext("%(n)s outcome to confirm", "%(n)s outcomes to confirm", said.count)
        url = _url("enrollment:enrollment_detail", said.first.enrollment.uuid)  # type: ignore[union-attr]  # found by it
        text = f"{said.first.person.name}: {said.first.kind.name}"
        tasks.append(Task(_counted(title, said), url, _("Look and confirm"), text))
    return tasks


def _duplicates(user: User) -> list[Task]:
    """Records that may be of one person, on which the user has the say in one role or another."""
    if not (found := waiting(pairs_to_decide(user))):
        return []
    title = ngettext("%(n)s person may be written down twice", "%(n)s people may be written down twice", found.count)
    one = _url("enrollment:duplicate_detail", found.first.uuid)
    url = one if found.count == 1 else _url("enrollment:duplicate_list")
    return [Task(_counted(title, found), url, _("Compare the records"), found.first.first.name)]


# --- Centre and academy -------------------------------------------------------------------------
def centre_section(user: User) -> Section:
    section = Section(_("Your centre"), is_quiet=_("Every referral is answered. Nothing waits for you now."))
    section.tasks = [*_referrals_of_centre(user), *_requests(user), *_certificates(user), *_cohorts_of_centre(user)]
    section.links = [
        (_("Referrals"), _url("enrollment:referral_list"), "send"),
        (_("Waiting list"), _url("enrollment:waiting_list"), "list-ordered"),
        (_("Groups"), _url("enrollment:cohort_list"), "users"),
        (_("Certificates issued"), _url("certificates:issued_list"), "award"),
    ]
    return section


def academy_section(user: User) -> Section:
    section = Section(_("Your academy"), is_quiet=_("Nothing waits for you now."))
    if found := waiting(versions_in_review(user)):
        title = ngettext("%(n)s course handed in for review", "%(n)s courses handed in for review", found.count)
        one = _url("learning:teach_version", found.first.uuid)
        url = one if found.count == 1 else _url("learning:teach_home")
        section.tasks.append(Task(_counted(title, found), url, _("Read and publish"), found.first.course.name))
    section.tasks += [*_referrals_of_centre(user), *_requests(user), *_certificates(user), *_cohorts_of_centre(user)]
    figures, url = course_figures(user), _url("reports:completion")
    section.figures = [
        (_("Learning now"), figures.active, url),
        (_("Completed"), figures.completed, url),
        (_("Certificates"), figures.certified, url),
    ]
    if figures.on:
        section.age = _("At the end of %(day)s") % {"day": _day(figures.on)}
    section.links = [
        (_("Completion of courses"), _url("reports:completion"), "chart-column"),
        (_("Groups"), _url("enrollment:cohort_list"), "users"),
        (_("Certificates issued"), _url("certificates:issued_list"), "award"),
    ]
    return section


def _referrals_of_centre(user: User) -> list[Task]:
    tasks = []
    if found := waiting(home.referrals_to_answer(user)):
        title = ngettext("%(n)s referral waits for your answer", "%(n)s referrals wait for your answer", found.count)
        due_at = found.first.due_at
        late = due_at is not None and due_at < timezone.now()
        due = _("Overdue since %(day)s") if late else _("Answer by %(day)s")
        tone = "error" if late else "primary"
        tasks.append(_of_referrals(found, title, _("Answer"), "submitted", due=due % {"day": _day(due_at)}, tone=tone))
    if found := waiting(home.waitlisted_with_seats(user)):
        title = ngettext(
            "%(n)s resident on the waiting list could have a seat",
            "%(n)s residents on the waiting list could have a seat",
            found.count,
        )
        text = f"{found.first.person.name}, “{found.first.course.name}”"
        url = _url("enrollment:waiting_list")
        tasks.append(Task(_counted(title, found), url, _("Give the seat"), text, tone="warning"))
    tasks += _overdue(user, Clock.SEAT)
    if found := waiting(home.holders_to_enroll(user)):
        title = ngettext("%(n)s resident to enrol", "%(n)s residents to enrol", found.count)
        due = _("Seat held until %(day)s") % {"day": _day(found.first.hold_until)}
        tasks.append(_of_referrals(found, title, _("Enrol"), "accepted", due=due))
    return tasks


def _certificates(user: User) -> list[Task]:
    found = waiting(completions_to_confirm(user).order_by("pk"))
    if not found:
        return []
    title = ngettext("%(n)s certificate to confirm", "%(n)s certificates to confirm", found.count)
    enrollment = found.first.enrollment
    text = f"{enrollment.person.name}, “{enrollment.cohort.course.name}”"
    return [Task(_counted(title, found), _url("certificates:completion_list"), _("Confirm"), text)]


def _cohorts_of_centre(user: User) -> list[Task]:
    tasks = []
    if found := waiting(home.cohorts_unpublished(user)):
        title = ngettext("%(n)s group is not published yet", "%(n)s groups are not published yet", found.count)
        tasks.append(_of_cohorts(found, title, _("Look and publish"), "draft"))
    if found := waiting(home.cohorts_starting(user)):
        title = ngettext("%(n)s group starts within a week", "%(n)s groups start within a week", found.count)
        due = _("Starts on %(day)s") % {"day": _day(found.first.starts_on)}
        tasks.append(_of_cohorts(found, title, _("Open the group"), "open", due=due))
    return tasks


# --- Instructor ---------------------------------------------------------------------------------
def instructor_section(user: User) -> Section:
    section = Section(_("Your teaching"), is_quiet=_("None of your groups has a class within a week."))
    for cohort in home.taught_cohorts(user)[:5]:
        starts_at = cohort.next_session_at
        name = f"{cohort.course.name}, {cohort.code}"
        if starts_at and starts_at <= timezone.now() + home.DOORS_OPEN:
            due = _("Begins at %(time)s") % {"time": _time(starts_at)}
            section.tasks.insert(0, Task(name, _url("live:cohort", cohort.uuid), _("Open the class"), due=due))
            continue
        text = _("Next class: %(time)s") % {"time": _time(starts_at)} if starts_at else ""
        section.tasks.append(Task(name, _url("enrollment:cohort_detail", cohort.uuid), _("Open the group"), text))
    section.links = [
        (_("Courses you write"), _url("learning:teach_home"), "pencil"),
        (_("Groups"), _url("enrollment:cohort_list"), "users"),
    ]
    return section


# --- Staff manager, supervisor, auditor, platform admin -----------------------------------------
def staff_section(user: User) -> Section:
    figures = staff_figures(user)
    url = _url("enrollment:staff_list")
    return Section(
        _("Your staff"),
        tasks=[*_mandatory_training(user), *_requests(user)],
        is_quiet=_("Nobody is late with a mandatory course."),
        figures=[
            (_("Employed"), figures.people, url),
            (_("Learning now"), figures.learning, f"{url}?state=learning"),
            (_("Completed a course this year"), figures.completed, f"{url}?state=completed"),
        ],
        links=[
            (_("Your staff"), url, "users"),
            (_("Mandatory training"), _url("enrollment:training_list"), "list-checks"),
            (_("Courses"), _url("enrollment:course_list"), "book-open"),
        ],
    )


def _requests(user: User) -> list[Task]:
    rows = EnrollmentRequest.objects.to_decide(user).select_related("person", "cohort__course").order_by("pk")
    found = waiting(rows)
    if not found:
        return []
    title = ngettext("%(n)s request for a place to answer", "%(n)s requests for a place to answer", found.count)
    text = f"{found.first.person.name}, “{found.first.cohort.course.name}”"
    return [Task(_counted(title, found), _url("enrollment:request_list"), _("Answer"), text)]


def _mandatory_training(user: User) -> list[Task]:
    tasks, url = [], _url("enrollment:training_list")
    if late := waiting(list_assignments(user, state="overdue").select_related("person", "course").order_by(*ORDER)):
        title = ngettext("%(n)s mandatory course is overdue", "%(n)s mandatory courses are overdue", late.count)
        due = _("Overdue since %(day)s") % {"day": _day(late.first.due_on)}
        tasks.append(_of_training(late, title, f"{url}?state=overdue", due, "error"))
    if soon := waiting(list_assignments(user, state="soon").select_related("person", "course").order_by(*ORDER)):
        title = ngettext(
            "%(n)s mandatory course is due within 30 days", "%(n)s mandatory courses are due within 30 days", soon.count
        )
        due = _("By %(day)s") % {"day": _day(soon.first.due_on)}
        tasks.append(_of_training(soon, title, f"{url}?state=soon", due, "warning"))
    return tasks


def _of_training(found: Waiting[TrainingAssignment], title: str, url: str, due: str, tone: str) -> Task:
    text = f"{found.first.person.name}, “{found.first.course.name}”"
    return Task(_counted(title, found), url, _("Open the list"), text, due, tone)


def supervisor_section(user: User) -> Section:
    section = Section(_("Your territory"), is_quiet=_("No centre is late with an answer."))
    for place in territory_figures(user):
        url = f"{_url('reports:statistics')}?{place.query}"
        name = place.name or _("Uzbekistan")
        section.figures += [
            (_("%(place)s: referred this year") % {"place": name}, place.figures["referred"], url),
            (_("Enrolled of these"), place.figures["enrolled"], url),
            (_("Completed of these"), place.figures["completed"], url),
            (_("Employed of these"), place.figures["employed"], url),
        ]
    section.tasks += [*_overdue(user, Clock.ANSWER, Clock.SEAT), *_duplicates(user)]
    section.links = [
        (_("Statistics"), _url("reports:statistics"), "chart-column"),
        (_("Referrals"), _url("enrollment:referral_list"), "send"),
    ]
    return section


def auditor_section(_user: User) -> Section:
    return Section(
        _("What you may read"),
        links=[
            (_("Residents"), _url("enrollment:resident_list"), "users"),
            (_("Referrals"), _url("enrollment:referral_list"), "send"),
            (_("Statistics"), _url("reports:statistics"), "chart-column"),
        ],
    )


def platform_section(user: User) -> Section:
    return Section(
        _("The platform"),
        tasks=_duplicates(user),
        links=[
            (_("Administration"), _url("admin:index"), "settings"),
            (_("State of the system"), _url("readyz"), "info"),
        ],
    )


SECTIONS: tuple[tuple[tuple[str, ...], Callable[[User], Section]], ...] = (
    ((Role.ASSISTANT, Role.COUNTER), intake_section),
    ((Role.CENTRE_MANAGER,), centre_section),
    ((Role.INSTRUCTOR,), instructor_section),
    ((Role.ACADEMY_ADMIN,), academy_section),
    ((Role.STAFF_MANAGER,), staff_section),
    ((Role.SUPERVISOR,), supervisor_section),
    ((Role.AUDITOR,), auditor_section),
    ((Role.PLATFORM_ADMIN,), platform_section),
)


# --- Clocks that have run out ---------------------------------------------------------------------
def _overdue(user: User, *clocks: str) -> list[Task]:
    tasks = []
    for clock in clocks:
        found = waiting(home.overdue_referrals(user, clock))
        if not found:
            continue
        n, first = found.count, found.first
        if clock == Clock.ANSWER:
            title = ngettext("%(n)s referral is not answered in time", "%(n)s referrals are not answered in time", n)
        else:
            title = ngettext(
                "%(n)s resident has been without a seat for too long",
                "%(n)s residents have been without a seat for too long",
                n,
            )
        due = _("Overdue since %(day)s") % {"day": _day(getattr(first, DUE[Clock(clock)]))}
        url = f"{_url('enrollment:overdue_list')}?clock={clock}"
        text = f"{first.organization.name}, {first.mahalla.name}"
        tasks.append(Task(_counted(title, found), url, _("Open the list"), text, due, "error"))
    return tasks


# --- Words and addresses ------------------------------------------------------------------------
def _of_referrals(
    found: Waiting[Referral], title: str, label: str, status: str, *, due: str = "", tone: str = "primary"
) -> Task:
    """One referral leads to its record, several to the list of those."""
    one = _url("enrollment:referral_detail", found.first.uuid)
    url = one if found.count == 1 else f"{_url('enrollment:referral_list')}?status={status}"
    text = f"{found.first.person.name}, “{found.first.course.name}”"
    return Task(_counted(title, found), url, label, text, due, tone)


def _of_cohorts(found: Waiting[Cohort], title: str, label: str, status: str, *, due: str = "") -> Task:
    one = _url("enrollment:cohort_detail", found.first.uuid)
    url = one if found.count == 1 else f"{_url('enrollment:cohort_list')}?status={status}"
    return Task(_counted(title, found), url, label, f"{found.first.course.name}, {found.first.code}", due)


def _notices(user: User) -> list[Task]:
    unread = count_up_to(Notice.objects.filter(user=user, read_at=None), MOST_COUNTED)
    if not unread:
        return []
    title = ngettext("%(n)s notice is unread", "%(n)s notices are unread", unread)
    return [Task(title % {"n": _number(unread)}, _url("notice_list"), _("Open the notices"))]


def _counted(title: str, found: Waiting[Any]) -> str:
    return title % {"n": _number(found.count)}


def _number(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else number_format(count)


def _day(day: Any) -> str:
    return date_format(timezone.localtime(day) if hasattr(day, "hour") else day, "SHORT_DATE_FORMAT") if day else ""


def _time(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _url(name: str, *args: object) -> str:
    return reverse(name, args=args)
