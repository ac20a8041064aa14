//! Designs of experiments: which points of the unit cube a sweep looks at.
//!
//! Grids and lists are counted, Latin hypercubes (McKay, Beckman and Conover, Technometrics 21, 1979) are
//! drawn by address from the study's seed, Sobol points are those of Joe and Kuo (SIAM Journal on
//! Scientific Computing 30, 2008), scrambled after Owen by hashing (Burley, Journal of Computer Graphics
//! Techniques 9, 2020). It does not know what a coordinate stands for. Start at [`Cube`].

use super::phrase::DesignPhrase;
use crate::kernel::draws::{Key, Purpose, uniform};

/// Points of the unit cube.
#[derive(Clone, Debug)]
pub(super) enum Cube {
    /// By factor: the stratum of each point; and how points lie in their strata.
    Latin {
        /// Points.
        points: u32,
        /// By factor and point.
        strata: Vec<Vec<u32>>,
        /// Chance of the place in a stratum.
        key: Key,
    },
    /// A scrambled Sobol sequence.
    Sobol {
        /// Points.
        points: u32,
        /// Of the scrambling.
        seed: u32,
    },
    /// Rows A, rows B, and rows A with one factor after another from B (Saltelli, Computer Physics
    /// Communications 145, 2002).
    Indices {
        /// Rows of each.
        rows: u32,
        /// Factors.
        factors: usize,
        /// Of the scrambling.
        seed: u32,
    },
    /// Trajectories on a grid of four levels: every factor moves once, by two thirds of its range (Morris,
    /// Technometrics 33, 1991).
    Morris {
        /// Trajectories.
        trajectories: u32,
        /// By trajectory and factor: where it stands first, where then, and as which it moves.
        moves: Vec<Vec<(f64, f64, usize)>>,
    },
}

impl Cube {
    /// The points of a design in a cube of `factors` dimensions; `None` for designs of listed levels.
    pub(super) fn new(design: DesignPhrase, name: &str, factors: usize, seed: u64) -> Option<Cube> {
        let key = Key::new(seed, 0, &format!("sweep:{name}"));
        match design {
            DesignPhrase::Grid | DesignPhrase::List | DesignPhrase::Years { .. } => None,
            DesignPhrase::LatinHypercube(points) => {
                let strata = (0..factors).map(|factor| {
                    let purpose = purpose(factor);
                    let mut order: Vec<(u64, u32)> =
                        (0..points).map(|point| (key.bits(u64::from(point), purpose), point)).collect();
                    order.sort_unstable();
                    order.into_iter().map(|(_, point)| point).collect()
                });
                Some(Cube::Latin { points, strata: strata.collect(), key })
            }
            DesignPhrase::Sobol(points) => Some(Cube::Sobol { points, seed: scrambling(key) }),
            DesignPhrase::SobolIndices(rows) => Some(Cube::Indices { rows, factors, seed: scrambling(key) }),
            DesignPhrase::Morris(trajectories) => {
                let moves = (0..trajectories).map(|trajectory| trajectory_of(key, trajectory, factors));
                Some(Cube::Morris { trajectories, moves: moves.collect() })
            }
        }
    }

    /// How many points there are.
    pub(super) fn points(&self) -> u32 {
        match self {
            Cube::Latin { points, .. } | Cube::Sobol { points, .. } => *points,
            Cube::Indices { rows, factors, .. } => rows.saturating_mul(*factors as u32 + 2),
            Cube::Morris { trajectories, moves } => {
                trajectories.saturating_mul(moves.first().map_or(0, Vec::len) as u32 + 1)
            }
        }
    }

    /// A coordinate of a point, from 0 up to 1.
    pub(super) fn coordinate(&self, point: u32, factor: usize) -> f64 {
        match self {
            Cube::Latin { points, strata, key } => {
                let [_, place] = key.pair(u64::from(point), purpose(factor));
                let stratum = strata[factor][point as usize];
                (f64::from(stratum) + uniform(place)) / f64::from(*points)
            }
            Cube::Sobol { seed, .. } => f64::from(sobol_burley::sample(point, factor as u32, *seed)),
            Cube::Indices { rows, factors, seed } => {
                let (block, row) = ((point / rows) as usize, point % rows);
                let of_b = block == 1 || block == factor + 2;
                let dimension = if of_b { factors + factor } else { factor };
                f64::from(sobol_burley::sample(row, dimension as u32, *seed))
            }
            Cube::Morris { moves, .. } => {
                let steps = moves[0].len() as u32 + 1;
                let (before, after, turn) = moves[(point / steps) as usize][factor];
                if turn < (point % steps) as usize { after } else { before }
            }
        }
    }
}

/// A trajectory: the factors in an order of chance, each up or down as it can.
fn trajectory_of(key: Key, trajectory: u32, factors: usize) -> Vec<(f64, f64, usize)> {
    let drawn = |factor: usize| key.pair(u64::from(trajectory), purpose(factor));
    let mut order: Vec<(u64, usize)> = (0..factors).map(|factor| (drawn(factor)[0], factor)).collect();
    order.sort_unstable();
    let turn = |factor: usize| order.iter().position(|(_, other)| *other == factor).unwrap_or(0);
    let of_factor = |factor: usize| {
        let level = (uniform(drawn(factor)[1]) * 4.0) as u32;
        let before = f64::from(level) / 3.0;
        let after = if level < 2 { f64::from(level + 2) / 3.0 } else { f64::from(level - 2) / 3.0 };
        (before, after, turn(factor))
    };
    (0..factors).map(of_factor).collect()
}

fn scrambling(key: Key) -> u32 {
    key.bits(0, Purpose::new("sobol")) as u32
}

fn purpose(factor: usize) -> Purpose {
    Purpose::new(&format!("factor:{factor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every stratum of every factor has one point.
    #[test]
    fn strata_are_met_once() {
        for design in [DesignPhrase::LatinHypercube(64), DesignPhrase::Sobol(64)] {
            let cube = Cube::new(design, "x", 3, 9).expect("a cube");
            assert_eq!(cube.points(), 64);
            for factor in 0..3 {
                let mut met: Vec<u32> =
                    (0..64).map(|point| (cube.coordinate(point, factor) * 64.0) as u32).collect();
                met.sort_unstable();
                assert_eq!(met, (0..64).collect::<Vec<_>>(), "{design:?}, factor {factor}");
            }
        }
    }

    /// Factors of a hypercube are drawn apart; another seed gives other points.
    #[test]
    fn factors_and_seeds_differ() {
        for design in [DesignPhrase::LatinHypercube(256), DesignPhrase::Sobol(256)] {
            let cube = Cube::new(design, "x", 2, 9).expect("a cube");
            let other = Cube::new(design, "x", 2, 10).expect("a cube");
            let mean = |f: &dyn Fn(u32) -> f64| (0..256).map(f).sum::<f64>() / 256.0;
            let product =
                mean(&|point| (cube.coordinate(point, 0) - 0.5) * (cube.coordinate(point, 1) - 0.5) * 12.0);
            // The correlation of 256 independent pairs has a standard deviation of 1/16.
            assert!(product.abs() < 3.5 / 16.0, "{design:?}: {product}");
            let same = (0..256).filter(|point| cube.coordinate(*point, 0) == other.coordinate(*point, 0));
            assert_eq!(same.count(), 0, "{design:?}");
        }
    }
}
