//! The engine's commands about certification. A rehearsal is long work like any other: one at a time, with progress, ended
//! by the same cancel; it touches nothing but the model's own folder. Files are read and judged beside the run loop.

use super::guided::Test;
use super::kept::{self, Kept, Shelf};
use super::live::Hearing;
use super::report::{Count, Part, document, page};
use super::sentences::Sentences;
use super::shown;
use super::stage::Play;
use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::household::bad_amount;
use crate::region;
use crate::view::{
    CaseDetail, CertificationView, GuidedForm, LiveView, ModelText, ReportForm, TestDevice, Update,
};
use crate::words::Words;
use chrono::{DateTime, NaiveDate, Utc};
use refill_domain::certification::guided::{Given, Guided, steps};
use refill_domain::certification::{Case, Happening, Judged, Moment, Transcript, judge};
use refill_domain::ids::EndpointId;
use refill_domain::locale::{Locale, parse_number};
use refill_domain::market::Marketplace;
use refill_domain::measure::Amount;
use refill_domain::registration::Dossier;
use serde_json::json;
use std::path::PathBuf;

/// Moments of a rehearsal under way that are told at once; the next question gets the next ones.
const TOLD_AT_ONCE: usize = 100;

/// A run with the verdicts that count: when it was, what happened, what came of it.
type Run = (DateTime<Utc>, Transcript, Vec<Judged>);

/// A model on the table, with everything that is needed to say something of it.
struct Table {
    folder: PathBuf,
    dossier: Dossier,
    say: Sentences,
    locale: Locale,
    now: DateTime<Utc>,
    today: NaiveDate,
}

impl Table {
    fn name(&self) -> &str {
        let name = self.dossier.name.trim();
        if name.is_empty() { &self.dossier.model } else { name }
    }
}

async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?
}

impl Engine {
    async fn table(&self, model: &str) -> Result<Table, Error> {
        let about = |household: &crate::household::Household| {
            let settings = household.settings();
            let say = Sentences::new(Words::of(region::language(settings)));
            Ok((say, region::locale(settings), household.now(), household.today()))
        };
        let (say, locale, now, today) = self.see(about).await?;
        let model = model.to_owned();
        let (path, dossier) = self.at_desk(move |desk| desk.open(&model)).await?;
        let folder = path.parent().map(PathBuf::from).unwrap_or_default();
        Ok(Table { folder, dossier, say, locale, now, today })
    }

    /// What this app said of the device of a test.
    async fn said_of(&self, test: Option<&Test>) -> Result<Vec<Moment>, Error> {
        match test.and_then(|test| test.device) {
            Some(device) => self.see(move |household| Ok(household.said_of(device)?)).await,
            None => Ok(Vec::new()),
        }
    }

    async fn test(&self, table: &Table) -> Result<Option<Test>, Error> {
        let folder = table.folder.clone();
        beside(move || Test::read(&folder)).await
    }

    /// The tab of a model.
    pub(crate) async fn certification_of(&self, model: String) -> Result<CertificationView, Error> {
        let table = self.table(&model).await?;
        // One that can't be read is told of, and hides nothing else.
        let (test, damaged) = match self.test(&table).await {
            Ok(test) => (test, 0),
            Err(cause) if cause.code == Code::BadFile => (None, 1),
            Err(cause) => return Err(cause),
        };
        let said = self.said_of(test.as_ref()).await?;
        let dossier = table.dossier.clone();
        let devices = self.see(move |household| Ok(household.under_test(&dossier))).await?;
        let devices: Vec<TestDevice> =
            devices.into_iter().map(|(id, name)| TestDevice { id, name }).collect();
        let live = self.live(0);
        beside(move || {
            let shelf = Shelf::read(&table.folder);
            let guided = test.map(|test| {
                let device = devices.iter().find(|device| Some(device.id) == test.device).cloned();
                test.view((&table.dossier, &said), device, (table.say, table.locale))
            });
            Ok(CertificationView {
                unable: shown::unable(&table.dossier, table.today, table.say),
                markets: table.dossier.marketplaces.keys().copied().collect(),
                rehearsed: shown::rehearsed(&shelf, &table.dossier, table.say),
                guided,
                devices,
                unreadable: shelf.unreadable + damaged,
                live,
                model,
            })
        })
        .await
    }

