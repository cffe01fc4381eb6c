"""How a session's user is found again."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from base.compiled import CompiledQuery

USERS = CompiledQuery(lambda pk: User.objects.select_related("person").filter(pk=pk))


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth comes without types
    """Reads the person with the user: nearly every page says whose it is."""

    def get_user(self, user_id: Any) -> User | None:
        user = next(iter(USERS.rows(int(user_id))), None)
        return user if user and self.user_can_authenticate(user) else None
