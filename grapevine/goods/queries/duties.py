"""Who works where, for those above who divide a task among two."""

from grapevine.goods.contracts import Right
from grapevine.goods.models import Staff
from grapevine.goods.rules.roles import rights_of


def people_with(shop_id: int, right: Right) -> frozenset[int]:
    """The staff of a shop whose role may do this."""
    rows = Staff.objects.filter(shop_id=shop_id).values_list("person_id", "role")
    return frozenset(person_id for person_id, role in rows if right in rights_of(role))


def rights_anywhere(person_id: int) -> frozenset[Right]:
    """What this person may do in at least one shop."""
    roles = Staff.objects.filter(person_id=person_id).values_list("role", flat=True)
    return frozenset(right for role in roles for right in rights_of(role))
