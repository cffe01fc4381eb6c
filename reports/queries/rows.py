"""The figures counted from the rows themselves: what rollups are filled from, and what they are checked against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, DateField, Exists, F, Func, IntegerField, Model, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from enrollment.models import Enrollment, Outcome, Referral, Wish

MEASURES = (
    "wished",
    "referred",
    "accepted",
    "enrolled",
    "active",
    "completed",
    "failed",
    "dropped",
    "certified",
    "employed",
)


class WholeDays(Func):
    """Whole days of 24 hours between two times, rounded down, at least 0."""

    output_field = IntegerField()
    arity = 2

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "GREATEST(0, FLOOR(EXTRACT(EPOCH FROM (%(expressions)s)) / 86400))::integer"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "MAX(0, django_timestamp_diff(%(expressions)s) / 86400000000)"
        return self.as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True)
class Source:
    """A kind of rows that count: where each dimension is found, what is counted, and the time that makes the period.

    `paths` lacks the dimensions that such rows do not have: they do not count where one of those is filtered by.
    """

    rows: QuerySet[Any]
    paths: Mapping[str, str]
    moment: str
    measures: Mapping[str, Any]
    has_time: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)

    def count(self, dimensions: Iterable[str], rows: QuerySet[Any] | None = None) -> QuerySet[Any, Any]:
        """Group `rows` by `dimensions` (with `month` and what `extra` names among them where wanted) and count."""
        known = {"month": TruncMonth(self.moment, output_field=DateField()), **self.extra}
        known |= {name: F(path) for name, path in self.paths.items()}
        keys = {f"key_{name}": known[name] for name in dimensions if name in known}
        rows = self.rows if rows is None else rows
        grouped: QuerySet[Any, Any] = rows.order_by().values(**keys)
        counted: QuerySet[Any, Any] = grouped.annotate(**{f"n_{name}": n for name, n in self.measures.items()})
        return counted

    def within(self, since: date | None = None, until: date | None = None) -> QuerySet[Any]:
        """The rows from the day `since` to the day `until`."""
        rows = self.rows
        if since:
            rows = rows.filter(**{f"{self.moment}__gte": self._start(since)})
        if until:
            rows = rows.filter(**{f"{self.moment}__lt": self._start(until + timedelta(days=1))})
        return rows

    def _start(self, day: date) -> date | datetime:
        return timezone.make_aware(datetime.combine(day, time.min)) if self.has_time else day


def _reached(prefix: str) -> dict[str, Count]:
    """What became of enrollments; `prefix` leads to them, and all of them that exist count as enrolled."""
    path, status = (f"{prefix}__pk", f"{prefix}__status") if prefix else ("pk", "status")
    certified = f"{prefix}__credential_code" if prefix else "credential_code"
    employment = Outcome.objects.filter(
        enrollment=OuterRef(path), status=Outcome.Status.CONFIRMED, kind__is_employment=True
    )
    states = {
        "active": Enrollment.Status.ACTIVE,
        "completed": Enrollment.Status.COMPLETED,
        "failed": Enrollment.Status.FAILED,
        "dropped": Enrollment.Status.WITHDRAWN,
    }
    return {
        "enrolled": Count(path),
        **{name: Count(path, filter=Q(**{status: state})) for name, state in states.items()},
        "certified": Count(path, filter=Q(**{f"{certified}__gt": ""})),
        "employed": Count(path, filter=Exists(employment)),
    }


def _places(mahalla: str) -> dict[str, str]:
    return {"mahalla": mahalla, "district": f"{mahalla}__district", "region": f"{mahalla}__district__region"}


def _course(course: str) -> dict[str, str]:
    return {"course": course, "profession": f"{course}__profession"}


def _rows_of(model: type[Model], **conditions: Any) -> QuerySet[Any]:
    return model._default_manager.filter(**conditions)


SUBMITTED = _rows_of(Referral, submitted_at__isnull=False)
OF_REFERRAL = {
    **{name: name for name in ("mahalla", "district", "region")},
    "organization": "organization",
    **_course("course"),
    "category": "category",
}

REFERRALS = Source(
    rows=SUBMITTED,
    paths={**OF_REFERRAL, "gender": "gender"},
    moment="submitted_at",
    measures={
        "referred": Count("pk"),
        "accepted": Count("pk", filter=Q(accepted_at__isnull=False)),
        **_reached("enrollment"),
    },
)
LEARNERS = Source(
    rows=_rows_of(Enrollment, referral=None),
    paths={"organization": "cohort__organization", **_course("cohort__course")},
    moment="enrolled_at",
    measures=_reached(""),
)
WISHES = Source(
    rows=_rows_of(Wish),
    paths={
        **_places("mahalla"),
        **_course("course"),
        "category": "category",
        "gender": "resident__person__gender",
    },
    moment="said_on",
    measures={"wished": Count("pk")},
    has_time=False,
)
COUNTED = (REFERRALS, LEARNERS, WISHES)

ANSWERS = Source(
    rows=SUBMITTED.filter(answered_at__isnull=False),
    paths=REFERRALS.paths,
    moment="submitted_at",
    measures={"answered": Count("pk")},
    extra={"days": WholeDays("answered_at", "submitted_at")},
)
