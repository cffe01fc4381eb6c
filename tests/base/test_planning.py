import pytest
from django.db import connection

from accounts.models import Organization

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_a_search_for_words_is_planned_each_time_and_nothing_else_is() -> None:
    for n in range(7):
        list(Organization.objects.filter(code=str(n)))
        list(Organization.objects.filter(search_key__contains=str(n)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%accounts_organization%'")
        kept = [statement for (statement,) in cursor.fetchall()]
    assert any('"code" =' in statement for statement in kept)
    assert not any("LIKE" in statement for statement in kept)
