"""My interests: what I said I want to see or not, what is used about me, where each comes from, and my word on it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.discovery import facade
from grapevine.discovery.actions import tagging
from grapevine.discovery.queries import tags as queries
from grapevine.discovery.rules.tasting import TAG_KINDS
from grapevine.discovery.web.steering import word_label
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.people import facade as people


def _page(request: HttpRequest, refused: DomainError | None = None) -> HttpResponse:
    person_id = me(request)
    context = {
        "tab": "me", "tags": [(tag, source_words(tag.source)) for tag in queries.tags_of(person_id)],
        "dropped": queries.dropped_tags(person_id), "known": queries.known_tags(),
        "is_on": people.personalised(person_id), "refusal": words(refused) if refused else None,
        "wrong": refused.fields if refused else {},
        "wishes": [
            (one, word_label(one)) for one in facade.wishes_of(person_id)
            if one.is_wanted or one.kind not in TAG_KINDS
        ],
    }  # fmt: skip
    return render(
        request, "discovery/tags.html", context, status=refused.status if refused else 200
    )


def source_words(source: str) -> str:
    return {
        "said": _("你自己说的"), "bought": _("你买过"), "liked": _("你赞过、收藏过或评论过"),
        "browsed": _("你看过"),
    }.get(source, "")  # fmt: skip


@require_GET
@signed_in_page
def tags(request: HttpRequest) -> HttpResponse:
    """GET /privacy/tags/"""
    return _page(request)


@require_POST
@signed_in_page
def correct(request: HttpRequest) -> HttpResponse:
    """POST /privacy/tags/correction/ : do=drop, want or back (of a tag), wish-back (of whatever one said); kind, key"""
    given = {"kind": request.POST.get("kind", ""), "key": request.POST.get("key", "")}
    acts = {
        "drop": (tagging.drop_tag, _("删掉了，以后也不会再用")),
        "want": (tagging.want_tag, _("记下了，以你说的为准")),
        "back": (tagging.take_back_tag, _("好的，照平常的来")),
    }  # fmt: skip
    if request.POST.get("do") == "wish-back":
        facade.take_back(person_id=me(request), **given)
        messages.success(request, _("撤回了，照平常的来"))
        return HttpResponseRedirect(reverse("discovery:tags"), status=303)
    act, said = acts.get(request.POST.get("do", ""), acts["back"])
    try:
        act(person_id=me(request), **given)
    except DomainError as refused:
        return _page(request, refused)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("discovery:tags"), status=303)
