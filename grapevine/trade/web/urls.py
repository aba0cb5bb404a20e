from django.urls import path

from grapevine.trade.web import addresses, cart, cashier, checkout, desk, money, orders

app_name = "trade"
urlpatterns = [
    path("cart/", cart.cart, name="cart"),
    path("cart/lines/", cart.add, name="add"),
    path("cart/lines/<int:line_id>/", cart.change, name="change"),
    path("addresses/", addresses.book, name="addresses"),
    path("addresses/new/", addresses.new, name="address_new"),
    path("addresses/<int:address_id>/", addresses.edit, name="address_edit"),
    path("addresses/<int:address_id>/removal/", addresses.removal, name="address_removal"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("pay/<str:number>/", cashier.cashier, name="cashier"),
    path("sandbox/<str:number>/", cashier.sandbox_page, name="sandbox"),
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
    path("orders/<str:number>/address/", orders.address, name="address"),
    path("orders/<str:number>/again/", orders.again, name="again"),
    path("console/<slug:slug>/orders/", desk.desk, name="desk"),
    path("console/<slug:slug>/orders/<str:number>/", desk.order, name="desk_order"),
    path("console/<slug:slug>/orders/<str:number>/unmasking/", desk.unmasking, name="unmasking"),
    path("console/<slug:slug>/orders/<str:number>/shipment/", desk.shipment, name="shipment"),
    path("console/<slug:slug>/orders/<str:number>/refund/", desk.refund, name="desk_refund"),
]
