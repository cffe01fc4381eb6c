"""The form of a hot spot: a picture, a grid over it, the right cells marked."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import BankPicture
from courses.questions import hot_spot
from learning.asking import Option
from learning.forms.questions.base import QuestionForm

size = partial(forms.IntegerField, min_value=2, max_value=hot_spot.MOST, initial=8)


class HotSpotForm(QuestionForm):
    """The picture is uploaded first; then its cells can be marked."""

    texts = QuestionForm.texts | {"alt": partial(forms.CharField, label=_("What the picture shows"), max_length=500)}

    columns = size(label=_("Columns of the grid"))
    rows = size(label=_("Rows of the grid"))
    image = forms.UUIDField(required=False, widget=forms.HiddenInput)
    cells = forms.MultipleChoiceField(
        label=_("Right cells"),
        required=False,
        choices=[(f"{c}-{r}", "") for r in range(1, hot_spot.MOST + 1) for c in range(1, hot_spot.MOST + 1)],
    )

    picture_kept: BankPicture | None = None  # the one that came with the form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picture"].label = _("Picture")
        self.fields["picture"].help_text = _("PNG, JPEG, WebP or GIF. Then mark the right cells.")
        del self.fields["picture_alt"]

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "alt": content["alt"],
            "columns": content["columns"],
            "rows": content["rows"],
            "image": content["image"]["uuid"],
            "cells": content["cells"],
        }

    def shown_picture(self) -> BankPicture | None:
        """The picture that lies below the grid."""
        if self.picture_kept:
            return self.picture_kept
        try:
            uuid = self.fields["image"].clean(self["image"].value())
        except forms.ValidationError:
            return None
        return BankPicture.objects.filter(organization=self.organization, uuid=uuid).first() if uuid else None

    def grid(self) -> list[Option]:
        """The cells of the grid, row by row; `is_right` where they are marked."""
        columns, down = (self._size(name) for name in ("columns", "rows"))
        marked = self["cells"].value() or []
        cells = [f"{column}-{row}" for row in range(1, down + 1) for column in range(1, columns + 1)]
        return [Option(cell, hot_spot.cell_name(cell), is_right=cell in marked) for cell in cells]  # type: ignore[arg-type]  # a plain text

    def grid_columns(self) -> int:
        return self._size("columns")

    def _size(self, name: str) -> int:
        value = str(self[name].value() or "")
        return min(max(int(value), 2), hot_spot.MOST) if value.isascii() and value.isdecimal() and len(value) < 3 else 8

    def read_answer(self) -> dict[str, Any]:
        picture = self.shown_picture()
        image = {"uuid": str(picture.uuid), "width": picture.width, "height": picture.height} if picture else None
        columns, down = self.cleaned_data["columns"], self.cleaned_data["rows"]
        inside = [cell for cell in self.cleaned_data["cells"] if hot_spot.lies_in(cell, columns, down)]
        return {"image": image, "alt": self.text("alt"), "columns": columns, "rows": down, "cells": inside}

    def answer_fields(self) -> list[Any]:
        return [self[name] for name in ("columns", "rows")]
