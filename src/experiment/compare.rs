//! Two plans under common random numbers: paired differences, verdicts, who loses.
//!
//! The difference is taken replication by replication, since both plans met the same trucks. The
//! intervals of one measure hold together for all plans that are compared with the baseline, those
//! by class for all plans and classes (Bonferroni). A plan that strands more trucks (turned away or
//! unfinished, mean over replications) is never called better on time alone, and one that strands
//! fewer is not called worse on time alone. Start at [`Comparer::compare`].

use crate::measure::{Entry, Measure, Unit};

use super::fold::Fold;
use super::result::{ClassChange, Comparison, DetectionChange, Mean, Paired, Verdict};
use super::running::{Level, Running};
use super::sentence::sentence;

/// What all comparisons of a study share.
pub(super) struct Comparer<'a> {
    pub(super) entries: &'a [Entry],
    pub(super) whole_run: usize,
    pub(super) headline: usize,
    pub(super) baseline: (usize, &'a Fold),
    /// In seconds; acts on times only.
    pub(super) too_small: Option<f64>,
    /// For one measure in all compared scenarios.
    pub(super) together: &'a Level,
    /// Scenarios that are compared with the baseline.
    pub(super) family: usize,
}

impl Comparer<'_> {
    /// A scenario against the baseline. `classes`: names in class order.
    pub(super) fn compare(
        &self,
        scenario: usize,
        title: &str,
        fold: &Fold,
        classes: &[String],
    ) -> Comparison {
        let stranded = self.named("trucks.stranded", fold);
        let officer_hours = self.named("officer_hours", fold);
        let more_stranded = stranded.mean.unwrap_or(0.0);
        let paired: Vec<Paired> =
            (0..self.whole_run).map(|entry| self.paired(entry, fold, self.together, more_stranded)).collect();
        let classes = self.classes(fold, classes, more_stranded);
        let headline = &self.entries[self.headline];
        let verdict = paired[self.headline].verdict.unwrap_or(Verdict::NotSettled);
        let mut comparison = Comparison {
            scenario,
            versus: self.baseline.0,
            paired,
            verdict,
            stranded,
            officer_hours,
            classes,
            detection: self.detection(fold),
            sentence: String::new(),
        };
        comparison.sentence = sentence(title, headline, self.headline, &comparison);
        comparison
    }

    /// What becomes of detection, kind by kind.
    fn detection(&self, fold: &Fold) -> Vec<DetectionChange> {
        let entries = &self.entries[..self.whole_run];
        let of_all = |entry: &&Entry| entry.measure == Measure::WorstDetection;
        let kinds = entries.iter().filter(of_all).filter_map(|entry| entry.station.clone());
        let softest_of = |kind: &String| {
            let of_classes = entries.iter().enumerate().filter(|(_, entry)| {
                entry.measure == Measure::Detection && entry.station.as_ref() == Some(kind)
            });
            let means = of_classes.filter_map(|(place, entry)| {
                let known = fold.series(place).filter(|value| !value.is_nan());
                Some((entry.class.clone()?, Running::of(known).mean(self.together).mean?))
            });
            let means: Vec<(String, f64)> = means.collect();
            // The only class that hides it need not be looked for.
            let softest = means.iter().min_by(|a, b| a.1.total_cmp(&b.1)).cloned();
            softest.filter(|_| means.len() > 1)
        };
        let change = |kind: String| DetectionChange {
            difference: self.named(&format!("detection.{kind}"), fold),
            worst: self.named(&format!("worst_detection.{kind}"), fold),
            softest: softest_of(&kind),
            kind,
        };
        kinds.map(change).collect()
    }

    fn named(&self, name: &str, fold: &Fold) -> Mean {
        let entry = self.entries[..self.whole_run].iter().position(|entry| entry.name == name);
        let paired = entry.map(|entry| self.paired(entry, fold, self.together, 0.0));
        paired.map_or_else(Mean::default, |paired| paired.difference)
    }

    fn paired(&self, entry: usize, fold: &Fold, level: &Level, more_stranded: f64) -> Paired {
        let (_, baseline) = self.baseline;
        let pairs = || fold.series(entry).zip(baseline.series(entry));
        let both = || pairs().filter(|(here, there)| !here.is_nan() && !there.is_nan());
        let difference = Running::of(both().map(|(here, there)| here - there));
        let apart = Running::of(both().map(|(here, _)| here)).variance().unwrap_or(0.0)
            + Running::of(both().map(|(_, there)| there)).variance().unwrap_or(0.0);
        let variance_ratio = difference.variance().filter(|variance| *variance > 0.0).map(|v| apart / v);
        let difference = difference.mean(level);
        let data = &self.entries[entry];
        let too_small = if data.unit == Unit::Seconds { self.too_small.unwrap_or(0.0) } else { 0.0 };
        let verdict = data.less_is_better().map(|less| {
            let verdict = verdict(&difference, too_small, less);
            match data.measure {
                // Stranding is what these say themselves.
                Measure::Trucks | Measure::Throughput => verdict,
                _ => with_stranded(verdict, more_stranded),
            }
        });
        Paired { difference, variance_ratio, verdict }
    }

    /// The headline measure by class.
    fn classes(&self, fold: &Fold, classes: &[String], more_stranded: f64) -> Vec<ClassChange> {
        let headline = &self.entries[self.headline];
        let of_class = |class: &String| {
            self.entries[..self.whole_run].iter().position(|entry| {
                entry.class.as_ref() == Some(class)
                    && headline.class.is_none()
                    && (entry.measure, entry.statistic) == (headline.measure, headline.statistic)
                    && (&entry.station, &entry.group) == (&headline.station, &headline.group)
            })
        };
        let present: Vec<(&String, usize)> =
            classes.iter().filter_map(|class| Some((class, of_class(class)?))).collect();
        let level = Level::together(self.family * present.len());
        let change = |(class, entry): (&String, usize)| {
            let paired = self.paired(entry, fold, &level, more_stranded);
            let less = self.entries[entry].less_is_better();
            let worse = match (less, paired.difference.low(), paired.difference.high()) {
                (Some(true), Some(low), _) => low > 0.0,
                (Some(false), _, Some(high)) => high < 0.0,
                _ => false,
            };
            ClassChange { class: class.clone(), paired, loses: worse }
        };
        present.into_iter().map(change).collect()
    }
}

