//! Linking an account, as rules: what is sent to the maker's page and what may be believed of an answer (RFC 6749,
//! 7636, 8252, 9207, 9700). A flow lives ten minutes and takes one answer. An answer that is not of this flow changes
//! nothing, and says nothing to whoever sent it.

use crate::secret::Secret;
use chrono::{DateTime, TimeDelta, Utc};

/// How long somebody may take in the browser.
pub const FLOW_LIFE: TimeDelta = TimeDelta::minutes(10);

/// Longest code that is taken; none is documented (ours).
const CODE_MAX: usize = 2048;

/// A linking under way: what was sent to the browser, kept until it comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The server's name of itself, which its answer must carry if it said it would (RFC 9207).
    pub issuer: String,
    /// Whether it said so.
    pub names_itself: bool,
    /// Where the browser comes back to, to the letter.
    pub redirect: String,
    /// What the answer must carry.
    pub state: Secret,
    /// What proves that the code is ours (PKCE).
    pub verifier: Secret,
    /// When it began.
    pub begun: DateTime<Utc>,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landed {
    /// The code to be exchanged.
    Code(Secret),
    /// The person did not agree.
    Denied,
    /// The server refused, with its reason.
    Failed(String),
    /// Of this flow, but later than ten minutes.
    Late,
    /// Not of this flow, or not of a shape an answer has. The flow goes on waiting.
    Stranger,
}

impl Flow {
    /// When it ends.
    pub fn ends(&self) -> DateTime<Utc> {
        self.begun + FLOW_LIFE
    }

    /// Judges an answer by its parameters, percent-decoded, in order.
    pub fn judge(&self, answer: &[(String, String)], now: DateTime<Utc>) -> Landed {
        let mut found = [None; 5];
        for (name, value) in answer {
            let names = ["state", "code", "error", "iss", "error_description"];
            let Some(at) = names.iter().position(|known| known == name) else { continue };
            // RFC 6749 3.1: a parameter comes once.
            match found.get_mut(at) {
                Some(place @ None) => *place = Some(value.as_str()),
                _ => return Landed::Stranger,
            }
        }
        let [state, code, error, iss, why] = found;
        if !state.is_some_and(|state| same(state, self.state.expose())) {
            return Landed::Stranger;
        }
        // Another server's answer handed to us (mix-up, RFC 9700 4.4).
        if iss.is_some_and(|iss| iss != self.issuer) || (iss.is_none() && self.names_itself) {
            return Landed::Stranger;
        }
        // A clock that was set back makes nothing live longer than it would have.
        if now >= self.ends() || now < self.begun - FLOW_LIFE {
            return Landed::Late;
        }
        match (code, error) {
            (Some(code), None) if (1..=CODE_MAX).contains(&code.len()) => Landed::Code(Secret::new(code)),
            (None, Some("access_denied")) => Landed::Denied,
            (None, Some(error)) => {
                let words = why.unwrap_or(error).chars().filter(|c| !c.is_control());
                Landed::Failed(words.take(200).collect())
            }
            _ => Landed::Stranger,
        }
    }
}

/// Whether two texts are the same; takes the same time wherever they differ.
fn same(one: &str, other: &str) -> bool {
    let differ = one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    std::hint::black_box(differ) == 0 && one.len() == other.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> Flow {
        Flow {
            issuer: "https://cloud.example.com".into(),
            names_itself: true,
            redirect: "http://127.0.0.1:4711/abc".into(),
            state: Secret::new("the-state"),
            verifier: Secret::new("verifier"),
            begun: DateTime::UNIX_EPOCH,
        }
    }

    fn judge(flow: &Flow, answer: &[(&str, &str)], minutes: i64) -> Landed {
        let owned: Vec<_> = answer.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        flow.judge(&owned, DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes))
    }

    const ISS: (&str, &str) = ("iss", "https://cloud.example.com");
    const STATE: (&str, &str) = ("state", "the-state");

    #[test]
    fn what_an_answer_means() {
        let code = Landed::Code(Secret::new("c"));
        for (answer, means) in [
            (vec![STATE, ISS, ("code", "c")], code.clone()),
            (vec![("code", "c"), ISS, STATE, ("source", "app")], code),
            (vec![STATE, ISS, ("error", "access_denied")], Landed::Denied),
            (vec![STATE, ISS, ("error", "server_error")], Landed::Failed("server_error".into())),
            (
                vec![STATE, ISS, ("error", "x"), ("error_description", "Try\n\u{7}later")],
                Landed::Failed("Trylater".into()),
            ),
            (vec![ISS, ("code", "c")], Landed::Stranger),
            (vec![("state", "the-stat"), ISS, ("code", "c")], Landed::Stranger),
            (vec![("state", "the-statf"), ISS, ("code", "c")], Landed::Stranger),
            (vec![("state", ""), ISS, ("code", "c")], Landed::Stranger),
            (vec![STATE, STATE, ISS, ("code", "c")], Landed::Stranger),
            (vec![STATE, ISS, ("code", "c"), ("code", "d")], Landed::Stranger),
            (vec![STATE, ISS, ("code", "c"), ("error", "access_denied")], Landed::Stranger),
            (vec![STATE, ISS], Landed::Stranger),
            (vec![STATE, ISS, ("code", "")], Landed::Stranger),
            (vec![STATE, ("code", "c")], Landed::Stranger),
            (vec![STATE, ("iss", "https://evil.example"), ("code", "c")], Landed::Stranger),
            (vec![STATE, ("iss", "https://cloud.example.com/"), ("code", "c")], Landed::Stranger),
            (vec![], Landed::Stranger),
        ] {
            assert_eq!(judge(&flow(), &answer, 1), means, "{answer:?}");
        }
        let long = "c".repeat(2049);
        assert_eq!(judge(&flow(), &[STATE, ISS, ("code", &long)], 1), Landed::Stranger);
    }

    #[test]
    fn a_server_that_does_not_name_itself_need_not_but_may_not_lie() {
        let quiet = Flow { names_itself: false, ..flow() };
        assert_eq!(judge(&quiet, &[STATE, ("code", "c")], 0), Landed::Code(Secret::new("c")));
        assert_eq!(judge(&quiet, &[STATE, ("iss", "x"), ("code", "c")], 0), Landed::Stranger);
    }

    #[test]
    fn ten_minutes_by_a_clock_that_may_be_moved() {
        let answer = [STATE, ISS, ("code", "c")];
        assert!(matches!(judge(&flow(), &answer, 9), Landed::Code(_)));
        assert_eq!(judge(&flow(), &answer, 10), Landed::Late);
        assert!(matches!(judge(&flow(), &answer, -5), Landed::Code(_)), "set back a little");
        assert_eq!(judge(&flow(), &answer, -24 * 60), Landed::Late);
        assert_eq!(judge(&flow(), &[ISS, ("code", "c")], 11), Landed::Stranger, "a stranger learns nothing");
    }
}
