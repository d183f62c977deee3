//! `tokn` for `token` in an answer.

use airudder_client::{Client, Error};

async fn call(client: Client) -> Result<(), Error> {
    let answer = client.auth().get_token().app_key("key").app_secret("secret").send().await?;
    println!("{}", answer.tokn);
    Ok(())
}

fn main() {}
