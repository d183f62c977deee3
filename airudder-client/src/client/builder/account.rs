//! What belongs to the account: its zone, its tokens, and what goes into all its requests.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::ClientBuilder;

impl ClientBuilder {
    /// The zone of the account, in whose local time the vendor takes the times of tasks. With it, setters of
    /// such times take moments too ([`LocalTime`](crate::types::LocalTime)); without it a request with a
    /// moment is refused.
    ///
    /// ```
    /// use airudder_client::{Client, jiff::tz::TimeZone};
    ///
    /// let client = Client::builder()
    ///     .credentials("application key", "application secret")
    ///     .account_time_zone(TimeZone::get("Asia/Jakarta")?)
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn account_time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = Some(zone);
        self
    }

    /// How long before its end a token is renewed, in the background; the old one serves meanwhile. Default:
    /// a quarter of its life, an hour at most. It is half of its life at most, and up to a sixth more, for
    /// clients that were started together are not to renew together.
    pub fn token_margin(mut self, margin: Duration) -> Self {
        self.lifetimes.margin = Some(margin);
        self
    }

    /// How long a token is taken to live, from the moment of asking: no answer says it. Default: what the
    /// spec says, which is the vendor's 24 hours. A shorter time is for accounts with other rules; it is one
    /// minute at least. Tokens out of a [`TokenStore`](crate::token::TokenStore) keep the end that stands
    /// with them.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.lifetime = Some(lifetime);
        self
    }

    /// Puts this before every name that must be unique, where it does not stand there already: what several
    /// environments of one account create is told apart by it, and does not get into each other's way. It
    /// goes before the fields of which the spec knows that the vendor refuses a value that is taken (names of
    /// tasks and plans, say), and before the name that [`find_task`](crate::Client::find_task) looks for. All
    /// that is done with a request sees the whole name, [`check`](crate::Client::check) with its limits of
    /// length too.
    ///
    /// Fields that only mention a name (the task that is copied, a filter of a list) are sent as they are,
    /// and so is what goes through [`raw`](crate::Client::raw).
    ///
    /// ```
    /// # use airudder_client::Client;
    /// let client = Client::builder()
    ///     .credentials("application key", "application secret")
    ///     .name_prefix("staging_")
    ///     .build()?;
    /// # Ok::<(), airudder_client::Error>(())
    /// ```
    pub fn name_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.additions.name_prefix = prefix.into();
        self
    }

    /// Sends this value in every request that has a field of this wire name and does not set it: what belongs
    /// to the account is said once. Null and empty text count as not set, so a builder that demands the field
    /// takes an empty text. Not for fields inside of lists and objects, nor for [`raw`](crate::Client::raw).
    ///
    /// ```
    /// # use airudder_client::Client;
    /// let client = Client::builder()
    ///     .credentials("application key", "application secret")
    ///     .default_field("SIPLine", "ACMEAPI_CALLER_LINE")
    ///     .default_field("RobotMethod", "group")
    ///     .build()?;
    /// # Ok::<(), airudder_client::Error>(())
    /// ```
    ///
    /// Names are matched exactly; one that no endpoint has does nothing.
    pub fn default_field(
        mut self,
        wire_name: impl Into<String>,
        value: impl Into<serde_json::Value>,
    ) -> Self {
        self.additions.defaults.insert(wire_name.into(), value.into());
        self
    }
}
