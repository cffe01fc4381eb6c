"""Learners of groups."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Person, User
from base.errors import InvalidInput
from enrollment import rules
from enrollment.imports.columns import Choices, Column, text_up_to
from enrollment.imports.kind import Key
from enrollment.imports.kinds.lists import organization_choices
from enrollment.imports.kinds.one_by_one import WHO, OneByOneKind, named_person
from enrollment.imports.rows import Row, Verdict
from enrollment.models import Cohort, Import, Referral
from enrollment.models.cohorts import ANSWERING
from enrollment.services.enrollments import enroll_person, find_enrollment
from enrollment.services.referrals import enroll_referral
from enrollment.services.seats import CohortFull


class EnrollmentsKind(OneByOneKind):
    """One row lets a person into a group; one for whom a seat is held there takes that seat."""

    name = Import.Kind.ENROLLMENTS
    columns = (
        Column("cohort", gettext_lazy("Group"), text_up_to(40), required=True, help=gettext_lazy("Its code.")),
        Column(
            "organization",
            gettext_lazy("Provider"),
            choices="provider",
            help=gettext_lazy("Its name or code, where several have a group of this code."),
        ),
        *WHO,
    )

    def __init__(self, user: User | None) -> None:
        super().__init__(user)
        self.promised: Counter[int] = Counter()
        self.before: Counter[int] = Counter()

    @staticmethod
    def may_send(user: User) -> bool:
        return user.standing.has(*ANSWERING, Membership.Role.STAFF_MANAGER)

    def load_lists(self) -> dict[str, Choices]:
        return {"provider": organization_choices(providers=True)}

    def about(self, row: Row) -> Key:
        organization = row.values.get("organization")
        return row.values["cohort"].casefold(), organization.pk if organization else None

    def judge(self, rows: Sequence[Row], *, lock: bool) -> None:
        """Seats that earlier chunks of a dry run would have taken are remembered; applied ones are taken in truth."""
        self.before = Counter() if lock else self.promised.copy()
        super().judge(rows, lock=lock)

    def act(self, row: Row) -> Verdict:
        cohort = self._cohort(row)
        if not rules.can_enroll_others(self.sender, cohort):
            raise InvalidInput(_("You do not let people into this group."), field="cohort", code="not-allowed")
        referred = Referral.objects.filter(cohort=cohort, status=Referral.Status.ACCEPTED)
        within = rules.people_within_reach(self.sender).values("pk")
        people = Person.objects.filter(Q(pk__in=within) | Q(pk__in=referred.values("person")))
        person = named_person(row, people)
        if find_enrollment(cohort, person):
            return Verdict.UNCHANGED
        if referral := referred.filter(person=person).first():
            enroll_referral(referral, by=self.sender)
            return Verdict.NEW
        if cohort.seats is not None and cohort.seats_taken + self.before[cohort.pk] >= cohort.seats:
            raise CohortFull(field="cohort")
        enroll_person(cohort=cohort, person=person, by=self.sender)
        self.promised[cohort.pk] += 1
        return Verdict.NEW

    def _cohort(self, row: Row) -> Cohort:
        rows = Cohort.objects.visible_to(self.sender).filter(code__iexact=row.values["cohort"])
        if organization := row.values.get("organization"):
            rows = rows.filter(organization=organization)
        found = list(rows.select_related("organization")[:50])
        allowed = [cohort for cohort in found if rules.can_enroll_others(self.sender, cohort)] or found
        if len(allowed) > 1:
            raise InvalidInput(_("Several providers have a group of this code."), field="cohort", code="ambiguous")
        if not allowed:
            raise InvalidInput(_("There is no group of this code."), field="cohort", code="unknown")
        return allowed[0]
