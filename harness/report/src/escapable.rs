//! Text that an escape takes.

use model::Untrusted;

/// Text of the harness, or [`Untrusted`] text. Each format has its own escape.
pub trait Escapable {
    /// The text without an escape.
    fn unescaped(&self) -> &str;
}

impl Escapable for str {
    fn unescaped(&self) -> &str {
        self
    }
}

impl Escapable for String {
    fn unescaped(&self) -> &str {
        self
    }
}

impl Escapable for Untrusted {
    fn unescaped(&self) -> &str {
        self.raw()
    }
}

impl<T: Escapable + ?Sized> Escapable for &T {
    fn unescaped(&self) -> &str {
        (**self).unescaped()
    }
}
