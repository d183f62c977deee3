use std::sync::Arc;

use super::*;
use crate::catalogue::Effect;

/// A call that has so long to be sent.
fn pending(family: Family, time_left: Duration) -> PendingCall {
    let call = Call::new(CallKind::Endpoint, "test.read".into(), family, Effect::Read, "GET");
    PendingCall::new(Arc::new(call), 1, Instant::now() + time_left)
}

/// Waits for the limit, and says how long that took.
async fn through(limit: &RateLimit, time_left: Duration) -> Result<Duration, Refusal> {
    let started = Instant::now();
    limit.before_send(&mut pending(Family::Cloud, time_left)).await?;
    Ok(started.elapsed())
}

const LONG: Duration = Duration::from_secs(3600);

fn seconds(durations: &[Duration]) -> Vec<u64> {
    durations.iter().map(Duration::as_secs).collect()
}

#[tokio::test(start_paused = true)]
async fn calls_are_spaced_first_come_first_served() {
    let limit = RateLimit::new(6, Duration::from_secs(60)).unwrap();
    let waited = futures_util::future::join_all((0..5).map(|_| through(&limit, LONG))).await;
    let waited: Vec<Duration> = waited.into_iter().map(Result::unwrap).collect();
    assert_eq!(seconds(&waited), [0, 10, 20, 30, 40]);

    let limit = RateLimit::new(6, Duration::from_secs(60)).unwrap().burst(3).unwrap();
    let mut waited = Vec::new();
    for _ in 0..5 {
        waited.push(through(&limit, LONG).await.unwrap());
    }
    assert_eq!(seconds(&waited), [0, 0, 0, 10, 10]);
    tokio::time::sleep(Duration::from_secs(25)).await;
    assert_eq!(
        seconds(&[through(&limit, LONG).await.unwrap(), through(&limit, LONG).await.unwrap()]),
        [0, 0]
    );
    assert_eq!(through(&limit, LONG).await.unwrap().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_costs_nobody_a_turn() {
    let limit = RateLimit::new(6, Duration::from_secs(60)).unwrap();
    through(&limit, LONG).await.unwrap();
    let (mut first, mut second) = (Box::pin(through(&limit, LONG)), Box::pin(through(&limit, LONG)));
    let third = Box::pin(through(&limit, LONG));
    // Both stand in the line, the first at its head.
    tokio::time::timeout(Duration::from_secs(1), futures_util::future::join(&mut first, &mut second))
        .await
        .unwrap_err();
    drop(first);
    let (second, third) = futures_util::future::join(second, third).await;
    assert_eq!((second.unwrap().as_secs(), third.unwrap().as_secs()), (10, 19));
}

#[tokio::test(start_paused = true)]
async fn who_would_come_too_late_is_refused_at_once() {
    let limit = RateLimit::new(6, Duration::from_secs(60)).unwrap();
    through(&limit, LONG).await.unwrap();
    let started = Instant::now();
    through(&limit, Duration::from_secs(9)).await.unwrap_err();
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(through(&limit, Duration::from_secs(11)).await.unwrap().as_secs(), 10);
    let limit = limit.refuse();
    through(&limit, LONG).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn others_are_not_counted() {
    let limit = RateLimit::new(1, LONG).unwrap().families([Family::Callcenter]).refuse();
    for _ in 0..3 {
        through(&limit, LONG).await.unwrap();
    }
    limit.before_send(&mut pending(Family::Callcenter, LONG)).await.unwrap();
    limit.before_send(&mut pending(Family::Callcenter, LONG)).await.unwrap_err();
    through(&limit, LONG).await.unwrap();
}
