//! The studies that are part of the program: the default of `run`, and the templates of `init`.
//!
//! They are the folders under `scenarios/`, so what is embedded is what is tested. Start at
//! [`TEMPLATES`].

/// A study folder inside the program.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Its folder under `scenarios/`.
    pub name: &'static str,
    /// What it is about, in a line.
    pub about: &'static str,
    /// Its files: name and contents; `study.toml` first.
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! template {
    ($name:literal, $about:literal, [$($file:literal),+ $(,)?]) => {
        Template {
            name: $name,
            about: $about,
            files: &[$(($file, include_str!(concat!("../../scenarios/", $name, "/", $file)))),+],
        }
    };
}

/// All templates; the first is the default.
pub const TEMPLATES: &[Template] = &[
    template!(
        "ysleta",
        "Ysleta–Zaragoza, El Paso: an ordinary weekday of 2023",
        [
            "study.toml",
            "README.md",
            "demand-by-hour.csv",
            "officers.csv",
            "posted-january-june.csv",
            "posted-july-september.csv"
        ]
    ),
    template!(
        "world-trade",
        "World Trade Bridge, Laredo: a Tuesday",
        ["study.toml", "README.md", "demand-by-hour.csv"]
    ),
    template!(
        "state-inspection-2022",
        "Pharr: the state inspects every truck, and CBP's line grows",
        ["study.toml"]
    ),
    template!("pandemic-2020", "World Trade Bridge: the plants close, trucks stay away", ["study.toml"]),
    template!("staffing-2019", "Ysleta: officers for two of eight booths", ["study.toml"]),
    template!("appointments", "appointments: punctual trucks, or a flat day?", ["study.toml"]),
    template!("smart-border", "a generic port: whom to examine, by which score", ["study.toml"]),
    template!("scan-70-percent", "scanning 70 % of the trucks: who looks at the images?", ["study.toml"]),
    template!("moderate-screening", "when is a score no better than treating all alike?", ["study.toml"]),
    template!("trusted-trader-growth", "FAST from 10 to 60 %: who gains?", ["study.toml"]),
    template!("fast-lane-opened-to-all", "FAST lanes open to all: who loses?", ["study.toml"]),
    template!("1-one-booth", "lesson: one booth or two", ["study.toml"]),
    template!("2-two-booths", "lesson: one line or two", ["study.toml"]),
    template!("3-referral", "lesson: some trucks are referred to secondary inspection", ["study.toml"]),
    template!("4-blocking", "lesson: a full bridge stops the toll", ["study.toml"]),
    template!("5-split", "lesson: where the lanes split off", ["study.toml"]),
    template!("6-lanes-follow-queue", "lesson: lanes that open and close with the queue", ["study.toml"]),
    template!("7-night-backlog", "lesson: trucks that are still there in the morning", ["study.toml"]),
    template!("8-uncertain-inputs", "lesson: what if the inputs are not known for certain?", ["study.toml"]),
    template!("9-years-ahead", "lesson: in which year will the crossing no longer do?", ["study.toml"]),
];

/// What runs when no file is named.
pub fn default_template() -> &'static Template {
    &TEMPLATES[0]
}

/// The template of this name, or the nearest name there is.
pub fn find(name: &str) -> Result<&'static Template, Option<&'static str>> {
    let found = TEMPLATES.iter().find(|template| template.name == name);
    found.ok_or_else(|| {
        let likeness = |template: &&Template| (strsim::jaro_winkler(name, template.name) * 1000.0) as u32;
        TEMPLATES
            .iter()
            .filter(|template| likeness(template) > 600)
            .max_by_key(likeness)
            .map(|nearest| nearest.name)
    })
}
