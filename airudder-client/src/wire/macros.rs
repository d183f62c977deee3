//! What generated ids, enums and structs have in common. Macros and not derives: for types that come by the
//! hundred these cost a fraction of the compile time. A consumer's own spec may put the types into a private
//! module, hence the `allow`s.

/// `Serialize` and `Deserialize` through a codec.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_serde_by_codec {
    ($c:ident $name:ty, $codec:ty) => {
        impl $c::Serialize for $name {
            fn serialize<S: $c::Serializer>(&self, to: S) -> $c::Result<S::Ok, S::Error> {
                <$codec as $c::Codec>::write(self, to)
            }
        }

        impl<'de> $c::Deserialize<'de> for $name {
            fn deserialize<D: $c::Deserializer<'de>>(from: D) -> $c::Result<Self, D::Error> {
                <$codec as $c::Codec>::read(from)
            }
        }
    };
}

/// Everything about an id but its definition and derives. The type is `struct $name(String)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_id {
    ($c:ident $name:ident) => {
        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id as text, without a copy.
            pub fn into_string(self) -> $c::String {
                self.0
            }
        }

        impl $c::TextValue for $name {
            fn from_text(text: $c::String) -> Self {
                Self(text)
            }

            fn as_text(&self) -> &str {
                &self.0
            }
        }

        impl $c::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self($c::String::from(text))
            }
        }

        impl $c::From<$c::String> for $name {
            fn from(text: $c::String) -> Self {
                Self(text)
            }
        }

        impl $c::From<&$c::String> for $name {
            fn from(text: &$c::String) -> Self {
                Self(text.clone())
            }
        }

        impl $c::From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        $crate::__impl_id!(@number $c $name: i32 i64 u32 u64);

        impl $c::FromStr for $name {
            type Err = $c::Infallible;

            fn from_str(text: &str) -> $c::Result<Self, $c::Infallible> {
                Ok(Self::from(text))
            }
        }

        impl $c::Display for $name {
            fn fmt(&self, f: &mut $c::Formatter<'_>) -> $c::FmtResult {
                f.pad(&self.0)
            }
        }

        impl $c::Debug for $name {
            fn fmt(&self, f: &mut $c::Formatter<'_>) -> $c::FmtResult {
                f.debug_tuple(::core::stringify!($name)).field(&self.0).finish()
            }
        }

        impl $c::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl $c::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl $c::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        $crate::__impl_serde_by_codec!($c $name, $c::Id<$name>);
    };
    (@number $c:ident $name:ident: $($number:ident)*) => {$(
        impl $c::From<$number> for $name {
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
        $c:ident $name:ident, $kind:ident, [$($variant:ident = $word:literal),* $(,)?]
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
            fn known(word: &str) -> $c::Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    $($($alias => Some(Self::$other),)*)?
                    _ => $c::in_other_case(word, Self::VALUES).and_then(Self::known),
                }
            }
        }

        impl $c::OpenEnum for $name {
            const INTEGER: bool = $crate::__impl_enum!(@is_integer $kind);

            fn from_wire(word: &str) -> Self {
                Self::from(word)
            }

            fn as_wire(&self) -> &str {
                self.as_str()
            }
        }

        impl $c::From<&str> for $name {
            fn from(word: &str) -> Self {
                Self::known(word).unwrap_or_else(|| Self::Other($c::String::from(word)))
            }
        }

        impl $c::From<$c::String> for $name {
            fn from(word: $c::String) -> Self {
                Self::known(&word).unwrap_or(Self::Other(word))
            }
        }

        $crate::__impl_enum!(@numbers $c $kind $name);

        impl $c::Default for $name {
            fn default() -> Self {
                Self::Other($c::String::new())
            }
        }

        impl $c::FromStr for $name {
            type Err = $c::Infallible;

            fn from_str(word: &str) -> $c::Result<Self, $c::Infallible> {
                Ok(Self::from(word))
            }
        }

        impl $c::Display for $name {
            fn fmt(&self, f: &mut $c::Formatter<'_>) -> $c::FmtResult {
                f.pad(self.as_str())
            }
        }

        impl $c::Debug for $name {
            fn fmt(&self, f: &mut $c::Formatter<'_>) -> $c::FmtResult {
                match self {
                    $(Self::$variant => f.write_str(::core::stringify!($variant)),)*
                    // Nobody knows what stands in it.
                    Self::Other(word) => {
                        f.debug_tuple("Other").field(&$c::UnknownWord(word)).finish()
                    }
                }
            }
        }

        $crate::__impl_serde_by_codec!($c $name, $c::Enum<$name>);
    };
    (@is_integer text) => { false };
    (@is_integer integer) => { true };
    (@numbers $c:ident text $name:ident) => {};
    (@numbers $c:ident integer $name:ident) => {
        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// The number on the wire; `None` for a word that is none.
            pub fn code(&self) -> $c::Option<i64> {
                self.as_str().parse().ok()
            }
        }

        impl $c::From<i64> for $name {
            fn from(number: i64) -> Self {
                Self::from(::std::string::ToString::to_string(&number))
            }
        }

        impl $c::From<i32> for $name {
            fn from(number: i32) -> Self {
                Self::from(i64::from(number))
            }
        }
    };
}

