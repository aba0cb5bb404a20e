"""Reads of applications, documents, rules of categories, and what a shop may do."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from grapevine.goods.models import (
    Acceptance,
    Application,
    CategoryRule,
    Document,
    Goods,
    Inspection,
    Pick,
    Shop,
    Withholding,
)
from grapevine.goods.models.onboarding import OPEN
from grapevine.goods.onboarding import (
    ApplicationForm,
    ApplicationNotFound,
    ApplicationView,
    Cause,
    Conduct,
    DocumentNotFound,
    DocumentView,
    Kind,
    Paper,
    Reason,
    RuleView,
    Standing,
    WithheldView,
)
from grapevine.goods.ports import sold_for_others
from grapevine.goods.queries.sales import deposit_due, deposit_paid, month_start, sales_minor
from grapevine.goods.rules import agreements, onboarding as rules
from grapevine.goods.rules.credentials import masked
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.media import facade as media

ROUNDS = 20


def today() -> date:
    return timezone.localdate(clock.now())


def rules_in_force(categories: Iterable[str] | None = None) -> dict[str, RuleView]:
    """The latest version of each category's rule; a category nobody ruled on is left out."""
    rows = CategoryRule.objects.order_by("category", "version")
    if categories is not None:
        rows = rows.filter(category__in=set(categories))
    return {row.category: _rule(row) for row in rows}


def rule_history(category: str) -> list[RuleView]:
    """Every version of a category's rule, newest first."""
    rows = CategoryRule.objects.filter(category=category).order_by("-version")
    return [_rule(row) for row in rows]


def _rule(row: CategoryRule) -> RuleView:
    return RuleView(
        row.category, row.version, tuple(row.permits), tuple(row.required), row.risk,
        row.is_forbidden, row.deposit_minor,
    )  # fmt: skip


def open_application(shop_id: int) -> Application | None:
    return Application.objects.filter(shop_id=shop_id, state__in=OPEN).first()


def application_of(shop_id: int) -> ApplicationView | None:
    """The open application, or else the last one; the identity number is masked."""
    row = open_application(shop_id) or (
        Application.objects.filter(shop_id=shop_id).order_by("-id").first()
    )
    return view(row) if row else None


def application(public_id: str, *, whole: bool = False) -> ApplicationView:
    row = Application.objects.filter(public_id=public_id).first()
    if row is None:
        raise ApplicationNotFound(public_id)
    return view(row, whole=whole)


