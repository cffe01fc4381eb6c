"""A district's training plan: written as a draft, agreed, followed up, closed with what it reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import District, Organization, Profession, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.services.notices import notify
from base.transitions import Transitions, check_move
from courses.models import Course
from reports.models import PlanLine, PlanLineChange, PlanMove, TrainingPlan
from reports.queries.plans import FIGURES, manager_of, progress_of
from reports.queries.supply import Place, courses_for, groups_to_open

Status = TrainingPlan.Status
TRANSITIONS: Transitions = {
    Status.DRAFT: frozenset({Status.AGREED}),
    Status.AGREED: frozenset({Status.CLOSED}),
    Status.CLOSED: frozenset(),
}
MOST_PEOPLE = 100_000


class PlanClosed(DomainError):
    code = "plan-closed"
    message = gettext_lazy("This plan is closed: what it reached is written down.")


class PlanAgreed(DomainError):
    code = "plan-agreed"
    message = gettext_lazy("This plan is agreed: its lines change one by one, with a reason.")


class PlanEmpty(DomainError):
    code = "plan-empty"
    message = gettext_lazy("A plan without lines cannot be agreed.")


class LineTwice(DomainError):
    code = "line-twice"
    message = gettext_lazy("The plan has a line for this already. Change that one.")


@dataclass(frozen=True, kw_only=True)
class LinePlan:
    """What a line is to be; see the fields of PlanLine."""

    profession: Profession
    course: Course | None = None
    organization: Organization | None = None
    target: int
    owner: User
    due_on: date
    note: str = ""


@transaction.atomic
def start_plan(*, district: District, year: int, season: str, by: User) -> TrainingPlan:
    """Begin the draft of a district's plan for a season; the second call gives the one there is."""
    plan, made = TrainingPlan.objects.get_or_create(district=district, year=year, season=TrainingPlan.Season(season))
    if made:
        PlanMove.objects.create(plan=plan, to_status=Status.DRAFT, by=by)
        audit.record("plan.started", plan, by=by)
    return plan


@transaction.atomic
def propose_lines(plan: TrainingPlan, *, by: User) -> int:
    """Add to a draft a line for each occupation of which new groups would be filled, and no line is yet.

    The course is the nearest that leads there, its provider's manager answers for it. Returns how many were added.
    Raises PlanAgreed, PlanClosed.
    """
    plan = _lock(plan)
    _check_draft(plan)
    known = set(plan.lines.values_list("profession", flat=True))
    added = 0
    for group in groups_to_open(Place(plan.district.region, plan.district)):
        if group.profession.pk in known:
            continue
        course = _nearest(courses_for(group.profession), plan.district)
        PlanLine.objects.create(
            plan=plan,
            profession=group.profession,
            course=course,
            organization=course.provider if course else None,
            target=group.people,
            owner=(manager_of(course.provider) if course else None) or by,
            due_on=plan.ends_on,
        )
        added += 1
    audit.record("plan.proposed", plan, by=by, lines=added)
    return added


@transaction.atomic
def add_line(plan: TrainingPlan, line: LinePlan, *, reason: str = "", by: User) -> PlanLine:
    """Write a line into a plan; into one that is agreed with a reason, and its owner is told.

    Raises PlanClosed, LineTwice, InvalidInput.
    """
    plan = _lock(plan)
    _check_line(plan, line, reason)
    if _alike(plan, line).exists():
        raise LineTwice
    row = PlanLine.objects.create(plan=plan, **vars(line))
    audit.record("plan.line-added", plan, by=by, line=str(row.uuid))
    _tell_of_change(plan, row, {}, reason, by=by)
    return row


@transaction.atomic
def change_line(line: PlanLine, plan: LinePlan, *, reason: str = "", by: User) -> PlanLine:
    """Make a line what `plan` says; of an agreed plan with a reason. The same again changes nothing.

    Raises PlanClosed, LineTwice, InvalidInput.
    """
    whole = _lock(line.plan)
    line = PlanLine.objects.select_related("profession", "course", "organization", "owner").get(pk=line.pk)
    was = {name: getattr(line, name) for name, value in vars(plan).items() if getattr(line, name) != value}
    if not was and whole.status != Status.CLOSED:
        return line
    _check_line(whole, plan, reason)
    if _alike(whole, plan).exclude(pk=line.pk).exists():
        raise LineTwice
    for name in was:
        setattr(line, name, getattr(plan, name))
    line.save(update_fields=[*was, "updated_at"])
    audit.record("plan.line-changed", whole, by=by, line=str(line.uuid), fields=sorted(was))
    _tell_of_change(whole, line, was, reason, by=by)
    return line


@transaction.atomic
def remove_line(line: PlanLine, *, by: User) -> None:
    """Take a line out of a draft; the second call does nothing. Raises PlanAgreed, PlanClosed."""
    plan = _lock(line.plan)
    _check_draft(plan)
    if PlanLine.objects.filter(pk=line.pk).delete()[0]:
        audit.record("plan.line-removed", plan, by=by, line=str(line.uuid))


