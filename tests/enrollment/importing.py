"""What a process of its own does for test_imports_killed.py: `python -m tests.enrollment.importing WORD …`."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django


def prepare() -> None:
    """A counter of one district, whose code is printed with a course and a mahalla."""
    from courses.models import Course
    from tests.accounts.factories import make_mahalla, make_organization, make_user
    from tests.courses.factories import make_published_course

    mahalla = make_mahalla()
    make_user(username="counter", role="counter", place=mahalla.district, language="en")
    course: Course = make_published_course(provider=make_organization())
    print(json.dumps({"mahalla": mahalla.code, "course": course.slug}))


def send(path: str, how: str = "") -> None:
    """Send a table of referrals that is to be applied (`how`: all-or-none); a worker does the rest."""
    from django.core.files.base import File

    from accounts.models import User
    from enrollment.services.imports import start_import

    with Path(path).open("rb") as file:
        user = User.objects.get(username="counter")
        whole = how == "all-or-none"
        table = start_import("referrals", File(file), name=path, by=user, apply=True, all_or_none=whole)
    print(table.job_id)


def sweep() -> None:
    from base.services.jobs import due_jobs
    from base.tasks import run_job

    for job_id in due_jobs():
        run_job.delay(job_id=job_id)


def figures() -> None:
    """What was written, row by row, without what differs by nature: ids and times."""
    from accounts.models import AuditEvent
    from base.models import Job
    from enrollment.models import Import, Referral, ReferralMove
    from reports.models import DueCount

    job = Job.objects.get()
    rows: Any = Referral.objects.order_by("person__external_id").values_list(
        *("person__external_id", "person__surname", "person__search_key", "person__match_key", "person__phone"),
        *("person__pinfl_hash", "resident__household__external_id", "resident__household__address", "category__code"),
        *("gender", "door", "status", "note", "mahalla__code", "course__slug", "resident__person__external_id"),
    )
    table = Import.objects.get()
    answer = {
        "job": [job.status, job.rows_total, job.rows_done, job.rows_failed],
        "verdicts": [table.rows_new, table.rows_changed, table.rows_unchanged],
        "problems": list(table.problems.order_by("row", "id").values_list("row", "column", "code")),
        "rows": [list(row) for row in rows],
        "moves": ReferralMove.objects.count(),
        "audit": AuditEvent.objects.filter(object_type__startswith="enrollment.").exclude(action="import.sent").count(),
        "counted": DueCount.objects.values("object_id").distinct().count() <= Referral.objects.count(),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    django.setup()
    globals()[sys.argv[1]](*sys.argv[2:])
