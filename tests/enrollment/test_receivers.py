import pytest
from django.utils import translation

from accounts.models import Mahalla
from accounts.signals import territory_changed
from base.models import Notice
from base.notices import text_of
from enrollment.services.referrals import (
    accept_referral,
    decline_referral,
    withdraw_referral,
)
from tests.accounts.factories import make_mahalla, make_user
from tests.enrollment.factories import make_cohort, make_open_referral

pytestmark = pytest.mark.django_db


def test_maker_is_told_of_the_answer_with_its_reason() -> None:
    maker = make_user()
    referral = make_open_referral(by=maker)
    for _ in range(2):
        decline_referral(referral, reason="no-seats", by=make_user())
    notice = Notice.objects.get(user=maker)
    assert (notice.kind, notice.url) == ("referral-declined", f"/referrals/{referral.uuid}/")
    with translation.override("en"):
        text = text_of(notice.kind, notice.params)
    assert referral.person.name in text
    assert "No free seats" in text


def test_maker_is_told_until_when_the_seat_is_held() -> None:
    maker = make_user()
    cohort = make_cohort()
    referral = accept_referral(make_open_referral(cohort=cohort, by=maker), cohort=cohort, by=make_user())
    assert Notice.objects.get(user=maker).params["until"] == f"{referral.hold_until:%d.%m.%Y}"


def test_nobody_is_told_of_what_one_did_oneself() -> None:
    maker = make_user()
    withdraw_referral(make_open_referral(by=maker), reason="mistake", by=maker)
    cohort = make_cohort()
    accept_referral(make_open_referral(cohort=cohort, by=maker), cohort=cohort, by=maker)
    assert not Notice.objects.exists()


def test_referral_lies_in_the_district_of_its_mahalla() -> None:
    referral, elsewhere = make_open_referral(), make_mahalla().district
    assert (referral.district, referral.region) == (referral.mahalla.district, referral.mahalla.district.region)
    other = make_open_referral()
    Mahalla.objects.filter(pk=referral.mahalla_id).update(district=elsewhere)
    for _ in range(2):
        territory_changed.send(Mahalla)
    for row in (referral, other):
        row.refresh_from_db()
    assert (referral.district, referral.region) == (elsewhere, elsewhere.region)
    assert other.district == other.mahalla.district
