"""What each address needs to be asked: the things of tests/things.py that its parameters, query and body mean."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from enrollment.models import DeclineReason, HouseholdCategory, WithdrawalReason
from learning.models import MarkFile, Mute
from learning.services.feeds import make_feed
from live.services.guests import token_of
from tests.accounts.factories import make_profession
from tests.enrollment.factories import make_exception
from tests.live.factories import make_film, make_guest_link, make_shown_deck
from tests.things import Things

Names = dict[str, Callable[[Things], Any]]
# What the parameters of an address mean, by how the address begins; the first that fits.
MEANINGS: tuple[tuple[str, Names], ...] = (
    ("^calendar/", {"token": lambda t: make_feed(t.learner.user)}),
    ("relocations/", {"uuid": lambda t: t.relocation.uuid}),
    ("duplicates/", {"uuid": lambda t: t.duplicate.uuid}),
    ("residents/", {"uuid": lambda t: t.resident.uuid, "resident_id": lambda t: t.resident.uuid}),
    ("households/", {"uuid": lambda t: t.household.uuid}),
    ("applications/", {"uuid": lambda t: t.application.uuid}),
    ("wishes/", {"uuid": lambda t: t.wish.uuid}),
    (
        "referrals/",
        {
            "uuid": lambda t: t.referral.uuid,
            "referral_id": lambda t: t.referral.uuid,
            "cohort": lambda t: t.referral.course.cohorts.get().uuid,
        },
    ),
    (
        "cohorts/",
        {
            "uuid": lambda t: t.cohort.uuid,
            "cohort_id": lambda t: t.cohort.uuid,
            "lesson": lambda t: t.lesson("on-site").uuid,
            "enrollment": lambda t: t.enrollment.uuid,
        },
    ),
    (
        "enrollments/",
        {
            "uuid": lambda t: t.enrollment.uuid,
            "enrollment_id": lambda t: t.enrollment.uuid,
            "lesson": lambda t: t.lesson("page").uuid,
        },
    ),
    ("meetings/", {"uuid": lambda t: t.meeting.uuid}),
    ("here/", {"uuid": lambda t: t.meeting.uuid, "code": lambda t: "old"}),
    ("rooms/", {"uuid": lambda t: t.meeting.room.uuid if t.meeting.room else ""}),
    ("objections/", {"uuid": lambda t: t.objection.uuid}),
    ("outcomes/", {"uuid": lambda t: t.outcome.uuid}),
    ("live/cohort/", {"uuid": lambda t: t.cohort.uuid, "lesson": lambda t: t.lesson("live").uuid}),
    (
        "live/",
        {
            "uuid": lambda t: t.session.uuid,
            "enrollment": lambda t: t.enrollment.uuid,
            "op": lambda t: "hand",
            "token": lambda t: token_of(make_guest_link(t.session)),
            "deck": lambda t: make_shown_deck(t.session).uuid,
            "number": lambda t: 1,
            "size": lambda t: "small",
            "recording": lambda t: make_film(t.session).uuid,
        },
    ),
    ("certificates/awaiting/", {"uuid": lambda t: t.awaiting.uuid}),
    ("certificates/issued/", {"uuid": lambda t: t.credential.uuid}),
    ("certificates/", {"code": lambda t: t.credential.code}),
    ("credentials/", {"code": lambda t: t.credential.code}),
    ("verify/", {"code": lambda t: t.credential.code}),
    ("settings/tokens/", {"uuid": lambda t: t.token.uuid}),
    ("imports/", {"uuid": lambda t: t.table.uuid, "import_id": lambda t: t.table.uuid, "kind": lambda t: t.table.kind}),
    ("jobs/", {"uuid": lambda t: t.table.uuid}),
    ("uploads/", {"uuid": lambda t: t.upload.uuid}),
    ("notices/", {"uuid": lambda t: t.notice.uuid}),
    (
        "learn/<uuid:enrollment>/<uuid:lesson>/attempts",
        {
            "enrollment": lambda t: t.enrollment.uuid,
            "lesson": lambda t: t.lesson("quiz").uuid,
            "uuid": lambda t: t.attempt.uuid,
        },
    ),
    (
        "learn/<uuid:enrollment>/<uuid:lesson>/attachments",
        {
            "enrollment": lambda t: t.enrollment.uuid,
            "lesson": lambda t: t.lesson("page").uuid,
            "uuid": lambda t: t.lesson("page").attachments.get().uuid,
        },
    ),
    (
        "discussions/posts/",
        {"uuid": lambda t: t.post.uuid},
    ),
    ("discussions/", {"uuid": lambda t: t.post.thread.uuid, "change": lambda t: "pin"}),
    ("teach/mutes/", {"uuid": lambda t: Mute.objects.get().uuid}),
    (
        "learn/<uuid:enrollment>/notes/",
        {"enrollment": lambda t: t.enrollment.uuid, "uuid": lambda t: t.enrollment.notes.get().uuid},
    ),
    (
        "learn/<uuid:enrollment>/<uuid:lesson>/work/feedback",
        {
            "enrollment": lambda t: t.work_file.work.enrollment.uuid,
            "lesson": lambda t: t.work_file.work.lesson.uuid,
            "uuid": lambda t: MarkFile.objects.get(mark__submission__work=t.work_file.work).uuid,
        },
    ),
    (
        "teach/groups/<uuid:uuid>/works",
        {"uuid": lambda t: t.work_file.work.enrollment.cohort.uuid, "lesson": lambda t: t.work_file.work.lesson.uuid},
    ),
    ("teach/works/", {"uuid": lambda t: t.work_file.work.uuid, "file": lambda t: t.work_file.uuid}),
    (
        "teach/enrollments/<uuid:uuid>/bench",
        {
            "uuid": lambda t: t.work_file.work.enrollment.uuid,
            "lesson": lambda t: t.work_file.work.enrollment.cohort.version.lessons.get(kind="practical").uuid,
        },
    ),
    (
        "learn/<uuid:enrollment>/<uuid:lesson>/work",
        {
            "enrollment": lambda t: t.work_file.work.enrollment.uuid,
            "lesson": lambda t: t.work_file.work.lesson.uuid,
            "uuid": lambda t: t.work_file.uuid,
        },
    ),
    (
        "learn/",
        {
            "enrollment": lambda t: t.enrollment.uuid,
            "lesson": lambda t: t.lesson("page").uuid,
            "kind": lambda t: "original",
            "language": lambda t: "uz",
        },
    ),
    (
        "exceptions/",
        {
            "organization": lambda t: t.world.centre.uuid,
            "slug": lambda t: t.course.slug,
            "uuid": lambda t: make_exception(course=t.course, organization=t.world.centre, person=t.learner).uuid,
        },
    ),
    ("requests/", {"uuid": lambda t: t.request.uuid}),
    ("training/rules/", {"uuid": lambda t: t.assignment.rule.uuid}),
    ("training/", {"uuid": lambda t: t.assignment.uuid}),
    ("training-rules/", {"rule_id": lambda t: t.assignment.rule.uuid}),
    ("training-assignments/", {"assignment_id": lambda t: t.assignment.uuid}),
    ("staff/units/", {"uuid": lambda t: t.unit.uuid}),
    ("staff/", {"uuid": lambda t: t.learner.employments.get().uuid}),
    ("teach/bank/files/", {"uuid": lambda t: t.question_file.uuid, "form": lambda t: "gift"}),
    ("teach/bank/folders/", {"uuid": lambda t: t.folder.uuid}),
    ("teach/bank/", {"uuid": lambda t: t.question.uuid, "kind": lambda t: "single", "change": lambda t: "retire"}),
    ("pictures/", {"uuid": lambda t: t.picture.uuid}),
    ("teach/comments/", {"uuid": lambda t: t.draft.comments.get().uuid, "change": lambda t: "resolve"}),
    ("^teach/uploads/", {"kind": lambda t: "video"}),
    ("teach/attachments/", {"uuid": lambda t: t.draft_quiz.attachments.get().uuid}),
    ("teach/categories/", {"uuid": lambda t: t.draft.categories.get().uuid}),
    ("teach/courses/", {"slug": lambda t: t.draft.course.slug}),
    (
        "teach/versions/",
        {
            "uuid": lambda t: t.draft.uuid,
            "lesson": lambda t: t.draft_quiz.uuid,
            "piece": lambda t: t.draft_quiz.uuid,
            "language": lambda t: "ru",
            "move": lambda t: "submit",
        },
    ),
    (
        "teach/modules/",
        {"uuid": lambda t: t.draft.modules.get().uuid, "change": lambda t: "up", "kind": lambda t: "page"},
    ),
    ("teach/lessons/<uuid:uuid>/film", {"uuid": lambda t: t.draft_quiz.uuid, "kind": lambda t: "original"}),
    (
        "teach/lessons/<uuid:uuid>/criteria",
        {
            "uuid": lambda t: t.criterion.lesson.uuid,
            "criterion": lambda t: t.criterion.uuid,
            "change": lambda t: "up",
        },
    ),
    (
        "teach/lessons/<uuid:uuid>/^criteria",
        {
            "uuid": lambda t: t.criterion.lesson.uuid,
            "criterion": lambda t: t.criterion.uuid,
            "change": lambda t: "up",
        },
    ),
    (
        "teach/lessons/<uuid:uuid>/assignment",
        {
            "uuid": lambda t: t.criterion.lesson.uuid,
            "criterion": lambda t: t.criterion.uuid,
            "change": lambda t: "up",
        },
    ),
    (
        "teach/lessons/",
        {
            "language": lambda t: "uz",
            "uuid": lambda t: t.draft_quiz.uuid,
            "change": lambda t: "up",
            "kind": lambda t: "single",
            "question": lambda t: t.question.uuid,
            "item": lambda t: t.item.pk,
            "section": lambda t: t.item.section.pk,
        },
    ),
    ("teach/marking/", {"answer": lambda t: t.essay.pk}),
    ("teach/groups/", {"uuid": lambda t: t.cohort.uuid, "lesson": lambda t: t.lesson("quiz").uuid}),
    ("teach/enrollments/", {"uuid": lambda t: t.enrollment.uuid}),
    ("courses/", {"slug": lambda t: t.course.slug, "cohort": lambda t: t.course.cohorts.get().uuid}),
    ("statistics/completion/", {"slug": lambda t: t.cohort.course.slug}),
    ("supply/plans/", {"uuid": lambda t: t.plan_line.plan.uuid, "form": lambda t: "csv"}),
    ("supply/lines/", {"uuid": lambda t: t.plan_line.uuid}),
    ("supply/", {"code": lambda t: make_profession().code, "form": lambda t: "csv"}),
    ("lookups/", {"kind": lambda t: "outcome-kinds"}),
)


def place_of(path: str, things: Things) -> dict[str, Any]:
    """The parameters of an address as it stands in a URL pattern."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", path)
    if not names:
        return {}
    meanings = next(meanings for begin, meanings in MEANINGS if path.startswith(begin))
    return {name: meanings[name](things) for name in names}