    fn live(&self, after: usize) -> Option<LiveView> {
        let live = self.rehearsing.now()?;
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let begin = live.moments.first().map(|moment| moment.at);
        let say = Sentences::new(live.words);
        let moments = live.moments.iter().enumerate().skip(after).take(TOLD_AT_ONCE);
        Some(LiveView {
            case: live.case,
            done: short(live.done),
            steps: short(live.steps),
            moments: moments.map(|(at, moment)| shown::moment(at, moment, begin, say)).collect(),
            model: live.model,
        })
    }

    /// The rehearsal under way, with what happened after so many moments.
    pub(crate) fn live_after(&self, after: u32) -> Option<LiveView> {
        self.live(usize::try_from(after).unwrap_or(usize::MAX))
    }

    /// Holds a rehearsal, keeps it and shows what came of it.
    pub(crate) async fn hold_rehearsal(
        &self,
        model: String,
        market: Option<Marketplace>,
        case: Option<Case>,
    ) -> Result<CertificationView, Error> {
        let Some(stage) = self.config.stage.clone() else {
            return Err(Error::new(Code::Unexpected, "This program can’t hold rehearsals."));
        };
        let alone = self.moving.alone()?;
        let turn = self.rehearsing.turn.lock().await;
        let table = self.table(&model).await?;
        let begun = self.rehearsing.begin(&model, case, table.say.words);
        let (rehearsing, updates) = (self.rehearsing.clone(), self.updates.clone());
        let audience = Hearing { rehearsing, updates, cancel: alone.cancel() };
        let play = Play {
            dossier: table.dossier.clone(),
            marketplace: market,
            begin: table.now,
            until: case,
            audience: std::sync::Arc::new(audience),
        };
        let held = stage.hold(play).await;
        let ended = self.config.clock.now();
        drop(begun);
        let kept = match held {
            Ok((transcript, judged)) => {
                let wanted = |one: &Judged| case.is_none_or(|case| one.case == case);
                let judged = judged.into_iter().filter(wanted).collect();
                let took = u64::try_from((ended - table.now).num_milliseconds()).unwrap_or(0);
                let run = Kept::new((table.now, took), table.dossier, transcript, judged);
                beside(move || kept::keep(&table.folder, &run)).await
            }
            Err(cause) => Err(cause),
        };
        drop((turn, alone));
        // Whoever looks from elsewhere learns that it is over; nobody listens: nobody to tell.
        let _ = self.updates.send(Update::Changed {});
        kept?;
        self.certification_of(model).await
    }

    /// One case, with what proves or refutes it.
    pub(crate) async fn case_of(&self, model: String, case: Case, guided: bool) -> Result<CaseDetail, Error> {
        let table = self.table(&model).await?;
        if guided {
            let test = self.test(&table).await?;
            let said = self.said_of(test.as_ref()).await?;
            return beside(move || {
                let Some(test) = test else { return Ok(shown::detail(case, None, (None, false), table.say)) };
                let (transcript, judged) = test.judged(&said);
                let so_far =
                    shown::guided_so_far(&test.run, (&test.dossier, &table.dossier), &judged, table.say);
                let found = judged.iter().find(|one| one.case == case).map(|one| (&transcript, one));
                let mut detail = shown::detail(case, found, (None, so_far.changed), table.say);
                if let Some(row) = so_far.cases.into_iter().find(|row| row.case == case) {
                    detail.row = row;
                }
                // Here a person answers by the steps.
                detail.asks = false;
                detail.held_at = so_far.held_at;
                Ok(detail)
            })
            .await;
        }
        beside(move || {
            let shelf = Shelf::read(&table.folder);
            let found = shelf.of(case);
            let changed = found.is_some_and(|(_, kept, _)| shown::differs(&kept.dossier, &table.dossier));
            let judged = found.map(|(_, kept, judged)| (&kept.transcript, judged));
            Ok(shown::detail(case, judged, (found.map(|(_, kept, _)| kept), changed), table.say))
        })
        .await
    }

