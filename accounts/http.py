"""Requests as views see them."""

from django.http import HttpRequest

from accounts.models import User


class AuthenticatedRequest(HttpRequest):
    """A request behind `login_required`: its user is never anonymous."""

    user: User
