//! A dossier here beside the one the maker's cloud keeps: what the two had in common last is remembered with it, so that it
//! is known who changed what. Nothing is written over that nobody looked at; what gives way here is kept beside it.

use super::desk::Desk;
use super::files;
use crate::error::{Code, Error};
use crate::view::{AtCloud, ExchangeStanding, RefusedView};
use refill_domain::registration::{Dossier, change, differences};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The file beside the dossier.
pub(crate) const FILE: &str = "cloud.json";

/// The dossier that gave way last.
const BEFORE: &str = "dossier.before.json";

/// Differences that are told.
const TOLD_MAX: usize = 200;

/// What the two had in common last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    /// The cloud's address.
    server: String,
    /// The model there.
    at: String,
    /// The dossier.
    dossier: Dossier,
}

/// Names what the cloud has, so that what is written over is what was looked at.
pub fn stamp(theirs: Option<&Dossier>) -> String {
    let text = theirs.and_then(|dossier| serde_json::to_vec(dossier).ok()).unwrap_or_default();
    Uuid::new_v5(&Uuid::NAMESPACE_OID, &text).to_string()
}

impl Desk {
    fn common(&self, model: &str, server: &str, at: &str) -> Result<Option<Dossier>, Error> {
        let path = self.path(model)?.with_file_name(FILE);
        let Ok(bytes) = std::fs::read(&path) else { return Ok(None) };
        // One that can't be read says nothing; then both count as changed.
        let common: Option<Common> = serde_json::from_slice(&bytes).ok();
        Ok(common.filter(|common| common.server == server && common.at == at).map(|common| common.dossier))
    }

    /// The dossier as it is kept here.
    pub(crate) fn mine(&self, model: &str) -> Result<Dossier, Error> {
        self.open(model).map(|(_, dossier)| dossier)
    }

    /// How the dossier here stands to the cloud's.
    pub(crate) fn compare(
        &self,
        model: &str,
        (server, at): (&str, &str),
        theirs: Option<&Dossier>,
    ) -> Result<AtCloud, Error> {
        let mine = self.mine(model)?;
        let common = self.common(model, server, at)?;
        let standing = match (theirs, &common) {
            (None, _) => ExchangeStanding::Absent,
            (Some(theirs), _) if *theirs == mine => ExchangeStanding::Same,
            (Some(theirs), Some(common)) if common == theirs => ExchangeStanding::Mine,
            (Some(_), Some(common)) if *common == mine => ExchangeStanding::Theirs,
            (Some(_), _) => ExchangeStanding::Both,
        };
        let mut differs = theirs.map(|theirs| differences(&mine, theirs)).unwrap_or_default();
        differs.truncate(TOLD_MAX);
        let refused = theirs.map(|theirs| change(theirs, &mine)).unwrap_or_default();
        let refused =
            refused.iter().map(|of| RefusedView { field: of.field.clone(), why: self.say.refusal(of) });
        Ok(AtCloud {
            server: server.to_owned(),
            at: at.to_owned(),
            standing,
            differs,
            refused: refused.collect(),
            seen: stamp(theirs),
        })
    }

    /// Both have this now. What was here otherwise is kept beside it.
    pub(crate) fn agree(
        &self,
        model: &str,
        (server, at): (&str, &str),
        dossier: &Dossier,
    ) -> Result<(), Error> {
        let (path, before) = self.open(model)?;
        if before != *dossier {
            files::save(&path.with_file_name(BEFORE), &before)?;
            files::save(&path, dossier)?;
        }
        let common = Common { server: server.to_owned(), at: at.to_owned(), dossier: dossier.clone() };
        let text = serde_json::to_string_pretty(&common).map_err(anyhow::Error::from)?;
        files::text(&path.with_file_name(FILE), &format!("{text}\n")).map(drop)
    }
}

/// A model's name at the cloud, as it can stand in a path.
///
/// # Errors
/// `BadField`.
pub fn label(at: &str) -> Result<&str, Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.+:".contains(c);
    let plain = !at.is_empty() && at.len() <= 128 && at.chars().all(fits) && at != "." && at != "..";
    if plain { Ok(at) } else { Err(Error::new(Code::BadField, "This is no model of the cloud's.").at("at")) }
}
