"""What a later date makes of work that is handed in."""

from django.db.models import QuerySet

from courses.queries import assignment_rules_of
from learning.models import Work
from learning.queries.deadlines import days_late, due_at_for
from learning.services.marks import count_result


def count_lateness_again(works: QuerySet[Work]) -> None:
    """Count how late the last submissions are, under their locks; only a later date replaces one that stands."""
    works = works.filter(last__isnull=False).select_for_update(no_key=True, of=("self",)).order_by("pk")
    for work in works.select_related("last", "lesson", "enrollment__cohort"):
        submission, rules = work.last, assignment_rules_of(work.lesson)
        assert submission is not None
        due_at = due_at_for(work.enrollment, work.lesson, rules)
        if submission.due_at is None or (due_at and due_at <= submission.due_at):
            continue
        first = work.submissions.order_by("number")[0]
        late = days_late(first.handed_in_at, due_at)
        submission.due_at, submission.days_late = due_at, min(late, submission.days_late)
        submission.save(update_fields=["due_at", "days_late", "updated_at"])
        count_result(work, rules)
