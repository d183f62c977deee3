//! In which ways values and calls can be wrong.

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
        /// Too short a time before the field that it must precede.
        TooClose = "too_close",
        /// On another day than the field that it shares its day with.
        OtherDay = "other_day",
        /// In the past.
        Past = "past",
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
