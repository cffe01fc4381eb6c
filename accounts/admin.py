"""The platform admins' pages: users and roles, organizations; everything else is there to read."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import (
    AuditEvent,
    District,
    Employment,
    Mahalla,
    Membership,
    Organization,
    Person,
    PostCategory,
    Profession,
    Region,
    User,
)
from accounts.models.people import called
from accounts.services import audit
from accounts.services.activation import make_activation_code
from accounts.signals import employment_changed, unit_moved
from base.folding import fold

admin.site.unregister(Group)


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold comes without types
    """Rows that only services write."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AuditedAdmin(ModelAdmin):  # type: ignore[misc]  # unfold comes without types
    """Rows that platform admins write, each change with an audit row; nothing is deleted."""

    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: Any, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        name = obj._meta.model_name
        audit.record(f"{name}.{'changed' if change else 'made'}", obj, by=request.user, fields=form.changed_data)


class MembershipInline(TabularInline):  # type: ignore[misc]  # unfold comes without types
    model = Membership
    fk_name = "user"
    extra = 0
    can_delete = False
    autocomplete_fields = ("organization", "mahalla", "district", "region")


FLAGS = ("is_active", "is_staff", "is_superuser")


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """Ways to sign in, and the roles held; passwords are set by their owners."""

    list_display = ("username", "person", "is_active", "is_staff")
    list_select_related = ("person",)
    search_fields = ("username", "email")
    fields = (
        "username",
        "person",
        "email",
        "phone",
        "phone_verified",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
    )
    autocomplete_fields = ("person",)
    inlines = (MembershipInline,)
    actions = ("hand_out_code",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Find by name too, in any spelling."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if fold(search_term):
            found |= queryset.filter(called(search_term, path="person__"))
        return found, may_repeat

    @admin.action(description=gettext_lazy("Make an activation code"))
    def hand_out_code(self, request: Any, users: QuerySet[User]) -> None:
        """Show a code for each chosen user, this once."""
        for user in users:
            if code := make_activation_code(user, by=request.user):
                messages.success(request, _("Code for %(user)s: %(code)s") % {"user": user, "code": code})
            else:
                messages.warning(request, _("%(user)s has a password: a second person approves.") % {"user": user})

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(Organization)
class OrganizationAdmin(AuditedAdmin):
    list_display = ("name", "kind", "code", "district")
    list_filter = ("kind",)
    search_fields = ("search_key", "code")
    autocomplete_fields = ("district", "parent")

    def save_model(self, request: Any, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "parent" in form.changed_data:
            unit_moved.send(Organization, unit=obj, before=form.initial["parent"])


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """People, without what belongs to them alone: birth date, PINFL, phone and e-mail are not shown."""

    list_display = ("name",)
    search_fields = ("search_key",)
    fields = ("surname", "given_name", "patronymic", "language")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        """Find in any spelling; a record that was merged with another is offered nowhere."""
        return queryset.filter(called(search_term), merged_into=None), False


@admin.register(Region, District, Mahalla, Profession)
class ClassifierAdmin(ReadOnlyAdmin):
    """State classifiers, loaded by `load_territory` and `load_professions`."""

    list_display = ("code", "name", "valid_until")
    search_fields = ("search_key", "code")


@admin.register(PostCategory)
class PostCategoryAdmin(AuditedAdmin):
    list_display = ("code", "name", "valid_from", "valid_until")
    search_fields = ("code",)


@admin.register(Employment)
class EmploymentAdmin(AuditedAdmin):
    list_display = ("person", "organization", "post", "category", "starts_on", "ends_on")
    autocomplete_fields = ("person", "organization")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        employment_changed.send(Employment, person_id=obj.person_id)


@admin.register(AuditEvent)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "object_type", "object_id", "address")
    list_filter = ("action",)
    list_select_related = ("actor__person",)
    search_fields = ("object_id",)
