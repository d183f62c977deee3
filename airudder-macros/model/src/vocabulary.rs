//! The closed words of the spec language.

words! {
    /// How well a fact about the API is known. The levels are ordered: `Documented` is the best.
    pub enum Evidence {
        /// Read in the vendor's page.
        Documented = "documented",
        /// Seen in public client code that talks to the API.
        Observed = "observed",
        /// Carried over from a sibling whose fact is documented or observed.
        Inferred = "inferred",
        /// Guessed from the vendor's naming or from a title. Unconfirmed.
        Assumed = "assumed",
    }
}

impl Evidence {
    /// The word that the spec uses for this level.
    pub const fn as_str(self) -> &'static str {
        self.word()
    }

    /// Whether an endpoint whose path is known this well is callable only when asked for (feature
    /// `unverified`).
    pub const fn is_gated(self) -> bool {
        match self {
            Self::Documented | Self::Observed | Self::Inferred => false,
            Self::Assumed => true,
        }
    }
}

words! {
    /// What calling an endpoint does. Decides what may be repeated.
    pub enum Effect {
        /// Only reads.
        Read = "read",
        /// Changes something, and a second call changes nothing more.
        Idempotent = "idempotent",
        /// Changes something each time it is called.
        Changes = "changes",
        /// Makes people's phones ring, or sends them messages.
        CallsPeople = "calls_people",
    }
}

impl Effect {
    /// Whether a call that may have reached the vendor can be sent again without harm.
    pub const fn is_repeatable(self) -> bool {
        match self {
            Self::Read | Self::Idempotent => true,
            Self::Changes | Self::CallsPeople => false,
        }
    }

    /// The word that the spec uses for this effect.
    pub const fn as_str(self) -> &'static str {
        self.word()
    }
}

words! {
    /// An HTTP method.
    pub enum Method {
        /// Reads.
        Get = "GET",
        /// Sends something to be processed.
        Post = "POST",
        /// Puts something in a place.
        Put = "PUT",
        /// Removes something.
        Delete = "DELETE",
        /// Changes a part of something.
        Patch = "PATCH",
    }
}

impl Method {
    /// The method as it stands in a request line.
    pub const fn as_str(self) -> &'static str {
        self.word()
    }
}

impl PartialEq<str> for Method {
    fn eq(&self, other: &str) -> bool {
        self.word() == other
    }
}

impl PartialEq<&str> for Method {
    fn eq(&self, other: &&str) -> bool {
        self.word() == *other
    }
}

words! {
    /// Where a request's fields go.
    pub enum BodyForm {
        /// Into the query string.
        Query = "query",
        /// Into a JSON body.
        Json = "json",
        /// Into a URL-encoded form.
        Form = "form",
        /// Into a multipart form.
        Multipart = "multipart",
        /// Nowhere: all of them stand in the path or in headers, and there is no body.
        None = "none",
    }
}

words! {
    /// Where a field of a request goes.
    pub enum FieldPlace {
        /// Where the other fields go, as the endpoint's `body` says.
        Body = "body",
        /// Into the path.
        Path = "path",
        /// Into an HTTP header of its wire name.
        Header = "header",
    }
}

words! {
    /// How a family authenticates.
    pub enum AuthKind {
        /// A token from a token endpoint, in the header `Authorization`.
        Token = "token",
        /// Signature headers, made by the signer that the caller gives.
        Signature = "signature",
        /// An API key in the header `Authorization`, under the scheme `Bearer`.
        Bearer = "bearer",
        /// Nothing.
        None = "none",
    }
}

words! {
    /// How a list endpoint pages.
    pub enum PagingKind {
        /// By page number.
        Number = "number",
        /// By row offset.
        Offset = "offset",
        /// By the id of the last entry held.
        Cursor = "cursor",
    }
}

words! {
    /// What says that a call has succeeded.
    pub enum SuccessRule {
        /// The family's envelope: its code of success.
        Envelope = "envelope",
        /// The HTTP status, whatever the body; a code of refusal stays a refusal.
        Status = "status",
    }
}

words! {
    /// Whether the vendor lists a signature header for a webhook.
    pub enum Signed {
        /// The header is listed.
        Documented = "documented",
        /// The page was read, and the header is not there.
        None = "none",
        /// Nobody knows.
        Unknown = "unknown",
    }
}

