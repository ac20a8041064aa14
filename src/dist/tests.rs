//! Every law against theory, and against `rand_distr` as an independent oracle.

use rand::Rng;
use rand_distr::Distribution;
use statrs::distribution::ContinuousCDF;

use super::*;
use crate::kernel::draws::{Key, Purpose, Stream};
use crate::kernel::time::SimDuration;

const MANY: usize = 200_000;

fn stream(name: &str) -> Stream {
    Stream::new(Key::new(20231003, 0, "dist"), 1, Purpose::new(name))
}

fn samples(law: &Dist) -> Vec<f64> {
    law.check().expect("the laws of these tests are valid");
    let (sampler, mut stream) = (Sampler::new(law), stream("inversion"));
    (0..MANY).map(|_| sampler.sample(stream.next_u64())).collect()
}

/// Mean within 4 standard errors, deviations of the distribution function within what chance gives
/// once in 10,000 (Kolmogorov), quantiles through the distribution function.
#[track_caller]
fn check_theory(law: &Dist) {
    let mut values = samples(law);
    let count = MANY as f64;
    let mean = values.iter().sum::<f64>() / count;
    let error = law.variance().sqrt() / count.sqrt();
    assert!((mean - law.mean()).abs() <= 4.0 * error, "{law:?}: mean {mean}, not {}", law.mean());

    if law.cv() <= 1.5 {
        let squares: Vec<f64> = values.iter().map(|x| (x - law.mean()) * (x - law.mean())).collect();
        let variance = squares.iter().sum::<f64>() / count;
        let spread = squares.iter().map(|s| (s - variance) * (s - variance)).sum::<f64>() / count;
        let error = (spread / count).sqrt();
        assert!((variance - law.variance()).abs() <= 4.0 * error, "{law:?}: variance {variance}");
    }

    values.sort_by(f64::total_cmp);
    let mut worst: f64 = 0.0;
    for (index, group) in values.chunk_by(|a, b| a == b).scan(0, |sum, group| {
        *sum += group.len();
        Some((*sum, group))
    }) {
        worst = worst.max((law.cdf(group[0]) - index as f64 / count).abs());
    }
    assert!(worst * count.sqrt() <= 2.23, "{law:?}: distance {worst}");
}

/// Two samples of the same law: means within 4 standard errors, Kolmogorov and Smirnov's distance
/// within what chance gives once in 10,000.
#[track_caller]
fn check_oracle(law: &Dist, oracle: impl Distribution<f64>) {
    check_theory(law);
    let mut ours = samples(law);
    let mut stream = stream("oracle");
    let mut theirs: Vec<f64> = (0..MANY).map(|_| oracle.sample(&mut stream)).collect();
    let count = MANY as f64;
    let difference = (ours.iter().sum::<f64>() - theirs.iter().sum::<f64>()) / count;
    let error = (2.0 * law.variance() / count).sqrt();
    assert!(difference.abs() <= 4.0 * error, "{law:?}: means differ by {difference}");

    ours.sort_by(f64::total_cmp);
    theirs.sort_by(f64::total_cmp);
    let (mut i, mut j, mut worst) = (0, 0, 0usize);
    while i < MANY && j < MANY {
        let value = ours[i].min(theirs[j]);
        while i < MANY && ours[i] <= value {
            i += 1;
        }
        while j < MANY && theirs[j] <= value {
            j += 1;
        }
        worst = worst.max(i.abs_diff(j));
    }
    let distance = worst as f64 / count * (count / 2.0).sqrt();
    assert!(distance <= 2.23, "{law:?}: distance {distance}");
}

#[test]
fn laws_with_a_rate_or_shape() {
    check_oracle(&Dist::Exponential { mean: 75.0 }, rand_distr::Exp::new(1.0 / 75.0).unwrap());
    for (mean, cv) in [(18.0, 0.5), (40.0, 0.05), (60.0, 1.4), (60.0, 3.16)] {
        let shape = 1.0 / (cv * cv);
        check_oracle(&Dist::Gamma { mean, cv }, rand_distr::Gamma::new(shape, mean / shape).unwrap());
    }
    for k in [1, 3, 400] {
        let law = Dist::Erlang { mean: 35.0, k };
        check_oracle(&law, rand_distr::Gamma::new(f64::from(k), 35.0 / f64::from(k)).unwrap());
    }
    for cv in [0.1, 0.6, 3.0] {
        let law = Dist::Lognormal { mean: 75.0, cv };
        check_oracle(&law, rand_distr::LogNormal::from_mean_cv(75.0, cv).unwrap());
    }
    // A Weibull law of shape 1/2 has cv √5, one of shape 2 has cv √(4/π - 1) and scale 2/√π means.
    check_oracle(
        &Dist::Weibull { mean: 30.0, cv: 5f64.sqrt() },
        rand_distr::Weibull::new(15.0, 0.5).unwrap(),
    );
    let cv = (4.0 / std::f64::consts::PI - 1.0).sqrt();
    let scale = 60.0 / std::f64::consts::PI.sqrt();
    check_oracle(&Dist::Weibull { mean: 30.0, cv }, rand_distr::Weibull::new(scale, 2.0).unwrap());
}

