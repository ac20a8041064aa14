//! How trucks come: by appointment, and through a yard.

use cruce::dist::Dist;
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::network::*;
use cruce::model::notice::{Notice, Observer};
use cruce::model::truck::{Truck, TruckId};

use crate::common::{Sketch, yard};
use crate::oracle::renewal::{Gm1, booked_headway};
use crate::oracle::yard::Yard;
use crate::trial::{Waits, check, exactly, exponential, one_station, part};

/// Booked every 75 s, all come in time: D/M/1 at 0.8; every 60 s, a quarter does not come.
#[test]
fn appointments() {
    for (title, apart, no_show) in [("D/M/1, 0.8", 75, 0.0), ("booked, a quarter away, 0.75", 60, 0.25)] {
        let queue = Gm1::new(1.0, booked_headway(apart as f64 / 60.0, no_show));
        let exact = [exactly("mean wait, min", queue.mean_wait()), exactly("share waiting", queue.sigma)];
        let mut network = one_station(1500, 0.8, 1, &exponential());
        let instant = |k: i64| SimTime::ZERO + SimDuration::from_secs(apart * k);
        let booked = (1..1500 * 3600 / apart).map(instant).collect();
        network.streams[0].arrivals =
            Arrivals::Appointments { booked, early: SimDuration::ZERO, show_up: None, no_show };
        check(
            title,
            &network,
            64,
            &exact,
            || Waits::new(&network, 0.0),
            |seen| vec![seen.waits[0].mean(), seen.waits[0].share_waiting()],
        );
    }
}

/// Truck-hours inside, and departures, by hour of a day that begins empty.
struct Hours {
    inside_at: Vec<f64>,
    left: Vec<f64>,
}

impl Observer for Hours {
    fn notice(&mut self, now: SimTime, _: TruckId, truck: &Truck, notice: Notice) {
        if let Notice::Left { .. } = notice {
            let hour = |time: SimTime| time.seconds() / 3600.0;
            let (came, left) = (hour(truck.arrived), hour(now));
            for (place, inside) in self.inside_at.iter_mut().enumerate() {
                let at = place as f64 + 1.0;
                *inside += f64::from(u8::from(came <= at && at < left));
            }
            if let Some(count) = self.left.get_mut(left as usize) {
                *count += 1.0;
            }
        }
    }
}

/// A yard with stays of 90 min on average: the mean number inside on every hour, departures of the
/// day, and in three hours departures whose variance is their mean, as those of a Poisson process,
/// and that are independent from hour to hour.
#[test]
fn a_yard_over_a_day() {
    #[rustfmt::skip]
    let rates = [
        20.0, 10.0, 10.0, 20.0, 40.0, 80.0, 120.0, 150.0, 150.0, 120.0, 100.0, 90.0,
        90.0, 100.0, 110.0, 120.0, 110.0, 90.0, 70.0, 50.0, 40.0, 30.0, 30.0, 20.0,
    ];
    let oracle = Yard { rates: &rates, mean_stay: 1.5 };
    let by_hour = |h: usize| oracle.departures(h as f64 + 1.0) - oracle.departures(h as f64);
    let mut exact = vec![
        exactly(
            "trucks inside, mean of 24 readings",
            (1..=24).map(|h| oracle.inside(h.into())).sum::<f64>() / 24.0,
        ),
        exactly("departures within the day", oracle.departures(24.0)),
    ];
    exact.extend((1..=24).map(|h| part(format!("trucks inside at {h} h"), oracle.inside(h.into()))));
    let hours = [7, 9, 16];
    exact.extend(hours.map(|h| part(format!("variance of departures in hour {h}"), by_hour(h))));
    exact.push(part("variance of departures in hours 9 and 10 together", by_hour(9) + by_hour(10)));
    let mut sketch = Sketch::new(24, &["truck"]);
    let stay = Dist::Erlang { mean: 5400.0, k: 2 };
    let lot = sketch.station_of("yard", vec![yard("all", &[Some(stay)])], Target::Exit);
    let step = |(h, rate): (usize, &f64)| (SimTime::ZERO + SimDuration::from_hours(h as i64), *rate);
    sketch.poisson("trucks", lot, Steps::new(rates.iter().enumerate().map(step)));
    check(
        "M_t/G/inf over a day",
        &sketch.network,
        2000,
        &exact,
        || Hours { inside_at: vec![0.0; 24], left: vec![0.0; 24] },
        |seen| {
            let square = |left: f64, mean: f64| (left - mean) * (left - mean);
            let mut row = vec![seen.inside_at.iter().sum::<f64>() / 24.0, seen.left.iter().sum()];
            row.extend(&seen.inside_at);
            row.extend(hours.map(|h| square(seen.left[h], by_hour(h))));
            row.push(square(seen.left[9] + seen.left[10], by_hour(9) + by_hour(10)));
            row
        },
    );
}
