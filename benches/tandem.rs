//! The benchmark tandem from a scenario file against the hand-written loop of the same model.
//!
//! Prints nanoseconds a truck of both, in turns, and the ratio: the file with all default statistics
//! (`Collector`), and without an observer, against `reference`. How time is taken is told in `timing`;
//! the ratio pair by pair is what counts. `cargo bench --bench tandem`.

mod reference;
mod timing;

use cruce::measure::Collector;
use cruce::model::crossing::simulate;
use cruce::model::network::Network;
use cruce::scenario::{Overrides, load};
use timing::{per_truck, quartiles};

const PAIRS: u64 = 7;

fn main() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/tandem.toml");
    let loaded = load(file.as_ref(), &Overrides::default()).expect("the file is there");
    let plan = loaded.plan.expect("the file is right");
    let network = &plan.scenarios[0].network;
    let mut collector = Collector::new(network);
    println!(
        "{:>6} {:>14} {:>14} {:>14} {:>8} {:>8}",
        "seed", "reference ns", "bare ns", "cruce ns", "bare", "cruce"
    );
    let (bare, whole): (Vec<f64>, Vec<f64>) =
        (0..PAIRS).map(|seed| pair(network, &mut collector, seed)).unzip();
    let ([_, bare, _], [_, whole, _]) = (quartiles(bare), quartiles(whole));
    println!("median ratio to the reference: bare {bare:.2}, with all statistics {whole:.2}");
}

/// One seed by each of the three; ratios of the bare model and of the whole to the reference.
fn pair(network: &Network, collector: &mut Collector<'_>, seed: u64) -> (f64, f64) {
    let mut minutes = 0.0;
    let (reference, trucks) = per_truck(|| {
        let answer = reference::run(1_000_000, seed);
        minutes = answer.mean_minutes;
        answer.trucks as u64
    });
    let (bare, _) = per_truck(|| simulate(network, seed, 0, &mut ()).expect("it runs").trucks);
    let (whole, _) = per_truck(|| {
        collector.reset();
        simulate(network, seed, 0, collector).expect("it runs").trucks
    });
    assert_eq!(trucks, 1_000_000, "the reference serves every truck");
    assert!((8.9..9.5).contains(&minutes), "the reference is the model of the file, not {minutes} min");
    println!(
        "{seed:>6} {reference:>14.0} {bare:>14.0} {whole:>14.0} {:>8.2} {:>8.2}",
        bare / reference,
        whole / reference
    );
    (bare / reference, whole / reference)
}
