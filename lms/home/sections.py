"""The home page, a section for each role that somebody holds: what wants doing now, the most urgent first."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from base.models import Notice
from base.paging import count_up_to
from certificates.queries import enrollments_to_confirm
from courses.queries import versions_in_review
from enrollment.models import Cohort, EnrollmentRequest, Objection, Referral, Resident, TrainingAssignment
from enrollment.queries import home
from enrollment.queries.clocks import DUE, Clock
from enrollment.queries.duplicates import pairs_to_decide
from enrollment.queries.home import MOST_COUNTED, Waiting, waiting
from enrollment.queries.relocations import relocations_to_answer
from enrollment.queries.staff import staff_figures
from enrollment.queries.training import ORDER, list_assignments
from learning.models import Work
from lms.home.parts import Section, Task, address, counted, day_text, number_text, time_text
from lms.home.plans import plan_tasks
from reports.queries.home import course_figures, territory_figures

Role = Membership.Role


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
    if user.standing.has(Role.COUNTER):
        section.tasks += plan_tasks(user)
    section.tasks += _notices(user)
    section.links = [
        (_("Record a household"), address("enrollment:household_create"), "plus"),
        (_("Residents"), address("enrollment:resident_list"), "users"),
        (_("Referrals"), address("enrollment:referral_list"), "send"),
    ]
    return section


def _intake_of_residents(user: User) -> list[Task]:
    tasks = []
    if found := waiting(home.residents_to_refer(user)):
        title = ngettext("%(n)s resident wishes to learn", "%(n)s residents wish to learn", found.count)
        one = address("enrollment:resident_detail", found.first.uuid)
        url = one if found.count == 1 else f"{address('enrollment:resident_list')}?wish=waiting"
        text = _("Not referred anywhere yet. First: %(name)s") % {"name": found.first.person.name}
        tasks.append(Task(counted(title, found), url, _("Refer"), text))
    if asked := waiting(home.codes_to_approve(user)):
        title = ngettext("%(n)s sign-in code to approve", "%(n)s sign-in codes to approve", asked.count)
        resident = Resident.objects.filter(person=asked.first.user.person_id, ends_on=None).first()
        url = address("enrollment:resident_detail", resident.uuid) if resident else ""
        text = _("Asked for by a colleague for %(name)s") % {"name": asked.first.user.name}
        tasks.append(Task(counted(title, asked), url, _("Open the record"), text))
    if moving := waiting(relocations_to_answer(user)):
        title = ngettext("%(n)s move to confirm", "%(n)s moves to confirm", moving.count)
        one = address("enrollment:relocation_detail", moving.first.uuid)
        url = one if moving.count == 1 else f"{address('enrollment:relocation_list')}?status=asked"
        text = _("%(name)s, to %(mahalla)s") % {
            "name": moving.first.person.name,
            "mahalla": moving.first.household.mahalla.name,
        }
        tasks.append(Task(counted(title, moving), url, _("Look and confirm"), text))
    if said := waiting(home.claimed_outcomes(user)):
        title = ngettext("%(n)s outcome to confirm", "%(n)s outcomes to confirm", said.count)
        url = address("enrollment:enrollment_detail", said.first.enrollment.uuid)  # type: ignore[union-attr]  # found by it
        text = f"{said.first.person.name}: {said.first.kind.name}"
        tasks.append(Task(counted(title, said), url, _("Look and confirm"), text))
    return tasks


def _duplicates(user: User) -> list[Task]:
    """Records that may be of one person, on which the user has the say in one role or another."""
    if not (found := waiting(pairs_to_decide(user))):
        return []
    title = ngettext("%(n)s person may be written down twice", "%(n)s people may be written down twice", found.count)
    one = address("enrollment:duplicate_detail", found.first.uuid)
    url = one if found.count == 1 else address("enrollment:duplicate_list")
    return [Task(counted(title, found), url, _("Compare the records"), found.first.first.name)]


# --- Centre and academy -------------------------------------------------------------------------
def centre_section(user: User) -> Section:
    section = Section(_("Your centre"), is_quiet=_("Every referral is answered. Nothing waits for you now."))
    section.tasks = [*_work_of_provider(user), *_cohorts_of_centre(user), *plan_tasks(user)]
    section.links = [
        (_("Referrals"), address("enrollment:referral_list"), "send"),
        (_("Waiting list"), address("enrollment:waiting_list"), "list-ordered"),
        (_("Groups"), address("enrollment:cohort_list"), "users"),
        (_("Supply and demand"), address("reports:supply"), "chart-column"),
        (_("Certificates issued"), address("certificates:issued_list"), "award"),
    ]
    return section


def academy_section(user: User) -> Section:
    section = Section(_("Your academy"), is_quiet=_("Nothing waits for you now."))
    if found := waiting(versions_in_review(user)):
        title = ngettext("%(n)s course handed in for review", "%(n)s courses handed in for review", found.count)
        one = address("learning:teach_version", found.first.uuid)
        url = one if found.count == 1 else address("learning:teach_home")
        section.tasks.append(Task(counted(title, found), url, _("Read and publish"), found.first.course.name))
    section.tasks += [*_work_of_provider(user), *_cohorts_of_centre(user), *plan_tasks(user)]
    figures, url = course_figures(user), address("reports:completion")
    section.figures = [
        (_("Learning now"), figures.active, url),
        (_("Completed"), figures.completed, url),
        (_("Certificates"), figures.certified, url),
    ]
    if figures.on:
        section.age = _("At the end of %(day)s") % {"day": day_text(figures.on)}
    section.links = [
        (_("Completion of courses"), address("reports:completion"), "chart-column"),
        (_("Groups"), address("enrollment:cohort_list"), "users"),
        (_("Certificates issued"), address("certificates:issued_list"), "award"),
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
        tasks.append(
            _of_referrals(found, title, _("Answer"), "submitted", due=due % {"day": day_text(due_at)}, tone=tone)
        )
    if found := waiting(home.waitlisted_with_seats(user)):
        title = ngettext(
            "%(n)s resident on the waiting list could have a seat",
            "%(n)s residents on the waiting list could have a seat",
            found.count,
        )
        text = f"{found.first.person.name}, “{found.first.course.name}”"
        url = address("enrollment:waiting_list")
        tasks.append(Task(counted(title, found), url, _("Give the seat"), text, tone="warning"))
    tasks += _overdue(user, Clock.SEAT)
    if found := waiting(home.holders_to_enroll(user)):
        title = ngettext("%(n)s resident to enrol", "%(n)s residents to enrol", found.count)
        due = _("Seat held until %(day)s") % {"day": day_text(found.first.hold_until)}
        tasks.append(_of_referrals(found, title, _("Enrol"), "accepted", due=due))
    return tasks


def _work_of_provider(user: User) -> list[Task]:
    return [*_objections(user), *_referrals_of_centre(user), *_requests(user), *_certificates(user)]


def _objections(user: User) -> list[Task]:
    """What learners contest; the one due first says by when."""
    rows = Objection.objects.to_decide(user).select_related("enrollment__person", "enrollment__cohort__course")
    found = waiting(rows.order_by("due_at", "pk"))
    if not found:
        return []
    title = ngettext("%(n)s contested figure to decide", "%(n)s contested figures to decide", found.count)
    first, is_late = found.first, found.first.due_at < timezone.now()
    one = address("enrollment:objection_detail", first.uuid)
    url = one if found.count == 1 else address("enrollment:objection_list")
    text = f"{first.enrollment.person.name}, “{first.enrollment.cohort.course.name}”"
    due = (_("Overdue since %(day)s") if is_late else _("Decide by %(day)s")) % {"day": day_text(first.due_at)}
    return [Task(counted(title, found), url, _("Decide"), text, due, "error" if is_late else "primary")]


def _certificates(user: User) -> list[Task]:
    rows = enrollments_to_confirm(user).select_related("person", "cohort__course")
    found = waiting(rows.order_by("pk"))
    if not found:
        return []
    title = ngettext("%(n)s certificate to confirm", "%(n)s certificates to confirm", found.count)
    text = f"{found.first.person.name}, “{found.first.cohort.course.name}”"
    return [Task(counted(title, found), address("certificates:completion_list"), _("Confirm"), text)]


def _cohorts_of_centre(user: User) -> list[Task]:
    tasks = []
    if found := waiting(home.cohorts_unpublished(user)):
        title = ngettext("%(n)s group is not published yet", "%(n)s groups are not published yet", found.count)
        tasks.append(_of_cohorts(found, title, _("Look and publish"), "draft"))
    if found := waiting(home.cohorts_starting(user)):
        title = ngettext("%(n)s group starts within a week", "%(n)s groups start within a week", found.count)
        due = _("Starts on %(day)s") % {"day": day_text(found.first.starts_on)}
        tasks.append(_of_cohorts(found, title, _("Open the group"), "open", due=due))
    return tasks


# --- Instructor ---------------------------------------------------------------------------------
def instructor_section(user: User) -> Section:
    section = Section(_("Your teaching"), is_quiet=_("None of your groups has a class within a week."))
    section.tasks = _works_to_mark(user)
    for cohort in home.taught_cohorts(user)[:5]:
        starts_at = cohort.next_session_at
        name = f"{cohort.course.name}, {cohort.code}"
        if starts_at and starts_at <= timezone.now() + home.DOORS_OPEN:
            due = _("Begins at %(time)s") % {"time": time_text(starts_at)}
            section.tasks.insert(0, Task(name, address("live:cohort", cohort.uuid), _("Open the class"), due=due))
            continue
        text = _("Next class: %(time)s") % {"time": time_text(starts_at)} if starts_at else ""
        section.tasks.append(Task(name, address("enrollment:cohort_detail", cohort.uuid), _("Open the group"), text))
    section.links = [
        (_("Courses you write"), address("learning:teach_home"), "pencil"),
        (_("Groups"), address("enrollment:cohort_list"), "users"),
    ]
    return section


def _works_to_mark(user: User) -> list[Task]:
    """Assignments that were handed in, and practical work that waits for a second pair of eyes."""
    if not (found := waiting(Work.objects.waiting_for(user).select_related("lesson").order_by("submitted_at"))):
        return []
    title = ngettext("%(n)s work to mark", "%(n)s works to mark", found.count)
    return [Task(counted(title, found), address("learning:teach_marking"), _("Mark"), found.first.lesson.name)]


# --- Staff manager, supervisor, auditor, platform admin -----------------------------------------
def staff_section(user: User) -> Section:
    figures = staff_figures(user)
    url = address("enrollment:staff_list")
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
            (_("Mandatory training"), address("enrollment:training_list"), "list-checks"),
            (_("Courses"), address("enrollment:course_list"), "book-open"),
        ],
    )


def _requests(user: User) -> list[Task]:
    rows = EnrollmentRequest.objects.to_decide(user).select_related("person", "cohort__course").order_by("pk")
    found = waiting(rows)
    if not found:
        return []
    title = ngettext("%(n)s request for a place to answer", "%(n)s requests for a place to answer", found.count)
    text = f"{found.first.person.name}, “{found.first.cohort.course.name}”"
    return [Task(counted(title, found), address("enrollment:request_list"), _("Answer"), text)]


def _mandatory_training(user: User) -> list[Task]:
    tasks, url = [], address("enrollment:training_list")
    if late := waiting(list_assignments(user, state="overdue").select_related("person", "course").order_by(*ORDER)):
        title = ngettext("%(n)s mandatory course is overdue", "%(n)s mandatory courses are overdue", late.count)
        due = _("Overdue since %(day)s") % {"day": day_text(late.first.due_on)}
        tasks.append(_of_training(late, title, f"{url}?state=overdue", due, "error"))
    if soon := waiting(list_assignments(user, state="soon").select_related("person", "course").order_by(*ORDER)):
        title = ngettext(
            "%(n)s mandatory course is due within 30 days", "%(n)s mandatory courses are due within 30 days", soon.count
        )
        due = _("By %(day)s") % {"day": day_text(soon.first.due_on)}
        tasks.append(_of_training(soon, title, f"{url}?state=soon", due, "warning"))
    return tasks


def _of_training(found: Waiting[TrainingAssignment], title: str, url: str, due: str, tone: str) -> Task:
    text = f"{found.first.person.name}, “{found.first.course.name}”"
    return Task(counted(title, found), url, _("Open the list"), text, due, tone)


def supervisor_section(user: User) -> Section:
    section = Section(_("Your territory"), is_quiet=_("No centre is late with an answer."))
    for place in territory_figures(user):
        url = f"{address('reports:statistics')}?{place.query}"
        name = place.name or _("Uzbekistan")
        section.figures += [
            (_("%(place)s: referred this year") % {"place": name}, place.figures["referred"], url),
            (_("Enrolled of these"), place.figures["enrolled"], url),
            (_("Completed of these"), place.figures["completed"], url),
            (_("Employed of these"), place.figures["employed"], url),
        ]
    section.tasks += [*_overdue(user, Clock.ANSWER, Clock.SEAT), *plan_tasks(user), *_duplicates(user)]
    section.links = [
        (_("Supply and demand"), address("reports:supply"), "list-checks"),
        (_("Training plans"), address("reports:plan_list"), "clipboard-list"),
        (_("Statistics"), address("reports:statistics"), "chart-column"),
        (_("Referrals"), address("enrollment:referral_list"), "send"),
    ]
    return section


def auditor_section(_user: User) -> Section:
    return Section(
        _("What you may read"),
        links=[
            (_("Residents"), address("enrollment:resident_list"), "users"),
            (_("Referrals"), address("enrollment:referral_list"), "send"),
            (_("Statistics"), address("reports:statistics"), "chart-column"),
        ],
    )


def platform_section(user: User) -> Section:
    return Section(
        _("The platform"),
        tasks=_duplicates(user),
        links=[
            (_("Administration"), address("admin:index"), "settings"),
            (_("State of the system"), address("readyz"), "info"),
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
        due = _("Overdue since %(day)s") % {"day": day_text(getattr(first, DUE[Clock(clock)]))}
        url = f"{address('enrollment:overdue_list')}?clock={clock}"
        text = f"{first.organization.name}, {first.mahalla.name}"
        tasks.append(Task(counted(title, found), url, _("Open the list"), text, due, "error"))
    return tasks


# --- Words and addresses ------------------------------------------------------------------------
def _of_referrals(
    found: Waiting[Referral], title: str, label: str, status: str, *, due: str = "", tone: str = "primary"
) -> Task:
    """One referral leads to its record, several to the list of those."""
    one = address("enrollment:referral_detail", found.first.uuid)
    url = one if found.count == 1 else f"{address('enrollment:referral_list')}?status={status}"
    text = f"{found.first.person.name}, “{found.first.course.name}”"
    return Task(counted(title, found), url, label, text, due, tone)


def _of_cohorts(found: Waiting[Cohort], title: str, label: str, status: str, *, due: str = "") -> Task:
    one = address("enrollment:cohort_detail", found.first.uuid)
    url = one if found.count == 1 else f"{address('enrollment:cohort_list')}?status={status}"
    return Task(counted(title, found), url, label, f"{found.first.course.name}, {found.first.code}", due)


def _notices(user: User) -> list[Task]:
    unread = count_up_to(Notice.objects.filter(user=user, read_at=None), MOST_COUNTED)
    if not unread:
        return []
    title = ngettext("%(n)s notice is unread", "%(n)s notices are unread", unread)
    return [Task(title % {"n": number_text(unread)}, address("notice_list"), _("Open the notices"))]
