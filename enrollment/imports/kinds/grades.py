"""The gradebook of a group as a table: a learner a row, a graded lesson a column."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property
from typing import Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from base.errors import InvalidInput
from courses.models import Lesson
from enrollment import rules
from enrollment.figures import CENT
from enrollment.imports.columns import Choices, Column, Heading, match_heads, read_uuid
from enrollment.imports.kind import Key
from enrollment.imports.kinds.one_by_one import OneByOneKind
from enrollment.imports.rows import Row, Verdict
from enrollment.models import Cohort, Enrollment, Import, LessonProgress
from enrollment.models.cohorts import TEACHING
from enrollment.services.grades import override_scores
from enrollment.services.progress import EnrollmentGivenUp

CODE = re.compile(r"\[([0-9a-f]{8})\]\s*$")
NUMBER = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,30})?")
OF_EVERY_GROUP = (
    Column("enrollment", gettext_lazy("Malaka’s id of the learner"), read_uuid, required=True),
    Column("learner", gettext_lazy("Learner")),
    Column("grade", gettext_lazy("Grade")),
)
"""The last two are for people: the name and the grade are not read."""


def head_of(lesson: Lesson) -> str:
    """The heading of a lesson's column; what stands in brackets tells it from those of other versions."""
    return f"{lesson.position}. {lesson.name} [{lesson.uuid.hex[:8]}]"


def read_score(text: str) -> Decimal:
    """0 to 100, with a comma or a point; what a formula left behind is rounded to the hundredth."""
    if not NUMBER.fullmatch(text.strip()):
        raise InvalidInput(_("This is no result: write a number from 0 to 100."), code="score")
    try:
        score = Decimal(text.strip().replace(",", ".")).quantize(CENT, ROUND_HALF_UP)
    except InvalidOperation:
        raise InvalidInput(_("This is no result: write a number from 0 to 100."), code="score") from None
    if score > 100:
        raise InvalidInput(_("A score lies between 0 and 100."), code="score")
    return score


class GradesKind(OneByOneKind):
    """One row is the results of a learner; those that differ from what counts are overridden, for one reason."""

    name = Import.Kind.GRADES

    def __init__(self, user: User | None, *, cohort: Cohort, reason: str) -> None:
        self.cohort, self.reason = cohort, reason
        self.lessons = {
            str(lesson.uuid): lesson
            for lesson in Lesson.objects.filter(version=cohort.version_id, weight__gt=0).defer("body")
        }
        self.columns = (
            *OF_EVERY_GROUP,
            *(Column(key, head_of(lesson), read_score) for key, lesson in self.lessons.items()),
        )
        super().__init__(user)

    @classmethod
    def of_table(cls, table: Import) -> Self:
        params = table.job.params
        cohort = Cohort.objects.select_related("version").get(uuid=params["cohort"])
        return cls(table.job.owner, cohort=cohort, reason=params["reason"])

    @staticmethod
    def may_send(user: User) -> bool:
        return user.standing.has(*TEACHING)

    def load_lists(self) -> dict[str, Choices]:
        return {}

    @cached_property
    def by_code(self) -> dict[str, str]:
        return {lesson.uuid.hex[:8]: key for key, lesson in self.lessons.items()}

    def match(self, number: int, heads: Sequence[str], memory: Mapping[str, str]) -> Heading:
        """Lessons are found by the code in their headings, whatever else was made of these."""
        named = [self.by_code.get(found[1], head) if (found := CODE.search(head)) else head for head in heads]
        return Heading(number, list(heads), match_heads(number, named, self.columns, memory).columns)

    def foreign_head(self, heading: Heading) -> str:
        unknown = (head for head, column in zip(heading.heads, heading.columns, strict=True) if not column)
        return next((head for head in unknown if CODE.search(head)), "")

    def keys(self, row: Row) -> list[Key]:
        return [("enrollment", row.values["enrollment"])]

    def about(self, row: Row) -> Key:
        return ()

    def act(self, row: Row) -> Verdict:
        enrollment = self._learner(row)
        known = dict(
            LessonProgress.objects.filter(enrollment=enrollment, score__isnull=False).values_list("lesson_id", "score")
        )
        given = {lesson: row.values[key] for key, lesson in self.lessons.items() if key in row.values}
        changed = {lesson: score for lesson, score in given.items() if known.get(lesson.pk) != score}
        if not changed:
            return Verdict.UNCHANGED
        override_scores(enrollment, changed, reason=self.reason, by=self.sender)
        return Verdict.CHANGED if any(lesson.pk in known for lesson in changed) else Verdict.NEW

    def _learner(self, row: Row) -> Enrollment:
        rows = Enrollment.objects.visible_to(self.sender).select_related("cohort")
        enrollment = rows.filter(uuid=row.values["enrollment"]).first()
        if enrollment is None:
            raise InvalidInput(_("There is no learner of this id in the group."), field="enrollment", code="unknown")
        if enrollment.cohort_id != self.cohort.pk:
            message = _("This learner is in another group: %(group)s.")
            values = {"group": enrollment.cohort.code}
            raise InvalidInput(message, field="enrollment", code="other-group", values=values)
        if enrollment.status == Enrollment.Status.WITHDRAWN:
            raise EnrollmentGivenUp
        if not rules.can_grade(self.sender, enrollment):
            message = _(
                "You do not change this learner’s results: they are your own, or the course is decided already."
            )
            raise InvalidInput(message, code="not-allowed")
        return enrollment
