//! Selection of the best candidate that meets its goals, with a promised probability.
//!
//! Candidates have an objective, of which less is better, and excesses over their goals, which should
//! not be above 0. All are observed with common random numbers, replication by replication, until the data
//! tell them apart: the fully sequential procedure AK+ of Andradóttir and Kim ("Fully sequential procedures for
//! comparing constrained systems via simulation", Naval Research Logistics 57, 2010), with several goals
//! as in Healey, Andradóttir and Kim ("Selection procedures for simulations with multiple constraints
//! under independent and correlated sampling", ACM TOMACS 24, 2014). Differences inside the indifference
//! zone do not matter. Values of a replication are taken to be normal, and errors are shared out by Bonferroni.
//! It does not know what candidates are nor who simulates them. Start at [`Selection`].

use super::Moments;

/// When candidates count as told apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The probability of a correct selection.
    pub confidence: f64,
    /// Differences of the objective below this do not matter. Above 0.
    pub objective: f64,
    /// By goal: an excess within ± this is met or missed alike. Above 0.
    pub goals: Vec<f64>,
    /// Replications from which variances are estimated; at least 2.
    pub first: usize,
}

/// What is known of whether a candidate meets its goals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feasible {
    /// Not told yet.
    Unknown,
    /// All are met.
    Yes,
    /// One is missed.
    No,
}

/// Candidates under comparison.
#[derive(Clone, Debug)]
pub struct Selection {
    rules: Rules,
    /// h² of the check of goals, and of comparisons.
    widths: [f64; 2],
    candidates: Vec<Candidate>,
    /// For each pair (first, second): how the first stands to the second, at `pair(first, second)`.
    order: Vec<Order>,
}

#[derive(Clone, Debug)]
struct Candidate {
    /// By replication.
    objective: Vec<f64>,
    goals: Vec<Goal>,
    feasible: Feasible,
    /// Out: too dear beside one that meets its goals.
    beaten: bool,
    failed: bool,
}

#[derive(Clone, Debug, Default)]
struct Goal {
    sum: f64,
    /// Of the first stage.
    moments: Moments,
    met: Option<bool>,
}

/// How the first of a pair stands to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Open,
    Better,
    Worse,
    /// Nothing tells them apart, nor ever will.
    Equal,
}

impl Selection {
    /// `candidates` candidates of which nothing is known.
    pub fn new(rules: Rules, candidates: usize) -> Selection {
        let others = candidates.saturating_sub(1).max(1) as f64;
        let error = (1.0 - rules.confidence) / 2.0;
        // Each other candidate may go wrong in its worst goal, and the best one in any of its own.
        let goals = error / (others + rules.goals.len() as f64);
        let widths = [width(goals, rules.first), width(error / others, rules.first)];
        let candidate = Candidate {
            objective: Vec::new(),
            goals: vec![Goal::default(); rules.goals.len()],
            feasible: if rules.goals.is_empty() { Feasible::Yes } else { Feasible::Unknown },
            beaten: false,
            failed: false,
        };
        let pairs = candidates * candidates.saturating_sub(1) / 2;
        Selection { rules, widths, candidates: vec![candidate; candidates], order: vec![Order::Open; pairs] }
    }

    /// Candidates that need more replications, in order; none when the selection is over.
    pub fn active(&self) -> Vec<usize> {
        let alive: Vec<usize> = self.alive().collect();
        let open = alive.iter().any(|place| self.candidates[*place].feasible == Feasible::Unknown);
        let undecided = alive.iter().enumerate().any(|(i, first)| {
            alive[i + 1..].iter().any(|second| self.order[pair(*first, *second)] == Order::Open)
        });
        if open || undecided { alive } else { Vec::new() }
    }