def applications(
    *, state: str = "submitted", cursor: str | None = None, limit: int | None = None
) -> Page[ApplicationView]:
    """Applications in a state, the one that waits longest first."""
    size = clamp(limit)
    rows = Application.objects.filter(state=state).order_by("id")
    if cursor:
        rows = rows.filter(pk__gt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([view(row) for row in found[:size]], more)


def view(row: Application, *, whole: bool = False) -> ApplicationView:
    shop = Shop.objects.get(pk=row.shop_id)
    form = form_of(row)
    if not whole:
        form = ApplicationForm(
            **{name: getattr(form, name) for name in form.__slots__ if name != "identity"},
            identity=masked(row.identity),
        )
    return ApplicationView(
        row.public_id, shop.pk, shop.slug, shop.name, row.state, form,
        tuple(Reason(*one) for one in row.reasons), tuple(documents(row.shop_id)),
        row.created_at, row.submitted_at, row.decided_at,
    )  # fmt: skip


def form_of(row: Application) -> ApplicationForm:
    return ApplicationForm(
        row.kind, row.company, row.code, _text(row.licence_until), row.person, row.identity,
        _text(row.identity_until), row.phone, row.address, tuple(row.categories),
    )  # fmt: skip


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def documents(shop_id: int) -> list[DocumentView]:
    """Every paper of a shop, newest first; those that were refused or replaced come last."""
    now = today()
    rows = Document.objects.filter(shop_id=shop_id).order_by("-id")
    found = [
        DocumentView(
            row.public_id, row.kind, row.permit, row.number, row.until, row.state,
            row.until is not None and row.until < now,
            row.replaced_by.public_id if row.replaced_by else "", row.reason, row.note,
        )
        for row in rows.select_related("replaced_by")
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.counts)


def pictured(shop_id: int) -> set[str]:
    """The papers of a shop that are pictures, by their ids; the others are PDFs."""
    rows = dict(Document.objects.filter(shop_id=shop_id).values_list("public_id", "file_id"))
    types = media.private_types(rows.values())
    return {public_id for public_id, pk in rows.items() if types.get(pk) == "image/jpeg"}


def earlier_rounds(public_id: str) -> list[tuple[datetime, str, tuple[Reason, ...]]]:
    """How this application and those before it of the same shop were decided, newest first, from the trail."""
    shop_id = Application.objects.values_list("shop_id", flat=True).get(public_id=public_id)
    rows = Application.objects.filter(shop_id=shop_id).values_list("public_id", flat=True)
    found = []
    for one in rows:
        wanted = AuditFilter(object=f"application:{one}", action="shop.application.")
        for entry in guard.trail(wanted, limit=ROUNDS).items:
            reasons = tuple(Reason(*reason) for reason in (entry.after or {}).get("reasons", []))
            found.append((entry.at, entry.action.rpartition(".")[2], reasons))
    return sorted(found, key=lambda round_: round_[0], reverse=True)[:ROUNDS]


def checks_of(public_id: str) -> dict[str, str]:
    """What a machine finds wrong with an application as it stands, by field; {} for nothing."""
    row = Application.objects.get(public_id=public_id)
    form = form_of(row)
    return rules.check_application(
        form, papers=papers(row.shop_id), rules=rules_in_force(form.categories), today=today()
    )


def document_file(public_id: str, *, shop_id: int | None = None) -> int:
    """The private file of a document, of this shop only if one is named."""
    rows = Document.objects.filter(public_id=public_id)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    found = rows.values_list("file_id", flat=True).first()
    if found is None:
        raise DocumentNotFound(public_id)
    return found


def papers(shop_id: int, *, accepted: bool = False) -> list[Paper]:
    """What counts: accepted, or handed in and not yet looked at."""
    states = ("accepted",) if accepted else ("given", "accepted")
    rows = Document.objects.filter(shop_id=shop_id, state__in=states)
    return [Paper(*row) for row in rows.values_list("kind", "permit", "until")]


def withheld(shop_id: int) -> list[WithheldView]:
    """What keeps the shop as a whole out of sale."""
    rows = Withholding.objects.filter(shop_id=shop_id, goods=None, lifted_at=None).order_by("id")
    return [WithheldView(None, row.cause, row.reason, row.since) for row in rows]


def application_state(shop_id: int) -> str:
    """How far the open application of a shop is, or the last one; "" where nothing was asked."""
    rows = Application.objects.filter(shop_id=shop_id).order_by("-id")
    return rows.values_list("state", flat=True).first() or ""


def shop_hold(shop_id: int) -> tuple[str, str]:
    """The first cause that keeps all of a shop out of sale, and the state of its application; "" for none."""
    held = withheld(shop_id)
    return (held[0].cause, application_state(shop_id)) if held else ("", "")


def is_wanted(goods_id: int) -> bool:
    """Whether its shop wants these goods on sale, whatever withholds them."""
    return Goods.objects.filter(pk=goods_id, is_wanted=True).exists()


def withheld_goods(goods_ids: Iterable[int]) -> dict[int, list[WithheldView]]:
    """What keeps each of these goods out of sale."""
    found: dict[int, list[WithheldView]] = {}
    rows = Withholding.objects.filter(goods_id__in=set(goods_ids), lifted_at=None).order_by("id")
    for row in rows:
        one = WithheldView(row.goods_id, row.cause, row.reason, row.since)
        found.setdefault(row.goods_id or 0, []).append(one)
    return found


def standing(shop_id: int) -> Standing:
    shop = Shop.objects.get(pk=shop_id)
    is_small, since = shop.kind == Kind.INDIVIDUAL, month_start()
    samples = Withholding.objects.filter(
        shop=shop, cause=Cause.SAMPLE, goods__isnull=False, lifted_at=None
    ).values("goods_id")
    return Standing(
        kind=shop.kind, withheld=tuple(withheld(shop_id)),
        deposit_due_minor=deposit_due(shop), deposit_paid_minor=deposit_paid(shop_id),
        goods_count=Goods.objects.filter(shop=shop, is_wanted=True).exclude(pk__in=samples).count()
        + Pick.objects.filter(shop=shop, ended_at=None).count(),
        goods_most=settings.INDIVIDUAL_GOODS_MAX if is_small else None,
        sales_minor=sales_minor(shop_id, since) + sold_for_others(shop_id, since),
        sales_most_minor=settings.INDIVIDUAL_MONTH_MINOR if is_small else None,
    )  # fmt: skip


def accepted_agreements(shop_id: int) -> list[tuple[str, str, datetime]]:
    rows = Acceptance.objects.filter(shop_id=shop_id).order_by("id")
    return list(rows.values_list("agreement", "version", "at"))


def has_agreed(shop_id: int) -> bool:
    """Whether the versions of today were accepted for this shop."""
    known = {(name, version) for name, version, _at in accepted_agreements(shop_id)}
    return all((one.name, one.version) in known for one in agreements.CURRENT)


def conduct_of(shop_id: int, since: datetime) -> Conduct:
    """Samples passed and failed, and how often the shop was suspended, since a moment."""
    samples = Inspection.objects.filter(goods__shop_id=shop_id, decided_at__gte=since)
    return Conduct(
        samples.filter(state="passed").count(),
        samples.filter(state="failed").count(),
        Withholding.objects.filter(
            shop_id=shop_id, goods=None, cause=Cause.SUSPENDED, since__gte=since
        ).count(),
    )


def papers_to_judge() -> QuerySet[Document]:
    """Papers of shops that sell already and wait for a look; while an application does, they are judged with it."""
    selling = Application.objects.filter(state="approved").values("shop_id")
    busy = Application.objects.filter(state="submitted").values("shop_id")
    return Document.objects.filter(state="given", shop_id__in=selling).exclude(shop_id__in=busy)


def waiting_documents(*, limit: int = 30) -> list[tuple[DocumentView, str, str]]:
    """Papers of shops that sell already and wait for a look, oldest first: with slug and name of the shop."""
    rows = papers_to_judge().select_related("shop").order_by("id")[:limit]
    return [
        (
            DocumentView(
                row.public_id, row.kind, row.permit, row.number, row.until, row.state, is_over=False
            ),
            row.shop.slug, row.shop.name,
        )
        for row in rows
    ]  # fmt: skip
