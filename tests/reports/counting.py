"""The figures counted by hand: one row after another, in Python, from the words of the design alone."""

from collections import defaultdict
from datetime import date
from statistics import median
from typing import Any

from django.utils import timezone

from enrollment.models import Enrollment, Referral, Wish
from reports.queries.figures import Selection
from reports.queries.rows import MEASURES

Facts = dict[str, Any]
EMPTY: dict[str, Any] = dict.fromkeys(MEASURES, 0)


Row = tuple[date, Facts, dict[str, Any]]


def read_rows() -> list[Row]:
    """Every row that counts: its day, its dimensions, its figures."""
    rows = [*_referrals(), *_learners(), *_wishes()]
    for on, facts, _ in rows:
        facts["month"] = on.replace(day=1)
    return rows


def count_by_hand(selection: Selection, rows: list[Row] | None = None) -> dict[Any, dict[str, Any]]:
    """By key of the dimension asked for: the figures with the median; keys that no line has are left out."""
    figures: dict[Any, dict[str, Any]] = defaultdict(lambda: {**EMPTY, "days": []})
    for on, facts, counted in read_rows() if rows is None else rows:
        if (selection.since and on < selection.since) or (selection.until and on > selection.until):
            continue
        if any(facts.get(name) != getattr(value, "pk", value) for name, value in selection.wanted.items()):
            continue
        key = facts.get(selection.by)
        if key is None and selection.by not in ("course", "profession"):
            continue
        line = figures[key]
        for name in counted.keys() - {"days"}:
            line[name] += counted[name]
        if counted.get("days") is not None:
            line["days"].append(counted["days"])
    return {key: {**line, "days": median(line["days"]) if line["days"] else None} for key, line in figures.items()}


def _referrals() -> list[Row]:
    rows = []
    for referral in Referral.objects.exclude(submitted_at=None).select_related("mahalla__district", "course"):
        assert referral.submitted_at
        enrollment = Enrollment.objects.filter(referral=referral).first()
        answered = referral.answered_at and (referral.answered_at - referral.submitted_at).days
        counted = {"referred": 1, "accepted": int(referral.accepted_at is not None), "days": answered}
        if enrollment:
            counted |= _enrollment(enrollment)
        facts = {
            "region": referral.mahalla.district.region_id,
            "district": referral.mahalla.district_id,
            "mahalla": referral.mahalla_id,
            "organization": referral.organization_id,
            "course": referral.course_id,
            "profession": referral.course.profession_id,
            "category": referral.category_id,
            "gender": referral.gender,
        }
        rows.append((timezone.localdate(referral.submitted_at), facts, counted))
    return rows


def _enrollment(enrollment: Enrollment) -> dict[str, int]:
    confirmed = [outcome for outcome in enrollment.outcomes.all() if outcome.status == "confirmed"]
    return {
        "enrolled": 1,
        {"active": "active", "completed": "completed", "failed": "failed", "withdrawn": "dropped"}[
            enrollment.status
        ]: 1,
        "certified": int(bool(enrollment.credential_code)),
        "employed": int(any(outcome.kind.is_employment for outcome in confirmed)),
    }


def _learners() -> list[Row]:
    return [
        (
            timezone.localdate(learner.enrolled_at),
            {
                "organization": learner.cohort.organization_id,
                "course": learner.cohort.course_id,
                "profession": learner.cohort.course.profession_id,
            },
            _enrollment(learner),
        )
        for learner in Enrollment.objects.filter(referral=None).select_related("cohort__course")
    ]


def _wishes() -> list[Row]:
    return [
        (
            wish.said_on,
            {
                "region": wish.mahalla.district.region_id,
                "district": wish.mahalla.district_id,
                "mahalla": wish.mahalla_id,
                "course": wish.course_id,
                "profession": wish.course.profession_id if wish.course else None,
                "category": wish.category_id,
                "gender": wish.resident.person.gender,
            },
            {"wished": 1},
        )
        for wish in Wish.objects.select_related("mahalla__district", "course", "resident__person")
    ]
