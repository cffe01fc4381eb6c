"""The lines of training plans on the home page of whoever answers for them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from lms.home.parts import Task, address, day_text
from reports.models import PlanLine
from reports.queries.plans import Progress, own_lines, progress_of


def plan_tasks(user: User) -> list[Task]:
    """The user's lines of agreed plans that are not reached: those overdue, then the others, by their day."""
    lines = own_lines(user)
    progress = progress_of({line.plan_id: line.plan for line in lines}.values()) if lines else {}
    missed = [(line, progress[line.pk]) for line in lines if not progress[line.pk].is_reached]
    late = [row for row in missed if row[1].overdue]
    soon = [row for row in missed if not row[1].overdue]
    tasks = []
    if late:
        n = len(late)
        title = ngettext("%(n)s line of a training plan is overdue", "%(n)s lines of training plans are overdue", n)
        tasks.append(_task(title % {"n": n}, _("Overdue since %(day)s"), "error", *late[0]))
    if soon:
        n = len(soon)
        title = ngettext("%(n)s line of a training plan is yours", "%(n)s lines of training plans are yours", n)
        tasks.append(_task(title % {"n": n}, _("By %(day)s"), "primary", *soon[0]))
    return tasks


def _task(title: str, due: str, tone: str, line: PlanLine, reached: Progress) -> Task:
    text = _("%(trade)s: %(enrolled)s of %(target)s enrolled") % {
        "trade": line.profession.name,
        "enrolled": reached.enrolled,
        "target": reached.target,
    }
    url = address("reports:plan_detail", line.plan.uuid)
    return Task(title, url, _("Open the plan"), text, due % {"day": day_text(line.due_on)}, tone)
