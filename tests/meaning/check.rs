//! Every mistake of meaning has its code and its message.

use crate::study::{BOOTH, PORT, classes, demand, port, with, wrong};

#[test]
fn shares_of_classes_must_fit() {
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[("a", "60 % of trucks"), ("b", "50 % of trucks")], "E0310 the shares of `trucks` sum to 110 %"),
        (&[("a", "60 % of trucks"), ("b", "30 % of trucks")], "E0311 10 % of `trucks` belong to no class"),
        (&[("a", "60 % of trucks"), ("b", "30 % of laden")], "E0311 70 % of `laden` belong to no class"),
        (&[("a", "60 % of lorries"), ("b", "rest")], "E0312 `a` is a share of `lorries`, which is no class"),
        (&[("a", "rest"), ("b", "rest")], "E0313 `a` and `b` both want the rest of `trucks`"),
        (
            &[("a", "rest of trucks"), ("b", "rest of laden")],
            "E0313 `a` and `laden` both are the rest of `trucks`",
        ),
        (
            &[("a", "10 % of b"), ("b", "10 % of a"), ("c", "rest")],
            "E0313 `a` is, over its parents, a share of itself\nE0313 `b` is, over its parents, a share of itself",
        ),
        (&[("a", "100 % of a")], "E0313 `a` is, over its parents, a share of itself"),
        (&[("rest", "100 % of trucks")], "E0304 a class cannot be called `rest`"),
    ];
    for (shares, expected) in cases {
        assert_eq!(wrong(&classes(shares)), expected, "{shares:?}");
    }
}

/// A change of the port and what is wrong with it then.
fn check_port(cases: &[(&str, &str, &str)]) {
    for (old, new, expected) in cases {
        assert_eq!(wrong(&port(&[(old, new)])), *expected, "`{old}` -> `{new}`");
    }
}

#[test]
fn the_bases_have_nothing_wrong() {
    assert_eq!(wrong(BOOTH), "");
    assert_eq!(wrong(PORT), "");
}

#[test]
fn names_must_lead_somewhere() {
    check_port(&[
        ("entry = \"toll\"", "entry = \"tol\"", "E0301 there is no station `tol`"),
        ("next = \"bridge\"", "next = \"brigde\"", "E0301 there is no station or road `brigde`"),
        ("next = \"primary\"", "next = \"prim\"", "E0301 there is no station or road `prim`"),
        (
            "route.secondary = \"5 %\"",
            "route.secondery = \"5 %\"",
            "E0301 there is no station or road `secondery`",
        ),
        (
            "route.secondary = \"5 %\"",
            "route.fast = \"5 %\"",
            "E0301 `route.fast` names a class and gives one share",
        ),
        ("at = \"primary\"", "at = \"booths\"", "E0301 there is no station `booths`"),
        ("accepts = [\"fast\"]", "accepts = [\"fats\"]", "E0302 there is no class `fats`"),
        ("service.fast", "service.fastt", "E0302 there is no class `fastt`"),
        ("route.standard.secondary", "route.standart.secondary", "E0302 there is no class `standart`"),
        (
            "rule.\"primary.standard\"",
            "rule.\"primary.standart\"",
            "E0303 there is no lane group `primary.standart`",
        ),
        (
            "at = \"primary\"",
            "at = \"primary\"\nobserved.express = { 8 = 20 }",
            "E0303 `primary` has no lane group `express`",
        ),
    ]);
}

#[test]
fn a_name_means_one_thing() {
    let twice = |what: &str| format!("{PORT}\n{what}");
    assert_eq!(
        wrong(&twice("[road.toll]\ntravel = \"1 min\"\nnext = \"exit\"")),
        "E0304 `toll` is both a road and a station"
    );
    assert_eq!(
        wrong(&twice("[road.exit]\ntravel = \"1 min\"\nnext = \"exit\"")),
        "E0304 a road cannot be called `exit`"
    );
    let class = port(&[(
        "[class.fast]\nshare = \"36 % of laden\"",
        "[class.fast]\nshare = \"30 % of laden\"\n[class.secondary]\nshare = \"6 % of laden\"",
    )]);
    assert_eq!(
        wrong(&class),
        "E0304 `secondary` is a class and a place, so `route.secondary` of `primary` can mean two things"
    );
}

