//! `TaskNameExist` for `TaskNameExists`.

use airudder_client::ErrorCode;

fn main() {
    let _ = ErrorCode::TaskNameExist;
}
