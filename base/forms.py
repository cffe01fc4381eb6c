"""Between a page's form and the services below it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, QueryDict

from base.errors import DomainError


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form that answers both GET and POST; None leaves the form untouched."""
    return request.POST if request.method == "POST" else None


class FewChoices(ModelChoiceIterator[Any]):
    """Rows to choose from, read by one statement; Django's own opens a cursor on the server, as if for millions."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for row in self.queryset.all():
            yield self.choice(row)


def offer(form: forms.BaseForm, name: str, choices: QuerySet[Any] | Sequence[tuple[str, Any]]) -> None:
    """Let a field be chosen from these rows, or from these pairs of value and label."""
    field: Any = form.fields[name]
    if isinstance(choices, QuerySet):
        field.iterator, field.queryset = FewChoices, choices
    else:
        field.choices = choices


def show_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Say a service's refusal at the field it is about, else above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
