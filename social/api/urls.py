from django.urls import path

from livrya.kit.api import converters  # noqa: F401  # registers <id:…>
from social.api import groups, members, messages, reports

urlpatterns = [
    path("groups/", groups.GroupsView.as_view(), name="api-groups"),
    path("groups/<id:group_id>/", groups.GroupView.as_view(), name="api-group"),
    path("groups/<id:group_id>/membership/", groups.MembershipView.as_view(), name="api-membership"),
    path("groups/<id:group_id>/read/", groups.PlaceView.as_view(), name="api-group-read"),
    path("groups/<id:group_id>/slow-mode/", groups.SlowModeView.as_view(), name="api-slow-mode"),
    path("groups/<id:group_id>/members/", members.MembersListView.as_view(), name="api-members"),
    path("groups/<id:group_id>/members/<id:user_id>/", members.MemberView.as_view(), name="api-member"),
    path("groups/<id:group_id>/bans/", members.BansView.as_view(), name="api-bans"),
    path("groups/<id:group_id>/bans/<id:user_id>/", members.BanView.as_view(), name="api-ban"),
    path("groups/<id:group_id>/invitations/", members.InvitationsView.as_view(), name="api-group-invitations"),
    path(
        "groups/<id:group_id>/invitations/<id:user_id>/", members.InvitationView.as_view(), name="api-group-invitation"
    ),
    path("groups/<id:group_id>/links/", members.LinksView.as_view(), name="api-links"),
    path("group-links/<id:invitation_id>/", members.LinkView.as_view(), name="api-link"),
    path("groups/<id:group_id>/messages/", messages.MessagesView.as_view(), name="api-messages"),
    path("groups/<id:group_id>/attachments/", messages.AttachmentsView.as_view(), name="api-attachments"),
    path("attachments/<id:attachment_id>/", messages.AttachmentView.as_view(), name="api-attachment"),
    path("messages/search/", messages.SearchView.as_view(), name="api-search-messages"),
    path("messages/<id:message_id>/", messages.MessageView.as_view(), name="api-message"),
    path(
        "messages/<id:message_id>/reactions/<slug:kind>/",
        messages.MessageReactionView.as_view(),
        name="api-message-reaction",
    ),
    path("reports/", reports.ReportsView.as_view(), name="api-reports"),
    path("reports/<id:report_id>/dismiss/", reports.DismissalView.as_view(), name="api-dismiss-report"),
    path("reports/<id:report_id>/uphold/", reports.UpholdingView.as_view(), name="api-uphold-report"),
    path("me/groups/", groups.OwnGroupsView.as_view(), name="api-own-groups"),
    path("me/group-invitations/", groups.OwnInvitationsView.as_view(), name="api-own-group-invitations"),
]
