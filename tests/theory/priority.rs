//! Classes that go first, and those that take the lane of others.

use cruce::dist::Dist;
use cruce::model::network::*;

use crate::oracle::priority::{self, Class};
use crate::trial::{MINUTE, Waits, check, classes, exactly, exponential};

/// Two classes: half a minute exponential, and one minute gamma with a cv of 0.5.
fn two_laws() -> ([Dist; 2], [Class; 2]) {
    let laws = [Dist::Exponential { mean: MINUTE / 2.0 }, Dist::Gamma { mean: MINUTE, cv: 0.5 }];
    let first = Class { arrival_rate: 0.5, mean_service: 0.5, second_moment: 0.5 };
    let second = Class { arrival_rate: 0.4, mean_service: 1.0, second_moment: 1.25 };
    (laws, [first, second])
}

fn ranked(network: &mut Network, preempt: Option<Interruption>) {
    let station = &mut network.stations[0];
    station.priority = (0..station.routes.len() as u8).collect();
    station.preempt = preempt;
}

#[test]
fn two_classes_without_interruption() {
    let (laws, oracle) = two_laws();
    let waits = priority::non_preemptive(&oracle);
    let exact = [exactly("mean wait, first, min", waits[0]), exactly("mean wait, second, min", waits[1])];
    let mut network = classes(900, &[0.5, 0.4], 1, &laws);
    ranked(&mut network, None);
    check(
        "M/G/1, two classes, 0.65",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| vec![seen.of_class[0].mean(), seen.of_class[1].mean()],
    );
}

#[test]
fn two_classes_where_the_first_takes_the_lane() {
    let (laws, oracle) = two_laws();
    let times = priority::preemptive_resume(&oracle);
    let exact = [
        exactly("mean wait, first, min", times[0].0),
        exactly("mean wait, second, min", times[1].0),
        exactly("mean time at the station, first, min", times[0].1),
        exactly("mean time at the station, second, min", times[1].1),
    ];
    let mut network = classes(900, &[0.5, 0.4], 1, &laws);
    ranked(&mut network, Some(Interruption::Resume));
    check(
        "M/G/1, preemptive resume, 0.65",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| vec![seen.of_class[0].mean(), seen.of_class[1].mean(), seen.stay(0), seen.stay(1)],
    );
}

/// Exponential service of one rate: as at one server the number inside does not see the order.
#[test]
fn two_classes_of_one_law_where_the_first_takes_the_lane() {
    let arrivals = [0.3, 0.35];
    let stays = priority::several_servers_preemptive(1, 1.0, &arrivals);
    let exact = [
        exactly("mean time at the station, first, min", stays[0]),
        exactly("mean time at the station, second, min", stays[1]),
    ];
    let mut network = classes(900, &arrivals, 1, &[exponential(), exponential()]);
    ranked(&mut network, Some(Interruption::Resume));
    check(
        "M/M/1, preemptive resume, 0.65",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| vec![seen.stay(0), seen.stay(1)],
    );
}

#[test]
fn three_classes_at_three_lanes() {
    let arrivals = [0.6, 0.8, 0.7];
    let waits = priority::several_servers(3, 1.0, &arrivals);
    let names = ["first", "second", "third"];
    let exact: Vec<_> = (0..3).map(|k| exactly(&format!("mean wait, {}, min", names[k]), waits[k])).collect();
    let mut network = classes(1250, &arrivals, 3, &[exponential(), exponential(), exponential()]);
    ranked(&mut network, None);
    check(
        "M/M/3, three classes, 0.7",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| seen.of_class.iter().map(|tally| tally.mean()).collect(),
    );
}

#[test]
fn two_classes_at_two_lanes_where_the_first_takes_one() {
    let arrivals = [0.7, 0.7];
    let stays = priority::several_servers_preemptive(2, 1.0, &arrivals);
    let exact = [
        exactly("mean time at the station, first, min", stays[0]),
        exactly("mean time at the station, second, min", stays[1]),
    ];
    let mut network = classes(500, &arrivals, 2, &[exponential(), exponential()]);
    ranked(&mut network, Some(Interruption::Resume));
    check(
        "M/M/2, preemptive resume, 0.7",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| vec![seen.stay(0), seen.stay(1)],
    );
}
