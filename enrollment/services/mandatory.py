"""Mandatory training worked out from rules, posts, completions and exemptions; the one gate for its states.

Everything is a comparison of what is with what should be, for one rule and a chunk of people at a time, under the
lock of the rule's row: doing it again changes nothing, and a nightly run finds whatever was missed.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.lookup import named
from base.transitions import Transitions, check_move
from enrollment.models import (
    ExemptionReason,
    TrainingAssignment,
    TrainingAssignmentMove,
    TrainingCheck,
    TrainingExemption,
    TrainingRule,
)
from enrollment.queries.mandatory import Bound, Known, Scope, next_people, read_known, rules_binding

Status = TrainingAssignment.Status

TRANSITIONS: Transitions = {
    "": frozenset({Status.DUE, Status.STARTED, Status.MET}),
    Status.DUE: frozenset({Status.STARTED, Status.MET, Status.EXEMPT, Status.ENDED}),
    # Back to due: the course was left or not completed.
    Status.STARTED: frozenset({Status.DUE, Status.MET, Status.EXEMPT, Status.ENDED}),
    # Out of it: the exemption is over or lifted.
    Status.EXEMPT: frozenset({Status.DUE, Status.STARTED, Status.MET, Status.ENDED}),
    # Back to due: the completion was corrected.
    Status.MET: frozenset({Status.DUE}),
    Status.ENDED: frozenset(),
}
CHUNK = 2_000
AFTER_EXEMPTION = timedelta(days=30)  # the least time that is left once an exemption is over
KEPT = ("status", "employment", "organization", "due_on", "met_on", "enrollment", "updated_at")


class AssignmentClosed(DomainError):
    code = "assignment-closed"
    message = _("This course is not asked of this person any more, so there is nothing to exempt from.")


class AlreadyExempt(DomainError):
    code = "already-exempt"
    message = _("This person is exempt already. Lift that exemption first.")


@dataclass
class Changes:
    """What a chunk comes to, written at once; `reason` and `note` are those of whoever asked for it."""

    by: User | None = None
    reason: str = ""
    note: str = ""
    kept: dict[int, TrainingAssignment] = field(default_factory=dict)
    new: list[TrainingAssignment] = field(default_factory=list)
    moves: list[TrainingAssignmentMove] = field(default_factory=list)

    def move(self, assignment: TrainingAssignment, to: str) -> None:
        """Let an assignment become `to`. Raises IllegalMove."""
        before = assignment.status
        check_move(TRANSITIONS, before, to)
        assignment.status = to
        row = TrainingAssignmentMove(
            assignment=assignment, from_status=before, to_status=to, by=self.by, reason=self.reason, note=self.note
        )
        self.moves.append(row)
        if before:
            self.keep(assignment)
        else:
            self.new.append(assignment)

    def keep(self, assignment: TrainingAssignment) -> None:
        """Save an assignment that has a row, its state or its post changed."""
        assignment.updated_at = timezone.now()
        self.kept[assignment.pk] = assignment

    def write(self, rule: TrainingRule) -> int:
        """Write rows and history, and one audit row that counts the moves by state; returns the number of moves."""
        # What is closed first: only then is there room for the next open one.
        for is_open in (False, True):
            rows = [row for row in self.kept.values() if row.is_open == is_open]
            TrainingAssignment.objects.bulk_update(rows, KEPT, batch_size=500)
        TrainingAssignment.objects.bulk_create(self.new)
        TrainingAssignmentMove.objects.bulk_create(self.moves)
        if counts := Counter(row.to_status for row in self.moves):
            audit.record("training.moved", rule, by=self.by, **counts)
        return len(self.moves)


def settle_rule(rule: TrainingRule) -> int:
    """Bring the assignments of one rule to what they should be today, for everybody; returns how many moved.

    A rule that is ended meanwhile stays due for another run.
    """
    scope, moved, after = Scope.of(rule), 0, 0
    while people := next_people(rule, scope, after=after, limit=CHUNK):
        moved += settle_people(rule, people, scope=scope)
        after = people[-1]
    TrainingRule.objects.filter(pk=rule.pk, updated_at=rule.updated_at).update(applied_at=timezone.now())
    return moved


def settle_all() -> int:
    """The nightly run over every rule: it also finds the days that have come, of posts, rules and exemptions."""
    return sum(settle_rule(rule) for rule in TrainingRule.objects.order_by("pk"))


def settle_noted() -> int:
    """Take in what was noted since: new and ended rules, people whose post or learning changed."""
    moved = sum(settle_rule(rule) for rule in TrainingRule.objects.filter(applied_at=None).order_by("pk"))
    while noted := dict(TrainingCheck.objects.order_by("pk").values_list("pk", "person_id")[:CHUNK]):
        people = sorted(set(noted.values()))
        moved += sum(settle_people(rule, people) for rule in rules_binding(people))
        TrainingCheck.objects.filter(pk__in=noted).delete()
    return moved


def note_person(person_id: int) -> None:
    """Write down, in the caller's transaction, that somebody's training is to be worked out again."""
    TrainingCheck.objects.create(person_id=person_id)


def note_moved_unit(unit: Organization, before: int | None) -> None:
    """Let the rules of the organizations that a unit was taken from, or put below, be worked out again."""
    then, now = (Organization.objects.with_parents([pk] if pk else []) for pk in (before, unit.parent_id))
    TrainingRule.objects.filter(employers__in=then ^ now).update(applied_at=None)


@transaction.atomic
def settle_people(
    rule: TrainingRule,
    people: list[int],
    *,
    scope: Scope | None = None,
    by: User | None = None,
    reason: str = "",
    note: str = "",
) -> int:
    """Bring the assignments of some people under one rule to what they should be today; returns how many moved."""
    rule = TrainingRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    changes = Changes(by, reason, note)
    for person, known in read_known(rule, scope or Scope.of(rule), people).items():
        _settle(rule, person, known, changes)
    return changes.write(rule)


@transaction.atomic
def exempt(
    assignment: TrainingAssignment,
    *,
    reason: str,
    starts_on: date,
    ends_on: date | None = None,
    note: str = "",
    by: User | None,
) -> TrainingAssignment:
    """Free somebody from a mandatory course for a coded reason, from a day up to, not including, a day.

    The same again changes nothing. Raises AssignmentClosed, AlreadyExempt, InvalidInput.
    """
    assignment = _lock(assignment)
    if ends_on and ends_on <= max(starts_on, timezone.localdate()):
        raise InvalidInput(_("An exemption ends after it begins, and not before tomorrow."), field="ends_on")
    why = named(ExemptionReason.objects.valid_on(timezone.localdate()), "reason", code=reason)
    standing = assignment.exemptions.filter(Q(ends_on=None) | Q(ends_on__gt=timezone.localdate()))
    if standing.filter(reason=why, starts_on=starts_on, ends_on=ends_on).exists():
        return assignment
    if standing.exists():
        raise AlreadyExempt
    if not assignment.is_open:
        raise AssignmentClosed
    exemption = TrainingExemption.objects.create(
        assignment=assignment, reason=why, note=note, starts_on=starts_on, ends_on=ends_on, made_by=by
    )
    audit.record("training.exempted", exemption, by=by, reason=reason)
    return _settle_one(assignment, by=by, reason=reason, note=note)


@transaction.atomic
def lift_exemption(assignment: TrainingAssignment, *, by: User | None) -> TrainingAssignment:
    """End an exemption today; at least 30 days are left for the course then."""
    assignment, today = _lock(assignment), timezone.localdate()
    for exemption in assignment.exemptions.filter(Q(ends_on=None) | Q(ends_on__gt=today)):
        exemption.ends_on = max(exemption.starts_on, today)
        exemption.save(update_fields=["ends_on", "updated_at"])
        audit.record("training.exemption-lifted", exemption, by=by)
    return _settle_one(assignment, by=by)


def _lock(assignment: TrainingAssignment) -> TrainingAssignment:
    TrainingRule.objects.select_for_update(no_key=True).get(pk=assignment.rule_id)
    return TrainingAssignment.objects.select_related("rule").get(pk=assignment.pk)


def _settle_one(
    assignment: TrainingAssignment, *, by: User | None, reason: str = "", note: str = ""
) -> TrainingAssignment:
    settle_people(assignment.rule, [assignment.person_id], by=by, reason=reason, note=note)
    assignment.refresh_from_db()
    return assignment


def _settle(rule: TrainingRule, person: int, known: Known, changes: Changes) -> None:
    current = _take_back(known, changes)
    post = known.post
    if post is None:
        if current:
            changes.move(current, Status.ENDED)
        return
    start = max(post.starts_on, rule.valid_from)
    counted = [(day, pk) for pk, day in known.taken.items() if rule.schedule.counts(day, start)]
    met_on, enrollment = max(counted) if counted else (None, None)
    cycle = max((row.cycle for row in known.rows), default=0)
    fields = {"rule": rule, "course_id": rule.course_id, "person_id": person, "organization_id": post.organization}
    fields |= {"employment_id": post.employment, "issuer_id": rule.issuer_id, "status": ""}
    if enrollment and enrollment not in {row.enrollment_id for row in known.rows}:
        met = current or TrainingAssignment(**fields, cycle=cycle + 1, due_on=rule.schedule.first_due(start))
        met.met_on, met.enrollment_id = met_on, enrollment
        changes.move(met, Status.MET)
        current, cycle = None, max(cycle, met.cycle)
    if current:
        _bring_up_to_date(current, known, post, changes)
    elif due_on := rule.schedule.due_on(start, met_on):
        fresh = TrainingAssignment(**fields, cycle=cycle + 1, due_on=due_on)
        changes.move(fresh, Status.STARTED if known.is_learning else Status.DUE)


def _take_back(known: Known, changes: Changes) -> TrainingAssignment | None:
    """The open assignment. A corrected completion takes back what it had met last, and ends what was asked next."""
    current = next((row for row in known.rows if row.is_open), None)
    met = next((row for row in reversed(known.rows) if row.status == Status.MET), None)
    if met is None or met.enrollment_id in known.taken:
        return current
    if current:
        changes.move(current, Status.ENDED)
    met.met_on = met.enrollment_id = None
    changes.move(met, Status.DUE)
    return met


def _bring_up_to_date(current: TrainingAssignment, known: Known, post: Bound, changes: Changes) -> None:
    """Let an open assignment follow its post, its exemption and the learning."""
    if (current.employment_id, current.organization_id) != (post.employment, post.organization):
        current.employment_id, current.organization_id = post.employment, post.organization
        changes.keep(current)
    status = Status.EXEMPT if known.is_exempt else Status.STARTED if known.is_learning else Status.DUE
    if current.status == status:
        return
    if current.status == Status.EXEMPT:
        current.due_on = max(current.due_on, timezone.localdate() + AFTER_EXEMPTION)
    changes.move(current, status)
