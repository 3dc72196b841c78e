//! What administrators do for a customer: each deed with a case and a reason, which the customer reads. The cloud judges
//! whether one may, and writes it down before it is begun; here it is only said, and what came of it is told.

use super::{customer_id, nobody, told};
use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::link::cloud::{Cloud, Trouble};
use crate::reports::{self, Key};
use crate::view::{DeskAct, DeskActForm, DeskActed, Grounds, Update};
use serde_json::{Value, json};
use uuid::Uuid;

fn device_id(text: &str) -> Result<Uuid, Error> {
    text.parse().map_err(|_| Error::new(Code::BadField, "This is no device.").at("device"))
}

/// The rest of the deed's path, and what is sent.
fn asked(form: &DeskActForm) -> Result<(String, Value), Error> {
    let (case, reason) = (form.case.trim(), form.reason.trim());
    let why = json!({"case": case, "reason": reason});
    Ok(match &form.act {
        DeskAct::Resend { key } => match key.parse()? {
            Key::Maker(message) => (format!("reports/{message}/release"), why),
            Key::Entry(_) | Key::Direct(_) => return Err(reports::gone()),
        },
        DeskAct::Resume {} => ("resume".to_owned(), why),
        DeskAct::Describe {} => ("discovery".to_owned(), why),
        DeskAct::CancelTests { device } => {
            (format!("devices/{}/cancel-test-orders", device_id(device)?), why)
        }
        DeskAct::Deregister { device, serial } => {
            let body = json!({"case": case, "reason": reason, "serial": serial.trim()});
            (format!("devices/{}/deregister", device_id(device)?), body)
        }
        DeskAct::BreakGlass { grounds } => {
            let grounds = match grounds {
                Grounds::Legal => "legal",
                Grounds::Safety => "safety",
            };
            ("break-glass".to_owned(), json!({"case": case, "reason": reason, "grounds": grounds}))
        }
    })
}

/// What a refusal means for a deed.
fn came_of(act: &DeskAct, why: Trouble) -> Result<DeskActed, Error> {
    Ok(match (act, &why) {
        (_, Trouble::Refused { status: 403, .. }) => DeskActed::NotAllowed {},
        (_, Trouble::Wait { status: 503, .. }) => DeskActed::Later {},
        (DeskAct::Resend { .. }, Trouble::Refused { status: 404 | 409, .. }) => DeskActed::NotParked {},
        (DeskAct::Resume {} | DeskAct::Describe {}, Trouble::Refused { status: 404, .. }) => {
            DeskActed::NoAlexa {}
        }
        (DeskAct::CancelTests { .. }, Trouble::Refused { status: 404 | 409, .. }) => {
            DeskActed::NoTestDevice {}
        }
        (DeskAct::Deregister { .. }, Trouble::Refused { status: 404, .. }) => DeskActed::NoDevice {},
        (DeskAct::Deregister { .. }, Trouble::Refused { status: 422, detail })
            if detail.contains("serial") =>
        {
            DeskActed::OtherSerial {}
        }
        (DeskAct::BreakGlass { .. }, Trouble::Refused { status: 404, .. }) => DeskActed::NoCustomer {},
        _ => return Err(told(why)),
    })
}

impl Engine {
    /// Does something for a customer.
    pub(crate) async fn desk_do(&self, form: DeskActForm) -> Result<DeskActed, Error> {
        let customer = customer_id(&form.customer)?;
        if !self.helpdesk.session().ok_or_else(nobody)?.is_administrator() {
            return Ok(DeskActed::NotAllowed {});
        }
        let (path, body) = asked(&form)?;
        let (path, body) = (&path, &body);
        let ask = |cloud: Cloud, token| async move { cloud.act_for(&token, customer, path, body).await };
        let done = self.desk_try(ask).await;
        // Whatever came of it, what is shown may be out of date. Nobody listens: nobody to tell.
        let _ = self.updates.send(Update::Account {});
        match done? {
            Ok(()) => Ok(DeskActed::Done {}),
            Err(why) => came_of(&form.act, why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deed_names_what_it_is_about_and_why() {
        let id = Uuid::from_u128(7).to_string();
        let path = |act: DeskAct| {
            let form =
                DeskActForm { customer: id.clone(), case: " SUP-1 ".into(), reason: " Why ".into(), act };
            asked(&form).map(|(path, body)| (path, body.to_string())).map_err(|why| why.code)
        };
        let why = r#"{"case":"SUP-1","reason":"Why"}"#.to_owned();
        let key = format!("maker:{id}");
        assert_eq!(path(DeskAct::Resend { key }), Ok((format!("reports/{id}/release"), why.clone())));
        assert_eq!(path(DeskAct::Resend { key: format!("entry:{id}") }), Err(Code::EntryUnknown));
        assert_eq!(path(DeskAct::Describe {}), Ok(("discovery".to_owned(), why)));
        let odd = "../../accounts".to_owned();
        assert_eq!(
            path(DeskAct::CancelTests { device: odd }),
            Err(Code::BadField),
            "no path leads elsewhere"
        );
        let (_, body) = path(DeskAct::BreakGlass { grounds: Grounds::Legal }).unwrap();
        assert!(body.contains(r#""grounds":"legal""#), "{body}");
    }

    #[test]
    fn what_the_cloud_refuses_is_told_by_what_was_wanted() {
        let refused = |status| Trouble::Refused { status, detail: String::new() };
        let device = || Uuid::nil().to_string();
        let table = [
            (DeskAct::Describe {}, refused(404), DeskActed::NoAlexa {}),
            (DeskAct::Resend { key: String::new() }, refused(409), DeskActed::NotParked {}),
            (DeskAct::CancelTests { device: device() }, refused(409), DeskActed::NoTestDevice {}),
            (
                DeskAct::CancelTests { device: device() },
                Trouble::Wait { status: 503, after: None },
                DeskActed::Later {},
            ),
            (DeskAct::Resume {}, refused(403), DeskActed::NotAllowed {}),
        ];
        for (act, why, wanted) in table {
            let told = format!("{act:?}");
            assert_eq!(came_of(&act, why).ok(), Some(wanted), "{told}");
        }
        assert_eq!(came_of(&DeskAct::Resume {}, refused(422)).map_err(|why| why.code), Err(Code::BadField));
    }
}