def _today(days: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def _reason(kind: type[DeclineReason] | type[WithdrawalReason]) -> str:
    return kind.objects.order_by("pk")[0].code


# What an address needs to be asked.
QUERIES: dict[str, Callable[[Things], str]] = {
    "reports:rows": lambda t: f"?by=district&region={t.world.mahalla.district.region.code}",
    "reports:supply_rows": lambda t: "?figure=free",
    "GET /statistics": lambda t: "?by=region",
}
# A good body for each operation that wants one.
BODIES: dict[str, Callable[[Things], dict[str, Any]]] = {
    "POST /households": lambda t: {
        "mahalla": t.world.mahalla.code,
        "category": HouseholdCategory.objects.order_by("pk")[0].code,
    },
    "POST /residents": lambda t: {"household": str(t.household.uuid), "surname": "Sinovova", "given_name": "Nilufar"},
    "PATCH /residents/{resident_id}": lambda t: {"phone": ""},
    "POST /wishes": lambda t: {"resident": str(t.resident.uuid), "kind": "loan", "said_on": _today()},
    "POST /cohorts": lambda t: {
        "course": t.course.slug,
        "organization": str(t.world.centre.uuid),
        "code": "NEW",
        "starts_on": _today(7),
        "ends_on": _today(30),
        "seats": 2,
    },
    "POST /referrals": lambda t: {
        "resident": str(t.resident.uuid),
        "course": t.course.slug,
        "organization": str(t.world.centre.uuid),
    },
    "POST /referrals/{referral_id}/accept": lambda t: {"cohort": str(t.referral.course.cohorts.get().uuid)},
    "POST /referrals/{referral_id}/decline": lambda t: {"reason": _reason(DeclineReason)},
    "POST /referrals/{referral_id}/withdraw": lambda t: {"reason": _reason(WithdrawalReason)},
    "POST /enrollments": lambda t: {"cohort": str(t.cohort.uuid), "person": str(t.learner.uuid)},
    "POST /enrollments/{enrollment_id}/lessons/{lesson}/result": lambda t: {"completed": True},
    "POST /enrollments/{enrollment_id}/attendance": lambda t: {
        "lesson": str(t.lesson("on-site").uuid),
        "minutes": 5,
        "source": "on-site",
        "on": _today(),
    },
    "POST /enrollments/{enrollment_id}/withdraw": lambda t: {"reason": _reason(WithdrawalReason)},
    "POST /enrollments/{enrollment_id}/outcomes": lambda t: {"kind": "land", "on": _today(), "source": "x"},
    "POST /training-rules": lambda t: {
        "issuer": str(t.world.academy.uuid),
        "course": t.course.slug,
        "within_days": 7,
        "valid_from": _today(),
    },
    "POST /training-rules/{rule_id}/end": lambda t: {"on": _today()},
    "POST /training-assignments/{assignment_id}/exempt": lambda t: {"reason": "retiring", "starts_on": _today()},
    "POST /credentials/{code}/revoke": lambda t: {"reason": "x"},
}
