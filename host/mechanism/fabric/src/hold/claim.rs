//! Claiming: `inbox/ID.json` becomes `w.EPOCH.HOLDER/take.ID.A` in one rename, then it is read.
//!
//! *Invariant:* a file that was taken is either told to the caller, kept as half written and looked at again, or moved
//! to `failed/`; an error never swallows one.
//! *Doesn't know:* which jobs were done before; the record does.
//! *Start at:* [`FolderHold::claim_batch`].

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::{Duration, Instant};

use jaros_decision::JobId;
use rustix::io::Errno;

use super::{FolderHold, lock};
use crate::failed::immovable;
use crate::inbox::{Inbox, Young};
use crate::job::{self, Unread};
use crate::layout::INBOX;
use crate::name::InboxName;
use crate::port::{Claim, Claimed, Token};
use crate::{FabricError, Rejected, Unfit};

/// A batch stops once it holds this many bytes, so that a thousand big jobs don't stand in memory together.
const BATCH_BYTES: usize = 8 << 20;
/// When to look again at a half-written file.
const AGAIN: Duration = Duration::from_millis(20);

/// What became of one name.
enum Take {
    Token(Token),
    Rejected(Rejected),
    Gone,
}

/// What became of one file that was taken.
enum Look {
    Job(Claim),
    Rejected(Rejected),
    Young(Young),
    Gone,
}

impl FolderHold {
    pub(super) fn claim_batch(&self, max: usize) -> Result<Claimed, FabricError> {
        // Asked of the folder: a holder with nothing to do should notice too that it was taken over from.
        self.counts()?;
        let mut inbox = lock(&self.inbox);
        let mut claimed = Claimed::default();
        self.look_again(&mut inbox, &mut claimed, max)?;
        self.refresh(&mut inbox)?;
        let mut bytes = 0;
        let mut room = max.saturating_sub(claimed.jobs.len());
        while room > 0 && bytes < BATCH_BYTES {
            let Some(name) = inbox.next() else { break };
            let look = match self.take(&name) {
                Ok(Take::Token(token)) => self.look(Young { token, bytes: None, since: Instant::now() })?,
                Ok(Take::Rejected(rejected)) => Look::Rejected(rejected),
                Ok(Take::Gone) => Look::Gone,
                Err(error) => {
                    inbox.put_back(name);
                    // What was claimed so far is told first; the error will come again.
                    if claimed.jobs.is_empty() && claimed.rejected.is_empty() {
                        return Err(error);
                    }
                    break;
                }
            };
            room -= 1;
            if let Look::Job(claim) = &look {
                bytes += claim.bytes.len();
            }
            note(&mut inbox, &mut claimed, look, Some(name));
        }
        claimed.more = !inbox.is_empty();
        claimed.again = (!inbox.young.is_empty()).then_some(AGAIN);
        Ok(claimed)
    }

    /// Looks at the half-written ones from before.
    fn look_again(&self, inbox: &mut Inbox, claimed: &mut Claimed, max: usize) -> Result<(), FabricError> {
        for young in std::mem::take(&mut inbox.young) {
            if claimed.jobs.len() < max {
                let look = self.look(young)?;
                note(inbox, claimed, look, None);
            } else {
                inbox.young.push(young);
            }
        }
        Ok(())
    }

    fn refresh(&self, inbox: &mut Inbox) -> Result<(), FabricError> {
        inbox.hear(&mut lock(&self.told));
        if inbox.wants_listing() {
            let names = self.root.list(INBOX).map_err(|errno| self.fault("list", INBOX, errno))?;
            inbox.listed(names);
        }
        Ok(())
    }

    pub(super) fn claim_named(&self, id: &JobId) -> Result<Option<Claim>, FabricError> {
        self.known_to_count()?;
        let mut inbox = lock(&self.inbox);
        inbox.hear(&mut lock(&self.told));
        let name = inbox.name_of(id);
        if !self.root.exists(Path::new(INBOX).join(&name)) {
            return Ok(None);
        }
        match self.take(&name)? {
            Take::Token(token) => {
                let bytes = self.read_held(&token)?;
                Ok(Some(Claim { id: token.id, attempt: token.attempt, bytes }))
            }
            Take::Rejected(rejected) => Err(FabricError::Rejected(rejected)),
            Take::Gone => Ok(None),
        }
    }

