"""Letters: what a person wants by mail, gathered into one; through whatever Django's mail backend is set to."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.reach.contracts import NoticeView
from grapevine.reach.models import Notice
from grapevine.reach.queries import views

PEOPLE_MAX = 200
LINES_MAX = 50
logger = logging.getLogger(__name__)


def can_mail() -> bool:
    return bool(settings.EMAIL_HOST)


def send_letters() -> int:
    """One letter to everybody whose oldest waiting notice is NOTICE_MAIL_HOURS old; how many were sent.

    The notices are taken before the letter goes, so it goes at most once; what cannot be sent is given back.
    """
    if not can_mail():
        return 0
    due = clock.now() - timedelta(hours=settings.NOTICE_MAIL_HOURS)
    waiting = Notice.objects.filter(mail_at__lte=due).order_by("person_id")
    ids = waiting.values_list("person_id", flat=True).distinct()
    return sum(_send(person_id) for person_id in list(ids[:PEOPLE_MAX]))


def _send(person_id: int) -> bool:
    mine = Notice.objects.filter(person_id=person_id, mail_at__isnull=False).order_by("-id")
    rows = list(mine[:LINES_MAX])
    to = people.mail_address(person_id)
    ids = [row.pk for row in rows]
    taken = Notice.objects.filter(pk__in=ids, mail_at__isnull=False).update(mail_at=None)
    if not to or taken != len(ids):
        return False
    shops = goods.shops({row.shop_id for row in rows if row.shop_id})
    with translation.override(settings.LANGUAGE_CODE):
        lines = views(rows, {pk: shop.slug for pk, shop in shops.items()})
        return _post(to, lines, ids, clock.now())


def _post(to: str, lines: Sequence[NoticeView], ids: Sequence[int], now: datetime) -> bool:
    context = {"lines": lines, "site": settings.SITE_URL, "name": settings.SITE_NAME}
    subject = _("%(name)s：%(count)s 条通知") % {"name": settings.SITE_NAME, "count": len(lines)}
    try:
        send_mail(subject, render_to_string("reach/letter.txt", context), None, [to])
    except OSError:
        logger.warning("a letter with %s notices could not be sent; it is tried again", len(ids))
        Notice.objects.filter(pk__in=ids).update(mail_at=now)
        return False
    return True
