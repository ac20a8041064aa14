//! Nested designs: groups that differ, with several noisy values in each; the two kinds of spread taken apart.
//!
//! One-way random effects: the variance within groups is that of chance, and what the means of groups vary
//! beyond it is that between groups (analysis of variance; Searle, Casella and McCulloch, Variance Components,
//! 1992, section 3.6). The means of groups spread too widely, since chance is in them; drawn in towards their
//! mean until their variance is that between groups, they are estimates of what the groups are like as a whole
//! (Louis, Journal of the American Statistical Association 79, 1984; Ghosh, ibid. 87, 1992). It does not know
//! what a group is. Start at [`Nested::split`].

use super::estimate::Moments;

/// Means of groups of equal size, and the squares within.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nested {
    means: Vec<f64>,
    /// Sum over groups of squared deviations from the group's mean.
    squares: f64,
    size: u32,
}

/// What a nested design tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Mean of all.
    pub mean: f64,
    /// Standard deviation of the means of groups, chance included: for intervals of `mean`.
    pub sd_of_means: f64,
    /// Standard deviation between groups, chance taken out.
    pub between: f64,
    /// Standard deviation within a group.
    pub within: f64,
    /// The groups, drawn in, in increasing order.
    pub groups: Vec<f64>,
}

impl Nested {
    /// Of groups that have `size` values each.
    pub fn new(size: u32) -> Nested {
        Nested { size, ..Nested::default() }
    }

    /// Adds a group by its mean and the squared deviations from it.
    pub fn add(&mut self, mean: f64, squares: f64) {
        self.means.push(mean);
        self.squares += squares;
    }

    /// The two kinds of spread; `None` with fewer than two groups or two values in each.
    pub fn split(&self) -> Option<Split> {
        let groups = self.means.len() as f64;
        if self.means.len() < 2 || self.size < 2 {
            return None;
        }
        let mut moments = Moments::default();
        self.means.iter().for_each(|mean| moments.add(*mean));
        let (mean, of_means) = (moments.mean()?, moments.variance()?);
        let size = f64::from(self.size);
        let within = self.squares / (groups * (size - 1.0));
        let between = (of_means - within / size).max(0.0);
        let drawn = if of_means > 0.0 { (between / of_means).sqrt() } else { 0.0 };
        let mut drawn_in: Vec<f64> = self.means.iter().map(|own| mean + drawn * (own - mean)).collect();
        drawn_in.sort_by(f64::total_cmp);
        Some(Split {
            mean,
            sd_of_means: of_means.sqrt(),
            between: between.sqrt(),
            within: within.sqrt(),
            groups: drawn_in,
        })
    }
}

/// The 95 % interval of a share that was met `met` times of `n` (Wilson, Journal of the American Statistical
/// Association 22, 1927).
pub fn share_interval(met: u32, n: u32) -> [f64; 2] {
    let (n, z) = (f64::from(n.max(1)), 1.959_963_985);
    let share = f64::from(met) / n;
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three groups of two: 1 3, 5 7, 9 11. Within: 2 each, so 6 / 3 = 2. Means 2, 6, 10 have variance 16,
    /// of which 2 / 2 is chance: 15 between.
    #[test]
    fn by_hand() {
        let mut nested = Nested::new(2);
        [(2.0, 2.0), (6.0, 2.0), (10.0, 2.0)].iter().for_each(|(mean, squares)| nested.add(*mean, *squares));
        let split = nested.split().expect("a split");
        assert_eq!((split.mean, split.sd_of_means), (6.0, 4.0));
        assert!((split.within * split.within - 2.0).abs() < 1e-12);
        assert!((split.between * split.between - 15.0).abs() < 1e-12);
        let wide = 4.0 * (15.0f64 / 16.0).sqrt();
        for (group, expected) in split.groups.iter().zip([6.0 - wide, 6.0, 6.0 + wide]) {
            assert!((group - expected).abs() < 1e-12);
        }
    }

    /// Groups that differ by less than chance are one.
    #[test]
    fn nothing_between() {
        let mut nested = Nested::new(2);
        [(2.0, 50.0), (2.1, 50.0)].iter().for_each(|(mean, squares)| nested.add(*mean, *squares));
        let split = nested.split().expect("a split");
        assert_eq!((split.between, split.groups[0]), (0.0, split.groups[1]));
        assert_eq!(Nested::new(2).split(), None);
    }

    /// Wilson's interval of 82 of 100: 73.3 to 88.3 %.
    #[test]
    fn shares_have_intervals() {
        let [low, high] = share_interval(82, 100);
        assert!((low - 0.7333).abs() < 5e-4 && (high - 0.8830).abs() < 5e-4, "{low} {high}");
        assert_eq!(share_interval(0, 10)[0], 0.0);
    }
}
