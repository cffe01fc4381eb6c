"""What the forms of all kinds of question share: texts, rows that are added by a button, the place in the bank."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from html import escape
from typing import Any, ClassVar, Self

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from base.forms import WRITTEN, TextsForm
from courses.html import typed
from courses.models import Question, QuestionCategory
from courses.queries import folders
from courses.services.bank import QuestionPlace
from learning.forms.authoring import BodyWidget

MORE_ROWS = 3


class ShortArea(forms.Textarea):
    """A few lines of text."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 3})


@dataclass(frozen=True)
class Column:
    """One thing that every row of a question has; `is_text`: in each language; `is_aside`: seldom needed."""

    name: str
    label: Any
    field: Callable[..., forms.Field]
    is_text: bool = False
    is_aside: bool = False


@dataclass(frozen=True)
class RowFields:
    """The fields of one row: those always in sight, and those behind "More"."""

    number: int
    key: BoundField
    main: list[BoundField]
    aside: list[BoundField]

    @property
    def is_open(self) -> bool:
        """Whether there is anything aside to read, or to mend."""
        return any(bound.value() or bound.errors for bound in self.aside)


@dataclass(frozen=True)
class Rows:
    """Rows of one name in a form: how they are called, of what they are made, how many there are."""

    name: str
    title: Any
    help: Any
    columns: tuple[Column, ...]
    fewest: int = 4
    most: int = 40


text_column = partial(Column, field=partial(forms.CharField, max_length=2000), is_text=True)
feedback_column = Column(
    "feedback", _("What is said of it"), partial(forms.CharField, max_length=2000), is_text=True, is_aside=True
)


