"""Which courses come before a course: they count for whoever comes from now on."""

from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from courses.models import Course

MOST = 20


class PrerequisitesInCircle(DomainError):
    code = "goes-in-circle"
    message = _("That would go in a circle: some courses would ask for each other, and nobody could begin.")


@transaction.atomic
def save_prerequisites(
    course: Course, required: Collection[Course], *, asked: str, proof: str, by: User | None
) -> Course:
    """Ask that all or any of these courses were learned before; none of them: everybody may come.

    Raises InvalidInput, PrerequisitesInCircle.
    """
    # One at a time throughout: two circles that close each other could not see it otherwise.
    Course.objects.select_for_update(no_key=True).order_by("pk").first()
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if len(required) > MOST:
        raise InvalidInput(_("A course asks for 20 others at most."), field="add")
    before = set(course.prerequisites.values_list("pk", flat=True))
    if any(one.pk not in before and (one.current_version_id is None or one.retired_at) for one in required):
        raise InvalidInput(_("Only a course that is in the catalogue can be asked for."), field="add")
    course.prerequisites.set(required)
    _refuse_circle()
    course.prerequisites_asked = Course.Asked(asked) if required else Course.Asked.NONE
    course.prerequisites_proof = Course.Proof(proof)
    course.save(update_fields=["prerequisites_asked", "prerequisites_proof", "updated_at"])
    slugs = sorted(one.slug for one in required)
    audit.record("course.prerequisites-saved", on=course, by=by, asked=asked, proof=proof, courses=slugs)
    return course


def _refuse_circle() -> None:
    graph: dict[int, set[int]] = {}
    rows = Course.prerequisites.through.objects.values_list("from_course_id", "to_course_id")
    for course, required in rows:
        graph.setdefault(course, set()).add(required)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        raise PrerequisitesInCircle from None
