//! The door: logins, sessions, and who is asking.

use std::{net::IpAddr, num::NonZeroU32};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use raspiska_shared::digest::Digest;
use zeroize::{Zeroize as _, Zeroizing};

use super::{Shown, password};
use crate::store::{OfficeRole, Session, Store, StoreError};

/// How long a session lasts, in milliseconds: a working day.
pub(crate) const TERM: u64 = 9 * 60 * 60 * 1000;
/// Random bytes of a token.
const TOKEN: usize = 32;
/// Logins that one address may try under one name in a minute: enough for a person who mistypes, useless for a list of passwords. Not under
/// the name alone: whoever knows it could keep its owner out.
const TRIES: NonZeroU32 = NonZeroU32::new(6).unwrap();

/// Lets people in, slowly.
pub(crate) struct Door {
    /// By the login's digest, as a login may be of any length, and the caller's address.
    tries: DefaultKeyedRateLimiter<(Digest, IpAddr)>,
}

/// Who is asking.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) login: String,
    /// Their full name.
    pub(crate) name: String,
    pub(crate) role: OfficeRole,
    /// When the session ends, UNIX milliseconds.
    pub(crate) ends: u64,
    /// The digest of the token.
    pub(crate) session: Digest,
}

/// A session that began.
pub(crate) struct Began {
    /// What has to be shown with each request; it is nowhere else.
    pub(crate) token: Shown,
    pub(crate) who: Who,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginError {
    /// Too many tries under this name, from this address.
    #[error("too many tries under this name; wait {0} seconds")]
    Often(u64),
    /// No randomness for a token.
    #[error("the system gives no random numbers: {0}")]
    Random(#[source] getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Which of the two is not said.
    #[error("the login or the password is wrong, or the account is closed")]
    Wrong,
}

impl Door {
    pub(crate) fn new() -> Self {
        Self {
            tries: RateLimiter::keyed(Quota::per_minute(TRIES)),
        }
    }

    /// Forgets names that were not tried lately.
    pub(crate) fn forget(&self) {
        self.tries.retain_recent();
        self.tries.shrink_to_fit();
    }

    /// Begins a session. Blocks for tens of milliseconds, whether the login is known or not.
    pub(crate) fn log_in(
        &self,
        store: &dyn Store,
        now: u64,
        from: IpAddr,
        login: &str,
        password: &str,
    ) -> Result<Began, LoginError> {
        let tried = (Digest::of(login.as_bytes()), from);
        self.tries.check_key(&tried).map_err(|until| {
            let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
            LoginError::Often(wait.as_secs() + 1)
        })?;
        let account = store
            .account(login)?
            .filter(|account| account.closed.is_none());
        let kept = account.as_ref().map(|account| account.password.as_str());
        let (true, Some(account)) = (password::fits(password, kept), account) else {
            return Err(LoginError::Wrong);
        };
        let mut random = [0; TOKEN];
        getrandom::fill(&mut random).map_err(LoginError::Random)?;
        let token = Zeroizing::new(Base64UrlUnpadded::encode_string(&random));
        random.zeroize();
        let session = Session {
            token: Digest::of(token.as_bytes()),
            login: account.login.clone(),
            began: now,
            ends: now.saturating_add(TERM),
        };
        store.begin_session(&session)?;
        let who = Who {
            login: account.login,
            name: account.name,
            role: account.role,
            ends: session.ends,
            session: session.token,
        };
        Ok(Began { token, who })
    }
}

impl Who {
    /// Whose token this is; none: of nobody, or of a session that has ended. The digest is what is looked up: how long that
    /// takes tells nothing about a token.
    pub(crate) fn of(store: &dyn Store, now: u64, token: &str) -> Result<Option<Self>, StoreError> {
        let digest = Digest::of(token.as_bytes());
        let Some(session) = store.session(&digest)? else {
            return Ok(None);
        };
        // A clock that jumps back must not make a session longer than it was given.
        if now >= session.ends || now < session.began {
            return Ok(None);
        }
        let account = store
            .account(&session.login)?
            .filter(|account| account.closed.is_none());
        Ok(account.map(|account| Self {
            login: account.login,
            name: account.name,
            role: account.role,
            ends: session.ends,
            session: digest,
        }))
    }
}
