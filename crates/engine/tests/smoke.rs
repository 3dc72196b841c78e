use refill_engine::api::Api;
use refill_engine::clock::ManualClock;
use refill_engine::engine::{Config, Engine};
use std::sync::Arc;
#[tokio::test]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-21T10:00:00Z".parse().unwrap()));
    let engine = Engine::start(Config::new(dir.path().to_owned(), clock)).unwrap();
    println!("{:?}", engine.state().await.unwrap());
    engine.open_sample().await.unwrap();
    let v = engine.supplies().await.unwrap();
    println!("{:?} {:?}", v.headline, v.named);
    for r in &v.rows {
        println!("{:?} {} left {:?} spares {:?} {:?} {:?} {:?}", r.section, r.name, r.left.map(|l| l.to_string()), r.spares, r.next, r.lane, r.silent_days);
    }
    let s = engine.slot(v.rows[0].slot, 10).await.unwrap();
    println!("{:?}\n{:#?}", s.why, s.ledger.iter().take(4).collect::<Vec<_>>());
    let c = engine.chart(refill_engine::form::ChartForm{slot: v.rows[3].slot, range: Default::default(), width: 900.0, height: 286.0, scale: 1.0}).await.unwrap();
    println!("{} points {}", c.svg.len(), c.points.len());
    engine.stop().await;
}
