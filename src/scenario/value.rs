//! The sections `money` and `air`: their keys, their mistakes, and the valuation they come to.
//!
//! Prices belong to the whole study: they are the yardstick, so plans cannot differ in them. The
//! rates of `air` may differ, since a cleaner fleet or a rule against idling is a plan. It does not
//! know what is measured. Start at [`Money`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::name::Names;
use super::check::{Findings, suggestion};
use super::diagnostic::Diagnostic;
use super::file::{ByClass, Name, Study};
use super::phrase::{
    AmountPhrase, Co2Phrase, Count, CurrencyPhrase, FuelPricePhrase, FuelRatePhrase, HourPricePhrase,
    LanePricePhrase, MassRatePhrase, Percent, PerishablePhrase, Price, Servers, TimeValuePhrase, YearPhrase,
    YearsPhrase,
};
use super::resolve::Resolved;
use crate::model::value::{AirRates, Prices, Terms, Valuation};

/// Prices of one year in one currency, and how plans are weighed with them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Currency of every price: `"USD"`.
    pub currency: CurrencyPhrase,
    /// Year whose prices these are: 2024.
    pub price_year: YearPhrase,
    /// An hour of a truck and its driver inside the crossing. It includes fuel unless `fuel_price` is given.
    pub truck_hour: Option<HourPricePhrase>,
    /// Fuel burnt standing and creeping, when `truck_hour` is without fuel. Needs `air`.
    pub fuel_price: Option<FuelPricePhrase>,
    /// An hour of an officer who holds a lane, overtime apart; without it officers have no price.
    pub officer_hour: Option<HourPricePhrase>,
    /// An hour of an officer kept beyond the plan; without it, `officer_hour`, which it needs.
    pub overtime_hour: Option<HourPricePhrase>,
    /// Value of a truck's cargo, for all classes or by class (`rest` for those not named; without it they carry
    /// nothing of value).
    pub cargo_value: Option<ByClass<AmountPhrase>>,
    /// Share of its value that cargo loses by time inside the crossing: `"1.4 %/day"`. Needs `cargo_value`.
    pub cargo_time_value: Option<TimeValuePhrase>,
    /// By class: share of the value lost per hour after a time inside the crossing: `"2 %/h after 4 h"`; without
    /// `after`, from the first hour. Needs the `cargo_value` of the class.
    #[serde(default)]
    pub perishable: BTreeMap<Name, PerishablePhrase>,
    /// Capital per lane built more than in the baseline, by `"station.group"`. Needs `days_per_year`, `horizon` and
    /// `discount_rate`.
    #[serde(default)]
    pub capital: BTreeMap<String, LanePricePhrase>,
    /// Days of a year that are like an average day of the run, 1 to 366. It goes with `horizon` and
    /// `discount_rate`: with all three, plans are weighed.
    pub days_per_year: Option<Count>,
    /// Years over which a plan is weighed, at most 100: `"20 years"`.
    pub horizon: Option<YearsPhrase>,
    /// Real discount rate per year, less than 100 %: `"7 %"`.
    pub discount_rate: Option<Percent>,
}

/// Fuel and emissions of trucks inside the crossing. A truck stands (idles) while it waits, is served or
/// is blocked, and creeps while it moves up; driving on roads is not counted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Air {
    /// Fuel of a truck that stands.
    pub idle_fuel: FuelRatePhrase,
    /// Fuel of a truck that creeps; without it, as when it stands.
    pub creep_fuel: Option<FuelRatePhrase>,
    /// Share of the time in line that is spent creeping, at most 100 %; without it none. Moving up into a booth is
    /// creeping altogether.
    pub creep_share: Option<Percent>,
    /// CO₂ of the fuel; without it none is told.
    pub co2: Option<Co2Phrase>,
    /// NOx of a truck, standing and creeping; without it none is told.
    pub nox: Option<Nox>,
}

/// NOx per hour.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nox {
    /// Of a truck that stands.
    pub idle: MassRatePhrase,
    /// Of a truck that creeps; without it, as when it stands.
    pub creep: Option<MassRatePhrase>,
}

