"""What juries add to the pages of a case and of a profile."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from grapevine.cases.queries import juries
from grapevine.cases.web import words
from grapevine.kit.pages import person_id_of
from grapevine.people.contracts import PersonCard
from grapevine.trade.contracts import CaseState, CaseView


def jury_of_case(
    request: HttpRequest, *, case: CaseView, side: str, slug: str = "", **_: Any
) -> str:
    """The jury of a case for the one who reads its page: `side` buyer, shop or operator."""
    found = juries.jury_of_case(case.number)
    is_asked = case.state == CaseState.PLATFORM and settings.JURY_EFFECT != "off"
    if found is None and not is_asked:
        return ""
    may_agree = side != "operator" and is_asked and (
        found is None or (found.state == "offered" and side not in found.agreed)
    )  # fmt: skip
    context = {
        "case": case, "side": side, "slug": slug, "may_agree": may_agree,
        "may_offer": side == "operator" and found is None,
        "agreed": [words.side_name(one) for one in sorted(found.agreed)] if found else [],
        "votes": [(words.side_label(one.side), one.reason) for one in found.votes] if found else [],
        "row": words.row(found) if found else None,
        "effect": words.effect_label(settings.JURY_EFFECT),
    }  # fmt: skip
    return render_to_string("cases/_of_case.html", context, request)


def my_link(request: HttpRequest, *, person: PersonCard, **_: Any) -> str:
    """The way to one's own seats, from one's own profile."""
    if person_id_of(request) != person.id:
        return ""
    return render_to_string("cases/_my_link.html", {}, request)
