"""/styleguide/: every component with content as it really is, in the demo only."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

COLOURS = ("primary", "secondary", "accent", "info", "success", "warning", "error", "neutral")
STATES = (
    ("draft", _("Draft")),
    ("submitted", _("Submitted")),
    ("accepted", _("Accepted, seat held")),
    ("waitlisted", _("On the waiting list")),
    ("declined", _("Declined")),
    ("enrolled", _("Enrolled")),
    ("completed", _("Completed")),
    ("lapsed", _("Hold lapsed")),
    ("live", _("Live now")),
    ("revoked", _("Revoked")),
)
REFERRALS = (
    ("Abdullayeva Nodira Rustamovna", "Sewing of outer garments", "submitted", _("Submitted"), "14.11.2026", 3),
    ("Ergashev Jahongir Oʻktamovich", "Electric arc welding", "accepted", _("Accepted"), "12.11.2026", 5),
    ("Xudoyberganova Gulnoza", "Sewing of outer garments", "waitlisted", _("On the waiting list"), "03.11.2026", 14),
    ("Нурматов Шерзод Баходирович", "Electric arc welding", "completed", _("Completed"), "18.08.2026", 2),
)


class ReferralForm(forms.Form):
    """One field of every kind; `note` comes with an error when the page is opened."""

    name = forms.CharField(label=_("Surname and given name"), help_text=_("As in the passport or identity card."))
    born_on = forms.DateField(label=_("Date of birth"), widget=forms.DateInput)
    pinfl = forms.CharField(label=_("PINFL"), min_length=14, help_text=_("14 digits, on the back of the card."))
    course = forms.ChoiceField(
        label=_("Course"), choices=[("", "—"), ("sewing", "Sewing of outer garments"), ("welding", "Arc welding")]
    )
    mode = forms.ChoiceField(
        label=_("How would this person learn?"),
        widget=forms.RadioSelect,
        choices=[("evening", _("In the evening, four times a week")), ("day", _("In the daytime, five times a week"))],
    )
    needs = forms.MultipleChoiceField(
        label=_("What would help?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("transport", _("Transport to the centre")), ("childcare", _("Somebody to look after children"))],
    )
    evidence = forms.FileField(label=_("Photograph of the application"), required=False)
    note = forms.CharField(label=_("What the centre should know"), widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label=_("The resident agrees to be referred."))


class FilterForm(forms.Form):
    """Filters of the sample list."""

    q = forms.CharField(label=_("Name or number"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    status = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *STATES])
    course = forms.ChoiceField(
        label=_("Course"), required=False, choices=[("", _("All courses")), ("sewing", "Sewing of outer garments")]
    )


def _referrals() -> list[SimpleNamespace]:
    names = ("name", "course", "status", "status_label", "submitted_on", "days")
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in REFERRALS]


def _samples() -> dict[str, Any]:
    now = timezone.now()
    return {
        "colours": COLOURS,
        "states": STATES,
        "referrals": _referrals(),
        "events": [
            {"at": now, "title": _("Accepted: a seat is held until 29.11.2026"), "by": "Toshmatov B.", "icon": "check"},
            {"at": now - timedelta(days=2), "title": _("Sent to the mono-centre of Urgut"), "icon": "send"},
            {"at": now - timedelta(days=3), "title": _("Draft written"), "text": _("By the mahalla's assistant.")},
        ],
        "notices": [
            {"at": now, "title": _("Referral declined: no group in this quarter"), "url": "#lists", "is_new": True},
            {"at": now - timedelta(days=1), "title": _("Certificate issued to a resident of yours"), "icon": "award"},
        ],
        "class_now": {"text": _("Live class “Measuring and cutting” at 10:00."), "url": "#lists", "until": None},
        "regions": [
            {"label": "Samarqand", "value": 1284, "url": "#figures"},
            {"label": "Xorazm", "value": 861, "url": "#figures"},
            {"label": "Qashqadaryo", "value": 640, "url": "#figures"},
        ],
        "months": [
            {"label": label, "value": value}
            for label, value in (("06", 320), ("07", 410), ("08", 380), ("09", 640), ("10", 720), ("11", 512))
        ],
        "job_errors": [_("Row 214: this PINFL has 13 digits; a PINFL has 14.")],
        "now": now,
    }


def styleguide_view(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    wrong = ReferralForm(
        {"name": "Abdullayeva Nodira", "born_on": "1991-04-12", "pinfl": "4120491123456", "mode": "evening"},
    )
    context = {"form": wrong, "filters": FilterForm(request.GET or None), **_samples()}
    return render(request, "styleguide.html", context)
