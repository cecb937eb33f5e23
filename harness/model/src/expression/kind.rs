//! The types of what an expression reads.

use crate::diagnostic::nearest;

/// The type of a field, as far as `lint` needs it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    /// A field that the tables do not describe.
    Any,
    Bool,
    Number,
    Text,
    List(&'static Field),
    /// A map with keys of any name.
    Map(&'static Field),
    Object(&'static Object),
}

/// An object whose fields are known.
#[derive(Debug)]
pub(super) struct Object {
    /// For messages: `a pod`.
    pub(super) what: &'static str,
    pub(super) fields: &'static [(&'static str, Field)],
}

/// The type of a part of an expression.
#[derive(Clone, Debug)]
pub(super) enum Type {
    /// A value of an unknown type.
    Any,
    /// An item of an empty list.
    Nothing,
    Null,
    Bool,
    Number,
    Text,
    List(Box<Self>),
    Map(Box<Self>),
    Object(&'static Object),
    /// The value of `?.`, which may be absent.
    Optional(Box<Self>),
}

impl From<Field> for Type {
    fn from(field: Field) -> Self {
        match field {
            Field::Any => Self::Any,
            Field::Bool => Self::Bool,
            Field::Number => Self::Number,
            Field::Text => Self::Text,
            Field::List(item) => Self::List(Box::new((*item).into())),
            Field::Map(value) => Self::Map(Box::new((*value).into())),
            Field::Object(object) => Self::Object(object),
        }
    }
}

impl Object {
    pub(super) fn field(&self, name: &str) -> Option<Type> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        found.map(|(_, field)| (*field).into())
    }

    /// The remedy for a field that the object has not.
    pub(super) fn hint(&self, name: &str) -> String {
        let known: Vec<&str> = self.fields.iter().map(|(field, _)| *field).collect();
        match nearest(name, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", known.join(", ")),
        }
    }
}

impl Type {
    /// In words.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Any | Self::Nothing => "anything",
            Self::Null => "null",
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Object(object) => object.what,
            Self::Optional(_) => "a value that may be absent",
        }
    }

    /// The type of what is one or the other.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, one) | (one, Self::Nothing) => one,
            (Self::Bool, Self::Bool) => Self::Bool,
            (Self::Number, Self::Number) => Self::Number,
            (Self::Text, Self::Text) => Self::Text,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.or(*b))),
            (Self::Map(a), Self::Map(b)) => Self::Map(Box::new(a.or(*b))),
            (Self::Object(a), Self::Object(b)) if std::ptr::eq(a, b) => Self::Object(a),
            _ => Self::Any,
        }
    }

    /// Whether the two can be equal, or one be less than the other.
    pub(super) fn fits(&self, other: &Self) -> bool {
        use std::mem::discriminant;
        let open =
            |of: &Self| matches!(of, Self::Any | Self::Nothing | Self::Null | Self::Optional(_));
        let map = |of: &Self| matches!(of, Self::Map(_) | Self::Object(_));
        open(self)
            || open(other)
            || map(self) && map(other)
            || discriminant(self) == discriminant(other)
    }

    /// Whether it can be true or false.
    pub(super) fn can_be_bool(&self) -> bool {
        matches!(self, Self::Any | Self::Nothing | Self::Bool)
    }
}
