"""Forms of the question bank and of what a quiz takes from it."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from base.forms import ServiceForm, TextsForm, offer
from courses.models import Lesson, Question, QuestionCategory, QuestionTag, QuizSection
from courses.queries import BankFilter, folders
from courses.services.quizzes import MOST_DRAWN, Draw
from learning.forms.texts import title


class ByIdField(forms.ChoiceField):
    """A row chosen from a list that is known: the value is the row itself, None where none is chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.rows: dict[str, Any] = {}

    def offer(self, rows: dict[str, tuple[str, Any]], empty: Any) -> None:
        self.choices = [("", empty), *((key, label) for key, (label, _row) in rows.items())]
        self.rows = {key: row for key, (_label, row) in rows.items()}

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


def _offer_folders(form: forms.BaseForm, organizations: Collection[int], empty: Any) -> None:
    rows = {str(folder.category.pk): (folder.path, folder.category) for folder in folders(organizations)}
    _by_id(form, "category").offer(rows, empty)


def _offer_tags(form: forms.BaseForm, organizations: Collection[int], empty: Any) -> None:
    tags = QuestionTag.objects.filter(organization__in=organizations).order_by("name")[:500]
    _by_id(form, "tag").offer({str(tag.pk): (tag.name, tag) for tag in tags}, empty)


def _by_id(form: forms.BaseForm, name: str) -> ByIdField:
    field = form.fields[name]
    assert isinstance(field, ByIdField)
    return field


class BankFilterForm(forms.Form):
    """What keeps rows of the bank."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *Question.Kind.choices])
    category = ByIdField(label=_("Folder"))
    tag = ByIdField(label=_("Tag"))
    difficulty = forms.TypedChoiceField(
        label=_("Difficulty"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any difficulty")), *Question.Difficulty.choices],
    )
    retired = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("In use")), ("1", _("Retired"))])

    def __init__(self, *args: Any, organizations: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_folders(self, organizations, _("All folders"))
        _offer_tags(self, organizations, _("All tags"))

    def asked(self) -> BankFilter:
        """What is filtered by; what cannot be read is left out."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return BankFilter(**given | {"retired": "retired" in given})


class BankForm(forms.Form):
    """In which bank, where an author writes for several organizations."""

    organization = forms.ModelChoiceField(
        label=_("Bank of"), queryset=Organization.objects.none(), to_field_name="uuid", empty_label=None
    )

    def __init__(self, *args: Any, banks: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organization", banks)


class MoveForm(forms.Form):
    """Into which folder the chosen questions go."""

    category = ByIdField(label=_("Move the chosen ones to"))

    def __init__(self, *args: Any, organizations: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_folders(self, organizations, _("In no folder"))


class FolderForm(ServiceForm):
    """A folder of the bank: its name, and for a new one in which other folder it lies."""

    name = forms.CharField(label=_("Name"), max_length=120)
    category = ByIdField(label=_("Lies in"))

    def __init__(self, *args: Any, organization: Organization, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            _offer_folders(self, [organization.pk], _("On top"))
        else:
            del self.fields["category"]

    def parent(self) -> QuestionCategory | None:
        found = self.cleaned_data["category"]
        assert found is None or isinstance(found, QuestionCategory)
        return found

    def field_for(self, name: str) -> str | None:
        return super().field_for("category" if name == "parent" else name)


class SectionForm(TextsForm):
    texts = {"title": title}

    shuffle = forms.BooleanField(label=_("Each learner gets its questions in another order"), required=False)


class ItemForm(ServiceForm):
    """What a question of a quiz is worth there, and in which section it stands."""

    points = forms.DecimalField(
        label=_("Points for each question"), min_value=Decimal("0.01"), max_value=1000, decimal_places=2, initial=1
    )
    section = ByIdField(label=_("Section"))

    def __init__(self, *args: Any, quiz: Lesson, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = list(quiz.sections.all())
        rows = {str(one.pk): (str(one) or gettext("Without a heading"), one) for one in sections}
        _by_id(self, "section").offer(rows, _("At the end"))
        if len(sections) < 2:
            del self.fields["section"]

    def section_chosen(self) -> QuizSection | None:
        return self.cleaned_data.get("section")


class DrawForm(ItemForm):
    """Some questions of the bank, by chance."""

    count = forms.IntegerField(label=_("How many questions"), min_value=1, max_value=MOST_DRAWN, initial=5)
    category = ByIdField(label=_("From the folder"))
    tag = ByIdField(label=_("With the tag"))
    difficulty = forms.TypedChoiceField(
        label=_("Difficulty"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any difficulty")), *Question.Difficulty.choices],
    )
    field_order = ("count", "category", "tag", "difficulty", "points", "section")

    def __init__(self, *args: Any, quiz: Lesson, **kwargs: Any) -> None:
        super().__init__(*args, quiz=quiz, **kwargs)
        bank = [quiz.version.course.provider_id]
        _offer_folders(self, bank, _("All folders"))
        _offer_tags(self, bank, _("All tags"))

    def draw(self) -> Draw:
        return Draw(**{name: self.cleaned_data[name] for name in ("count", "category", "tag", "difficulty")})
