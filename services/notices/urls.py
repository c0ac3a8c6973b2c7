"""Addresses of boards, plates and cards; those under p/ need no sign-in."""

from django.urls import path

from services.notices.views import boards, printing, public, register, staff, suggestions

urlpatterns = [
    path("services/notices/", register.notices, name="notices"),
    path("services/notices/cards/", printing.cards, name="notice_cards"),
    path("services/notices/issues/", register.issues, name="card_issues"),
    path("services/notices/issues/new/", register.issue_new, name="card_issue_new"),
    path("services/notices/issues/file/<str:format>/", register.issues_file, name="card_issues_file"),
    path("services/notices/issues/<int:pk>/", register.issue_edit, name="card_issue"),
    path("services/notices/reprint/", printing.reprints, name="reprints"),
    path("services/notices/reprint/done/", printing.reprinted, name="reprinted"),
    path("services/notices/staff/", staff.staff, name="notice_staff"),
    path("services/notices/staff/<int:pk>/", staff.staff_edit, name="notice_staff_edit"),
    path("services/notices/staff/<int:pk>/photo/", staff.photo, name="notice_photo"),
    path("services/notices/hotlines/", staff.hotlines, name="hotlines"),
    path("services/notices/suggestions/", suggestions.suggestions, name="suggestions"),
    path("services/notices/suggestions/<int:pk>/", suggestions.suggestion, name="suggestion"),
    path("services/notices/suggestions/<int:pk>/step/", suggestions.step, name="suggestion_step"),
    path("services/notices/numbers/", register.number, name="plate_numbers"),
    path("services/notices/board/<int:pk>/", boards.board, name="board"),
    path("services/notices/board/<int:pk>/publish/", boards.publish, name="board_publish"),
    path("services/notices/board/<int:pk>/withdraw/", boards.withdraw, name="board_withdraw"),
    path("services/notices/board/<int:pk>/renew/", boards.renew, name="board_renew"),
    path("services/notices/board/<int:pk>/qr/<str:format>/", boards.qr, name="board_qr"),
    path("services/notices/sign/<int:pk>/", register.sign, name="sign"),
    path("services/notices/<str:notice>/", register.listing, name="signs"),
    path("services/notices/<str:notice>/hang/", register.hang, name="signs_hang"),
    path("services/notices/<str:notice>/print/", printing.print_pdf, name="notice_print"),
    path("services/notices/<str:notice>/file/<str:format>/", register.listing_file, name="signs_file"),
    path("p/g/<str:token>/", public.grid, name="public_grid"),
    path("p/g/<str:token>/<str:photo>.jpg", public.photo, name="public_photo"),
    path("p/feedback/<str:token>/", public.feedback, name="public_feedback"),
]
