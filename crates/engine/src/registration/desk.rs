//! The models somebody works on, as files in the household's folder: `models/<id>/dossier.json` with the picture beside
//! it, the form that `refillctl model` reads. Every change is judged against what is kept and written whole; a file that
//! can't be read is shown as that and never written over.

use super::files;
use super::picture;
use super::sentences::Sentences;
use crate::error::{Code, Error};
use crate::view::{
    ArrivedView, FieldView, FindingView, ImageView, MarketView, ModelFile, ModelLine, ModelSaved, ModelText,
    ModelView, ModelsView, RefusedView, SlotDesk,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use refill_domain::locale::Locale;
use refill_domain::market::Marketplace;
use refill_domain::registration::{
    Decision, Dossier, Finding, Grade, Topic, Verdict, change, copy_fields, countdown, decide, judge, letter,
    preview, write,
};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The folder beside the household.
pub(crate) const FOLDER: &str = "models";

/// The file in a model's own folder.
pub(crate) const FILE: &str = "dossier.json";

/// Bytes of a picture that is shown; a larger one is told about.
const SHOWN_MAX: usize = 2 * 1024 * 1024;

/// Models that are kept; more are no list any more.
pub(crate) const MODELS_MAX: usize = 500;

/// The desk in one household's folder, for one person on one day.
pub struct Desk {
    folder: PathBuf,
    pub(super) say: Sentences,
    today: NaiveDate,
    locale: Locale,
}

fn bad(field: &str, message: impl Into<String>) -> Error {
    Error::new(Code::BadField, message).at(field)
}

impl Desk {
    /// The desk of the household whose folder this is.
    pub fn new(household: &Path, say: Sentences, today: NaiveDate, locale: Locale) -> Self {
        Self { folder: household.join(FOLDER), say, today, locale }
    }

    /// The file of a model. Only an id leads to one, so no name leads elsewhere.
    pub(super) fn path(&self, model: &str) -> Result<PathBuf, Error> {
        let id: Uuid = model.parse().map_err(|_| bad("model", "This is no model of this household."))?;
        Ok(self.folder.join(id.to_string()).join(FILE))
    }

    /// A model with its file.
    pub(crate) fn open(&self, model: &str) -> Result<(PathBuf, Dossier), Error> {
        let path = self.path(model)?;
        if !path.exists() {
            return Err(bad("model", "This model is gone."));
        }
        let dossier = files::open(&path)?;
        Ok((path, dossier))
    }

    /// All models.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn list(&self) -> Result<ModelsView, Error> {
        let mut models = Vec::new();
        let found = match std::fs::read_dir(&self.folder) {
            Ok(found) => Some(found),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => None,
            Err(cause) => return Err(anyhow::Error::from(cause).into()),
        };
        for entry in found.into_iter().flatten().take(MODELS_MAX).flatten() {
            let name = entry.file_name();
            let Some(model) = name.to_str().filter(|name| name.parse::<Uuid>().is_ok()) else { continue };
            if entry.path().join(FILE).exists() {
                models.push(self.line(model));
            }
        }
        models.sort_by(|one, other| (&one.name, &one.model).cmp(&(&other.name, &other.model)));
        Ok(ModelsView { models, folder: self.folder.display().to_string() })
    }

    fn line(&self, model: &str) -> ModelLine {
        match self.open(model) {
            Ok((_, dossier)) => {
                let verdict = judge(&dossier, self.today);
                let grades = [Grade::Wrong, Grade::Missing, Grade::Awaited];
                let grade = grades.into_iter().find(|grade| verdict.count(*grade) > 0);
                ModelLine {
                    model: model.to_owned(),
                    says: self.say.headline(&verdict, &dossier.name),
                    count: match grade {
                        None => 0,
                        Some(Grade::Awaited) => verdict.count(Grade::Awaited),
                        Some(_) => verdict.count(Grade::Wrong) + verdict.count(Grade::Missing),
                    },
                    grade,
                    name: dossier.name,
                    id: dossier.model,
                    unreadable: false,
                }
            }
            Err(cause) => ModelLine {
                model: model.to_owned(),
                name: String::new(),
                id: String::new(),
                says: cause.message,
                grade: Some(Grade::Wrong),
                count: 1,
                unreadable: true,
            },
        }
    }

    /// One model.
    ///
    /// # Errors
    /// It is gone, or its file can't be read.
    pub fn show(&self, model: &str) -> Result<ModelView, Error> {
        let (path, dossier) = self.open(model)?;
        Ok(self.view(model, &path, dossier))
    }

    fn view(&self, model: &str, path: &Path, dossier: Dossier) -> ModelView {
        let verdict = judge(&dossier, self.today);
        let field = |field: refill_domain::registration::CopyField| FieldView {
            name: self.say.field(&field),
            label: field.label,
            step: field.step,
            value: field.value,
        };
        ModelView {
            model: model.to_owned(),
            headline: self.say.headline(&verdict, &dossier.name),
            findings: verdict.findings.iter().map(|finding| self.finding(finding)).collect(),
            marketplaces: markets(&verdict),
            slots: self.slots(&dossier),
            fields: copy_fields(&dossier).into_iter().map(field).collect(),
            image: dossier.image.as_ref().map(|image| {
                let bytes = files::image_bytes(path, &dossier).filter(|bytes| bytes.len() <= SHOWN_MAX);
                let src = bytes.map(|bytes| {
                    let kind = if image.format.ending() == "jpg" { "jpeg" } else { image.format.ending() };
                    format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
                });
                ImageView { says: self.say.image(image), src }
            }),
            assigned: dossier.is_assigned(),
            certified: dossier.is_certified(),
            preview: preview(&dossier, self.locale),
            dossier,
        }
    }

    fn finding(&self, of: &Finding) -> FindingView {
        FindingView {
            field: of.field.clone(),
            step: of.step,
            bars: of.bars,
            grade: of.what.grade(),
            marketplace: of.marketplace.or(of.locale.map(Marketplace::of)),
            place: self.say.place(of),
            what: self.say.what(&of.what),
            why: self.say.why(of.what.why()),
        }
    }

    fn slots(&self, dossier: &Dossier) -> Vec<SlotDesk> {
        let of = |slot: &refill_domain::registration::DossierSlot| {
            let decision = decide(slot.answers);
            let reason = match decision {
                Decision::Sensor { reason, .. } => Some(self.say.reason(reason)),
                Decision::Ask { .. } | Decision::None => None,
            };
            let request = slot.requested.map(|day| {
                let due = self.say.day(countdown(day, self.today).due);
                let asked = self.say.day(day);
                self.say.say("requested", &[("day", &asked), ("due", &due)])
            });
            SlotDesk { decision, reason, request, locked: slot.assigned().is_some() }
        };
        dossier.slots.iter().map(of).collect()
    }

    /// Begins a model under a new id.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn begin(&self, id: Uuid, dossier: &Dossier) -> Result<String, Error> {
        let model = id.to_string();
        let path = self.path(&model)?;
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder).map_err(|cause| crate::transfer::unwritten(folder, cause))?;
        files::save(&path, dossier)?;
        Ok(model)
    }

    /// Keeps a change, if the console would still take it.
    ///
    /// # Errors
    /// The model is gone, its file can't be read or written, or what is to be kept is no dossier that can be read again.
    pub fn keep(&self, model: &str, dossier: &Dossier) -> Result<ModelSaved, Error> {
        let (path, before) = self.open(model)?;
        let refused = change(&before, dossier);
        if refused.is_empty() {
            if write(dossier).len() > refill_domain::registration::DOSSIER_MAX {
                return Err(bad("dossier", "The dossier is larger than 1 MB. Shorten its texts."));
            }
            files::save(&path, dossier)?;
            return Ok(ModelSaved { view: self.view(model, &path, dossier.clone()), refused: Vec::new() });
        }
        let told = |of: &refill_domain::registration::Refusal| RefusedView {
            field: of.field.clone(),
            why: self.say.refusal(of),
        };
        let refused = refused.iter().map(told).collect();
        Ok(ModelSaved { view: self.view(model, &path, before), refused })
    }

    /// Takes a picture that a person chose: it is copied beside the dossier under its own format's ending.
    ///
    /// # Errors
    /// `BadFile`: it is none, or `BadField`: the picture can't change any more.
    pub fn illustrate(&self, model: &str, from: &Path) -> Result<ModelSaved, Error> {
        let (path, mut dossier) = self.open(model)?;
        let bytes = picture::open(from)?;
        let stem = from.file_stem().and_then(|stem| stem.to_str()).unwrap_or("image");
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let stem: String = stem.chars().map(plain).take(80).collect();
        let seen = picture::look("", &bytes)?;
        let name = format!("{stem}.{}", seen.format.ending());
        let before =
            dossier.image.replace(refill_domain::registration::DossierImage { file: name.clone(), ..seen });
        let judged = change(&Dossier { image: before, ..dossier.clone() }, &dossier);
        if judged.is_empty() {
            let folder = path.parent().unwrap_or(&self.folder);
            files::bytes(&folder.join(name), &bytes)?;
        }
        self.keep(model, &dossier)
    }

    /// Begins models from a message a person chose.
    ///
    /// # Errors
    /// `BadFile`: it is no such message, or the files can't be written.
    pub fn arrive(&self, from: &Path, mut id: impl FnMut() -> Uuid) -> Result<ArrivedView, Error> {
        // A dossier somebody else wrote may be chosen as well.
        if let Ok(dossier) = files::open(from) {
            let model = self.begin(id(), &dossier)?;
            let nothing = (Vec::new(), Vec::new(), Vec::new());
            let (unknown, notes, missing) = nothing;
            return Ok(ArrivedView { models: vec![model], unknown, notes, missing });
        }
        let (mut models, mut notes) = (Vec::new(), Vec::new());
        let mut missing = Vec::new();
        for arrival in files::arrive(from)? {
            models.push(self.begin(id(), &arrival.dossier)?);
            notes.extend(arrival.notes.iter().map(|note| self.say.note(note)));
            notes.extend(arrival.broken.iter().map(|broken| format!("{} {}", broken.at, broken.rule)));
            missing.extend(
                arrival.unknown.iter().copied().filter(|of| !missing.contains(of)).collect::<Vec<_>>(),
            );
        }
        notes.truncate(50);
        let unknown = missing.iter().map(|of| self.say.unknown(*of)).collect();
        Ok(ArrivedView { models, unknown, notes, missing })
    }

    /// Takes a model away, with its folder.
    ///
    /// # Errors
    /// It is gone, or the folder can't be removed.
    pub fn remove(&self, model: &str) -> Result<(), Error> {
        let path = self.path(model)?;
        let folder =
            path.parent().filter(|_| path.exists()).ok_or_else(|| bad("model", "This model is gone."))?;
        std::fs::remove_dir_all(folder).map_err(|cause| crate::transfer::unwritten(folder, cause))
    }

    /// Everything of a model in a new folder below one that a person chose, named by its model ID.
    ///
    /// # Errors
    /// It is gone, can't be read, or there are files in that folder already.
    pub fn export(&self, model: &str, to: &Path) -> Result<Vec<String>, Error> {
        let (path, dossier) = self.open(model)?;
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_+".contains(c) { c } else { '-' };
        let name: String = dossier.model.chars().map(plain).take(80).collect();
        let name = if name.is_empty() { "dossier".to_owned() } else { name };
        files::folder(&path, &to.join(name), self.say, self.today, self.locale)
    }

    /// A file made of a model, to be saved where a person wants it.
    ///
    /// # Errors
    /// It is gone, or can't be read.
    pub fn file(&self, model: &str, form: ModelFile, about: Option<Topic>) -> Result<ModelText, Error> {
        let (path, dossier) = self.open(model)?;
        let stem = if dossier.model.is_empty() { "dossier" } else { dossier.model.as_str() };
        let (name, text) = match form {
            ModelFile::Json => (format!("{stem}.json"), write(&dossier)),
            ModelFile::Html => {
                let picture = files::image_bytes(&path, &dossier);
                let verdict = judge(&dossier, self.today);
                let page = super::sheet::html(&dossier, &verdict, picture.as_deref(), self.say, self.locale);
                (format!("{stem}.html"), page)
            }
            ModelFile::Discovery => (
                format!("{stem}-discover-response.json"),
                format!("{}\n", preview(&dossier, self.locale).json),
            ),
            ModelFile::Letter => {
                let mail = letter(&dossier, about.unwrap_or(Topic::Question));
                let text =
                    format!("Type: {}\nSubject: {}\n\n{}\n", mail.form, mail.subject, mail.description);
                (format!("{stem}-letter.txt"), text)
            }
        };
        Ok(ModelText { name, text })
    }
}

fn markets(verdict: &Verdict) -> Vec<MarketView> {
    let of = |of: &refill_domain::registration::Standing| MarketView {
        marketplace: of.marketplace,
        next: of.next,
        open: of.findings.len(),
    };
    verdict.marketplaces.iter().map(of).collect()
}
