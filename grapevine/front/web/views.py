"""我: the page that belongs to no single module."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.kit.pages import me, signed_in_page
from grapevine.people import facade as people
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade


@require_GET
@signed_in_page
def me_page(request: HttpRequest) -> HttpResponse:
    """GET /me/: my orders by state, what my shares earned, my shops, my switches."""
    person_id = me(request)
    context = {
        "tab": "me",
        "person": people.cards([person_id])[person_id],
        "counts": trade.order_counts(person_id),
        "income": spread.income(person_id),
        "shops": goods.shops_of(person_id),
        "personalised": people.personalised(person_id),
        "is_operator": people.is_operator(person_id),
    }
    return render(request, "front/me.html", context)
