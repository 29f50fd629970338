//! Limits of what one caller may use: requests a minute, time.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State},
    http::{Extensions, HeaderMap, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use raspiska_shared::problem::Kind;

use super::files;
use crate::{app::App, config::Config, problem::Problem};

/// Longest time from the request's head to the answer's.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// The limits of one server.
pub(crate) struct Limits {
    /// None: no limit.
    rate: Option<DefaultKeyedRateLimiter<IpAddr>>,
    trust_proxy: bool,
}

impl Limits {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            rate: NonZeroU32::new(config.rate)
                .map(|rate| RateLimiter::keyed(Quota::per_minute(rate))),
            trust_proxy: config.trust_proxy,
        }
    }

    /// Forgets addresses that have been quiet.
    pub(crate) fn forget(&self) {
        if let Some(rate) = &self.rate {
            rate.retain_recent();
            rate.shrink_to_fit();
        }
    }

    fn check(&self, caller: IpAddr) -> Result<(), Problem> {
        let Some(rate) = &self.rate else {
            return Ok(());
        };
        rate.check_key(&caller).map_err(|until| {
            let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
            let sentence =
                "too many requests from this address; send again after Retry-After seconds";
            Problem::new(Kind::RateLimited, sentence).after(wait.as_secs() + 1)
        })
    }

    /// Whose requests are counted together. Of IPv6 the network: one subscriber has 2^64 addresses.
    fn caller(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        let peer = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let forwarded = if self.trust_proxy {
            last_forwarded(headers)
        } else {
            None
        };
        match forwarded
            .or(peer)
            .unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
            .to_canonical()
        {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
            address => address,
        }
    }
}

/// Whose request it is, for counting: an address, or a network of IPv6.
pub(crate) struct Caller(pub(crate) IpAddr);

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(app.limits().caller(&parts.extensions, &parts.headers)))
    }
}

/// The address that the nearest proxy saw: those before it are whatever the caller wrote.
fn last_forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()?
        .to_str()
        .ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// Refuses callers that send too much.
pub(crate) async fn rate(State(app): State<App>, request: Request, next: Next) -> Response {
    let limits = app.limits();
    match limits.check(limits.caller(request.extensions(), request.headers())) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// How long this request may take, in a request's extensions; else it is [`TIMEOUT`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeLimit(pub(crate) Duration);

/// Ends requests that take too long. What reached the sequencer is still logged; sending it again is safe.
pub(crate) async fn time(request: Request, next: Next) -> Response {
    let limit = request.extensions().get::<TimeLimit>();
    let limit = limit.map_or(TIMEOUT, |limit| limit.0) * patience(&request);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Problem::new(Kind::Timeout, "the request took too long; send it again").into_response()
        }
    }
}

/// How many times the usual limit a request may take. A file of 3 MiB comes in a minute over a line of half a Mbit/s.
fn patience(request: &Request) -> u32 {
    let route = request.extensions().get::<MatchedPath>();
    match route {
        Some(route) if route.as_str() == files::PATH => 6,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(rate: u32, trust_proxy: bool) -> Limits {
        Limits {
            rate: NonZeroU32::new(rate).map(|rate| RateLimiter::keyed(Quota::per_minute(rate))),
            trust_proxy,
        }
    }

    fn request(peer: &str, forwarded: Option<&str>) -> Request {
        let mut request = Request::new(axum::body::Body::empty());
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(forwarded) = forwarded {
            request
                .headers_mut()
                .insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        request
    }

    #[test]
    fn the_proxy_is_believed_only_when_told_so() {
        let request = request("127.0.0.1:1", Some("198.51.100.7, 203.0.113.9"));
        assert_eq!(
            limits(1, false)
                .caller(request.extensions(), request.headers())
                .to_string(),
            "127.0.0.1"
        );
        assert_eq!(
            limits(1, true)
                .caller(request.extensions(), request.headers())
                .to_string(),
            "203.0.113.9"
        );
    }

    #[test]
    fn one_ipv6_network_is_one_caller() {
        let limits = limits(1, false);
        let (one, other) = (
            request("[2001:db8:0:1::1]:1", None),
            request("[2001:db8:0:1:f::2]:1", None),
        );
        assert_eq!(
            limits.caller(one.extensions(), one.headers()),
            limits.caller(other.extensions(), other.headers())
        );
        let mapped = request("[::ffff:192.0.2.1]:1", None);
        assert_eq!(
            limits
                .caller(mapped.extensions(), mapped.headers())
                .to_string(),
            "192.0.2.1"
        );
    }

    #[test]
    fn the_one_above_the_rate_is_told_when_to_come_back() {
        let limits = limits(2, false);
        let caller = "192.0.2.1".parse().unwrap();
        assert!(limits.check(caller).is_ok() && limits.check(caller).is_ok());
        let problem = limits.check(caller).unwrap_err();
        assert_eq!(problem.kind, Kind::RateLimited);
        assert!(
            problem
                .retry_after
                .is_some_and(|seconds| (1..=31).contains(&seconds))
        );
        assert!(limits.check("192.0.2.2".parse().unwrap()).is_ok());
        limits.forget();
    }
}
