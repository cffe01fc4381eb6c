"""What a learner sees of own work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from courses.models import AssignmentRules, Criterion, Lesson
from courses.queries import assignment_rules_of
from enrollment.models import Enrollment
from learning.models import Mark, Submission, Work, WorkFile
from learning.queries.deadlines import days_late, due_at_for


@dataclass(frozen=True)
class ReachedCriterion:
    """A criterion with what was reached: one level, or two where the marks of two people count together."""

    criterion: Criterion
    levels: list[tuple[str, Decimal]]


def reached_in(criteria: Sequence[Criterion], marks: Sequence[Mark]) -> list[ReachedCriterion]:
    """What these marks give for each criterion; equal levels once."""
    found = []
    for criterion in criteria:
        given = dict.fromkeys(mark.reached.get(str(criterion.pk), 0) for mark in marks)
        levels = [criterion.steps[level] for level in given]
        found.append(ReachedCriterion(criterion, levels))
    return found


def counting_marks(submission: Submission) -> list[Mark]:
    """The marks that make the result: the settled one, else all that are finished."""
    marks = [mark for mark in submission.marks.all() if mark.place]
    return [mark for mark in marks if mark.place == Mark.SETTLED] or marks


@dataclass(frozen=True)
class WorkPage:
    """Where a learner stands with an assignment or practical work; `work` is None until anything was done."""

    rules: AssignmentRules
    criteria: Sequence[Criterion]
    work: Work | None
    files: Sequence[WorkFile]
    submissions: Sequence[Submission]
    due_at: datetime | None
    words: str

    @property
    def is_open(self) -> bool:
        return (self.work is None or self.work.is_open) and not self.is_refused

    @property
    def is_refused(self) -> bool:
        """Whether nothing is taken any more; what was handed back still is."""
        is_new = self.work is None or self.work.last_id is None
        return is_new and self.is_late and self.rules.late == AssignmentRules.Late.REFUSED

    @property
    def is_late(self) -> bool:
        return days_late(timezone.now(), self.due_at) > 0

    @property
    def is_marked(self) -> bool:
        return self.work is not None and self.work.status == Work.Status.MARKED

    @property
    def last(self) -> Submission | None:
        return self.submissions[-1] if self.submissions else None

    @property
    def versions(self) -> Sequence[Submission]:
        """What was handed in, the last first."""
        return self.submissions[::-1]

    @property
    def marks(self) -> list[Mark]:
        """What the result rests on; nothing before it is there."""
        return counting_marks(self.last) if self.is_marked and self.last else []

    @property
    def reached(self) -> list[ReachedCriterion]:
        return reached_in(self.criteria, self.marks) if self.marks else []

    @property
    def kept_percent(self) -> int:
        """What lateness leaves of the result."""
        return round(100 * self.rules.kept_share(self.last.days_late)) if self.last else 100


def work_page(enrollment: Enrollment, lesson: Lesson) -> WorkPage:
    """At most nine queries, however many files and submissions. Rests on work_once."""
    rules = assignment_rules_of(lesson)
    work = Work.objects.filter(enrollment=enrollment, lesson=lesson).first()
    submissions = list(work.submissions.prefetch_related("files", "marks__files")) if work else []
    returned = work.moves.filter(to_status=Work.Status.RETURNED).last() if work else None
    return WorkPage(
        rules=rules,
        criteria=list(lesson.criteria.all()),
        work=work,
        files=list(work.files.filter(in_draft=True)) if work else [],
        submissions=submissions,
        due_at=due_at_for(enrollment, lesson, rules),
        words=returned.words if returned and work and work.status == Work.Status.RETURNED else "",
    )
