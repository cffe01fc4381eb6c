"""The components' tags: what they say, what they leave out, and that they escape what people wrote."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from base.templatetags import figures, marks


class WishForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the passport.")
    born_on = forms.DateField(label="Born", required=False, widget=forms.DateInput)
    mode = forms.ChoiceField(label="Mode", widget=forms.RadioSelect, choices=[("day", "Day"), ("evening", "Evening")])
    status = forms.ChoiceField(label="State", required=False, choices=[("", "All"), ("open", "Open")])

    def clean(self) -> None:
        if self.data.get("name") == "nobody":
            raise forms.ValidationError("Nobody has no wish.")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def show(source: str, request: HttpRequest | None = None, **values: Any) -> str:
    return Template(source).render(Context({"request": request, **values}))


def get(address: str) -> HttpRequest:
    return RequestFactory().get(address)


def test_icon_names_its_mark_in_the_sprite() -> None:
    assert show('{% icon "check" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#check"/></svg>'
    )


def test_state_has_tone_icon_and_word() -> None:
    shown = show('{% state "declined" "Declined" %}')
    assert "tone-error" in shown
    assert "#circle-x" in shown
    assert "Declined" in shown


def test_state_that_is_unknown_is_grey() -> None:
    assert "tone-neutral" in show('{% state "never-heard-of" "Odd" %}')


def test_state_escapes_its_label() -> None:
    assert "<b>" not in show('{% state "draft" label %}', label="<b>x</b>")


def test_fact_says_what_is_not_recorded() -> None:
    assert "Not recorded" in show('{% fact "Telephone" "" %}')


def test_fact_keeps_zero() -> None:
    assert "<dd>0</dd>" in show('{% fact "Children" 0 %}')


def test_field_links_help_and_error_to_the_input() -> None:
    form = WishForm({"name": ""})
    shown = show("{% field form.name %}", form=form)
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_name_error"' in shown


def test_field_marks_what_is_optional_only() -> None:
    assert "optional" in show("{% field form.born_on %}", form=WishForm())
    assert "optional" not in show("{% field form.name %}", form=WishForm())


def test_date_field_speaks_the_browsers_notation() -> None:
    shown = show("{% field form.born_on %}", form=WishForm({"born_on": "1991-04-12"}))
    assert 'type="date"' in shown
    assert 'value="1991-04-12"' in shown


def test_radio_group_is_a_fieldset_with_a_legend() -> None:
    shown = show("{% field form.mode %}", form=WishForm())
    assert "<legend>Mode" in shown
    assert shown.count('type="radio"') == 2


def test_error_summary_links_each_error_to_its_input() -> None:
    shown = show("{% error_summary form %}", form=WishForm({"name": ""}))
    assert 'href="#id_name"' in shown
    assert 'href="#id_mode_0"' in shown
    assert "There are 2 problems" in shown


def test_error_summary_shows_what_is_wrong_with_the_whole_form() -> None:
    assert "Nobody has no wish." in show("{% error_summary form %}", form=WishForm({"name": "nobody"}))


def test_error_summary_is_silent_where_all_is_well() -> None:
    assert show("{% error_summary form other %}", form=WishForm(), other=None).strip().endswith("")
    assert "error-summary" not in show("{% error_summary form other %}", form=WishForm(), other=None)


def test_filter_chip_leads_to_the_list_without_it() -> None:
    request = get("/list/?status=open&order=-name&after=77")
    shown = show("{% filter_bar form %}", request, form=WishForm(request.GET))
    assert "State: Open" in shown
    assert 'href="?order=-name"' in shown


def test_sort_header_turns_round_and_begins_at_the_first_page() -> None:
    first = show('{% sort_header "name" "Name" %}', get("/list/?status=open&after=77"))
    assert 'href="?status=open&amp;order=name"' in first
    assert "aria-sort" not in first
    again = show('{% sort_header "name" "Name" %}', get("/list/?order=name"))
    assert 'href="?order=-name"' in again
    assert 'aria-sort="ascending"' in again


def test_pagination_keeps_the_filters() -> None:
    shown = show("{% pagination next_key=12 count=1001 %}", get("/list/?status=open&after=5"))
    assert 'href="?status=open&amp;after=12"' in shown
    assert 'href="?status=open"' in shown
    assert "more than 1" in shown


def test_pagination_of_a_short_list_is_nothing() -> None:
    assert "<nav" not in show("{% pagination %}", get("/list/"))


def test_breadcrumbs_end_where_one_is() -> None:
    shown = show('{% breadcrumbs "Referrals" "/referrals/" "Referral 12" %}')
    assert 'href="/referrals/"' in shown
    assert '<li aria-current="page">Referral 12</li>' in shown


def test_page_header_without_actions_draws_no_bar() -> None:
    shown = show('{% page_header title="Referrals" count=1001 bar=True %} {% endpage_header %}')
    assert "action-bar" not in shown
    assert "more than" in shown


def test_page_header_escapes_its_title() -> None:
    assert "<script>" not in show("{% page_header title=t %}{% endpage_header %}", t="<script>")


def test_more_folds_links_and_is_not_there_without_any() -> None:
    assert '<a href="/copy/">Copy</a>' in show('{% more %}<a href="/copy/">Copy</a>{% endmore %}')
    assert show("{% more %} {% endmore %}") == ""


def test_seats_say_how_many_are_free() -> None:
    assert "10 of 25 seats free" in show("{% seats 12 3 25 %}")
    assert "All 25 seats given out" in show("{% seats 25 0 25 %}")
    assert "no limit" in show("{% seats 148 %}")


def test_initials_are_two_letters() -> None:
    assert marks.initials("Abdullayeva Nodira Rustamovna") == "AN"
    assert marks.initials("") == ""


def test_number_is_a_dash_where_there_is_none() -> None:
    assert figures.number(None) == "—"
    assert figures.number(0) == "0"


def test_chart_scale_ends_on_a_round_number() -> None:
    rows = [{"label": "10", "value": 720}, {"label": "11", "value": 512}]
    drawn = figures.column_chart(caption="c", rows=rows, label="l", value="v")
    assert drawn["top"] == 1000
    assert re.findall(r'height="([^"]+)"', str(drawn["columns"])) == ["129.6", "92.2"]


def test_chart_of_nothing_is_drawn() -> None:
    assert figures.column_chart(caption="c", rows=[], label="l", value="v")["top"] == 1


def test_bars_are_shares_of_the_longest() -> None:
    shown = show('{% bar_chart "c" rows "l" "v" %}', rows=[{"label": "a", "value": 10}, {"label": "b", "value": None}])
    assert 'width="100.0%"' in shown
    assert "—" in shown


def test_a_text_of_ours_is_said_in_the_language_of_the_moment() -> None:
    drawn = Template("{% translate 'Course' %} {% translate 'State' as head %}<{{ head }}> {% translate '100 %' %}")
    with translation.override("en"):
        assert drawn.render(Context()) == "Course <State> 100 %"
    with translation.override("ru"):
        assert drawn.render(Context()) == "Курс <Состояние> 100 %"


def test_a_text_in_a_value_is_escaped_and_filtered_as_ever() -> None:
    assert show("{% translate word %}", word="<b>") == "&lt;b&gt;"
    assert show("{% translate 'Course'|upper %}") == "COURSE"
    assert show("{% translate 'Course' noop %}") == "Course"
