//! The place where a run shows its progress and its results.

use report::run::Untested;
use report::{Judged, Size, Style};

/// Makes the rows that show the running cases. The function must not print.
pub type Rows = Box<dyn Fn(Size, Style) -> Vec<String> + Send>;

/// Shows what happens. A console that cannot show something loses it: nothing waits for a console,
/// and no verdict depends on one.
pub trait Console: Send + Sync {
    /// A line of progress, a warning or an error.
    fn note(&self, text: &str);
    /// A result for the user, such as a row of a table.
    fn result(&self, text: &str);
    /// A verdict. The history is named from the run directory.
    fn verdict(&self, judged: &Judged);
    /// A version that was not tested.
    fn untested(&self, untested: &Untested);
    /// Draws these rows again and again from now on. `false`: the console does not draw.
    fn draw(&self, rows: Rows) -> bool;
    /// Removes the drawn rows at once, because the process ends.
    fn restore(&self);
}
