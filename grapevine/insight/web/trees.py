"""What the tree's page shows, and the addresses of its choices."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from grapevine.insight import facade
from grapevine.insight.contracts import Baseline, Node, Trace, Tree
from grapevine.insight.rules.drawing import Box, Drawing, draw, spark
from grapevine.insight.rules.tree import WINDOWS, nodes
from grapevine.insight.web import words

BASELINES = {str(one): one for one in Baseline}
Link = tuple[str, str, bool]
"""What it says, where it leads, whether it is chosen."""


def asked(query: QueryDict) -> tuple[int | None, Baseline]:
    """Span and baseline that the address asks for; what is not known is the usual."""
    text = query.get("days", "")
    days = int(text) if text.isdecimal() and int(text) in WINDOWS else None
    return days, BASELINES.get(query.get("vs", ""), Baseline.WEEKS)


def tree_for(request: HttpRequest, shop_id: int) -> Tree:
    days, baseline = asked(request.GET)
    return facade.tree_of(shop_id, days, baseline=baseline)


def context(request: HttpRequest, tree: Tree, traces: Mapping[str, Trace]) -> dict[str, Any]:
    query = request.GET
    is_by_who = query.get("by") == "who"
    opened = query["open"].split(",") if "open" in query else None
    drawing = draw(tree.root, tree.cause, opened=opened, is_by_who=is_by_who)
    return {
        "tree": tree, "drawing": drawing, "verdict": words.verdict(tree), "notes": words.notes(tree),
        "cards": [_card(query, drawing, box, traces) for box in drawing.boxes],
        "rows": list(_rows(tree.root, 0, traces)), "weeks": traces[tree.root.name].ends,
        "spans": _spans(query), "baselines": _baselines(query),
        "ways": _ways(query, is_by_who=is_by_who),
        "against": words.baseline_label(tree.baseline, tree.days), "all": _all(query, tree),
    }  # fmt: skip


def _card(
    query: QueryDict, drawing: Drawing, box: Box, traces: Mapping[str, Trace]
) -> dict[str, Any]:
    trace = traces.get(box.node.name)
    card: dict[str, Any] = {
        "box": box, **_told(box.node), "toggle": "", "spark": spark(trace.values) if trace else None,
    }  # fmt: skip
    if box.folded or box.is_open:
        names = drawing.opened ^ {box.node.name}
        card["toggle"] = _address(query, open=",".join(sorted(names)))
    return card


def _told(node: Node) -> dict[str, str]:
    return {
        "label": words.node_label(node.name), "meaning": words.node_meaning(node.name),
        "now": words.node_value(node, node.now), "before": words.node_value(node, node.before),
        "change": words.change_text(node), "interval": words.interval_text(node),
        "part": words.signed_money(node.contribution_minor),
    }  # fmt: skip


def _rows(node: Node, depth: int, traces: Mapping[str, Trace]) -> Iterator[dict[str, Any]]:
    trace = traces.get(node.name)
    weeks = (
        ["" if one is None else words.node_value(node, one) for one in trace.values]
        if trace
        else []
    )
    yield {"node": node, "indent": depth * 18, "weeks": weeks, **_told(node)}
    for child in node.children:
        yield from _rows(child, depth + 1, traces)


def _address(query: QueryDict, **changed: str | None) -> str:
    """This page with some of its choices changed; None takes one away."""
    kept = query.copy()
    for name, value in changed.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return f"?{kept.urlencode()}"


def _spans(query: QueryDict) -> list[Link]:
    days, _baseline = asked(query)
    found = [(_("自动"), _address(query, days=None), days is None)]
    for one in WINDOWS:
        said = _("%(days)s 天") % {"days": one}
        found.append((said, _address(query, days=str(one)), days == one))
    return found


def _baselines(query: QueryDict) -> list[Link]:
    _days, chosen = asked(query)
    labels = {
        Baseline.WEEKS: _("前四周同期"),
        Baseline.BEFORE: _("紧挨着的前一段"),
        Baseline.YEAR: _("去年同期"),
    }
    return [
        (label, _address(query, vs=None if one is Baseline.WEEKS else str(one)), one is chosen)
        for one, label in labels.items()
    ]


def _ways(query: QueryDict, *, is_by_who: bool) -> list[Link]:
    return [
        (_("按转化"), _address(query, by=None), not is_by_who),
        (_("按新老客"), _address(query, by="who"), is_by_who),
    ]


def _all(query: QueryDict, tree: Tree) -> str:
    names = sorted(node.name for node in nodes(tree.root) if node.children)
    return _address(query, open=",".join(names))