words! {
    /// A type that is built in.
    pub enum Scalar {
        /// Text.
        String = "string",
        /// A whole number.
        Integer = "integer",
        /// A number.
        Number = "number",
        /// An exact number (money); a JSON number on the wire.
        Decimal = "decimal",
        /// True or false.
        Boolean = "boolean",
        /// `YYYY-MM-DD`.
        Date = "date",
        /// `HH:MM:SS`.
        Time = "time",
        /// `YYYY-MM-DD HH:MM:SS` without a zone.
        LocalDateTime = "local_datetime",
        /// A moment, `YYYY-MM-DDTHH:MM:SSZ`.
        Instant = "instant",
        /// A moment with a written offset, `YYYY-MM-DD HH:MM:SS+00:00`.
        InstantOffset = "instant_offset",
        /// A moment, in milliseconds since 1970.
        EpochMs = "epoch_ms",
        /// A moment, in seconds since 1970.
        EpochS = "epoch_s",
        /// A phone number in E.164 form.
        Phone = "phone",
        /// A URL.
        Url = "url",
        /// Text that is sent as base64.
        Base64 = "base64",
        /// The bytes of a file.
        Binary = "binary",
        /// Any JSON.
        Json = "json",
        /// Text that holds JSON.
        JsonText = "json_text",
        /// A JSON Schema, as an object.
        JsonSchema = "json_schema",
        /// Text, a number, or true or false.
        AnyScalar = "scalar",
    }
}

/// What a value is in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonType {
    /// A string.
    Text,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// An object.
    Object,
    /// An array.
    List,
    /// A string, a number, or true or false.
    Scalar,
    /// Anything.
    Any,
}

impl Scalar {
    /// Whether values are dates, times or moments.
    pub const fn is_time(self) -> bool {
        match self {
            Self::Date
            | Self::Time
            | Self::LocalDateTime
            | Self::Instant
            | Self::InstantOffset
            | Self::EpochMs
            | Self::EpochS => true,
            Self::String
            | Self::Integer
            | Self::Number
            | Self::Decimal
            | Self::Boolean
            | Self::Phone
            | Self::Url
            | Self::Base64
            | Self::Binary
            | Self::Json
            | Self::JsonText
            | Self::JsonSchema
            | Self::AnyScalar => false,
        }
    }

    /// What values are in JSON.
    pub const fn json_type(self) -> JsonType {
        match self {
            Self::Integer | Self::EpochMs | Self::EpochS => JsonType::Integer,
            Self::Number | Self::Decimal => JsonType::Number,
            Self::Boolean => JsonType::Boolean,
            Self::Json => JsonType::Any,
            Self::JsonSchema => JsonType::Object,
            Self::AnyScalar => JsonType::Scalar,
            Self::String
            | Self::Date
            | Self::Time
            | Self::LocalDateTime
            | Self::Instant
            | Self::InstantOffset
            | Self::Phone
            | Self::Url
            | Self::Base64
            | Self::Binary
            | Self::JsonText => JsonType::Text,
        }
    }

    /// Whether values are numbers whose size can be limited.
    pub const fn is_number(self) -> bool {
        match self {
            Self::Integer | Self::Number | Self::Decimal => true,
            Self::String
            | Self::Boolean
            | Self::Date
            | Self::Time
            | Self::LocalDateTime
            | Self::Instant
            | Self::InstantOffset
            | Self::EpochMs
            | Self::EpochS
            | Self::Phone
            | Self::Url
            | Self::Base64
            | Self::Binary
            | Self::Json
            | Self::JsonText
            | Self::JsonSchema
            | Self::AnyScalar => false,
        }
    }

    /// Whether values are text whose length can be limited.
    pub const fn is_text(self) -> bool {
        match self {
            Self::String | Self::Phone | Self::Url | Self::Base64 | Self::JsonText => true,
            Self::Integer
            | Self::Number
            | Self::Decimal
            | Self::Boolean
            | Self::Date
            | Self::Time
            | Self::LocalDateTime
            | Self::Instant
            | Self::InstantOffset
            | Self::EpochMs
            | Self::EpochS
            | Self::Binary
            | Self::Json
            | Self::JsonSchema
            | Self::AnyScalar => false,
        }
    }

    /// Whether values may hold anything, so that nothing is known of what they show.
    pub const fn is_opaque(self) -> bool {
        match self {
            Self::Json | Self::JsonText | Self::JsonSchema | Self::AnyScalar | Self::Binary => true,
            Self::String
            | Self::Integer
            | Self::Number
            | Self::Decimal
            | Self::Boolean
            | Self::Date
            | Self::Time
            | Self::LocalDateTime
            | Self::Instant
            | Self::InstantOffset
            | Self::EpochMs
            | Self::EpochS
            | Self::Phone
            | Self::Url
            | Self::Base64 => false,
        }
    }
}

