"""The forms of a learner's notes and bookmarks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm

LONGEST_FILM = 24 * 3600  # seconds


class PlaceForm(ServiceForm):
    """Where in a film the learner is."""

    seconds = forms.IntegerField(min_value=0, max_value=LONGEST_FILM, required=False)


class NoteForm(PlaceForm):
    """`uuid` names the note, also before there is one; `seen` is the revision that was gone on from."""

    uuid = forms.UUIDField(required=False)
    seen = forms.IntegerField(min_value=0, required=False)
    text = forms.CharField(label=_("Note"), required=False, strip=False)
