"""The platform admins' pages: users and roles, organizations; everything else is there to read."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.functional import cached_property
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
from base.paging import COUNT_LIMIT, by_bytes, count_up_to, numbered_ids, values_along_index

admin.site.unregister(Group)


class CountedPages(Paginator[Any]):
    """Counts up to 1,000, as every list; what lies beyond is to be searched for."""

    template_name = "admin/counted_pages.html"

    @cached_property
    def count(self) -> int:
        return count_up_to(self.object_list)  # type: ignore[arg-type]  # the lists of the admin are querysets


class LongListAdmin(ModelAdmin):  # type: ignore[misc]  # unfold comes without types
    """A list that may be as long as the country, so it is paged and counted as the pages' lists are."""

    show_full_result_count = False
    paginator = CountedPages
    list_per_page = settings.LIST_ROWS


class ReadOnlyAdmin(LongListAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AuditedAdmin(LongListAdmin):
    """Rows that platform admins write, each change with an audit row; nothing is deleted."""

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


def _names_alike(users: QuerySet[User], beginning: str) -> QuerySet[User] | None:
    """The first by name of more users than are counted, whose names begin alike; None of fewer.

    Between two names on the index user_name_begins: names given all at once may lie far from the newest.
    """
    alike = users.annotate(low_name=by_bytes(Lower("username"))).filter(low_name__startswith=beginning)
    alike = alike.order_by("low_name")
    last = alike.values_list("low_name", flat=True)[COUNT_LIMIT:].first()
    return alike.filter(low_name__lte=last) if last else None


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
        """Find by part of the user name, by e-mail, and by name in any spelling; of each as many as are counted.

        More than that whose user names begin so are shown alone: further letters make them fewer.
        On the trigrams of user_search_words and person_search_words, each by itself: "or" between them reads all.
        """
        known = queryset.alias(low_name=Lower("username"), low_email=Lower("email"))
        asked, most = search_term.strip().lower(), COUNT_LIMIT + 1
        if "@" in asked:
            return known.filter(low_email=asked).exclude(email=""), False
        if not asked:
            return queryset, False
        if (alike := _names_alike(queryset, asked)) is not None:
            return alike, False
        found = {*numbered_ids(known.filter(low_name__contains=asked), most)}
        if fold(asked):
            named = queryset.filter(called(asked, path="person__")).order_by("-pk")
            found.update(named.values_list("pk", flat=True)[:most])
        return queryset.filter(pk__in=found), False

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
    list_select_related = ("district",)
    list_filter = ("kind",)
    search_fields = ("search_key", "code")
    autocomplete_fields = ("district", "parent")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Organization], search_term: str
    ) -> tuple[QuerySet[Organization], bool]:
        """Find by the code, else by words of the name in any spelling, on organization_search_words."""
        coded = queryset.filter(code=search_term.strip())
        if coded.exists():
            return coded, False
        words = [Q(search_key__contains=word) for word in fold(search_term).split()]
        return queryset.filter(*words), False

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
    list_select_related = ("person", "organization", "category")
    autocomplete_fields = ("person", "organization")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        employment_changed.send(Employment, person_id=obj.person_id)


class ActionFilter(admin.SimpleListFilter):
    """By what was done; the choices leap along the index, since nobody lists them."""

    title = gettext_lazy("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(action, action) for action in values_along_index(AuditEvent, "action")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "object_type", "object_id", "address")
    list_filter = (ActionFilter,)
    list_select_related = ("actor__person",)
    search_fields = ("object_id__exact",)
