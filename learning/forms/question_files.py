"""Forms of question files: sending one, having one written."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from base.languages import LANGUAGE_CODES
from courses.interop import FORMATS
from courses.services.question_files import check_size
from learning.forms.bank import BankFilterForm

ACCEPT = ".xml,.gift,.txt,.xlsx,.ods,.csv,.tsv"


class QuestionFileForm(forms.Form):
    """A file of questions that somebody sends."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "Moodle XML, GIFT, Aiken, XLSX, ODS or CSV. It is checked first; nothing is taken before you say so."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    format = forms.ChoiceField(label=_("Format"), required=False)
    language = forms.ChoiceField(label=_("Language of the questions"), help_text=_("Where the file does not say it."))

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form, language = self.fields["format"], self.fields["language"]
        assert isinstance(form, forms.ChoiceField)
        assert isinstance(language, forms.ChoiceField)
        form.choices = [("", _("Found out by itself")), *((name, one.label) for name, one in FORMATS.items())]
        names = dict(settings.LANGUAGES)
        language.choices = [(code, names[code]) for code in LANGUAGE_CODES]
        language.initial = get_language()
        self.is_too_large = is_too_large
        if is_too_large:
            self.fields["file"].required = False

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size if file else None, exceeded=self.is_too_large)
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from error
        return file


class QuestionOrderForm(BankFilterForm):
    """Which questions of a bank are written, and in which format."""

    format = forms.ChoiceField(label=_("Format"))
    field_order = ("format", "category", "tag", "kind", "difficulty", "q")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["retired"]
        form = self.fields["format"]
        assert isinstance(form, forms.ChoiceField)
        form.choices = [(name, one.label) for name, one in FORMATS.items() if one.write]
