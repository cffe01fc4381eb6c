"""The fields that filters are full of, drawn in Python: Django has a template for each single <option>."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]


def _attrs(attrs: Mapping[str, Any]) -> str:
    given = [(name, value) for name, value in attrs.items() if value is not False]
    return "".join(f" {name}" if value is True else f' {name}="{escape(value)}"' for name, value in given)


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{escape(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{escape(widget["name"])}"{value}{_attrs(widget["attrs"])}>'


def _option(widget: Widget) -> str:
    label = conditional_escape(widget["label"])
    return f'<option value="{escape(widget["value"])}"{_attrs(widget["attrs"])}>{label}</option>'


def _select(widget: Widget) -> str:
    groups = []
    for label, options, _index in widget["optgroups"]:
        html = "".join(map(_option, options))
        groups.append(f'<optgroup label="{escape(label)}">{html}</optgroup>' if label else html)
    return f'<select name="{escape(widget["name"])}"{_attrs(widget["attrs"])}>{"".join(groups)}</select>'


DRAWN: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/select.html": _select,
    **{f"django/forms/widgets/{kind}.html": _input for kind in ("text", "number", "email", "hidden", "password")},
}
"""By the template that it stands for, whose HTML it equals but for white space."""


class Renderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        draw = DRAWN.get(template_name)
        if draw is None:
            return SafeString(super().render(template_name, context, request))
        return SafeString(draw(context["widget"]))  # every part is escaped above
