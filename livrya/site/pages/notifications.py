"""The list behind the bell."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from livrya.site.pages.requests import PersonRequest, whole_number
from notifications import selectors, services

NOTIFICATIONS_PER_PAGE = 50


@login_required
def notifications(request: PersonRequest) -> HttpResponse:
    """Lists what happened; a post marks one (`id`) or all as read."""
    if request.method == "POST":
        given = request.POST.get("id", "")
        services.mark_read(actor=request.user, ids=[whole_number(given)] if given else None)
        return redirect("notifications")
    shown = Paginator(selectors.notifications_of(request.user), NOTIFICATIONS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "pages/notifications.html", {"notifications": shown})
