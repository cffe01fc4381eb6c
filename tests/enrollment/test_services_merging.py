"""One human being, two records: made one, and two again."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Person, PersonMerge, User
from accounts.pinfl import hash_pinfl
from accounts.services.merging import MergeRefused, UndoRefused, merge_people, undo_merge
from accounts.services.people import PersonData, PersonMerged, create_person, find_person
from enrollment.models import Enrollment, Referral, Resident, TrainingAssignment, Wish
from enrollment.services.enrollments import enroll_person
from enrollment.services.mandatory import settle_all, settle_noted
from enrollment.services.referrals import AlreadyReferred, make_referral, withdraw_referral
from tests.accounts.factories import make_employment, make_membership, make_organization, make_person, make_user
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_household,
    make_open_referral,
    make_referred_enrollment,
    make_relocation,
    make_resident,
    make_rule,
    make_wish,
)
from tests.enrollment.test_services_seats import race
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def state_of(*people: Person) -> list[list[dict[str, object]]]:
    """Every column of every row about these people, but for when it was touched."""
    ids = [person.pk for person in people]
    rows = [
        Person.objects.filter(pk__in=ids),
        User.objects.filter(person__in=ids),
        Resident.objects.filter(person__in=ids),
        Wish.objects.filter(resident__person__in=ids),
        Referral.objects.filter(person__in=ids),
        Enrollment.objects.filter(person__in=ids),
    ]
    hidden = {"updated_at"}
    return [
        [{name: value for name, value in row.items() if name not in hidden} for row in found.order_by("pk").values()]
        for found in rows
    ]


def test_the_way_of_both_goes_on_as_one() -> None:
    kept, gone = make_resident(), make_resident()
    referral = make_open_referral(resident=gone, wish=make_wish(resident=gone))
    enrollment = make_referred_enrollment(resident=gone)
    merge = merge_people(kept=kept.person, gone=gone.person, by=None)
    gone.refresh_from_db()
    assert (gone.person, gone.ends_on) == (kept.person, TODAY)
    assert Resident.objects.get(person=kept.person, ends_on=None) == kept
    assert set(kept.referrals.all()) == {referral, enrollment.referral}
    assert kept.wishes.get() == referral.wish
    assert kept.person.enrollments.get() == enrollment
    assert kept.person.user == User.objects.get(person=kept.person)
    assert Person.objects.get(pk=merge.gone_id).merged_into == kept.person


def test_nothing_points_to_a_record_that_was_merged() -> None:
    """A new relation to Person is moved by its app; one whose app has no receiver fails here."""
    kept, gone = make_resident().person, make_resident().person
    make_referred_enrollment(resident=gone.residencies.get())
    make_employment(person=gone)
    merge_people(kept=kept, gone=gone, by=None)
    left = {
        relation.name: relation.related_model._base_manager.filter(**{relation.field.attname: gone.pk}).count()
        for relation in Person._meta.related_objects
    }
    assert set(left.values()) == {0}
    assert {relation.related_model._meta.app_label for relation in Person._meta.related_objects} <= {
        "accounts",
        "enrollment",
    }


def test_what_is_asked_for_both_is_asked_once_and_answered_where_the_kept_one_lives() -> None:
    kept, gone = make_resident(), make_resident()
    first = make_relocation(resident=kept)
    twice, other = make_relocation(resident=gone, household=first.household), make_relocation(resident=gone)
    merge_people(kept=kept.person, gone=gone.person, by=None)
    for row in (first, twice, other):
        row.refresh_from_db()
        assert row.person == kept.person
    assert (first.status, twice.status, other.status) == ("asked", "withdrawn", "asked")
    assert other.mahalla == kept.mahalla


def test_two_records_in_one_household_were_one_all_along() -> None:
    home = make_household()
    kept = make_resident(household=home, starts_on=TODAY - timedelta(days=3))
    gone = make_resident(household=home, starts_on=TODAY - timedelta(days=9))
    merge_people(kept=kept.person, gone=gone.person, by=None)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert kept.starts_on == TODAY - timedelta(days=9)
    assert gone.starts_on == gone.ends_on


def test_what_the_kept_record_lacks_is_taken_over() -> None:
    pinfl = make_pinfl(birth="1990-03-04", gender="female")
    kept = create_person(PersonData(surname="Karimova", given_name="Lola", phone="901234567"), by=None)
    data = PersonData(
        surname="Karimova", given_name="Lola", patronymic="Anvarovna", pinfl=pinfl, phone="907654321", external_id="X-1"
    )
    gone = create_person(data, by=None)
    merge_people(kept=kept, gone=gone, by=None)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.patronymic, kept.birth_date, kept.gender) == ("Anvarovna", date(1990, 3, 4), "female")
    assert (kept.phone, kept.external_id) == ("+998901234567", "X-1")
    assert kept.pinfl is not None
    assert kept.pinfl.digits == pinfl
    assert kept.search_key == "karimova lola anvarovna"
    assert (gone.pinfl_hash, gone.pinfl_cipher, gone.external_id) == (None, "", None)
    assert find_person({"pinfl_hash": hash_pinfl(pinfl)}) == kept


def test_an_external_id_of_the_record_that_went_still_finds_the_person() -> None:
    kept, gone = make_person(external_id="A"), make_person(external_id="B")
    merge_people(kept=kept, gone=gone, by=None)
    assert find_person({"external_id": "B"}) == kept


def test_undoing_puts_everything_back() -> None:
    home = make_household()
    kept, gone = make_resident(household=home), make_resident(household=home)
    Person.objects.filter(pk=gone.person_id).update(pinfl_hash="x" * 64, pinfl_cipher="y", birth_date="1990-03-04")
    make_referred_enrollment(resident=gone)
    make_open_referral(resident=gone, wish=make_wish(resident=gone))
    make_user(person=kept.person)
    before = state_of(kept.person, gone.person)
    merge = merge_people(kept=kept.person, gone=gone.person, by=None)
    assert state_of(kept.person, gone.person) != before
    undo_merge(merge, by=None)
    assert state_of(kept.person, gone.person) == before


def test_posts_know_whose_learning_they_go_with() -> None:
    post, learner = make_employment(), make_enrollment().person
    merge = merge_people(kept=learner, gone=post.person, by=None)
    post.refresh_from_db()
    assert (post.person, post.has_learned) == (learner, True)
    undo_merge(merge, by=None)
    post.refresh_from_db()
    assert (post.person, post.has_learned) == (merge.gone, False)


def test_undoing_leaves_what_came_later() -> None:
    kept, gone = make_resident(), make_resident()
    Person.objects.filter(pk=gone.person_id).update(phone="+998901112233")
    merge = merge_people(kept=kept.person, gone=gone.person, by=None)
    Person.objects.filter(pk=kept.person_id).update(phone="+998904445566")
    kept.refresh_from_db()
    later = make_open_referral(resident=kept)
    undo_merge(merge, by=None)
    kept.person.refresh_from_db()
    later.refresh_from_db()
    assert kept.person.phone == "+998904445566"
    assert later.person == kept.person


def test_a_merge_is_made_once_and_undone_once() -> None:
    kept, gone = make_person(), make_person()
    merge = merge_people(kept=kept, gone=gone, by=None)
    assert merge_people(kept=kept, gone=gone, by=None) == merge
    assert merge_people(kept=gone, gone=kept, by=None) == merge
    undone = undo_merge(merge, by=None)
    assert undo_merge(merge, by=None).undone_at == undone.undone_at
    actions = AuditEvent.objects.filter(object_id=str(kept.uuid)).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["person.merged", "person.parted"]


def test_a_merge_cannot_be_undone_after_thirty_days() -> None:
    merge = merge_people(kept=make_person(), gone=make_person(), by=None)
    PersonMerge.objects.update(created_at=timezone.now() - timedelta(days=30, minutes=1))
    merge.refresh_from_db()
    with pytest.raises(UndoRefused):
        undo_merge(merge, by=None)


def test_merges_on_merges_are_undone_from_the_last() -> None:
    one, two, three = make_person(external_id="1"), make_person(), make_person(external_id="3")
    first = merge_people(kept=two, gone=one, by=None)
    second = merge_people(kept=three, gone=two, by=None)
    assert set(three.merged_records.all()) == {one, two}
    with pytest.raises(UndoRefused):
        undo_merge(first, by=None)
    undo_merge(second, by=None)
    undo_merge(first, by=None)
    assert not Person.objects.exclude(merged_into=None).exists()
    with pytest.raises(MergeRefused):
        merge_people(kept=one, gone=one, by=None)


def test_two_pinfls_refuse() -> None:
    with pytest.raises(MergeRefused):
        merge_people(kept=make_person(pinfl_hash="a"), gone=make_person(pinfl_hash="b"), by=None)


def test_two_open_referrals_for_one_course_refuse_until_one_is_withdrawn() -> None:
    cohort = make_cohort()
    one, two = make_open_referral(cohort=cohort), make_open_referral(cohort=cohort)
    with pytest.raises(MergeRefused, match=str(cohort.course.name)):
        merge_people(kept=one.person, gone=two.person, by=None)
    withdraw_referral(two, reason="changed-mind", by=None)
    merge_people(kept=one.person, gone=two.person, by=None)
    with pytest.raises(AlreadyReferred):
        make_open_referral(cohort=cohort, resident=one.resident)


@pytest.mark.usefixtures("in_english")
def test_two_held_seats_and_two_places_in_one_group_refuse() -> None:
    one, two = make_accepted_referral(), make_accepted_referral()
    with pytest.raises(MergeRefused, match="A seat is held"):
        merge_people(kept=one.person, gone=two.person, by=None)
    cohort = make_cohort()
    people = [make_enrollment(cohort=cohort).person for _ in range(2)]
    with pytest.raises(MergeRefused, match=cohort.code):
        merge_people(kept=people[0], gone=people[1], by=None)


def test_two_posts_at_one_employer_refuse() -> None:
    employer = make_organization(kind="hokimiyat")
    one, two = (make_employment(organization=employer).person for _ in range(2))
    with pytest.raises(MergeRefused, match=employer.name):
        merge_people(kept=one, gone=two, by=None)


def test_of_two_users_one_is_closed_until_the_merge_is_undone() -> None:
    kept, gone = make_user(), make_user()
    assert kept.person
    assert gone.person
    merge = merge_people(kept=kept.person, gone=gone.person, by=None)
    gone.refresh_from_db()
    assert (gone.is_active, gone.person_id) == (False, merge.gone_id)
    undo_merge(merge, by=None)
    gone.refresh_from_db()
    assert gone.is_active


def test_whoever_holds_a_role_is_not_merged_away() -> None:
    official = make_user()
    make_membership(user=official, role="supervisor")
    assert official.person
    with pytest.raises(MergeRefused):
        merge_people(kept=make_person(), gone=official.person, by=None)


def test_nothing_is_written_of_a_record_that_was_merged() -> None:
    kept, stale = make_resident(), make_resident()
    cohort = make_cohort()
    merge_people(kept=kept.person, gone=Person(pk=stale.person_id), by=None)
    with pytest.raises(PersonMerged):
        make_referral(resident=stale, course=cohort.course, organization=cohort.organization, by=None)
    with pytest.raises(PersonMerged):
        enroll_person(cohort=cohort, person=stale.person, by=None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_merging_at_once_both_ways_makes_one_merge() -> None:
    one, two = make_resident(), make_resident()
    make_open_referral(resident=one)
    make_open_referral(resident=two)
    ways = [(one.person, two.person), (two.person, one.person)] * 6
    ends = race([partial(merge_people, kept=kept, gone=gone, by=None) for kept, gone in ways])
    assert ends == {"done": 12}
    merge = PersonMerge.objects.get()
    assert Person.objects.get(pk=merge.gone_id).merged_into_id == merge.kept_id
    assert Referral.objects.filter(person=merge.kept).count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_merging_while_others_refer_leaves_nothing_behind() -> None:
    kept, gone = make_resident(), make_resident()
    cohorts = [make_cohort() for _ in range(6)]
    referring = [
        partial(make_referral, resident=gone, course=c.course, organization=c.organization, by=None) for c in cohorts
    ]
    merging = [partial(merge_people, kept=kept.person, gone=gone.person, by=None)]
    ends = race([*referring[:3], *merging, *referring[3:]])
    assert ends["done"] + ends["PersonMerged"] == 7
    assert Referral.objects.filter(person=kept.person).count() == ends["done"] - 1
    assert not Referral.objects.filter(person=gone.person).exists()


def test_a_rule_asks_of_two_records_once() -> None:
    rule, of_one_alone = make_rule(), make_organization(kind="agency")
    one, two = make_person(), make_person()
    make_employment(person=one)
    make_employment(person=two)
    settle_all()
    make_rule(employers=[of_one_alone])
    make_employment(person=two, organization=of_one_alone)
    settle_all()
    merge = merge_people(kept=one, gone=two, by=None)
    settle_noted()
    pending = TrainingAssignment.objects.filter(status="due")
    assert pending.filter(person=one).count() == 2
    assert not pending.filter(person=two).exists()
    undo_merge(merge, by=None)
    settle_noted()
    assert sorted(pending.values_list("person", flat=True)) == sorted([one.pk, two.pk, two.pk])
    assert pending.filter(rule=rule).count() == 2
