//! Money and air: what the trucks' time, the officers and the fuel of one replication come to.
//!
//! The stay of a truck, from first arrival to whatever became of it, is split exactly: driving on roads,
//! standing in line, moving up into a booth, and the rest (served, blocked, stopped). Sums are whole
//! microseconds by class over trucks that came after the warm-up, so nothing is rounded before prices
//! are applied. Creeping is moving up plus a stated share of the time in line; all else but driving is
//! standing with the engine on (idling). Trucks that go elsewhere because of the posted wait lose time
//! there, which is priced too. Cost = truck time + fuel + cargo time + perishable loss +
//! officers + overtime; an economy-wide multiplier is never applied. It is kept only when a study asks
//! for it. Start at [`Stays`].

use crate::kernel::time::SimDuration;
use crate::model::network::{Network, Stream};
use crate::model::value::{AirRates, Prices, Valuation};

use super::collector::Collector;
use super::entry::Measure;
use super::level::Spans;

/// Microseconds of an hour.
const HOUR: f64 = 3_600e6;

/// How trucks spend their stay, by class.
#[derive(Clone, Debug)]
pub(super) struct Stays {
    valuation: Valuation,
    classes: Vec<Stay>,
}

/// Sums over the trucks of a class.
#[derive(Clone, Copy, Debug, Default)]
struct Stay {
    inside: i128,
    /// Beyond own travel and service.
    delayed: i128,
    driving: i128,
    in_line: i128,
    moving_up: i128,
    /// Beyond the knee of what perishes.
    perishing: i128,
}

impl Stays {
    pub(super) fn new(network: &Network, valuation: &Valuation) -> Self {
        Stays { valuation: valuation.clone(), classes: vec![Stay::default(); network.classes.len()] }
    }

    pub(super) fn reset(&mut self) {
        self.classes.fill(Stay::default());
    }

    /// A truck is gone, or the run is over: it was inside for so long, and would have needed `own`.
    pub(super) fn end(&mut self, class: usize, inside: SimDuration, own: SimDuration) {
        let perishable = self.valuation.money.as_ref().and_then(|money| money.perishable[class]);
        let stay = &mut self.classes[class];
        stay.inside += i128::from(inside.micros());
        stay.delayed += i128::from((inside - own).or_zero().micros());
        if let Some(perishable) = perishable {
            stay.perishing += i128::from(perishable.excess(inside).micros());
        }
    }

    pub(super) fn drive(&mut self, class: usize, time: SimDuration) {
        self.classes[class].driving += i128::from(time.micros());
    }

    pub(super) fn wait(&mut self, class: usize, time: SimDuration) {
        self.classes[class].in_line += i128::from(time.micros());
    }

    /// Moved up; a negative time takes back what did not happen.
    pub(super) fn move_up(&mut self, class: usize, time: SimDuration) {
        self.classes[class].moving_up += i128::from(time.micros());
    }

    fn sum(&self, classes: &[usize], of: impl Fn(&Stay) -> i128) -> f64 {
        classes.iter().map(|class| of(&self.classes[*class])).sum::<i128>() as f64 / HOUR
    }

    /// Hours of creeping.
    fn creeping(&self, classes: &[usize], air: &AirRates) -> f64 {
        let in_line = self.sum(classes, |stay| stay.in_line);
        self.sum(classes, |stay| stay.moving_up) + air.creep_share * in_line
    }

    /// Hours of standing.
    fn standing(&self, classes: &[usize], air: &AirRates) -> f64 {
        let in_line = self.sum(classes, |stay| stay.in_line);
        let other = self.sum(classes, |stay| stay.inside - stay.driving - stay.in_line - stay.moving_up);
        other + (1.0 - air.creep_share) * in_line
    }

    fn fuel(&self, classes: &[usize], air: &AirRates) -> f64 {
        air.idle_fuel * self.standing(classes, air) + air.creep_fuel * self.creeping(classes, air)
    }

    /// Sum over classes of the value of cargo times hours.
    fn cargo(&self, classes: &[usize], prices: &Prices, hours: impl Fn(usize) -> f64) -> f64 {
        classes.iter().map(|class| prices.cargo_value[*class] * hours(*class)).sum()
    }

    fn perishable_loss(&self, classes: &[usize], prices: &Prices) -> f64 {
        self.cargo(classes, prices, |class| {
            let loss = prices.perishable[class].map_or(0.0, |perishable| perishable.loss_per_hour);
            loss * self.sum(&[class], |stay| stay.perishing)
        })
    }
}

/// The measures that diversion at a cost and a valuation give, of trucks (by class too) and of the
/// crossing alone, in the order of tables.
pub(super) fn offered(valuation: Option<&Valuation>, network: &Network) -> (Vec<Measure>, Vec<Measure>) {
    let costs =
        |stream: &Stream| stream.diversion.as_ref().is_some_and(|found| found.cost > SimDuration::ZERO);
    let diverts = network.phases().any(|phase| phase.streams.iter().any(costs));
    let elsewhere = diverts.then_some(Measure::DiversionHours);
    let Some(valuation) = valuation else { return (elsewhere.into_iter().collect(), Vec::new()) };
    let mut of_trucks = vec![Measure::TruckHours, Measure::DelayTruckHours];
    of_trucks.extend(elsewhere);
    let mut of_crossing = Vec::new();
    if let Some(air) = &valuation.air {
        of_trucks.extend([Measure::IdleHours, Measure::CreepHours, Measure::Fuel]);
        of_trucks.extend(air.co2.map(|_| Measure::Co2));
        of_trucks.extend(air.nox.map(|_| Measure::Nox));
    }
    if let Some(money) = &valuation.money {
        let parts = PARTS.into_iter().filter(|part| is_priced(*part, money, network));
        let (users, agency): (Vec<Measure>, Vec<Measure>) = parts.partition(|part| is_of_users(*part));
        if !users.is_empty() {
            of_trucks.extend(users);
            of_trucks.push(Measure::UserCost);
        }
        of_crossing.extend(agency);
        of_crossing.extend([Measure::Cost, Measure::CostPerDay]);
    }
    (of_trucks, of_crossing)
}

