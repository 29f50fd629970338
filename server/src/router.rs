//! Every route, one line each, grouped by who calls. The OpenAPI description comes from the same lines.

use std::any::Any;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method, header},
    middleware,
    response::{IntoResponse as _, Response},
};
use raspiska_shared::problem::Kind;
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{Any as AnyOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    http::{
        assets, counts, files, health, identity, limit, loader, log, my, observe, office, pages,
        policies, receipts, schema, sites, spec, verify, withdrawals,
    },
    problem::Problem,
};

/// The committed description, as it is served. A test holds it against [`openapi`].
pub(crate) const OPENAPI: &str = include_str!("../openapi.json");

#[derive(OpenApi)]
#[openapi(
    info(title = "Raspiska", description = "Consent receipts: signed by the person, logged by the server, provable by anyone."),
    tags(
        (name = "receipts", description = "What a person's browser sends and asks"),
        (name = "browser", description = "What a page loads"),
        (name = "documents", description = "Open to everyone, without script or cookies"),
        (name = "log", description = "For auditors: C2SP tlog-tiles"),
        (name = "office", description = "For those who work with personal data: log in, and send the token as a bearer"),
        (name = "operation", description = "For whoever runs the server"),
    )
)]
struct Description;

/// All routes over one server's state; without those of operation if they have an address of their own.
pub fn router(app: App) -> Router {
    let limited = middleware::from_fn_with_state(app.clone(), limit::rate);
    let (public, _) = read_by_all().split_for_parts();
    let (posts, _) = sent_by_people().layer(limited.clone()).split_for_parts();
    let (office, _) = sent_by_the_office().layer(limited).split_for_parts();
    // Before the layer: preflights end where no method fits, and have to pass it.
    let across = public
        .merge(posts)
        .method_not_allowed_fallback(wrong_method)
        .layer(cross_origin())
        .merge(office.method_not_allowed_fallback(wrong_method));
    let router = if app.operation_apart() {
        across
    } else {
        across.merge(operation())
    };
    let router = match app.pages() {
        Some(folder) => router.fallback_service(pages::service(folder)),
        None => router.fallback(nothing_here),
    };
    observed(router, app)
}

/// The routes of an address of their own: for whoever runs the server.
pub fn operation_router(app: App) -> Router {
    observed(operation().fallback(nothing_here), app)
}

fn operation() -> Router<App> {
    let (operation, _) = read_by_operators().split_for_parts();
    operation.method_not_allowed_fallback(wrong_method)
}

fn observed(router: Router<App>, app: App) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(limit::time))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            observe::observe,
        ))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(
            header::REFERRER_POLICY,
            "strict-origin-when-cross-origin",
        ))
        .with_state(app)
}

/// The OpenAPI description as JSON, ended by LF.
#[must_use]
pub fn openapi() -> String {
    let all = OpenApiRouter::with_openapi(Description::openapi());
    let all = all
        .merge(sent_by_people())
        .merge(read_by_all())
        .merge(sent_by_the_office())
        .merge(read_by_operators());
    let (_, mut description) = all.split_for_parts();
    schema::complete(&mut description);
    // A description is made of strings and maps with string keys.
    let mut json = description.to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

/// A person's browser sends these.
fn sent_by_people() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(receipts::create_receipt))
        .routes(routes!(withdrawals::create_withdrawal))
        .routes(routes!(files::put_file))
        .routes(routes!(counts::create_counts))
        .routes(routes!(my::read_my, my::act))
        .routes(routes!(
            my::unsubscribe::read_link,
            my::unsubscribe::use_link
        ))
}

/// Pages of any origin, verifiers and auditors read these.
fn read_by_all() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(receipts::read_receipt))
        .routes(routes!(sites::read_site))
        .routes(routes!(loader::read_loader))
        .routes(routes!(loader::read_module))
        .routes(routes!(assets::read_asset))
        .routes(routes!(policies::read_current))
        .routes(routes!(policies::read_edition))
        .routes(routes!(policies::read_changes))
        .routes(routes!(verify::read_verify))
        .routes(routes!(log::read_checkpoint))
        .routes(routes!(log::read_tile))
        .routes(routes!(log::read_vkey))
        .routes(routes!(identity::read_identity))
        .routes(routes!(spec::read_spec))
        .routes(routes!(health::read_openapi))
}

/// Those who work with personal data send these, from the same origin or none.
fn sent_by_the_office() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(
            office::session::begin_session,
            office::session::read_session,
            office::session::end_session
        ))
        .routes(routes!(office::receipts::list_receipts))
        .routes(routes!(office::receipts::read_values))
        .routes(routes!(office::files::read_file))
        .routes(routes!(office::withdrawals::withdraw))
        .routes(routes!(office::acts::destroy, office::acts::list_acts))
        .routes(routes!(office::acts::read_act))
        .routes(routes!(office::acts::note_tool))
        .routes(routes!(office::evidence::list_evidence))
        .routes(routes!(office::evidence::destroy))
        .routes(routes!(office::evidence::ask))
        .routes(routes!(office::evidence::confirm))
        .routes(routes!(office::evidence::read))
        .routes(routes!(office::unsubscribe::unsubscribe_link))
        .routes(routes!(
            office::requests::list_requests,
            office::requests::take_in
        ))
        .routes(routes!(office::requests::read_request))
        .routes(routes!(office::requests::step))
        .routes(routes!(office::duties::list_duties))
        .routes(routes!(office::duties::state_fact))
        .routes(routes!(office::access::list_access))
}

/// Whoever runs the server reads these, from the same origin or none.
fn read_by_operators() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::read_health))
        .routes(routes!(health::read_live))
        .routes(routes!(health::read_metrics))
}

/// A site's pages live on another origin than the server. No credentials: there are none.
fn cross_origin() -> CorsLayer {
    const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
    CorsLayer::new()
        .allow_origin(AnyOrigin)
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([header::ACCEPT, header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers([header::RETRY_AFTER])
        .max_age(DAY)
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

async fn nothing_here() -> Problem {
    Problem::not_found("nothing is at this address")
}

async fn wrong_method() -> Problem {
    Problem::new(
        Kind::Method,
        "the address is right, the method is not; see /openapi.json",
    )
}

/// The panic's message is for our log only.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}