words! {
    /// How the values of an enumeration look on the wire.
    pub enum EnumForm {
        /// Text.
        String = "string",
        /// Whole numbers.
        Integer = "integer",
    }
}

words! {
    /// What the error codes of a family are.
    pub enum CodeForm {
        /// Whole numbers.
        Number = "number",
        /// Words, such as `idempotency_conflict`.
        Word = "word",
    }
}

words! {
    /// A limit of a value that is a whole number.
    pub enum Limit {
        /// At least this many characters.
        MinChars = "min_chars",
        /// At most this many characters.
        MaxChars = "max_chars",
        /// At most this many digits (phone numbers).
        MaxDigits = "max_digits",
        /// At least this number.
        Min = "min",
        /// At most this number.
        Max = "max",
        /// More than this number.
        GreaterThan = "greater_than",
        /// Less than this number.
        LessThan = "less_than",
        /// At least this many entries.
        MinItems = "min_items",
        /// At most this many entries.
        MaxItems = "max_items",
        /// At most this many days after today.
        MaxDaysAhead = "max_days_ahead",
    }
}

/// What a [`Limit`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitOn {
    /// The length of a text.
    Text,
    /// The digits of a phone number.
    Phone,
    /// A number.
    Number,
    /// The length of a list.
    List,
    /// The day of a date or time.
    Day,
}

impl Limit {
    /// What it is about.
    pub const fn on(self) -> LimitOn {
        match self {
            Self::MinChars | Self::MaxChars => LimitOn::Text,
            Self::MaxDigits => LimitOn::Phone,
            Self::Min | Self::Max | Self::GreaterThan | Self::LessThan => LimitOn::Number,
            Self::MinItems | Self::MaxItems => LimitOn::List,
            Self::MaxDaysAhead => LimitOn::Day,
        }
    }

    /// Whether it bounds from below.
    pub const fn is_lower(self) -> bool {
        match self {
            Self::MinChars | Self::Min | Self::GreaterThan | Self::MinItems => true,
            Self::MaxChars
            | Self::MaxDigits
            | Self::Max
            | Self::LessThan
            | Self::MaxItems
            | Self::MaxDaysAhead => false,
        }
    }

    /// Whether the number itself is outside.
    pub const fn is_exclusive(self) -> bool {
        match self {
            Self::GreaterThan | Self::LessThan => true,
            Self::MinChars
            | Self::MaxChars
            | Self::MaxDigits
            | Self::Min
            | Self::Max
            | Self::MinItems
            | Self::MaxItems
            | Self::MaxDaysAhead => false,
        }
    }
}

words! {
    /// A way in which a value can be wrong. Those up to `RowEmpty` are found before anything is sent; the
    /// others only by the vendor.
    pub enum Problem {
        /// Required and absent.
        Missing = "missing",
        /// Of the wrong JSON type.
        WrongType = "wrong_type",
        /// Malformed.
        Invalid = "invalid",
        /// Too many characters.
        TooLong = "too_long",
        /// Too few characters.
        TooShort = "too_short",
        /// Outside its range.
        OutOfRange = "out_of_range",
        /// Too many entries.
        TooMany = "too_many",
        /// Too few entries.
        TooFew = "too_few",
        /// Not one of the values allowed.
        NotOneOf = "not_one_of",
        /// Not before the field that it must precede.
        NotBefore = "not_before",
        /// A row of the list lacks at least one required key.
        RowIncomplete = "row_incomplete",
        /// A row of the list lacks all of its keys.
        RowEmpty = "row_empty",
        /// Exists already.
        Taken = "taken",
        /// Names nothing that exists.
        Unknown = "unknown",
        /// Refused for another reason.
        Refused = "refused",
    }
}

words! {
    /// What a family's error codes have in common, for callers and for retries.
    pub enum Category {
        /// What was asked for is the case already.
        AlreadyDone = "already_done",
        /// What was named does not exist.
        NotFound = "not_found",
        /// The vendor is busy or disturbed: the same call may succeed later.
        Transient = "transient",
        /// The idempotency key belongs to another request.
        IdempotencyConflict = "idempotency_conflict",
    }
}
