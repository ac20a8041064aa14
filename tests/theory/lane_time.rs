//! Lanes that do not always serve: breakdowns, other work, set-up, lanes that open by the queue.

use cruce::dist::{Dist, DurationSampler};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::network::*;
use cruce::model::notice::{LaneNotice, Notice, Observer};
use cruce::model::truck::{Truck, TruckId};

use crate::oracle::hysteresis::{self, Second};
use crate::oracle::interruption::{self, Moments};
use crate::trial::{MINUTE, Waits, check, exactly, exponential, one_station};

const ARRIVALS: f64 = 0.5;
const FAILURES: f64 = 0.1;

/// One lane that fails after exponential times of mean 10 min; repair takes 2 min.
fn failing(service: &Dist, clock: UpClock, repair: &Dist, truck: OnFailure) -> Network {
    let mut network = one_station(1650, ARRIVALS, 1, service);
    let up = DurationSampler::new(&Dist::Exponential { mean: MINUTE / FAILURES });
    let when = Downtime::Random { up, clock, repair: DurationSampler::new(repair) };
    network.failures = vec![Breakdown { name: "outage".into(), groups: vec![GroupId(0)], when, truck }];
    network
}

fn check_wait_and_stay(title: &str, network: &Network, wait: f64, stay: f64) {
    let exact = [exactly("mean wait, min", wait), exactly("mean time at the station, min", stay)];
    let seen = |seen: Waits| vec![seen.waits[0].mean(), seen.stay(0)];
    check(title, network, 64, &exact, || Waits::new(network, 0.0), seen);
}

#[test]
fn failures_while_serving() {
    let exponential_repair = (Dist::Exponential { mean: 2.0 * MINUTE }, Moments::exponential(2.0));
    let constant_repair = (Dist::Constant(2.0 * MINUTE), Moments::constant(2.0));
    let resume = OnFailure::Wait(Interruption::Resume);
    let service = Moments::exponential(1.0);
    for (name, (law, repair), truck) in [
        ("exponential repair", exponential_repair.clone(), resume),
        ("constant repair", constant_repair.clone(), resume),
        ("constant repair, truck back in line", constant_repair, OnFailure::Return(Interruption::Resume)),
    ] {
        let completion = interruption::resumed(service, FAILURES, repair);
        let wait = interruption::fails_when_serving(ARRIVALS, completion);
        let network = failing(&exponential(), UpClock::Serving, &law, truck);
        let title = format!("M/M/1, fails when serving, {name}, 0.6");
        check_wait_and_stay(&title, &network, wait, wait + completion.mean);
    }
    // A gamma law of service, so that what is left is not a new service.
    let law = Dist::Gamma { mean: MINUTE, cv: 0.5 };
    let (repair_law, repair) = exponential_repair;
    let completion = interruption::resumed(Moments::with_cv(1.0, 0.5), FAILURES, repair);
    let wait = interruption::fails_when_serving(ARRIVALS, completion);
    let network = failing(&law, UpClock::Serving, &repair_law, resume);
    check_wait_and_stay("M/G/1 gamma, fails when serving, 0.6", &network, wait, wait + completion.mean);
}

#[test]
fn failures_at_all_times() {
    let resume = OnFailure::Wait(Interruption::Resume);
    for (name, law, repair) in [
        ("exponential repair", Dist::Exponential { mean: 2.0 * MINUTE }, Moments::exponential(2.0)),
        ("constant repair", Dist::Constant(2.0 * MINUTE), Moments::constant(2.0)),
    ] {
        let completion = interruption::resumed(Moments::exponential(1.0), FAILURES, repair);
        let wait = interruption::fails_always(ARRIVALS, completion, FAILURES, repair);
        let network = failing(&exponential(), UpClock::All, &law, resume);
        check_wait_and_stay(
            &format!("M/M/1, fails always, {name}, 0.6"),
            &network,
            wait,
            wait + completion.mean,
        );
    }
}

#[test]
fn service_that_begins_anew_after_a_failure() {
    let repair = Moments::constant(2.0);
    let completion = interruption::restarted(1.0, FAILURES, repair);
    let wait = interruption::fails_when_serving(ARRIVALS, completion);
    let (law, repair) = (Dist::Constant(MINUTE), Dist::Constant(2.0 * MINUTE));
    let network = failing(&law, UpClock::Serving, &repair, OnFailure::Wait(Interruption::Restart));
    check_wait_and_stay("M/D/1, fails and restarts, 0.63", &network, wait, wait + completion.mean);
}

#[test]
fn a_truck_that_is_finished_before_the_repair() {
    let repair = Moments::exponential(2.0);
    let wait = interruption::fails_when_serving(ARRIVALS, interruption::finished(1.0, FAILURES, repair));
    let law = Dist::Exponential { mean: 2.0 * MINUTE };
    let network = failing(&exponential(), UpClock::Serving, &law, OnFailure::Finish);
    check_wait_and_stay("M/M/1, repaired after the truck, 0.59", &network, wait, wait + 1.0);
}

#[test]
fn other_work_between_trucks() {
    let (service, work) = (Moments::exponential(1.0), Moments::with_cv(2.0, 0.7));
    let wait = interruption::vacations(0.65, service, work);
    let mut network = one_station(700, 0.65, 1, &exponential());
    let law = Dist::Gamma { mean: 2.0 * MINUTE, cv: 0.7 };
    network.groups[0].other_work = Some(DurationSampler::new(&law));
    check_wait_and_stay("M/M/1 with other work, 0.65", &network, wait, wait + 1.0);
}

