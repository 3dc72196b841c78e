//! The audit trail as a chain: who did what, when, why and from where, each row with the hash of the one before it. Pure:
//! what a row's hash covers, and whether a stretch of rows is whole. Whoever changes, takes out or slips in a row breaks
//! the chain from there on; whoever cuts off its end is found by a head that was written down elsewhere.

use crate::ids::AccountId;
use crate::secret::{Hash, digest};
use crate::store::Role;
use serde::Serialize;

/// What begins a chain.
pub const GENESIS: Hash = [0; 32];

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $word:literal $kind:ident;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            /// Every one.
            pub const ALL: &'static [Action] = &[$(Action::$name,)*];

            /// Its name in the store and on the wire. A name is never reused for something else.
            pub fn word(self) -> &'static str {
                match self { $(Action::$name => $word,)* }
            }

            /// It changed something, so the customer's apps are told at once; a look is in the trail alone.
            pub fn changes(self) -> bool {
                match self { $(Action::$name => Kind::$kind == Kind::Change,)* }
            }
        }
    };
}

#[derive(PartialEq, Eq)]
enum Kind {
    Look,
    Change,
}

actions! {
    /// A search for customers.
    Find "find" Look;
    /// A request for access.
    Ask "ask" Change;
    /// A customer gave access.
    Give "give" Change;
    /// A customer did not.
    Decline "decline" Change;
    /// A customer took access back.
    Withdraw "withdraw" Change;
    /// The case was closed, and the access with it.
    Close "close" Change;
    /// An administrator took access without the customer.
    BreakGlass "break_glass" Change;
    /// A look at the devices and what is in them.
    SeeDevices "see_devices" Look;
    /// A look at the ledger.
    SeeEntries "see_entries" Look;
    /// A look at orders and subscriptions.
    SeeOrders "see_orders" Look;
    /// A look at the messages to Alexa.
    SeeReports "see_reports" Look;
    /// A look at one message to Alexa, whole.
    SeeReport "see_report" Look;
    /// A look at the links.
    SeeLinks "see_links" Look;
    /// A look at Amazon's notifications.
    SeeNotices "see_notices" Look;
    /// A look through the messages of all customers that were put aside.
    SeeParked "see_parked" Look;
    /// A message that was put aside was sent again.
    Release "release" Change;
    /// Messages that were stopped go on.
    Resume "resume" Change;
    /// Devices were described to Alexa anew.
    Discover "discover" Change;
    /// The orders of a test device were cancelled.
    CancelTestOrders "cancel_test_orders" Change;
    /// A device was taken away for the customer.
    Deregister "deregister" Change;
    /// What was begun did not come about.
    NotDone "not_done" Change;
    /// An account was made.
    MakeAccount "make_account" Look;
    /// A second factor was set up.
    SetFactor "set_factor" Look;
    /// A second factor was taken away, to be set up again.
    ResetFactor "reset_factor" Look;
    /// A look through the trail itself.
    SeeAudit "see_audit" Look;
}

/// A row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// When, ms.
    pub at: i64,
    /// Who.
    pub actor: AccountId,
    /// Their name at that time.
    pub actor_name: String,
    /// As what they acted.
    pub role: Role,
    /// Whom it is about.
    pub customer: Option<AccountId>,
    /// What.
    pub action: Action,
    /// Which device, message or page.
    pub about: Option<String>,
    /// The number of the case.
    pub case: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// From which network.
    pub peer: String,
}

/// A row as it is kept. What was changed behind our back may be no word of ours, so words are text here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number: 1, 2, 3 …
    pub seq: i64,
    /// When, ms.
    pub at: i64,
    /// Who.
    pub actor: AccountId,
    /// Their name at that time.
    pub actor_name: String,
    /// As what they acted.
    pub role: String,
    /// Whom it is about.
    pub customer: Option<AccountId>,
    /// What.
    pub action: String,
    /// Which device, message or page.
    pub about: Option<String>,
    /// The number of the case.
    pub case: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// From which network.
    pub peer: String,
    /// The hash of the row before.
    pub previous: Hash,
    /// Its own.
    pub hash: Hash,
}

