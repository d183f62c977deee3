//! Tokens: given out, prolonged, expired and revoked.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;

/// More applications than anybody has.
const CAPACITY: usize = 1_000;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tokens {
    issued: Vec<Token>,
    made: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Token {
    /// The key of the endpoint that gave it.
    endpoint: Cow<'static, str>,
    app_key: String,
    text: String,
    expires: Moment,
}

impl Tokens {
    /// Issues a token. While the last one lives, it is the same one with its life begun anew (one of the two
    /// readings of the vendor's page).
    pub(crate) fn issue(
        &mut self,
        endpoint: &'static str,
        app_key: &str,
        now: Moment,
        life: Moment,
        seed: u64,
    ) -> String {
        let expires = now.saturating_add(life);
        let last =
            self.issued.iter().position(|token| token.endpoint == endpoint && token.app_key == app_key);
        if let Some(token) = last.and_then(|at| self.issued.get_mut(at))
            && token.expires > now
        {
            token.expires = expires;
            return token.text.clone();
        }
        if let Some(expired) = last {
            self.issued.remove(expired);
        }
        if self.issued.len() >= CAPACITY {
            self.issued.clear();
        }
        self.made += 1;
        let text = text(seed, self.made);
        self.issued.push(Token {
            endpoint: endpoint.into(),
            app_key: app_key.to_owned(),
            text: text.clone(),
            expires,
        });
        text
    }

    /// Whether this token of that endpoint is good.
    pub(crate) fn accepts(&self, endpoint: &str, text: &str, now: Moment) -> bool {
        self.issued
            .iter()
            .any(|token| token.endpoint == endpoint && token.text == text && token.expires > now)
    }

    pub(crate) fn revoke_all(&mut self) {
        self.issued.clear();
    }

    pub(crate) fn revoke(&mut self, endpoint: &str) {
        self.issued.retain(|token| token.endpoint != endpoint);
    }
}

/// Text as the vendor's: some fifty characters of base64, `+` and `/` among them.
fn text(seed: u64, number: u64) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut random = fastrand::Rng::with_seed(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    (0..52)
        .map(|at| match at {
            17 => '+',
            34 => '/',
            _ => random.choice(ALPHABET).map_or('A', |byte| char::from(*byte)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_from_the_last_request_for_it() {
        let mut tokens = Tokens::default();
        let first = tokens.issue("auth", "key", 0, 100, 1);
        assert_eq!(first.len(), 52);
        assert_eq!(tokens.issue("auth", "key", 50, 100, 1), first);
        assert!(tokens.accepts("auth", &first, 149));
        assert!(!tokens.accepts("auth", &first, 150));
        assert!(!tokens.accepts("other", &first, 0));
        let second = tokens.issue("auth", "key", 150, 100, 1);
        assert_ne!(second, first);
        let other = tokens.issue("auth", "other key", 150, 100, 1);
        assert!(tokens.accepts("auth", &second, 151) && tokens.accepts("auth", &other, 151));
        tokens.revoke("auth");
        assert!(!tokens.accepts("auth", &second, 151));
    }
}
