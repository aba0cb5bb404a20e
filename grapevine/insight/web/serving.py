"""What the house does for shops by stage: which playbook each has, until when, and how many a manager serves."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.insight.actions import serving as actions
from grapevine.insight.lifecycle import ServiceView
from grapevine.insight.queries import services as reads
from grapevine.insight.rules.support import PLAYBOOKS
from grapevine.insight.web import stagewords as words
from grapevine.insight.web.lifecycle import operator
from grapevine.kit.pages import signed_in_page
from grapevine.people import facade as people

ROWS = 50


@require_GET
@signed_in_page
def services(request: HttpRequest) -> HttpResponse:
    """GET /operator/services/?state=open|overdue|done&playbook=&cursor="""
    operator(request)
    state, playbook = request.GET.get("state", "open"), request.GET.get("playbook", "")
    state = state if state in reads.STATES else "open"
    playbook = playbook if playbook in {one.code for one in PLAYBOOKS.values()} else ""
    page = reads.services(state, playbook=playbook, cursor=request.GET.get("cursor"), limit=ROWS)
    desk, shops = reads.desk(), goods.shops([one.shop_id for one in page.items])
    names = people.cards(
        {one.manager_id for one in page.items if one.manager_id} | {*desk.managers}
    )
    today = timezone.localdate()
    context = {
        "console": "operator", "nav": "services", "page": page, "state": state,
        "tabs": _tabs(state, playbook), "rows": [_row(one, shops, names, today) for one in page.items],
        "playbooks": [(one, words.playbook_label(one.playbook), one.playbook == playbook) for one in desk.playbooks],
        "managers": [(names.get(who), count) for who, count in desk.managers.items()],
        "each": None if desk.shops_each is None else f"{desk.shops_each:.1f}", "unassigned": desk.unassigned,
    }  # fmt: skip
    return render(request, "insight/services.html", context)


def _tabs(state: str, playbook: str) -> list[dict[str, Any]]:
    counts = reads.counts()
    labels = {"open": _("进行中"), "overdue": _("过期"), "done": _("已结束")}
    tail = f"&playbook={playbook}" if playbook else ""
    return [
        {"url": f"?state={name}{tail}", "label": label, "count": counts[name], "current": name == state}
        for name, label in labels.items()
    ]  # fmt: skip


def _row(one: ServiceView, shops: Any, names: Any, today: date) -> dict[str, Any]:
    return {
        "one": one, "shop": shops.get(one.shop_id), "stage": words.stage_label(one.stage),
        "css": words.stage_css(one.stage), "playbook": words.playbook_label(one.playbook),
        "manager": names.get(one.manager_id or 0), "is_late": not one.outcome and one.due_on < today,
        "outcome": {"done": _("做到了"), "moved": _("没做完，店换了阶段")}.get(one.outcome, ""),
    }  # fmt: skip


@require_POST
@signed_in_page
def completion(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/services/<id>/completion/"""
    actions.complete_service(operator_id=operator(request), public_id=public_id)
    messages.success(request, _("记下了，做完一项"))
    return HttpResponseRedirect(reverse("insight:services"), status=303)