    /// Takes a person's word on a case that waits for it.
    pub(crate) async fn answer_for(
        &self,
        model: String,
        case: Case,
        holds: bool,
    ) -> Result<CertificationView, Error> {
        let table = self.table(&model).await?;
        beside(move || {
            let mut shelf = Shelf::read(&table.folder);
            let Some((at, ..)) = shelf.of(case) else {
                return Err(Error::new(Code::BadField, "Run this case first.").at("case"));
            };
            let (path, kept) = shelf.runs.swap_remove(at);
            let Kept { dossier, mut transcript, judged: before, .. } = kept.clone();
            // The last moment of the run: what is said now is said of it.
            let at = transcript.moments.last().map_or(table.now, |moment| moment.at);
            transcript.moments.push(Moment { at, what: Happening::Answered { case, holds } });
            let of = |one: &Judged| before.iter().any(|other| other.case == one.case);
            let judged = judge(&dossier, &transcript).into_iter().filter(of).collect();
            kept::write(&path, &Kept { transcript, judged, ..kept })
        })
        .await?;
        self.certification_of(model).await
    }

    /// The report, as a file.
    pub(crate) async fn report_of(
        &self,
        model: String,
        form: ReportForm,
        guided: bool,
    ) -> Result<ModelText, Error> {
        let table = self.table(&model).await?;
        let test = if guided { self.test(&table).await? } else { None };
        let said = self.said_of(test.as_ref()).await?;
        beside(move || {
            let runs: Vec<Run> = match (guided, test) {
                (true, Some(test)) => {
                    let (transcript, judged) = test.judged(&said);
                    vec![(test.run.begun, transcript, judged)]
                }
                (true, None) => Vec::new(),
                (false, _) => counting(&Shelf::read(&table.folder)),
            };
            if runs.is_empty() {
                return Err(Error::new(Code::BadField, "Nothing was run yet.").at("model"));
            }
            let kind = if guided { "real-skill" } else { "rehearsal" };
            let stem = if table.dossier.model.is_empty() { "model" } else { table.dossier.model.as_str() };
            let (ending, text) = match form {
                ReportForm::Html => ("html", html(&table, &runs)),
                ReportForm::Json => ("json", machine(&table, kind, &runs)),
            };
            Ok(ModelText { name: format!("{stem}-{kind}.{ending}"), text })
        })
        .await
    }

    /// Begins a test with a real skill; one that was under way is put away.
    pub(crate) async fn begin_test(
        &self,
        model: String,
        market: Option<Marketplace>,
        device: Option<EndpointId>,
    ) -> Result<CertificationView, Error> {
        let table = self.table(&model).await?;
        if steps(&table.dossier).is_empty() {
            let why = table.say.say("unable_slots", &[]);
            return Err(Error::new(Code::BadField, why).at("model"));
        }
        if market.is_some_and(|market| !table.dossier.marketplaces.contains_key(&market)) {
            let message = "The dossier does not name this marketplace.";
            return Err(Error::new(Code::BadField, message).at("market"));
        }
        beside(move || {
            Test::put_away(&table.folder)?;
            Test::new(table.dossier, device, Guided::begin(market, table.now)).write(&table.folder)
        })
        .await?;
        self.certification_of(model).await
    }

