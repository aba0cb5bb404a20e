"""x"""
import pytest
from datetime import date, timedelta
from grapevine.insight.models import DailyFact, ShopTree
from grapevine.insight import planting
from grapevine.insight.queries.trees import tree_of, yesterday
pytestmark = pytest.mark.django_db

def test_thin():
    last = yesterday()
    rows=[]
    for n in range(84):
        day = last - timedelta(days=n)
        f = 0.3 if n < 7 else 1
        rows.append(DailyFact(shop_id=1, day=day, channel="note", visitors=int(400*f), lookers=int(300*f), carters=int(60*f), buyers=int(20*f), new_buyers=int(8*f), orders=int(21*f), items=int(30*f), payments_minor=int(210000*f), payments_square=int(21*f)*1.3*10000.0**2))
        rows.append(DailyFact(shop_id=1, day=day, channel="feed", visitors=200, lookers=150, carters=30, buyers=10, new_buyers=5, orders=10, items=12, payments_minor=100000, payments_square=10*1.3*10000.0**2))
    DailyFact.objects.bulk_create(rows)
    t = tree_of(1)
    def show(n,d=0):
        print("  "*d, n.name, round(n.now,3), round(n.before,3), n.state, f"{n.change:+.2f}", n.contribution_minor, f"[{n.low:+.2f} {n.high:+.2f}]", "*" if n.on_path else "")
        for c in n.children: show(c,d+1)
    show(t.root); print(t.cause,t.days,t.orders,t.orders_missing)
    print(planting.plant())
    s = tree_of(1)
    print(s.cause, s.built_at); show(s.root)
    print(len(ShopTree.objects.get().body), ShopTree.objects.get().noise)
