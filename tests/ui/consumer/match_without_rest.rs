//! Errors and codes may get variants with any release: a `match` needs a last arm.

use airudder_client::{ErrorCode, types::Gender};

fn name(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::TaskNameExists => "taken",
        ErrorCode::Other { .. } => "unknown",
    }
}

fn form(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "Mr",
        Gender::Female => "Ms",
        Gender::Other(_) => "",
    }
}

fn main() {}
