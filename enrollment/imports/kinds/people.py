"""Columns that say who a row is about, and where this person lives."""

import re
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Mahalla, Person
from accounts.pinfl import parse_pinfl
from accounts.services.people import clean_birth_date, clean_name, clean_phone
from enrollment.imports.columns import (
    YES_NO,
    Choices,
    Column,
    choices_of_labels,
    read_day,
    read_uuid,
    text_up_to,
)

COMMUNITY = re.compile(r"\s+(MFY|QFY|OFY)$")

IDENTITY = (
    Column(
        "resident",
        _("Malaka’s id of the resident"),
        read_uuid,
        help=_("Stands in tables that Malaka has written; leave it as it is. Empty for whoever is new."),
    ),
    Column("surname", _("Surname"), partial(clean_name, part="surname")),
    Column("given_name", _("Given name"), partial(clean_name, part="given_name")),
    Column("patronymic", _("Patronymic"), partial(clean_name, part="patronymic")),
    Column(
        "pinfl",
        _("PINFL"),
        parse_pinfl,
        secret=True,
        help=_("14 digits, as text. With it nobody is written down twice; without it give the date of birth."),
    ),
    Column(
        "birth_date",
        _("Date of birth"),
        lambda text: clean_birth_date(read_day(text)),
        is_day=True,
        help=_("As 22.11.1990. Not needed where the PINFL is given, which tells it."),
    ),
    Column("gender", _("Gender"), choices="gender"),
    Column("phone", _("Phone"), clean_phone, help=_("To call; may be left empty.")),
    Column(
        "external_id",
        _("Number in your register"),
        text_up_to(100),
        help=_("By which your own system knows this person, if it has one."),
    ),
    Column(
        "is_another",
        _("Another person of the same name"),
        choices="yes_no",
        help=_("“Yes” where somebody of this name and date of birth is written down already, and this is another."),
    ),
)
HOME = (
    Column(
        "mahalla",
        _("Mahalla"),
        choices="mahalla",
        help=_("Its name or MFY code. May be left empty by who works in one mahalla alone."),
    ),
    Column("category", _("Household’s category"), choices="category", help=_("Needed for a household that is new.")),
    Column(
        "address",
        _("Street and house"),
        text_up_to(300),
        help=_("Rows of one mahalla with the same address belong to one household."),
    ),
    Column(
        "household",
        _("Number of the household"),
        text_up_to(100),
        help=_("In the register of households, if you have it: rows with one number belong to one household."),
    ),
)


def gender_choices() -> Choices:
    return choices_of_labels({label: value for value, label in Person.Gender.choices})


def yes_no_choices() -> Choices:
    return choices_of_labels(YES_NO)


def mahalla_choices(mahallas: list[Mahalla]) -> Choices:
    """Mahallas by code and by name, with or without what they are called by law."""
    return Choices([(row, row.code, _names(row.names.values())) for row in mahallas], mahallas)


def _names(names: Any) -> list[str]:
    return [variant for name in names for variant in (name, COMMUNITY.sub("", name))]
