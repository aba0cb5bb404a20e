"""A person's own traffic asset: the panel on the page of their income, and the file it can be worked out from again."""

import csv
from dataclasses import astuple, fields

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from grapevine.insight.queries import own_asset as reads
from grapevine.insight.rules.customers.brought import FEWEST
from grapevine.kit.pages import me, signed_in_page


def panel(request: HttpRequest) -> str:
    """What the people whom I brought are worth. Three queries."""
    person_id = me(request)
    found = reads.asset_of_person(person_id)
    context = {
        "asset": found, "fewest": FEWEST, "is_off": found is None and reads.is_closed_to(person_id),
        "moved": next((one for one in found.values if one.name == found.moved), None) if found else None,
    }  # fmt: skip
    return render_to_string("insight/_own_asset.html", context, request)


@require_GET
@signed_in_page
def parts(request: HttpRequest) -> HttpResponse:
    """GET /income/traffic-asset/ : the lines as CSV, amounts in minor units; an empty field is told in the line without a shop."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="traffic-asset.csv"'
    writer = csv.writer(response)
    writer.writerow([one.name for one in fields(reads.Line)])
    writer.writerows(astuple(line) for line in reads.lines_of(me(request)))
    return response
