//! The members of a directive that are looked at, borrowed from the body where they can be. A member that is missing or
//! of another kind is none; whatever else is there is passed over, so that reading costs what is in it.

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// An object, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object<T>(pub Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// A text, or what is there instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Text<'a> {
    /// Nothing, or `null`.
    #[default]
    None,
    /// A text.
    Is(Cow<'a, str>),
    /// Anything else.
    Other,
}

impl Text<'_> {
    /// The text, unless it is empty.
    pub(super) fn some(&self) -> Option<&str> {
        if let Self::Is(text) = self {
            Some(text).filter(|text| !text.is_empty()).map(AsRef::as_ref)
        } else {
            None
        }
    }
}

/// The whole body.
#[derive(Debug, Deserialize)]
pub(super) struct Body<'a> {
    #[serde(borrow, default)]
    pub directive: Object<Parts<'a>>,
}

/// `directive`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Parts<'a> {
    #[serde(borrow)]
    pub header: Object<Header<'a>>,
    #[serde(borrow)]
    pub endpoint: Object<Endpoint<'a>>,
    #[serde(borrow)]
    pub payload: Object<Payload<'a>>,
}

/// `directive.header`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    pub namespace: Text<'a>,
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub payload_version: Text<'a>,
    #[serde(borrow)]
    pub message_id: Text<'a>,
    #[serde(borrow)]
    pub correlation_token: Text<'a>,
}

/// `directive.endpoint`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Endpoint<'a> {
    #[serde(borrow)]
    pub endpoint_id: Text<'a>,
    #[serde(borrow)]
    pub scope: Object<Key<'a>>,
}

/// `directive.payload`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Payload<'a> {
    #[serde(borrow)]
    pub scope: Object<Key<'a>>,
    #[serde(borrow)]
    pub grantee: Object<Key<'a>>,
    #[serde(borrow)]
    pub grant: Object<Key<'a>>,
}

/// A token or a code with its kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Key<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub token: Text<'a>,
    #[serde(borrow)]
    pub code: Text<'a>,
}

macro_rules! passed_over {
    ($other:expr) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON")
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($other)
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($other)
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($other)
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($other)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok($other)
        }
    };
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Object<T>;

            passed_over!(Object(None));

            fn visit_str<E>(self, _: &str) -> Result<Object<T>, E> {
                Ok(Object(None))
            }

            fn visit_unit<E>(self) -> Result<Object<T>, E> {
                Ok(Object(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Some).map(Object)
            }
        }

        deserializer.deserialize_any(Reader(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;

            passed_over!(Text::Other);

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text::Is(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text::Is(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text::None)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text::Other)
            }
        }

        deserializer.deserialize_any(Reader)
    }
}
