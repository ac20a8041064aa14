//! What each code of a mistake of meaning (E03xx) or of a warning (W04xx) stands for.
//!
//! One entry per code: the code, a title, and a paragraph with the way out. Codes are never given a
//! new meaning. Start at [`MEANINGS`].

/// (code, title, explanation), in order of codes.
pub const MEANINGS: [(&str, &str, &str); 62] = [
    (
        "E0301",
        "a name leads nowhere",
        "`entry`, `next`, the targets of `route`, `full`, `refer`, `random_to`, `alarm`, `late` and `clears`, `border_wait.from` and `border_wait.at` name stations (or roads, or `exit`) \
         of the same file. Names are lower-case letters, digits and hyphens, spelled alike everywhere: \
         `next = \"bridge\"` needs `[road.bridge]` or `[station.bridge]`.",
    ),
    (
        "E0302",
        "there is no such class",
        "`accepts`, `service.CLASS`, `route.CLASS`, `priority`, `patience.CLASS`, `balking.CLASS`, `demand.class` and the column `class` of a trace name classes: each needs a \
         table `[class.NAME]`. `service.rest` stands for the classes that are not named.",
    ),
    (
        "E0303",
        "there is no such lane group",
        "Rules and plans of officers name a group as `\"station.group\"`, for example `rule.\"primary.standard\"`; observed waits \
         name a group of the station at `border_wait.at`.",
    ),
    (
        "E0304",
        "a name that could mean two things",
        "A station and a road cannot share a name, `exit` is the way out, `trucks` and `rest` are words of the format, and a \
         class cannot be called like a place that `route` names. Rename one of the two.",
    ),
    (
        "E0305",
        "nothing leads to the station",
        "No `entry`, `next`, `route`, `refer`, `random_to`, `alarm` or `late` of any scenario names the station, so that no truck could ever come. A station that is \
         named, but that no truck reaches, is a warning (W0411).",
    ),
    (
        "E0306",
        "there is no such violation",
        "`sees.KIND` of a station and the column `violation` of a trace name kinds of violations: each needs a section \
         `[violation.NAME]` with its `rate`. A truck of a trace that hides nothing has `none`.",
    ),
    (
        "E0310",
        "shares of more than 100 %",
        "Shares of one whole cannot exceed it: classes that are a share of the same parent, or the routes of one class at one \
         station. What is left of 100 % goes to the class with share `rest`, or along `next`.",
    ),
    (
        "E0311",
        "shares of less than 100 %",
        "Every truck has a class. When the shares of a parent do not reach 100 %, give one class the share `rest`. `laden` \
         stands for the trucks that are no other share of `trucks`.",
    ),
    (
        "E0312",
        "a share of something that is no class",
        "A share is a share of `trucks` (all of them), of `laden` (those that no other share of `trucks` claims), or of another \
         class: `share = \"25 % of laden\"`.",
    ),
    (
        "E0313",
        "classes that depend on one another",
        "A class cannot be, over its parents, a share of itself, and only one class takes the rest of a parent.",
    ),
    (
        "E0314",
        "the day's profile does not sum to 100 %",
        "`by_hour` spreads `volume` over the day, so its shares sum to 100 % (0.1 % off is taken for rounding). A scenario that \
         overrides one hour is not evened out: it changes the day's volume, and a warning says by how much.",
    ),
    (
        "E0315",
        "a day factor whose mean is not 1",
        "`day_factor` has mean 1: otherwise `volume` would not be the volume of a mean day. Weekdays and months are \
         plain factors on `volume`, the volume of an ordinary day: 100 % changes nothing.",
    ),
    (
        "E0316",
        "a share or factor out of range",
        "Shares and factors of demand are 0 % or more, shares of trucks and chances to see something at most 100 %, and the kinds of violations of a class at most 100 % together; growth is above -100 % a year; a pace of \
         service is from 10 % to 1000 %.",
    ),
    (
        "E0317",
        "qualities of manifests that do not sum to 100 %",
        "Every manifest has a quality: the shares of `manifest.quality` sum to 100 % for each class. Leave the share of one of \
         them out, and it is the rest.",
    ),
    (
        "E0318",
        "a sensitivity of more than 100 %",
        "`sees.KIND` is the chance that a look sees what is there (sensitivity, or probability of detection): 100 % at most.",
    ),
    (
        "E0320",
        "no way to the exit",
        "From wherever trucks of a class can come, they must be able to reach `exit`. Follow the loop in the message: one of its \
         `next` or `route` lines should lead out.",
    ),
    (
        "E0321",
        "the border wait is on no way",
        "Trucks must be able to go from `border_wait.from`, where the line begins, to the primary station at `border_wait.at`.",
    ),
    (
        "E0322",
        "nobody accepts the class",
        "A class comes to a station where no lane group accepts it. A group without `accepts` takes the classes that no other \
         group of the station names.",
    ),
    (
        "E0323",
        "no service time for the class",
        "A lane group accepts a class that comes, and neither the group nor its station has a service time for it: add \
         `service.CLASS`, or `service.rest` for all that are not named.",
    ),
    (
        "E0324",
        "two groups accept the class",
        "When several groups of a station accept a class, `preference` says which one its trucks choose first: a different \
         number for each, lower first. The order in the file never decides.",
    ),
    (
        "E0327",
        "the overflow group cannot serve the class",
        "Trucks that find the `room` of their group full go to its `overflow` group for good, whatever that group `accepts`; it needs a \
         service time for each of their classes: `service.CLASS` of the station or of the group.",
    ),
    (
        "E0330",
        "exactly one of volume, headway, trace and appointments",
        "A stream says once when its trucks arrive: `volume` (trucks per day, with profiles), `headway` (time between trucks) \
         or `trace` (a list of trucks). Two kinds of demand are two streams.",
    ),
    (
        "E0331",
        "two values contradict each other",
        "Both keys are given and only one of them can hold, for example `room` and `length` of a road. Keep one.",
    ),
    (
        "E0332",
        "a value needs another one",
        "A key makes no sense without another: `growth` needs `growth_from`, `open = \"officers\"` needs a rule that names the \
         group, `as planned` needs `plan`, `random_exam` needs `random_to`, `alarm` needs `sees`, `late` needs `[manifest]`. \
         A table by class names at least one class.",
    ),
    (
        "E0333",
        "fewer lanes than the rule opens at least",
        "A rule keeps at least some lanes open; as many must be built in `servers`.",
    ),
    (
        "E0335",
        "nothing is left to observe",
        "`warm_up` is the part of `run_length` at its beginning that is not observed, so it must be shorter.",
    ),
    (
        "E0336",
        "the split lies beyond the road",
        "`split` is how many of the last places of a road have a lane of their own per group; a road cannot have more of them \
         than places. As a length it is divided by `spacing`.",
    ),
    (
        "E0337",
        "a score policy without a score",
        "`refer` sends trucks elsewhere by score, and no truck has one: add a `[violation.NAME]` with the `separation` of its \
         scores, or list scores in a trace. A share `of all` needs no score.",
    ),
    (
        "E0340",
        "not a key of this table",
        "Tables by time have times (`06:00`, `6`), ranges (`06:00-14:00`), or either after a day: `sat 08:00`, \
         `mon-fri 06:00`, `2023-10-07 08:00`. One table has times or ranges, not both. Past midnight is `26:30`.",
    ),
    (
        "E0341",
        "two rows for one time",
        "Two rows hold at the same time: the same time in two spellings, ranges that overlap, or ranges of weekdays that \
         share a day. A more specific day may always stand beside a less specific one: it wins.",
    ),
    (
        "E0342",
        "no row for some time",
        "A day of the run has no rows, a range ends before the next begins, or shares of the day do not reach from 00:00 to \
         24:00. Rows that are times hold until the next row, over midnight too.",
    ),
    (
        "E0343",
        "not opening hours",
        "Write `06:00-24:00`, `22:00-06:00` for past midnight, `06:00-12:00, 13:00-18:00`, or `closed`; they begin before 24:00 and end at \
         most 24 hours later; by day \
         `{ mon-fri = \"06:00-24:00\", sat = \"08:00-16:00\", sun = \"closed\" }`.",
    ),
    (
        "E0344",
        "not a date or time zone",
        "Dates are `2023-10-03`, from 1970 on, and days that the zone has (some skipped one); time zones have IANA names such as `America/Denver`. Their rules are part of the \
         program, so results do not depend on the machine.",
    ),
    (
        "E0350",
        "out of range",
        "Every count and time has a limit, so that a slip of the finger is found at once: `cruce explain limits` \
         lists them all.",
    ),
    (
        "E0351",
        "not a distribution",
        "The numbers of a distribution do not fit one another, or what it reads from a file is none.",
    ),
    (
        "E0352",
        "a truck of the trace cannot be read",
        "Arrivals are times since the start of the run (`06:15:30`; hours may pass 24) or durations (`95 min`); an `id`, where \
         there is one, is different for every truck.",
    ),
    (
        "E0353",
        "too many batches an hour",
        "A stream has at most 65,535 batches an hour: split it into several streams.",
    ),
    (
        "E0354",
        "an event lies outside the run",
        "It begins after the run length or ends before the run begins, so nothing would come of it. Mind the date in `from` \
         and the first day in `study.start`; `happens = false` turns an event off.",
    ),
    (
        "E0361",
        "a sweep, a search or an uncertain input that cannot be read",
        "A sweep varies keys over levels, `vary.\"demand.northbound.volume\" = [\"+0 %\", \"+15 %\"]`, or, where points are \
         sampled (`design = \"latin-hypercube 256\"` or `\"sobol 1024\"`), over ranges: `\"60..110 s\"`, `\"+0 %..+30 %\"`, \
         `\"x0.8..x1.2\"`. The second end is larger than the first, in the same unit. An uncertain input has a range, a law or a \
         list of values; of a distribution say which part is uncertain, `service.mean`. A search chooses among levels too, and needs `[goals]`.",
    ),
    (
        "E0370",
        "a price in another currency",
        "All prices of a study are in `money.currency`, of the year `money.price_year`. Convert the others: rates of \
         exchange are no part of the file.",
    ),
    (
        "W0401",
        "demand exceeds capacity",
        "More trucks come per hour than the lanes can serve that may be open at most: lanes × 3600 ÷ (mean service + \
         move-up). A queue grows over these hours, and results depend on how long they last.",
    ),
    (
        "W0402",
        "a changed hour is not evened out",
        "A scenario changed some hours of `by_hour`, so the day brings more or less than `volume`. This is meant so: changing \
         ten o'clock leaves eleven alone.",
    ),
    (
        "W0403",
        "demand while closed",
        "Trucks arrive while their entry station is closed, or come to a station behind it while that one is closed, and \
         wait until it opens. By arithmetic, as if nothing held trucks up on the way.",
    ),
    (
        "W0404",
        "a short road",
        "The trucks that are on the road without any queue (trucks per hour × travel time) do not fit on it, or it has fewer \
         places than lanes: it will block the station behind.",
    ),
    ("W0405", "a scenario that changes nothing", "Every value is the same as in the baseline."),
    (
        "W0406",
        "lanes that nobody opens",
        "A plan or rule opens more lanes than are built, or lanes were added and no plan, rule or number of officers opens \
         them. Booths alone change nothing: raise `servers`, the rule and `on_duty` together.",
    ),
    (
        "W0407",
        "a quantile of few trucks",
        "Fewer than ten trucks of a replication lie beyond the quantile that a goal or target names, so it is noise.",
    ),
    (
        "W0408",
        "service times far apart",
        "One laden class takes more than five times as long as another at the same station: perhaps minutes were meant for \
         seconds. Less is usual: a trusted truck may take a fourth of the time of another. \
         Empty trucks and bobtails are left out (classes that are no share of `laden`): that they are quicker is no news.",
    ),
    (
        "W0409",
        "a table that begins after midnight",
        "Until the first row of a day what held the day before goes on. A row at `00:00` makes it clear.",
    ),
    (
        "W0410",
        "fewer officers than lanes",
        "At some time fewer officers are on duty than the rules keep lanes open at least; lanes of lower priority stay closed.",
    ),
    (
        "W0411",
        "a place without trucks",
        "No truck can come to this station, or none of those that come may use this lane group.",
    ),
    ("W0412", "trucks after the end", "Listed trucks that arrive after the run length are left out."),
    (
        "W0413",
        "overtaking without difference",
        "Where all trucks take the same time nobody overtakes: give `travel` a distribution.",
    ),
    (
        "W0414",
        "a source without a value",
        "`[source]` names a path at which the study has no value: perhaps it was renamed.",
    ),
    (
        "W0421",
        "nobody can leave there",
        "Trucks give up (`patience`) or turn round (`balking`) at a station to which a road with limited room leads, or that lies \
         behind one. Nobody can leave a bridge: patience ends upstream of the toll. If there is a way out (a gate before the \
         booths), the rule is right as it stands.",
    ),
    (
        "W0422",
        "a rule that never comes to bear",
        "Classes that all have the same priority, preemption without a class of lower priority, an overflow into a group without \
         places or lanes, a diversion beyond the largest wait that is posted or posted after the run, appointments or failures \
         outside of the run, rules of a line in a yard without limit (where nobody waits), `room` and `full` of a station that trucks \
         reach by road alone, tables without rows, events that set nothing: nothing would change if the key were left out.",
    ),
    (
        "W0423",
        "lanes that are down more than up",
        "The mean time to repair is longer than the mean time from a repair to the next failure: perhaps the two were exchanged, \
         or minutes were meant for hours.",
    ),
    (
        "W0424",
        "patience that ends at once",
        "Trucks would on average wait less than it takes to move up into a booth, so nearly all that queue leave: perhaps \
         seconds were meant for minutes.",
    ),
    (
        "W0425",
        "a class that never comes to primary",
        "`border_wait.at` names the primary station, and trucks of the class reach the exit without it: a `next` or a `route` \
         leads past it, or their own primary station is another one.",
    ),
    (
        "W0426",
        "nobody can find the violation",
        "No station without `alarm` has `sees` for the kind, so whatever is scanned, none is ever found: detection is 0 %.",
    ),
    (
        "W0427",
        "results that stop nobody",
        "A review with `release = true` lets trucks go on, and no way from it leads to a station with `recalls = true`: by the time its \
         results are known, nobody is there who could act on them.",
    ),
    (
        "W0428",
        "what is found can only be counted",
        "How likely a violation is found is worked out from the rules that a truck meets. An event changes where trucks go, \
         or what is looked for, while some are under way, so what is found is counted instead: detection is right, its interval is \
         wider, and a replication in which no truck hides the kind tells nothing of it. Choose a longer run or more replications.",
    ),
];
