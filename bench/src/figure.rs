//! Samples and what they come to.
//!
//! *Invariant:* a figure has at least one sample; what is shown is the median, since a shared machine's mean is its
//! neighbours' noise.
//! *Doesn't know:* units.
//! *Start at:* [`Figure`].

use std::time::Duration;

use serde::Serialize;

/// Samples of one thing, of one side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Figure {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    /// In the order in which they were taken.
    pub(crate) samples: Vec<f64>,
}

impl Figure {
    /// Nothing without samples.
    pub(crate) fn of(samples: Vec<f64>) -> Option<Self> {
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        Some(Self { median: at(&sorted, 0.5), least, most, samples })
    }

    /// The value that this part of the samples doesn't exceed.
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        at(&sorted, part)
    }
}

/// Between two samples, the mean of both; that is how two make a median.
fn at(sorted: &[f64], part: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are some thousand samples at most")]
    let place = part * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the slice")]
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    f64::midpoint(sorted[below], sorted[above])
}

/// Milliseconds, with their fractions.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// How many of them a second.
pub(crate) fn rate(number: usize, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some ten thousand at most")]
    let number = number as f64;
    number / time.as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_few_and_of_many() {
        for (samples, median) in [(vec![3.0], 3.0), (vec![4.0, 1.0], 2.5), (vec![9.0, 1.0, 2.0], 2.0)] {
            let figure = Figure::of(samples.clone()).expect("there are samples");
            assert_eq!((figure.median, &figure.samples), (median, &samples));
        }
        assert_eq!(Figure::of(Vec::new()), None);
        let hundred = Figure::of((0..101).map(f64::from).collect()).expect("there are samples");
        assert_eq!((hundred.quantile(0.99), hundred.least, hundred.most), (99.0, 0.0, 100.0));
    }

    #[test]
    fn a_rate_is_by_the_second() {
        assert_eq!(rate(50, Duration::from_millis(500)), 100.0);
    }
}