/// How a struct is read, written and shown: `wire::Struct`, serde's traits through it, and `Debug` that hides
/// what is personal. `$c` is the caller's name for the client's `__private`, `$table` the struct's table of
/// fields; a line names a field, how it is held (a method of `Reader` and `Writer`), its codec, and
/// whether `Debug` shows it: `0 task_name: required Text, shown;`.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_struct {
    ($c:ident $name:ident, $extra:ident, $table:expr; $(entry $key:literal = $value:literal;)?
     $($index:literal $field:ident: $how:ident $codec:ty, $show:ident;)*) => {
        impl $c::Struct for $name {
            const NAME: &'static str = ::core::stringify!($name);
            const FIELDS: &'static [$c::catalogue::Field] = $table;
            $(const ENTRY: $c::Option<(&'static str, &'static str)> = Some(($key, $value));)?

            fn read_field<'de, A: $c::MapAccess<'de>>(
                &mut self,
                index: usize,
                map: &mut A,
            ) -> $c::Result<$c::Unread, A::Error> {
                let mut from = $c::Reader(map);
                match index {
                    $($index => from.$how::<$codec>(&mut self.$field),)*
                    _ => from.skip(),
                }
            }

            #[allow(unused_mut)]
            fn write_fields<M: $c::SerializeMap>(&self, map: &mut M) -> $c::Result<(), M::Error> {
                let mut to = $c::Writer::new(map, Self::FIELDS);
                $(to.$how::<$codec>($index, &self.$field);)*
                to.end()
            }

            $crate::__impl_struct!(@extra $c $extra);
        }

        impl $c::Debug for $name {
            fn fmt(&self, f: &mut $c::Formatter<'_>) -> $c::FmtResult {
                $c::show(self, &[$($crate::__impl_struct!(@show $c $show self.$field)),*], f)
            }
        }

        $crate::__impl_serde_by_codec!($c $name, $c::Obj<$name>);
    };

    (@extra $c:ident closed) => {};
    (@extra $c:ident open) => {
        fn extra(&self) -> $c::Option<&$c::JsonMap> {
            Some(&self.extra)
        }

        fn extra_mut(&mut self) -> $c::Option<&mut $c::JsonMap> {
            Some(&mut self.extra)
        }
    };
    (@extra $c:ident request) => {
        fn extra(&self) -> $c::Option<&$c::JsonMap> {
            Some(self.__meta.extra())
        }

        fn extra_mut(&mut self) -> $c::Option<&mut $c::JsonMap> {
            Some(self.__meta.extra_mut())
        }
    };

    (@show $c:ident shown $value:expr) => { &$value };
    (@show $c:ident hidden $value:expr) => { &$c::Redacted };
}
