//! Which lane or line a truck takes: batches, unequal lanes, lines per lane, overflow.

use cruce::dist::{CountSampler, Dist};
use cruce::model::network::*;

use crate::common::{Sketch, group};
use crate::oracle::erlang::Mmc;
use crate::oracle::renewal::{Gm1, erlang_headway};
use crate::oracle::{batch, lanes};
use crate::trial::{MINUTE, Waits, check, classes, exactly, exponential, one_station};

fn mean_and_share(seen: Waits) -> Vec<f64> {
    vec![seen.waits[0].mean(), seen.waits[0].share_waiting()]
}

#[test]
fn batches_of_any_law() {
    let cases = [
        (
            "M^X/M/1, geometric of mean 2, 0.6",
            1,
            0.3,
            batch::geometric(2.0),
            Dist::Geometric { mean: 2.0 },
            1100,
        ),
        ("M^X/M/2, threes, 0.7", 2, 1.4 / 3.0, vec![0.0, 0.0, 1.0], Dist::Constant(3.0), 700),
        (
            "M^X/M/3, geometric of mean 1.5, 0.7",
            3,
            1.4,
            batch::geometric(1.5),
            Dist::Geometric { mean: 1.5 },
            700,
        ),
    ];
    for (title, servers, batches, sizes, law, hours) in cases {
        let (waiting, wait) = batch::waits(servers, batches, 1.0, &sizes);
        let exact = [exactly("mean wait, min", wait), exactly("share waiting", waiting)];
        let mut network = one_station(hours, batches, servers, &exponential());
        let Arrivals::Field { batch, .. } = &mut network.streams[0].arrivals else { unreachable!() };
        *batch = Some(CountSampler::new(&law));
        check(title, &network, 64, &exact, || Waits::new(&network, 0.0), mean_and_share);
    }
}

/// A fast and a slow lane, a group each, at one line; the fast one is preferred.
#[test]
fn unequal_lanes_at_one_line() {
    let (arrivals, rates) = (1.2, [1.2, 0.6]);
    let (waiting, wait, first) = lanes::unequal_servers(arrivals, rates);
    let exact = [
        exactly("mean wait, min", wait),
        exactly("share waiting", waiting),
        exactly("share served by the faster", first),
    ];
    let mut sketch = Sketch::new(1100, &["truck"]);
    let lane = |name: &str, rate: f64| group(name, 1, &[Some(Dist::Exponential { mean: MINUTE / rate })]);
    let booth =
        sketch.station_of("booth", vec![lane("a-fast", rates[0]), lane("b-slow", rates[1])], Target::Exit);
    sketch.station_mut(booth).line = LineLayout::Shared;
    sketch.poisson("trucks", booth, Steps::constant(arrivals * 60.0));
    check(
        "M/M/2, rates 1.2 and 0.6, 0.67",
        &sketch.network,
        64,
        &exact,
        || Waits::new(&sketch.network, 0.0),
        |seen| {
            let [a, b] = [seen.waits[0], seen.waits[1]];
            let all = a.count + b.count;
            vec![(a.sum + b.sum) / all, (a.waited + b.waited) / all, a.count / all]
        },
    );
}

fn lines_per_lane(hours: i64, arrivals: f64, count: u32, choice: LaneChoice) -> Network {
    let mut network = one_station(hours, arrivals, count, &exponential());
    network.groups[0].queue = QueueLayout::PerLane(choice);
    network
}

#[test]
fn the_shortest_of_two_lines() {
    let (waiting, wait) = lanes::shortest_of_two(1.4);
    let exact = [exactly("mean wait, min", wait), exactly("share waiting", waiting)];
    let network = lines_per_lane(700, 1.4, 2, LaneChoice::Shortest);
    check("shortest of two, 0.7", &network, 64, &exact, || Waits::new(&network, 0.0), mean_and_share);
}

/// Three lanes in turn: every third of a Poisson process, an E3/M/1 queue each.
#[test]
fn lanes_in_turn() {
    let queue = Gm1::new(1.0, erlang_headway(3, 1.0 / 0.75));
    let exact = [exactly("mean wait, min", queue.mean_wait()), exactly("share waiting", queue.sigma)];
    let network = lines_per_lane(500, 2.25, 3, LaneChoice::RoundRobin);
    check("three lanes in turn, 0.75", &network, 64, &exact, || Waits::new(&network, 0.0), mean_and_share);
}

/// Two lanes at random: a Poisson process split, an M/M/1 queue each.
#[test]
fn lanes_at_random() {
    let queue = Mmc { servers: 1, arrival_rate: 0.65, service_rate: 1.0 };
    let exact =
        [exactly("mean wait, min", queue.mean_wait()), exactly("share waiting", queue.share_waiting())];
    let network = lines_per_lane(700, 1.3, 2, LaneChoice::Random);
    check("two lanes at random, 0.65", &network, 64, &exact, || Waits::new(&network, 0.0), mean_and_share);
}

/// Class a has a lane and two waiting places, and overflows into the lane of class b.
#[test]
fn overflow_into_another_group() {
    let (first, second, rates) = (0.9, 0.5, [1.0, 1.0]);
    let (over, wait, second_wait, second_waiting) = lanes::overflow(first, 2, rates, second);
    let exact = [
        exactly("share that overflows", over),
        exactly("mean wait at the first, min", wait),
        exactly("mean wait at the second, min", second_wait),
        exactly("share waiting at the second", second_waiting),
    ];
    let mut network = classes(1500, &[first, second], 1, &[exponential(), exponential()]);
    let mut own = network.groups[0].clone();
    (own.room, own.overflow) = (Some(2), Some(GroupId(1)));
    network.groups.insert(0, own);
    network.stations[0].group_count = 2;
    network.stations[0].choices = vec![vec![GroupId(0)], vec![GroupId(1)]];
    check(
        "overflow of M/M/1/3, 0.9 and 0.68",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| {
            let [a, b] = [seen.waits[0], seen.waits[1]];
            let came = seen.of_class[0].count;
            vec![1.0 - a.count / came, a.mean(), b.mean(), b.share_waiting()]
        },
    );
}
