"""Dates and times as the reader writes them; a missing one is an empty text."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from base import dates

register = template.Library()


@register.filter(expects_localtime=True)
def long_date(value: date | None) -> str:
    """{{ cohort.starts_on|long_date }}: 2026-yil 22-noyabr."""
    return dates.long_date(value) if value else ""


@register.filter(expects_localtime=True)
def short_date(value: date | None) -> str:
    """{{ referral.submitted_at|short_date }}: 22.11.2026."""
    return dates.short_date(value) if value else ""


@register.filter
def short_time(value: datetime | None) -> str:
    """{{ session.starts_at|short_time }}: 14:05, in Tashkent."""
    return f"{timezone.localtime(value):%H:%M}" if value else ""
