//! Distributions given by data: values with weights, sampled by inversion.
//!
//! The cumulative weights are searched from a guide (Chen and Asau, 1974): the leading bits of the
//! random word say where to begin, so a sample takes about one comparison whatever the number of
//! values. It does not know where the data came from. Start at [`Discrete`].

use crate::kernel::draws::uniform;

/// Values with cumulative weights, increasing.
#[derive(PartialEq, Debug)]
pub(super) struct Discrete {
    values: Box<[f64]>,
    /// Share at or below each value; the last is 1.
    cumulative: Box<[f64]>,
    /// For each leading part of the random word, the first value that can be meant.
    guide: Box<[u32]>,
    guide_bits: u32,
}

impl Discrete {
    /// From (value, weight) in increasing order of value, multiplied by `scale`.
    pub(super) fn new(pairs: &[(f64, f64)], scale: f64) -> Discrete {
        let total: f64 = pairs.iter().map(|(_, weight)| weight).sum();
        let mut sum = 0.0;
        let mut cumulative: Box<[f64]> = pairs
            .iter()
            .map(|(_, weight)| {
                sum += weight;
                sum / total
            })
            .collect();
        if let Some(last) = cumulative.last_mut() {
            *last = 1.0;
        }
        let guide_bits = pairs.len().next_power_of_two().ilog2().clamp(1, 20);
        let parts = 1u64 << guide_bits;
        let guide = (0..parts)
            .map(|part| {
                let from = part as f64 / parts as f64;
                cumulative.partition_point(|share| *share <= from) as u32
            })
            .collect();
        let values = pairs.iter().map(|(value, _)| value * scale).collect();
        Discrete { values, cumulative, guide, guide_bits }
    }

    /// The value for 64 random bits: the first whose cumulative weight is at least the uniform.
    #[inline]
    pub(super) fn sample(&self, bits: u64) -> f64 {
        let u = uniform(bits);
        let mut index = self.guide[(bits >> (64 - self.guide_bits)) as usize] as usize;
        while self.cumulative[index] < u {
            index += 1;
        }
        self.values[index]
    }
}