    /// Takes what a person says of a step.
    pub(crate) async fn answer_step(
        &self,
        model: String,
        step: u32,
        form: GuidedForm,
    ) -> Result<CertificationView, Error> {
        let table = self.table(&model).await?;
        self.change_test(&table, move |test, table| {
            let at = usize::try_from(step).unwrap_or(usize::MAX);
            let asked = steps(&test.dossier).get(at).cloned();
            let slot = asked.and_then(|asked| {
                test.dossier.slots.iter().find(|slot| Some(&slot.instance) == asked.instance.as_ref())
            });
            let left = match (slot.and_then(|slot| slot.unit), form.left.trim()) {
                (Some(unit), typed) if !typed.is_empty() => {
                    let milli =
                        parse_number(typed, table.locale).map_err(|cause| bad_amount(cause).at("left"))?;
                    Some(Amount::new(milli, unit))
                }
                _ => None,
            };
            let given = Given { reply: form.reply, left, note: form.note, pasted: form.pasted };
            let (dossier, now) = (test.dossier.clone(), table.now);
            test.run.answer(&dossier, at, &given, now).map_err(refused)
        })
        .await?;
        self.certification_of(model).await
    }

    /// Takes the last answer back.
    pub(crate) async fn take_step_back(&self, model: String) -> Result<CertificationView, Error> {
        let table = self.table(&model).await?;
        let back = |test: &mut Test, _: &Table| {
            test.run.take_back();
            Ok(())
        };
        self.change_test(&table, back).await?;
        self.certification_of(model).await
    }

    async fn change_test(
        &self,
        table: &Table,
        change: impl FnOnce(&mut Test, &Table) -> Result<(), Error>,
    ) -> Result<(), Error> {
        // One answer after the other, from whichever window.
        let _turn = self.rehearsing.turn.lock().await;
        let Some(mut test) = self.test(table).await? else {
            return Err(Error::new(Code::BadField, "No test with a real skill is under way.").at("model"));
        };
        change(&mut test, table)?;
        let folder = table.folder.clone();
        beside(move || test.write(&folder)).await
    }
}

fn refused(cause: refill_domain::certification::guided::NotTaken) -> Error {
    use refill_domain::certification::guided::NotTaken;
    let field = match cause {
        NotTaken::NoMessage | NotTaken::NotAMessage | NotTaken::TooMuch => "pasted",
        NotTaken::LongNote | NotTaken::NoWords => "note",
        NotTaken::OtherMeasure => "left",
        NotTaken::Order => "step",
    };
    let text = cause.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    Error::new(Code::BadField, format!("{first}{}.", letters.as_str())).at(field)
}

/// The runs that count, each with the cases it counts for.
fn counting(shelf: &Shelf) -> Vec<Run> {
    let all = shelf.counting();
    let counts = |at: usize, one: &Judged| shelf.of(one.case).is_some_and(|(run, ..)| run == at);
    let of = |at: usize| {
        let (_, kept) = shelf.runs.get(at)?;
        let judged = kept.judged.iter().filter(|one| counts(at, one)).cloned().collect();
        Some((kept.held_at, kept.transcript.clone(), judged))
    };
    all.into_iter().filter_map(of).collect()
}

fn html(table: &Table, runs: &[Run]) -> String {
    let when = |at: &DateTime<Utc>| {
        if runs.len() < 2 {
            return String::new();
        }
        table.say.say("run", &[("when", &at.format("%Y-%m-%d %H:%M UTC").to_string())])
    };
    let headings: Vec<String> = runs.iter().map(|(at, ..)| when(at)).collect();
    let each = runs.iter().zip(&headings);
    let parts: Vec<Part<'_>> =
        each.map(|((_, transcript, judged), heading)| Part { transcript, judged, heading }).collect();
    page(table.name(), &parts, table.say)
}

fn machine(table: &Table, kind: &str, runs: &[Run]) -> String {
    let all: Vec<Judged> = runs.iter().flat_map(|(.., judged)| judged).cloned().collect();
    let run = |(at, transcript, judged): &Run| {
        json!({
            "held_at": at,
            "cases": document(judged, table.say),
            "transcript": transcript,
        })
    };
    let report = json!({
        "format": "refill-certification-report",
        "version": 1,
        "kind": kind,
        "model": {"name": table.name(), "id": table.dossier.model},
        "count": Count::of(&all),
        "runs": runs.iter().map(run).collect::<Vec<_>>(),
    });
    format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default())
}
