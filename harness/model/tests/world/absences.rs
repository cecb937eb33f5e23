//! An absence means something only of what was there.

use model::Fact;
use model::fact::ObjectFact;
use rstest::rstest;
use serde_json::json;

use super::{listed, workflow, world};

#[rstest]
#[case::it_lay_there("a/main.log", true)]
#[case::one_like_it("*/main.log", true)]
#[case::another_lay_there("*/result.tgz", false)]
fn the_absence_of_a_key_is_of_that_key(#[case] key: &str, #[case] came_about: bool) {
    let acted = workflow(&json!({ "phase": "Running" }));
    let world = world(vec![acted, listed(&["a/main.log"]), listed(&["b"]), listed(&[])]);
    let object = ObjectFact { key: key.to_owned(), there: false, etag: None };
    let empty = world.absent_from_the_start(&Fact::Object(object));
    assert_eq!(empty.is_none(), came_about, "{empty:?}");
}