#[test]
fn shares_stay_within_the_whole() {
    check_port(&[
        (
            "route.secondary = \"5 %\"",
            "route.secondary = \"105 %\"",
            "E0310 routes of `primary` sum to 105 %",
        ),
        (
            "route.standard.secondary = \"12 %\"",
            "route.standard = { secondary = \"60 %\", exit = \"50 %\" }",
            "E0310 routes of `primary` for class `standard` sum to 110 %",
        ),
    ]);
    let profile =
        |share: &str| demand(&format!("by_hour = {{ \"00:00\" = \"30 %\", \"12:00\" = \"{share}\" }}"));
    assert_eq!(wrong(&profile("70.1 %")), "");
    assert_eq!(wrong(&profile("75 %")), "E0314 `demand.north.by_hour` sums to 105 %");
    assert_eq!(wrong(&demand("by_weekday = { sat = \"40 %\", sun = \"20 %\" }")), "");
    assert_eq!(
        wrong(&demand("day_factor = \"lognormal(mean = 1.1, cv = 0.1)\"")),
        "E0315 `demand.north.day_factor` has mean 1.1000"
    );
    assert_eq!(
        wrong(&demand("growth = \"2000 %\"\ngrowth_from = \"2022-01-01\"")),
        "E0316 `demand.north.growth` is out of range"
    );
}

#[test]
fn every_truck_must_find_a_way_and_a_lane() {
    check_port(&[
        (
            "route.secondary = \"5 %\"",
            "route.secondary = \"5 %\"\nroute.fast = { secondary = \"0 %\", toll = \"100 %\" }",
            "E0320 trucks of class `fast` find no way to the exit",
        ),
        (
            "service = \"30 min\"\nnext = \"exit\"",
            "service = \"30 min\"\nnext = \"toll\"\nroute.secondary = \"3 %\"",
            "",
        ),
        (
            "service = \"30 min\"\nnext = \"exit\"",
            "service = \"30 min\"\nnext = \"secondary\"",
            "E0320 trucks of class `empty`, `fast` and `standard` find no way to the exit",
        ),
        ("next = \"bridge\"", "next = \"exit\"", "E0321 no truck goes from `toll` to `primary`"),
        (
            "open = \"officers\"",
            "accepts = [\"standard\"]",
            "E0322 no lane group of `primary` accepts trucks of class `empty`",
        ),
        ("service.rest =", "service.fastest = \"1 s\" #", "E0302 there is no class `fastest`"),
        ("service.rest =", "#", "E0323 `primary.standard` has no service time for class `empty`"),
        ("accepts = [\"fast\"]", "accepts = [\"fast\", \"empty\"], preference = 2", ""),
        (
            "open = \"officers\"",
            "open = \"officers\", accepts = [\"fast\", \"standard\", \"empty\"]",
            "E0324 both `fast` and `standard` of `primary` accept class `fast`",
        ),
    ]);
}

