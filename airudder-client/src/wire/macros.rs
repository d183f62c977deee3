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

        impl ::core::convert::From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
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
    (
        $name:ident, $kind:ident, [$($variant:ident = $word:literal),* $(,)?]
        $(, also [$($other:ident = $alias:literal),*])?
    ) => {
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
                    $($($alias => return ::core::option::Option::Some(Self::$other),)*)?
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
                    // Nobody knows what stands in it.
                    Self::Other(word) => {
                        f.debug_tuple("Other").field(&$crate::wire::UnknownWord(word)).finish()
                    }
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

/// How a struct is read, written and shown: `wire::Struct`, serde's traits through it, and `Debug` that hides
/// what is personal. `$table` is the struct's table of fields; a line names a field, whether it may be left
/// out, and its codec: `0 task_name: required Text, shown;`.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_struct {
    ($name:ident, $extra:ident, $table:expr; $(entry $key:literal = $value:literal;)?
     $($index:literal $field:ident: $how:ident $codec:ty, $show:ident;)*) => {
        impl $crate::wire::Struct for $name {
            const NAME: &'static str = ::core::stringify!($name);
            const FIELDS: &'static [$crate::catalogue::Field] = $table;
            $(const ENTRY: ::core::option::Option<(&'static str, &'static str)> =
                ::core::option::Option::Some(($key, $value));)?

            #[allow(unused_variables)]
            fn read_field<'de, A: $crate::wire::MapAccess<'de>>(
                &mut self,
                index: usize,
                map: &mut A,
            ) -> ::core::result::Result<::core::option::Option<$crate::wire::private::Value>, A::Error> {
                match index {
                    $($index => $crate::__impl_struct!(@read $how, $codec, map, self.$field),)*
                    _ => $crate::wire::skip(map),
                }
            }

            #[allow(unused_variables)]
            fn write_fields<M: $crate::wire::SerializeMap>(
                &self,
                map: &mut M,
            ) -> ::core::result::Result<(), M::Error> {
                $($crate::__impl_struct!(@write $how, $codec, map, Self::FIELDS[$index], &self.$field)?;)*
                ::core::result::Result::Ok(())
            }

            $crate::__impl_struct!(@extra $extra);
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let mut shown = f.debug_struct(::core::stringify!($name));
                $(shown.field(
                    ::core::stringify!($field),
                    $crate::__impl_struct!(@show $show, &self.$field)
                );)*
                $crate::__impl_struct!(@show_extra $extra, self, shown);
                shown.finish()
            }
        }

        $crate::__impl_serde_by_codec!($name, $crate::wire::Obj<$name>);
    };

    (@read required, $codec:ty, $map:expr, $place:expr) => {
        $crate::wire::read::<$codec, A>($map, &mut $place)
    };
    (@read optional, $codec:ty, $map:expr, $place:expr) => {
        $crate::wire::read_loose::<$codec, A>($map, &mut $place)
    };
    (@read fixed, $codec:ty, $map:expr, $place:expr) => {
        $crate::wire::read::<$crate::wire::Opt<$codec>, A>($map, &mut $place)
    };
    (@read list, $codec:ty, $map:expr, $place:expr) => {
        $crate::wire::read::<$crate::wire::List<$codec>, A>($map, &mut $place)
    };
    (@read map, $codec:ty, $map:expr, $place:expr) => {
        $crate::wire::read::<$crate::wire::Map<$codec>, A>($map, &mut $place)
    };

    (@write required, $codec:ty, $map:expr, $key:expr, $value:expr) => {
        $crate::wire::write::<$codec, M>($map, $key.wire, $value)
    };
    (@write optional, $codec:ty, $map:expr, $key:expr, $value:expr) => {
        $crate::wire::write_opt::<$codec, M>($map, $key.wire, $value)
    };
    (@write fixed, $codec:ty, $map:expr, $key:expr, $value:expr) => {
        $crate::wire::write_fixed::<$codec, M>($map, &$key, $value)
    };
    (@write list, $codec:ty, $map:expr, $key:expr, $value:expr) => {
        $crate::wire::write_list::<$codec, M>($map, $key.wire, $value)
    };
    (@write map, $codec:ty, $map:expr, $key:expr, $value:expr) => {
        $crate::wire::write_map::<$codec, M>($map, $key.wire, $value)
    };

    (@extra closed) => {};
    (@extra open) => { $crate::__impl_struct!(@extra_in extra); };
    (@extra request) => {
        fn extra(&self) -> ::core::option::Option<&$crate::wire::JsonMap> {
            ::core::option::Option::Some(self.__meta.extra())
        }

        fn extra_mut(&mut self) -> ::core::option::Option<&mut $crate::wire::JsonMap> {
            ::core::option::Option::Some(self.__meta.extra_mut())
        }
    };
    (@extra_in $field:ident) => {
        fn extra(&self) -> ::core::option::Option<&$crate::wire::JsonMap> {
            ::core::option::Option::Some(&self.$field)
        }

        fn extra_mut(&mut self) -> ::core::option::Option<&mut $crate::wire::JsonMap> {
            ::core::option::Option::Some(&mut self.$field)
        }
    };

    (@show shown, $value:expr) => { $value };
    (@show hidden, $value:expr) => { &$crate::wire::Redacted };
    (@show_extra closed, $this:expr, $shown:ident) => {};
    (@show_extra open, $this:expr, $shown:ident) => {
        if !$this.extra.is_empty() {
            $shown.field("extra", &$crate::wire::Redacted);
        }
    };
    (@show_extra request, $this:expr, $shown:ident) => { $shown.field("extra", &$crate::wire::Redacted); };
}
