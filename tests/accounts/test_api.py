from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiToken, User
from tests.accounts.factories import make_district, make_mahalla, make_membership, make_region, make_token
from tests.api import ApiClient
from tests.personas import World

pytestmark = pytest.mark.django_db


def test_me_names_user_and_memberships_in_force(assistant: User, world: World) -> None:
    make_membership(user=assistant, role="assistant", place=world.other_mahalla, ends_on=date(2026, 1, 1))
    answer = ApiClient(assistant).get("/me").json()
    assert answer["id"] == str(assistant.uuid)
    assert answer["memberships"] == [
        {
            "role": "assistant",
            "organization": None,
            "mahalla": {"code": world.mahalla.code, "name": world.mahalla.name},
            "district": None,
            "region": None,
            "from": timezone.localdate().isoformat(),
            "until": None,
        }
    ]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}])
def test_no_good_token_is_a_problem_401(db: None, headers: dict[str, str]) -> None:
    answer = ApiClient(None, **headers).get("/me")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_expired_revoked_and_inactive_tokens_are_refused(learner: User) -> None:
    client = ApiClient(learner)
    token = ApiToken.objects.get(user=learner)
    for field, bad, good in (
        ("expires_at", timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(days=1)),
        ("revoked_at", timezone.now(), None),
    ):
        ApiToken.objects.filter(pk=token.pk).update(**{field: bad})
        assert client.get("/me").status_code == 401
        ApiToken.objects.filter(pk=token.pk).update(**{field: good})
        assert client.get("/me").status_code == 200
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert client.get("/me").status_code == 401


def test_token_is_kept_as_a_hash_only(learner: User) -> None:
    token = make_token(learner)
    kept = ApiToken.objects.get(user=learner)
    assert token not in str(vars(kept))


def test_mahallas_are_found_by_district_and_any_spelling(learner: User) -> None:
    district = make_district(region=make_region())
    wanted = make_mahalla(district=district, names={"uz": "Oʻzbekiston MFY"}, search_key="")
    from base.folding import fold

    wanted.search_key = fold(wanted.name)
    wanted.save()
    make_mahalla(district=district)
    make_mahalla()
    client = ApiClient(learner)
    assert len(client.get("/mahallas", district=district.code).json()["items"]) == 2
    for spelling in ("o'zbek", "Oʻzbek", "Ўзбек"):
        found = client.get("/mahallas", district=district.code, q=spelling).json()["items"]
        assert [row["code"] for row in found] == [wanted.code]


def test_rows_that_left_the_list_are_not_offered(learner: User) -> None:
    make_region(valid_until=date(2020, 1, 1))
    kept = make_region()
    assert kept.code in str(ApiClient(learner).get("/regions").json())
    assert all(row["valid_until"] is None for row in ApiClient(learner).get("/regions").json()["items"])


def test_list_goes_on_where_the_cursor_says(learner: User) -> None:
    client = ApiClient(learner)
    codes = {make_district().code for _ in range(5)}
    first = client.get("/districts", limit=3).json()
    seen = [row["code"] for row in first["items"]]
    while first["next"]:
        first = client.get("/districts", limit=3, cursor=first["next"]).json()
        seen += [row["code"] for row in first["items"]]
    assert len(seen) == len(set(seen))
    assert codes <= set(seen)


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"cursor": "%%"}, {"cursor": "W10"}, {"limit": "x"}])
def test_bad_query_is_a_problem_422_that_names_the_field(learner: User, query: dict[str, object]) -> None:
    answer = ApiClient(learner).get("/regions", **query)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == list(query)
