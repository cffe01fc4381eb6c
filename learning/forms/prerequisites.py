"""Which courses come before a course."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from base.folding import fold
from base.forms import ServiceForm, offer
from courses.models import Course

ALIKE = 5


class CourseField(forms.CharField):
    """A course of the catalogue, written as its title, its address, or the last part of that."""

    def clean(self, value: Any) -> Course | None:
        written = super().clean(value)
        if not written:
            return None
        courses = Course.objects.published()
        slug = written.rstrip("/").rpartition("/")[2]
        if named := courses.filter(slug=slug).first():
            return named
        for word in fold(written).split():
            courses = courses.filter(search_key__contains=word)
        found = list(courses.order_by("slug")[: ALIKE + 1])
        exact = [one for one in found if fold(written) in map(fold, one.title.values())]
        if len(found) == 1 or len(exact) == 1:
            return (exact or found)[0]
        if not found:
            raise ValidationError(_("The catalogue has no course of this title or address."))
        names = "; ".join(f"{one.slug}: {one.name}" for one in found[:ALIKE])
        raise ValidationError(
            _("Several courses fit. Write one of these addresses: %(names)s"), params={"names": names}
        )


class PrerequisitesForm(ServiceForm):
    """What is asked now, and one course more."""

    kept = forms.ModelMultipleChoiceField(
        label=_("Asked for now"),
        queryset=Course.objects.none(),
        to_field_name="slug",
        required=False,
        help_text=_("A course that is not ticked any more is no longer asked for."),
        widget=forms.CheckboxSelectMultiple,
    )
    add = CourseField(
        label=_("Ask for a further course"), required=False, max_length=300, help_text=_("Its title or its address.")
    )
    asked = forms.ChoiceField(label=_("How many of them"), choices=[])
    proof = forms.ChoiceField(label=_("What shows that it was learned"), choices=Course.Proof)

    def __init__(self, data: QueryDict | None, *, course: Course) -> None:
        asked = Course.Asked.ALL if course.prerequisites_asked == Course.Asked.NONE else course.prerequisites_asked
        now = course.prerequisites.order_by("slug")
        initial = {"asked": asked, "proof": course.prerequisites_proof, "kept": [one.slug for one in now]}
        super().__init__(data, initial=initial)
        offer(self, "asked", [(one.value, one.label) for one in (Course.Asked.ALL, Course.Asked.ANY)])
        offer(self, "kept", now)
        if not now:
            del self.fields["kept"]

    def fields_for_service(self) -> dict[str, Any]:
        typed = self.cleaned_data
        required = [*typed.get("kept", []), *([typed["add"]] if typed["add"] else [])]
        return {"required": required, "asked": typed["asked"], "proof": typed["proof"]}
