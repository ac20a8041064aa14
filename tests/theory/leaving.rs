//! Trucks that do not stay: lost patience, balking, full places.

use cruce::dist::{Dist, DurationSampler};
use cruce::model::network::*;

use crate::common::{Sketch, group, yard};
use crate::oracle::erlang;
use crate::oracle::leaving::{self, Fate};
use crate::trial::{Exactly, MINUTE, Waits, check, exactly, exponential, one_station};

/// Shares and minutes of an [`oracle`](crate::oracle::leaving), and what is seen of them.
fn reneging(fate: Fate) -> [Exactly; 3] {
    [
        exactly("share that loses patience", fate.reneged),
        exactly("share served at once", fate.at_once),
        exactly("mean time in line, in vain or not, min", fate.line_time),
    ]
}

fn reneged(seen: Waits) -> Vec<f64> {
    let tally = seen.waits[0];
    let at_once = tally.count - tally.waited;
    vec![seen.lost[2] / seen.entered, at_once / seen.entered, (tally.sum + seen.in_vain) / seen.entered]
}

#[test]
fn exponential_patience() {
    let (servers, arrivals, impatience) = (3, 2.7, 0.25);
    let exact = reneging(leaving::birth_and_death(servers, arrivals, 1.0, impatience, |_| 1.0));
    let mut network = one_station(500, arrivals, servers, &exponential());
    let law = Dist::Exponential { mean: MINUTE / impatience };
    network.stations[0].patience = vec![Some(DurationSampler::new(&law))];
    check("M/M/3+M, 0.9", &network, 64, &exact, || Waits::new(&network, 0.0), reneged);
}

#[test]
fn constant_patience() {
    let (servers, arrivals, patience) = (2, 1.8, 1.5);
    let exact = reneging(leaving::constant_patience(servers, arrivals, 1.0, patience));
    let mut network = one_station(700, arrivals, servers, &exponential());
    let law = Dist::Constant(MINUTE * patience);
    network.stations[0].patience = vec![Some(DurationSampler::new(&law))];
    check("M/M/2+D, 0.9", &network, 64, &exact, || Waits::new(&network, 0.0), reneged);
}

/// Between half a minute and three and a half, all alike: Zeltyn and Mandelbaum's general law.
#[test]
fn uniform_patience() {
    let (least, most) = (0.5, 3.5);
    let within = |x: f64| {
        let y = x.clamp(least, most) - least;
        x.min(least) + y - y * y / (2.0 * (most - least))
    };
    let law = leaving::Patience {
        beyond: &|x| 1.0 - ((x - least) / (most - least)).clamp(0.0, 1.0),
        within: &within,
        pieces: &[0.0, least, most, most + 20.0],
    };
    let exact = reneging(leaving::impatient(2, 1.8, 1.0, &law));
    let mut network = one_station(700, 1.8, 2, &exponential());
    let law = Dist::Uniform { min: MINUTE * least, max: MINUTE * most };
    network.stations[0].patience = vec![Some(DurationSampler::new(&law))];
    check("M/M/2+U, 0.9", &network, 64, &exact, || Waits::new(&network, 0.0), reneged);
}

#[test]
fn balking_by_the_line() {
    let table = [(1, 0.8), (3, 0.5), (6, 0.1)];
    let joins =
        |waiting: u32| table.iter().rev().find(|(from, _)| *from <= waiting).map_or(1.0, |(_, share)| *share);
    let fate = leaving::birth_and_death(2, 1.7, 1.0, 0.0, joins);
    let joined = 1.0 - fate.balked;
    let exact = [
        exactly("share that balks", fate.balked),
        exactly("share served at once", fate.at_once),
        exactly("mean wait of those that join, min", fate.line_time / joined),
    ];
    let mut network = one_station(500, 1.7, 2, &exponential());
    network.stations[0].balking = vec![Some(Balking { shares: table.to_vec() })];
    check(
        "M/M/2 with balking, 0.85",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| {
            let tally = seen.waits[0];
            let at_once = tally.count - tally.waited;
            vec![seen.lost[1] / seen.entered, at_once / seen.entered, tally.mean()]
        },
    );
}

/// No waiting places: Erlang's loss does not ask for the law of service (Sevastyanov 1957). A yard
/// before it changes nothing either, as what leaves it is a Poisson process (Mirasol 1963): there
/// trucks are turned away where they come from another station.
#[test]
fn loss_whatever_the_law_of_service() {
    let offered = 3.0;
    let service = Dist::Lognormal { mean: MINUTE, cv: 1.5 };
    let exact = [exactly("share turned away", erlang::loss(4, offered))];
    let mut network = one_station(400, offered, 4, &service);
    network.stations[0].room = Some(0);
    let behind = {
        let mut sketch = Sketch::new(400, &["truck"]);
        let stay = Dist::Gamma { mean: 5.0 * MINUTE, cv: 0.7 };
        let lot =
            sketch.station_of("a-yard", vec![yard("all", &[Some(stay)])], Target::Station(StationId(1)));
        let booth = sketch.station_of("b-booth", vec![group("lanes", 4, &[Some(service)])], Target::Exit);
        sketch.station_mut(booth).room = Some(0);
        sketch.station_mut(booth).full = Full::TurnAway;
        sketch.poisson("trucks", lot, Steps::constant(offered * 60.0));
        sketch.network
    };
    for (title, network) in [("M/G/4/4, offered 0.75", &network), ("M/G/4/4 behind a yard", &behind)] {
        let listener = || Waits::new(network, 0.0);
        check(title, network, 64, &exact, listener, |seen| vec![seen.lost[0] / seen.entered]);
    }
}
