//! Endpoints that the vendor made for you alone: describe them in YAML, and call them like all others.
//!
//! `cargo run --example private_endpoint` needs no account: it runs against the simulator, which plays this
//! spec back too.

use airudder_client::Client;
use airudder_simulator::Simulator;

// Makes the module `loyalty`, and the trait `LoyaltyApi` that gives `client.loyalty()`. The path is that of
// the file below the folder of `Cargo.toml`; what is wrong in the file is a compile error that names its line
// and column.
airudder_client::api!("examples/private/loyalty.yaml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let simulator =
        Simulator::builder().endpoints(loyalty::ENDPOINTS).webhooks(loyalty::WEBHOOKS).start().await?;
    println!("no account is used: a simulator answers at {}", simulator.base_url());
    let client = Client::builder()
        .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
        .base_url(simulator.base_url())
        .build()?;

    // A call. Without `.mobile(...)` this does not compile: "required field `mobile` has not been set".
    let invited = client
        .loyalty()
        .invite_member()
        .member_id("m-1")
        .mobile("+6281200000000")
        .robot_id("robot-1")
        .points(500)
        .send()
        .await?;
    println!(
        "call {} offers the tier {}",
        invited.call_id,
        invited.tier.map_or_else(String::new, |tier| tier.to_string())
    );

    let member = client.loyalty().get_member().member_id("m-1").send().await?;
    println!("member {} stands at {:?}", member.member_id, member.tier);

    // Error codes of your own are constants of the module. This one is told before anything is sent.
    let refused = client
        .loyalty()
        .invite_member()
        .member_id("m-2")
        .mobile("+6281200000001")
        .robot_id("robot-1")
        .points(0)
        .send()
        .await;
    match refused {
        Err(error) if error.code() == Some(loyalty::POINTS_OUT_OF_RANGE) => println!("refused: {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("zero points were offered".into()),
    }

    // A webhook of your own: its body, under the key that your URL stands for.
    let body = br#"{"MemberID": "m-1", "Accepted": true, "Tier": "platinum"}"#;
    match loyalty::parse("loyalty.member_answered", body)? {
        loyalty::Event::MemberAnswered(answer) if answer.accepted == Some(true) => {
            // `platinum` is not in the spec: it comes as `Tier::Other("platinum")`, not as an error.
            println!("{} took the offer and is now {:?}", answer.member_id, answer.tier);
        }
        other => println!("nothing to do for {}", other.key()),
    }
    // The vendor's own endpoints are there as ever, on the same client, with the same token.
    let robots = client.collection().list_robots().send().await?;
    println!("robots of the account: {robots:?}");
    Ok(())
}
