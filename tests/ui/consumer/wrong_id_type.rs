//! The id of a task where the id of a robot belongs.

use airudder_client::{Client, types::TaskId};

fn call(client: Client, task: TaskId) {
    let _ = client.collection().create_task().robot_id(task);
}

fn main() {}
