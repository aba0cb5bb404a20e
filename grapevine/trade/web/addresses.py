"""A person's address book."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.trade.actions import cart as carts
from grapevine.trade.contracts import AddressView
from grapevine.trade.queries import reading
from grapevine.trade.queries.checkout import (
    FIELDS,
    address_fields,
    address_form,
    book_line,
    field_errors,
    read_address,
    step_of,
)


def form_page(
    request: HttpRequest,
    *,
    before: AddressView | None,
    refused: DomainError | None,
    heading: str,
    back: str,
) -> HttpResponse:
    """The form of one address, as it was sent or as it stands now."""
    written: Mapping[str, Any] = {name: getattr(before, name) for name in FIELDS} if before else {}
    fields = address_fields(request.POST if request.method == "POST" else written)
    context = {
        "heading": heading, "here": request.path, "back": back, "errors": field_errors(refused),
        "refusal": words(refused) if refused else None, **address_form(fields, request.POST),
    }  # fmt: skip
    return render(request, "trade/address.html", context, status=refused.status if refused else 200)


@require_GET
@signed_in_page
def book(request: HttpRequest) -> HttpResponse:
    """GET /addresses/"""
    found = [book_line(one) for one in reading.addresses(me(request))]
    return render(request, "trade/addresses.html", {"tab": "me", "book": found})


@require_http_methods(["GET", "POST"])
@signed_in_page
def new(request: HttpRequest) -> HttpResponse:
    """GET, POST /addresses/new/"""
    return _edited(request, None)


@require_http_methods(["GET", "POST"])
@signed_in_page
def edit(request: HttpRequest, address_id: int) -> HttpResponse:
    """GET, POST /addresses/<id>/"""
    return _edited(request, reading.address_of(me(request), str(address_id)))


def _edited(request: HttpRequest, before: AddressView | None) -> HttpResponse:
    back = reverse("trade:addresses")
    refused: DomainError | None = None
    if request.method == "POST" and not step_of(request.POST):
        try:
            wanted = read_address(me(request), request.POST)
            carts.save_address(
                person_id=me(request), address=wanted, address_id=before.id if before else None
            )
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("地址存好了"))
            return HttpResponseRedirect(back, status=303)
    heading = _("改地址") if before else _("新地址")
    return form_page(request, before=before, refused=refused, heading=heading, back=back)


@require_POST
@signed_in_page
def removal(request: HttpRequest, address_id: int) -> HttpResponse:
    """POST /addresses/<id>/removal/"""
    carts.delete_address(person_id=me(request), address_id=address_id)
    messages.success(request, _("地址删掉了"))
    return HttpResponseRedirect(reverse("trade:addresses"), status=303)
