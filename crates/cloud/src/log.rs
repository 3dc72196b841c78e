//! The log: structured lines on standard error. No token, password, serial number or address of a customer is ever
//! written at info or above; requests are named by their route, not by the address that came.

use crate::config::{LogConfig, LogFormat};
use anyhow::Context;
use tracing_subscriber::EnvFilter;

/// What prints whole messages or credentials when it talks much, whatever the filter says.
const QUIET: [&str; 5] =
    ["aws_config=warn", "aws_runtime=warn", "aws_sdk_sqs=warn", "aws_smithy_runtime=warn", "rumqttc=warn"];

/// Starts it for the whole program.
///
/// # Errors
/// The filter can't be read, or a log runs already.
pub fn start(config: &LogConfig) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(&config.filter).context("The log's filter can't be used")?;
    for quiet in QUIET {
        filter = filter.add_directive(quiet.parse().context("The log's filter")?);
    }
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Json => log.json().flatten_event(true).try_init(),
        LogFormat::Text => log.with_ansi(false).try_init(),
    };
    started.map_err(|cause| anyhow::anyhow!("Start the log: {cause}"))
}
