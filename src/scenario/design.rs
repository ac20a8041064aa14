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
}

impl Cube {
    /// The points of a design in a cube of `factors` dimensions; `None` for designs of listed levels.
    pub(super) fn new(design: DesignPhrase, name: &str, factors: usize, seed: u64) -> Option<Cube> {
        let key = Key::new(seed, 0, &format!("sweep:{name}"));
        match design {
            DesignPhrase::Grid | DesignPhrase::List => None,
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
            DesignPhrase::Sobol(points) => {
                let seed = key.bits(0, Purpose::new("sobol")) as u32;
                Some(Cube::Sobol { points, seed })
            }
        }
    }

    /// How many points there are.
    pub(super) fn points(&self) -> u32 {
        match self {
            Cube::Latin { points, .. } | Cube::Sobol { points, .. } => *points,
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
        }
    }
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
