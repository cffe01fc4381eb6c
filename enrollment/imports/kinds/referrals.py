"""Referrals of residents."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Mahalla, Organization, User
from base.errors import InvalidInput
from courses.models import Course
from enrollment import rules
from enrollment.imports.columns import Choices, Column, text_up_to
from enrollment.imports.kind import Key
from enrollment.imports.kinds.intake import IntakeKind
from enrollment.imports.kinds.known import Who
from enrollment.imports.kinds.lists import course_choices, organization_choices
from enrollment.imports.kinds.people import HOME, IDENTITY
from enrollment.imports.rows import Row, Verdict
from enrollment.models import Cohort, Import, Referral
from enrollment.queries.prerequisites import Prerequisites
from enrollment.services.many.referrals import submit_referrals
from enrollment.services.prerequisites import PrerequisitesLacking
from enrollment.services.referrals import AlreadyReferred, CourseNotOffered


class ReferralsKind(IntakeKind):
    """One row sends a resident to a provider; whoever is not written down yet is, where the row says enough."""

    name = Import.Kind.REFERRALS
    columns = (
        Column(
            "course",
            gettext_lazy("Course"),
            choices="course",
            required=True,
            help=gettext_lazy("Its title, or the last part of its address."),
        ),
        Column(
            "organization",
            gettext_lazy("Provider"),
            choices="provider",
            help=gettext_lazy("Its name or code; the provider of the course if it is left empty."),
        ),
        Column(
            "cohort",
            gettext_lazy("Group"),
            text_up_to(40),
            help=gettext_lazy("The code of the group that is wished; the provider decides."),
        ),
        Column("note", gettext_lazy("What the centre should know"), text_up_to(500)),
        Column(
            "again",
            gettext_lazy("Referred once more"),
            choices="yes_no",
            help=gettext_lazy("“Yes” where this resident was referred there before, that has ended, and this is anew."),
        ),
        *HOME,
        *IDENTITY,
    )

    def __init__(self, user: User | None) -> None:
        super().__init__(user)
        rows = Cohort.objects.filter(status=Cohort.Status.PUBLISHED, is_standing=False)
        self.cohorts = {(row.organization_id, row.code.casefold()): row for row in rows}
        self.doors: dict[int, str] = {}

    def load_lists(self) -> dict[str, Choices]:
        more = {"course": course_choices(), "provider": organization_choices(providers=True)}
        return super().load_lists() | more

    def find_more(self, people: Sequence[int]) -> None:
        self.made: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
        rows = Referral.objects.filter(person__in=people)
        self.asked = Prerequisites(Course.objects.exclude(prerequisites_asked=Course.Asked.NONE), people)
        for person, course, organization, status in rows.values_list("person", "course", "organization", "status"):
            self.made[person, course].append((organization, status))

    def judge_row(self, row: Row, who: Who) -> Verdict:
        course: Course = row.values["course"]
        organization_id = self._organization(row)
        cohort = self._cohort(row, organization_id)
        if cohort and cohort.course_id != course.pk:
            raise InvalidInput(_("This group is not of this course and this provider."), field="cohort")
        message = _("The same person is referred for the same course in row %(row)d already.")
        self.seen.refuse_twice(_keys(row, self.same_person_keys(who)), row.number, message)
        before = self.made.get((who.person.pk, course.pk), []) if who.person else []
        standing = [organization for organization, status in before if status in Referral.OPEN]
        if standing and standing[0] != organization_id:
            raise AlreadyReferred(field="course")
        ended = organization_id in {organization for organization, _status in before} and not row.values.get("again")
        if standing or ended:
            return who.verdict
        if course.retired_at:
            raise CourseNotOffered(field="course")
        if missing := self.asked.lacking(course.pk, who.person.pk if who.person else None, organization_id):
            raise PrerequisitesLacking(course, missing, field="course")
        return Verdict.NEW

    def _organization(self, row: Row) -> int:
        organization: Organization = row.values.get("organization") or row.values["course"].provider
        return organization.pk

    def _cohort(self, row: Row, organization_id: int) -> Cohort | None:
        code = row.values.get("cohort")
        cohort = self.cohorts.get((organization_id, code.casefold())) if code else None
        if code and cohort is None:
            raise InvalidInput(_("This provider has no group of this code."), field="cohort", code="unknown")
        return cohort

    def note_row(self, row: Row, who: Who) -> None:
        super().note_row(row, who)
        self.seen.note(_keys(row, self.noted_keys(who, self.name_keys(who))), row.number)

    def write(self, rows: Sequence[Row]) -> None:
        super().write(rows)
        submit_referrals([self._referral(row) for row in rows if row.verdict == Verdict.NEW], by=self.sender)

    def _referral(self, row: Row) -> Referral:
        who: Who = row.plan
        assert who.person
        assert who.resident
        assert who.home
        assert who.home.household
        organization_id = self._organization(row)
        return Referral(
            resident_id=who.resident.pk,
            person_id=who.person.pk,
            course_id=row.values["course"].pk,
            organization_id=organization_id,
            cohort=self._cohort(row, organization_id),
            **self.mahallas[who.home.household.mahalla_id].places,
            category_id=who.home.household.category_id,
            gender=who.person.gender,
            door=self._door(who.home.mahalla),
            note=row.values.get("note", ""),
        )

    def _door(self, mahalla: Mahalla) -> str:
        if mahalla.pk not in self.doors:
            self.doors[mahalla.pk] = rules.door_of(self.sender, mahalla)
        return self.doors[mahalla.pk]


def _keys(row: Row, people: list[Key]) -> list[Key]:
    return [(*key, row.values["course"].pk) for key in people]