#[test]
fn contradictions_name_both_keys() {
    let booth = |old: &str, new: &str| wrong(&with(&[(old, new)]));
    let volume = "volume = \"240 trucks/day\"";
    assert_eq!(booth(volume, ""), "E0330 `demand.north` does not say when trucks arrive");
    assert_eq!(
        booth(volume, &format!("{volume}\nheadway = \"1 min\"")),
        "E0330 `demand.north` has both `volume` and `headway`"
    );
    assert_eq!(
        booth(volume, "headway = \"1 min\"\nby_weekday = { mon = \"100 %\" }"),
        "E0331 `demand.north.by_weekday` needs `volume`"
    );
    assert_eq!(
        booth(volume, "trace.1 = { arrival = \"5 min\", class = \"all\" }\nbatch = \"2\""),
        "E0331 `demand.north.batch` and `demand.north.trace` contradict each other"
    );
    assert_eq!(wrong(&demand("growth = \"3 %\"")), "E0332 `demand.north.growth` needs `growth_from`");
    assert_eq!(
        wrong(&demand("day_factor_name = \"all\"")),
        "E0332 `demand.north.day_factor_name` needs `day_factor`"
    );
    assert_eq!(
        booth("run_length = \"1 day\"", "run_length = \"1 day\"\nwarm_up = \"24 h\""),
        "E0335 `study.warm_up` is not shorter than `study.run_length`"
    );
    assert_eq!(
        booth("servers = 1", "servers = \"unlimited\", open = 2"),
        "E0331 `station.booth.lanes.all.open` and `station.booth.lanes.all.servers` contradict each other"
    );
    assert_eq!(
        booth(
            "service = ",
            "queue = \"shortest\"\nlanes.yard = { servers = \"unlimited\", accepts = [] }\nservice = "
        ),
        "E0331 `station.booth.queue` and `station.booth.lanes.yard.servers` contradict each other"
    );
    let rule = "rule.\"primary.standard\" = \"2..6 lanes, open when queue >= 20 per lane, close when queue <= 12 per lane, set-up 5 min, at least 30 min\"";
    check_port(&[
        (
            "room = 250",
            "room = 250\nlength = \"2 km\"",
            "E0331 `road.bridge.room` and `road.bridge.length` both say how many trucks fit",
        ),
        ("room = 250", "room = 250\nspacing = \"15 m\"", "E0332 `road.bridge.spacing` has nothing to divide"),
        ("split = 60", "split = 260", "E0336 `road.bridge.split` has more places than `bridge`"),
        (
            "open = \"officers\"",
            "open = 6",
            "E0331 `station.primary.lanes.standard.open` and `officers.cbp.rule.primary.standard` contradict each other",
        ),
        (
            "servers = 2, accepts = [\"fast\"]",
            "servers = 2, accepts = [\"fast\"], open = \"officers\"",
            "E0332 `primary.fast` is open as officers allow, but no pool names it",
        ),
        (
            rule,
            &format!("{rule}\nplan.\"primary.standard\" = 3"),
            "E0331 `officers.cbp.plan.primary.standard` and `officers.cbp.rule.primary.standard` contradict each other",
        ),
        (rule, &format!("{rule}\nplan.\"primary.fast\" = 2"), "E0332 `primary.fast` has a plan but no rule"),
        (
            rule,
            "rule.\"primary.standard\" = \"1..2 lanes, as planned\"",
            "E0332 `primary.standard` has no plan",
        ),
        (
            rule,
            "rule = {}",
            "E0332 `primary.standard` is open as officers allow, but no pool names it\nE0332 the officers of `cbp` staff no lanes",
        ),
        (
            rule,
            &format!("{rule}\n[officers.b]\non_duty = 2\nrule.\"primary.standard\" = \"1 lane\""),
            "E0331 two pools staff `primary.standard`",
        ),
        ("2..6 lanes", "7..9 lanes", "E0333 `primary.standard` has fewer lanes than its rule opens at least"),
    ]);
}

#[test]
fn times_and_days_must_be_known() {
    let booth = |old: &str, new: &str| wrong(&with(&[(old, new)]));
    let open = |table: &str| booth("servers = 1", &format!("servers = 3, open = {{ {table} }}"));
    assert_eq!(open("noon = 2, 0 = 1"), "E0340 `station.booth.lanes.all.open`: `noon` is no time of a table");
    assert_eq!(
        open("\"06:00\" = 2, 6 = 1, 0 = 1"),
        "E0341 `station.booth.lanes.all.open`: `06:00` and `6` overlap"
    );
    assert_eq!(
        open("\"mon 06:00\" = 2"),
        "E0342 `station.booth.lanes.all.open`: the table says nothing for tue 2023-10-03"
    );
    assert_eq!(
        wrong(&demand("by_month = { october = \"100 %\" }")),
        "E0340 `demand.north.by_month`: `october` is not one of jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec"
    );
    assert_eq!(
        wrong(&demand("by_weekday = { mon-wed = \"100 %\", wed = \"100 %\" }")),
        "E0341 `demand.north.by_weekday`: `mon-wed` and `wed` overlap"
    );
    assert_eq!(
        wrong(&demand("by_hour = { 0 = \"50 %\", 2 = \"50 %\" }")),
        "E0342 `demand.north.by_hour`: hour 1 has no share"
    );
    assert_eq!(
        wrong(&demand("by_hour = { \"06:00\" = \"100 %\" }")),
        "E0342 `demand.north.by_hour`: shares of the day begin at `06:00`"
    );
    assert_eq!(
        booth("next = \"exit\"", "next = \"exit\"\nhours = \"6 to 22\""),
        "E0343 `station.booth.hours`: `6 to 22` is no range of times"
    );
    assert_eq!(booth("2023-10-03", "2023-02-29"), "E0344 `2023-02-29` is no date");
    assert_eq!(
        booth("start = ", "time_zone = \"America/Denvr\"\nstart = "),
        "E0344 there is no time zone `America/Denvr`"
    );
    assert_eq!(wrong(&demand("growth = \"3 %\"\ngrowth_from = \"2023\"")), "E0344 `2023` is no date");
}

