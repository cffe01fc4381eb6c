"""Categories of graded lessons of a draft: what counts together, and how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.languages import Texts, clean_texts
from courses.models import CourseVersion, GradeCategory, Lesson
from courses.services.versions import lock_draft
from courses.translations import marks_after

MOST = 50


class TooManyCategories(DomainError):
    code = "too-many-categories"
    message = _("A course has at most 50 categories.")


class CategoryGone(DomainError):
    code = "category-gone"
    message = _("Somebody else has taken this category out meanwhile. The categories are shown as they are now.")


@dataclass(frozen=True)
class CategoryFields:
    """What a category says: its share in the grade, and how many of its lowest scores do not count."""

    title: Texts
    weight: Decimal
    drop_lowest: int = 0


@transaction.atomic
def add_category(version: CourseVersion, fields: CategoryFields, *, by: User | None) -> GradeCategory:
    """Put a category at the end; one of the same title answers for itself. Raises InvalidInput, TooManyCategories."""
    version = lock_draft(version)
    category = GradeCategory(version=version)
    _fill(category, fields)
    others = list(version.categories.all())
    if same := next((one for one in others if one.title == category.title), None):
        return same
    if len(others) >= MOST:
        raise TooManyCategories
    category.position = max((one.position for one in others), default=0) + 1
    category.save()
    audit.record("gradecategory.added", on=category, by=by)
    return category


@transaction.atomic
def save_category(category: GradeCategory, fields: CategoryFields, *, by: User | None) -> GradeCategory:
    """Change a category. Raises InvalidInput, CategoryGone."""
    version = lock_draft(category.version)
    found = GradeCategory.objects.filter(pk=category.pk).first()
    if found is None:
        raise CategoryGone
    before = {"title": found.title}
    _fill(found, fields)
    language = version.course.language
    found.translated_from = marks_after(found.translated_from, before, {"title": found.title}, language=language)
    found.save()
    audit.record("gradecategory.saved", on=found, by=by)
    return found


@transaction.atomic
def remove_category(category: GradeCategory, *, by: User | None) -> None:
    """Take a category out: its lessons count for themselves again. One that is gone already stays gone."""
    lock_draft(category.version)
    Lesson.objects.filter(category=category).update(category=None)
    if GradeCategory.objects.filter(pk=category.pk).delete()[0]:
        audit.record("gradecategory.removed", on=category, by=by)


@transaction.atomic
def categorize(version: CourseVersion, places: Mapping[Lesson, GradeCategory | None], *, by: User | None) -> int:
    """Say within which category lessons of a draft count, None: for themselves. Returns how many it changed.

    Raises InvalidInput for a lesson or category of another version, CategoryGone.
    """
    version = lock_draft(version)
    own = set(version.categories.values_list("pk", flat=True))
    stored = version.lessons.in_bulk([lesson.pk for lesson in places])
    changed = []
    for lesson, category in places.items():
        if lesson.version_id != version.pk or (category and category.version_id != version.pk):
            raise InvalidInput(_("This is of another version of the course."))
        if category and category.pk not in own:
            raise CategoryGone
        row = stored.get(lesson.pk)  # None: somebody has removed it meanwhile
        if row and row.category_id != (category.pk if category else None):
            row.category = category
            changed.append(row)
    Lesson.objects.bulk_update(changed, ["category"])
    if changed:
        audit.record("gradecategory.filled", on=version, by=by, lessons=[str(row.uuid) for row in changed])
    return len(changed)


def _fill(category: GradeCategory, fields: CategoryFields) -> None:
    category.title = clean_texts(fields.title, field="title", max_length=200)
    if not 0 <= fields.weight <= 1000:
        raise InvalidInput(_("A weight lies between 0 and 1000."), field="weight")
    if not 0 <= fields.drop_lowest <= 100:
        raise InvalidInput(_("Leave out from 0 to 100 scores."), field="drop_lowest")
    category.weight, category.drop_lowest = fields.weight, fields.drop_lowest
