//! What time, fuel and lanes are worth: the prices and rates that a study states.
//!
//! They are no part of the crossing: nothing here changes what a truck does. `measure` turns hours
//! into money and grams with them, `experiment` weighs a plan against the baseline. They live here
//! because the scenario file and the measures both speak of them. Prices are in one currency, rates
//! per hour, fuel in US gallons. Start at [`Valuation`].

use crate::kernel::time::SimDuration;

/// Liters of a US gallon (NIST Handbook 44, appendix C).
pub const LITERS_OF_A_GALLON: f64 = 3.785_411_784;

/// What is valued; what is `None` is not asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Valuation {
    /// Prices.
    pub money: Option<Prices>,
    /// Fuel and emissions.
    pub air: Option<AirRates>,
}

/// A currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// United States dollar.
    Usd,
    /// Mexican peso.
    Mxn,
    /// Canadian dollar.
    Cad,
    /// Euro.
    Eur,
}

impl Currency {
    /// All of them.
    pub const ALL: [Currency; 4] = [Currency::Usd, Currency::Mxn, Currency::Cad, Currency::Eur];

    /// Its code after ISO 4217.
    pub fn code(self) -> &'static str {
        match self {
            Currency::Usd => "USD",
            Currency::Mxn => "MXN",
            Currency::Cad => "CAD",
            Currency::Eur => "EUR",
        }
    }

    /// Thousands of it, as tables for people name them.
    pub fn thousands(self) -> &'static str {
        match self {
            Currency::Usd => "1,000 USD",
            Currency::Mxn => "1,000 MXN",
            Currency::Cad => "1,000 CAD",
            Currency::Eur => "1,000 EUR",
        }
    }

    /// Millions of it, as tables for people name them.
    pub fn millions(self) -> &'static str {
        match self {
            Currency::Usd => "million USD",
            Currency::Mxn => "million MXN",
            Currency::Cad => "million CAD",
            Currency::Eur => "million EUR",
        }
    }
}

/// Prices of one year in one currency.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// The currency of all of them.
    pub currency: Currency,
    /// The year whose prices they are.
    pub year: u32,
    /// An hour of a truck with its driver; with fuel if `fuel` is `None`.
    pub truck_hour: Option<f64>,
    /// A gallon of fuel, when it is not part of `truck_hour`.
    pub fuel: Option<f64>,
    /// An hour of an officer who holds a lane as planned.
    pub officer_hour: Option<f64>,
    /// An hour of an officer beyond the plan.
    pub overtime_hour: Option<f64>,
    /// Cargo of a truck, by class; 0 where none is stated.
    pub cargo_value: Vec<f64>,
    /// Share of its value that cargo loses per hour on the way.
    pub cargo_time_value: Option<f64>,
    /// By class: what perishes.
    pub perishable: Vec<Option<Perishable>>,
    /// How a plan is weighed against the baseline.
    pub appraisal: Option<Terms>,
}

/// Cargo that keeps for a while, then loses a share of its value per hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Perishable {
    /// Share of the value lost per hour beyond the knee.
    pub loss_per_hour: f64,
    /// Time inside the crossing without loss.
    pub knee: SimDuration,
}

impl Perishable {
    /// Time beyond the knee that costs: no more than it takes to lose everything.
    #[inline]
    pub fn excess(&self, time_inside: SimDuration) -> SimDuration {
        let whole = SimDuration::from_seconds(3_600.0 / self.loss_per_hour);
        (time_inside - self.knee).or_zero().min(whole)
    }
}

/// How the days of a run become years, and years a present value.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Days of a year that are like a day of the run.
    pub days_per_year: u32,
    /// Years of benefits and running costs.
    pub years: u32,
    /// Real discount rate per year.
    pub discount_rate: f64,
    /// Capital per lane built, by `station.group`.
    pub capital: Vec<(String, f64)>,
}

impl Terms {
    /// Present value of 1 a year, paid at the end of each year: (1 − (1 + r)⁻ⁿ) / r.
    ///
    /// Summed term by term, so that a rate of 0 is no special case.
    pub fn annuity(&self) -> f64 {
        let yearly = 1.0 / (1.0 + self.discount_rate);
        let mut factor = 1.0;
        let mut sum = 0.0;
        for _ in 0..self.years {
            factor *= yearly;
            sum += factor;
        }
        sum
    }
}

/// Fuel and what it gives off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AirRates {
    /// Gallons per hour of a truck that stands.
    pub idle_fuel: f64,
    /// Gallons per hour of a truck that creeps.
    pub creep_fuel: f64,
    /// Share of the time in line that is spent creeping.
    pub creep_share: f64,
    /// Kilograms of CO₂ per gallon.
    pub co2: Option<f64>,
    /// Grams of NOx per hour of standing, and of creeping.
    pub nox: Option<[f64; 2]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 7 % over 20 years: 10.594014 (any table of annuities); without discounting, 20.
    #[test]
    fn an_annuity_is_as_tables_have_it() {
        let terms =
            |years, discount_rate| Terms { days_per_year: 260, years, discount_rate, capital: Vec::new() };
        assert!((terms(20, 0.07).annuity() - 10.594_014_245_516).abs() < 1e-9);
        assert!((terms(30, 0.031).annuity() - (1.0 - 1.031_f64.powi(-30)) / 0.031).abs() < 1e-12);
        assert_eq!(terms(20, 0.0).annuity(), 20.0);
    }

    /// 2 %/h after 4 h: everything is lost after 54 h.
    #[test]
    fn nothing_perishes_before_the_knee_nor_twice() {
        let produce = Perishable { loss_per_hour: 0.02, knee: SimDuration::from_hours(4) };
        let excess = |hours: i64| produce.excess(SimDuration::from_hours(hours));
        assert_eq!([0, 4, 5, 54, 99].map(excess), [0, 0, 1, 50, 50].map(SimDuration::from_hours));
    }
}
