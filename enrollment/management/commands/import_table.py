import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from base.errors import DomainError
from base.models import Job
from base.services.jobs import run_job
from enrollment.imports.kinds.registry import KINDS, kind_of
from enrollment.models import Import
from enrollment.schemas.imports import RowError
from enrollment.services.imports import apply_import, start_import

COUNTS = ("rows", "new", "changed", "unchanged", "wrong")


class Command(BaseCommand):
    help = (
        "Check a table of many rows (XLSX, ODS or CSV) as a user, and with --apply write its good rows. It is the same "
        "import as on the page: what a user may not do there, it does not do here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[str(kind) for kind in KINDS])
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="username", required=True, metavar="USERNAME")
        parser.add_argument("--apply", action="store_true", help="Write it; without this it is only checked.")
        parser.add_argument("--all-or-none", action="store_true", help="Write nothing while one row is wrong.")
        parser.add_argument("--json", action="store_true", help="Print the answer as one JSON object.")

    def handle(self, *args: Any, kind: str, file: Path, username: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user “{username}”.")
        if not KINDS[kind].may_send(user):
            raise CommandError(f"“{username}” may not send tables of this kind.")
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        with translation.override(user.language):
            answer = self.do(kind, file, user, apply=options["apply"], all_or_none=options["all_or_none"])
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.show(answer)
        if any(error["row"] == 0 for error in answer["errors"]):
            raise SystemExit(1)

    def do(self, kind: str, path: Path, user: User, *, apply: bool, all_or_none: bool) -> dict[str, Any]:
        try:
            with path.open("rb") as file:
                table = start_import(kind, File(file), name=path.name, by=user, enqueue=False)
            table = self.run(table)
            if apply and table.is_checked and table.job.rows_total:
                table = self.run(apply_import(table, all_or_none=all_or_none, by=user, enqueue=False))
        except DomainError as error:
            return {**dict.fromkeys(COUNTS, 0), "errors": [refusal(error.code, str(error))]}
        return answer_of(table)

    def run(self, table: Import) -> Import:
        """Do the step of a table here and now; its slices follow each other."""
        while not table.job.has_ended:
            run_job(table.job_id)
            table = Import.objects.select_related("job").get(pk=table.pk)
            time.sleep(0.01)  # the sweeper may have given it to a worker
        return table

    def show(self, answer: dict[str, Any]) -> None:
        for name in COUNTS:
            self.stdout.write(f"{name:<10}{answer[name]:>8}")
        for error in answer["errors"]:
            self.stdout.write(f"{error['row']} {error['column']} {error['code']}: {error['message']}")


def answer_of(table: Import) -> dict[str, Any]:
    """What became of a table: its rows by verdict, and what is wrong with the wrong ones; row 0 is the file itself."""
    job = table.job
    errors: list[Any] = [RowError.of(problem) for problem in table.problems.order_by("row", "id")]
    if job.status != Job.Status.DONE:
        errors.insert(0, refusal(job.error_code or job.status, job.why))
    elif table.needs_columns:
        labels = ", ".join(str(column.label) for column in kind_of(table).missing(table.columns))
        message = _("These columns were not found: %(names)s.") % {"names": labels}
        errors.insert(0, refusal("columns-missing", message))
    counts = (table.rows_new, table.rows_changed, table.rows_unchanged, table.rows_wrong)
    return dict(zip(COUNTS, (sum(counts), *counts), strict=True)) | {"errors": errors}


def refusal(code: str, message: str) -> dict[str, Any]:
    return {"row": 0, "column": "", "code": code, "message": message}
