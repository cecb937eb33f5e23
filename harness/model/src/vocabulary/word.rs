//! The parts of the vocabulary: maps, words, values, and tables of words for the parser.

/// A map of a case file.
#[derive(Debug)]
pub struct Map {
    /// Name of the map with its article: `a claim`.
    pub what: &'static str,
    /// Words of which it has exactly one; empty if it has no such.
    pub one_of: &'static [Word],
    /// Words that stand beside that one.
    pub beside: &'static [Word],
}

/// A field of a map.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Its name.
    pub name: &'static str,
    /// The values that may stand behind the field.
    pub value: Value,
    /// Meaning of the field, in a sentence or two.
    pub about: &'static str,
    /// A value, as it is written.
    pub example: &'static str,
    /// Whether the map must have it.
    pub required: bool,
    /// The words, of those of which the map has one, with which it can stand; empty for all.
    pub with: &'static [&'static str],
    /// Words that must stand beside it.
    pub needs: &'static [&'static str],
    /// Words that must not.
    pub excludes: &'static [&'static str],
}

/// The values that may stand behind a field.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// Text that is not empty.
    Text,
    /// Text that begins with `https://`.
    Link,
    /// A range of versions.
    Versions,
    /// The affected releases of each release line: `all`, `<V`, `>=V` or `>=V <V`.
    Lines,
    /// A range of releases: `all`, `<V`, `<=V`, `>=V`, `>=V <V` or `>=V <=V`.
    Releases,
    /// `true`, or the field is left out.
    True,
    /// A number with its unit: `30s`, `500ms`, `1m30s`; not zero.
    Duration,
    /// The key of an object of the store, in which `*` can stand at either end.
    Key,
    /// A name: lower-case letters, digits and `-`, at most [`crate::name::LONGEST_NAME`].
    Name,
    /// A number, from the one to the other.
    Number(u64, u64),
    /// Fields that the case does not look into: at least one.
    Fields,
    /// One word of these.
    Choice(&'static [Choice]),
    /// One of these phases, several, or `completed` for every final one.
    Phases(&'static [&'static str]),
    /// A map.
    Map(&'static Map),
    /// A list with at least so many items.
    List(usize, &'static Value),
    /// One of these kinds of value.
    Either(&'static [Value]),
}

/// A word that can be a value.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The word.
    pub name: &'static str,
    /// Meaning of the word.
    pub about: &'static str,
}

/// Most of what a case counts. No case has so many of anything.
pub(crate) const MOST: u64 = 100_000;

/// One text, or several.
pub(crate) const TEXTS: Value = Value::Either(&[Value::Text, Value::List(1, &Value::Text)]);

/// The map of a step that is its verb alone.
pub(crate) static NOTHING: Map =
    Map { what: "this step, which takes `{}`", one_of: &[], beside: &[] };

impl Map {
    /// Every word that it can have.
    pub fn words(&self) -> impl Iterator<Item = &'static Word> {
        self.one_of.iter().chain(self.beside)
    }

    /// Those of which it has exactly one.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.one_of.iter().map(|word| word.name)
    }
}

impl Word {
    /// Sentences about the words that it goes with; empty if it goes with all of them.
    pub fn company(&self) -> String {
        let listed = |names: &[&str], word: &str| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(word)
        };
        let company = [
            (self.with, "Goes with", " or "),
            (self.needs, "Needs", " and "),
            (self.excludes, "Does not go with", " or "),
        ];
        let some = company.into_iter().filter(|(names, ..)| !names.is_empty());
        let sentences = some.map(|(names, verb, word)| format!("{verb} {}.", listed(names, word)));
        sentences.collect::<Vec<_>>().join(" ")
    }

    pub(crate) const fn new(
        name: &'static str,
        value: Value,
        example: &'static str,
        about: &'static str,
    ) -> Self {
        let (required, none) = (false, &[]);
        Self { name, value, about, example, required, with: none, needs: none, excludes: none }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn with(self, with: &'static [&'static str]) -> Self {
        Self { with, ..self }
    }

    pub(crate) const fn needs(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    pub(crate) const fn excludes(self, excludes: &'static [&'static str]) -> Self {
        Self { excludes, ..self }
    }
}

/// A word of which a map has exactly one, with its meaning for the parser. The meaning is a value,
/// or a reader of the field.
#[derive(Clone, Copy)]
pub(crate) struct Row<T> {
    /// The word.
    pub(crate) word: Word,
    /// Its meaning.
    pub(crate) meaning: T,
}

impl<T> Row<T> {
    /// The row of a word.
    pub(crate) const fn new(word: Word, meaning: T) -> Self
    where
        T: Copy,
    {
        Self { word, meaning }
    }
}

/// The number of rows of some tables.
pub(crate) const fn count<T>(tables: &[&[Row<T>]]) -> usize {
    let (mut table, mut rows) = (0, 0);
    while table < tables.len() {
        rows += tables[table].len();
        table += 1;
    }
    rows
}

/// The words of some tables, which have `N` rows in all.
pub(crate) const fn words<T, const N: usize>(tables: &[&[Row<T>]]) -> [Word; N] {
    assert!(count(tables) == N, "the tables have another number of rows");
    let mut words = [Word::new("", Value::Text, "", ""); N];
    let (mut table, mut row, mut index) = (0, 0, 0);
    while index < N {
        if row < tables[table].len() {
            words[index] = tables[table][row].word;
            (row, index) = (row + 1, index + 1);
        } else {
            (table, row) = (table + 1, 0);
        }
    }
    words
}

/// The choices of a table of words, their values and their meanings.
pub(crate) const fn choices<T: Copy, const N: usize>(
    table: &[(&'static str, T, &'static str); N],
) -> [Choice; N] {
    let mut choices = [Choice { name: "", about: "" }; N];
    let mut index = 0;
    while index < N {
        choices[index] = Choice { name: table[index].0, about: table[index].2 };
        index += 1;
    }
    choices
}
