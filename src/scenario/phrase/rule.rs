//! Staffing rules, posted waits, targets and goals as phrases, from text and back.

use std::fmt;
use std::str::FromStr;

use super::scan::{Dimension, PhraseError, Scanner, seconds_text, tidy};
use super::{
    BreaksPhrase, Count, DurationPhrase, FullPhrase, GoalPhrase, MarginPhrase, PostedPhrase, QuantityKind,
    Rate, RulePhrase, TargetPhrase, WantPhrase,
};
use crate::kernel::time::SimDuration;
use crate::model::network::{Posted, Trigger};
use crate::scenario::limit::{MOST_COUNTED, MOST_LANES};

/// The shortest period of breaks.
const SHORTEST_PERIOD: SimDuration = SimDuration::from_mins(10);

const RULE_EXAMPLE: &str = "2..6 lanes, open when queue >= 20 per lane, close when queue <= 12 per lane";

impl FromStr for RulePhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let (least, most) = lanes(&mut scanner)?;
        let lanes_span = scanner.span_from(0);
        let (mut open, mut close, mut set_up, mut least_open, mut priority) = (None, None, None, None, None);
        let mut planned = None;
        while scanner.eat(",") {
            let start = scanner.here();
            let twice = if scanner.eat_word("as") {
                if !scanner.eat_word("planned") {
                    return Err(scanner.expected("`planned`"));
                }
                planned.replace(scanner.span_from(start)).is_some()
            } else if scanner.eat_word("open") {
                open.replace((trigger(&mut scanner, ">=")?, scanner.span_from(start))).is_some()
            } else if scanner.eat_word("close") {
                close.replace((trigger(&mut scanner, "<=")?, scanner.span_from(start))).is_some()
            } else if scanner.eat_word("set-up") {
                set_up.replace(duration(&mut scanner)?).is_some()
            } else if scanner.eat_word("at") {
                if !scanner.eat_word("least") {
                    return Err(scanner.expected("`least`"));
                }
                least_open.replace(duration(&mut scanner)?).is_some()
            } else if scanner.eat_word("priority") {
                priority.replace(scanner.whole("a whole number", MOST_COUNTED)?.0).is_some()
            } else {
                return Err(scanner.expected(
                    "`as planned`, `open when`, `close when`, `set-up`, `at least` or `priority`",
                ));
            };
            if twice {
                return Err(PhraseError::new("E0212", scanner.span_from(start), "this is said twice")
                    .label("once is enough"));
            }
        }
        scanner.end()?;
        let want = match (planned, open, close) {
            (None, None, None) if least == most => WantPhrase::Fixed,
            (None, None, None) => {
                let error =
                    PhraseError::new("E0211", lanes_span, "the rule does not say when lanes open and close")
                        .label("between these, but when?");
                return Err(error.help(format!("write `{RULE_EXAMPLE}`, or `as planned`")));
            }
            (Some(_), None, None) => WantPhrase::Planned,
            (Some(span), _, _) => {
                return Err(PhraseError::new("E0210", span, "lanes follow the plan or the queue, not both")
                    .label("take this or the others out"));
            }
            (None, Some((open, span)), Some((close, _))) => {
                contradiction(open, close, span)?;
                WantPhrase::Follow { open, close }
            }
            (None, Some((_, span)), None) => {
                return Err(PhraseError::new("E0211", span, "the rule opens lanes and never closes them")
                    .label("add `close when ...`"));
            }
            (None, None, Some((_, span))) => {
                return Err(PhraseError::new("E0211", span, "the rule closes lanes and never opens them")
                    .label("add `open when ...`"));
            }
        };
        Ok(RulePhrase {
            least,
            most,
            want,
            set_up: set_up.unwrap_or(SimDuration::ZERO),
            least_open: least_open.unwrap_or(SimDuration::ZERO),
            priority: priority.unwrap_or(1),
        })
    }
}

/// `2..6 lanes`, `2 lanes`, `1 lane`.
fn lanes(scanner: &mut Scanner<'_>) -> Result<(u32, u32), PhraseError> {
    let start = scanner.here();
    let (least, _) = scanner.whole("a whole number of lanes", MOST_LANES)?;
    let most =
        if scanner.eat("..") { scanner.whole("a whole number of lanes", MOST_LANES)?.0 } else { least };
    let span = scanner.span_from(start);
    if !scanner.eat_word("lanes") && !scanner.eat_word("lane") {
        return Err(scanner.expected("`lanes`").help(format!("write it like `{RULE_EXAMPLE}`")));
    }
    if most < least {
        return Err(PhraseError::new("E0210", span, format!("the range ends at {most}, before it begins"))
            .label("the smaller number comes first"));
    }
    Ok((least, most))
}

fn duration(scanner: &mut Scanner<'_>) -> Result<SimDuration, PhraseError> {
    Ok(SimDuration::from_seconds(scanner.quantity(Dimension::Duration)?.value))
}

