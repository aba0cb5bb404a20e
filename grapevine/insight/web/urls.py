from django.urls import path

from grapevine.insight.web import (
    advices,
    cubing,
    fancard,
    fans,
    following,
    funnels,
    goods_report,
    influence,
    lifecycle,
    own_asset,
    portrait,
    pricing,
    reports,
    segments,
    serving,
    slow,
    trials,
    views,
)

app_name = "insight"
urlpatterns = [
    path("income/traffic-asset/", own_asset.parts, name="own_asset"),
    path("console/<slug:slug>/steps/", lifecycle.steps, name="steps"),
    path("operator/lifecycle/", lifecycle.shop_stages, name="shop_stages"),
    path("operator/lifecycle/<slug:slug>/", lifecycle.shop_stage, name="shop_stage"),
    path("operator/services/", serving.services, name="services"),
    path("operator/services/<str:public_id>/completion/", serving.completion, name="service_done"),
    path("operator/follow-ups/", following.follow_ups, name="follow_ups"),
    path("operator/follow-ups/new/", following.open_one, name="follow_up_new"),
    path("operator/follow-ups/managers/", following.manager, name="shop_manager"),
    path(
        "operator/follow-ups/<str:public_id>/assignment/",
        following.assignment,
        name="follow_up_assign",
    ),
    path(
        "operator/follow-ups/<str:public_id>/contacts/", following.contact, name="follow_up_contact"
    ),
    path("console/<slug:slug>/advices/", advices.advices, name="advices"),
    path(
        "console/<slug:slug>/advices/<str:public_id>/adoption/",
        advices.adoption,
        name="advice_adoption",
    ),
    path(
        "console/<slug:slug>/advices/<str:public_id>/dismissal/",
        advices.dismissal,
        name="advice_dismissal",
    ),
    path("console/<slug:slug>/advices/<str:public_id>/draft/", advices.draft, name="advice_draft"),
    path("operator/advices/", advices.kinds, name="advice_kinds"),
    path("console/<slug:slug>/tree/", views.tree, name="tree"),
    path("console/<slug:slug>/cube/", cubing.cube, name="cube"),
    path("console/<slug:slug>/cube/reports/", reports.reports, name="cube_reports"),
    path("console/<slug:slug>/cube/reports/new/", reports.schedule, name="cube_schedule"),
    path(
        "console/<slug:slug>/cube/reports/<str:public_id>/stopping/", reports.stop, name="cube_stop"
    ),
    path(
        "console/<slug:slug>/cube/reports/<str:public_id>/file/", reports.file, name="cube_report"
    ),
    path("console/<slug:slug>/fans/", fans.fans, name="fans"),
    path("console/<slug:slug>/fans/<slug:code>/", fancard.card, name="fan_card"),
    path("console/<slug:slug>/pricing/", pricing.page, name="pricing"),
    path("console/<slug:slug>/pricing/<str:batch>/undoing/", pricing.undo, name="price_undo"),
    path("console/<slug:slug>/portrait/", portrait.portrait, name="portrait"),
    path("console/<slug:slug>/segments/", segments.segments, name="segments"),
    path("console/<slug:slug>/segments/saving/", segments.save, name="segment_save"),
    path("console/<slug:slug>/segments/acts/", segments.draft, name="segment_draft"),
    path(
        "console/<slug:slug>/segments/acts/<str:public_id>/", segments.decide, name="segment_decide"
    ),
    path(
        "console/<slug:slug>/segments/<str:public_id>/dropping/", segments.drop, name="segment_drop"
    ),
    path("console/<slug:slug>/funnels/", funnels.funnels, name="funnels"),
    path("console/<slug:slug>/paths/", funnels.paths, name="paths"),
    path("console/<slug:slug>/sources/", goods_report.sources, name="sources"),
    path("console/<slug:slug>/influence/", influence.influence, name="influence"),
    path("operator/influence/", influence.operator_influence, name="operator_influence"),
    path("console/<slug:slug>/goods-report/", goods_report.report, name="goods_report"),
    path(
        "console/<slug:slug>/goods-report/<str:public_id>/", goods_report.sheet, name="goods_sheet"
    ),
    path("console/<slug:slug>/hits/", goods_report.hits, name="hits"),
    path("operator/hits/", goods_report.operator_hits, name="operator_hits"),
    path("operator/experiments/", trials.trials, name="trials"),
    path("operator/experiments/new/", trials.trial_new, name="trial_new"),
    path("operator/experiments/proof/", trials.trial_proof, name="trial_proof"),
    path("operator/experiments/<str:public_id>/", trials.trial, name="trial"),
    path("operator/experiments/<str:public_id>/moves/", trials.trial_move, name="trial_move"),
    path("console/<slug:slug>/experiments/", trials.shop_trials, name="shop_trials"),
    path("console/<slug:slug>/experiments/new/", trials.shop_trial_new, name="shop_trial_new"),
    path("console/<slug:slug>/experiments/<str:public_id>/", trials.shop_trial, name="shop_trial"),
    path(
        "console/<slug:slug>/experiments/<str:public_id>/moves/",
        trials.shop_trial_move,
        name="shop_trial_move",
    ),
    path("console/<slug:slug>/slow/", slow.slow, name="slow"),
    path("console/<slug:slug>/slow/drafts/", slow.draft, name="slow_draft"),
    path("console/<slug:slug>/slow/drafts/<str:public_id>/", slow.decide, name="slow_decide"),
]
