"""Whatever a program sends, the answer is described in the OpenAPI document and is never a 500."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import User
from lms.wsgi import application
from tests.accounts.factories import make_membership, make_token
from tests.enrollment.factories import make_open_referral, make_referred_enrollment
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(assistant: User, world: World) -> str:
    """Of somebody who holds every role, so that input goes as deep as it can."""
    for role, place in (
        ("counter", world.mahalla.district),
        ("centre-manager", world.centre),
        ("academy-admin", world.academy),
        ("staff-manager", world.hokimiyat),
        ("supervisor", world.mahalla.district.region),
    ):
        make_membership(user=assistant, role=role, place=place)
    make_open_referral()
    make_referred_enrollment()
    return make_token(assistant)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Keep the test's connection open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@schema.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_no_input_breaks_the_interface(case: Any, token: str) -> None:
    checks = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
    case.call_and_validate(headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}, checks=checks)
