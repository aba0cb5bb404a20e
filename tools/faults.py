"""The faults `tools.mutants` plants: each a patch that must fit exactly once, why it would hurt, and what must notice.

They lie in `tools/planted/`, by subject.
"""

from tools.planted.books_and_news import BOOKS_AND_NEWS
from tools.planted.fault import Fault, Selection
from tools.planted.giving_back import GIVING_BACK
from tools.planted.goods_and_orders import GOODS_AND_ORDERS
from tools.planted.money_heard import MONEY_HEARD
from tools.planted.what_came_last import WHAT_CAME_LAST

__all__ = ["FAULTS", "Fault", "Selection"]
FAULTS: tuple[Fault, ...] = (
    *GOODS_AND_ORDERS, *MONEY_HEARD, *GIVING_BACK, *BOOKS_AND_NEWS, *WHAT_CAME_LAST,
)  # fmt: skip
