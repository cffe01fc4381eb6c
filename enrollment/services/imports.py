"""Tables of many rows: taken in, and sent on from step to step by whoever sent them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.folding import fold
from base.models import Job
from base.services.jobs import create_job, queue_again
from enrollment.models import ColumnMemory, Import

JOB = "import"
PURGED_AFTER = timedelta(days=30)


class NotChecked(DomainError):
    code = "not-checked"


class RowsWrong(DomainError):
    code = "rows-wrong"


def check_size(size: int | None, *, exceeded: bool = False) -> None:
    """Raise InvalidInput for a file above IMPORT_BYTES, or one of which so much is known already."""
    if exceeded or (size is not None and size > settings.IMPORT_BYTES):
        most = settings.IMPORT_BYTES // 2**20
        message = _("This file is larger than %(most)d MB. Split it, or leave out what is not needed.") % {"most": most}
        raise InvalidInput(message, field="file", code="too-large")


@transaction.atomic
def start_import(
    kind: str,
    file: "File[bytes]",
    *,
    name: str,
    by: User,
    apply: bool = False,
    all_or_none: bool = False,
    enqueue: bool = True,
    params: Mapping[str, str] | None = None,
) -> Import:
    """Take a table in and have it checked; its good rows are written only where `apply` says so beforehand.

    With `all_or_none` they are not written either while one is wrong. `params` are for kinds that need more than rows.

    Raises InvalidInput for a file that is too large.
    """
    check_size(file.size)
    told = {"apply": apply, "language": get_language(), **(params or {})}
    job = create_job(JOB, owner=by, params=told, enqueue=enqueue)
    table = Import(uuid=job.uuid, job=job, kind=kind, name=PurePath(name).name[:200], all_or_none=all_or_none)
    table.file.save(f"{job.uuid}{PurePath(name).suffix[:10].lower()}", file, save=False)
    table.save()
    audit.record("import.sent", table, by=by, kind=kind)
    return table


@transaction.atomic
def name_columns(table: Import, columns: Sequence[str], *, by: User, enqueue: bool = True) -> Import:
    """Say which column each heading of the file is ("" for none), remember it, and have the table checked again."""
    table = _lock(table)
    if not table.job.has_ended or len(columns) != len(table.heads):
        raise NotChecked(_("This table is being read now."))
    remember_columns(table, dict(zip(table.heads, columns, strict=True)), by=by)
    table.step, table.needs_columns, table.columns = Import.Step.CHECK, False, list(columns)
    table.save(update_fields=["step", "needs_columns", "columns", "updated_at"])
    queue_again(table.job, enqueue=enqueue)
    return table


def remember_columns(table: Import, columns: Mapping[str, str], *, by: User) -> None:
    """Read these headings so from now on, in tables of this kind and user."""
    rows = [
        ColumnMemory(user=by, kind=table.kind, head=word[:200], column=column)
        for head, column in columns.items()
        if (word := fold(head))
    ]
    unique = list({row.head: row for row in rows}.values())
    ColumnMemory.objects.bulk_create(
        unique, update_conflicts=True, update_fields=["column"], unique_fields=["user", "kind", "head"]
    )


@transaction.atomic
def apply_import(table: Import, *, all_or_none: bool, by: User, enqueue: bool = True) -> Import:
    """Have a checked table written: its good rows chunk by chunk, or all at once and none while one is wrong.

    A second call changes nothing.

    Raises NotChecked, RowsWrong.
    """
    table = _lock(table)
    if table.step == Import.Step.APPLY and table.job.status != Job.Status.FAILED:
        return table
    if not (table.is_checked or table.step == Import.Step.APPLY):
        raise NotChecked(_("This table is not checked yet."))
    if all_or_none and table.rows_wrong:
        raise RowsWrong(_("Rows of this table are wrong, so nothing of it is written."))
    table.step, table.all_or_none = Import.Step.APPLY, all_or_none
    table.save(update_fields=["step", "all_or_none", "updated_at"])
    queue_again(table.job, enqueue=enqueue)
    audit.record("import.applied", table, by=by, kind=table.kind)
    return table


def _lock(table: Import) -> Import:
    rows = Import.objects.select_for_update(of=("self",), no_key=True).select_related("job__owner")
    return rows.get(pk=table.pk)


def purge_imports() -> int:
    """Delete the files and problems of old tables, which hold the data of many people; returns of how many."""
    old = Import.objects.filter(updated_at__lt=timezone.now() - PURGED_AFTER).exclude(file="").select_related("job")
    count = 0
    for table in old.filter(job__status__in=Job.ENDED):
        table.problems.all().delete()
        for file in (table.file, table.job.result):
            if file:
                file.delete(save=False)
        Job.objects.filter(pk=table.job_id).update(result="")
        Import.objects.filter(pk=table.pk).update(file="")
        count += 1
    return count
