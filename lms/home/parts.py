"""What the sections of the home page are made of, and how they say figures, days and addresses."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format

from enrollment.queries.home import MOST_COUNTED, Waiting


@dataclass(frozen=True)
class Task:
    """Something that wants doing, with the address of the one button that does it."""

    title: str
    url: str
    label: str
    text: str = ""
    due: str = ""
    tone: str = "primary"


@dataclass
class Section:
    """What one role finds on the home page; `figures` are (label, value, address)."""

    title: str
    tasks: list[Task] = field(default_factory=list)
    figures: list[tuple[str, int | None, str]] = field(default_factory=list)
    age: str = ""
    links: list[tuple[str, str, str]] = field(default_factory=list)
    is_quiet: str = ""


def counted(title: str, found: Waiting[Any]) -> str:
    return title % {"n": number_text(found.count)}


def number_text(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else number_format(count)


def day_text(day: Any) -> str:
    return date_format(timezone.localtime(day) if hasattr(day, "hour") else day, "SHORT_DATE_FORMAT") if day else ""


def time_text(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def address(name: str, *args: object) -> str:
    return reverse(name, args=args)
