"""A table's way through its steps: staged, its columns found, then each row judged, and written where that is asked.

A chunk of rows is one transaction together with the checkpoint after it. So a worker that is killed at any point has
done a chunk wholly or not at all, and the next one goes on behind it.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import get_language, gettext_noop, override

from accounts.pinfl import mask
from base import bulk
from base.errors import InvalidInput
from base.services.jobs import Work
from base.tables import Staged, StagedRow, read_rows, stage_table
from enrollment.imports.answers import write_wrong_rows
from enrollment.imports.columns import Heading
from enrollment.imports.kind import Kind
from enrollment.imports.kinds.registry import kind_of
from enrollment.imports.rows import Row, Verdict, read_cells, source_words
from enrollment.models import ColumnMemory, Import, ImportProblem

HEADING_WITHIN = 20  # a title or two may stand above it
MOST_ATTEMPTS = 5  # at one row
ONE_AT_A_TIME = 0x6D616C616B61  # the advisory lock under which a chunk is applied
SAMPLES = 3
SAMPLE_LENGTH = 60
PINFL_DIGITS = re.compile(r"\d{14}")
Item = TypeVar("Item")


class RowWrongNow(InvalidInput):
    code = "rows-wrong"


def run_import(work: Work) -> None:
    """Do the step that a table is at, from where it was left. Raises InvalidInput for a file that is no good table."""
    table = Import.objects.select_related("job__owner").get(job=work.job)
    staged = ready_staging(table, work)
    heading = find_heading(table, staged, work)
    if heading is not None:
        Pass(work, table, staged, heading).run()
        if table.step == Import.Step.CHECK and is_to_be_applied(table, work):
            go_on_to_apply(table, work)
            Pass(work, table, staged, heading).run()
    if table.step == Import.Step.APPLY or heading is None:
        shutil.rmtree(folder_of(table), ignore_errors=True)


def is_to_be_applied(table: Import, work: Work) -> bool:
    """Whether the owner said beforehand that what was checked now is to be written."""
    return work.job.params.get("apply", False) and not (table.all_or_none and work.checkpoint[Verdict.WRONG])


@transaction.atomic
def go_on_to_apply(table: Import, work: Work) -> None:
    """Begin to write what was checked."""
    table.step = Import.Step.APPLY
    table.save(update_fields=["step", "updated_at"])
    work.checkpoint = {"staged": work.checkpoint["staged"]}
    work.save(rows_done=0, rows_failed=0)


def folder_of(table: Import) -> Path:
    """Where this machine keeps what it can make again from the file."""
    return Path(settings.VAR_DIR) / "imports" / str(table.uuid)


def ready_staging(table: Import, work: Work) -> Staged:
    """The staged file: made on this machine unless it is there, from the same file always the same."""
    facts = work.checkpoint.get("staged")
    target = folder_of(table) / "rows"
    if facts and target.exists():
        return Staged(target, **facts)
    target.parent.mkdir(parents=True, exist_ok=True)
    source = target.with_name("source")
    with table.file.open() as sent, source.open("wb") as copy:
        shutil.copyfileobj(sent, copy, 2**20)
    try:
        staged = stage_table(source, target, name=table.name, stay=work.stay)
    finally:
        source.unlink()
    work.checkpoint["staged"] = {"rows": staged.rows, "encoding": staged.encoding, "delimiter": staged.delimiter}
    return staged


def find_heading(table: Import, staged: Staged, work: Work) -> "FoundHeading | None":
    """The row of headings: of the first rows the one with most words that we know, else the first of all.

    Where a needed column is not among them, None: the owner is asked which column is which.
    """
    kind = kind_of(table)
    memory = dict(ColumnMemory.objects.filter(user=table.job.owner, kind=table.kind).values_list("head", "column"))
    first = list(islice(read_rows(staged.path), HEADING_WITHIN))
    found = [FoundHeading(row.end, kind.match(row.number, row.cells, memory)) for row in first]
    best = max(found, key=lambda one: one.heading.known)
    if head := kind.foreign_head(best.heading):
        message = gettext_noop("The column “%(head)s” is of another version of the course, or of another one.")
        raise InvalidInput(message, values={"head": head})
    table.heads, table.columns = best.heading.heads, best.heading.names
    table.needs_columns = bool(kind.missing(table.columns)) or best.heading.known == 0
    table.save(update_fields=["heads", "columns", "needs_columns", "updated_at"])
    below = first[first.index(next(row for row in first if row.end == best.end)) + 1 :]
    work.checkpoint["samples"] = [[mask_numbers(cell) for cell in row.cells] for row in below[:SAMPLES]]
    work.save()
    return None if table.needs_columns else best


def mask_numbers(text: str) -> str:
    """A cell as it is shown beside its heading: short, and without the digits of a PINFL."""
    return PINFL_DIGITS.sub(lambda found: mask(found[0]), text)[:SAMPLE_LENGTH]


class FoundHeading:
    """A heading, and where in the staging the row after it begins."""

    def __init__(self, end: int, heading: Heading) -> None:
        self.end = end
        self.heading = heading


def chunks_of(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while chunk := list(islice(items, size)):
        yield chunk


class Pass:
    """One pass over the rows of a table, chunk by chunk: to check them, or to apply them."""

    def __init__(self, work: Work, table: Import, staged: Staged, found: FoundHeading) -> None:
        self.work, self.table, self.staged = work, table, staged
        self.start, self.columns = found.end, found.heading.columns
        self.kind: Kind = kind_of(table)
        self.applies = table.step == Import.Step.APPLY
        self.before = sum(1 for row in islice(read_rows(staged.path), HEADING_WITHIN) if row.end <= found.end)

    def run(self) -> None:
        if "offset" in self.work.checkpoint:
            self.recall()
        else:
            self.begin()
        if self.applies and self.table.all_or_none:
            with in_turn(self.work), self.work.at_once():
                self.go_through()
        else:
            self.go_through()
        self.answer()

    def go_through(self) -> None:
        for chunk in chunks_of(read_rows(self.staged.path, start=self.work.checkpoint["offset"]), self.kind.chunk):
            self.do(chunk)
            self.work.make_room()

    @transaction.atomic
    def begin(self) -> None:
        self.table.problems.all().delete()
        self.work.checkpoint |= {"offset": self.start, "done": 0, "duplicates": 0} | {name.value: 0 for name in Verdict}
        self.save()

    def save(self) -> None:
        """Keep how far it is, in the transaction of what was done up to here. Raises JobGone."""
        state = self.work.checkpoint
        figures = {f"rows_{name}": state[name] for name in ("new", "changed", "unchanged")}
        if not self.applies:
            figures["possible_duplicates"] = state["duplicates"]
        Import.objects.filter(pk=self.table.pk).update(**figures)
        total = self.staged.rows - self.before
        self.work.save(rows_total=total, rows_done=state["done"], rows_failed=state["wrong"])

    def recall(self) -> None:
        """Remember what the rows said that an earlier worker has done."""
        wrong = set(self.table.problems.values_list("row", flat=True))
        done = self.work.checkpoint["offset"]
        for chunk in chunks_of(read_rows(self.staged.path, start=self.start), self.kind.chunk):
            rows = [read_cells(row.number, row.cells, self.columns) for row in chunk if row.end <= done]
            good = [row for row in rows if row.number not in wrong]
            if not rows:
                return
            self.kind.read(good)
            self.kind.recall(good)
            self.work.stay()

    def do(self, chunk: Sequence[StagedRow], attempt: int = 1) -> None:
        """Judge a chunk and, where the table is applied, write it, with the checkpoint behind it.

        Somebody may write one of the same people at this moment: then each half is judged anew, down to the one row.
        """
        before = dict(self.work.checkpoint)
        try:
            self._do(chunk)
        except (IntegrityError, OperationalError):
            if attempt == MOST_ATTEMPTS:
                raise
            self.work.checkpoint = before
            half = len(chunk) // 2
            for part in (chunk[:half], chunk[half:]):
                if part:
                    self.do(part, attempt + 1 if half == 0 else 1)

    def _do(self, chunk: Sequence[StagedRow]) -> None:
        rows = [read_cells(row.number, row.cells, self.columns) for row in chunk]
        with source_words():
            self.kind.read(rows)
            if not self.applies:
                self.kind.judge(rows, lock=False)
        with in_turn(self.work) if self.applies else transaction.atomic():
            if self.applies:
                with source_words():
                    self.kind.judge(rows, lock=True)
                self.refuse_new_wrong(rows)
                with source_words():
                    self.kind.write([row for row in rows if not row.is_wrong])
                self.refuse_new_wrong(rows)
            self.note(rows)
            bulk.check_keys()
            self.work.checkpoint["offset"] = chunk[-1].end
            self.work.checkpoint["done"] += len(rows)
            self.save()

    def refuse_new_wrong(self, rows: Sequence[Row]) -> None:
        """Of a table that is to be written wholly or not at all, stop where a row has become wrong since the check."""
        wrong = next((row for row in rows if row.is_wrong), None) if self.table.all_or_none else None
        if wrong:
            message = gettext_noop("Row %(row)d was good when the table was checked, and is wrong now: %(why)s")
            problem = wrong.problems[0]
            why = [problem.message, dict(problem.values)]
            raise RowWrongNow(message, values={"row": wrong.number, "why": why})

    def note(self, rows: Sequence[Row]) -> None:
        self.work.checkpoint["duplicates"] += self.kind.possible_duplicates
        for row in rows:
            self.work.checkpoint[Verdict.WRONG if row.is_wrong else row.verdict] += 1
        bulk.insert(
            [
                ImportProblem(
                    table_id=self.table.pk,
                    row=row.number,
                    column=problem.column,
                    value=problem.value,
                    code=problem.code,
                    message=problem.message,
                    values=dict(problem.values),
                )
                for row in rows
                for problem in row.problems
            ]
        )

    def answer(self) -> None:
        """Write the wrong rows with their reasons, in the language in which the table was sent."""
        if self.work.checkpoint["wrong"]:
            with override(self.work.job.params.get("language") or get_language()):
                write_wrong_rows(self.work, self.table, self.staged, self.start, self.columns)


@contextmanager
def in_turn(work: Work) -> Iterator[None]:
    """A transaction in which nobody else applies a table, so that of two about the same people the second finds them.

    Whoever waits, since another is written wholly or not at all, goes on saying that it lives. Raises JobGone.
    """
    while True:
        with transaction.atomic():
            if takes_turn():
                yield
                return
        work.stay()


def takes_turn() -> bool:
    """Wait some seconds for the lock of this transaction, and say whether it came. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")
        try:
            with transaction.atomic():
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        except OperationalError:
            return False
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
        return True
