"""Between a page's form and the services below it; forms whose texts are written in several languages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join

from base.errors import DomainError

# What people write. Uzbek in Cyrillic is made from the Latin by rule; texts in other languages are kept as they are.
WRITTEN = ("uz", "ru", "en")

Answer = TypeVar("Answer")


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


def told(error: DomainError) -> str:
    """A refusal as pages show it: its words, and links to what it speaks of."""
    if not error.links:
        return str(error)
    return format_html("{} {}", str(error), format_html_join(", ", '<a class="link" href="{1}">{0}</a>', error.links))


def show_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Say a service's refusal at the field it is about, else above the form."""
    form.add_error(error.field if error.field in form.fields else None, told(error))


@dataclass(frozen=True)
class LanguagePart:
    """The fields of one language."""

    code: str
    name: str
    fields: list[BoundField]

    @property
    def is_filled(self) -> bool:
        """Whether there is anything to read, or to mend."""
        return any(bound.value() or bound.errors for bound in self.fields)


class ServiceForm(forms.Form):
    """A form whose input a service may still refuse."""

    def saved(self, save: Callable[[], Answer]) -> Answer | None:
        """Return what `save` returns; None where the form is not sent, not valid, or `save` refuses, in words."""
        if not self.is_valid():
            return None
        try:
            return save()
        except DomainError as error:
            self.add_error(self.field_for(error.field or ""), str(error))
            return None

    def field_for(self, name: str) -> str | None:
        """The field that shows what is wrong with `name`; None: the form as a whole."""
        return name if name in self.fields else None


class TextsForm(ServiceForm):
    """A form with a field for each language of each of `texts`; fields are named `<text>_<language>`."""

    texts: ClassVar[Mapping[str, Callable[[], forms.CharField]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.stored: Mapping[str, Any] = kwargs.get("initial") or {}
        super().__init__(*args, **kwargs)
        for name, make_field in self.texts.items():
            for code in WRITTEN:
                field = make_field()
                field.required = False
                field.initial = self.stored.get(name, {}).get(code, "")
                field.widget.attrs["lang"] = code
                self.fields[f"{name}_{code}"] = field

    def text(self, name: str) -> dict[str, str]:
        """What was written, by language."""
        kept = {code: text for code, text in self.stored.get(name, {}).items() if code not in WRITTEN}
        return kept | {code: self.cleaned_data[f"{name}_{code}"] for code in WRITTEN}

    def languages(self) -> list[LanguagePart]:
        names = dict(settings.LANGUAGES)
        return [
            LanguagePart(code, str(names[code]), [self[f"{name}_{code}"] for name in self.texts]) for code in WRITTEN
        ]

    def others(self) -> list[BoundField]:
        """The fields that are no texts."""
        return [bound for bound in self if bound.name.rpartition("_")[0] not in self.texts]

    def field_for(self, name: str) -> str | None:
        return super().field_for(f"{name}_{WRITTEN[0]}" if name in self.texts else name)