/// What an interval says, given what is too small to matter.
pub(super) fn verdict(difference: &Mean, too_small: f64, less_is_better: bool) -> Verdict {
    let (Some(low), Some(high)) = (difference.low(), difference.high()) else {
        return Verdict::NotSettled;
    };
    let (low, high) = if less_is_better { (low, high) } else { (-high, -low) };
    match () {
        () if -too_small <= low && high <= too_small => Verdict::NoUsefulDifference,
        () if high < -too_small => Verdict::ClearlyBetter,
        () if low > too_small => Verdict::ClearlyWorse,
        () if high < 0.0 => Verdict::Better,
        () if low > 0.0 => Verdict::Worse,
        () => Verdict::NotSettled,
    }
}

/// Time alone does not decide when trucks never crossed.
pub(super) fn with_stranded(verdict: Verdict, more_stranded: f64) -> Verdict {
    match verdict {
        Verdict::ClearlyBetter | Verdict::Better if more_stranded > 0.0 => Verdict::StrandsMore,
        Verdict::ClearlyWorse | Verdict::Worse if more_stranded < 0.0 => Verdict::StrandsFewer,
        Verdict::ClearlyBetter
        | Verdict::Better
        | Verdict::NoUsefulDifference
        | Verdict::Worse
        | Verdict::ClearlyWorse
        | Verdict::NotSettled
        | Verdict::StrandsMore
        | Verdict::StrandsFewer => verdict,
    }
}
