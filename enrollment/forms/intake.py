"""What an assistant or a counter writes down: households, residents, wishes."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Mahalla, Person, Profession
from accounts.services.people import PersonData
from base.forms import offer
from courses.models import Course
from enrollment.forms.filters import FilterForm
from enrollment.models import HouseholdCategory, Wish
from enrollment.queries.professions import PROFESSIONS_SHOWN, find_professions


class OnceForm(forms.Form):
    """Carries the id of the row it makes, so that sending it twice makes one."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)


class PlaceFilterForm(FilterForm):
    """In which mahalla, asked for only where there are several, and of which households."""

    mahalla = forms.ModelChoiceField(
        Mahalla.objects.none(), label=_("Mahalla"), required=False, to_field_name="code", empty_label=_("All mahallas")
    )
    category = forms.ModelChoiceField(
        HouseholdCategory.objects.none(),
        label=_("Household’s category"),
        required=False,
        to_field_name="code",
        empty_label=_("All categories"),
    )

    def __init__(self, *args: Any, mahallas: QuerySet[Mahalla], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_mahallas(self, mahallas)
        offer(self, "category", HouseholdCategory.objects.all())


class ResidentFilterForm(PlaceFilterForm):
    """The filters of the list of residents."""

    q = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    wish = forms.ChoiceField(
        label=_("Wish"),
        required=False,
        choices=[("", _("Any")), ("open", _("Has an open wish")), ("waiting", _("Open wish, not referred yet"))],
    )
    field_order = ("q", "mahalla", "category", "wish")


class HouseholdFilterForm(PlaceFilterForm):
    """The filters of the list of households."""

    residents = forms.ChoiceField(
        label=_("Residents"), required=False, choices=[("", _("Any")), ("none", _("Nobody written down yet"))]
    )


class HouseholdForm(OnceForm):
    """A home: where it is and how the state registers its need."""

    mahalla = forms.ModelChoiceField(Mahalla.objects.none(), label=_("Mahalla"), to_field_name="code")
    category = forms.ModelChoiceField(
        HouseholdCategory.objects.none(),
        label=_("Category"),
        to_field_name="code",
        help_text=_("As in the register of households today; you can change it later."),
    )
    address = forms.CharField(
        label=_("Street and house"), required=False, max_length=300, help_text=_("So that the home is found again.")
    )

    def __init__(self, *args: Any, mahallas: QuerySet[Mahalla], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        offer(self, "category", HouseholdCategory.objects.valid_on(today))
        self.only_mahalla = _offer_mahallas(self, mahallas.valid_on(today))  # type: ignore[attr-defined]  # the stubs lose our manager

    def clean(self) -> dict[str, Any]:
        """Where there is but one mahalla, it is not asked for."""
        cleaned: dict[str, Any] = super().clean() or {}
        return cleaned | ({"mahalla": self.only_mahalla} if self.only_mahalla else {})


class CategoryForm(forms.Form):
    """A household moves to another category from a day."""

    category = forms.ModelChoiceField(HouseholdCategory.objects.none(), label=_("New category"), to_field_name="code")
    on = forms.DateField(label=_("From"), widget=forms.DateInput, initial=timezone.localdate)

    def __init__(self, *args: Any, current: HouseholdCategory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = HouseholdCategory.objects.valid_on(timezone.localdate()).exclude(pk=current.pk)
        offer(self, "category", others)


class LeaveForm(forms.Form):
    """A resident does not live in the household any more, from a day."""

    on = forms.DateField(label=_("Since"), widget=forms.DateInput, initial=timezone.localdate)


class ResidentForm(OnceForm):
    """A person as the document says; all but the names may be left out."""

    surname = forms.CharField(label=_("Surname"), max_length=100)
    given_name = forms.CharField(label=_("Given name"), max_length=100)
    patronymic = forms.CharField(label=_("Patronymic"), required=False, max_length=100)
    pinfl = forms.CharField(
        label=_("PINFL"),
        required=False,
        max_length=40,
        help_text=_("14 digits, on the back of the identity card. It tells the birth date and the gender too."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=forms.DateInput)
    gender = forms.ChoiceField(
        label=_("Gender"), required=False, choices=[("", _("Not recorded")), *Person.Gender.choices]
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("To call; a household may share one. Nobody needs a phone to be referred."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def to_data(self, person: Person | None = None) -> PersonData:
        """What was written, for the services; of a `person` that is corrected, an empty PINFL keeps the one it has."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "uuid"}
        if person:
            fields["external_id"] = person.external_id
            fields["pinfl"] = fields["pinfl"] or (person.pinfl.digits if person.pinfl else "")
        return PersonData(**fields)


class TradeForm(forms.Form):
    """An occupation named by words.

    The state's list has 12,551 of them: a word of the name is typed, and where several fit they come back to be
    chosen from.
    """

    words = forms.CharField(
        label=_("Trade or profession"),
        required=False,
        max_length=100,
        help_text=_("A word of its name is enough; if several fit, you choose."),
    )
    profession = forms.ChoiceField(label=_("Which of these?"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[Profession] = []
        if self.is_bound:
            self.found = find_professions(str(self.data.get("words", "")))
            self._offer(self.found)
        if len(self.found) < 2:
            del self.fields["profession"]

    def _offer(self, found: list[Profession]) -> None:
        shown = [(row.code, row.name) for row in found[:PROFESSIONS_SHOWN]]
        offer(self, "profession", shown)

    def clean(self) -> dict[str, Any]:
        """Give `profession` as a row, or say why none could be taken from the words."""
        cleaned: dict[str, Any] = super().clean() or {}
        words, code = cleaned.pop("words", ""), cleaned.pop("profession", "")
        chosen = [row for row in self.found if row.code == code] or (self.found if len(self.found) == 1 else [])
        if words.strip() and not chosen and not self.errors:
            if not self.found:
                self.add_error("words", _("No occupation of the state’s list has this name. Try another word."))
            elif len(self.found) > PROFESSIONS_SHOWN:
                self.add_error("profession", _("Many fit; these are the first. Choose one, or write another word."))
            else:
                self.add_error("profession", _("Several fit: choose the one that is meant."))
        return cleaned | {"profession": chosen[0] if chosen else None}


class WishForm(TradeForm):
    """What a resident says it wants."""

    field_order = ("kind", "words", "profession")

    kind = forms.ChoiceField(
        label=_("What is wished"), choices=Wish.Kind.choices, initial=Wish.Kind.TRAINING, widget=forms.RadioSelect
    )
    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("A course already in mind"),
        required=False,
        to_field_name="slug",
        empty_label=_("None yet"),
    )
    note = forms.CharField(
        label=_("In the resident’s own words"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    said_on = forms.DateField(label=_("Said on"), widget=forms.DateInput, initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "course", Course.objects.published().order_by("slug"))


def _offer_mahallas(form: forms.Form, mahallas: QuerySet[Mahalla]) -> Mahalla | None:
    """Let one of several mahallas be chosen; where there is one, do not ask for it and return it."""
    first = list(mahallas[:2])
    if len(first) == 1:
        del form.fields["mahalla"]
        return first[0]
    offer(form, "mahalla", mahallas.order_by("search_key"))
    return None
