//! `completions` and `man`, made from the command line's own description, and `schema`, made from
//! the words of case files.

use clap::CommandFactory;

use crate::args::Args;
use crate::terminal::out;

/// Prints a completion script.
pub(crate) fn completions(shell: clap_complete::Shell) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "argo-conformance", &mut script);
    out::document(&String::from_utf8(script)?);
    Ok(report::exit::PASS)
}

/// Prints the schema of case files.
pub(crate) fn schema() -> u8 {
    out::document(&model::schema::text());
    report::exit::PASS
}

/// Prints the manual page, with a section for each verb.
pub(crate) fn page() -> anyhow::Result<u8> {
    let mut command = Args::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        let man = clap_mangen::Man::new(verb.clone());
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    out::document(&String::from_utf8(page)?);
    Ok(report::exit::PASS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Args::command().debug_assert();
    }
}
