"""A learner's work: written, handed in once, handed back, marked. Each move is one function, with its history.

Locks are taken in one order: work before enrollment.
"""

from datetime import datetime
from pathlib import PurePath

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.models import Upload
from base.services.notices import notify
from base.services.uploads import drop_upload, take_upload
from base.transitions import Transitions, check_move
from courses.models import AssignmentRules, Lesson
from courses.pictures import read_picture
from courses.queries import assignment_rules_of
from courses.uploads import HANDED_IN, MEGABYTE, check_handed_in
from enrollment.models import Enrollment
from learning.models import Submission, Work, WorkFile, WorkMove
from learning.queries.deadlines import days_late, due_at_for
from learning.services.attempts import refuse_unless_active
from learning.services.release import refuse_if_locked

Status = Work.Status

TRANSITIONS: Transitions = {
    Status.DRAFT: frozenset({Status.SUBMITTED}),
    Status.SUBMITTED: frozenset({Status.RETURNED, Status.MARKED}),
    Status.RETURNED: frozenset({Status.SUBMITTED}),
    Status.MARKED: frozenset({Status.RETURNED}),
}
LONGEST_TEXT = 50_000
LONGEST_SIDE = 2560  # of a photo; enough to read a page of handwriting
LARGEST_PICTURE = 30 * MEGABYTE


class WorkClosed(DomainError):
    code = "work-closed"
    message = _("This work is handed in: it stays as it is, unless it is handed back to you.")


class WorkLate(DomainError):
    code = "work-late"
    message = _("The time is over, and nothing is taken any more.")


class NothingToHandIn(DomainError):
    code = "nothing-to-hand-in"
    status = 422
    message = _("There is nothing to hand in yet: write a text or add a file.")


class TooManyFiles(DomainError):
    code = "too-many-files"
    message = _("No more files are taken here: remove one first.")


class NoSubmissionLeft(DomainError):
    code = "no-submission-left"
    message = _("This learner has used every attempt at this.")


# --- The learner ----------------------------------------------------------------------------------
@transaction.atomic
def save_text(enrollment: Enrollment, lesson: Lesson, *, text: str) -> Work:
    """Keep what was typed; the same again changes nothing.

    Raises WorkClosed, LearningEnded, LessonLocked, InvalidInput.
    """
    work, rules = _open(enrollment, lesson)
    _keep_text(work, rules, text)
    return work


def _keep_text(work: Work, rules: AssignmentRules, text: str) -> None:
    clean = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(clean) > LONGEST_TEXT:
        raise InvalidInput(_("This text is longer than %(most)d characters.") % {"most": LONGEST_TEXT}, field="text")
    if clean and not rules.takes_text:
        raise InvalidInput(_("Only files are handed in here."), field="text")
    if clean != work.text:
        work.text, work.saved_at = clean, timezone.now()
        work.save(update_fields=["text", "saved_at", "updated_at"])


@transaction.atomic
def add_file(enrollment: Enrollment, lesson: Lesson, *, file: "File[bytes]") -> WorkFile:
    """Put a file into work that is open; one of the same name and size answers for itself. Pictures are made anew.

    Raises TooManyFiles, InvalidInput on `file`, WorkClosed, LearningEnded, LessonLocked.
    """
    work, rules = _open(enrollment, lesson)
    name, size = PurePath((file.name or "").replace("\0", "")).name[-255:], file.size
    check_handed_in(name, size, file.read(16), kinds=rules.taken_kinds, most=rules.most_bytes)
    file.seek(0)
    there = list(work.files.filter(in_draft=True))
    if same := next((one for one in there if (one.name, one.size) == (name, size)), None):
        return same
    if len(there) >= rules.most_files:
        raise TooManyFiles(field="file")
    kept = WorkFile(work=work, name=name, size=size)
    _store(kept, file)
    kept.save()
    _touch(work)
    return kept


@transaction.atomic
def add_upload(enrollment: Enrollment, lesson: Lesson, *, upload: Upload) -> WorkFile:
    """Put a file that came in parts into work. Raises as add_file, and NotWhole."""
    kept = add_file(enrollment, lesson, file=take_upload(upload))
    drop_upload(upload)
    return kept


@transaction.atomic
def remove_file(file: WorkFile) -> None:
    """Take a file out of work that is open; what was handed in before keeps it. A second time changes nothing."""
    work, _rules = _open(file.work.enrollment, file.work.lesson)
    found = work.files.filter(pk=file.pk, in_draft=True).first()
    if found is None:
        return
    if found.submissions.exists():
        found.in_draft = False
        found.save(update_fields=["in_draft", "updated_at"])
    else:
        transaction.on_commit(lambda: found.file.delete(save=False))
        found.delete()
    _touch(work)


@transaction.atomic
def hand_in(enrollment: Enrollment, lesson: Lesson, *, text: str | None = None, by: User) -> Submission:
    """Hand work in with its files and this text, else the one kept last; twice is once.

    What was handed back is as late as it was the first time. Raises NothingToHandIn, WorkLate, LessonLocked,
    LearningEnded, WorkClosed, InvalidInput.
    """
    work = _find(enrollment, lesson)
    if work.status == Status.SUBMITTED and work.last:
        return work.last
    work, rules = _open(enrollment, lesson)
    if text is not None:
        _keep_text(work, rules, text)
    files = list(work.files.filter(in_draft=True))
    if not (work.text or files):
        raise NothingToHandIn
    now = timezone.now()
    due_at, late = _lateness(work, rules, now=now)
    submission = add_submission(work, text=work.text, due_at=due_at, days_late=late, at=now)
    submission.files.set(files)
    move(work, Status.SUBMITTED, by=by)
    return submission


