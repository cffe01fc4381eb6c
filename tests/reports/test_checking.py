"""What the proof finds, and what the nightly mending mends."""

from datetime import date
from io import StringIO
from random import Random

import pytest
from django.core.management import call_command

from reports.models import AnswerDays, Rollup
from reports.services.checking import check_figures, mend_rollup
from reports.services.rollup import note_change, rebuild
from tests.reports.factories import World

pytestmark = pytest.mark.django_db


def make_counted_world() -> World:
    world = World()
    world.fill(Random(3), 30)
    rebuild()
    return world


def test_right_figures_pass() -> None:
    make_counted_world()
    out = StringIO()
    call_command("check_statistics", stdout=out)
    assert out.getvalue() == "Each figure equals a count of the rows behind it.\n"


@pytest.mark.parametrize("grain", ["cell", "mahalla", "district-course", "region", "gender", "republic"])
def test_one_wrong_figure_is_found_and_mended(grain: str) -> None:
    make_counted_world()
    row = Rollup.objects.filter(grain=grain).order_by("?").first()
    assert row
    Rollup.objects.filter(pk=row.pk).update(referred=row.referred + 1)
    (difference,) = check_figures()
    assert (difference.grain, difference.figure, difference.key[0]) == (grain, "referred", row.month)
    assert difference.shown == difference.counted + 1
    assert mend_rollup() == 1
    assert check_figures() == []


def test_lost_and_invented_rows_are_found() -> None:
    make_counted_world()
    lost = AnswerDays.objects.filter(grain="district").first()
    assert lost
    lost.delete()
    Rollup.objects.create(grain="region", month=date(2030, 1, 1), referred=7)
    assert {(d.grain, d.shown, d.counted) for d in check_figures()} == {
        ("district", 0, lost.answered),
        ("region", 7, 0),
    }
    mend_rollup()
    assert check_figures() == []


def test_what_is_only_due_is_counted_before_it_is_judged() -> None:
    world = make_counted_world()
    note_change("referral", world.referral(on=date(2026, 3, 1)).pk)
    assert check_figures() == []


def test_the_command_lists_differences_and_fails() -> None:
    world = make_counted_world()
    world.referral(on=date(2026, 3, 1))  # told by nobody
    out = StringIO()
    with pytest.raises(SystemExit) as ending:
        call_command("check_statistics", stdout=out, stderr=StringIO())
    assert ending.value.code == 1
    assert "republic [2026-03-01]: referred is" in out.getvalue()
    call_command("rebuild_statistics", stdout=StringIO())
    assert check_figures() == []


def test_an_edited_lookup_row_is_mended() -> None:
    world = World()
    world.referral(on=date(2026, 3, 1), reached="completed", outcome=world.land)
    rebuild()
    world.land.is_employment = True
    world.land.save()
    assert mend_rollup() > 0
    assert check_figures() == []
