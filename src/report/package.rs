//! `datapackage.json`: what every column of every CSV file means, in the Frictionless format
//! (Data Package 1.0, Table Schema 1.0), made from the same sheets as the files themselves.
//!
//! It knows sheets only. Start at [`data_package`].

use serde_json::{Value, json};

use super::sheet::{Column, Kind, Sheet};

/// One file that the package describes.
pub struct Resource<'a> {
    /// Path from the package: `tables/measures.csv`.
    pub path: String,
    /// Its columns.
    pub sheet: &'a Sheet,
}

/// The whole `datapackage.json`. `name` and `title` are those of the study.
pub fn data_package(name: &str, title: &str, resources: &[Resource<'_>]) -> String {
    let package = json!({
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "resources": resources.iter().map(resource).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&package).expect("a JSON value becomes text");
    text.push('\n');
    text
}

fn resource(resource: &Resource<'_>) -> Value {
    json!({
        "profile": "tabular-data-resource",
        "name": resource.sheet.name,
        "path": resource.path,
        "description": resource.sheet.sentence,
        "encoding": "utf-8",
        "dialect": { "delimiter": ",", "lineTerminator": "\n", "quoteChar": "\"" },
        "schema": {
            "fields": resource.sheet.columns.iter().map(field).collect::<Vec<_>>(),
            "missingValues": [""],
        },
    })
}

fn field(column: &Column) -> Value {
    json!({
        "name": column.name,
        "type": match column.kind {
            Kind::Text => "string",
            Kind::Number => "number",
            Kind::Whole => "integer",
        },
        "unit": column.unit,
        "description": column.sentence,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_type_unit_and_sentence() {
        let columns =
            vec![Column::text("scenario", "Its scenario."), Column::number("mean", "min", "Its mean.")];
        let sheet = Sheet::new("measures", "A row is a measure.", columns);
        let text = data_package("x", "X", &[Resource { path: "tables/measures.csv".into(), sheet: &sheet }]);
        let package: Value = serde_json::from_str(&text).expect("JSON");
        let fields = &package["resources"][0]["schema"]["fields"];
        assert_eq!(fields[0]["type"], "string");
        assert_eq!(fields[1]["unit"], "min");
        assert_eq!(fields[1]["description"], "Its mean.");
        assert_eq!(package["resources"][0]["path"], "tables/measures.csv");
    }
}
