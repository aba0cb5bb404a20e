"""Periodic work of this module."""

from grapevine.goods.actions.forgetting import forget_invites, forget_papers
from grapevine.goods.actions.importing import work as import_goods
from grapevine.goods.actions.importpictures import work as import_pictures
from grapevine.goods.actions.limits import watch_limits
from grapevine.goods.actions.permits import watch_documents
from grapevine.goods.actions.pool import watch_pool
from grapevine.goods.actions.schedule import turn_shelves
from grapevine.goods.actions.stock import expire_holds

__all__ = [
    "expire_holds",
    "forget_invites",
    "forget_papers",
    "import_goods",
    "import_pictures",
    "turn_shelves",
    "watch_documents",
    "watch_limits",
    "watch_pool",
]
