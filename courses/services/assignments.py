"""What an assignment or practical work asks for, and by which criteria it is marked. Only a draft is changed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.languages import Texts, clean_texts
from courses.models import AssignmentRules, Criterion, Lesson
from courses.services.versions import lock_draft
from courses.translations import marks_after
from courses.uploads import HANDED_IN

MOST_FILES = 20
MOST_MEGABYTES = 500
MOST_DUE_DAYS = 1000
MOST_CRITERIA = 60
MOST_LEVELS = 9  # so that one digit chooses one
MOST_POINTS = 1000


class NotMarked(DomainError):
    code = "not-marked-by-criteria"
    message = _("Only an assignment or practical work is marked by criteria.")


class TooManyCriteria(DomainError):
    code = "too-many-criteria"
    message = _("Work is marked by at most 60 criteria: join some.")


@dataclass(frozen=True)
class AssignmentFields:
    """The rules of an assignment, as AssignmentRules holds them."""

    takes_text: bool = True
    most_files: int = 5
    kinds: list[str] = field(default_factory=lambda: list(HANDED_IN))
    most_megabytes: int = 100
    due_days: int | None = None
    late: str = AssignmentRules.Late.ACCEPTED
    late_percent: int = 10
    late_least: int = 50
    anonymous: bool = False
    double: bool = False
    tolerance: int = 10


@transaction.atomic
def save_assignment_rules(lesson: Lesson, fields: AssignmentFields, *, by: User | None) -> AssignmentRules:
    """Say how work is handed in and marked. Raises NotMarked, InvalidInput, VersionFrozen, VersionInReview."""
    _lock(lesson)
    _check(fields)
    if lesson.kind == Lesson.Kind.ASSIGNMENT and not (fields.takes_text or fields.most_files):
        raise InvalidInput(_("Let learners hand in a text, files, or both."), field="takes_text")
    rules, _made = AssignmentRules.objects.update_or_create(lesson=lesson, defaults=asdict(fields))
    audit.record("assignment.rules-saved", on=lesson, by=by, **{name: str(one) for name, one in asdict(fields).items()})
    return rules


def _check(fields: AssignmentFields) -> None:
    if not 0 <= fields.most_files <= MOST_FILES:
        raise InvalidInput(_("Take at most 20 files."), field="most_files")
    if set(fields.kinds) - set(HANDED_IN):
        raise InvalidInput(field="kinds")
    if not 1 <= fields.most_megabytes <= MOST_MEGABYTES:
        raise InvalidInput(_("A file has from 1 to 500 megabytes."), field="most_megabytes")
    if fields.due_days is not None and not 0 <= fields.due_days <= MOST_DUE_DAYS:
        raise InvalidInput(_("Work is due within 1000 days."), field="due_days")
    if fields.late not in AssignmentRules.Late.values:
        raise InvalidInput(field="late")
    for name in ("late_percent", "late_least", "tolerance"):
        if not 0 <= getattr(fields, name) <= 100:
            raise InvalidInput(_("This lies between 0 and 100."), field=name)


@transaction.atomic
def add_criterion(
    lesson: Lesson, *, title: Texts, levels: Texts, points: str, required: bool, by: User | None
) -> Criterion:
    """Put a criterion at the end; one of the same title and levels answers for itself.

    Raises NotMarked, TooManyCriteria, InvalidInput.
    """
    _lock(lesson)
    criterion = Criterion(lesson=lesson, required=required)
    _fill(criterion, title=title, levels=levels, points=points)
    there = list(lesson.criteria.all())
    alike = (one for one in there if (one.title, one.levels) == (criterion.title, criterion.levels))
    if same := next(alike, None):
        return same
    if len(there) >= MOST_CRITERIA:
        raise TooManyCriteria
    criterion.position = len(there) + 1
    criterion.save()
    audit.record("criterion.added", on=criterion, by=by, lesson=str(lesson.uuid))
    return criterion


@transaction.atomic
def save_criterion(
    criterion: Criterion, *, title: Texts, levels: Texts, points: str, required: bool, by: User | None
) -> Criterion:
    """Raises InvalidInput, VersionFrozen, VersionInReview."""
    _lock(criterion.lesson)
    criterion = Criterion.objects.select_related("lesson__version__course").get(pk=criterion.pk)
    before = {"title": criterion.title, "levels": criterion.levels}
    _fill(criterion, title=title, levels=levels, points=points)
    after, language = {"title": criterion.title, "levels": criterion.levels}, criterion.lesson.version.course.language
    criterion.translated_from = marks_after(criterion.translated_from, before, after, language=language)
    criterion.required = required
    criterion.save()
    audit.record("criterion.saved", on=criterion, by=by)
    return criterion


@transaction.atomic
def move_criterion(criterion: Criterion, *, up: bool, by: User | None) -> None:
    """Let a criterion change places with its neighbour; at the end nothing happens."""
    _lock(criterion.lesson)
    rows = list(criterion.lesson.criteria.all())
    here = rows.index(criterion)
    beside = here + (-1 if up else 1)
    if 0 <= beside < len(rows):
        rows[here], rows[beside] = rows[beside], rows[here]
        _renumber(rows)
        audit.record("criterion.moved", on=criterion, by=by)


@transaction.atomic
def remove_criterion(criterion: Criterion, *, by: User | None) -> None:
    """One that is gone already stays gone."""
    _lock(criterion.lesson)
    if Criterion.objects.filter(pk=criterion.pk).delete()[0]:
        _renumber(list(criterion.lesson.criteria.all()))
        audit.record("criterion.removed", on=criterion, by=by)


def clean_levels(levels: Texts, *, count: int) -> dict[str, str]:
    """The levels as they are stored, one a line. Raises InvalidInput unless each language has `count` of them."""
    lines = {code: [line.strip() for line in text.splitlines() if line.strip()] for code, text in levels.items()}
    texts = {code: "\n".join(found) for code, found in lines.items()}
    clean = clean_texts(texts, field="levels", max_length=5000, required=False)
    if clean and any(len(lines[code]) != count for code in clean):
        raise InvalidInput(
            _("Write as many levels as there are points, one a line, the same number in each language."), field="levels"
        )
    return clean


def _lock(lesson: Lesson) -> None:
    lock_draft(lesson.version)
    if lesson.kind not in Lesson.MARKED_KINDS:
        raise NotMarked


def _fill(criterion: Criterion, *, title: Texts, levels: Texts, points: str) -> None:
    criterion.title = clean_texts(title, field="title", max_length=300)
    criterion.points = _read_points(points)
    criterion.levels = clean_levels(levels, count=len(criterion.points))
    if not criterion.levels and len(criterion.points) != 1:
        raise InvalidInput(_("Without levels there is one number: the points for meeting it."), field="points")
    if criterion.levels and not 2 <= len(criterion.points) <= MOST_LEVELS:
        raise InvalidInput(_("There are from 2 to 9 levels."), field="points")


def _read_points(text: str) -> list[str]:
    """`0; 2; 4,5` as it is stored. Raises InvalidInput."""
    try:
        found = [Decimal(part.strip().replace(",", ".")) for part in text.split(";")]
    except InvalidOperation:
        raise InvalidInput(
            _("Write the points as numbers with a semicolon between: 0; 2; 4."), field="points"
        ) from None
    if not all(number.is_finite() and 0 <= number <= MOST_POINTS and number * 2 % 1 == 0 for number in found):
        raise InvalidInput(_("Points are whole numbers or halves from 0 to 1000."), field="points")
    if found != sorted(found) or found[-1] <= 0:
        raise InvalidInput(_("The lowest level comes first, and the highest gives more than 0 points."), field="points")
    return [f"{number.normalize():f}" for number in found]


def _renumber(rows: Sequence[Criterion]) -> None:
    for position, one in enumerate(rows, start=1):
        one.position = position
    Criterion.objects.bulk_update(rows, ["position"])
