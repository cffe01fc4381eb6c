"""Template tags of the components, built into every template; /styleguide/ shows each, docs/look.md lists them."""

from collections.abc import Sequence
from typing import Any

from django import forms, template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from base.templatetags.marks import TONE_ICONS, icon

register = template.Library()

KINDS = {
    "primary": "btn btn-primary",
    "accent": "btn btn-accent",
    "plain": "btn btn-plain",
    "danger": "btn btn-danger",
    "quiet": "btn btn-quiet",
}
DASHES = BLANK_CHOICE_DASH[0][1]
CURSOR = "after"
THEMES = ("light", "dark")


# --- Page -------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> SafeString:
    """The attribute of <html> for a stored choice; without one the device decides."""
    request: HttpRequest | None = context.get("request")
    chosen = request.COOKIES.get("theme") if request else None
    return format_html(' data-theme="{}"', chosen) if chosen in THEMES else SafeString("")


@register.simple_block_tag
def page_header(
    content: SafeString, title: object, count: object = None, lead: object = "", status: object = "", bar: bool = False
) -> str:
    """The page's one <h1>; between the tags stand its actions, with `bar` fixed at a phone's lower edge."""
    values = {
        "title": title,
        "count": count,
        "lead": lead,
        "status": status,
        "bar": bar,
        "actions": content if content.strip() else "",
    }
    return render_to_string("components/page_header.html", values)


@register.simple_block_tag
def more(content: SafeString) -> str:
    """The rarer links of a page, folded behind one button at the end of its actions."""
    return render_to_string("components/more.html", {"links": content}) if content.strip() else ""


@register.simple_block_tag
def callout(content: SafeString, tone: str = "info", title: object = "", role: str = "") -> str:
    values = {"content": content, "tone": tone, "title": title, "icon": TONE_ICONS[tone], "role": role}
    return render_to_string("components/callout.html", values)


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*items: object, path: Sequence[tuple[object, str]] = ()) -> dict[str, object]:
    """`{% breadcrumbs _("Referrals") url _("Referral 12") %}`: label and address in turn, the last without one.

    `path` stands before the last: such pairs, as many as there are.
    """
    return {"links": [*zip(items[:-1:2], items[1::2], strict=True), *path], "here": items[-1]}


@register.inclusion_tag("components/tab.html", takes_context=True)
def tab(context: template.Context, label: object, url: str, count: int | None = None) -> dict[str, object]:
    """One link inside `<nav class="tabs">`; the one whose address is being read is marked."""
    current = context["request"].path == url.partition("?")[0]
    return {"label": label, "url": url, "count": count, "current": current}


@register.inclusion_tag("components/steps.html")
def steps(current: int, *labels: object) -> dict[str, object]:
    """Where a form of several steps stands; `current` counts from 1."""
    return {"steps": list(enumerate(labels, start=1)), "current": current, "total": len(labels)}


# --- Buttons and forms ------------------------------------------------------------------------
@register.inclusion_tag("components/button.html")
def button(
    label: object, url: str = "", kind: str = "primary", icon: str = "", name: str = "", value: object = ""
) -> dict[str, object]:
    return {"label": label, "url": url, "css": KINDS[kind], "icon": icon, "name": name, "value": value}


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(
    context: template.Context,
    label: object,
    url: str,
    kind: str = "plain",
    icon: str = "",
    name: str = "",
    value: object = "",
) -> dict[str, object]:
    """A button that changes something: a form of its own with one hidden value."""
    values = {"label": label, "url": url, "css": KINDS[kind], "icon": icon, "name": name, "value": value}
    return values | {"csrf_token": context.get("csrf_token", "")}


WIDGETS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file-input"),
    (forms.Widget, "input"),
)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: object = "", mark_optional: bool = True) -> dict[str, object]:
    """A form's field: label, help, error, input. Django links help and error to the input by itself."""
    widget = bound.field.widget
    css = next(css for kind, css in WIDGETS if isinstance(widget, kind))
    widget.attrs.pop("placeholder", None)  # the label above says it, and does not vanish
    widget.attrs["class"] = f"{css} {widget.attrs.get('class', '')}".strip()
    if isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    if isinstance(widget, forms.Select) and not isinstance(widget, forms.SelectMultiple):
        blank = _("Choose one") if bound.field.required else _("Not chosen")
        widget.choices = [(key, blank if label == DASHES else label) for key, label in widget.choices]
    return {
        "field": bound,
        "label": label or bound.label,
        "optional": mark_optional and not bound.field.required,
        "is_group": isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple),
        "is_checkbox": isinstance(widget, forms.CheckboxInput),
    }


