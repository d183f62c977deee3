//! Every field of a task and of a row can be set; values of the usual types are taken as they are.

use airudder_client::collection::CollectionContact;
use airudder_client::jiff::civil::date;
use airudder_client::types::{Gender, Perform, Phone, RobotId, RobotMethod, TaskType};
use airudder_client::{Client, Decimal, Error};

pub(crate) async fn run(client: Client) -> Result<(), Error> {
    let contact = CollectionContact::builder()
        .debtor("Jane Doe")
        .mobile(Phone::from("+6281200000000"))
        .loan_date(date(2026, 2, 1))
        .due_date(date(2026, 3, 3))
        .loan_amount(Decimal::new(30_000_050, 2))
        .arrears(321_000)
        .unit("Rupiah")
        .platform("ACME")
        .comments(String::from("42"))
        .gender(Gender::Female)
        .robot_id(RobotId::from("robot-1"))
        .extra_a("100")
        .extra("borrower_name", "x")
        .build();
    let task = client
        .collection()
        .create_task()
        .task_name("march-reminders")
        .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id("robot-1")
        .sip_line("LINE")
        .repeat_interval(10)
        .repeat_number(3)
        .kind(TaskType::Normal)
        .robot_method(RobotMethod::Group)
        .perform(Perform::One)
        .details(vec![contact])
        .extra("SomethingNew", true)
        .timeout(std::time::Duration::from_secs(60))
        .send()
        .await?;
    assert!(!task.task_id.as_str().is_empty() && task.detail_error_list.is_empty());
    Ok(())
}