@transaction.atomic
def agree_plan(plan: TrainingPlan, *, by: User) -> TrainingPlan:
    """Agree on a draft: from now on its lines change with a reason alone, and their owners are told.

    Raises PlanEmpty, PlanClosed.
    """
    plan = _lock(plan)
    if plan.status == Status.AGREED:
        return plan
    lines = list(plan.lines.all())
    if plan.status == Status.DRAFT and not lines:
        raise PlanEmpty
    _move(plan, Status.AGREED, by=by)
    _tell_owners(plan, lines)
    return plan


@transaction.atomic
def close_plan(plan: TrainingPlan, *, note: str = "", by: User) -> TrainingPlan:
    """End an agreed plan, and write down what each line has reached by now. Raises IllegalMove."""
    plan = _lock(plan)
    if plan.status == Status.CLOSED:
        return plan
    check_move(TRANSITIONS, plan.status, Status.CLOSED)
    progress = progress_of([plan])
    lines = list(plan.lines.all())
    for line in lines:
        for name in FIGURES:
            setattr(line, name, getattr(progress[line.pk], name))
    PlanLine.objects.bulk_update(lines, FIGURES)
    return _move(plan, Status.CLOSED, note=note.strip()[:500], by=by)


def _move(plan: TrainingPlan, to: str, *, note: str = "", by: User) -> TrainingPlan:
    """The one gate: the state, its history row and its audit row, of a locked plan."""
    check_move(TRANSITIONS, plan.status, to)
    PlanMove.objects.create(plan=plan, from_status=plan.status, to_status=to, note=note, by=by)
    plan.status = to
    plan.save(update_fields=["status", "updated_at"])
    audit.record(f"plan.{to}", plan, by=by)
    return plan


def _lock(plan: TrainingPlan) -> TrainingPlan:
    rows = TrainingPlan.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("district__region").get(pk=plan.pk)


def _check_draft(plan: TrainingPlan) -> None:
    if plan.status != Status.DRAFT:
        raise PlanAgreed if plan.status == Status.AGREED else PlanClosed


def _check_line(plan: TrainingPlan, line: LinePlan, reason: str) -> None:
    agreed = plan.status == Status.AGREED
    if plan.status == Status.CLOSED:
        raise PlanClosed
    if not (0 if agreed else 1) <= line.target <= MOST_PEOPLE:
        raise InvalidInput(_("A target is a number of people from 1 to 100,000."), field="target")
    if not plan.starts_on <= line.due_on <= plan.ends_on:
        raise InvalidInput(_("Choose a day within the season of the plan."), field="due_on")
    if line.course and line.course.profession_id != line.profession.pk:
        raise InvalidInput(_("This course leads to another occupation."), field="course")
    if agreed and not reason.strip():
        raise InvalidInput(_("The plan is agreed: say why it changes."), field="reason")


def _alike(plan: TrainingPlan, line: LinePlan) -> Any:
    same = {"profession": line.profession, "course": line.course, "organization": line.organization}
    return plan.lines.filter(**same)


def _nearest(courses: Iterable[Course], district: District) -> Course | None:
    """The course of a provider in the district, else in its region, else anywhere."""

    def distance(course: Course) -> tuple[bool, bool, str]:
        there = course.provider.district
        near = there is not None and there.region_id == district.region_id
        return there != district, not near, course.slug

    return min(courses, key=distance, default=None)


def _tell_of_change(plan: TrainingPlan, line: PlanLine, was: dict[str, Any], reason: str, *, by: User) -> None:
    """Of an agreed plan: keep what changed and why, and tell the owner."""
    if plan.status != Status.AGREED:
        return
    told = {name: value if isinstance(value, int | str | None) else str(value) for name, value in was.items()}
    change = PlanLineChange.objects.create(line=line, by=by, reason=reason.strip()[:500], was=told)
    notify(
        line.owner_id,
        kind="plan-line",
        key=f"plan-line-{change.pk}",
        params={"district": plan.district.names, "trade": line.profession.names, "season": season_words(plan)},
        url=f"/supply/plans/{plan.uuid}/",
    )


def _tell_owners(plan: TrainingPlan, lines: Iterable[PlanLine]) -> None:
    counts: dict[int, int] = {}
    for line in lines:
        counts[line.owner_id] = counts.get(line.owner_id, 0) + 1
    for owner, count in counts.items():
        params = {"district": plan.district.names, "season": season_words(plan), "count": count}
        url = f"/supply/plans/{plan.uuid}/"
        notify(owner, kind="plan-agreed", key=f"plan-agreed-{plan.pk}-{owner}", params=params, url=url)


def season_words(plan: TrainingPlan) -> str:
    """The season as it reads in every language: 01.2027–06.2027."""
    return f"{plan.starts_on:%m.%Y}–{plan.ends_on:%m.%Y}"
