"""The REST interface to territory, classifier, organizations and oneself."""

import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from accounts.bearer import ApiRequest
from accounts.models import District, Mahalla, Membership, Organization, Profession, Region
from accounts.models.territory import Dated
from base.api import PROBLEMS, ListQuery, Page, paginate
from base.folding import fold
from base.schemas import CodeOut

router = Router(tags=["people and places"])


class DatedOut(CodeOut):
    names: dict[str, str]
    valid_from: datetime.date | None
    valid_until: datetime.date | None


class OrganizationRef(Schema):
    id: UUID = Field(validation_alias="uuid")
    name: str


class OrganizationOut(OrganizationRef):
    kind: str
    district: CodeOut | None
    region: CodeOut | None

    @staticmethod
    def resolve_region(row: Organization) -> Region | None:
        return row.district.region if row.district else None


class MembershipOut(Schema):
    role: str
    organization: OrganizationRef | None
    mahalla: CodeOut | None
    district: CodeOut | None
    region: CodeOut | None
    from_: datetime.date = Field(validation_alias="starts_on", serialization_alias="from")
    until: datetime.date | None = Field(validation_alias="ends_on")


class MeOut(Schema):
    id: UUID = Field(validation_alias="uuid")
    username: str
    name: str
    language: str
    memberships: list[MembershipOut]

    @staticmethod
    def resolve_memberships(user: Any) -> QuerySet[Membership]:
        rows: QuerySet[Membership] = user.memberships.current()
        return rows.select_related("organization", "mahalla", "district", "region")


class CodeQuery(ListQuery):
    q: str | None = Field(None, max_length=100)


def _offered(rows: Any, query: CodeQuery) -> Any:
    """Keep what is in force today and, asked for, what is called so."""
    rows = rows.valid_on(timezone.localdate())
    return rows.filter(search_key__contains=fold(query.q)) if query.q else rows


def _page(rows: QuerySet[Dated], query: ListQuery) -> dict[str, Any]:
    return paginate(rows, query.model_copy(update={"updated_since": None}))


@router.get("/me", response={200: MeOut, **PROBLEMS}, by_alias=True)
def get_me(request: ApiRequest) -> Any:
    """The user of the token and the memberships in force."""
    return request.user


@router.get("/regions", response={200: Page[DatedOut], **PROBLEMS})
def list_regions(request: HttpRequest, query: Query[CodeQuery]) -> Any:
    return _page(_offered(Region.objects.all(), query), query)


class DistrictQuery(CodeQuery):
    region: str | None = Field(None, max_length=40)


class DistrictOut(DatedOut):
    region: CodeOut
    kind: str


@router.get("/districts", response={200: Page[DistrictOut], **PROBLEMS})
def list_districts(request: HttpRequest, query: Query[DistrictQuery]) -> Any:
    rows = _offered(District.objects.select_related("region"), query)
    return _page(rows.filter(region__code=query.region) if query.region else rows, query)


class MahallaQuery(CodeQuery):
    district: str | None = Field(None, max_length=40)


class MahallaOut(DatedOut):
    district: CodeOut


@router.get("/mahallas", response={200: Page[MahallaOut], **PROBLEMS})
def list_mahallas(request: HttpRequest, query: Query[MahallaQuery]) -> Any:
    rows = _offered(Mahalla.objects.select_related("district"), query)
    return _page(rows.filter(district__code=query.district) if query.district else rows, query)


@router.get("/professions", response={200: Page[DatedOut], **PROBLEMS})
def list_professions(request: HttpRequest, query: Query[CodeQuery]) -> Any:
    return _page(_offered(Profession.objects.all(), query), query)


class OrganizationQuery(ListQuery):
    kind: Organization.Kind | None = None
    district: str | None = Field(None, max_length=40)


@router.get("/organizations", response={200: Page[OrganizationOut], **PROBLEMS})
def list_organizations(request: HttpRequest, query: Query[OrganizationQuery]) -> Any:
    where = Q()
    if query.kind:
        where &= Q(kind=query.kind)
    if query.district:
        where &= Q(district__code=query.district)
    return paginate(Organization.objects.filter(where).select_related("district__region"), query)
