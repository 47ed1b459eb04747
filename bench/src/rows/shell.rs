//! Rows about a node that idles: what asking it costs, and what it keeps in memory.

use std::time::Duration;

use super::{Bench, Measured, Row, plain};
use crate::figure::ms;
use crate::place::Place;
use crate::process;
use crate::trouble::Trouble;

impl Bench {
    /// The whole process of `jaros status`, beside a node that runs.
    pub(super) fn status(&self) -> Result<Measured, Trouble> {
        let mut places = Vec::new();
        for subject in std::iter::once(&self.ours).chain(&self.reference) {
            let mut place = Place::with_examples(subject, &self.folder)?;
            let (node, heard) = (place.serve()?, place.listen()?);
            place.usable(&heard, false)?;
            // A status is written a moment after what it tells.
            std::thread::sleep(Duration::from_millis(500));
            places.push((place, node));
        }
        let both = self.turns(Row::Status, self.count(30, 10), |subject| {
            let of = |place: &Place<'_>| std::ptr::eq(place.subject, subject);
            let (place, _) = places.iter().find(|(place, _)| of(place)).expect("each side has a place");
            Ok(vec![ms(process::run(subject.command(&place.root(), &["status"]))?.1)])
        })?;
        Ok(plain(Row::Status, "`status` from the shell".to_owned(), both))
    }

    /// Resident memory after a few jobs, when nothing happens any more.
    pub(super) fn memory(&self) -> Result<Measured, Trouble> {
        let both = self.turns(Row::Memory, self.count(3, 1), |subject| {
            let mut place = Place::with_examples(subject, &self.folder)?;
            // On the second start: compiling took memory of its own.
            let (node, heard) = (place.serve()?, place.listen()?);
            place.usable(&heard, false)?;
            node.stop()?;
            let node = place.serve()?;
            for _ in 0..10 {
                place.usable(&heard, false)?;
            }
            std::thread::sleep(Duration::from_secs(1));
            Ok(vec![node.resident_mib()?])
        })?;
        Ok(plain(Row::Memory, "Memory of an idle node".to_owned(), both))
    }
}