/// Reports what is wrong with the sections, apart from capital (see [`stray_capital`]).
pub(super) fn check(study: &Study, names: &Names, findings: &mut Findings) {
    if let Some(air) = &study.air
        && air.creep_share.is_some_and(|share| share.0 > 1.0)
    {
        let message = "`air.creep_share` is more than all the time in line";
        findings.error("E0316", "air.creep_share", message, "0 % to 100 %", "write a share such as `10 %`");
    }
    let Some(money) = &study.money else { return };
    check_currencies(money, findings);
    check_classes(money, names, findings);
    check_needs(money, study, findings);
    if money.days_per_year.is_some_and(|days| !(1..=366).contains(&days.0)) {
        let help = "count the days that are like an average day of the run: about 260 working days";
        findings.error(
            "E0350",
            "money.days_per_year",
            "`money.days_per_year` is out of range",
            "1 to 366 days",
            help,
        );
    }
    if money.discount_rate.is_some_and(|rate| rate.0 >= 1.0) {
        let help = "OMB Circular A-94 took 7 % a year from 1992 to 2023";
        findings.error(
            "E0350",
            "money.discount_rate",
            "`money.discount_rate` is out of range",
            "0 % to less than 100 % a year",
            help,
        );
    }
}

/// Every price must be in the currency of the study.
fn check_currencies(money: &Money, findings: &mut Findings) {
    let mut prices: Vec<(String, Price)> = Vec::new();
    let mut add = |path: &str, price: Option<Price>| {
        prices.extend(price.map(|price| (format!("money.{path}"), price)));
    };
    add("truck_hour", money.truck_hour.map(|price| price.0));
    add("fuel_price", money.fuel_price.map(|price| price.0));
    add("officer_hour", money.officer_hour.map(|price| price.0));
    add("overtime_hour", money.overtime_hour.map(|price| price.0));
    match &money.cargo_value {
        None => {}
        Some(ByClass::All(value)) => add("cargo_value", Some(value.0)),
        Some(ByClass::Class(values)) => {
            values.iter().for_each(|(class, value)| add(&format!("cargo_value.{class}"), Some(value.0)));
        }
    }
    money.capital.iter().for_each(|(group, price)| add(&format!("capital.{group}"), Some(price.0)));
    let wanted = money.currency.0;
    for (path, price) in prices.iter().filter(|(_, price)| price.currency != wanted) {
        let (found, code) = (price.currency.code(), wanted.code());
        findings.clash(
            "E0370",
            (path, &format!("in {found}")),
            ("money.currency", &format!("prices are in {code}")),
            format!("`{path}` is in {found}, the study in {code}"),
            format!("convert it to {code} of the price year: rates of exchange are no part of the file"),
        );
    }
}

fn check_classes(money: &Money, names: &Names, findings: &mut Findings) {
    let valued: Vec<&String> = match &money.cargo_value {
        Some(ByClass::Class(values)) => values.keys().filter(|class| *class != "rest").collect(),
        Some(ByClass::All(_)) | None => Vec::new(),
    };
    let valued = valued.into_iter().map(|class| ("cargo_value", class));
    for (key, class) in valued.chain(money.perishable.keys().map(|class| ("perishable", class))) {
        if names.class(class).is_none() {
            let help = suggestion(class, names.classes.iter().copied());
            let path = format!("money.{key}.{class}");
            findings.error("E0302", &path, format!("there is no class `{class}`"), "no such class", help);
        }
    }
    for class in money.perishable.keys().filter(|class| names.class(class).is_some()) {
        if cargo_value(money, class).is_none() {
            let path = format!("money.perishable.{class}");
            let message = format!("`{path}` is a share of a value that is not known");
            let help = format!("add `cargo_value.{class} = \"60000 USD\"`, or take it out");
            findings.error("E0332", &path, message, "no `cargo_value` of the class", help);
        }
    }
}

