//! The verdict of a comparison as a sentence that can be read aloud.
//!
//! The English one is that of `experiment`; the Spanish one is built from the same parts, numbers included. Start at
//! [`sentence`].

use super::measure::{entry, unit};
use super::{Said, foreign, said, whole};
use crate::experiment::{
    Change, Comparison, Found, InWorlds, OverWorlds, Softest, StudyResult, Verdict, over_worlds, parts,
};
use crate::measure::Entry;
use crate::report::words::Language;
use crate::scenario::plan::StudyPlan;

/// The sentence of a comparison (its place in `StudyResult::comparisons`), without full stop.
pub fn sentence(plan: &StudyPlan, result: &StudyResult, comparison: usize) -> Said {
    let headline = &result.entries[result.headline];
    let worlds = result.plausible.as_ref().and_then(|worlds| worlds.changes.get(comparison));
    let worlds = worlds.and_then(|changes| changes.get(result.headline));
    let comparison = &result.comparisons[comparison];
    let scenario = plan.scenarios.get(comparison.scenario);
    let title = match scenario.and_then(|scenario| scenario.title.as_ref()) {
        Some(title) => foreign(Language::Spanish.text(title)),
        None => foreign(&result.scenarios[comparison.scenario].name),
    };
    let es = spanish(&title, headline, result.headline, comparison, worlds);
    // Its title is cut where it is as long as nobody reads aloud.
    let long = whole(&result.scenarios[comparison.scenario].title);
    let en = whole(&comparison.sentence).replacen(&long, &foreign(&long), 1);
    said(en, es)
}

fn spanish(
    title: &str,
    headline: &Entry,
    place: usize,
    comparison: &Comparison,
    worlds: Option<&InWorlds>,
) -> String {
    let parts = parts(headline, place, comparison);
    let about = match headline.name.as_str() {
        "crossing_time.mean" => String::new(),
        _ => format!("{}, ", entry(headline).es),
    };
    let mut told = vec![match &parts.difference {
        None => format!("{title}: {about}no se puede comparar, pues no se observó nada en común"),
        Some(difference) => {
            let few = match parts.few {
                None => String::new(),
                Some(1) => " (con una sola réplica)".to_owned(),
                Some(few) => format!(" (con solo {few} réplicas)"),
            };
            format!("{title}: {about}{}, {}{few}", change(difference), words(parts.verdict))
        }
    }];
    if parts.difference.is_some() {
        told.extend(parts.stranded.map(|(size, more)| {
            let word = if more { "más" } else { "menos" };
            format!("{size} camiones varados {word} por corrida")
        }));
        told.extend(parts.officers.map(|more| format!("{more} horas de oficial")));
        told.extend(parts.detection.iter().map(detection));
        let losers = parts.losers.iter();
        let losers: Vec<String> = losers
            .map(|loss| format!("los camiones {} pierden {}", loss.class, amount(&loss.size, loss.unit)))
            .collect();
        told.extend((!losers.is_empty()).then(|| losers.join(", ")));
    }
    told.extend(worlds.and_then(|change| over_worlds(headline.unit, change)).map(in_worlds));
    told.join("; ")
}

fn in_worlds(worlds: OverWorlds) -> String {
    let OverWorlds { ends: [low, high], unit, better } = worlds;
    let better = better.map(|share| format!(", mejor en {share} % de ellos")).unwrap_or_default();
    format!("en mundos plausibles, de {low} a {}{better}", amount(&high, unit))
}

fn words(verdict: Verdict) -> String {
    match verdict {
        Verdict::StrandsMore => "pero no se considera mejor, pues deja más camiones varados".to_owned(),
        Verdict::StrandsFewer => "pero no se considera peor, pues deja menos camiones varados".to_owned(),
        Verdict::ClearlyBetter
        | Verdict::Better
        | Verdict::NoUsefulDifference
        | Verdict::Worse
        | Verdict::ClearlyWorse
        | Verdict::NotSettled => super::verdict(verdict).es,
    }
}

/// `−12.4 min`; a pure number stands alone.
fn amount(number: &str, label: &str) -> String {
    match unit(label).es.as_str() {
        "" => number.to_owned(),
        unit => format!("{number} {unit}"),
    }
}

