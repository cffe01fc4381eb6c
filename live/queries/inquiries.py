"""What learners want to have answered in a class."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from accounts.models import User
from live.models import Inquiry, LiveSession, Support


def inquiries_of(session: LiveSession, user: User) -> QuerySet[Inquiry, Any]:
    """The questions to a class: those that wait first, the most wanted first; with `supporters` and `is_supported`."""
    own = Support.objects.filter(inquiry=OuterRef("pk"), user=user)
    shown = session.inquiries.filter(removed_at=None).select_related("author__person")
    ranked = shown.annotate(supporters=Count("supports"), is_supported=Exists(own))
    return ranked.order_by(F("answered_at").asc(nulls_first=True), "-supporters", "pk")


def supporters(session: LiveSession, inquiries: Collection[str]) -> list[dict[str, Any]]:
    """How many want these questions answered."""
    counts = session.inquiries.filter(uuid__in=inquiries).annotate(count=Count("supports"))
    return [{"inquiry": str(uuid), "supporters": count} for uuid, count in counts.values_list("uuid", "count")]
