//! A number means something only together with its family.

use airudder_client::ErrorCode;

fn main() {
    let _ = ErrorCode::from_code(10301);
}
