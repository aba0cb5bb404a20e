"""The operator's desk over goods: what waits for a look, and samples of what is on sale."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods.actions import auditing, inspecting
from grapevine.goods.oversight import InspectionNotFound
from grapevine.goods.queries import oversight as reads
from grapevine.goods.rules.auditing import FINDINGS, REASONS
from grapevine.goods.rules.sampling import WEIGHTS
from grapevine.goods.web.opening import paper_response
from grapevine.goods.web.operator import operator
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.people import facade as people

ROWS = 20
WEIGHT_NAMES = {
    "base": marked("每件商品"), "risk": marked("类目风险每一级"), "dear": marked("价格 1000 元以上"),
    "new": marked("上架不到 30 天"), "complaint": marked("每次投诉，最多算 5 次"),
}  # fmt: skip
INSPECTION_STATES = {
    "drawn": marked("待检"),
    "passed": marked("合格"),
    "failed": marked("不合格"),
}


@require_GET
@signed_in_page
def queue(request: HttpRequest) -> HttpResponse:
    """GET /operator/goods/?state=waiting|passed|rejected&cursor= : the riskiest first."""
    operator(request)
    state = request.GET.get("state", "waiting")
    page = reads.reviews(state=state, cursor=request.GET.get("cursor"), limit=ROWS)
    pictures = media.pictures([pk for one in page.items for pk in _pictures(one.change)])
    videos = media.videos([pk for one in page.items if (pk := _video(one.change))])
    rows = [
        (
            one, [(FINDINGS[code], detail) for code, detail in one.findings],
            [(REASONS[code], note) for code, note in one.reasons],
            [pictures[pk] for pk in _pictures(one.change) if pk in pictures],
            videos.get(_video(one.change)),
        )
        for one in page.items
    ]  # fmt: skip
    context = {
        "console": "operator", "nav": "goods", "page": page, "rows": rows, "state": state,
        "reason_codes": list(REASONS.items()),
        "tabs": [("waiting", _("待审")), ("passed", _("已通过")), ("rejected", _("已驳回"))],
    }  # fmt: skip
    return render(request, "goods/queue.html", context)


def _pictures(change: dict[str, Any]) -> list[int]:
    return [int(pk) for pk in change.get("picture_ids", [])]


def _video(change: dict[str, Any]) -> int:
    return int((change.get("clip") or (0,))[0])


@require_POST
@signed_in_page
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/goods/<review>/decision/ : `outcome` passed or rejected, `reason` and `note`."""
    who, data = operator(request), request.POST
    reasons = [(data["reason"], data.get("note", ""))] if data.get("reason") else []
    is_passed = data.get("outcome") == "passed"
    auditing.decide_goods(
        public_id=public_id, operator_id=who, is_passed=is_passed,
        reasons=[] if is_passed else reasons,
    )  # fmt: skip
    messages.success(request, _("已通过") if is_passed else _("已驳回"))
    return HttpResponseRedirect(reverse("goods:queue"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def inspections(request: HttpRequest) -> HttpResponse:
    """GET, POST /operator/inspections/ : plans; a new one is drawn by share, seed and weights."""
    who = operator(request)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            made = inspecting.draw_plan(**_plan(request.POST), operator_id=who)
            messages.success(request, _("抽好了"))
            return HttpResponseRedirect(
                reverse("goods:inspection_plan", args=[made.public_id]), status=303
            )
        except DomainError as error:
            refused = error
    context = {
        "console": "operator", "nav": "inspections", "plans": reads.plans(),
        "weights": [
            (name, label, request.POST.get(f"weight-{name}", WEIGHTS[name]))
            for name, label in WEIGHT_NAMES.items()
        ],
        "given": request.POST, "refusal": words(refused) if refused else None,
        "fields": {name: _(text) for name, text in refused.fields.items()} if refused else {},
    }  # fmt: skip
    return render(
        request, "goods/inspections.html", context, status=refused.status if refused else 200
    )


def _plan(data: Any) -> dict[str, Any]:
    return {
        "share_bps": _whole(data.get("share", "")) * 100,
        "seed": _whole(data.get("seed", "")),
        "weights": {name: _whole(data.get(f"weight-{name}", "")) for name in WEIGHT_NAMES},
    }


def _whole(text: str) -> int:
    said = text.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else -1


@require_GET
@signed_in_page
def inspection_plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /operator/inspections/<plan>/?state=drawn|passed|failed&cursor="""
    operator(request)
    found, state = reads.plan(public_id), request.GET.get("state", "")
    if found is None:
        raise InspectionNotFound(public_id)
    page = reads.inspections(
        plan=public_id, state=state, cursor=request.GET.get("cursor"), limit=50
    )
    inspectors = people.cards([one.inspector_id for one in page.items if one.inspector_id])
    context = {
        "console": "operator", "nav": "inspections", "plan": found, "page": page, "state": state,
        "states": INSPECTION_STATES, "inspectors": inspectors,
        "tabs": [("", _("全部")), *((name, _(text)) for name, text in INSPECTION_STATES.items())],
    }  # fmt: skip
    return render(request, "goods/inspection_plan.html", context)


@require_POST
@signed_in_page
def inspection(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/inspections/results/<inspection>/ : `do` mine, passed, failed or release."""
    who, data = operator(request), request.POST
    what = data.get("do")
    if what == "mine":
        inspecting.assign_inspection(public_id=public_id, inspector_id=who, operator_id=who)
    elif what == "release":
        inspecting.release_goods(public_id=public_id, operator_id=who)
    elif what in ("passed", "failed"):
        inspecting.record_inspection(
            public_id=public_id, operator_id=who, is_passed=what == "passed",
            finding=data.get("finding", ""), report=request.FILES.get("report"),
        )  # fmt: skip
    else:
        raise BadInput
    messages.success(request, _("已处理"))
    plan = reads.plan_of(public_id)
    return HttpResponseRedirect(reverse("goods:inspection_plan", args=[plan]), status=303)


@require_GET
@signed_in_page
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /operator/inspections/results/<inspection>/report/"""
    operator(request)
    return paper_response(reads.report_file(public_id), me(request), public_id)