#[test]
fn counts_and_times_have_limits() {
    let booth = |old: &str, new: &str| wrong(&with(&[(old, new)]));
    assert_eq!(
        booth("run_length = \"1 day\"", "run_length = \"0 days\""),
        "E0350 `study.run_length` is out of range"
    );
    assert_eq!(booth("servers = 1", "servers = 0"), "E0350 `station.booth.lanes.all.servers` cannot be 0");
    assert_eq!(
        booth("constant(60 s)", "constant(400 days)"),
        "E0350 `station.booth.service` has a mean of more than a year"
    );
    assert_eq!(
        booth("volume = \"240 trucks/day\"", "headway = \"0 s\""),
        "E0350 `demand.north.headway` has mean zero"
    );
    assert_eq!(
        booth("240 trucks/day", "1000000 trucks/h"),
        "E0353 `demand.north` brings up to 1000000 batches an hour"
    );
    let many: Vec<(String, String)> = (0..65)
        .map(|i| (format!("c{i:02}"), if i == 0 { "rest".to_owned() } else { "1 % of trucks".to_owned() }))
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, share)| (name.as_str(), share.as_str())).collect();
    assert_eq!(wrong(&classes(&many)), "E0350 65 classes are too many");
    assert_eq!(
        booth("[class.all]\nshare = \"100 % of trucks\"", "[class]"),
        "E0350 a study needs at least one class"
    );
}

#[test]
fn listed_trucks_must_be_readable() {
    let trace = |rows: &str| {
        wrong(&with(&[("volume = \"240 trucks/day\"", &format!("[demand.north.trace]\n{rows}"))]))
    };
    assert_eq!(trace("1 = { arrival = \"noon\", class = \"all\" }"), "E0352 `noon` is no arrival");
    assert_eq!(
        trace("1 = { arrival = \"12:00:00:00\", class = \"all\" }"),
        "E0352 `12:00:00:00` is no arrival"
    );
    assert_eq!(trace("1 = { arrival = \"1:00\", class = \"bus\" }"), "E0302 there is no class `bus`");
    let twice = "1 = { arrival = \"1:00\", class = \"all\", id = \"x\" }\n2 = { arrival = \"2:00\", class = \"all\", id = \"x\" }";
    assert_eq!(trace(twice), "E0352 rows 1 and 2 of `demand.north.trace` have the same id `x`");
}

#[test]
fn all_mistakes_are_found_in_one_pass() {
    let text = port(&[
        ("next = \"bridge\"", "next = \"brigde\""),
        ("room = 250", "room = 250\nlength = \"2 km\""),
        ("[class.standard]\nshare = \"rest\"", "[class.standard]\nshare = \"10 % of laden\""),
        ("start = \"2023-10-03\"", "start = \"today\""),
    ]);
    let codes: Vec<String> = wrong(&text).lines().map(|line| line[..5].to_owned()).collect();
    assert_eq!(codes, ["E0301", "E0311", "E0331", "E0344"]);
}

/// Every code that the sources mention is explained, and none besides.
#[test]
fn every_code_is_explained() {
    fn add(folder: &std::path::Path, codes: &mut std::collections::BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                add(&path, codes);
            } else if path.file_name().is_some_and(|name| name != "code.rs") {
                let text = std::fs::read_to_string(&path).expect("sources are text");
                let code = |quoted: &str| {
                    quoted.len() == 5 && (quoted.starts_with("E03") || quoted.starts_with("W04"))
                };
                codes.extend(text.split('"').filter(|quoted| code(quoted)).map(str::to_owned));
            }
        }
    }
    let mut used = std::collections::BTreeSet::new();
    add(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenario"), &mut used);
    let explained: Vec<&str> =
        cruce::scenario::check::code::MEANINGS.iter().map(|meaning| meaning.0).collect();
    assert_eq!(used.iter().map(String::as_str).collect::<Vec<_>>(), explained);
}
