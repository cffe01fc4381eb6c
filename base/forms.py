"""Between a page's form and the services below it; forms whose texts are written in several languages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from base.errors import DomainError
from base.models import Upload
from base.services.uploads import drop_upload, take_upload

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


class PartsInput(forms.FileInput):
    """A file that goes with the form, or before it in parts, as upload.ts sends it; `<name>_upload` then says which."""

    def __init__(self, *, url: str, endings: str) -> None:
        super().__init__(attrs={"accept": endings, "data-upload-url": url})
        self.arrived = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        self.arrived = data.get(f"{name}_upload", "")
        return super().value_from_datadict(data, files, name) or self.arrived or None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        words = {
            "sending": _("On its way:"),
            "sent": _("Arrived:"),
            "unsent": _("Not sent yet: no connection"),
            "waits": _("It is saved as soon as the file has arrived:"),
        }
        told = {f"data-{key}": text for key, text in words.items()}
        field = super().render(name, value, {**(attrs or {}), **told})
        which = format_html('<input type="hidden" name="{}_upload" value="{}">', name, self.arrived)
        return format_html('{}{}<output class="saved-state" data-upload-state></output>', field, which)


class PartsField(forms.FileField):
    """A file of at most some hundred megabytes, for `target`; what came in parts is dropped once the form is saved."""

    taken: Upload | None = None

    def __init__(self, *, user: Any, target: str, url: str, endings: str, **kwargs: Any) -> None:
        super().__init__(widget=PartsInput(url=url, endings=endings), **kwargs)
        self.uploads = Upload.objects.visible_to(user).filter(target=target)

    def clean(self, data: Any, initial: Any = None) -> Any:
        return super().clean(self._take(data) if isinstance(data, str) else data, initial)

    def _take(self, uuid: str) -> "UploadedFile[bytes]":
        try:
            self.taken = self.uploads.filter(uuid=UUID(uuid)).first()
        except ValueError:
            self.taken = None
        if self.taken is None:
            raise forms.ValidationError(_("This file is not here any more. Choose it once more."))
        try:
            whole = take_upload(self.taken)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from None
        return UploadedFile(whole.file, whole.name, size=whole.size)


class PartsForm(ServiceForm):
    """A form with a PartsField, which is taken in the transaction in which the form is saved."""

    def saved(self, save: Callable[[], Answer]) -> Answer | None:
        with transaction.atomic():
            answer = super().saved(save)
            for field in self.fields.values():
                if answer is not None and isinstance(field, PartsField) and field.taken:
                    drop_upload(field.taken)
        return answer


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
