//! Tokens: given out, prolonged, expired and revoked.

use std::collections::HashMap;

use super::clock::Moment;

/// More applications than anybody has.
const ROOM: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// By the key of the token endpoint and the application key.
    given: HashMap<(&'static str, String), Token>,
    made: u64,
}

#[derive(Debug)]
struct Token {
    text: String,
    expires: Moment,
}

impl Tokens {
    /// Gives a token. While the last one lives, it is the same one with its life begun anew (one of the two readings of
    /// the vendor's page).
    pub(super) fn give(
        &mut self,
        endpoint: &'static str,
        app_key: &str,
        now: Moment,
        life: Moment,
        seed: u64,
    ) -> String {
        let place = (endpoint, app_key.to_owned());
        let expires = now.saturating_add(life);
        if let Some(token) = self.given.get_mut(&place)
            && token.expires > now
        {
            token.expires = expires;
            return token.text.clone();
        }
        if self.given.len() >= ROOM {
            self.given.clear();
        }
        self.made += 1;
        let text = text(seed, self.made);
        self.given.insert(place, Token { text: text.clone(), expires });
        text
    }

    /// Whether this token of that endpoint is good.
    pub(super) fn accepts(&self, endpoint: &str, text: &str, now: Moment) -> bool {
        self.given
            .iter()
            .any(|((given_by, _), token)| *given_by == endpoint && token.text == text && token.expires > now)
    }

    pub(super) fn revoke_all(&mut self) {
        self.given.clear();
    }

    pub(super) fn revoke(&mut self, endpoint: &str) {
        self.given.retain(|(given_by, _), _| *given_by != endpoint);
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
        let first = tokens.give("auth", "key", 0, 100, 1);
        assert_eq!(first.len(), 52);
        assert_eq!(tokens.give("auth", "key", 50, 100, 1), first);
        assert!(tokens.accepts("auth", &first, 149));
        assert!(!tokens.accepts("auth", &first, 150));
        assert!(!tokens.accepts("other", &first, 0));
        let second = tokens.give("auth", "key", 150, 100, 1);
        assert_ne!(second, first);
        let other = tokens.give("auth", "other key", 150, 100, 1);
        assert!(tokens.accepts("auth", &second, 151) && tokens.accepts("auth", &other, 151));
        tokens.revoke("auth");
        assert!(!tokens.accepts("auth", &second, 151));
    }
}
