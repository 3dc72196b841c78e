//! A test with a real skill in a file: `guided.json` beside the dossier, written after every answer, so that it can be put
//! away and gone on with on any day. It keeps the model as it was when the test began; what is asked does not change under
//! a person's hands. One that is begun anew leaves the last one under another name.

use super::sentences::Sentences;
use super::shown::guided_so_far;
use crate::error::{Code, Error};
use crate::registration::files;
use crate::transfer::unwritten;
use crate::view::{GuidedAnswer, GuidedStep, GuidedView, TestDevice};
use refill_domain::certification::guided::{Guided, Step, steps};
use refill_domain::certification::{Case, Judged, Moment, Transcript};
use refill_domain::endpoint::SensorKind;
use refill_domain::ids::EndpointId;
use refill_domain::locale::Locale;
use refill_domain::registration::Dossier;
use serde::{Deserialize, Serialize};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What the document calls itself.
const FORMAT: &str = "refill-guided";

/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;

/// Bytes of a file that is read at all.
const FILE_MAX: u64 = 64 * 1024 * 1024;

/// A test as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    format: String,
    version: u32,
    /// The model as it was when it began.
    pub dossier: Dossier,
    /// The device of the household it is about.
    pub device: Option<EndpointId>,
    /// What was said so far.
    pub run: Guided,
}

fn path(folder: &Path) -> PathBuf {
    folder.join("guided.json")
}

fn unreadable() -> Error {
    let message = "The file of the test with a real skill (guided.json) can’t be read. Begin a new test; the file is kept.";
    Error::new(Code::BadFile, message).at("guided")
}

impl Test {
    /// One that begins.
    pub fn new(dossier: Dossier, device: Option<EndpointId>, run: Guided) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, dossier, device, run }
    }

    /// The one in a model's folder.
    ///
    /// # Errors
    /// `BadFile`: it is there and can't be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let file = match std::fs::File::open(path(folder)) {
            Ok(file) => file,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(unreadable().caused_by(cause)),
        };
        let mut text = Vec::new();
        file.take(FILE_MAX).read_to_end(&mut text).map_err(|cause| unreadable().caused_by(cause))?;
        let test: Self = serde_json::from_slice(&text).map_err(|cause| unreadable().caused_by(cause))?;
        if test.format != FORMAT || test.version > VERSION {
            return Err(unreadable());
        }
        Ok(Some(test))
    }

    /// Keeps it.
    ///
    /// # Errors
    /// Why it can't be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).map_err(anyhow::Error::from)?;
        files::text(&path(folder), &format!("{text}\n")).map(|_| ())
    }

    /// Puts the one that is there under another name, so that a new one can begin; one that can't be read as well, in case
    /// somebody else can.
    ///
    /// # Errors
    /// It can't be renamed.
    pub fn put_away(folder: &Path) -> Result<(), Error> {
        let stem = match Self::read(folder) {
            Ok(None) => return Ok(()),
            Ok(Some(test)) if test.run.answers.is_empty() => return Ok(()),
            Ok(Some(test)) => format!("guided-{}", test.run.begun.format("%Y%m%dT%H%M%SZ")),
            Err(_) => "guided-unreadable".to_owned(),
        };
        let free = (0..).map(|nth| folder.join(format!("{stem}{}.json", "b".repeat(nth))));
        let Some(to) = free.into_iter().find(|to| !to.exists()) else { return Ok(()) };
        std::fs::rename(path(folder), &to).map_err(|cause| unwritten(&to, cause))
    }

    /// What is known by now, judged.
    pub fn judged(&self, heard: &[Moment]) -> (Transcript, Vec<Judged>) {
        self.run.judged(&self.dossier, heard)
    }

    /// It as it is shown.
    pub(super) fn view(
        &self,
        (now, heard): (&Dossier, &[Moment]),
        device: Option<TestDevice>,
        (say, locale): (Sentences, Locale),
    ) -> GuidedView {
        let (_, judged) = self.judged(heard);
        let short = |nth: Option<usize>| nth.and_then(|nth| u32::try_from(nth).ok());
        let heard = heard.iter().filter(|moment| moment.at >= self.run.begun).count();
        GuidedView {
            verdicts: guided_so_far(&self.run, (&self.dossier, now), &judged, say),
            begun: self.run.begun.timestamp_millis(),
            device,
            steps: steps(&self.dossier).iter().map(|step| self.step(step, say, locale)).collect(),
            next: short(self.run.next(&self.dossier)),
            heard: short(Some(heard)).unwrap_or(u32::MAX),
        }
    }

    /// A step in words.
    pub fn step(&self, step: &Step, say: Sentences, locale: Locale) -> GuidedStep {
        let slot = self.dossier.slots.iter().find(|slot| Some(&slot.instance) == step.instance.as_ref());
        let named = slot.map(|slot| {
            let names = [slot.names.get(&locale), slot.names.values().next()];
            names
                .into_iter()
                .flatten()
                .find(|name| !name.trim().is_empty())
                .unwrap_or(&slot.identifier)
                .clone()
        });
        let products = slot.zip(self.run.marketplace).filter(|_| step.case == Case::Products);
        let products = products.and_then(|(slot, market)| slot.asins.get(&market));
        let expects = match products {
            Some(products) if !products.is_empty() => {
                format!("{}: {}", say.expects(step.case), products.join(", "))
            }
            _ => say.expects(step.case),
        };
        let unit = slot.filter(|slot| step.case == Case::Supply && slot.sensor() == Some(SensorKind::Level));
        GuidedStep {
            case: step.case,
            code: step.case.code().to_owned(),
            task: say.task(step, named.as_deref().unwrap_or_default()),
            slot: named,
            expects,
            wants_messages: step.wants_messages(),
            unit: unit.and_then(|slot| slot.unit),
            answer: self.run.answer_to(step).map(|answer| GuidedAnswer {
                reply: answer.reply,
                note: answer.note.clone(),
                left: answer.left,
                messages: u32::try_from(answer.messages.len()).unwrap_or(u32::MAX),
                at: answer.at.timestamp_millis(),
            }),
        }
    }
}
