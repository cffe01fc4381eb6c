"""Civil servants: who works where, in which post, and a way to sign in."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Employment, Membership, Organization, Person, PostCategory, User
from accounts.services.employments import appoint, transfer
from accounts.services.people import PersonData, create_person
from accounts.services.users import ensure_user
from base.errors import InvalidInput
from base.folding import canonical, fold
from enrollment.imports.columns import Choices, Column, read_day, text_up_to
from enrollment.imports.kind import Key, named_choices
from enrollment.imports.kinds.intake import NameDiffers
from enrollment.imports.kinds.one_by_one import PERSON_ID, OneByOneKind, find_person, who_is_said
from enrollment.imports.kinds.people import IDENTITY, gender_choices
from enrollment.imports.rows import Row, Verdict
from enrollment.models import Import

STAFF_MANAGER = Membership.Role.STAFF_MANAGER
TEXTS = ("surname", "given_name", "patronymic", "gender", "phone")


class CivilServantsKind(OneByOneKind):
    """One row is a person in a post at an employer of the sender's; another post than now is a transfer."""

    name = Import.Kind.CIVIL_SERVANTS
    columns = (
        Column(
            "organization",
            gettext_lazy("Employer"),
            choices="employer",
            help=gettext_lazy("Its name or code. May be left empty by who is staff manager of one organization alone."),
        ),
        Column("post", gettext_lazy("Post"), text_up_to(200), required=True),
        Column(
            "category",
            gettext_lazy("Category of the post"),
            choices="post_category",
            help=gettext_lazy("Read from the words of the post where it is left empty."),
        ),
        Column(
            "starts_on",
            gettext_lazy("In this post since"),
            read_day,
            is_day=True,
            help=gettext_lazy("As 22.11.2026; today if it is left empty."),
        ),
        PERSON_ID,
        *(column for column in IDENTITY if column.name not in ("resident", "is_another")),
    )

    @staticmethod
    def may_send(user: User) -> bool:
        return user.standing.has(STAFF_MANAGER)

    def load_lists(self) -> dict[str, Choices]:
        own = self.user.standing.organizations(STAFF_MANAGER) if self.user else set()
        employers = list(Organization.objects.filter(pk__in=own))
        self.only_employer = employers[0] if len(employers) == 1 else None
        return {
            "employer": Choices([(row, row.code, row.names.values()) for row in employers], employers),
            "post_category": named_choices(PostCategory.objects.valid_on(timezone.localdate())),
            "gender": gender_choices(),
        }

    def about(self, row: Row) -> Key:
        organization = row.values.get("organization") or self.only_employer
        return (organization.pk if organization else None,)

    def act(self, row: Row) -> Verdict:
        organization = row.values.get("organization") or self.only_employer
        if organization is None:
            raise InvalidInput(_("Say at which employer."), field="organization", code="required")
        if not who_is_said(row):
            raise InvalidInput(_("Say who it is: a PINFL, or surname, given name and date of birth."), code="who")
        staff = Employment.objects.current().filter(organization=organization)
        person = find_person(row, Person.objects.filter(pk__in=staff.values("person")))
        if person is None:
            person = create_person(_data(row), by=self.sender)
        elif _is_another(person, row):
            message = _("This number belongs to a person of another name. Compare it with the document.")
            raise NameDiffers(message, field="surname")
        verdict = self._employ(row, person, organization, staff.filter(person=person).first())
        ensure_user(person, by=self.sender)
        return verdict

    def _employ(self, row: Row, person: Person, organization: Organization, now: Employment | None) -> Verdict:
        post, category = canonical(row.values["post"]), row.values.get("category")
        day: date | None = row.values.get("starts_on")
        if now and now.post == post and day in (None, now.starts_on):
            return Verdict.UNCHANGED
        day = day or timezone.localdate()
        if now:
            transfer(now, on=day, post=post, category=category, by=self.sender)
            return Verdict.CHANGED
        appoint(person=person, organization=organization, post=post, starts_on=day, category=category, by=self.sender)
        return Verdict.NEW


def _data(row: Row) -> PersonData:
    values = row.values
    return PersonData(
        **{name: values.get(name, "") for name in TEXTS},
        pinfl=values["pinfl"].digits if "pinfl" in values else "",
        birth_date=values.get("birth_date"),
        external_id=values.get("external_id"),
    )


def _is_another(person: Person, row: Row) -> bool:
    given = [(getattr(person, part), row.values.get(part)) for part in ("surname", "given_name")]
    return all(said is not None and fold(known) != fold(said) for known, said in given)
