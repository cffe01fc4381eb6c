"""Marking work: by one person or by two who do not see each other's marks, and settling what differs.

A mark is begun when its first word or tick is kept, and counts once it is finished. Locks: work before enrollment.
"""

from collections.abc import Collection, Mapping
from pathlib import PurePath

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, IllegalMove, InvalidInput
from courses.models import AssignmentRules, Criterion
from courses.queries import assignment_rules_of
from courses.uploads import check_attachment
from enrollment.services.progress import refuse_own
from learning.models import Mark, MarkFile, Submission, Work
from learning.services.marks import Reached, count_result, score_of
from learning.services.works import lock_work, move, tell

LONGEST_WORDS = 5000
MOST_FEEDBACK_FILES = 5


class MarkedMeanwhile(DomainError):
    code = "marked-meanwhile"
    message = _("Somebody else has marked this meanwhile: nothing of theirs is overwritten. Look at it first.")


class ResultStands(DomainError):
    code = "result-stands"
    message = _("The result of the two marks is there: correct it with a reason.")


class NothingDiffers(DomainError):
    code = "nothing-differs"
    message = _("There is no difference to settle here.")


@transaction.atomic
def keep_mark(submission: Submission, *, reached: Reached, comment: str, by: User) -> Mark:
    """Keep what somebody has ticked and said so far; it does not count before it is finished.

    Raises IllegalMove, OwnGrade, MarkedMeanwhile, InvalidInput.
    """
    work, rules, criteria = _lock(submission, by=by)
    mark = _own(work, by)
    if mark.place:
        raise MarkedMeanwhile
    _refuse_unless_free(work, rules)
    mark.reached, mark.comment = _clean(reached, criteria), _words(comment)
    mark.save()
    return mark


@transaction.atomic
def finish_mark(
    submission: Submission,
    *,
    reached: Reached,
    comment: str,
    by: User,
    files: Collection["File[bytes]"] = (),
    seen: int | None = None,
) -> Mark:
    """Give work its mark; a further one by the same person replaces it. The last one that is needed makes the result.

    Where one person marks, another may replace what stands only with `seen`, its revision as it was looked at.
    Raises IllegalMove, OwnGrade, MarkedMeanwhile, ResultStands, InvalidInput where a criterion has no level.
    """
    work, rules, criteria = _lock(submission, by=by)
    if rules.double and (work.differs or work.status == Work.Status.MARKED):
        raise ResultStands
    mark = _own(work, by)
    if not mark.place:
        mark = _place(mark, work, rules, seen=seen)
    elif seen is not None and seen != mark.revision:
        raise MarkedMeanwhile
    _fill(mark, criteria, reached=reached, comment=comment, by=by)
    mark.save()
    _attach(mark, files)
    audit.record("work.graded", on=work, by=by, place=mark.place, score=str(mark.score), number=mark.submission.number)
    _settle(work, rules, by=by)
    return mark


@transaction.atomic
def settle_marks(submission: Submission, *, reached: Reached, reason: str, by: User, seen: int | None = None) -> Mark:
    """Say what counts of two marks that lie too far apart, or correct the result of two, and why.

    A further time replaces it, with its `seen`.

    Raises NothingDiffers, MarkedMeanwhile, OwnGrade, InvalidInput.
    """
    work, rules, criteria = _lock(submission, by=by)
    if not (rules.double and (work.differs or work.status == Work.Status.MARKED)):
        raise NothingDiffers
    there = Mark.objects.filter(submission=submission, place=Mark.SETTLED).first()
    if there and there.revision != seen:
        raise MarkedMeanwhile
    if not reason.strip():
        raise InvalidInput(_("Say why it is settled so."), field="reason")
    mark = there or Mark(submission=submission, place=Mark.SETTLED, revision=0)
    mark.reason = _words(reason)
    _fill(mark, criteria, reached=reached, comment=mark.comment, by=by)
    mark.save()
    audit.record("work.settled", on=work, by=by, score=str(mark.score))
    _settle(work, rules, by=by)
    return mark


