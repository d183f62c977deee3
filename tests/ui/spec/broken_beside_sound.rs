//! An unsound endpoint hides no sound one beside it: the only mistakes are those of the spec and of its call.

airudder_client::api!("broken_beside_sound.yaml");

use airudder_client::{Client, Error};

async fn sound(client: Client) -> Result<(), Error> {
    let answer = client.broken_beside_sound().read_thing().send().await?;
    println!("{answer}");
    Ok(())
}

async fn unsound(client: Client) -> Result<(), Error> {
    client.broken_beside_sound().do_thing().send().await?;
    Ok(())
}

fn main() {}
