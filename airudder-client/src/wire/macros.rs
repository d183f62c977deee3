//! What generated ids, enums and structs have in common. Macros and not derives: for types that come by the
//! hundred these cost a fraction of the compile time. A consumer's own spec may put the types into a private
//! module, hence the `allow`s.

/// `Serialize` and `Deserialize` through a codec.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_serde_by_codec {
    ($name:ty, $codec:ty) => {
        impl $crate::wire::private::serde::Serialize for $name {
            fn serialize<S: $crate::wire::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                <$codec as $crate::wire::Codec>::write(self, serializer)
            }
        }

        impl<'de> $crate::wire::private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::wire::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <$codec as $crate::wire::Codec>::read(deserializer)
            }
        }
    };
}

/// Everything about an id but its definition and derives. The type is `struct $name(String)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_id {
    ($name:ident) => {
        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id as text, without a copy.
            pub fn into_string(self) -> ::std::string::String {
                self.0
            }
        }

        impl $crate::wire::TextValue for $name {
            fn from_text(text: ::std::string::String) -> Self {
                Self(text)
            }

            fn as_text(&self) -> &str {
                &self.0
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(::std::string::String::from(text))
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self(text)
            }
        }

        impl ::core::convert::From<&::std::string::String> for $name {
            fn from(text: &::std::string::String) -> Self {
                Self(text.clone())
            }
        }

        $crate::__impl_id!(@number $name: i32 i64 u32 u64);

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(text: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(Self::from(text))
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(::core::stringify!($name)).field(&self.0).finish()
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::core::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl ::core::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        $crate::__impl_serde_by_codec!($name, $crate::wire::Id<$name>);
    };
    (@number $name:ident: $($number:ident)*) => {$(
        impl ::core::convert::From<$number> for $name {
            fn from(number: $number) -> Self {
                Self(::std::string::ToString::to_string(&number))
            }
        }
    )*};
}

/// Everything about an open enum but its definition and derives. The type has the unit variants named and
/// `Other(String)`. `$kind` is `text` or `integer`: what its values are on the wire.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_enum {
    ($name:ident, $kind:ident, [$($variant:ident = $word:literal),* $(,)?]) => {
        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// The known values, as on the wire.
            pub const VALUES: &'static [&'static str] = &[$($word),*];

            /// The value, as on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }

            /// The known variant for a word, in any case.
            fn known(word: &str) -> ::core::option::Option<Self> {
                match word {
                    $($word => return ::core::option::Option::Some(Self::$variant),)*
                    _ => {}
                }
                $(if $word.eq_ignore_ascii_case(word) {
                    return ::core::option::Option::Some(Self::$variant);
                })*
                ::core::option::Option::None
            }
        }

        impl $crate::wire::OpenEnum for $name {
            const INTEGER: bool = $crate::__impl_enum!(@is_integer $kind);

            fn from_wire(word: &str) -> Self {
                Self::from(word)
            }

            fn as_wire(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(word: &str) -> Self {
                Self::known(word).unwrap_or_else(|| Self::Other(::std::string::String::from(word)))
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            fn from(word: ::std::string::String) -> Self {
                Self::known(&word).unwrap_or(Self::Other(word))
            }
        }

        $crate::__impl_enum!(@numbers $kind $name);

        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self::Other(::std::string::String::new())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(word: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(Self::from(word))
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    $(Self::$variant => f.write_str(::core::stringify!($variant)),)*
                    Self::Other(word) => f.debug_tuple("Other").field(word).finish(),
                }
            }
        }

        $crate::__impl_serde_by_codec!($name, $crate::wire::Enum<$name>);
    };
    (@is_integer text) => { false };
    (@is_integer integer) => { true };
    (@numbers text $name:ident) => {};
    (@numbers integer $name:ident) => {
        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// The number on the wire; `None` for a word that is none.
            pub fn code(&self) -> ::core::option::Option<i64> {
                self.as_str().parse().ok()
            }
        }

        impl ::core::convert::From<i64> for $name {
            fn from(number: i64) -> Self {
                Self::from(::std::string::ToString::to_string(&number))
            }
        }

        impl ::core::convert::From<i32> for $name {
            fn from(number: i32) -> Self {
                Self::from(i64::from(number))
            }
        }
    };
}

/// `Serialize` and `Deserialize` for a type that implements `wire::Struct`.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_struct {
    ($name:ident) => {
        $crate::__impl_serde_by_codec!($name, $crate::wire::Obj<$name>);
    };
}