#[test]
fn laws_on_a_range() {
    let law = Dist::Triangular { min: 10.0, mode: 15.0, max: 45.0 };
    check_oracle(&law, rand_distr::Triangular::new(10.0, 45.0, 15.0).unwrap());
    check_oracle(&Dist::Uniform { min: 3.0, max: 9.0 }, rand_distr::Uniform::new(3.0, 9.0).unwrap());
    // Beta(2, 5) on [10, 80]: mean 10 + 70 × 2/7, variance 70² × 10/392.
    let law = Dist::Beta { mean: 30.0, cv: 125f64.sqrt() / 30.0, min: 10.0, max: 80.0 };
    check_oracle(&law, rand_distr::Beta::new(2.0, 5.0).unwrap().map(|x| 10.0 + 70.0 * x));
}

#[test]
fn hyperexponential_has_balanced_means() {
    for cv in [1.2, 4.0] {
        let law = Dist::Hyperexponential { mean: 60.0, cv };
        let root = ((cv * cv - 1.0) / (cv * cv + 1.0)).sqrt();
        let share = 0.5 * (1.0 + root);
        let oracle = rand_distr::StandardUniform.map(move |word: u64| {
            let coin = (word >> 32) as f64 / (1u64 << 32) as f64;
            let u = ((word as u32) as f64 + 0.5) / (1u64 << 32) as f64;
            let weight = if coin < share { share } else { 1.0 - share };
            -u.ln() * 60.0 / (2.0 * weight)
        });
        check_oracle(&law, oracle);
    }
}

#[test]
fn discrete_laws_and_mixtures() {
    let law = Dist::Geometric { mean: 2.5 };
    check_oracle(&law, rand_distr::Geometric::new(0.4).unwrap().map(|failures| failures as f64 + 1.0));
    check_theory(&Dist::Geometric { mean: 300.0 });
    check_theory(&Dist::Empirical([(0.0, 0.2), (3.0, 0.5), (4.5, 0.05), (60.0, 0.25)].into()));
    check_theory(&Dist::Empirical((0..1000).map(|i| (f64::from(i), 0.001)).collect()));
    check_theory(&Dist::Mixture(vec![
        (0.7, Dist::Exponential { mean: 60.0 }),
        (0.2, Dist::Uniform { min: 100.0, max: 200.0 }),
        (0.1, Dist::Lognormal { mean: 400.0, cv: 0.3 }),
    ]));
}

#[test]
fn distribution_functions_agree_with_statrs() {
    #[track_caller]
    fn check(law: Dist, oracle: impl ContinuousCDF<f64, f64>) {
        for p in [1e-6, 0.001, 0.05, 0.3, 0.5, 0.8, 0.95, 0.999] {
            let x = law.quantile(p);
            assert!((law.cdf(x) - p).abs() <= 1e-11, "{law:?} at {p}");
            assert!((oracle.cdf(x) - p).abs() <= 1e-9, "{law:?} at {p}: {}", oracle.cdf(x));
        }
    }
    for cv in [0.1, 0.5, 2.0] {
        let shape = 1.0 / (cv * cv);
        check(Dist::Gamma { mean: 60.0, cv }, statrs::distribution::Gamma::new(shape, shape / 60.0).unwrap());
        let sigma = (cv * cv).ln_1p().sqrt();
        let location = 60f64.ln() - 0.5 * sigma * sigma;
        check(
            Dist::Lognormal { mean: 60.0, cv },
            statrs::distribution::LogNormal::new(location, sigma).unwrap(),
        );
    }
    check(
        Dist::Beta { mean: 2.0 / 7.0, cv: (10.0f64 / 392.0).sqrt() * 3.5, min: 0.0, max: 1.0 },
        statrs::distribution::Beta::new(2.0, 5.0).unwrap(),
    );
    check(
        Dist::Weibull { mean: 30.0, cv: 5f64.sqrt() },
        statrs::distribution::Weibull::new(0.5, 15.0).unwrap(),
    );
    check(
        Dist::Triangular { min: 1.0, mode: 2.0, max: 5.0 },
        statrs::distribution::Triangular::new(1.0, 5.0, 2.0).unwrap(),
    );
}

