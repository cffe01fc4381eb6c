"""How allauth meets our users: by user name, e-mail or phone; accounts are made by staff, not by signing up."""

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.models import User
from accounts.services.people import clean_phone
from base.errors import InvalidInput

NATIONAL_NUMBER = re.compile(r"[\d\s()-]{9,20}")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth comes without types
    """With phone as a login method allauth wants every phone method, or each good sign-in fails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Take a number without +998 for a phone number as well: allauth would look for a user name alone."""
        login = credentials.get("username") or ""
        if "phone" not in credentials and NATIONAL_NUMBER.fullmatch(login):
            credentials["phone"] = login
        user: User | None = super().authenticate(request, **credentials)
        return user

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone or None, bool(phone and verified)
        user.save(update_fields=["phone", "phone_verified", "updated_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Find by a verified number, written in any way."""
        try:
            number = clean_phone(phone)
        except InvalidInput:
            return None
        return User.objects.filter(phone=number, phone_verified=True).first() if number else None

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: object) -> None:
        """Refuse: verification by SMS stays off until there is an SMS gateway."""
        raise RuntimeError("No SMS gateway is set up.")
