"""Whom a rule binds, and what is known of them, read for many people at once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Employment, Organization
from enrollment.models import Enrollment, TrainingAssignment, TrainingExemption, TrainingRule

Open = TrainingAssignment.OPEN


@dataclass(frozen=True)
class Scope:
    """The organizations and post categories that a rule names, units included; None: all."""

    organizations: frozenset[int] | None
    categories: frozenset[int] | None

    @classmethod
    def of(cls, rule: TrainingRule) -> Self:
        employers = list(rule.employers.values_list("pk", flat=True))
        categories = list(rule.categories.values_list("pk", flat=True))
        return cls(
            frozenset(Organization.objects.with_units(employers)) if employers else None,
            frozenset(categories) if categories else None,
        )

    def posts(self) -> QuerySet[Employment]:
        """The posts held today within the scope."""
        rows = Employment.objects.current()
        if self.organizations is not None:
            rows = rows.filter(organization__in=self.organizations)
        if self.categories is not None:
            rows = rows.filter(category__in=self.categories)
        return rows


@dataclass(frozen=True)
class Bound:
    """The post by which a rule binds somebody."""

    employment: int
    organization: int
    starts_on: date


@dataclass(frozen=True)
class Known:
    """What is known of one person under a rule; `taken` is the day of each completion of the course by enrollment."""

    post: Bound | None
    rows: list[TrainingAssignment]
    taken: dict[int, date]
    is_learning: bool
    is_exempt: bool


def read_known(rule: TrainingRule, scope: Scope, people: list[int]) -> dict[int, Known]:
    """Read a chunk of people in five queries; the post of whoever holds several is the one held longest."""
    today = timezone.localdate()
    posts: dict[int, Bound] = {}
    if rule.is_in_force(today):
        held = scope.posts().filter(person__in=people).order_by("-starts_on", "-pk")
        for row in held.only("person_id", "organization_id", "starts_on"):
            posts[row.person_id] = Bound(row.pk, row.organization_id, row.starts_on)
    rows = defaultdict(list)
    for assignment in TrainingAssignment.objects.filter(rule=rule, person__in=people).order_by("cycle"):
        rows[assignment.person_id].append(assignment)
    learnt = Enrollment.objects.filter(person__in=people, cohort__course=rule.course_id)
    learning = set(learnt.filter(status=Enrollment.Status.ACTIVE).values_list("person_id", flat=True))
    taken: dict[int, dict[int, date]] = defaultdict(dict)
    completed = learnt.filter(status=Enrollment.Status.COMPLETED, ended_at__isnull=False)
    for person, enrollment, ended_at in completed.values_list("person_id", "pk", "ended_at"):
        taken[person][enrollment] = timezone.localdate(ended_at)
    exempt = exemptions_in_force().filter(assignment__rule=rule, assignment__person__in=people)
    exempt_people = set(exempt.filter(assignment__status__in=Open).values_list("assignment__person_id", flat=True))
    return {
        person: Known(posts.get(person), rows[person], taken[person], person in learning, person in exempt_people)
        for person in people
    }


def exemptions_in_force() -> QuerySet[TrainingExemption]:
    today = timezone.localdate()
    return TrainingExemption.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)


def next_people(rule: TrainingRule, scope: Scope, *, after: int, limit: int) -> list[int]:
    """The next people by id whom the rule binds, or bound when it was last worked out."""
    found: set[int] = set()
    if rule.is_in_force(timezone.localdate()):
        posts = scope.posts().filter(person_id__gt=after).order_by("person_id")
        found |= set(posts.values_list("person_id", flat=True).distinct()[:limit])
    opened = TrainingAssignment.objects.filter(rule=rule, status__in=Open, person_id__gt=after).order_by("person_id")
    found |= set(opened.values_list("person_id", flat=True)[:limit])
    return sorted(found)[:limit]


def rules_binding(people: list[int]) -> QuerySet[TrainingRule]:
    """The rules that may bind some of these people now, or did."""
    employers = set(Employment.objects.current().filter(person__in=people).values_list("organization_id", flat=True))
    in_force = TrainingRule.objects.in_force().concerning(employers)
    opened = TrainingAssignment.objects.filter(rule=OuterRef("pk"), person__in=people, status__in=Open)
    return TrainingRule.objects.filter(Q(pk__in=in_force.values("pk")) | Exists(opened)).order_by("pk")
