"""Forms by which authors write courses."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Profession, User
from base.folding import fold
from base.forms import PartsForm, ServiceForm, TextsForm
from courses.differences import Line, Piece, difference
from courses.html import clean_html
from courses.models import Course, Lesson, LessonDraft
from courses.services.outline import LessonFields
from courses.services.versions import VersionFields
from courses.uploads import ALLOWED, endings_for
from learning.forms.media import authored_file
from learning.forms.texts import title

AREA = partial(forms.Textarea, attrs={"rows": 4})


class ProfessionField(forms.CharField):
    """An occupation of the classifier, written as its code or its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def clean(self, value: Any) -> Profession | None:
        written = super().clean(value)
        if not written:
            return None
        valid = Profession.objects.valid_on(timezone.localdate())
        found = list(valid.filter(code=written.split(" ")[0])[:1]) or list(
            valid.filter(search_key__contains=fold(written))[:6]
        )
        exact = [one for one in found if fold(one.name) == fold(written)]
        if len(found) == 1 or exact:
            return (exact or found)[0]
        if not found:
            raise ValidationError(_("The classifier has no occupation of this name or code."))
        names = "; ".join(f"{one.code} {one.name}" for one in found)
        raise ValidationError(
            _("Several occupations are called so. Write one of these codes: %(names)s"), params={"names": names}
        )

    def prepare_value(self, value: Any) -> Any:
        return f"{value.code} {value.name}" if isinstance(value, Profession) else value


class CourseForm(TextsForm):
    texts = {
        "title": title,
        "summary": partial(forms.CharField, label=_("In short"), max_length=2000, widget=AREA()),
    }

    language = forms.ChoiceField(label=_("Taught in"), choices=settings.LANGUAGES)
    profession = ProfessionField(
        label=_("Occupation"),
        required=False,
        help_text=_("The occupation of the state classifier that it prepares for: its code or its name."),
    )
    self_paced = forms.BooleanField(
        label=_("Whoever is signed in may begin at once"),
        required=False,
        help_text=_("Without groups, dates and seats. Counts from the next publishing on."),
    )
    issuing = forms.ChoiceField(label=_("The certificate is issued"), choices=Course.Issuing)

    def course_fields(self) -> dict[str, Any]:
        plain = ("language", "profession", "self_paced", "issuing")
        values = {name: self.cleaned_data[name] for name in plain}
        return values | {"title": self.text("title"), "summary": self.text("summary")}


