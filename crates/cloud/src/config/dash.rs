//! Settings of the maker's pages at Amazon's Dash.

use crate::catalogue::name_trouble;
use anyhow::ensure;
use serde::Deserialize;

/// The maker's pages at Amazon's Dash.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DashConfig {
    /// The maker's code on the App Settings page of the Dash console (protocols 1.1). Without it no device has a link to
    /// its settings.
    pub vendor_code: Option<String>,
}

impl DashConfig {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let fits = self.vendor_code.as_deref().is_none_or(|code| name_trouble(code).is_none());
        ensure!(fits, "dash.vendor_code is the code of the Dash console, 1 to 128 characters");
        Ok(())
    }
}
