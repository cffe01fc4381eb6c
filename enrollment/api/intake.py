"""Households, residents and wishes: what an assistant or a counter writes down."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from accounts.bearer import ApiRequest
from accounts.models import Person, Profession, User
from accounts.services import audit
from accounts.services.people import PersonData
from base.api import PROBLEMS, Page
from base.lookup import named
from courses.models import Course
from enrollment import rules
from enrollment.api.reading import audited_page
from enrollment.models import Household, HouseholdCategory, Resident, Wish
from enrollment.queries.duplicates import open_pair_of
from enrollment.schemas.intake import (
    HouseholdIn,
    HouseholdOut,
    HouseholdQuery,
    PersonIn,
    ResidentIn,
    ResidentOut,
    ResidentPatch,
    ResidentQuery,
    Warned,
    WishIn,
    WishOut,
    WishQuery,
)
from enrollment.services.households import create_household
from enrollment.services.residents import correct_resident, register_resident
from enrollment.services.wishes import record_wish

router = Router(tags=["intake"])


@router.post("/households", response={201: HouseholdOut, **PROBLEMS})
def post_household(request: ApiRequest, data: HouseholdIn) -> Any:
    """Write a household of one's own mahalla down."""
    today = timezone.localdate()
    if not rules.can_record_households(request.user):
        raise PermissionDenied
    mahalla = named(rules.mahallas_of_work(request.user), "mahalla", code=data.mahalla)
    category = named(HouseholdCategory.objects.valid_on(today), "category", code=data.category)
    household = create_household(
        mahalla=mahalla, category=category, address=data.address, external_id=data.external_id, by=request.user
    )
    return Status(201, household)


@router.get("/households", response={200: Page[HouseholdOut], **PROBLEMS})
def list_households(request: ApiRequest, query: Query[HouseholdQuery]) -> Any:
    """List the households that the caller may see; the reading is audited."""
    rows = Household.objects.visible_to(request.user).select_related("mahalla", "category")
    where = {"mahalla__code": query.mahalla, "category__code": query.category, "external_id": query.external_id}
    return audited_page(request.user, "household.listed", rows, where, query)


@router.post("/residents", response={201: ResidentOut, **PROBLEMS})
def post_resident(request: ApiRequest, data: ResidentIn) -> Any:
    """Write a resident of a household down; known already: 409, with the `id` where the caller may see it."""
    household = named(Household.objects.visible_to(request.user), "household", uuid=data.household)
    if not rules.can_record_in(request.user, household.mahalla):
        raise PermissionDenied
    return Status(201, _written_down(request.user, register_resident(household, _person_data(data), by=request.user)))


@router.get("/residents", response={200: Page[ResidentOut], **PROBLEMS})
def list_residents(request: ApiRequest, query: Query[ResidentQuery]) -> Any:
    """List the residents that the caller may see; the reading is audited."""
    rows = Resident.objects.visible_to(request.user).filter(ends_on=None).select_related("person", "household")
    where = {
        "household__uuid": query.household,
        "mahalla__code": query.mahalla,
        "person__external_id": query.external_id,
    }
    page = audited_page(request.user, "resident.listed", rows, where, query, words=query.q, path="person__")
    return page | {"items": [ResidentOut.of(row) for row in page["items"]]}


@router.get("/residents/{resident_id}", response={200: ResidentOut, **PROBLEMS})
def get_resident(request: ApiRequest, resident_id: UUID) -> Any:
    """Show one resident; the reading is audited."""
    resident = _visible_resident(request.user, resident_id)
    audit.record("resident.read", resident, by=request.user)
    return ResidentOut.of(resident)


@router.patch("/residents/{resident_id}", response={200: ResidentOut, **PROBLEMS})
def patch_resident(request: ApiRequest, resident_id: UUID, data: ResidentPatch) -> Any:
    """Correct what is named of a resident."""
    resident = _visible_resident(request.user, resident_id)
    if not rules.can_write_resident(request.user, resident):
        raise PermissionDenied
    kept = _written(resident.person) | data.model_dump(exclude_unset=True)
    return _written_down(request.user, correct_resident(resident, _person_data(PersonIn(**kept)), by=request.user))


@router.post("/wishes", response={201: WishOut, **PROBLEMS})
def post_wish(request: ApiRequest, data: WishIn) -> Any:
    """Write down what a resident wishes."""
    residents = Resident.objects.visible_to(request.user).filter(ends_on=None)
    resident = named(residents, "resident", uuid=data.resident)
    if not rules.can_write_resident(request.user, resident):
        raise PermissionDenied
    today = timezone.localdate()
    professions = Profession.objects.valid_on(today)
    wish = record_wish(
        resident,
        kind=data.kind,
        said_on=data.said_on,
        profession=named(professions, "profession", code=data.profession) if data.profession else None,
        course=named(Course.objects.published(), "course", slug=data.course) if data.course else None,
        note=data.note,
        by=request.user,
    )
    return Status(201, wish)


@router.get("/wishes", response={200: Page[WishOut], **PROBLEMS})
def list_wishes(request: ApiRequest, query: Query[WishQuery]) -> Any:
    """List the wishes of residents that the caller may see; the reading is audited."""
    rows = Wish.objects.visible_to(request.user).select_related("resident", "profession", "course")
    where = {"resident__uuid": query.resident, "kind": query.kind, "status": query.status}
    return audited_page(request.user, "wish.listed", rows, where, query)


def _visible_resident(user: User, resident_id: UUID) -> Resident:
    rows = Resident.objects.visible_to(user).filter(ends_on=None)
    rows = rows.select_related("person", "household", "mahalla__district")
    return get_object_or_404(rows, uuid=resident_id)


def _written_down(user: User, resident: Resident) -> dict[str, Any]:
    """A resident, with a warning where another record has the same name and birth date."""
    answer = ResidentOut.of(resident)
    if open_pair_of(resident.person, user):
        message = _("Another record has the same name and date of birth. Compare the two.")
        answer["warnings"] = [*answer["warnings"], Warned(field="surname", code="possible-duplicate", message=message)]
    return answer


def _person_data(data: PersonIn) -> PersonData:
    fields = data.model_dump(exclude={"household"})
    texts = {name: fields[name] or "" for name in ("patronymic", "pinfl", "gender", "phone")}
    return PersonData(**fields | texts)


def _written(person: Person) -> dict[str, Any]:
    """What stands of a person, in the shape of PersonIn."""
    names = ("surname", "given_name", "patronymic", "birth_date", "phone", "external_id")
    pinfl = person.pinfl.digits if person.pinfl else None
    return {name: getattr(person, name) for name in names} | {"pinfl": pinfl, "gender": person.gender or None}