/// `when queue >= 20 per lane`, `when queue >= 40`, `when wait >= 20 min`.
fn trigger(scanner: &mut Scanner<'_>, sign: &str) -> Result<Trigger, PhraseError> {
    if !scanner.eat_word("when") {
        return Err(scanner.expected("`when`"));
    }
    bare_trigger(scanner, sign)
}

fn bare_trigger(scanner: &mut Scanner<'_>, sign: &str) -> Result<Trigger, PhraseError> {
    let queue = scanner.eat_word("queue");
    if !queue && !scanner.eat_word("wait") {
        return Err(scanner.expected("`queue` or `wait`"));
    }
    if !scanner.eat(sign) && !scanner.eat(if sign == ">=" { "≥" } else { "≤" }) {
        return Err(scanner.expected(&format!("`{sign}`")));
    }
    if !queue {
        return duration(scanner).map(Trigger::Wait);
    }
    let number = scanner.number()?;
    if number.value > f64::from(MOST_COUNTED) {
        return Err(PhraseError::new("E0205", number.span, "the queue is too long")
            .label(format!("at most {MOST_COUNTED} here")));
    }
    if scanner.eat_word("trucks") && scanner.is_done() {
        return Ok(Trigger::Queue(number.value));
    }
    if !scanner.eat_word("per") {
        return Ok(Trigger::Queue(number.value));
    }
    if !scanner.eat_word("lane") && !scanner.eat_word("open") {
        return Err(scanner.expected("`lane`"));
    }
    scanner.eat_word("lane");
    Ok(Trigger::QueuePerLane(number.value))
}

/// Opening and closing at the same queue would flutter; closing above opening makes no sense at all.
fn contradiction(open: Trigger, close: Trigger, span: std::ops::Range<usize>) -> Result<(), PhraseError> {
    let crossed = match (open, close) {
        (Trigger::Queue(open), Trigger::Queue(close))
        | (Trigger::QueuePerLane(open), Trigger::QueuePerLane(close)) => close >= open,
        (Trigger::Wait(open), Trigger::Wait(close)) => close >= open,
        // Different quantities can always both hold; which is larger depends on the truck.
        (Trigger::Queue(_) | Trigger::QueuePerLane(_) | Trigger::Wait(_), _) => false,
    };
    if crossed {
        let error = PhraseError::new("E0210", span, "lanes would close at a line that opens them")
            .label("must lie above the threshold that closes");
        return Err(error.help("leave a gap, so that lanes do not flutter: open at 20, close at 12"));
    }
    Ok(())
}

/// `queue >= 20 per lane`, without `when`, as overrides of `.open` and `.close` write it.
fn trigger_text(trigger: Trigger, sign: &str) -> String {
    match trigger {
        Trigger::Queue(trucks) => format!("queue {sign} {}", tidy(trucks)),
        Trigger::QueuePerLane(trucks) => format!("queue {sign} {} per lane", tidy(trucks)),
        Trigger::Wait(wait) => format!("wait {sign} {}", seconds_text(wait.seconds())),
    }
}

fn parse_trigger(text: &str, sign: &str) -> Result<Trigger, PhraseError> {
    let mut scanner = Scanner::new(text);
    scanner.eat_word("when");
    let trigger = bare_trigger(&mut scanner, sign)?;
    scanner.end()?;
    Ok(trigger)
}

fn lanes_text(least: u32, most: u32) -> String {
    if least == most { least.to_string() } else { format!("{least}..{most}") }
}

/// `4..8`, `4`, with or without `lanes`.
fn parse_lanes(text: &str) -> Result<(u32, u32), PhraseError> {
    let text = if text.contains("lane") { text.to_owned() } else { format!("{text} lanes") };
    let mut scanner = Scanner::new(&text);
    let range = lanes(&mut scanner)?;
    scanner.end()?;
    Ok(range)
}

impl RulePhrase {
    /// A part as text; `None` when the rule has none.
    pub(crate) fn part(&self, name: &str) -> Option<String> {
        match (name, self.want) {
            ("lanes", _) => Some(lanes_text(self.least, self.most)),
            ("open", WantPhrase::Follow { open, .. }) => Some(trigger_text(open, ">=")),
            ("close", WantPhrase::Follow { close, .. }) => Some(trigger_text(close, "<=")),
            ("set-up", _) => Some(DurationPhrase(self.set_up).to_string()),
            ("at-least", _) => Some(DurationPhrase(self.least_open).to_string()),
            ("priority", _) => Some(self.priority.to_string()),
            _ => None,
        }
    }

