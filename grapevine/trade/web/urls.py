from django.urls import path

from grapevine.trade.web import buying, desk, money, orders

app_name = "trade"
urlpatterns = [
    path("cart/", buying.cart, name="cart"),
    path("cart/lines/", buying.add, name="add"),
    path("cart/lines/<int:line_id>/", buying.change, name="change"),
    path("checkout/", buying.checkout, name="checkout"),
    path("pay/<str:number>/", buying.cashier, name="cashier"),
    path("sandbox/<str:number>/", buying.sandbox_page, name="sandbox"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/cancellation/", orders.cancellation, name="cancellation"),
    path("orders/<str:number>/refund/", orders.refund, name="refund"),
    path("orders/<str:number>/receipt/", orders.receipt, name="receipt"),
    path("operator/money/", money.money, name="money"),
    path("operator/money/days/", money.compare, name="compare"),
    path("operator/money/days/<str:method>/<str:day>/", money.day, name="money_day"),
    path("operator/money/refunds/<int:refund_id>/retry/", money.retry, name="retry_refund"),
    path("operator/money/alerts/<int:alert_id>/seen/", money.seen, name="see_alert"),
    path("console/<slug:slug>/orders/", desk.desk, name="desk"),
    path("console/<slug:slug>/orders/<str:number>/", desk.order, name="desk_order"),
    path("console/<slug:slug>/orders/<str:number>/shipment/", desk.shipment, name="shipment"),
    path("console/<slug:slug>/orders/<str:number>/refund/", desk.refund, name="desk_refund"),
]
