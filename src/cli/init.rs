//! `cruce init`: a study folder from a template. It never overwrites anything.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::Exit;
use super::console::Console;
use super::exit::{Refused, WrongUsage};
use super::template::{self, TEMPLATES, Template};

/// Start a study of your own from a template
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce init my-study                         a folder with the default study
  cruce init booths --template 1-one-booth    from another template
  cruce init --list                           which templates there are"
)]
pub struct Init {
    /// Folder to create [default: the name of the template]
    dir: Option<PathBuf>,
    /// Template to start from
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// List the templates
    #[arg(long)]
    list: bool,
    /// Tell what would be created; write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Init {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        if self.list {
            return list(console);
        }
        let template = self.template()?;
        let folder = self.dir.clone().unwrap_or_else(|| PathBuf::from(template.name));
        let files = contents(template, &folder);
        refuse_if_taken(&folder)?;
        if !self.dry_run {
            create(&folder, &files)?;
        }
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let done = if self.dry_run { "would create" } else { "created" };
        console.say(&format!(
            "{done} {} from template `{}`: {}",
            folder.display(),
            template.name,
            names.join(", ")
        ));
        console.next(&format!("cruce run {}", shell_word(&folder)));
        if console.json {
            let folder = folder.display().to_string();
            console
                .object(Exit::Done, json!({ "folder": folder, "template": template.name, "files": names }))?;
        }
        Ok(Exit::Done)
    }

    fn template(&self) -> anyhow::Result<&'static Template> {
        let Some(name) = &self.template else {
            return Ok(template::default_template());
        };
        template::find(name).map_err(|nearest| {
            let hint = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "`cruce init --list` shows them all".to_owned(),
            };
            WrongUsage(format!("there is no template `{}`; {hint}", name.escape_debug())).into()
        })
    }
}

fn list(console: &Console) -> anyhow::Result<Exit> {
    if console.json {
        let list = TEMPLATES.iter().map(|template| json!({ "name": template.name, "about": template.about }));
        console.object(Exit::Done, json!({ "templates": list.collect::<Vec<_>>() }))?;
    } else {
        let widest = TEMPLATES.iter().map(|template| template.name.len()).max().unwrap_or(0);
        let line = |template: &Template| format!("{:widest$}  {}\n", template.name, template.about);
        console.data(&TEMPLATES.iter().map(line).collect::<String>())?;
    }
    Ok(Exit::Done)
}

/// The files of the template, and a README if it has none.
fn contents(template: &Template, folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> =
        template.files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    if !files.iter().any(|(name, _)| name == "README.md") {
        files.push(("README.md".to_owned(), readme(template, folder)));
    }
    files
}

fn readme(template: &Template, folder: &Path) -> String {
    let name = folder
        .file_name()
        .map_or_else(|| template.name.to_owned(), |name| name.to_string_lossy().into_owned());
    let path = shell_word(folder);
    format!(
        "# {name}

A study for `cruce`, started from the template `{}` ({}).

- `study.toml` holds the crossing, its trucks, and the plans to compare; tables (`*.csv`) stand beside it.
- Change a number, then check the file and see what comes out:

      cruce validate {path}
      cruce run {path}

- `cruce show --resolved {path}` prints every value with where it came from.
- `cruce explain KEY` tells what a key means, `cruce explain CODE` what an error means.
- `cruce schema -o study.schema.json` writes the schema that editors use for completion.
",
        template.name, template.about
    )
}

fn refuse_if_taken(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Refused(format!(
                "`{shown}` already holds files, and `init` never overwrites; choose another name"
            ))
            .into()),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot create `{shown}`")),
    }
}

fn create(folder: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
    for (name, text) in files {
        let path = folder.join(name);
        let written = fs::File::create_new(&path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

/// The path as one word of a command line.
pub fn shell_word(path: &Path) -> String {
    quoted_word(&path.display().to_string())
}

/// A text as one word of a command line.
pub fn quoted_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.,/:=+%@~\\".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else if text.contains(['"', '\'', '$', '`', '!', '\\']) {
        // Between single quotes a shell takes everything as it stands, but for the quote itself.
        format!("'{}'", text.replace('\'', "'\\''"))
    } else {
        format!("\"{text}\"")
    }
}
