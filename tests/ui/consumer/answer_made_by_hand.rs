//! Answers may get fields with any release: they cannot be made with a literal.

use airudder_client::collection::CreateTaskResponse;

fn main() {
    let _ = CreateTaskResponse { task_id: "1".into(), detail_error_list: Vec::new() };
}
