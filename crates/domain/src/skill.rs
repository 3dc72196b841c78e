//! The skill: one directive in, one response out, a pure function over the account's devices. The one thing it can't do
//! by itself, trading Amazon's code for tokens, it asks for as a value, and makes the answer of what came of it.

use crate::alexa::{
    Asked, BadDirective, Device, Directive, ErrorType, Message, MessageId, accept_grant_response,
    discover_response, error_response, grant_refused, state_report,
};
use crate::secret::Secret;
use chrono::{DateTime, Utc};

/// Whose directive it is, as the token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account<'a> {
    /// A customer with these devices.
    Known(&'a [Device]),
    /// A token of ours that has run out.
    Expired,
    /// No token of ours, one that was revoked, or none at all.
    Unknown,
}

/// What to do with a directive.
#[derive(Debug)]
pub enum Reply<'a> {
    /// Send this back.
    Answer(Message<'a>),
    /// Trade the code first, then send back what [`Exchange::answer`] says.
    Exchange(Exchange),
}

/// "Exchange this code for this token's customer": the effect that `AcceptGrant` asks for. The region to store with the
/// tokens is that of the skill endpoint that received the directive (protocols 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// For Amazon's token endpoint; good for five minutes.
    pub code: Secret,
    /// Our own token, which says who the customer is.
    pub grantee: Secret,
}

impl Exchange {
    /// The answer: success only if the tokens are stored, else why not, without any token in it.
    pub fn answer<'a>(outcome: Result<(), &'a str>, id: &'a MessageId) -> Message<'a> {
        match outcome {
            Ok(()) => accept_grant_response(id),
            Err(why) => grant_refused(why, id),
        }
    }
}

/// Answers a directive. `id` is the answer's own message id.
pub fn answer<'a>(
    directive: Result<&'a Directive, &'a BadDirective>,
    account: Account<'a>,
    id: &'a MessageId,
    now: DateTime<Utc>,
) -> Reply<'a> {
    let directive = match directive {
        Ok(directive) => directive,
        Err(bad) => return Reply::Answer(refuse(bad, id)),
    };
    let correlation = directive.correlation.as_deref();
    match &directive.asked {
        Asked::Discover { .. } => {
            // A token that is not accepted any more gets an empty list, not an error (protocols 2.4).
            let devices = if let Account::Known(devices) = account { devices } else { &[] };
            Reply::Answer(discover_response(devices, id))
        }
        Asked::AcceptGrant { code, grantee } => match account {
            Account::Known(_) => Reply::Exchange(Exchange { code: code.clone(), grantee: grantee.clone() }),
            Account::Expired => Reply::Answer(grant_refused("the grantee's token has expired", id)),
            Account::Unknown => Reply::Answer(grant_refused("the grantee's token is not known", id)),
        },
        Asked::ReportState { appliance, .. } => {
            let fault =
                |kind, why| Reply::Answer(error_response(kind, why, Some(appliance), correlation, id));
            match credentials(account) {
                Err((kind, why)) => fault(kind, why),
                Ok(devices) => match devices.iter().find(|device| device.id == *appliance) {
                    Some(device) => Reply::Answer(state_report(device, correlation, id, now)),
                    None => fault(ErrorType::NoSuchEndpoint, "the customer has no such endpoint"),
                },
            }
        }
        Asked::Other { appliance, .. } => {
            let (kind, why) = match credentials(account) {
                Err(refused) => refused,
                Ok(devices) => match appliance {
                    Some(wanted) if !devices.iter().any(|device| device.id == *wanted) => {
                        (ErrorType::NoSuchEndpoint, "the customer has no such endpoint")
                    }
                    _ => (ErrorType::InvalidDirective, "no endpoint of this skill takes this directive"),
                },
            };
            Reply::Answer(error_response(kind, why, appliance.as_ref(), correlation, id))
        }
    }
}

fn credentials(account: Account<'_>) -> Result<&[Device], (ErrorType, &'static str)> {
    match account {
        Account::Known(devices) => Ok(devices),
        Account::Expired => Err((ErrorType::ExpiredAuthorizationCredential, "the token has expired")),
        Account::Unknown => Err((ErrorType::InvalidAuthorizationCredential, "the token is not known")),
    }
}

fn refuse<'a>(bad: &'a BadDirective, id: &'a MessageId) -> Message<'a> {
    if bad.grant {
        return grant_refused(&bad.why, id);
    }
    let kind = ErrorType::InvalidDirective;
    error_response(kind, &bad.why, bad.appliance.as_ref(), bad.correlation.as_deref(), id)
}

#[cfg(test)]
mod tests;