class RulesForm(ServiceForm):
    """What a version asks of its learners."""

    hours = forms.IntegerField(
        label=_("Academic hours"), min_value=1, max_value=5000, help_text=_("As printed on the certificate.")
    )
    min_grade = forms.DecimalField(
        label=_("Smallest grade, of 100"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    min_attendance_percent = forms.DecimalField(
        label=_("Smallest attendance, in per cent"), required=False, min_value=0, max_value=100, decimal_places=1
    )

    def version_fields(self) -> VersionFields:
        percent = self.cleaned_data["min_attendance_percent"]
        share = None if percent is None else percent / 100
        return VersionFields(self.cleaned_data["hours"], self.cleaned_data["min_grade"], share)


class NewCourseForm(RulesForm, CourseForm):
    """A course with its first version."""

    organization = forms.ModelChoiceField(label=_("Provider"), queryset=Organization.objects.none())

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = organizations
        if len(organizations) == 1:
            field.initial, field.widget = organizations[0], forms.HiddenInput()


class ModuleForm(TextsForm):
    texts = {"title": title}


class BodyWidget(forms.Textarea):
    """HTML, for which editor.ts puts an editor in place."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 12, "data-editor": ""})


@dataclass(frozen=True)
class FieldDifference:
    """A field in which two authors say different things; no lines where only the form of a text differs."""

    label: str
    language: str
    lines: list[Line]


def _said(field: forms.Field, value: Any) -> str:
    """A value of a plain field in words, the same for equal values however they were typed."""
    try:
        clean = field.clean(value)
    except ValidationError:
        return str(value)
    if isinstance(clean, bool):
        return gettext("yes") if clean else gettext("no")
    return "—" if clean is None else f"{clean.normalize():f}" if isinstance(clean, Decimal) else str(clean)


class LessonForm(PartsForm, TextsForm):
    """A lesson of one kind; what another kind needs is left out.

    `seen` is the revision that the author looks at; `draft` what was typed before and not saved.
    """

    texts = {
        "title": title,
        "body": partial(forms.CharField, label=_("Text"), max_length=200_000, widget=BodyWidget),
    }

    file = forms.FileField(label=_("File"), required=False)
    minutes = forms.IntegerField(label=_("Planned minutes"), min_value=0, max_value=10_000)
    required = forms.BooleanField(label=_("Needed to complete the course"), required=False)
    weight = forms.DecimalField(
        label=_("Weight in the grade"),
        min_value=0,
        max_value=1000,
        decimal_places=2,
        help_text=_("The grade is the mean of the graded lessons by their weights; 0: not graded."),
    )
    pass_score = forms.DecimalField(
        label=_("Smallest score to pass, of 100"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    max_attempts = forms.IntegerField(
        label=_("Attempts"), required=False, min_value=1, max_value=100, help_text=_("Empty: as many as one likes.")
    )

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    SCORED_ONLY = ("pass_score", "max_attempts")

    def __init__(self, *args: Any, lesson: Lesson, user: User, draft: LessonDraft | None = None, **kwargs: Any) -> None:
        self.lesson = lesson
        initial = {name: getattr(lesson, name) for name in ("title", "body", "file", "minutes", "required", "weight")}
        initial |= {name: getattr(lesson, name) for name in self.SCORED_ONLY}
        super().__init__(*args, initial=initial | {"seen": lesson.revision}, **kwargs)
        is_scored = lesson.kind in (Lesson.Kind.QUIZ, *Lesson.MARKED_KINDS)
        if not is_scored:
            for name in self.SCORED_ONLY:
                del self.fields[name]
        if not is_scored and lesson.kind != Lesson.Kind.ON_SITE:
            del self.fields["weight"]
        if lesson.kind in ALLOWED:
            self.fields["file"] = authored_file(
                user, lesson.kind, endings_for(lesson.kind), required=False, help_text=self._file_help()
            )
        else:
            del self.fields["file"]
        if draft:
            self._show(draft)

    def _show(self, draft: LessonDraft) -> None:
        """Show what was typed before in place of what is stored."""
        for name in self.fields:
            if name != "file":
                self.initial[name] = draft.typed.get(name, "")
        self.initial["seen"] = draft.seen

    def typed(self) -> dict[str, str]:
        """All that was typed, as it came, to be kept until it is saved."""
        names = [name for name in self.fields if name in self.data and name not in ("file", "seen")]
        return {name: self.data[name].replace("\0", "") for name in names}

    @property
    def seen_revision(self) -> int:
        """From which revision the author began; that of the lesson where nobody says."""
        seen = self["seen"].value()
        return (
            int(seen) if str(seen).isascii() and str(seen).isdigit() and len(str(seen)) < 10 else self.lesson.revision
        )

    def look_at(self, stored: Lesson) -> list[FieldDifference]:
        """Say in what the form differs from the lesson as it is stored, and let the author go on from there."""
        differences = [one for part in self.languages() for one in self._texts_unlike(stored, part.code, part.name)]
        differences += [one for bound in self.others() if (one := self._unlike(stored, bound))]
        if self.is_bound:
            self.data = {**self.data.dict(), "seen": str(stored.revision)}  # type: ignore[attr-defined]  # a QueryDict
        self["seen"].initial = stored.revision
        return differences

    def _texts_unlike(self, stored: Lesson, code: str, language: str) -> list[FieldDifference]:
        found = []
        for name in self.texts:
            bound = self[f"{name}_{code}"]
            theirs, mine = getattr(stored, name).get(code, ""), clean_html(bound.value() or "")
            if theirs != mine:
                found.append(FieldDifference(str(bound.label), language, difference(theirs, mine)))
        return found

    def _unlike(self, stored: Lesson, bound: BoundField) -> FieldDifference | None:
        if bound.is_hidden or bound.name == "file":
            return None
        theirs, mine = (_said(bound.field, value) for value in (getattr(stored, bound.name), bound.value()))
        if theirs == mine:
            return None
        pieces = [Piece("removed", theirs), Piece("added", mine)]
        return FieldDifference(str(bound.label), "", [pieces])

    def _file_help(self) -> str:
        _endings, most = ALLOWED[self.lesson.kind]
        words = gettext("One of %(endings)s, at most %(most)d megabytes.") % {
            "endings": endings_for(self.lesson.kind).replace(",", ", "),
            "most": most // (1024 * 1024),
        }
        if name := self.lesson.file.name or (self.lesson.video and self.lesson.video.file.name):
            kept = gettext("Now: %(name)s; another file takes its place.") % {"name": name}
            words = f"{words} {kept}"
        return words

    def lesson_fields(self) -> LessonFields:
        fields = LessonFields(title=self.text("title"), body=self.text("body"))
        for name in ("minutes", "required", "weight", *self.SCORED_ONLY):
            if name in self.fields:
                fields[name] = self.cleaned_data[name]  # type: ignore[literal-required]  # the names of LessonFields
        if isinstance(file := self.cleaned_data.get("file"), UploadedFile):
            fields["file"] = file
        return fields