class PercentField(forms.CharField):
    """A share that people write in per cent, from -100 to 100; as a decimal of 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=12, **kwargs)

    def clean(self, value: Any) -> str:
        written = str(super().clean(value)).replace(",", ".").rstrip("% ")
        if not written:
            return ""
        try:
            share = Decimal(written) / 100
        except InvalidOperation as error:
            raise ValidationError(_("Write a number of per cent, such as 50.")) from error
        if not (share.is_finite() and -1 <= share <= 1):
            raise ValidationError(_("An answer is worth from -100 to 100 per cent."))
        return f"{share:f}"


def percent(worth: object) -> str:
    """A worth as people write it in per cent."""
    shown = f"{Decimal(str(worth)) * 100:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


worth_column = Column("worth", _("Worth, in per cent"), PercentField, is_aside=True)


class QuestionForm(TextsForm):
    """What every question has: its text, what is said afterwards, its points, and where it is found."""

    texts = {
        "text": partial(forms.CharField, label=_("Question"), max_length=20_000, widget=BodyWidget),
        "feedback": partial(
            forms.CharField,
            label=_("Explanation after answering"),
            max_length=20_000,
            widget=ShortArea,
        ),
    }
    row_sets: ClassVar[tuple[Rows, ...]] = ()

    points = forms.DecimalField(
        label=_("Points"), min_value=Decimal("0.01"), max_value=1000, decimal_places=2, initial=1
    )
    difficulty = forms.TypedChoiceField(
        label=_("Difficulty"), choices=Question.Difficulty, coerce=int, initial=Question.Difficulty.MEDIUM
    )
    category = forms.ChoiceField(label=_("Folder"), required=False)
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=1000, help_text=_("Words to find it by, with commas between them.")
    )
    picture = forms.FileField(
        label=_("Add a picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("It is put at the end of the question. PNG, JPEG, WebP or GIF."),
    )
    picture_alt = forms.CharField(
        label=_("What the picture shows"), required=False, max_length=300, help_text=_("For whoever cannot see it.")
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        question: Question | None = None,
        content: Mapping[str, Any] | None = None,
        more: bool = False,
        **kwargs: Any,
    ) -> None:
        self.organization, self.question, self.more = organization, question, more
        self.content_before: Mapping[str, Any] = content or (question.newest.content if question else {})
        given = kwargs.pop("initial", None)
        initial = given or self._initial()
        super().__init__(*args, initial=initial, **kwargs)
        places = [("", gettext("In no folder")), *((str(f.category.pk), f.path) for f in folders([organization.pk]))]
        self.fields["category"].choices = places  # type: ignore[attr-defined]  # a ChoiceField
        for rows in self.row_sets:
            self._add_rows(rows, initial)

    @classmethod
    def with_more_rows(cls, data: Any, files: Any, **kwargs: Any) -> Self:
        """The form as it was filled in, not yet judged, with further empty rows."""
        sent = cls(data, files, **kwargs)
        values = {name: field.widget.value_from_datadict(data, files, name) for name, field in sent.fields.items()}
        texts = {name: {code: values.get(f"{name}_{code}", "") for code in WRITTEN} for name in cls.texts}
        return cls(initial=values | texts, more=True, **kwargs)

    def _initial(self) -> dict[str, Any]:
        question, content = self.question, self.content_before
        if question is None:
            return {}
        return {
            "text": content["text"],
            "feedback": as_typed(content["feedback"]),
            "points": content["points"],
            "difficulty": question.difficulty,
            "category": str(question.category_id or ""),
            "tags": ", ".join(question.tags.order_by("name").values_list("name", flat=True)),
            "seen": question.newest.number,
            **self.initial_answer(content),
        }

    # --- Rows ---
    def _add_rows(self, rows: Rows, initial: Mapping[str, Any]) -> None:
        stored = list(self.rows_of(self.content_before, rows.name)) if self.content_before else []
        begin = f"{rows.name}-"
        asked = [
            int(n)
            for n in {
                name.removeprefix(begin).split("-")[0] for name in (*self.data, *initial) if name.startswith(begin)
            }
            if n.isdecimal() and n.isascii() and len(n) < 4
        ]
        wanted = max([len(stored) + 1 if stored else 0, rows.fewest, *asked]) + (MORE_ROWS if self.more else 0)
        for n in range(1, min(wanted, rows.most) + 1):
            row = stored[n - 1] if n <= len(stored) else {}
            self._add_field(
                f"{rows.name}-{n}-key", forms.CharField(max_length=8, widget=forms.HiddenInput), row.get("key", "")
            )
            for column in rows.columns:
                self._add_column(f"{rows.name}-{n}-{column.name}", column, row.get(column.name))

    def _add_column(self, name: str, column: Column, value: Any) -> None:
        if not column.is_text:
            self._add_field(name, column.field(label=column.label), value)
            return
        names = dict(settings.LANGUAGES)
        for code in WRITTEN:
            label = gettext("%(what)s: %(language)s") % {"what": column.label, "language": names[code]}
            field = column.field(label=label)
            field.widget.attrs["lang"] = code
            self._add_field(f"{name}_{code}", field, typed((value or {}).get(code, "")))

    def _add_field(self, name: str, field: forms.Field, value: Any) -> None:
        field.required = False
        if name not in self.initial:
            field.initial = value
        self.fields[name] = field

    def rows_shown(self) -> Iterator[tuple[Rows, list[RowFields]]]:
        """The rows for the page."""
        for rows in self.row_sets:
            yield rows, [self._row_fields(rows, n) for n in self._numbers(rows)]

    def _numbers(self, rows: Rows) -> list[int]:
        return [n for n in range(1, rows.most + 1) if f"{rows.name}-{n}-key" in self.fields]

    def _row_fields(self, rows: Rows, n: int) -> RowFields:
        bound: dict[bool, list[BoundField]] = {False: [], True: []}
        for column in rows.columns:
            name = f"{rows.name}-{n}-{column.name}"
            bound[column.is_aside] += [self[f"{name}_{code}"] for code in WRITTEN] if column.is_text else [self[name]]
        return RowFields(n, self[f"{rows.name}-{n}-key"], bound[False], bound[True])

    def filled_rows(self, rows: Rows) -> list[dict[str, Any]]:
        """What was filled in, row by row; a row with nothing in sight is left out."""
        found = []
        for n in self._numbers(rows):
            row: dict[str, Any] = {}
            for column in rows.columns:
                name = f"{rows.name}-{n}-{column.name}"
                row[column.name] = self._texts_of(name) if column.is_text else self.cleaned_data[name]
            if any(_is_filled(row[column.name]) for column in rows.columns if not column.is_aside):
                found.append(row | {"key": self.cleaned_data[f"{rows.name}-{n}-key"]})
        return found

    def _texts_of(self, name: str) -> dict[str, str]:
        key = self.cleaned_data.get(f"{name.rsplit('-', 1)[0]}-key")
        rows, _n, column = name.split("-")
        before = self.content_before.get(rows) or []
        kept: Any = next((row.get(column, {}) for row in before if isinstance(row, dict) and row.get("key") == key), {})
        others = {code: text for code, text in kept.items() if code not in WRITTEN} if isinstance(kept, dict) else {}
        return others | {code: self.cleaned_data[f"{name}_{code}"] for code in WRITTEN}

    # --- For each kind ---
    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def rows_of(self, content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """The stored rows of this name as the form shows them."""
        return list(content.get(name, []))

    def read_answer(self) -> dict[str, Any]:
        """What was filled in for this kind."""
        return {}

    # --- What was filled in ---
    def content(self, picture_url: str = "") -> dict[str, Any]:
        """The question as courses.services.bank takes it; a new picture stands at its end."""
        texts = self.text("text")
        if picture_url:
            alt = escape(self.cleaned_data["picture_alt"])
            shown = f'<p><img src="{picture_url}" alt="{alt}"></p>'
            texts = {code: text + shown for code, text in texts.items() if text}
        return {
            "text": texts,
            "feedback": self.text("feedback"),
            "points": str(self.cleaned_data["points"]),
            **self.read_answer(),
        }

    def place(self) -> QuestionPlace:
        folder = self.cleaned_data["category"]
        return QuestionPlace(
            category=QuestionCategory.objects.get(pk=folder) if folder else None,
            difficulty=self.cleaned_data["difficulty"],
            tags=[tag for tag in self.cleaned_data["tags"].split(",") if tag.strip()],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("picture") and not cleaned.get("picture_alt"):
            self.add_error("picture_alt", _("Say what the picture shows, for whoever cannot see it."))
        return cleaned

    def answer_fields(self) -> list[BoundField]:
        """The fields of this kind that are no rows."""
        common = set(QuestionForm.base_fields)
        return [b for b in self.others() if b.name not in common and "-" not in b.name]

    def place_fields(self) -> list[BoundField]:
        return [self[name] for name in ("points", "difficulty", "category", "tags")]

    def field_for(self, name: str) -> str | None:
        if any(rows.name == name for rows in self.row_sets):
            return None
        return super().field_for(name)


def as_typed(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: typed(text) for code, text in texts.items()}


def _is_filled(value: Any) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value) and value is not True
