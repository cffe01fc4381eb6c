import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from accounts.models import Organization
from base.paging import count_up_to, page_by_key
from base.planning import plan_searches_anew

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_a_connection_made_while_somebody_listens_keeps_to_it() -> None:
    """As where the first statement of a request is counted."""
    connection.execute_wrappers.remove(plan_searches_anew)
    with connection.execute_wrapper(lambda execute, *args: execute(*args)):
        connection_created.send(type(connection), connection=connection)
    assert connection.execute_wrappers == [plan_searches_anew]


def test_searches_and_lists_are_planned_each_time_and_nothing_else_is() -> None:
    for n in range(7):
        rows = Organization.objects.filter(code=str(n))
        list(rows)
        list(Organization.objects.filter(search_key__contains=str(n)))
        page_by_key(rows, size=10)
        count_up_to(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%accounts_organization%'")
        kept = [statement for (statement,) in cursor.fetchall()]
    assert any('"code" =' in statement for statement in kept)
    assert not any("LIKE" in statement or "LIMIT" in statement for statement in kept)
