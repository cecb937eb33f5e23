//! The programs that a script calls, as far as they can be told without running it.

use crate::image::{BUILTINS, PROGRAMS};

/// A call of a program that is neither in the image, nor the shell's own, nor a function.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Called<'s> {
    pub(super) name: &'s str,
    /// Offset in the script, in bytes.
    pub(super) at: usize,
}

/// Words behind which a command stands.
const BEFORE: [&str; 12] =
    ["!", "{", "builtin", "command", "do", "elif", "else", "exec", "if", "then", "until", "while"];
/// Words that begin or end something that is no command.
const OTHER: [&str; 8] = ["}", "done", "esac", "fi", "for", "function", "select", "time"];

/// The calls of programs that the image has not. A script with `case` or a here-document is looked
/// at only up to there: what follows can be no command.
pub(super) fn called(script: &str) -> Vec<Called<'_>> {
    let covered = cover(script);
    let mut scan = Scan { script, text: &covered, found: Vec::new(), functions: Vec::new() };
    scan.commands(0, script.len());
    let Scan { found, functions, .. } = scan;
    found.into_iter().filter(|call| !functions.contains(&call.name)).collect()
}

/// Line and column, from 1, of a place in the script.
pub(super) fn place(script: &str, at: usize) -> (usize, usize) {
    let before = &script[..at];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The script with `@` for each byte of what Argo replaces: `{{inputs.parameters.x}}`.
fn cover(script: &str) -> String {
    let mut covered = script.to_owned();
    while let Some(from) = covered.find("{{") {
        let to = covered[from..].find("}}").map_or(covered.len(), |end| from + end + 2);
        covered.replace_range(from..to, &"@".repeat(to - from));
    }
    covered
}

struct Scan<'s, 't> {
    script: &'s str,
    /// The script without what Argo replaces.
    text: &'t str,
    found: Vec<Called<'s>>,
    functions: Vec<&'s str>,
}

impl<'s> Scan<'s, '_> {
    /// Looks at the commands between two places. `begins` is true where a command can stand.
    fn commands(&mut self, from: usize, to: usize) {
        let (mut at, mut begins, mut is_target) = (from, true, false);
        while at < to {
            let rest = &self.text[at..to];
            let Some(c) = rest.chars().next() else { return };
            match c {
                '#' => at += rest.find('\n').unwrap_or(rest.len()),
                _ if rest.starts_with("<<") => return,
                '\n' | ';' | '&' | '|' | '(' | ')' => {
                    begins = true;
                    at += 1;
                }
                '<' | '>' => {
                    is_target = true;
                    at += 1;
                    at += self.text[at..to].chars().take_while(|c| ">&|".contains(*c)).count();
                }
                _ if c.is_whitespace() => at += c.len_utf8(),
                _ => {
                    let end = self.word(at, to);
                    let (word, next) = (&self.script[at..end], self.text[end..to].chars().next());
                    let is_number = word.chars().all(|c| c.is_ascii_digit());
                    if is_number && matches!(next, Some('<' | '>')) {
                        // The number of a descriptor.
                    } else if is_target {
                        is_target = false;
                    } else if begins {
                        if word == "case" {
                            return;
                        }
                        begins = self.first(word, at, next);
                    }
                    at = end;
                }
            }
        }
    }

    /// Takes the word at the start of a command. Returns whether another command can stand behind
    /// it.
    fn first(&mut self, word: &'s str, at: usize, next: Option<char>) -> bool {
        let variable = word.split('=').next().unwrap_or_default();
        let is_variable = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if word.contains('=') && !variable.is_empty() && variable.chars().all(is_variable) {
            return true;
        }
        if BEFORE.contains(&word) {
            return true;
        }
        let name = word.strip_prefix("/bin/").unwrap_or(word);
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.+".contains(c));
        let known = name == "sh"
            || OTHER.contains(&name)
            || BUILTINS.contains(&name)
            || PROGRAMS.contains(&name);
        if next == Some('(') {
            self.functions.push(word);
        } else if is_name && !known && !self.text[at..at + word.len()].contains('@') {
            self.found.push(Called { name: word, at });
        }
        false
    }

    /// The end of the word that begins here. Looks at the commands whose output is put into it.
    fn word(&mut self, from: usize, to: usize) -> usize {
        let mut at = from;
        while at < to {
            let rest = &self.text[at..to];
            let Some(c) = rest.chars().next() else { break };
            match c {
                '\\' => at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                '\'' => at += 2 + rest[1..].find('\'').unwrap_or(rest.len().saturating_sub(2)),
                '"' => at = self.quoted(at + 1, to),
                '$' if rest.starts_with("$(") => at = self.substituted(at + 2, to),
                '$' if rest.starts_with("${") => {
                    at += rest.find('}').map_or(rest.len(), |end| end + 1);
                }
                '`' => at += 2 + rest[1..].find('`').unwrap_or(rest.len().saturating_sub(2)),
                ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                _ if c.is_whitespace() => break,
                _ => at += c.len_utf8(),
            }
        }
        at.min(to).max(from + 1)
    }

    /// The end of what stands in double quotes, from behind the first of them.
    fn quoted(&mut self, from: usize, to: usize) -> usize {
        let mut at = from;
        while at < to {
            let rest = &self.text[at..to];
            let Some(c) = rest.chars().next() else { break };
            match c {
                '"' => return at + 1,
                '\\' => at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                '$' if rest.starts_with("$(") => at = self.substituted(at + 2, to),
                _ => at += c.len_utf8(),
            }
        }
        to
    }

    /// The end of `$(…)`, from behind the bracket; arithmetic has no commands.
    fn substituted(&mut self, from: usize, to: usize) -> usize {
        let mut depth = 1;
        let inside = self.text[from..to].char_indices().find(|(_, c)| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let end = inside.map_or(to, |(length, _)| from + length);
        if !self.text[from..end].starts_with('(') {
            self.commands(from, end);
        }
        (end + 1).min(to)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{called, place};

    #[rstest]
    #[case::builtins("echo hi; exit 1", &[])]
    #[case::programs("mkdir -p /tmp/a && cat /tmp/a/b | ls >&2", &[])]
    #[case::another("date", &["date"])]
    #[case::behind_others("echo a && grep b; seq 3 | wc -l & tee x", &["grep", "seq", "wc", "tee"])]
    #[case::in_a_loop("for i in a b; do\n  touch $i\ndone", &["touch"])]
    #[case::in_a_condition("if test -f x; then date; else true; fi", &["date"])]
    #[case::negated("! grep x", &["grep"])]
    #[case::with_a_variable("A=1 B='x y' date", &["date"])]
    #[case::behind_exec("exec python x.py", &["python"])]
    #[case::in_a_substitution("echo \"now $(date -u) $((1 + 2)) ${x:-date}\"", &["date"])]
    #[case::an_argument("echo date grep", &[])]
    #[case::quoted("echo 'a; date' \"b; date\"", &[])]
    #[case::a_comment("# date; grep\necho # wc", &[])]
    #[case::a_file("echo x > date 2> grep < wc", &[])]
    #[case::a_function("fail() { exit 1; }\nfail", &[])]
    #[case::of_a_path("/bin/cat x; ./run; /tmp/run; /bin/date", &["/bin/date"])]
    #[case::of_a_variable("$program x; \"$program\" y", &[])]
    #[case::of_argo("echo {{=sprig.trim(x)}}; {{inputs.parameters.run}}; {{a}}date", &[])]
    #[case::here_document("cat <<END\ndate\nEND", &[])]
    #[case::a_case("case $x in date) true;; esac", &[])]
    #[case::unfinished("echo \"a $(date", &["date"])]
    #[case::unfinished_quotes("echo 'é", &[])]
    #[case::a_last_backslash("echo \\", &[])]
    fn what_is_called(#[case] script: &str, #[case] expected: &[&str]) {
        let names: Vec<&str> = called(script).iter().map(|call| call.name).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_place_is_a_line_and_a_column() {
        let script = "echo é\n  A=é date";
        assert_eq!(place(script, called(script)[0].at), (2, 7));
    }
}