    /// The rule with a part replaced.
    pub(crate) fn with_part(&self, name: &str, value: &str) -> Result<RulePhrase, PhraseError> {
        let mut rule = *self;
        match (name, &mut rule.want) {
            ("lanes", _) => (rule.least, rule.most) = parse_lanes(value)?,
            ("open", WantPhrase::Follow { open, .. }) => *open = parse_trigger(value, ">=")?,
            ("close", WantPhrase::Follow { close, .. }) => *close = parse_trigger(value, "<=")?,
            ("set-up", _) => rule.set_up = value.parse::<DurationPhrase>()?.0,
            ("at-least", _) => rule.least_open = value.parse::<DurationPhrase>()?.0,
            ("priority", _) => rule.priority = value.parse::<Count>()?.0,
            _ => return Err(PhraseError::new("E0208", 0..value.len(), format!("the rule has no `{name}`"))),
        }
        if let WantPhrase::Follow { open, close } = rule.want {
            contradiction(open, close, 0..value.len())?;
        }
        Ok(rule)
    }
}

impl fmt::Display for RulePhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", lanes_text(self.least, self.most), if self.most == 1 { "lane" } else { "lanes" })?;
        match self.want {
            WantPhrase::Fixed => {}
            WantPhrase::Planned => f.write_str(", as planned")?,
            WantPhrase::Follow { open, close } => write!(
                f,
                ", open when {}, close when {}",
                trigger_text(open, ">="),
                trigger_text(close, "<=")
            )?,
        }
        if self.set_up > SimDuration::ZERO {
            write!(f, ", set-up {}", DurationPhrase(self.set_up))?;
        }
        if self.least_open > SimDuration::ZERO {
            write!(f, ", at least {}", DurationPhrase(self.least_open))?;
        }
        if self.priority != 1 {
            write!(f, ", priority {}", self.priority)?;
        }
        Ok(())
    }
}

impl FromStr for FullPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let full = if scanner.eat_word("block") {
            FullPhrase::Block
        } else if scanner.eat_word("turn-away") {
            FullPhrase::TurnAway
        } else if scanner.eat_word("divert") {
            let Some(place) = scanner.name() else {
                return Err(scanner.expected("a station, a road or `exit`"));
            };
            FullPhrase::Divert(place.to_owned())
        } else {
            return Err(scanner.expected("`block`, `turn-away` or `divert PLACE`"));
        };
        scanner.end()?;
        Ok(full)
    }
}

impl fmt::Display for FullPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FullPhrase::Block => f.write_str("block"),
            FullPhrase::TurnAway => f.write_str("turn-away"),
            FullPhrase::Divert(place) => write!(f, "divert {place}"),
        }
    }
}

impl FromStr for BreaksPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let length = duration(&mut scanner)?;
        if !scanner.eat_word("every") {
            return Err(scanner.expected("`every`"));
        }
        let start = scanner.here();
        let period = duration(&mut scanner)?;
        let (whole, span) = (scanner.span_from(0), scanner.span_from(start));
        let together = scanner.eat(",") && {
            let together = scanner.eat_word("together");
            if !together && !scanner.eat_word("staggered") {
                return Err(scanner.expected("`staggered` or `together`"));
            }
            together
        };
        scanner.end()?;
        if period < SHORTEST_PERIOD {
            return Err(PhraseError::new("E0205", span, "breaks cannot follow one another so fast")
                .label(format!("at least {} here", seconds_text(SHORTEST_PERIOD.seconds()))));
        }
        if length >= period || length == SimDuration::ZERO {
            return Err(PhraseError::new("E0210", whole, "a break does not fit into its period")
                .label("more than zero and less than the period"));
        }
        Ok(BreaksPhrase { length, period, together })
    }
}

impl fmt::Display for BreaksPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |duration: SimDuration| seconds_text(duration.seconds());
        write!(f, "{} every {}", text(self.length), text(self.period))?;
        f.write_str(if self.together { ", together" } else { "" })
    }
}

impl FromStr for PostedPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut posted = PostedPhrase::default().0;
        let mut scanner = Scanner::new(text);
        let mut said: Vec<&str> = Vec::new();
        while !scanner.is_done() {
            let start = scanner.here();
            if !said.is_empty() && !scanner.eat(",") {
                return Err(scanner.expected("`,`"));
            }
            let clause = if scanner.eat_word("every") {
                posted.interval = duration(&mut scanner)?;
                if posted.interval == SimDuration::ZERO {
                    return Err(PhraseError::new(
                        "E0205",
                        scanner.span_from(start),
                        "a wait cannot be posted every 0 s",
                    )
                    .label("more than zero"));
                }
                "every"
            } else if scanner.eat_word("lag") {
                posted.lag = duration(&mut scanner)?;
                "lag"
            } else if scanner.eat_word("over") {
                posted.window = duration(&mut scanner)?;
                if posted.window == SimDuration::ZERO {
                    let span = scanner.span_from(start);
                    let error = PhraseError::new("E0205", span, "no truck takes a booth within 0 s");
                    return Err(error.label("more than zero"));
                }
                "over"
            } else if scanner.eat_word("rounded") {
                if !scanner.eat_word("to") {
                    return Err(scanner.expected("`to`"));
                }
                posted.rounding = duration(&mut scanner)?;
                "rounded"
            } else if scanner.eat_word("at") {
                if !scanner.eat_word("most") {
                    return Err(scanner.expected("`most`"));
                }
                posted.cap = Some(duration(&mut scanner)?);
                "at most"
            } else {
                return Err(scanner.expected("`every`, `lag`, `over`, `rounded to` or `at most`"));
            };
            if said.contains(&clause) {
                return Err(PhraseError::new(
                    "E0212",
                    scanner.span_from(start),
                    format!("`{clause}` is said twice"),
                )
                .label("once is enough"));
            }
            said.push(clause);
        }
        Ok(PostedPhrase(posted))
    }
}

