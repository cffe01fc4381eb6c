from django.urls import path

from live.views import conference, guests, minutes, notes, polls, record, recordings, room, schedule, slides

app_name = "live"

urlpatterns = [
    path("live/<uuid:uuid>/", room.room_view, name="room"),
    path("live/<uuid:uuid>/do/<slug:op>/", room.act_view, name="act"),
    path("live/<uuid:uuid>/conference/", conference.conference_view, name="conference"),
    path("live/<uuid:uuid>/guest/conference/", conference.guest_conference_view, name="guest_conference"),
    path("live/<uuid:uuid>/guests/", guests.guests_view, name="guests"),
    path("live/<uuid:uuid>/guest/", guests.guest_room_view, name="guest_room"),
    path("live/<uuid:uuid>/guest/slides/", guests.guest_slides_view, name="guest_slides"),
    path(
        "live/<uuid:uuid>/guest/slides/<uuid:deck>/<int:number>/<slug:size>/",
        guests.guest_slide_view,
        name="guest_slide",
    ),
    path("live/guests/<str:token>/", guests.guest_enter_view, name="guest_enter"),
    path("live/<uuid:uuid>/end/", room.end_view, name="end"),
    path("live/<uuid:uuid>/minutes/", minutes.minutes_view, name="minutes"),
    path("live/<uuid:uuid>/minutes/<uuid:enrollment>/", minutes.correct_view, name="minutes_correct"),
    path("live/<uuid:uuid>/questions/", polls.questions_view, name="questions"),
    path("live/<uuid:uuid>/notes/", notes.notes_view, name="notes"),
    path("live/<uuid:uuid>/notes.txt", notes.notes_text_view, name="notes_text"),
    path("live/<uuid:uuid>/edit/", schedule.session_edit_view, name="session_edit"),
    path("live/<uuid:uuid>/class.ics", schedule.calendar_view, name="calendar"),
    path("live/<uuid:uuid>/cancel/", schedule.session_cancel_view, name="session_cancel"),
    path("live/<uuid:uuid>/slides/", slides.slides_view, name="slides"),
    path("live/<uuid:uuid>/slides/now/", slides.slides_now_view, name="slides_now"),
    path("live/<uuid:uuid>/slides/upload/", slides.slides_upload_view, name="slides_upload"),
    path("live/<uuid:uuid>/slides/add/", slides.slides_add_view, name="slides_add"),
    path("live/<uuid:uuid>/slides/<uuid:deck>/again/", slides.deck_again_view, name="deck_again"),
    path("live/<uuid:uuid>/slides/<uuid:deck>/remove/", slides.deck_remove_view, name="deck_remove"),
    path("live/<uuid:uuid>/slides/<uuid:deck>/<int:number>/<slug:size>/", slides.slide_view, name="slide"),
    path("live/<uuid:uuid>/slides/<uuid:deck>/<int:number>/ink.svg", record.slide_ink_view, name="slide_ink"),
    path("live/<uuid:uuid>/recordings/<uuid:recording>/again/", recordings.again_view, name="recording_again"),
    path("live/<uuid:uuid>/recordings/<uuid:recording>/", recordings.recording_view, name="recording"),
    path("live/<uuid:uuid>/recordings/<uuid:recording>/watched/", recordings.watched_view, name="watched"),
    path("live/cohort/<uuid:uuid>/", room.cohort_view, name="cohort"),
    path("live/cohort/<uuid:uuid>/lesson/<uuid:lesson>/", room.cohort_view, name="lesson"),
    path("cohorts/<uuid:uuid>/live/", schedule.session_list_view, name="session_list"),
    path("cohorts/<uuid:uuid>/live/new/", schedule.session_new_view, name="session_new"),
    path("cohorts/<uuid:uuid>/live/weekly/", schedule.series_view, name="series"),
]
