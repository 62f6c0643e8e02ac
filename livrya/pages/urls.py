from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from livrya.pages import books, desk, developers, home, notifications, people

urlpatterns = [
    path("", home.home, name="home"),
    path("library/", home.library, name="library"),
    path("books/", home.book_list, name="books"),
    path("books/<slug:slug>/", books.book, name="book"),
    path("books/<slug:slug>/subscribe/", books.follow_book, name="book-subscribe"),
    path("books/<slug:slug>/shelve/", books.shelve, name="book-shelve"),
    path("books/<slug:slug>/review/", books.review, name="book-review"),
    path("books/<slug:slug>/<int:number>/", books.reader, name="reader"),
    path("books/<slug:slug>/<int:number>/comment/", books.comment, name="reader-comment"),
    path("write/", desk.desk, name="desk"),
    path("write/new/", desk.new_book, name="desk-new-book"),
    path("write/credits/<int:credit_id>/", desk.answer_credit, name="desk-answer-credit"),
    path("write/invitations/<int:invitation_id>/", desk.answer_invitation, name="desk-answer-invitation"),
    path("write/<slug:slug>/", desk.desk_book, name="desk-book"),
    path("write/<slug:slug>/about/", desk.edit_book, name="desk-edit-book"),
    path("write/<slug:slug>/people/", desk.invite, name="desk-invite"),
    path("write/<slug:slug>/chapters/", desk.new_chapter, name="desk-new-chapter"),
    path("write/<slug:slug>/<int:chapter_id>/", desk.edit_chapter, name="desk-chapter"),
    path("write/<slug:slug>/<int:chapter_id>/release/", desk.release, name="desk-release"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("people/<str:username>/", people.profile, name="profile"),
    path("people/<str:username>/follow/", people.follow, name="follow"),
    path("developers/", developers.index, name="developers"),
    path("developers/asyncapi.json", developers.asyncapi_document, name="asyncapi"),
    path("developers/<slug:slug>/", developers.page, name="manual"),
    path("settings/", people.settings, name="settings"),
    path("sign-up/", people.sign_up, name="sign-up"),
    path(
        "sign-in/",
        LoginView.as_view(template_name="pages/sign_in.html", redirect_authenticated_user=True),
        name="sign-in",
    ),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
]