impl Default for PostedPhrase {
    fn default() -> Self {
        PostedPhrase(Posted {
            interval: SimDuration::from_mins(60),
            lag: SimDuration::ZERO,
            window: SimDuration::from_mins(15),
            rounding: SimDuration::ZERO,
            cap: None,
        })
    }
}

impl fmt::Display for PostedPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let posted = self.0;
        let text = |duration: SimDuration| seconds_text(duration.seconds());
        write!(
            f,
            "every {}, lag {}, over {}, rounded to {}",
            text(posted.interval),
            text(posted.lag),
            text(posted.window),
            text(posted.rounding)
        )?;
        match posted.cap {
            Some(cap) => write!(f, ", at most {}", text(cap)),
            None => Ok(()),
        }
    }
}

/// A number with or without a unit, in base units.
fn any_quantity(scanner: &mut Scanner<'_>) -> Result<(f64, QuantityKind), PhraseError> {
    let number = scanner.number()?;
    let Some((unit, span)) = scanner.unit()? else {
        return Ok((number.value, QuantityKind::Number));
    };
    let kind = match unit.dimension {
        Dimension::Duration => QuantityKind::Duration,
        Dimension::Share => QuantityKind::Share,
        Dimension::Rate => QuantityKind::Rate,
        Dimension::Length => {
            return Err(PhraseError::new("E0203", span, "no measure is a length")
                .label("a duration, a share, a rate or a number is expected"));
        }
    };
    Ok((unit.to_base(number.value), kind))
}

fn any_text(value: f64, kind: QuantityKind) -> String {
    match kind {
        QuantityKind::Duration => seconds_text(value),
        QuantityKind::Share => format!("{} %", tidy(value * 100.0)),
        QuantityKind::Rate => Rate { per_hour: value }.to_string(),
        QuantityKind::Number => value.to_string(),
    }
}

impl FromStr for TargetPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        if !scanner.eat_word("difference") {
            return Err(scanner
                .expected("`difference`")
                .help("write `difference crossing_time.mean +/- 1 min`"));
        }
        let Some((measure, _)) = scanner.word() else {
            return Err(scanner.expected("a measure"));
        };
        if !scanner.eat("+/-") && !scanner.eat("±") {
            return Err(scanner.expected("`+/-`"));
        }
        let start = scanner.here();
        let (half_width, kind) = any_quantity(&mut scanner)?;
        if half_width == 0.0 {
            return Err(PhraseError::new(
                "E0205",
                scanner.span_from(start),
                "no number of replications makes a half-width zero",
            )
            .label("more than zero"));
        }
        scanner.end()?;
        Ok(TargetPhrase { measure: measure.to_owned(), half_width, kind })
    }
}

impl fmt::Display for TargetPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "difference {} +/- {}", self.measure, any_text(self.half_width, self.kind))
    }
}

impl FromStr for GoalPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let at_most = scanner.eat("<=") || scanner.eat("≤");
        if !at_most && !scanner.eat(">=") && !scanner.eat("≥") {
            return Err(scanner.expected("`<=` or `>=`").help("write `<= 90 min` or `>= 95 %`"));
        }
        let (limit, kind) = any_quantity(&mut scanner)?;
        scanner.end()?;
        Ok(GoalPhrase { at_most, limit, kind })
    }
}

impl FromStr for MarginPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let start = scanner.here();
        let (margin, kind) = any_quantity(&mut scanner)?;
        if margin == 0.0 {
            let told = "no number of replications tells what differs by nothing";
            return Err(PhraseError::new("E0205", scanner.span_from(start), told).label("more than zero"));
        }
        scanner.end()?;
        Ok(MarginPhrase { margin, kind })
    }
}

impl fmt::Display for MarginPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&any_text(self.margin, self.kind))
    }
}

impl fmt::Display for GoalPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", if self.at_most { "<=" } else { ">=" }, any_text(self.limit, self.kind))
    }
}
