//! What went wrong can be told by variant, by code and by the questions that errors answer.

use airudder_client::{Client, Error, ErrorCode, Family};

pub(crate) async fn run(client: Client) -> Result<(), Error> {
    let failed = client.collection().stop_task().action("Stop").task_id("").send().await;
    let word = match &failed {
        Ok(_) => "stopped",
        Err(Error::Invalid(invalid)) if !invalid.violations().is_empty() => "refused here",
        Err(Error::Api(refusal)) if refusal.code() == ErrorCode::TaskNameExists => "refused there",
        Err(error) if error.is_timeout() || error.is_retryable() => "later",
        Err(error) if error.may_have_reached_vendor() => "perhaps",
        Err(_) => "failed",
    };
    assert_eq!(word, "refused here");
    let named = match ErrorCode::from_code(Family::Cloud, 10403) {
        ErrorCode::TaskNameExists => true,
        ErrorCode::Other { .. } => false,
        _ => false,
    };
    assert!(named);
    // An error is an ordinary one: `?` takes it into a box, and threads may share it.
    let boxed: Box<dyn std::error::Error + Send + Sync> = failed.expect_err("it was refused").into();
    assert!(!boxed.to_string().is_empty());
    Ok(())
}