@register.inclusion_tag("components/fields.html")
def fields(form: forms.BaseForm) -> dict[str, object]:
    """Every field of a form in its own order, hidden ones included."""
    return {"form": form}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_: forms.BaseForm | None) -> dict[str, object]:
    """What is wrong with the forms of a page, each with a link to its field; nothing where all is well."""
    errors: list[tuple[str, object, str]] = []
    for form in forms_:
        if not form or not form.is_bound:
            continue
        errors += [("", "", str(error)) for error in form.non_field_errors()]
        for bound in form:
            anchor = bound.id_for_label or f"{bound.auto_id}_0"
            errors += [(anchor, str(bound.label).rstrip(".:"), str(error)) for error in bound.errors]
    return {"errors": errors}


@register.inclusion_tag("components/form_actions.html")
def form_actions(submit: object, cancel_url: str = "", cancel: object = "", kind: str = "primary") -> dict[str, object]:
    return {"submit": submit, "css": KINDS[kind], "cancel_url": cancel_url, "cancel": cancel}


# --- Lists ------------------------------------------------------------------------------------
@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context: template.Context, form: forms.BaseForm, label: object = "") -> dict[str, object]:
    """The filters of a list, kept in its address, with a chip for each that is set."""
    query = context["request"].GET
    chips = []
    for bound in form:
        value = query.get(bound.html_name)
        if value:
            choices = dict(getattr(bound.field, "choices", ()))
            shown = choices.get(value) or next((text for key, text in choices.items() if str(key) == value), value)
            chips.append((bound.label, shown, _address(query, **{bound.html_name: None})))
    return {"form": form, "chips": chips, "label": label, "path": context["request"].path, "order": query.get("order")}


def _address(query: Any, **changes: str | None) -> str:
    """The query string of this list with some parameters changed, always from its first page."""
    query = query.copy()
    for name, value in {CURSOR: None, **changes}.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, order: str, label: object, css: str = "") -> SafeString:
    """A column's <th> whose link sorts by `order`, and a second time the other way round."""
    query = context["request"].GET
    now = query.get("order", "")
    up, down = now == order, now == f"-{order}"
    sort = format_html(' aria-sort="{}"', "ascending" if up else "descending") if up or down else SafeString("")
    arrow = icon("arrow-up" if up else "arrow-down" if down else "arrow-up-down")
    address = _address(query, order=f"-{order}" if up else order)
    return format_html(
        '<th scope="col" class="{}"{}><a class="sort" href="{}">{}{}</a></th>', css, sort, address, label, arrow
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, next_key: object = None, count: object = None) -> dict[str, object]:
    """`next_key` is the key of the last row shown, or None on the last page."""
    query = context["request"].GET
    return {
        "next_url": _address(query, **{CURSOR: str(next_key)}) if next_key is not None else "",
        "first_url": _address(query) if query.get(CURSOR) else "",
        "count": count,
    }


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: object, text: object = "", url: str = "", label: object = "", icon: str = "inbox"
) -> dict[str, object]:
    """What belongs here and how to begin."""
    return {"title": title, "text": text, "url": url, "label": label, "icon": icon}


# --- What wants doing -------------------------------------------------------------------------
@register.inclusion_tag("components/task_card.html")
def task_card(
    title: object,
    url: str,
    label: object,
    text: object = "",
    due: object = "",
    first: bool = False,
    tone: str = "primary",
) -> dict[str, object]:
    """What wants doing now, with the one button that does it; the page's most urgent one is `first`."""
    css = KINDS["accent" if first else "plain"]
    return {
        "title": title,
        "text": text,
        "url": url,
        "label": label,
        "due": due,
        "first": first,
        "tone": tone,
        "css": css,
    }