fn check_needs(money: &Money, study: &Study, findings: &mut Findings) {
    let mut needs = |key: &str, other: &str, example: &str| {
        let path = format!("money.{key}");
        let help = format!("add `{other} = {example}`, or leave `{key}` out");
        let message = format!("`{path}` needs `{other}`");
        findings.error("E0332", &path, message, format!("no `{other}` beside it"), help);
    };
    if money.cargo_time_value.is_some() && money.cargo_value.is_none() {
        needs("cargo_time_value", "cargo_value", "\"60000 USD\"");
    }
    if money.overtime_hour.is_some() && money.officer_hour.is_none() {
        needs("overtime_hour", "officer_hour", "\"65 USD/h\"");
    }
    if money.fuel_price.is_some() && study.air.is_none() {
        needs("fuel_price", "air.idle_fuel", "\"0.8 gal/h\"");
    }
    let terms = [
        ("days_per_year", money.days_per_year.is_some(), "260"),
        ("horizon", money.horizon.is_some(), "\"20 years\""),
        ("discount_rate", money.discount_rate.is_some(), "\"7 %\""),
    ];
    let given = terms.iter().find(|term| term.1).map(|term| term.0);
    let given = given.or(money.capital.keys().next().map(|_| "capital"));
    let of_users = money.truck_hour.is_some()
        || money.fuel_price.is_some()
        || money.cargo_time_value.is_some()
        || !money.perishable.is_empty();
    if let Some(given) = given {
        if !of_users {
            needs(given, "truck_hour", "\"90.89 USD/h\"");
        }
        for (key, _, example) in terms.iter().filter(|term| !term.1) {
            needs(given, key, example);
        }
    }
}

/// Capital for lane groups that no scenario has, or that are yards.
pub(super) fn stray_capital(resolved: &[Resolved]) -> Vec<Diagnostic> {
    let Some(first) = resolved.first() else { return Vec::new() };
    let mut findings = Findings::new(&first.origins);
    let lanes = |study: &Study, name: &str| {
        let (station, group) = name.split_once('.')?;
        Some(study.station.get(station)?.lanes.get(group)?.servers)
    };
    for name in first.study.money.iter().flat_map(|money| money.capital.keys()) {
        let path = format!("money.capital.{name}");
        let found: Vec<Servers> =
            resolved.iter().filter_map(|scenario| lanes(&scenario.study, name)).collect();
        if found.is_empty() {
            let names = Names::new(&first.study);
            let known = names.group_names();
            let help = suggestion(name, known.iter().map(String::as_str));
            let message = format!("there is no lane group `{name}`");
            findings.error("E0303", &path, message, "a group as `station.group`", help);
        } else if found.contains(&Servers::Unlimited) {
            let message = format!("`{name}` is a yard: it has no lanes to pay for");
            let help = "leave it out: capital is by lane built";
            findings.error("E0332", &path, message, "a group without lanes", help);
        }
    }
    findings.into_list()
}

fn cargo_value(money: &Money, class: &str) -> Option<f64> {
    match money.cargo_value.as_ref()? {
        ByClass::All(value) => Some(value.0.amount),
        ByClass::Class(values) => values.get(class).or(values.get("rest")).map(|value| value.0.amount),
    }
}

/// What the sections of a study come to; `None` without either.
pub(super) fn valuation(study: &Study) -> Option<Valuation> {
    let classes = || study.class.keys();
    let money = study.money.as_ref().map(|money| Prices {
        currency: money.currency.0,
        year: money.price_year.0,
        truck_hour: money.truck_hour.map(|price| price.0.amount),
        fuel: money.fuel_price.map(|price| price.0.amount),
        officer_hour: money.officer_hour.map(|price| price.0.amount),
        overtime_hour: money.overtime_hour.or(money.officer_hour).map(|price| price.0.amount),
        cargo_value: classes().map(|class| cargo_value(money, class).unwrap_or(0.0)).collect(),
        cargo_time_value: money.cargo_time_value.map(|value| value.0),
        perishable: classes().map(|class| money.perishable.get(class).map(|phrase| phrase.0)).collect(),
        appraisal: terms(money),
    });
    let air = study.air.as_ref().map(|air| AirRates {
        idle_fuel: air.idle_fuel.0,
        creep_fuel: air.creep_fuel.unwrap_or(air.idle_fuel).0,
        creep_share: air.creep_share.map_or(0.0, |share| share.0),
        co2: air.co2.map(|co2| co2.0),
        nox: air.nox.as_ref().map(|nox| [nox.idle.0, nox.creep.unwrap_or(nox.idle).0]),
    });
    (money.is_some() || air.is_some()).then_some(Valuation { money, air })
}

fn terms(money: &Money) -> Option<Terms> {
    Some(Terms {
        days_per_year: money.days_per_year?.0,
        years: money.horizon?.0,
        discount_rate: money.discount_rate?.0,
        capital: money.capital.iter().map(|(group, price)| (group.clone(), price.0.amount)).collect(),
    })
}
