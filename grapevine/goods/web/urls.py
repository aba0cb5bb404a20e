from django.urls import path

from grapevine.goods.web import (
    audit,
    brand,
    desk,
    desklist,
    first_hour,
    imports,
    opening,
    operator,
    oversight,
    parts,
    pool,
    staff,
    table,
    views,
)

app_name = "goods"
urlpatterns = [
    path("goods/<str:public_id>/", views.goods, name="goods"),
    path("shops/new/", views.open_shop, name="open_shop"),
    path("shop/<slug:slug>/", views.shop, name="shop"),
    path("console/<slug:slug>/application/", opening.application, name="application"),
    path("console/<slug:slug>/application/upgrade/", opening.begin, name="upgrade"),
    path("console/<slug:slug>/documents/", opening.add_document, name="add_document"),
    path("console/<slug:slug>/documents/<str:public_id>/", opening.document, name="document"),
    path("console/<slug:slug>/brand/", brand.desk, name="brand"),
    path("console/<slug:slug>/brand/preview/", brand.preview, name="preview"),
    path("console/<slug:slug>/samples/", first_hour.remove_samples, name="samples"),
    path("console/<slug:slug>/free-shipping/", first_hour.free_shipping, name="free_shipping"),
    path("console/<slug:slug>/closing/", opening.closing, name="closing"),
    path("operator/shops/applications/", operator.applications, name="applications"),
    path("operator/shops/applications/<str:public_id>/", operator.application, name="review"),
    path("operator/shops/<slug:slug>/", operator.standing, name="standing"),
    path("operator/documents/<str:public_id>/", operator.document, name="paper"),
    path(
        "operator/documents/<str:public_id>/decision/",
        operator.decide_document,
        name="decide_document",
    ),
    path("operator/goods/", oversight.queue, name="queue"),
    path("operator/goods/<str:public_id>/decision/", oversight.decide, name="decide"),
    path("operator/inspections/", oversight.inspections, name="inspections"),
    path(
        "operator/inspections/<str:public_id>/", oversight.inspection_plan, name="inspection_plan"
    ),
    path("operator/inspections/results/<str:public_id>/", oversight.inspection, name="inspection"),
    path("operator/inspections/results/<str:public_id>/report/", oversight.report, name="report"),
    path("operator/categories/", operator.categories, name="categories"),
    path("console/<slug:slug>/goods/", desklist.desk, name="desk"),
    path("console/<slug:slug>/goods/new/", desk.new, name="new"),
    path("console/<slug:slug>/goods/table/", table.table, name="table"),
    path("console/<slug:slug>/goods/imports/", imports.imports, name="imports"),
    path("console/<slug:slug>/goods/imports/export.<str:form>", imports.export, name="export"),
    path(
        "console/<slug:slug>/goods/imports/template.<str:form>", imports.template, name="template"
    ),
    path("console/<slug:slug>/goods/imports/<str:public_id>/", imports.one, name="import"),
    path(
        "console/<slug:slug>/goods/imports/<str:public_id>/rejects.csv",
        imports.rejects,
        name="rejects",
    ),
    path("console/<slug:slug>/goods/categories/", parts.categories, name="attributes"),
    path("console/<slug:slug>/goods/changes/", desklist.bulk, name="changes"),
    path("console/<slug:slug>/goods/changes/<str:batch>/undoing/", desklist.undo, name="undo"),
    path("console/<slug:slug>/goods/<str:public_id>/", desk.edit, name="edit"),
    path("console/<slug:slug>/goods/<str:public_id>/shelf/", desk.shelf, name="shelf"),
    *(
        path(
            f"console/<slug:slug>/goods/<str:public_id>/{name}/",
            parts.part,
            {"name": name},
            name=name,
        )
        for name in parts.PARTS
    ),
    path("console/<slug:slug>/picks/", pool.picks, name="picks"),
    path("console/<slug:slug>/picks/pool/", pool.pool, name="pool"),
    path("console/<slug:slug>/supply/", pool.supply, name="supply"),
    path("console/<slug:slug>/supply/<str:public_id>/", pool.supply_goods, name="supply_goods"),
    path(
        "console/<slug:slug>/supply/<str:public_id>/withdrawal/",
        pool.supply_withdrawal,
        name="supply_withdrawal",
    ),
    path("console/<slug:slug>/staff/", staff.desk, name="staff"),
    path("console/<slug:slug>/staff/<str:handle>/role/", staff.role, name="role"),
    path("console/<slug:slug>/staff/<str:handle>/removal/", staff.removal, name="removal"),
    path(
        "console/<slug:slug>/staff/invites/<str:public_id>/withdrawal/",
        staff.withdrawal,
        name="withdrawal",
    ),
    path("console/<slug:slug>/hand-over/", staff.hand_over, name="hand_over"),
    path("console/<slug:slug>/role/", staff.own_role, name="own_role"),
    path("console/<slug:slug>/audit/", audit.trail, name="audit"),
    path("operator/audit/", audit.operator_trail, name="operator_audit"),
    path("invitations/", staff.invitations, name="invitations"),
    path("invitations/<str:public_id>/", staff.answer, name="answer"),
    path("invitations/link/<str:token>/", staff.invite, name="invite"),
]