impl AuditRow {
    /// The row that follows the one with this number and hash.
    pub fn after(head: Head, new: NewAudit) -> Self {
        let mut row = Self {
            seq: head.seq + 1,
            at: new.at,
            actor: new.actor,
            actor_name: new.actor_name,
            role: new.role.word().to_owned(),
            customer: new.customer,
            action: new.action.word().to_owned(),
            about: new.about,
            case: new.case,
            reason: new.reason,
            peer: new.peer,
            previous: head.hash,
            hash: GENESIS,
        };
        row.hash = row.sealed();
        row
    }

    /// What its hash must be: every member by its length and its bytes, so that no two rows read the same.
    pub fn sealed(&self) -> Hash {
        let mut bytes = b"refill audit 1".to_vec();
        let mut add = |part: Option<&[u8]>| match part {
            None => bytes.push(0),
            Some(part) => {
                bytes.push(1);
                bytes.extend((part.len() as u64).to_be_bytes());
                bytes.extend(part);
            }
        };
        add(Some(&self.previous));
        add(Some(&self.seq.to_be_bytes()));
        add(Some(&self.at.to_be_bytes()));
        add(Some(&self.actor.bytes()));
        add(Some(self.actor_name.as_bytes()));
        add(Some(self.role.as_bytes()));
        add(self.customer.map(AccountId::bytes).as_ref().map(<[u8; 16]>::as_slice));
        add(Some(self.action.as_bytes()));
        for text in [&self.about, &self.case, &self.reason] {
            add(text.as_deref().map(str::as_bytes));
        }
        add(Some(self.peer.as_bytes()));
        digest(&bytes)
    }
}

/// The end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Rows so far.
    pub seq: i64,
    /// The hash of the last.
    pub hash: Hash,
}

impl Head {
    /// Before the first row.
    pub const NONE: Self = Self { seq: 0, hash: GENESIS };
}

/// A hash as people write it down.
pub fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A head as people wrote it down: `number:hash`.
pub fn read_head(text: &str) -> Option<Head> {
    let (seq, hash) = text.trim().split_once(':')?;
    if hash.len() != 64 || !hash.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..32).map(|at| u8::from_str_radix(hash.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    Some(Head { seq: seq.parse().ok().filter(|seq| *seq >= 0)?, hash: bytes?.try_into().ok()? })
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Verdict {
    /// Nothing was changed, taken out or slipped in.
    pub whole: bool,
    /// Rows that are whole, from the first on.
    pub rows: i64,
    /// The hash of the last of them. Written down elsewhere, with the number, it shows later that nothing was cut off.
    pub head: String,
    /// What is wrong, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// A walk along the chain, row by row from the first.
#[derive(Debug)]
pub struct Walk {
    head: Head,
    expected: Option<Head>,
    trouble: Option<String>,
}

impl Walk {
    /// Begins. `expected` is a head that was written down: the chain must have passed it.
    pub fn new(expected: Option<Head>) -> Self {
        Self { head: Head::NONE, expected, trouble: None }
    }

    /// The last row that is whole.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Takes the next row; `false` once something is wrong.
    pub fn next(&mut self, row: &AuditRow) -> bool {
        if self.trouble.is_some() {
            return false;
        }
        let seq = row.seq;
        self.trouble = if seq != self.head.seq + 1 {
            Some(format!("After row {} comes row {seq}: something was taken out.", self.head.seq))
        } else if row.previous != self.head.hash {
            Some(format!("Row {seq} does not follow row {}: one of them was replaced.", self.head.seq))
        } else if row.sealed() != row.hash {
            Some(format!("Row {seq} was changed after it was written."))
        } else {
            self.head = Head { seq, hash: row.hash };
            let passed = self.expected.filter(|expected| expected.seq == seq && expected.hash != row.hash);
            passed.map(|_| {
                format!("Row {seq} is not the one that was written down: all of it was written anew.")
            })
        };
        self.trouble.is_none()
    }

    /// What was found, once there are no more rows.
    pub fn end(self) -> Verdict {
        let short = self.expected.filter(|expected| expected.seq > self.head.seq);
        let cut = short.map(|expected| {
            format!("The trail ends with row {}; row {} was there once.", self.head.seq, expected.seq)
        });
        let trouble = self.trouble.or(cut);
        Verdict {
            whole: trouble.is_none(),
            rows: self.head.seq,
            head: format!("{}:{}", self.head.seq, hex(&self.head.hash)),
            trouble,
        }
    }
}

#[cfg(test)]
mod tests;
