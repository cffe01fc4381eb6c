"""Forms by which pictures and files come into a lesson."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.forms import PartsField, PartsForm, ServiceForm
from courses.uploads import ATTACHED, MEGABYTE


class PictureForm(ServiceForm):
    """A picture with what it shows, in words; a decorative one has none."""

    picture = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("PNG, JPEG, WebP or GIF, at most 10 megabytes."),
    )
    alt = forms.CharField(
        label=_("What the picture shows"), required=False, max_length=300, help_text=_("For whoever cannot see it.")
    )
    decorative = forms.BooleanField(label=_("It is only decoration and says nothing"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("alt") and not cleaned.get("decorative"):
            self.add_error("alt", _("Say what the picture shows, for whoever cannot see it."))
        return cleaned

    def alternative(self) -> str:
        return "" if self.cleaned_data["decorative"] else self.cleaned_data["alt"]


def authored_file(user: User, kind: str, endings: str, **kwargs: Any) -> PartsField:
    """A field for a film, a file or an attachment of an author, which may come in parts."""
    url = reverse("learning:teach_upload", args=[kind])
    return PartsField(user=user, target=f"teach:{kind}", url=url, endings=endings, label=_("File"), **kwargs)


class AttachmentForm(PartsForm):
    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        endings, most = ATTACHED
        words = {"endings": ", ".join(endings), "most": most // MEGABYTE}
        help_text = gettext("One of %(endings)s, at most %(most)d megabytes.") % words
        self.fields["file"] = authored_file(user, "attachment", ",".join(endings), help_text=help_text)


class PosterForm(ServiceForm):
    """The picture that stands in the place of a film until it is begun."""

    picture = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("PNG, JPEG, WebP or GIF, at most 10 megabytes."),
    )


class CaptionForm(ServiceForm):
    """Captions of a film in one language."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    file = forms.FileField(
        label=_("Captions"),
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
        help_text=_("A WebVTT file, which ends in .vtt; it takes the place of captions in this language."),
    )