    /// One more replication of a candidate: its objective, and its excess over each goal.
    pub fn add(&mut self, candidate: usize, objective: f64, goals: &[f64]) {
        let first = self.rules.first;
        let candidate = &mut self.candidates[candidate];
        candidate.objective.push(objective);
        for (goal, excess) in candidate.goals.iter_mut().zip(goals) {
            goal.sum += excess;
            if candidate.objective.len() <= first {
                goal.moments.add(*excess);
            }
        }
        candidate.failed |= objective.is_nan() || goals.iter().any(|excess| excess.is_nan());
    }

    /// A candidate that cannot be simulated is out.
    pub fn fail(&mut self, candidate: usize) {
        self.candidates[candidate].failed = true;
    }

    /// Draws conclusions, when all active candidates have equally many replications and at least the first ones.
    pub fn judge(&mut self) {
        let alive: Vec<usize> = self.alive().collect();
        for place in &alive {
            self.check_goals(*place);
        }
        for (i, first) in alive.iter().enumerate() {
            for second in &alive[i + 1..] {
                let place = pair(*first, *second);
                if self.order[place] == Order::Open {
                    self.order[place] = self.compare(*first, *second);
                }
            }
        }
        // Only who meets the goals beats others, with comparisons of now and before.
        let beaten: Vec<usize> = (alive.iter().copied())
            .filter(|place| {
                let better = |other: &usize| {
                    self.candidates[*other].feasible == Feasible::Yes && self.is_better(*other, *place)
                };
                alive.iter().any(better)
            })
            .collect();
        for place in beaten {
            self.candidates[place].beaten = true;
        }
    }

    /// Whether a candidate is known to meet its goals.
    pub fn feasible(&self, candidate: usize) -> Feasible {
        match self.candidates[candidate].failed {
            true => Feasible::No,
            false => self.candidates[candidate].feasible,
        }
    }

    /// Whether one that meets its goals was found to be better.
    pub fn is_beaten(&self, candidate: usize) -> bool {
        self.candidates[candidate].beaten
    }

    /// How much more the first has of the objective than the second, over the replications that both had.
    pub fn difference(&self, first: usize, second: usize) -> Option<f64> {
        let [ours, theirs] = [first, second].map(|place| &self.candidates[place].objective);
        let n = ours.len().min(theirs.len());
        (n > 0).then(|| ours.iter().zip(theirs).map(|(ours, theirs)| ours - theirs).sum::<f64>() / n as f64)
    }

    /// Its mean excess over each goal.
    pub fn excesses(&self, candidate: usize) -> impl Iterator<Item = f64> + '_ {
        let candidate = &self.candidates[candidate];
        candidate.goals.iter().map(|goal| goal.sum / candidate.objective.len() as f64)
    }

    /// How many replications a candidate had.
    pub fn replications(&self, candidate: usize) -> usize {
        self.candidates[candidate].objective.len()
    }

    /// Who is left: neither failed, nor missing a goal, nor beaten.
    pub fn alive(&self) -> impl Iterator<Item = usize> + '_ {
        let alive = |candidate: &Candidate| {
            !candidate.failed && !candidate.beaten && candidate.feasible != Feasible::No
        };
        (0..self.candidates.len()).filter(move |place| alive(&self.candidates[*place]))
    }

    fn check_goals(&mut self, place: usize) {
        let (first, width) = (self.rules.first as f64, self.widths[0]);
        let candidate = &mut self.candidates[place];
        let n = candidate.objective.len() as f64;
        debug_assert!(n >= first, "variances come first");
        for (goal, zone) in candidate.goals.iter_mut().zip(&self.rules.goals) {
            let variance = goal.moments.variance().unwrap_or(0.0);
            let bound = bound(n, width, variance, *zone);
            if goal.met.is_none() {
                goal.met = match goal.sum {
                    sum if sum <= -bound => Some(true),
                    sum if sum >= bound => Some(false),
                    _ => None,
                };
            }
        }
        if candidate.goals.iter().any(|goal| goal.met == Some(false)) {
            candidate.feasible = Feasible::No;
        } else if candidate.goals.iter().all(|goal| goal.met == Some(true)) {
            candidate.feasible = Feasible::Yes;
        }
    }

    /// How the first stands to the second.
    fn compare(&self, first: usize, second: usize) -> Order {
        let [ours, theirs] = [first, second].map(|place| &self.candidates[place].objective);
        let differences = || ours.iter().zip(theirs).map(|(ours, theirs)| ours - theirs);
        let mut moments = Moments::default();
        differences().take(self.rules.first).for_each(|difference| moments.add(difference));
        let variance = moments.variance().unwrap_or(0.0);
        let sum: f64 = differences().sum();
        let bound = bound(ours.len() as f64, self.widths[1], variance, self.rules.objective);
        match sum {
            sum if bound == 0.0 && sum == 0.0 => Order::Equal,
            sum if sum <= -bound => Order::Better,
            sum if sum >= bound => Order::Worse,
            _ => Order::Open,
        }
    }

    fn is_better(&self, first: usize, second: usize) -> bool {
        first != second
            && self.order[pair(first, second)] == if first < second { Order::Better } else { Order::Worse }
    }
}

