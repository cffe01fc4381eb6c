"""Between a page's form and the services below it."""

from django import forms
from django.http import HttpRequest, QueryDict

from base.errors import DomainError


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form that answers both GET and POST; None leaves the form untouched."""
    return request.POST if request.method == "POST" else None


def show_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Say a service's refusal at the field it is about, else above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