/// What cost is made of.
const PARTS: [Measure; 6] = [
    Measure::TruckTimeCost,
    Measure::FuelCost,
    Measure::CargoTimeCost,
    Measure::PerishableLoss,
    Measure::OfficerCost,
    Measure::OvertimeCost,
];

/// Borne by those who cross, not by the agency.
fn is_of_users(part: Measure) -> bool {
    !matches!(part, Measure::OfficerCost | Measure::OvertimeCost)
}

fn is_priced(part: Measure, money: &Prices, network: &Network) -> bool {
    match part {
        Measure::TruckTimeCost => money.truck_hour.is_some(),
        Measure::FuelCost => money.fuel.is_some(),
        Measure::CargoTimeCost => money.cargo_time_value.is_some(),
        Measure::PerishableLoss => money.perishable.iter().any(Option::is_some),
        Measure::OfficerCost => money.officer_hour.is_some() && !network.pools.is_empty(),
        _ => money.overtime_hour.is_some() && !network.pools.is_empty(),
    }
}

impl Collector<'_> {
    /// A measure of money or air over classes; blank where the study does not ask for it.
    pub(super) fn value_of(&self, measure: Measure, classes: &[usize]) -> f64 {
        if measure == Measure::DiversionHours {
            return self.hours_elsewhere(classes);
        }
        let found = self.stays.as_ref().and_then(|stays| self.found(stays, measure, classes));
        found.unwrap_or(f64::NAN)
    }

    fn found(&self, stays: &Stays, measure: Measure, classes: &[usize]) -> Option<f64> {
        let Valuation { money, air } = &stays.valuation;
        Some(match measure {
            Measure::TruckHours => stays.sum(classes, |stay| stay.inside),
            Measure::DelayTruckHours => stays.sum(classes, |stay| stay.delayed),
            Measure::IdleHours => stays.standing(classes, air.as_ref()?),
            Measure::CreepHours => stays.creeping(classes, air.as_ref()?),
            Measure::Fuel => stays.fuel(classes, air.as_ref()?),
            Measure::Co2 => air.as_ref()?.co2? * stays.fuel(classes, air.as_ref()?),
            Measure::Nox => {
                let air = air.as_ref()?;
                let [idle, creep] = air.nox?;
                idle * stays.standing(classes, air) + creep * stays.creeping(classes, air)
            }
            Measure::TruckTimeCost => {
                let inside = stays.sum(classes, |stay| stay.inside);
                money.as_ref()?.truck_hour? * (inside + self.hours_elsewhere(classes))
            }
            Measure::FuelCost => money.as_ref()?.fuel? * stays.fuel(classes, air.as_ref()?),
            Measure::CargoTimeCost => {
                let prices = money.as_ref()?;
                let inside = |class| stays.sum(&[class], |stay| stay.inside);
                let hours = |class| inside(class) + self.hours_elsewhere(&[class]);
                prices.cargo_time_value? * stays.cargo(classes, prices, hours)
            }
            Measure::PerishableLoss => stays.perishable_loss(classes, money.as_ref()?),
            Measure::OfficerCost => {
                let regular = self.officer_hours(&self.holding) - self.officer_hours(&self.overtime);
                money.as_ref()?.officer_hour? * regular
            }
            Measure::OvertimeCost => money.as_ref()?.overtime_hour? * self.officer_hours(&self.overtime),
            Measure::UserCost => self.sum_of(stays, classes, is_of_users)?,
            Measure::Cost => self.sum_of(stays, classes, |_| true)?,
            Measure::CostPerDay => {
                let days = self.window.length() as f64 / (24.0 * HOUR);
                self.found(stays, Measure::Cost, classes)? / days
            }
            _ => return None,
        })
    }

    fn hours_elsewhere(&self, classes: &[usize]) -> f64 {
        classes.iter().map(|class| self.elsewhere[*class]).sum::<i128>() as f64 / HOUR
    }

    /// The parts that are priced, added up in the order of tables.
    fn sum_of(&self, stays: &Stays, classes: &[usize], wanted: fn(Measure) -> bool) -> Option<f64> {
        let money = stays.valuation.money.as_ref()?;
        let parts = PARTS.into_iter().filter(|part| wanted(*part) && is_priced(*part, money, self.network));
        Some(parts.filter_map(|part| self.found(stays, part, classes)).sum())
    }

    fn officer_hours(&self, spans: &Spans) -> f64 {
        let pools: Vec<usize> = (0..self.network.pools.len()).collect();
        spans.sum(&pools, None) as f64 / HOUR
    }
}