/// The place of a pair, whichever comes first.
fn pair(a: usize, b: usize) -> usize {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    high * (high - 1) / 2 + low
}

/// h² for an error probability: the constant c of the triangular region is 1 (Kim and Nelson, ACM TOMACS 11, 2001).
fn width(error: f64, first: usize) -> f64 {
    let degrees = (first - 1) as f64;
    let eta = 0.5 * (libm::pow(2.0 * error, -2.0 / degrees) - 1.0);
    2.0 * eta * degrees
}

/// How far a sum of n values may lie from 0 before it tells: it falls with n, down to 0.
fn bound(n: f64, width: f64, variance: f64, zone: f64) -> f64 {
    (width * variance / (2.0 * zone) - zone * n / 2.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::special;
    use crate::kernel::draws::{Key, Purpose, uniform};

    #[test]
    fn constants_are_those_of_the_papers() {
        // Kim and Nelson 2001: eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2, h² = 2 eta (n0 - 1).
        // alpha = 0.05, k = 2, n0 = 11: (0.1^-0.2 - 1) / 2 = 0.292446598, h² = 5.84893193.
        assert!((width(0.05, 11) - 5.848_931_924_611_134).abs() < 1e-12);
        // S² = 4, delta = 0.5: the region ends where h² S² / (2 delta) = delta n / 2, at n = 93.58.
        assert!((bound(10.0, width(0.05, 11), 4.0, 0.5) - (23.395_727_698 - 2.5)).abs() < 1e-8);
        assert!(bound(93.0, width(0.05, 11), 4.0, 0.5) > 0.0);
        assert_eq!(bound(94.0, width(0.05, 11), 4.0, 0.5), 0.0);
    }

    #[test]
    fn pairs_have_places_of_their_own() {
        let mut places: Vec<usize> =
            (0..7).flat_map(|a| (a + 1..7).map(move |b| (pair(a, b), pair(b, a)))).map(|(a, _)| a).collect();
        places.sort_unstable();
        assert_eq!(places, (0..21).collect::<Vec<_>>());
        assert_eq!(pair(2, 5), pair(5, 2));
    }

    fn rules(goals: usize) -> Rules {
        Rules { confidence: 0.95, objective: 0.5, goals: vec![0.5; goals], first: 10 }
    }

    /// Costs that are known and goals without chance need the first replications only.
    #[test]
    fn what_is_certain_is_told_at_once() {
        let mut selection = Selection::new(rules(1), 5);
        for _ in 0..10 {
            for (place, (cost, excess)) in
                [(3.0, 1.0), (4.0, -1.0), (5.0, -1.0), (4.0, 0.0), (4.0, f64::NAN)].into_iter().enumerate()
            {
                selection.add(place, cost, &[excess]);
            }
        }
        selection.judge();
        // 0 misses its goal, 2 is dearer, 4 has no value; 1 and 3 cost the same.
        assert_eq!(selection.alive().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(selection.active(), [] as [usize; 0]);
        assert_eq!(selection.feasible(0), Feasible::No);
        assert_eq!(selection.feasible(4), Feasible::No);
        assert!(selection.is_beaten(2) && !selection.is_beaten(0));
    }

    /// A normal number by address.
    fn normal(trial: u64, replication: u64, what: &str) -> f64 {
        let u = uniform(Key::new(trial, replication, "trial").bits(0, Purpose::new(what)));
        special::normal_quantile(u, 1.0 - u)
    }

    /// Runs a trial: means of the objective and of the excesses; noise with a common part.
    fn select(trial: u64, means: &[(f64, &[f64])], rules: &Rules) -> (Vec<usize>, u64) {
        let mut selection = Selection::new(rules.clone(), means.len());
        let mut active: Vec<usize> = (0..means.len()).collect();
        let mut replication = 0;
        let mut simulated = 0;
        while !active.is_empty() {
            let until = if replication == 0 { rules.first as u64 } else { replication + 5 };
            for replication in replication..until {
                let common = normal(trial, replication, "common");
                for place in &active {
                    let (objective, goals) = means[*place];
                    let own = |what: &str| normal(trial, replication, &format!("{what}:{place}"));
                    let goals: Vec<f64> = (goals.iter().enumerate())
                        .map(|(goal, mean)| mean + common + own(&format!("goal {goal}")))
                        .collect();
                    selection.add(*place, objective + 2.0 * common + own("objective"), &goals);
                    simulated += 1;
                }
            }
            replication = until;
            selection.judge();
            active = selection.active();
        }
        (selection.alive().collect(), simulated)
    }

    /// The promise where it is hardest to keep: every candidate but one is either dearer by just the
    /// indifference, or cheaper and misses a goal by just its indifference.
    #[test]
    fn the_promise_is_kept_in_the_least_favorable_case() {
        const TRIALS: u64 = 400;
        let rules = rules(2);
        let means: [(f64, &[f64]); 8] = [
            (10.0, &[-0.5, -0.5]),
            (10.5, &[-0.5, -0.5]),
            (10.5, &[-0.5, -3.0]),
            (10.5, &[-3.0, -0.5]),
            (8.0, &[0.5, -0.5]),
            (9.5, &[-0.5, 0.5]),
            (9.5, &[0.5, 0.5]),
            (10.5, &[0.5, -3.0]),
        ];
        let right = (0..TRIALS).filter(|trial| select(*trial, &means, &rules).0 == [0]).count();
        // At least 0.95 is promised; the procedure is careful, so more is no mistake.
        println!("correct in {right} of {TRIALS}");
        assert!(right as f64 >= 0.95 * TRIALS as f64, "{right} of {TRIALS}");
    }

    /// Candidates that differ much are told apart with a fraction of the effort.
    #[test]
    fn clear_cases_stop_early() {
        let hard: [(f64, &[f64]); 2] = [(10.0, &[-0.5]), (10.5, &[-0.5])];
        let easy: [(f64, &[f64]); 2] = [(10.0, &[-5.0]), (20.0, &[-5.0])];
        let effort =
            |means: &[(f64, &[f64])]| (0..50).map(|trial| select(trial, means, &rules(1)).1).sum::<u64>();
        assert_eq!(effort(&easy), 50 * 20);
        assert!(effort(&hard) > 3 * effort(&easy), "{}", effort(&hard));
    }

    /// When nobody meets the goals, nobody is left.
    #[test]
    fn nobody_may_be_left() {
        assert_eq!(select(1, &[(1.0, &[4.0]), (2.0, &[3.0])], &rules(1)).0, [] as [usize; 0]);
        // One alone is checked too.
        assert_eq!(select(1, &[(1.0, &[-4.0])], &rules(1)).0, [0]);
    }
}
