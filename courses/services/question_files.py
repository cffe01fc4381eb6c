"""Question files: sent and checked, taken into a bank; or written from one. Each is a job."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.models import Job
from base.services.jobs import Work, create_job, queue_again
from courses.interop import FORMATS, detect, format_named, read_questions
from courses.interop.drafts import MOST_BYTES, Draft, Item, Refusal, Unreadable
from courses.models import QuestionCategory, QuestionFile, QuestionLoss, QuestionTag
from courses.queries import BankFilter, bank
from courses.rules import can_write_at
from courses.services.exchange import Taking, drafts_of, language_of

JOB = "question-file"
CHUNK = 20  # questions in one transaction
TOLD_EVERY = 50
NUMBERED = ("taken", "known", "refused", "at")


class NotChecked(DomainError):
    code = "not-checked"
    message = _("This file is not checked yet.")


class Purged(DomainError):
    code = "purged"
    message = _("This file was removed after some time. Send it once more.")


class NotYours(DomainError):
    code = "not-yours"
    message = _("You do not write for this bank any more.")


class Gone(DomainError):
    code = "gone"
    message = _("The folder or tag that was asked for is gone.")


def check_size(size: int | None, *, exceeded: bool = False) -> None:
    """Raise InvalidInput for a question file that is too large, or of which so much is known already."""
    if exceeded or (size or 0) > MOST_BYTES:
        most = {"most": MOST_BYTES // 2**20}
        raise InvalidInput(
            _("This file is larger than %(most)d MB. Split it."), field="file", code="too-large", values=most
        )


@transaction.atomic
def send_questions(
    organization: Organization, file: "File[bytes]", *, name: str, by: User, form: str = "", language: str = ""
) -> QuestionFile:
    """Take a file of questions in and have it checked; nothing is put into the bank yet. Raises InvalidInput."""
    check_size(file.size)
    job = create_job(JOB, owner=by, params={"language": get_language()})
    sent = QuestionFile(
        uuid=job.uuid,
        job=job,
        organization=organization,
        format=format_named(form) if form else "",
        language=language or get_language() or "uz",
        name=PurePath(name).name[:200],
    )
    sent.file.save(f"{job.uuid}{PurePath(name).suffix[:10].lower()}", file, save=False)
    sent.save()
    audit.record("questionfile.sent", on=sent, by=by)
    return sent


@transaction.atomic
def take_questions(sent: QuestionFile, *, by: User) -> QuestionFile:
    """Have the questions of a checked file taken into the bank; a second call changes nothing. Raises NotChecked."""
    sent = QuestionFile.objects.select_for_update(of=("self",), no_key=True).select_related("job").get(pk=sent.pk)
    if sent.step == QuestionFile.Step.TAKE:
        return sent
    if sent.is_purged:
        raise Purged
    if not sent.is_checked:
        raise NotChecked
    sent.step = QuestionFile.Step.TAKE
    sent.save(update_fields=["step", "updated_at"])
    queue_again(sent.job)
    audit.record("questionfile.taken", on=sent, by=by)
    return sent


@transaction.atomic
def order_questions(organization: Organization, *, form: str, asked: BankFilter, by: User) -> QuestionFile:
    """Have the questions of a bank that fit written as a file. Raises InvalidInput."""
    form = format_named(form)
    if FORMATS[form].write is None:
        raise Unreadable(_("%(format)s is only read."), field="format", values={"format": str(FORMATS[form].label)})
    chosen = {"q": asked.q, "kind": asked.kind, "difficulty": asked.difficulty}
    rows = {"category": asked.category and asked.category.pk, "tag": asked.tag and asked.tag.pk}
    job = create_job(JOB, owner=by, params=chosen | rows | {"language": get_language()})
    written = QuestionFile.objects.create(
        uuid=job.uuid,
        job=job,
        organization=organization,
        format=form,
        name=f"malaka-questions.{FORMATS[form].ending}",
        step=QuestionFile.Step.WRITE,
    )
    audit.record("questionfile.written", on=written, by=by)
    return written


def run_question_file(work: Work) -> None:
    """Do the step that a file is at, from where it was left. Raises InvalidInput for a file that cannot be read."""
    file = QuestionFile.objects.select_related("organization").get(job=work.job)
    if work.job.owner and not can_write_at(work.job.owner, file.organization):
        raise NotYours
    with override(work.job.params["language"]):  # headings of a table that is written are in it
        if file.step == QuestionFile.Step.WRITE:
            _write_file(work, file)
        else:
            _Pass(work, file).run()


def purge_question_files() -> int:
    """Delete the files of jobs that ended long ago, and what was lost of them; returns of how many."""
    since = timezone.now() - timedelta(days=settings.QUESTION_FILE_DAYS)
    there = ~Q(file="") | ~Q(job__result="")
    old = QuestionFile.objects.filter(there, updated_at__lt=since, job__status__in=Job.ENDED, job__ended_at__lt=since)
    count = 0
    for one in old.select_related("job"):
        one.losses.all().delete()
        for file in (one.file, one.job.result):
            if file:
                file.delete(save=False)
        Job.objects.filter(pk=one.job_id).update(result="")
        QuestionFile.objects.filter(pk=one.pk).update(file="")
        count += 1
    return count


# --- Into a bank --------------------------------------------------------------------------------
class _Pass:
    """One pass over the questions of a file, some at a time: to check them, or to take them."""

    def __init__(self, work: Work, sent: QuestionFile) -> None:
        self.work, self.sent = work, sent
        with sent.file.open() as file:
            self.data: bytes = file.read()
        is_tried = sent.step == QuestionFile.Step.CHECK
        self.taking = Taking(sent.organization, by=work.job.owner, is_tried=is_tried)

    def run(self) -> None:
        if "at" not in self.work.checkpoint:
            self._begin()
        rest = islice(self._items(), self.work.checkpoint["at"], None)
        while chunk := list(islice(rest, CHUNK)):
            self._do(chunk)
            self.work.make_room()

    def _items(self) -> Iterator[Item]:
        return read_questions(self.data, name=self.sent.name, form=self.sent.format, language=self.sent.language)

    def _begin(self) -> None:
        if not self.sent.format:
            self.sent.format = detect(self.data, self.sent.name)
        total = sum(1 for _item in self._items())
        if not total:
            raise Unreadable(_("There is no question in this file."), field="file")
        with transaction.atomic():
            self.sent.losses.all().delete()
            QuestionFile.objects.filter(pk=self.sent.pk).update(format=self.sent.format, taken=0, known=0)
            self.work.checkpoint |= dict.fromkeys(NUMBERED, 0)
            self.work.save(rows_total=total)

    @transaction.atomic
    def _do(self, chunk: Sequence[Item]) -> None:
        """Take some questions, with the checkpoint behind them."""
        state = self.work.checkpoint
        losses: list[QuestionLoss] = []
        for item in chunk:
            state["at"] += 1
            refusal = item if isinstance(item, Refusal) else self._taken(item, losses)
            if refusal:
                state["refused"] += 1
                losses.append(_loss(self.sent, state["at"], refusal))
        QuestionLoss.objects.bulk_create(losses)
        QuestionFile.objects.filter(pk=self.sent.pk).update(taken=state["taken"], known=state["known"])
        self.work.save(rows_done=state["at"], rows_failed=state["refused"])

    def _taken(self, draft: Draft, losses: list[QuestionLoss]) -> Refusal | None:
        state = self.work.checkpoint
        try:
            state["known"] += self.taking.take(draft)
        except InvalidInput as error:
            return Refusal(draft.title, draft.kind, error.reason)
        state["taken"] += 1
        once = {str(why): why for why in draft.left_out}
        left_out = (Refusal(draft.title, draft.kind, why) for why in once.values())
        losses.extend(_loss(self.sent, state["at"], words, is_refused=False) for words in left_out)
        return None


def _loss(file: QuestionFile, number: int, refusal: Refusal, *, is_refused: bool = True) -> QuestionLoss:
    return QuestionLoss(
        file=file,
        number=number,
        name=refusal.name[:200],
        kind=refusal.kind[:40],
        reason=refusal.reason.message,
        values=dict(refusal.reason.values),
        is_refused=is_refused,
    )


# --- Out of a bank ------------------------------------------------------------------------------
def _write_file(work: Work, file: QuestionFile) -> None:
    """A worker that is killed is followed by one that begins anew."""
    form = FORMATS[file.format]
    assert form.write
    questions = bank([file.organization_id], _asked(work.job.params))
    told = _Told(work, file)
    file.losses.all().delete()
    work.save(rows_total=questions.count(), rows_done=0, rows_failed=0)
    with tempfile.TemporaryFile() as written:
        form.write(written, drafts_of(questions, tell=told.tell), language_of(questions), told.tell)
        written.seek(0)
        work.store_result(file.name, File(written))
    with transaction.atomic():
        QuestionLoss.objects.bulk_create(told.losses)
        QuestionFile.objects.filter(pk=file.pk).update(taken=told.count - len(told.losses))
        work.save(rows_done=told.count, rows_failed=len(told.losses))


class _Told:
    """What became of each question on its way out."""

    def __init__(self, work: Work, file: QuestionFile) -> None:
        self.work, self.file = work, file
        self.losses: list[QuestionLoss] = []
        self.count = 0

    def tell(self, item: Item) -> None:
        self.count += 1
        if isinstance(item, Refusal):
            self.losses.append(_loss(self.file, self.count, item))
        if self.count % TOLD_EVERY == 0:
            self.work.save(rows_done=self.count, rows_failed=len(self.losses))


def _asked(params: Mapping[str, Any]) -> BankFilter:
    """Raises Gone for a folder or a tag that is gone meanwhile."""
    category = QuestionCategory.objects.filter(pk=params["category"]).first()
    tag = QuestionTag.objects.filter(pk=params["tag"]).first()
    if (params["category"] and not category) or (params["tag"] and not tag):
        raise Gone
    return BankFilter(params["q"], params["kind"], category, tag, params["difficulty"])