/// A table has cells without numbers, which are not like themselves; two samplers of one law are.
#[test]
fn samplers_of_one_law_are_alike() {
    let law = |cv| Sampler::new(&Dist::Lognormal { mean: 1.0, cv });
    assert_eq!(law(0.2), law(0.2));
    assert_ne!(law(0.2), law(0.3));
}

/// The samples that [`Sampler`] gives are the quantiles of the law, for laws of one piece.
#[test]
fn samplers_invert_the_distribution_function() {
    for law in [
        Dist::Gamma { mean: 18.0, cv: 0.5 },
        Dist::Beta { mean: 30.0, cv: 0.3, min: 10.0, max: 80.0 },
        Dist::Triangular { min: 1.0, mode: 2.0, max: 5.0 },
        Dist::Uniform { min: 1.0, max: 5.0 },
        Dist::Geometric { mean: 7.0 },
        Dist::Empirical([(1.0, 0.25), (2.0, 0.5), (9.0, 0.25)].into()),
    ] {
        let sampler = Sampler::new(&law);
        let mut before = 0.0;
        for step in 0..1000u64 {
            let bits = (step << 54) + 12_345_678_901_234;
            let sample = sampler.sample(bits);
            let exact = law.quantile(crate::kernel::draws::uniform(bits));
            assert!((sample - exact).abs() <= 1e-7 * exact, "{law:?} at {bits:#x}: {sample} is not {exact}");
            assert!(sample >= before, "{law:?} falls at {bits:#x}");
            before = sample;
        }
    }
}

#[test]
fn durations_are_rounded_to_the_microsecond() {
    let law = Dist::Gamma { mean: 18.0, cv: 0.5 };
    let (seconds, sampler) = (Sampler::new(&law), DurationSampler::new(&law));
    let mut stream = stream("durations");
    for _ in 0..10_000 {
        let bits = stream.next_u64();
        let micros = sampler.sample(bits).micros() as f64;
        assert!((micros - seconds.sample(bits) * 1e6).abs() <= 0.5 + 1e-6);
    }
    assert_eq!(sampler.mean(), SimDuration::from_secs(18));
    assert!(sampler.is_random());
    assert_eq!(DurationSampler::new(&Dist::Constant(0.1)).sample(7).micros(), 100_000);
    let constant = DurationSampler::constant(SimDuration::from_micros(1_234_567));
    assert!(!constant.is_random());
    assert_eq!([constant.sample(0), constant.mean()], [SimDuration::from_micros(1_234_567); 2]);
    let wild = DurationSampler::new(&Dist::Lognormal { mean: 1e8, cv: 10.0 });
    assert!(wild.sample(u64::MAX) > wild.sample(u64::MAX / 2));
    assert!(wild.sample(u64::MAX).micros() < i64::MAX / 1000, "sums of samples stay within the clock");
}

#[test]
fn counts_have_the_mean_they_state() {
    for (law, expected) in [
        (Dist::Constant(2.6), Some(3.0)),
        (Dist::Constant(0.0), Some(1.0)),
        (Dist::Geometric { mean: 2.0 }, Some(2.0)),
        (Dist::Geometric { mean: 1.0 }, Some(1.0)),
        (Dist::Uniform { min: 0.0, max: 4.0 }, Some(2.125)), // 1 for 3/8, then 1/4, 1/4, 1/8
        (Dist::Empirical([(1.0, 0.5), (2.5, 0.5)].into()), Some(2.0)),
        (Dist::Exponential { mean: 3.0 }, None),
        (Dist::Gamma { mean: 40.0, cv: 0.5 }, None),
        (Dist::Lognormal { mean: 50_000.0, cv: 1.0 }, None),
        (Dist::Mixture(vec![(0.5, Dist::Constant(1.0)), (0.5, Dist::Exponential { mean: 2.0 })]), None),
    ] {
        let sampler = CountSampler::new(&law);
        if let Some(expected) = expected {
            assert!((sampler.mean() - expected).abs() <= 1e-12, "{law:?}: {}", sampler.mean());
        }
        let mut stream = stream("counts");
        let counts: Vec<f64> = (0..MANY).map(|_| f64::from(sampler.sample(stream.next_u64()))).collect();
        let mean = counts.iter().sum::<f64>() / MANY as f64;
        let variance = counts.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / MANY as f64;
        let error = (variance / MANY as f64).sqrt();
        assert!(
            (mean - sampler.mean()).abs() <= 4.0 * error + 1e-12,
            "{law:?}: {mean} is not {}",
            sampler.mean()
        );
        assert!(counts.iter().all(|n| *n >= 1.0));
    }
}

