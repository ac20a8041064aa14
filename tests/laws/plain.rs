//! The laws where everyone is served first come, first served, and stays.

use cruce::kernel::time::SimTime;
use cruce::model::crossing;
use cruce::model::network::End;
use rayon::prelude::*;

use crate::random::random_network;
use crate::watch::Watch;

#[test]
fn any_crossing_keeps_the_laws() {
    let trucks: u64 = (0..600)
        .into_par_iter()
        .map(|number| {
            let network = random_network(number);
            let mut watch = Watch::new(&network);
            match crossing::simulate(&network, number, 0, &mut watch) {
                Ok(end) => {
                    assert_eq!(end.trucks, watch.entered);
                    assert!(network.end != End::Cut || end.at == SimTime::ZERO + network.run_length);
                    end.trucks
                }
                Err(failure) => panic!("network {number}: {failure}"),
            }
        })
        .sum();
    assert!(trucks > 100_000, "{trucks} trucks");
}
