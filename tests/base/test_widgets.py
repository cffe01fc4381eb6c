"""What is drawn in Python equals what Django's own templates draw."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from base.widgets import Renderer

HOSTILE = "\"><script>alert('&')</script>"
CHOICES = [("", "—"), (HOSTILE, HOSTILE), (7, mark_safe("<b>7</b>")), ("Viloyat", [("a", "A"), ("b", "B & C")])]


def squeezed(html: str) -> str:
    return re.sub(r"\s*\n\s*", "", html)


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.Select(choices=CHOICES), "b"),
        (forms.Select(choices=CHOICES, attrs={"class": HOSTILE, "disabled": True, "required": False}), HOSTILE),
        (forms.SelectMultiple(choices=CHOICES), ["a", "7"]),
        (forms.TextInput(attrs={"type": "search", "maxlength": 3}), HOSTILE),
        (forms.TextInput(), None),
        (forms.NumberInput(), 0),
        (forms.EmailInput(), ""),
        (forms.HiddenInput(), "x"),
        (forms.PasswordInput(), "never shown"),
    ],
)
def test_a_field_is_drawn_as_django_draws_it(widget: forms.Widget, value: Any) -> None:
    ours = widget.render("name", value, {"id": "id_name"}, renderer=Renderer())
    django = widget.render("name", value, {"id": "id_name"}, renderer=DjangoTemplates())
    assert squeezed(ours) == squeezed(django)
