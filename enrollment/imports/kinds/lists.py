"""Lists from which cells of several kinds come."""

from django.utils import timezone

from accounts.models import Organization, Profession
from courses.models import Course
from enrollment.imports.columns import Choices
from enrollment.imports.kind import named_choices


def profession_choices() -> Choices:
    return named_choices(Profession.objects.valid_on(timezone.localdate()))


def course_choices() -> Choices:
    """Courses of the catalogue, by address or title."""
    rows = list(Course.objects.published().select_related("provider"))
    return Choices([(row, row.slug, row.title.values()) for row in rows], rows)


def organization_choices(*, providers: bool) -> Choices:
    """Those that teach, or those that employ, by code, name or Malaka's id."""
    rows = list(Organization.objects.providers() if providers else Organization.objects.employers())
    return Choices([(row, row.code, [*row.names.values(), str(row.uuid)]) for row in rows], rows)