/// The group is staffed by a rule on its queue.
fn staffed(network: &mut Network, lanes: std::ops::RangeInclusive<u32>, open: u32, close: u32) {
    let group = &mut network.groups[0];
    group.plan = LanePlan::Officers(PoolId(0), 0);
    let trigger = |trucks: u32| Trigger::Queue(f64::from(trucks));
    let member = Member {
        group: GroupId(0),
        least: *lanes.start(),
        most: *lanes.end(),
        priority: 1,
        want: Want::Rule { open: trigger(open), close: trigger(close) },
        open: Steps::constant(true),
        set_up: SimDuration::ZERO,
        least_open: SimDuration::ZERO,
    };
    let on_duty = Steps::constant(*lanes.end());
    network.pools =
        vec![Pool { name: "cbp".into(), on_duty, on_break: Steps::constant(0), members: vec![member] }];
}

/// The only lane opens for the first truck that waits, with 3 min of set-up, and closes when nobody
/// does: that is after its last truck, unless another has come by then.
#[test]
fn set_up_of_a_lane_that_closes_when_nobody_waits() {
    let service = Moments::with_cv(1.0, 0.6);
    let wait = interruption::set_up(0.6, service, Moments::constant(3.0));
    let mut network = one_station(700, 0.6, 1, &Dist::Lognormal { mean: MINUTE, cv: 0.6 });
    staffed(&mut network, 0..=1, 1, 0);
    network.pools[0].members[0].set_up = SimDuration::from_secs(180);
    check_wait_and_stay("M/G/1 with set-up, 0.6", &network, wait, wait + 1.0);
}

/// Lanes open beyond the first, as a time average, and truck-minutes inside.
struct LaneTime {
    seen: Waits,
    from: SimTime,
    until: SimTime,
    since: SimTime,
    /// The second lane is open, or closing.
    second: [f64; 2],
    minutes: [f64; 2],
}

impl LaneTime {
    fn new(network: &Network) -> Self {
        LaneTime {
            seen: Waits::new(network, 0.0),
            from: SimTime::ZERO + SimDuration::from_hours(50),
            until: SimTime::ZERO + network.run_length,
            since: SimTime::ZERO,
            second: [0.0; 2],
            minutes: [0.0; 2],
        }
    }

    fn advance(&mut self, now: SimTime) {
        let minutes = (now.min(self.until) - self.since.max(self.from)).or_zero().minutes();
        (0..2).for_each(|k| self.minutes[k] += minutes * self.second[k]);
        self.since = now;
    }

    /// Share of time in which the second lane is open, and in which it finishes its truck.
    fn shares(&self) -> [f64; 2] {
        let minutes = (self.until - self.from).minutes();
        [self.minutes[0] / minutes, self.minutes[1] / minutes]
    }
}

impl Observer for LaneTime {
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice) {
        self.seen.notice(now, id, truck, notice);
    }

    fn lane_notice(&mut self, now: SimTime, notice: LaneNotice) {
        if let LaneNotice::Lanes { open, closing, .. } = notice {
            self.advance(now);
            self.second = [f64::from(open.saturating_sub(1)), f64::from(closing)];
        }
    }

    fn ended(&mut self, now: SimTime) {
        self.advance(now);
    }
}

#[test]
fn a_second_lane_by_the_queue() {
    let (arrivals, open, close) = (1.2, 4, 1);
    let chain = hysteresis::finishing(arrivals, open, close);
    let share = |wanted: Second| chain.mean(|(_, _, second)| f64::from(u8::from(*second == wanted)));
    let exact = [
        exactly("mean wait, min", chain.mean(|(line, ..)| f64::from(*line)) / arrivals),
        exactly("share of time with the second lane open", share(Second::Open)),
        exactly("share of time in which it finishes its truck", share(Second::Closing)),
    ];
    let mut network = one_station(500, arrivals, 2, &exponential());
    staffed(&mut network, 1..=2, open, close);
    check(
        "second lane, 4 to 1",
        &network,
        64,
        &exact,
        || LaneTime::new(&network),
        |seen| {
            let [open, closing] = seen.shares();
            vec![seen.seen.waits[0].mean(), open, closing]
        },
    );
}

/// The same where the lane that closes sends its truck back: what is left of an exponential service
/// is as long as a new one.
#[test]
fn a_second_lane_that_sends_its_truck_back() {
    let (arrivals, open, close) = (1.2, 4, 1);
    let chain = hysteresis::sending_back(arrivals, open, close);
    let exact = [
        exactly("mean time at the station, min", chain.mean(|(n, _)| f64::from(*n)) / arrivals),
        exactly("share of time with the second lane open", chain.mean(|(_, two)| f64::from(u8::from(*two)))),
    ];
    let mut network = one_station(500, arrivals, 2, &exponential());
    staffed(&mut network, 1..=2, open, close);
    network.groups[0].closing = Some(Interruption::Resume);
    check(
        "second lane, 4 to 1, truck sent back",
        &network,
        64,
        &exact,
        || LaneTime::new(&network),
        |seen| vec![seen.seen.stay(0), seen.shares()[0]],
    );
}
