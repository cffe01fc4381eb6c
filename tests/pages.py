"""A client that reads pages."""

from django.test import Client
from django.urls import reverse

from accounts.models import User


def signed_in(user: User, language: str = "en") -> Client:
    """A browser in which `user` has signed in, reading in `language`."""
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def teach_url(name: str, *args: object) -> str:
    """The address of an author's page."""
    return reverse(f"learning:teach_{name}", args=args)
