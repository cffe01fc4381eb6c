"""A client that speaks to the REST interface with a token."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.accounts.factories import make_token


class ApiClient:
    """`ApiClient(user).get("/me")`; bodies are JSON, paths are below /api/v1."""

    def __init__(self, user: User | None = None, **headers: str) -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = headers | ({"Authorization": f"Bearer {make_token(user)}"} if user else {})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        return self._send("post", path, body, {"Idempotency-Key": key} if key else {})

    def patch(self, path: str, body: Any) -> Any:
        return self._send("patch", path, body, {})

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
        send = getattr(self.client, method)
        answer: HttpResponse = send(
            f"/api/v1{path}", body or {}, content_type="application/json", headers=self.headers | headers
        )
        return answer
