from django.urls import path

from books.api import books, chapters, comments, imports, people, reading, reviews, versions
from livrya.kit.api import converters  # noqa: F401  # registers <id:…>

urlpatterns = [
    path("books/", books.BooksView.as_view(), name="api-books"),
    path("books/<id:book_id>/", books.BookView.as_view(), name="api-book"),
    path("books/<id:book_id>/cover/", books.CoverView.as_view(), name="api-cover"),
    path("books/<id:book_id>/moderation/", books.BookModerationView.as_view(), name="api-book-moderation"),
    path("books/<id:book_id>/chapters/", chapters.ContentsView.as_view(), name="api-contents"),
    path("books/<id:book_id>/chapters/order/", chapters.OrderView.as_view(), name="api-order"),
    path("books/<id:book_id>/credits/", people.CreditsView.as_view(), name="api-credits"),
    path("books/<id:book_id>/invitations/", people.InvitationsView.as_view(), name="api-invitations"),
    path("books/<id:book_id>/reviews/", reviews.ReviewsView.as_view(), name="api-reviews"),
    path("books/<id:book_id>/subscription/", reading.SubscriptionView.as_view(), name="api-subscription"),
    path("books/<id:book_id>/shelf/", reading.ShelfView.as_view(), name="api-shelf"),
    path("imports/", imports.ImportsView.as_view(), name="api-imports"),
    path("imports/<id:import_id>/", imports.ImportView.as_view(), name="api-import"),
    path("imports/<id:import_id>/accept/", imports.AcceptImportView.as_view(), name="api-accept-import"),
    path("chapters/<id:chapter_id>/", chapters.ChapterView.as_view(), name="api-chapter"),
    path("chapters/<id:chapter_id>/publish/", chapters.PublishView.as_view(), name="api-publish"),
    path(
        "chapters/<id:chapter_id>/publish-changes/", chapters.PublishChangesView.as_view(), name="api-publish-changes"
    ),
    path("chapters/<id:chapter_id>/unpublish/", chapters.UnpublishView.as_view(), name="api-unpublish"),
    path("chapters/<id:chapter_id>/schedule/", chapters.ScheduleView.as_view(), name="api-schedule"),
    path("chapters/<id:chapter_id>/comments-lock/", chapters.CommentsLockView.as_view(), name="api-comments-lock"),
    path("chapters/<id:chapter_id>/comments/", comments.CommentsView.as_view(), name="api-comments"),
    path("chapters/<id:chapter_id>/progress/", reading.ProgressView.as_view(), name="api-progress"),
    path("chapters/<id:chapter_id>/versions/", versions.VersionsView.as_view(), name="api-versions"),
    path("versions/<id:version_id>/", versions.VersionView.as_view(), name="api-version"),
    path("versions/<id:version_id>/changes/", versions.VersionChangesView.as_view(), name="api-version-changes"),
    path("versions/<id:version_id>/restore/", versions.RestoreVersionView.as_view(), name="api-restore-version"),
    path("comments/<id:comment_id>/", comments.CommentView.as_view(), name="api-comment"),
    path(
        "comments/<id:comment_id>/moderation/", comments.CommentModerationView.as_view(), name="api-comment-moderation"
    ),
    path("comments/<id:comment_id>/reactions/<slug:kind>/", comments.ReactionView.as_view(), name="api-reaction"),
    path("reviews/<id:review_id>/", reviews.ReviewView.as_view(), name="api-review"),
    path("reviews/<id:review_id>/moderation/", reviews.ReviewModerationView.as_view(), name="api-review-moderation"),
    path("credits/<id:credit_id>/", people.CreditView.as_view(), name="api-credit"),
    path("credits/<id:credit_id>/accept/", people.AcceptCreditView.as_view(), name="api-accept-credit"),
    path("invitations/<id:invitation_id>/", people.InvitationView.as_view(), name="api-invitation"),
    path("invitations/<id:invitation_id>/accept/", people.AcceptInvitationView.as_view(), name="api-accept-invitation"),
    path("tags/", books.TagsView.as_view(), name="api-tags"),
    path("me/books/", books.OwnBooksView.as_view(), name="api-own-books"),
    path("me/offers/", people.OwnOffersView.as_view(), name="api-own-offers"),
    path("me/invitations/", people.OwnInvitationsView.as_view(), name="api-own-invitations"),
    path("me/subscriptions/", reading.OwnSubscriptionsView.as_view(), name="api-own-subscriptions"),
    path("me/places/", reading.OwnPlacesView.as_view(), name="api-own-places"),
    path("me/shelves/<slug:shelf>/", reading.OwnShelfView.as_view(), name="api-own-shelf"),
]
