//! `refill-skill`: the skill as an AWS Lambda function. `REFILL_SKILL_URL` is the cloud's address for directives of the
//! function's region, such as `https://cloud.example/alexa/directive/europe`.

use anyhow::Context;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use refill_cloud::clock::{Clock, SystemClock};
use refill_cloud::config::LogConfig;
use refill_cloud::lambda::Skill;
use refill_cloud::log;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    log::start(&LogConfig::default())?;
    let url = std::env::var("REFILL_SKILL_URL").context("Set REFILL_SKILL_URL to the cloud's address")?;
    let skill = Skill::new(url.parse().context("REFILL_SKILL_URL is no address")?)?;
    let skill = &skill;
    run(service_fn(async |event: LambdaEvent<Value>| -> Result<Value, Error> {
        let id = SystemClock.new_id().into();
        Ok(skill.answer(&event.payload, &id).await)
    }))
    .await
}
