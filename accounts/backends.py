"""How a session's user is found again."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from base.compiled import CompiledQuery

USERS = CompiledQuery(lambda pks: User.objects.select_related("person").filter(pk__in=pks))


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth comes without types
    """Reads the person with the user: nearly every page says whose it is."""

    def get_user(self, user_id: Any) -> User | None:
        return self.get_users([int(user_id)]).get(int(user_id))

    def get_users(self, ids: list[int]) -> dict[int, User]:
        """Those whose accounts are open, by their ids."""
        return {user.pk: user for user in USERS.rows(ids) if self.user_can_authenticate(user)}