# --- Within ---------------------------------------------------------------------------------------
def _lock(submission: Submission, *, by: User) -> tuple[Work, AssignmentRules, list[Criterion]]:
    """Lock work whose last submission is about to be marked. Raises IllegalMove, OwnGrade."""
    work = lock_work(submission.work)
    if work.last_id != submission.pk or work.is_open:
        raise IllegalMove
    refuse_own(work.enrollment, by=by)
    return work, assignment_rules_of(work.lesson), list(work.lesson.criteria.all())


def _own(work: Work, by: User) -> Mark:
    """What this person gave before, or has begun; else a new one."""
    own = Mark.objects.filter(submission=work.last_id, marker=by).exclude(place=Mark.SETTLED).first()
    return own or Mark(submission=work.last, marker=by, revision=0)


def _given(work: Work) -> list[Mark]:
    return list(Mark.objects.filter(submission=work.last_id, place__in=(Mark.FIRST, Mark.SECOND)).order_by("place"))


def _refuse_unless_free(work: Work, rules: AssignmentRules) -> None:
    if len(_given(work)) >= (2 if rules.double else 1):
        raise MarkedMeanwhile


def _place(mark: Mark, work: Work, rules: AssignmentRules, *, seen: int | None) -> Mark:
    """The mark in the next place; where one person marks, the one that stands, if it was looked at."""
    given = _given(work)
    if len(given) < (2 if rules.double else 1):
        mark.place = len(given) + 1
        return mark
    if rules.double or given[0].revision != seen:
        raise MarkedMeanwhile
    if mark.pk:
        mark.delete()
    return given[0]


def _fill(mark: Mark, criteria: Collection[Criterion], *, reached: Reached, comment: str, by: User) -> None:
    mark.reached = _clean(reached, criteria)
    if missing := next((one for one in criteria if str(one.pk) not in mark.reached), None):
        raise InvalidInput(_("Say what was reached here."), field=f"c-{missing.pk}")
    mark.comment, mark.marker = _words(comment), by
    mark.score, mark.finished_at = score_of(criteria, mark.reached), timezone.now()
    mark.revision += 1


def _clean(reached: Reached, criteria: Collection[Criterion]) -> dict[str, int]:
    """The levels of criteria that there are. Raises InvalidInput."""
    known: Mapping[str, int] = {str(one.pk): len(one.level_points) for one in criteria}
    if any(name not in known or not 0 <= level < known[name] for name, level in reached.items()):
        raise InvalidInput(_("There is no such level: open the page again."))
    return dict(reached)


def _words(text: str) -> str:
    clean = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(clean) > LONGEST_WORDS:
        raise InvalidInput(
            _("This text is longer than %(most)d characters.") % {"most": LONGEST_WORDS}, field="comment"
        )
    return clean


def _attach(mark: Mark, files: Collection["File[bytes]"]) -> None:
    there = {one.name for one in mark.files.all()}
    for file in files:
        name = PurePath((file.name or "").replace("\0", "")).name[-255:]
        check_attachment(name, file.size, file.read(16))
        file.seek(0)
        if name in there:
            continue
        if len(there) >= MOST_FEEDBACK_FILES:
            raise InvalidInput(_("Answer with at most five files."), field="file")
        kept = MarkFile(mark=mark, name=name)
        kept.file.save(f"{kept.uuid}{PurePath(name).suffix.lower()}", file, save=False)
        kept.save()
        there.add(name)


def _settle(work: Work, rules: AssignmentRules, *, by: User) -> None:
    """Write the result down once there is one; the learner is told once."""
    has_result = count_result(work, rules)
    if has_result and work.status == Work.Status.SUBMITTED:
        move(work, Work.Status.MARKED, by=by)
        tell(work, "work-marked")