    /// The claim itself.
    fn take(&self, name: &OsStr) -> Result<Take, FabricError> {
        let from = Path::new(INBOX).join(name);
        let reject = |why| {
            let rejected = self.reject(&from, name, why)?;
            Ok(rejected.map_or(Take::Gone, Take::Rejected))
        };
        let (id, attempt) = match InboxName::read(name) {
            InboxName::Job(id, attempt) => (id, attempt),
            InboxName::Unfinished => return Ok(Take::Gone),
            InboxName::NoJob => return reject(Unfit::Name),
            InboxName::BadId(fault) => return reject(Unfit::Id(fault)),
        };
        // A rename over the token in work would lose one of the two.
        if lock(&self.tokens).contains_key(&id) {
            return reject(Unfit::Running(id));
        }
        let token = Token { id, attempt, begun: false };
        match self.root.rename(&from, self.leaf(&token.file_name())) {
            Ok(()) => {
                lock(&self.tokens).insert(token.id.clone(), token.clone());
                Ok(Take::Token(token))
            }
            // Either somebody took the file back, or our own folder is gone.
            Err(Errno::NOENT) => self.counts().map(|()| Take::Gone),
            Err(errno) if immovable(errno) => {
                let why = Unfit::Stuck(errno.to_string());
                Ok(Take::Rejected(Rejected { name: format!("{name:?}"), why, moved_to: None }))
            }
            Err(errno) => Err(self.fault("claim", &from, errno)),
        }
    }

    /// Reads what was taken. Only a fence makes this an error: a token that isn't told would be forgotten.
    fn look(&self, young: Young) -> Result<Look, FabricError> {
        let Young { token, bytes: before, since } = young;
        let at = self.leaf(&token.file_name());
        let waited = before.is_some() && since.elapsed() >= self.terms.quiet;
        let (why, now) = match job::read(&self.root, &at, self.terms.job_bytes) {
            Ok(bytes) if job::whole(&bytes) || (waited && before == Some(bytes.len())) => {
                return Ok(Look::Job(Claim { id: token.id, attempt: token.attempt, bytes }));
            }
            Ok(bytes) => (None, bytes.len()),
            Err(Unread::Unfit(why)) => (Some(why), 0),
            Err(Unread::Later(errno)) if waited => (Some(Unfit::Unreadable(errno.to_string())), 0),
            Err(Unread::Later(_)) => (None, 0),
            Err(Unread::Gone) => {
                self.counts()?;
                lock(&self.tokens).remove(&token.id);
                return Ok(Look::Gone);
            }
        };
        let since = if before == Some(now) { since } else { Instant::now() };
        let young = Young { token, bytes: Some(now), since };
        let Some(why) = why else { return Ok(Look::Young(young)) };
        match self.reject_token(&young.token, why) {
            Ok(rejected) => Ok(rejected.map_or(Look::Gone, Look::Rejected)),
            Err(ended @ (FabricError::Fenced { .. } | FabricError::Released { .. })) => Err(ended),
            Err(_) => Ok(Look::Young(young)),
        }
    }

    pub(super) fn read_held(&self, token: &Token) -> Result<Vec<u8>, FabricError> {
        let at = self.leaf(&token.file_name());
        job::read(&self.root, &at, self.terms.job_bytes).map_err(|unread| match unread {
            Unread::Gone => self.token_fault(&token.id, "read", &at, Errno::NOENT),
            Unread::Later(errno) => self.fault("read", &at, errno),
            Unread::Unfit(why) => match self.reject_token(token, why) {
                Ok(Some(rejected)) => FabricError::Rejected(rejected),
                Ok(None) => FabricError::NotHeld(token.id.clone()),
                Err(error) => error,
            },
        })
    }

    /// Moves a token whose file can be no job to `failed/`, under the name that it had in the inbox.
    fn reject_token(&self, token: &Token, why: Unfit) -> Result<Option<Rejected>, FabricError> {
        let name = OsString::from(format!("{}.json", token.id));
        let rejected = self.reject(&self.leaf(&token.file_name()), &name, why)?;
        if rejected.as_ref().is_none_or(|rejected| rejected.moved_to.is_some()) {
            lock(&self.tokens).remove(&token.id);
        }
        Ok(rejected)
    }
}

fn note(inbox: &mut Inbox, claimed: &mut Claimed, look: Look, name: Option<OsString>) {
    match look {
        Look::Job(claim) => claimed.jobs.push(claim),
        Look::Young(young) => inbox.young.push(young),
        Look::Gone => {}
        Look::Rejected(rejected) => {
            if let Some(name) = name.filter(|_| rejected.moved_to.is_none()) {
                inbox.stick(name);
            }
            claimed.rejected.push(rejected);
        }
    }
}
