"""Lists from which cells of several kinds come."""

from django.utils import timezone

from accounts.models import Organization, Profession
from courses.models import Course
from enrollment.imports.columns import Choices
from enrollment.imports.kind import named_choices


def profession_choices() -> Choices:
    return named_choices(Profession.objects.valid_on(timezone.localdate()))


def course_choices() -> Choices:
    """Courses that were ever published, by address or title; those of the catalogue are offered."""
    rows = list(Course.objects.filter(current_version__isnull=False).select_related("provider"))
    offered = [row for row in rows if row.retired_at is None]
    return Choices([(row, row.slug, row.title.values()) for row in rows], offered)


def organization_choices(*, providers: bool) -> Choices:
    """Those that teach, or those that employ, by code, name or Malaka's id."""
    rows = list(Organization.objects.providers() if providers else Organization.objects.employers())
    return Choices([(row, row.code, [*row.names.values(), str(row.uuid)]) for row in rows], rows)
