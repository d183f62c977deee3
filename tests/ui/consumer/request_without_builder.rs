//! A request has a part that no literal can name: it is made by its builder.

use airudder_client::collection::StopTask;

fn main() {
    let _ = StopTask { action: None, task_id: "1".into() };
}