#[test]
fn relative_overrides_keep_the_shape() {
    let laws = [
        Dist::Exponential { mean: 60.0 },
        Dist::Erlang { mean: 60.0, k: 3 },
        Dist::Triangular { min: 1.0, mode: 2.0, max: 5.0 },
        Dist::Uniform { min: 1.0, max: 5.0 },
        Dist::Beta { mean: 30.0, cv: 0.3, min: 10.0, max: 80.0 },
        Dist::Empirical([(0.0, 0.2), (3.0, 0.8)].into()),
        Dist::Mixture(vec![(0.5, Dist::Constant(1.0)), (0.5, Dist::Gamma { mean: 9.0, cv: 0.4 })]),
    ];
    for law in laws {
        let scaled = law.with_mean(1.15 * law.mean()).unwrap();
        assert!((scaled.mean() - 1.15 * law.mean()).abs() <= 1e-12 * law.mean(), "{law:?}");
        assert!((scaled.cv() - law.cv()).abs() <= 1e-12, "{law:?}");
        if let Ok(other) = law.with_cv(0.2) {
            assert!((other.mean() - law.mean()).abs() <= 1e-12 * law.mean(), "{law:?}");
            assert!((other.cv() - 0.2).abs() <= 1e-12, "{law:?}");
        }
    }
    assert!(Dist::Uniform { min: 1.0, max: 5.0 }.with_cv(0.9).unwrap_err().contains("below 0"));
    assert!(Dist::Geometric { mean: 2.0 }.with_mean(0.5).is_err());
    assert!(Dist::Constant(3.0).with_cv(0.5).is_err());
}

#[test]
fn what_is_wrong_is_said_in_words() {
    #[track_caller]
    fn check(law: Dist, expected: &str) {
        assert_eq!(law.check().unwrap_err(), expected);
    }
    check(Dist::Exponential { mean: 0.0 }, "mean must be above 0");
    check(Dist::Exponential { mean: f64::NAN }, "mean must be above 0");
    check(Dist::Erlang { mean: 1.0, k: 0 }, "k of an erlang must be from 1 to 10,000");
    check(
        Dist::Gamma { mean: 1.0, cv: 0.001 },
        "cv of a gamma must be from 0.01 to 10; below that, write a constant",
    );
    check(Dist::Lognormal { mean: 1.0, cv: 11.0 }, "cv of a lognormal must be from 0.01 to 10");
    check(Dist::Hyperexponential { mean: 1.0, cv: 0.9 }, "cv of a hyperexponential must be above 1");
    check(Dist::Triangular { min: 1.0, mode: 6.0, max: 5.0 }, "mode must lie between min and max");
    check(Dist::Uniform { min: 5.0, max: 5.0 }, "max must be above min");
    check(Dist::Uniform { min: -1.0, max: 5.0 }, "min must be 0 or more");
    check(
        Dist::Beta { mean: 5.0, cv: 1.0, min: 0.0, max: 10.0 },
        "cv of a beta with this mean and range must be well below 1.000",
    );
    check(
        Dist::Beta { mean: 11.0, cv: 0.1, min: 0.0, max: 10.0 },
        "mean of a beta must lie between min and max",
    );
    check(Dist::Geometric { mean: 0.5 }, "mean of a geometric must be 1 or more, since it counts from 1");
    check(
        Dist::Mixture(vec![(0.5, Dist::Constant(1.0)), (0.5, Dist::Exponential { mean: -1.0 })]),
        "component 2 of the mixture: mean must be above 0",
    );
    check(Dist::Mixture(vec![(0.5, Dist::Constant(1.0))]), "weights of a mixture must sum to 1, not 0.5");
    check(Dist::Mixture(vec![]), "a mixture needs at least one entry");
    check(Dist::Empirical([(2.0, 0.5), (1.0, 0.5)].into()), "values must increase");
}
