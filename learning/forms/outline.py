"""The form by which a module or a lesson is put into another place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm
from courses.models import Lesson, Module
from courses.services.outline import read_parts


@dataclass(frozen=True)
class Place:
    """Behind the row `uuid` (None: in front of all), for a lesson in `module`."""

    uuid: UUID | None
    module: UUID


class PlaceForm(ServiceForm):
    """`place` is `m-<module>`, in front of its lessons, or `l-<lesson>`, behind it; for a module `first`, `m-<module>`.

    A row that is gone meanwhile is still taken here: the service says so.
    """

    place = forms.ChoiceField(label=_("Put it"))

    def __init__(self, data: Mapping[str, Any] | None, choices: list[Any], places: dict[str, Place]) -> None:
        super().__init__(data)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices, self.places = choices, places
        field.error_messages["invalid_choice"] = _("This place is gone: somebody else has changed the outline.")

    @classmethod
    def of_module(cls, data: Mapping[str, Any] | None, module: Module) -> Self:
        others = [part.module for part in read_parts(module.version) if part.module != module]
        choices = [("first", gettext("In front of all"))]
        choices += [(f"m-{one.uuid}", gettext("After “%(name)s”") % {"name": one}) for one in others]
        places = {"first": Place(None, module.uuid)} | {f"m-{one.uuid}": Place(one.uuid, one.uuid) for one in others}
        return cls(data, choices, places)

    @classmethod
    def of_lesson(cls, data: Mapping[str, Any] | None, lesson: Lesson) -> Self:
        choices: list[Any] = []
        places: dict[str, Place] = {}
        for part in read_parts(lesson.version):
            rows = [one for one in part.lessons if one != lesson]
            group = [(f"m-{part.module.uuid}", gettext("In front of “%(module)s”") % {"module": part.module})]
            group += [(f"l-{one.uuid}", gettext("After “%(name)s”") % {"name": one}) for one in rows]
            choices.append((str(part.module), group))
            places |= {f"l-{one.uuid}": Place(one.uuid, part.module.uuid) for one in rows}
            places[f"m-{part.module.uuid}"] = Place(None, part.module.uuid)
        return cls(data, choices, places)

    def clean_place(self) -> Place:
        return self.places[self.cleaned_data["place"]]
