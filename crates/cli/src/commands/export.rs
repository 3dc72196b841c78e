//! `refillctl export`: everything as one JSON document, or the ledger as a table, to a file or to stdout. Serial numbers
//! and addresses stay out unless `--private` asks for them. Shapes are in `docs/formats.md`.

use crate::failure::Failure;
use crate::session::Session;
use clap::Args;
use refill_engine::transfer::export::{self, Export};
use refill_engine::view::{ExportAs, Work};
use std::io::{self, BufWriter};
use std::path::PathBuf;

/// What to export, and where to.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  refillctl export --json --to household.json\n  refillctl export --csv > ledger.csv\n\n\
    --json is the whole household, which refillctl import reads; --csv the ledger, for spreadsheets."
)]
pub struct ExportArgs {
    /// The ledger as a table
    #[arg(long)]
    csv: bool,
    /// Write a file; without it, stdout
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// With serial numbers and addresses
    #[arg(long)]
    private: bool,
}

/// Exports.
pub fn run(args: &ExportArgs, session: &mut Session) -> Result<(), Failure> {
    let out = session.out;
    let form = match (args.csv, out.is_json()) {
        (true, false) => ExportAs::Csv,
        (false, true) => ExportAs::Json,
        (true, true) => return Err(Failure::usage("Say --json or --csv, not both.")),
        (false, false) => return Err(Failure::usage("Say what to write: --json or --csv.")),
    };
    let household = session.look()?;
    let what = Export { form, private: args.private };
    let course = session.course(Work::Export);
    let Some(to) = &args.to else {
        let mut stdout = BufWriter::new(io::stdout().lock());
        export::write(&household, &mut stdout, what, &course).map_err(|cause| match broken_pipe(&cause) {
            true => Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)),
            false => cause.into(),
        })?;
        return Ok(io::Write::flush(&mut stdout)?);
    };
    let written = export::to_file(&household, to, what, &course)?;
    let say = session.say(&household);
    let name = to.display().to_string();
    out.show(&written, || Ok(vec![say.say("done_written", &[("file", &name)])]))
}

fn broken_pipe(cause: &refill_engine::error::Error) -> bool {
    let source = cause.source.as_ref().and_then(|cause| cause.downcast_ref::<io::Error>());
    source.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
