//! Places the window is asked to go to: by a `refill://` link, a notice or the tray. A link's text goes to the engine as it
//! came, whatever it is; the window comes forward, and the interface fetches the place when it is ready for it. Of a
//! program's arguments one is a link or none is: several at once are nobody's, and lead nowhere.

use refill_domain::deep_link::LINK_MAX;
use refill_engine::api::Api as _;
use refill_engine::engine::Engine;
use refill_engine::view::{Place, Trouble};
use std::ffi::OsStr;
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Emitter, Manager, Runtime, State};

use crate::bridge;

/// The place that nobody has gone to yet.
#[derive(Default)]
pub struct Asked(Mutex<Option<Place>>);

impl Asked {
    fn set(&self, place: Place) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }

    fn take(&self) -> Option<Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The link among a program's arguments, of which the first is the program itself.
pub fn link_in<T: AsRef<OsStr>>(arguments: impl IntoIterator<Item = T>) -> Option<String> {
    let mut links = arguments.into_iter().skip(1).filter_map(|argument| {
        let text = argument.as_ref().to_str()?;
        let ours = text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("refill:"));
        (ours && text.len() <= LINK_MAX).then(|| text.to_owned())
    });
    let first = links.next()?;
    links.next().is_none().then_some(first)
}

/// Somebody opened the app, perhaps by a link.
pub fn opened<R: Runtime>(app: &AppHandle<R>, link: Option<String>) {
    bridge::come_forward(app);
    let Some(link) = link else { return };
    let (app, engine) = (app.clone(), app.state::<Engine>().inner().clone());
    #[expect(clippy::disallowed_methods, reason = "ends when the engine has answered")]
    tauri::async_runtime::spawn(async move {
        match engine.open_link(link).await {
            Ok(place) => go(&app, place),
            Err(cause) => tracing::warn!(%cause, "a link could not be followed"),
        }
    });
}

/// Has the interface go to a place.
pub fn go<R: Runtime>(app: &AppHandle<R>, place: Place) {
    if place == (Place::Nowhere {}) {
        return;
    }
    app.state::<Asked>().set(place);
    // The place itself waits: the page may not listen yet.
    if let Err(cause) = app.emit("place", ()) {
        tracing::warn!(%cause, "the window was not told of a place");
    }
}

/// The place the interface was asked to go to; given once.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands its state over by value")]
pub fn take_place(asked: State<'_, Asked>) -> Result<Option<Place>, Trouble> {
    Ok(asked.take())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    const LINK: &str = "refill://dash/return?visit=a";

    #[test]
    fn one_link_or_none() {
        let long = format!("refill://support/{}", "a".repeat(LINK_MAX));
        let megabyte = "x".repeat(1_000_000);
        let many = vec![LINK; 10_000];
        for (arguments, link) in [
            (vec!["refill"], None),
            (vec![], None),
            (vec!["refill", LINK], Some(LINK)),
            (vec!["refill", "--flag", LINK], Some(LINK)),
            (vec!["refill", LINK, "--flag"], Some(LINK)),
            (vec!["refill", "REFILL://slot/x"], Some("REFILL://slot/x")),
            (vec![LINK], None),
            (vec!["refill", LINK, LINK], None),
            (vec!["refill", LINK, "refill://slot/x"], None),
            (vec!["refill", "--url=refill://slot/x"], None),
            (vec!["refill", "https://example.com/refill://slot/x"], None),
            (vec!["refill", "", "r", "ré://x", "refill"], None),
            (vec!["refill", "\u{202e}refill://slot/x"], None),
            (vec!["refill", &long], None),
            (vec!["refill", &megabyte], None),
            (vec!["refill", &megabyte, LINK], Some(LINK)),
            (many, None),
        ] {
            assert_eq!(link_in(&arguments).as_deref(), link, "{:.200}", format!("{arguments:?}"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_text_is_no_link() {
        use std::os::unix::ffi::OsStringExt as _;
        let odd = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        let arguments = [odd(b"refill"), odd(b"refill://slot/\xff\xfe"), odd(b"\xff")];
        assert_eq!(link_in(&arguments), None);
        let arguments = [odd(b"\xff"), odd(b"\xc3\x28"), odd(LINK.as_bytes())];
        assert_eq!(link_in(&arguments).as_deref(), Some(LINK));
    }

    #[test]
    fn a_place_is_given_once_and_the_last_one_counts() {
        let asked = Asked::default();
        assert_eq!(asked.take(), None);
        asked.set(Place::Account {});
        asked.set(Place::Supplies {});
        assert_eq!(asked.take(), Some(Place::Supplies {}));
        assert_eq!(asked.take(), None);
    }
}