def _lateness(work: Work, rules: AssignmentRules, *, now: datetime) -> tuple[datetime | None, int]:
    """When it was due and how many days it is late. Raises WorkLate."""
    due_at = due_at_for(work.enrollment, work.lesson, rules)
    if work.last:
        first = work.submissions.order_by("number")[0]
        return due_at, days_late(first.handed_in_at, due_at)
    late = days_late(now, due_at)
    if late and rules.late == AssignmentRules.Late.REFUSED:
        raise WorkLate
    return due_at, late


# --- Whoever teaches ------------------------------------------------------------------------------
@transaction.atomic
def return_work(work: Work, *, words: str, by: User) -> Work:
    """Hand work back, so that the learner may hand it in, or be examined, once more. Twice is once.

    Raises NoSubmissionLeft, LearningEnded, IllegalMove, InvalidInput.
    """
    work = lock_work(work)
    if work.status == Status.RETURNED:
        return work
    check_move(TRANSITIONS, work.status, Status.RETURNED)
    refuse_unless_active(work.enrollment)
    if not words.strip():
        raise InvalidInput(_("Say what the learner is to do better."), field="words")
    most = work.lesson.max_attempts
    if work.last and most is not None and work.last.number >= most:
        raise NoSubmissionLeft
    work.differs = False
    move(work, Status.RETURNED, by=by, words=words.strip()[:5000])
    tell(work, "work-returned")
    return work


@transaction.atomic
def begin_sitting(enrollment: Enrollment, lesson: Lesson, *, by: User) -> Submission:
    """Let a learner be examined at the bench; the sitting that is under way goes on.

    Raises WorkClosed, LearningEnded, InvalidInput.
    """
    if lesson.kind != Lesson.Kind.PRACTICAL or lesson.version_id != enrollment.cohort.version_id:
        raise InvalidInput(_("This lesson is not practical work of this course."))
    work = _find(enrollment, lesson)
    if work.status == Status.SUBMITTED and work.last:
        return work.last
    if not work.is_open:
        raise WorkClosed
    refuse_unless_active(work.enrollment)
    submission = add_submission(work, text="", due_at=None, days_late=0, at=timezone.now())
    move(work, Status.SUBMITTED, by=by)
    return submission


# --- Within ---------------------------------------------------------------------------------------
def move(work: Work, to: str, *, by: User | None, words: str = "") -> None:
    """Let locked work become `to`; raises IllegalMove."""
    check_move(TRANSITIONS, work.status, to)
    WorkMove.objects.create(work=work, from_status=work.status, to_status=to, by=by, words=words)
    audit.record(f"work.{to}", on=work, by=by, before=work.status)
    work.status = to
    work.save(update_fields=["status", "last", "submitted_at", "differs", "score", "updated_at"])


def add_submission(work: Work, *, text: str, due_at: datetime | None, days_late: int, at: datetime) -> Submission:
    number = work.last.number + 1 if work.last else 1
    work.last = Submission.objects.create(
        work=work, number=number, text=text, due_at=due_at, days_late=days_late, handed_in_at=at
    )
    work.submitted_at, work.score, work.differs = at, None, False
    return work.last


def lock_work(work: Work) -> Work:
    rows = Work.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("enrollment__cohort", "lesson", "last").get(pk=work.pk)


def tell(work: Work, kind: str) -> None:
    """Let the learner know, once for each submission."""
    user = User.objects.filter(person=work.enrollment.person_id).first()
    if user and work.last:
        url = reverse("learning:lesson", args=[work.enrollment.uuid, work.lesson.uuid])
        params = {"work": work.lesson.title}
        notify(user.pk, kind=kind, key=f"{kind}:{work.last.uuid}", params=params, url=url)


def _find(enrollment: Enrollment, lesson: Lesson) -> Work:
    """The learner's work, locked; made on first need."""
    work, _made = Work.objects.get_or_create(enrollment=enrollment, lesson=lesson)
    return lock_work(work)


def _open(enrollment: Enrollment, lesson: Lesson) -> tuple[Work, AssignmentRules]:
    """Lock work that the learner is about to change. Raises WorkClosed, LessonLocked, LearningEnded, InvalidInput."""
    if lesson.kind != Lesson.Kind.ASSIGNMENT or lesson.version_id != enrollment.cohort.version_id:
        raise InvalidInput(_("This lesson is not an assignment of this course."))
    work = _find(enrollment, lesson)
    refuse_unless_active(work.enrollment)
    if not work.is_open:
        raise WorkClosed
    refuse_if_locked(work.enrollment, lesson)
    return work, assignment_rules_of(lesson)


def _touch(work: Work) -> None:
    work.saved_at = timezone.now()
    work.save(update_fields=["saved_at", "updated_at"])


def _store(kept: WorkFile, file: "File[bytes]") -> None:
    """Store a file under a name that tells nothing; a picture is made anew, so that no place or owner is left in it."""
    ending = PurePath(kept.name).suffix.lower()
    if ending in HANDED_IN["picture"]:
        try:
            picture = read_picture(file, kept.size, longest=LONGEST_SIDE, most=LARGEST_PICTURE)
        except InvalidInput as error:
            raise InvalidInput(str(error), field="file") from error
        kept.file.save(f"{kept.uuid}{picture.suffix}", ContentFile(picture.data), save=False)
    else:
        kept.file.save(f"{kept.uuid}{ending}", file, save=False)
