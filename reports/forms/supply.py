"""The filters of supply and demand."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.forms import offer
from enrollment.forms.filters import FilterForm
from reports.queries.supply import Place, Reach


class PlaceForm(FilterForm):
    """Which part of what the reader reaches; a choice that would be the only one is not offered."""

    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("District"), required=False)

    def __init__(self, *args: Any, reach: Reach, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = [(row.code, row.name) for row in reach.regions_to_choose()]
        if len(regions) > 1 or reach.is_everywhere:
            every = [("", _("The whole country"))] if reach.is_everywhere else []
            offer(self, "region", [*every, *regions])
        else:
            del self.fields["region"]
        rows = reach.districts_to_choose(place.region) if place.region else ()
        districts = [(row.code, row.name) for row in rows]
        if len(districts) > 1:
            whole = place.region is not None and reach.covers(Place(place.region))
            offer(self, "district", [*([("", _("All districts"))] if whole else []), *districts])
        else:
            del self.fields["district"]


class SupplyForm(PlaceForm):
    words = forms.CharField(label=gettext_lazy("Occupation"), max_length=100, required=False)
    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("All occupations")),
            ("lacking", gettext_lazy("Where seats are lacking")),
            ("fill", gettext_lazy("Where a new group would be filled")),
            ("no-course", gettext_lazy("Where no course leads")),
        ],
    )
