//! `refillctl dash-url`: the address of a device's Dash settings. JSON: `device`, `country`, `phone`, `list`, `url`; without a
//! link, the error says why. It carries no way back: that is for visits the app begins itself.

use crate::failure::Failure;
use crate::pick;
use crate::session::Session;
use clap::Args;
use refill_domain::market::Marketplace;
use refill_engine::dash::Screen;
use serde_json::json;

const HELP: &str = "\
Examples:
  refillctl dash-url \"espresso machine\"
  refillctl dash-url washer --country de --json
  refillctl dash-url washer --phone | qrencode -t utf8
  refillctl dash-url washer --list";

/// Whose settings.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct DashArgs {
    /// The device
    device: String,
    /// For a phone, where the Alexa app may take it
    #[arg(long)]
    phone: bool,
    /// The older service's page with all devices of this maker
    #[arg(long, conflicts_with = "phone")]
    list: bool,
    /// Another Amazon country than that of the settings: us, uk, de, fr, it, es or jp
    #[arg(long, value_name = "COUNTRY")]
    country: Option<Marketplace>,
}

/// Prints the address, also beside the app.
pub fn run(args: &DashArgs, session: &Session) -> Result<(), Failure> {
    let household = session.look()?;
    let device = pick::device(&household, &args.device)?;
    let screen = match (args.phone, args.list) {
        (true, _) => Screen::Phone,
        (_, true) => Screen::List,
        (false, false) => Screen::Computer,
    };
    let url = household.dash_address(device, screen, args.country)?;
    let country = args.country.unwrap_or_else(|| household.amazon_country());
    let value = json!({ "device": device, "country": country.letters(), "phone": args.phone, "list": args.list, "url": url });
    session.out.show(&value, || Ok(vec![url.to_string()]))
}
