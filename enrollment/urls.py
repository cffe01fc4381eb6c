from django.urls import path

from enrollment.views import intake, residents

app_name = "enrollment"
urlpatterns = [
    path("households/", residents.household_list_view, name="household_list"),
    path("households/new/", intake.household_create_view, name="household_create"),
    path("households/<uuid:uuid>/", residents.household_detail_view, name="household_detail"),
    path("households/<uuid:uuid>/category/", intake.household_category_view, name="household_category"),
    path("households/<uuid:uuid>/residents/new/", intake.resident_create_view, name="resident_create"),
    path("residents/", residents.resident_list_view, name="resident_list"),
    path("residents/<uuid:uuid>/", residents.resident_detail_view, name="resident_detail"),
    path("residents/<uuid:uuid>/edit/", intake.resident_edit_view, name="resident_edit"),
    path("residents/<uuid:uuid>/activation/", residents.activation_create_view, name="activation_create"),
    path("residents/<uuid:uuid>/activation/approve/", residents.activation_approve_view, name="activation_approve"),
    path("residents/<uuid:uuid>/wishes/new/", intake.wish_create_view, name="wish_create"),
    path("wishes/<uuid:uuid>/withdraw/", intake.wish_withdraw_view, name="wish_withdraw"),
    path("wishes/<uuid:uuid>/record-again/", intake.wish_repeat_view, name="wish_repeat"),
]
