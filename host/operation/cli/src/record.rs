//! Reading the ledger from outside, whether or not a node writes it.
//!
//! *Invariant:* takes no lock and changes nothing; what was read had its hashes checked.
//! *Doesn't know:* what entries mean.
//! *Start at:* [`open`].

use jaros_content::Content;
use jaros_decision::Seq;
use jaros_ledger::{Broken, ReadError, Reader, Refused, Torn, Verify, VerifyError, segments};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::problem::{Problem, code};

/// A reader from the ledger's first entry on.
pub(crate) fn open(context: &Context) -> Result<Reader, Problem> {
    context.existing()?;
    if segments(&context.layout.ledger())?.is_empty() {
        return Err(nothing_yet(context));
    }
    let content = Content::open(context.layout.content())?;
    Ok(Reader::open(&context.layout.ledger(), &content)?)
}

/// That the reading went to the ledger's end: nothing but a line that is being written may follow.
pub(crate) fn intact(context: &Context, reader: &Reader) -> Result<(), Problem> {
    let Some(flaw) = reader.flaw() else { return Ok(()) };
    // Whether a flaw at the end is damage depends on what stands behind it, and on what was signed.
    match damage(context)? {
        Some(damage) => {
            Err(Problem::new(Exit::No, code::BROKEN, damage.what)
                .next("jaros verify checks the whole ledger"))
        }
        None if flaw.flaw.may_be_torn() => Ok(()),
        None => Err(Problem::new(Exit::No, code::BROKEN, flaw.to_string())
            .next("jaros verify checks the whole ledger")),
    }
}

/// What is wrong with a ledger, and where as far as that is one place.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Damage {
    /// A sentence.
    pub(crate) what: String,
    /// The entry.
    pub(crate) seq: Option<Seq>,
    /// Its file.
    pub(crate) segment: Option<String>,
    /// Bytes before its line, in that file.
    pub(crate) offset: Option<u64>,
    /// What to do.
    #[serde(skip)]
    pub(crate) next: &'static str,
}

const RESTORE: &str = "restore the ledger from a copy; jaros ledger shows what holds up to there";

impl Damage {
    /// An end that isn't whole, while nobody writes.
    pub(crate) fn torn(torn: &Torn) -> Self {
        let next = "if the machine or the node broke off just before: jaros serve cuts the end off and keeps its bytes aside";
        Self { next, ..Self::at(&torn.broken) }
    }

    fn at(broken: &Broken) -> Self {
        let (seq, offset) = (Some(broken.seq), Some(broken.offset));
        Self {
            what: broken.to_string(),
            seq,
            segment: Some(broken.segment.to_string()),
            offset,
            next: RESTORE,
        }
    }

    /// The damage that made a verification end; anything else stays an error.
    pub(crate) fn of(error: VerifyError) -> Result<Self, VerifyError> {
        match error {
            VerifyError::Refused(Refused::Damaged(broken)) | VerifyError::Read(ReadError::Broken(broken)) => {
                Ok(Self::at(&broken))
            }
            VerifyError::Refused(refused) => {
                Ok(Self { what: refused.to_string(), seq: None, segment: None, offset: None, next: RESTORE })
            }
            error => Err(error),
        }
    }
}

/// The ledger's damage, if it has any: hashes, seals, signatures and data.
pub(crate) fn damage(context: &Context) -> Result<Option<Damage>, Problem> {
    let content = Content::open(context.layout.content())?;
    let what = Verify { dir: &context.layout.ledger(), content: &content, witnessed: &[] };
    match jaros_ledger::verify(what).map_err(Damage::of) {
        Ok(_) => Ok(None),
        Err(Ok(damage)) => Ok(Some(damage)),
        Err(Err(error)) => Err(unverified(context, error)),
    }
}

/// Why a ledger couldn't be verified.
pub(crate) fn unverified(context: &Context, error: VerifyError) -> Problem {
    let text = error.to_string();
    match error {
        VerifyError::Nothing(_) => nothing_yet(context),
        VerifyError::Read(error) => error.into(),
        VerifyError::Content(error) => error.into(),
        VerifyError::Note(_) => Problem::input(text).next("name a file that jaros checkpoint printed"),
        VerifyError::Refused(_) => {
            Problem::new(Exit::No, code::BROKEN, text).next("restore the ledger from a copy")
        }
    }
}

fn nothing_yet(context: &Context) -> Problem {
    let text = format!("there is no ledger in {} yet", context.root());
    Problem::new(Exit::No, code::NOTHING_YET, text).next("jaros serve begins one")
}
