"""What a page does with a button that is pressed and a question that is answered: act, say what came of it, go on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from base.errors import DomainError
from base.forms import show_refusal, told


def press(request: HttpRequest, act: Callable[[], object], *, done: str, back: str) -> HttpResponse:
    """Do one thing, say that it is done or why it is not, and go back."""
    try:
        act()
    except DomainError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, done)
    return redirect(back)


def ask(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[..., Any],
    *,
    back: str,
    then: Callable[[Any], str] | None = None,
    done: str = "",
    **words: Any,
) -> HttpResponse:
    """Ask before doing something: `act` takes the fields of the form by name; a refusal is said at its field.

    Afterwards say `done`, and go back or where `then` says of what `act` returned. `words` are those of confirm.html:
    title, text, submit, danger.
    """
    if form.is_valid():
        try:
            made = act(**form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            if done:
                messages.success(request, done)
            return redirect(then(made) if then else back)
    values = words | {"form": form, "cancel_url": back}
    return render(request, "confirm.html", values, status=422 if form.errors else 200)
