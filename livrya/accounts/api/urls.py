from django.urls import path

from livrya.accounts.api import keeping_away, me, people, tokens
from livrya.kit.api import converters  # noqa: F401  # registers <username:…>

urlpatterns = [
    path("auth/sign-up/", tokens.SignUpView.as_view(), name="api-sign-up"),
    path("auth/token/", tokens.SignInView.as_view(), name="api-sign-in"),
    path("auth/token/refresh/", tokens.RefreshView.as_view(), name="api-refresh"),
    path("auth/token/revoke/", tokens.RevokeView.as_view(), name="api-revoke"),
    path("auth/ticket/", tokens.TicketView.as_view(), name="api-ticket"),
    path("me/", me.AccountView.as_view(), name="api-account"),
    path("me/privacy/", me.PrivacyView.as_view(), name="api-privacy"),
    path("me/avatar/", me.AvatarView.as_view(), name="api-avatar"),
    path("me/password/", me.PasswordView.as_view(), name="api-password"),
    path("me/deactivate/", me.DeactivationView.as_view(), name="api-deactivate"),
    path("me/blocked/", keeping_away.BlockedView.as_view(), name="api-blocked"),
    path("me/muted/", keeping_away.MutedView.as_view(), name="api-muted"),
    path("people/<username:username>/", people.ProfileView.as_view(), name="api-person"),
    path("people/<username:username>/follow/", people.FollowView.as_view(), name="api-follow"),
    path("people/<username:username>/block/", keeping_away.BlockView.as_view(), name="api-block"),
    path("people/<username:username>/mute/", keeping_away.MuteView.as_view(), name="api-mute"),
    path("people/<username:username>/followers/", people.FollowersView.as_view(), name="api-followers"),
    path("people/<username:username>/following/", people.FollowingView.as_view(), name="api-following"),
]
