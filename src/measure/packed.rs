//! What was observed in a replication as two lists of numbers, for a store.
//!
//! [`Packed::numbers`] holds what may be broken, [`Packed::counts`] what is whole: first how long each part is, then which
//! numbers are blank (a bit each), then the tallies, the links, and how the run went. The same observations always give the same lists. It does not know where
//! they are kept. Start at [`Packed`].

use super::course::Course;
use super::evaluate::Observed;
use crate::stats::Tally;

/// What was observed in one replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packed {
    /// Values of the catalogue, trucks in line, posted waits, storage; what is blank is left out.
    pub numbers: Vec<f64>,
    /// Lengths of all parts, blanks, tallies, links, the course of the run.
    pub counts: Vec<i64>,
}

impl Observed {
    /// As two lists.
    pub fn packed(&self) -> Packed {
        let Observed { values, pooled, queues, posted, storage, links, course } = self;
        let course = course.as_ref().map(Course::words).unwrap_or_default();
        let lengths = [
            values.len(),
            pooled.len(),
            queues.len(),
            posted.len(),
            storage.len(),
            links.len(),
            course.len(),
        ];
        let mut numbers = Vec::with_capacity(values.len() + queues.len() + posted.len() + 2 * storage.len());
        for part in [values, queues, posted] {
            numbers.extend_from_slice(part);
        }
        numbers.extend(storage.iter().flat_map(|(full, trucks)| [*full, *trucks]));
        let mut counts: Vec<i64> = lengths.iter().map(|length| *length as i64).collect();
        let bit = |numbers: &[f64]| {
            numbers.iter().rev().fold(0, |bits, number| bits << 1 | u64::from(number.is_nan()))
        };
        counts.extend(numbers.chunks(64).map(|numbers| bit(numbers) as i64));
        numbers.retain(|number| !number.is_nan());
        for tally in pooled {
            let words = tally.words();
            counts.push(words.len() as i64);
            counts.extend(words.into_iter().map(|word| word as i64));
        }
        counts.extend(links.iter().map(|trucks| *trucks as i64));
        counts.extend(course);
        Packed { numbers, counts }
    }

    /// From two lists; `None` if they are not what [`Observed::packed`] makes.
    pub fn unpacked(packed: &Packed) -> Option<Observed> {
        let mut counts = packed.counts.as_slice();
        let lengths = taken(&mut counts, 7)?.iter();
        let lengths: Vec<usize> =
            lengths.map(|length| usize::try_from(*length).ok()).collect::<Option<_>>()?;
        let length = [lengths[0], lengths[2], lengths[3], lengths[4], lengths[4]];
        let length = length.into_iter().try_fold(0, usize::checked_add)?;
        let blanks = taken(&mut counts, length.div_ceil(64))?;
        let mut there = packed.numbers.iter().copied();
        let number = |place: usize| match blanks[place / 64] >> (place % 64) & 1 {
            0 => there.next(),
            _ => Some(f64::NAN),
        };
        let all: Vec<f64> = (0..length).map(number).collect::<Option<_>>()?;
        if there.next().is_some() {
            return None;
        }
        let mut numbers = all.as_slice();
        let mut part = |length: usize| taken(&mut numbers, length).map(<[f64]>::to_vec);
        let (values, queues, posted) = (part(lengths[0])?, part(lengths[2])?, part(lengths[3])?);
        let storage = part(lengths[4].checked_mul(2)?)?;
        let storage = storage.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        let mut pooled = Vec::new();
        for _ in 0..lengths[1] {
            let length = usize::try_from(taken(&mut counts, 1)?[0]).ok()?;
            let words: Vec<u64> = taken(&mut counts, length)?.iter().map(|word| *word as u64).collect();
            pooled.push(Tally::from_words(&words)?);
        }
        let links = taken(&mut counts, lengths[5])?.iter().map(|trucks| *trucks as u64).collect();
        let course = match taken(&mut counts, lengths[6])? {
            [] => None,
            words => Some(Course::from_words(words)?),
        };
        let rest = numbers.is_empty() && counts.is_empty();
        rest.then_some(Observed { values, pooled, queues, posted, storage, links, course })
    }
}

/// The first of a list, which is then without them.
fn taken<'a, T>(list: &mut &'a [T], length: usize) -> Option<&'a [T]> {
    let (first, rest) = list.split_at_checked(length)?;
    *list = rest;
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::SimDuration;

    #[test]
    fn what_is_packed_is_unpacked() {
        let mut tally = Tally::default();
        tally.record(SimDuration::from_micros(1_234_567));
        let observed = Observed {
            values: vec![1.5, f64::NAN, -0.0],
            pooled: vec![tally, Tally::default()],
            queues: vec![0.25],
            posted: vec![],
            storage: vec![(0.5, 7.0)],
            links: vec![3, u64::MAX],
            course: Course::from_words(&[1, 3, 4, 5, -6]),
        };
        assert!(observed.course.is_some());
        let packed = observed.packed();
        let back = Observed::unpacked(&packed).expect("it was packed");
        // NaN is not itself: compared as text.
        assert_eq!(format!("{back:?}"), format!("{observed:?}"));
        for end in 0..packed.counts.len() {
            let short = Packed { counts: packed.counts[..end].to_vec(), ..packed.clone() };
            assert!(Observed::unpacked(&short).is_none(), "{end}");
        }
        let short = Packed { numbers: packed.numbers[1..].to_vec(), ..packed.clone() };
        assert!(Observed::unpacked(&short).is_none());
    }
}