/// `−12.4 min (−13.0 a −11.8)`.
fn change(change: &Change) -> String {
    let mean = amount(&change.mean, change.unit);
    match &change.ends {
        Some([low, high]) => format!("{mean} ({low} a {high})"),
        None => format!("{mean} (una sola réplica no da intervalo)"),
    }
}

fn detection(found: &Found) -> String {
    let mut text = format!("detección de {}: {}", found.kind, change(&found.all));
    if let Some(Softest { class, percent, moved }) = &found.softest {
        let moved = match moved {
            None => "igual que antes".to_owned(),
            Some(moved) => format!("{moved} puntos"),
        };
        text.push_str(&format!(", {percent} % en la clase más vulnerable, {class} ({moved})"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{ClassChange, DetectionChange, Mean, Paired};
    use crate::measure::{Measure, Statistic, Unit};

    fn entry_of(name: &str, measure: Measure, statistic: Statistic, unit: Unit) -> Entry {
        let (station, group, class, period) = (None, None, None, None);
        Entry { name: name.to_owned(), measure, station, group, class, period, statistic, unit }
    }

    fn crossing_time() -> Entry {
        entry_of("crossing_time.mean", Measure::CrossingTime, Statistic::Mean, Unit::Seconds)
    }

    fn mean(mean: f64, half_width: f64) -> Mean {
        Mean { mean: Some(mean), half_width: Some(half_width), sd: None, n: 20, batches: None }
    }

    fn minutes(mean: f64, low: f64, high: f64) -> Mean {
        self::mean(mean * 60.0, (high - low) * 30.0)
    }

    fn comparison(difference: Mean, verdict: Verdict) -> Comparison {
        Comparison {
            scenario: 1,
            versus: 0,
            paired: vec![Paired { difference, variance_ratio: None, verdict: Some(verdict) }],
            verdict,
            stranded: Mean::default(),
            officer_hours: Mean::default(),
            detection: Vec::new(),
            classes: Vec::new(),
            sentence: String::new(),
        }
    }

    fn check(comparison: &Comparison, expected: &str) {
        assert_eq!(spanish("Dos casetas más", &crossing_time(), 0, comparison, None), expected);
    }

    #[test]
    fn sentences_say_what_a_planner_would_say() {
        let better = minutes(-25.8, -26.2, -25.4);
        let loser = |class: &str, difference, verdict| ClassChange {
            class: class.to_owned(),
            paired: Paired { difference, variance_ratio: None, verdict: Some(verdict) },
            loses: true,
        };
        let all = Comparison {
            officer_hours: mean(23.8, 0.5),
            classes: vec![
                loser("fast", minutes(1.2, 1.1, 1.3), Verdict::ClearlyWorse),
                loser("empty", minutes(0.2, 0.1, 0.3), Verdict::NoUsefulDifference),
            ],
            ..comparison(better, Verdict::ClearlyBetter)
        };
        let told = "Dos casetas más: −25.8 min (−26.2 a −25.4), claramente mejor; +23.8 horas de oficial; los camiones \
                    fast pierden 1.2 min";
        check(&all, told);
        let worlds = InWorlds {
            low: Some(-1_800.0),
            high: Some(-60.0),
            better: Some([0.82, 0.7, 0.9]),
            ..InWorlds::default()
        };
        assert_eq!(
            spanish("Dos casetas más", &crossing_time(), 0, &all, Some(&worlds)),
            format!("{told}; en mundos plausibles, de −30.0 a −1.0 min, mejor en 82 % de ellos")
        );
        check(
            &comparison(Mean { n: 2, ..better }, Verdict::ClearlyBetter),
            "Dos casetas más: −25.8 min (−26.2 a −25.4), claramente mejor (con solo 2 réplicas)",
        );
        check(
            &comparison(Mean { half_width: None, n: 1, ..better }, Verdict::NotSettled),
            "Dos casetas más: −25.8 min (una sola réplica no da intervalo), no concluyente",
        );
        check(
            &comparison(Mean::default(), Verdict::NotSettled),
            "Dos casetas más: no se puede comparar, pues no se observó nada en común",
        );
        check(
            &comparison(minutes(0.1, -0.2, 0.4), Verdict::NoUsefulDifference),
            "Dos casetas más: +6.0 s (−12.0 a +24.0), sin diferencia práctica",
        );
        check(
            &comparison(minutes(-2779.5, -2803.2, -2755.8), Verdict::ClearlyBetter),
            "Dos casetas más: −2,780 min (−2,803 a −2,756), claramente mejor",
        );
    }

    #[test]
    fn stranded_trucks_are_told() {
        check(
            &Comparison {
                stranded: mean(12.0, 1.0),
                ..comparison(minutes(-5.0, -6.0, -4.0), Verdict::StrandsMore)
            },
            "Dos casetas más: −5.0 min (−6.0 a −4.0), pero no se considera mejor, pues deja más camiones varados; 12.0 \
             camiones varados más por corrida",
        );
        check(
            &Comparison {
                stranded: mean(-2.0, 1.0),
                ..comparison(minutes(5.0, 4.0, 6.0), Verdict::StrandsFewer)
            },
            "Dos casetas más: +5.0 min (+4.0 a +6.0), pero no se considera peor, pues deja menos camiones varados; 2.0 \
             camiones varados menos por corrida",
        );
    }

    #[test]
    fn detection_and_other_measures_are_told() {
        let found = |worst| DetectionChange {
            kind: "narcotics".to_owned(),
            difference: mean(0.052, 0.004),
            worst,
            softest: Some(("empty".to_owned(), 0.123)),
        };
        let better = minutes(-5.0, -6.0, -4.0);
        let with = |worst| Comparison {
            detection: vec![found(worst)],
            ..comparison(better, Verdict::ClearlyBetter)
        };
        check(
            &with(mean(0.02, 0.01)),
            "Dos casetas más: −5.0 min (−6.0 a −4.0), claramente mejor; detección de narcotics: +5.2 puntos porcentuales \
             (+4.8 a +5.6), 12.3 % en la clase más vulnerable, empty (+2.0 puntos)",
        );
        check(
            &with(mean(0.0, 0.01)),
            "Dos casetas más: −5.0 min (−6.0 a −4.0), claramente mejor; detección de narcotics: +5.2 puntos porcentuales \
             (+4.8 a +5.6), 12.3 % en la clase más vulnerable, empty (igual que antes)",
        );
        let index = entry_of("buffer_index", Measure::BufferIndex, Statistic::Value, Unit::Number);
        assert_eq!(
            spanish("Dos casetas más", &index, 0, &comparison(mean(-0.5, 0.1), Verdict::ClearlyBetter), None),
            "Dos casetas más: índice de holgura, −0.50 (−0.60 a −0.40), claramente mejor"
        );
    }

    /// A study from its file to its sentences: numbers are the same in both languages.
    #[test]
    fn both_languages_tell_the_same_numbers() {
        let text = include_str!("../../../scenarios/2-two-booths/study.toml").replace(
            "[scenario.third-booth]",
            "[scenario.third-booth]\ntitle = { en = \"One more booth\", es = \"Una caseta más\" }",
        );
        let text = text.replace("20 days", "3 days").replace("replications = 20", "replications = 4");
        let plan = crate::scenario::load_text("two-booths", &text).plan.unwrap();
        let never = std::sync::atomic::AtomicBool::new(false);
        let options = crate::experiment::Options::default();
        let result = crate::experiment::run(&plan, &options, &|_| {}, &never).unwrap();
        let numbers = |text: &str| {
            let is_number = |c: char| c.is_ascii_digit() || ".,+−".contains(c);
            let numbers = text.split(|c: char| !is_number(c)).map(|part| part.trim_end_matches(['.', ',']));
            numbers.filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<String>>()
        };
        for (place, comparison) in result.comparisons.iter().enumerate() {
            let told = sentence(&plan, &result, place);
            assert_eq!(told.en, comparison.sentence);
            assert_eq!(numbers(&told.en), numbers(&told.es), "{told:?}");
        }
        let last = sentence(&plan, &result, result.comparisons.len() - 1);
        assert!(last.en.starts_with("One more booth: −"), "{last:?}");
        assert!(last.es.starts_with("Una caseta más: −") && last.es.contains("claramente mejor"), "{last:?}");
        assert!(sentence(&plan, &result, 0).es.starts_with("line-each: "), "a name where there is no title");
    }

    #[test]
    fn titles_are_text_and_never_cut() {
        let title = "é".repeat(1_000);
        let told = whole(&spanish(
            &title,
            &crossing_time(),
            0,
            &comparison(Mean::default(), Verdict::NotSettled),
            None,
        ));
        assert!(told.starts_with(&title));
    }
}
