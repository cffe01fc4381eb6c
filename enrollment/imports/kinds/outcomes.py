"""What came of training."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, User
from base.errors import InvalidInput
from enrollment import rules
from enrollment.imports.columns import Choices, Column, read_past_day, text_up_to
from enrollment.imports.kind import Key, named_choices
from enrollment.imports.kinds.lists import course_choices
from enrollment.imports.kinds.one_by_one import WHO, OneByOneKind, named_person
from enrollment.imports.rows import Row, Verdict
from enrollment.models import Enrollment, Import, Outcome, OutcomeKind
from enrollment.models.cohorts import ANSWERING
from enrollment.services.outcomes import record_outcome

SAID = ("source", "employer", "evidence")


class OutcomesKind(OneByOneKind):
    """One row is what a learner found after a course: a job, a business, a loan …"""

    name = Import.Kind.OUTCOMES
    columns = (
        Column("kind", gettext_lazy("What came of it"), choices="outcome_kind", required=True),
        Column(
            "on",
            gettext_lazy("Since when"),
            read_past_day,
            required=True,
            is_day=True,
            help=gettext_lazy("As 22.11.2026."),
        ),
        Column(
            "course",
            gettext_lazy("Course"),
            choices="course",
            help=gettext_lazy("Its title, or the last part of its address; the latest one if it is left empty."),
        ),
        Column("employer", gettext_lazy("Employer"), text_up_to(200)),
        Column("source", gettext_lazy("Who said so"), text_up_to(100), required=True),
        Column("evidence", gettext_lazy("Evidence"), text_up_to(500)),
        *WHO,
    )

    @staticmethod
    def may_send(user: User) -> bool:
        return user.standing.has(*ANSWERING, *rules.INTAKE)

    def load_lists(self) -> dict[str, Choices]:
        return {
            "outcome_kind": named_choices(OutcomeKind.objects.valid_on(timezone.localdate())),
            "course": course_choices(),
        }

    def about(self, row: Row) -> Key:
        course = row.values.get("course")
        return row.values["kind"].pk, row.values["on"], course.pk if course else None

    def act(self, row: Row) -> Verdict:
        seen = Enrollment.objects.visible_to(self.sender)
        person = named_person(row, Person.objects.filter(pk__in=seen.values("person")))
        enrollments = seen.filter(person=person).select_related("referral__mahalla__district", "cohort")
        if course := row.values.get("course"):
            enrollments = enrollments.filter(cohort__course=course)
        enrollment = enrollments.order_by("-pk").first()
        if enrollment is None:
            raise InvalidInput(_("This person did not learn this course here."), field="course", code="unknown")
        if not rules.can_judge_outcome(self.sender, enrollment):
            raise InvalidInput(_("You do not record what came of this person’s training."), code="not-allowed")
        values = row.values
        before = Outcome.objects.filter(enrollment=enrollment, kind=values["kind"], on=values["on"]).first()
        if before and all(getattr(before, name) == values.get(name, "") for name in SAID):
            return Verdict.UNCHANGED  # a learner's word in an exported list is not the official's who sends it again
        outcome = record_outcome(
            enrollment,
            kind=values["kind"].code,
            on=values["on"],
            source=values["source"],
            employer=values.get("employer", ""),
            evidence=values.get("evidence", ""),
            by=self.sender,
        )
        if before is None:
            return Verdict.NEW
        return Verdict.UNCHANGED if before.status == outcome.status else Verdict.CHANGED
