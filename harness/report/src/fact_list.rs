//! Words of a case with their facts as lists, so that no sentence is long.

use model::Fact;

use crate::markdown::escape;

/// Words, and a list below them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactList {
    words: String,
    items: Vec<FactList>,
}

impl FactList {
    /// The words with a list of the members of each `all` and `any` in `facts`. Words without such
    /// a fact have no list.
    pub(crate) fn new(words: String, facts: &[&Fact]) -> Self {
        let mut list = Self { words, items: Vec::new() };
        for fact in facts {
            let (Some(members), text) = (fact.members(), fact.to_string()) else { continue };
            list.words = list.words.replace(&text, heading(fact));
            list.items.extend(members.iter().map(Self::of));
        }
        list
    }

    /// The list with the condition of a claim as its last item.
    #[must_use]
    pub(crate) fn only_while(mut self, fact: Option<&Fact>) -> Self {
        if let Some(fact) = fact {
            let words = format!("while {fact}");
            self.words = self.words.replace(&format!(", {words}"), "");
            self.items.push(Self::new(words, &[fact]));
        }
        self
    }

    fn of(fact: &Fact) -> Self {
        Self::new(fact.to_string(), &[fact])
    }

    /// The lines in Markdown, the first one without its mark. `indent` is the column of the words.
    pub(crate) fn markdown(&self, indent: usize) -> String {
        let mut text = format!("{}\n", escape(&self.words));
        for item in &self.items {
            text += &format!("{:indent$}- {}", "", item.markdown(indent + 2));
        }
        text
    }
}

fn heading(fact: &Fact) -> &'static str {
    if matches!(fact, Fact::Any(_)) { "one of these holds" } else { "all of these hold" }
}

#[cfg(test)]
mod tests {
    use model::Fact;
    use model::fact::{Count, PodFact};

    use super::FactList;

    fn seen(count: usize) -> Fact {
        Fact::Pods(PodFact::Seen { of: None, count: Count::Exactly(count) })
    }

    #[test]
    fn a_fact_without_members_stays_in_its_sentence() {
        let list = FactList::new(format!("never: {}", seen(1)), &[&seen(1)]);
        assert_eq!(list.markdown(2), "never: exactly 1 pods of the workflow were seen\n");
    }

    #[test]
    fn members_are_items_below_their_sentence() {
        let any = Fact::Any(vec![seen(2), seen(3)]);
        let all = Fact::All(vec![seen(1), any]);
        let list = FactList::new(format!("wait until {all}, for 2s"), &[&all]);
        let expected = "\
wait until all of these hold, for 2s
  - exactly 1 pods of the workflow were seen
  - one of these holds
    - exactly 2 pods of the workflow were seen
    - exactly 3 pods of the workflow were seen
";
        assert_eq!(list.markdown(2), expected);
    }

    #[test]
    fn a_condition_is_the_last_item() {
        let list = FactList::new(format!("never: {}, for 4s, while {}", seen(1), seen(2)), &[]);
        let expected = "\
never: exactly 1 pods of the workflow were seen, for 4s
   - while exactly 2 pods of the workflow were seen
";
        assert_eq!(list.only_while(Some(&seen(2))).markdown(3), expected);
    }
}
