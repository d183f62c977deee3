//! Examples of requests, answers and webhooks: the spec's own where it has one, else made up from the field
//! tables.
//!
//! **Made-up examples are not the vendor's.** They show which fields there are and of what form, and they
//! hold to the limits that are known. Their values mean nothing: a phone number is one that is reserved for
//! fiction, ids are hash values, every date is in January 2030. The same spec always gives the same examples.
//!
//! ```
//! use airudder_client::catalogue::ENDPOINTS;
//! use airudder_simulator::sample;
//!
//! for endpoint in ENDPOINTS {
//!     println!("{} {}", endpoint.key, sample::request(endpoint));
//! }
//! ```

use airudder_client::catalogue::{
    Constraint, Endpoint, EnumForm, EnumInfo, Field, Kind, Limit, LimitOn, ResponseKind, Scalar, StructInfo,
    Webhook,
};
use airudder_client::wire::{self, Codec};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::{DateTime, date};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use serde_json::{Map, Value, json};

/// A number that is reserved for drama (Ofcom), so nobody's phone can ring.
const PHONE: &str = "+447700900123";
const URL: &str = "https://example.com/example";

/// An example of an endpoint's request: its fields as a JSON object, also where they go into a query string.
pub fn request(endpoint: &Endpoint) -> Value {
    given(endpoint.sample.request).unwrap_or_else(|| fields(endpoint.request, &Nest::TOP))
}

/// An example of an endpoint's answer: the payload without its envelope. Null where the answer is a file.
pub fn answer(endpoint: &Endpoint) -> Value {
    let made_up = || match &endpoint.response {
        ResponseKind::File => Value::Null,
        ResponseKind::Value(Kind::Struct(_)) if !endpoint.response.fields().is_empty() => {
            fields(endpoint.response.fields(), &Nest::TOP)
        }
        ResponseKind::Value(kind) => value(&Spot::of_kind(kind), &Nest::TOP).unwrap_or(Value::Null),
    };
    given(endpoint.sample.response).unwrap_or_else(made_up)
}

/// An example of what a webhook carries.
pub fn payload(webhook: &Webhook) -> Value {
    given(webhook.sample).unwrap_or_else(|| fields(webhook.payload, &Nest::TOP))
}

/// The spec's own example.
fn given(sample: Option<&str>) -> Option<Value> {
    sample.and_then(|json| serde_json::from_str(json).ok())
}

/// The structs that are being made up, outermost last. A struct that contains itself is left out inside
/// itself.
struct Nest<'a> {
    name: &'static str,
    outer: Option<&'a Nest<'a>>,
}

impl Nest<'_> {
    const TOP: Self = Self { name: "", outer: None };

    fn contains(&self, name: &str) -> bool {
        self.name == name || self.outer.is_some_and(|outer| outer.contains(name))
    }
}

/// What a value is made up for.
struct Spot<'a> {
    kind: &'a Kind,
    constraints: &'a [Constraint],
    /// How many fields must come after this one, one after the other.
    before: u8,
}

impl<'a> Spot<'a> {
    fn of_kind(kind: &'a Kind) -> Self {
        Self { kind, constraints: &[], before: 0 }
    }

    /// The first constraint that `pick` takes.
    fn limit<T>(&self, pick: impl Fn(Constraint) -> Option<T>) -> Option<T> {
        self.constraints.iter().find_map(|constraint| pick(*constraint))
    }
}

/// An object with all fields.
fn fields(fields: &[Field], nest: &Nest<'_>) -> Value {
    let mut object = Map::new();
    for field in fields {
        let before = fields_after(fields, field, 0);
        let spot = Spot { kind: &field.kind, constraints: field.constraints, before };
        if let Some(value) = value(&spot, nest) {
            object.insert(field.wire.to_owned(), value);
        }
    }
    Value::Object(object)
}

/// How many fields must come after a field, one after the other. Bounded, for a circle of them.
fn fields_after(fields: &[Field], field: &Field, steps: u8) -> u8 {
    let after = field.constraints.iter().filter_map(|constraint| {
        let Constraint::Before(later) = constraint else { return None };
        fields.iter().find(|other| other.wire == *later)
    });
    if steps == 8 {
        return steps;
    }
    after.map(|later| fields_after(fields, later, steps + 1)).max().unwrap_or(steps)
}

/// A value; `None` where a struct would contain itself.
fn value(spot: &Spot<'_>, nest: &Nest<'_>) -> Option<Value> {
    Some(match spot.kind {
        Kind::Struct(info) => return object(info, nest),
        Kind::List(kind) => list(spot, kind, nest),
        Kind::Map(kind) => {
            let entry = value(&Spot { kind, ..*spot }, nest);
            entry.map_or_else(|| json!({}), |entry| json!({"example": entry}))
        }
        Kind::Scalar(Scalar::Integer) => json!(integer(spot, 1)),
        Kind::Scalar(Scalar::Number) | Kind::Scalar(Scalar::Decimal) => number(spot),
        Kind::Scalar(Scalar::Boolean) => json!(true),
        Kind::Scalar(Scalar::Json) => json!({"example": true}),
        Kind::Scalar(Scalar::JsonSchema) => json!({
            "type": "object", "properties": {"example": {"type": "boolean"}}, "additionalProperties": false,
        }),
        Kind::Scalar(Scalar::AnyScalar) => json!("example"),
        Kind::Enum(info) => word(spot, info),
        Kind::Scalar(Scalar::EpochMs) => json!(integer(spot, moment(spot).as_millisecond())),
        Kind::Scalar(Scalar::EpochS) => json!(integer(spot, moment(spot).as_second())),
        Kind::Scalar(Scalar::Date) => {
            let day = evening().date();
            let earlier = day.checked_sub(Span::new().days(i64::from(spot.before)));
            written::<wire::Date>(&earlier.unwrap_or(day))
        }
        Kind::Scalar(Scalar::Time) => written::<wire::Time>(&local(spot).time()),
        Kind::Scalar(Scalar::LocalDateTime) => written::<wire::LocalDateTime>(&local(spot)),
        Kind::Scalar(Scalar::Instant) => written::<wire::Instant>(&moment(spot)),
        Kind::Scalar(Scalar::InstantOffset) => written::<wire::InstantOffset>(&moment(spot)),
        Kind::Scalar(Scalar::Phone) => json!(phone(spot)),
        Kind::Scalar(Scalar::Url) => json!(URL),
        Kind::Scalar(Scalar::Base64) => json!(STANDARD.encode(URL)),
        Kind::Scalar(Scalar::Binary) => json!(STANDARD.encode("example")),
        Kind::Scalar(Scalar::JsonText) => json!(r#"{"example":true}"#),
        Kind::Id(name) => json!(fitted(spot, id(name))),
        Kind::Scalar(Scalar::String) => json!(fitted(spot, "example".to_owned())),
    })
}

fn object(info: &StructInfo, nest: &Nest<'_>) -> Option<Value> {
    if nest.contains(info.name) {
        return None;
    }
    Some(fields(info.fields, &Nest { name: info.name, outer: Some(nest) }))
}

/// A list of one, or of as many as there must be.
fn list(spot: &Spot<'_>, kind: &Kind, nest: &Nest<'_>) -> Value {
    /// More than that teaches nothing.
    const MAX_ITEMS: i64 = 100;
    let least = spot.limit(|constraint| {
        let Constraint::Limit(Limit::MinItems, limit) = constraint else { return None };
        Some(limit)
    });
    let entry = value(&Spot { kind, ..*spot }, nest);
    let count = least.unwrap_or(1).clamp(1, MAX_ITEMS) as usize;
    Value::Array(entry.into_iter().cycle().take(count).collect())
}

/// The first of the values allowed.
fn allowed(spot: &Spot<'_>) -> Option<&'static str> {
    spot.limit(|constraint| {
        let Constraint::OneOf(words) = constraint else { return None };
        words.first().copied()
    })
}

fn word(spot: &Spot<'_>, info: &EnumInfo) -> Value {
    let word = allowed(spot).or_else(|| info.values.first().copied());
    match word {
        Some(word) if info.form == EnumForm::Integer => {
            word.parse::<i64>().map_or_else(|_| json!(word), Value::from)
        }
        Some(word) => json!(word),
        None if info.form == EnumForm::Integer => json!(integer(spot, 1)),
        None => json!("example"),
    }
}

/// The number nearest to `wish` within the field's limits.
fn integer(spot: &Spot<'_>, wish: i64) -> i64 {
    if let Some(number) = allowed(spot).and_then(|word| word.parse().ok()) {
        return number;
    }
    spot.constraints.iter().fold(wish, |number, constraint| match *constraint {
        Constraint::Limit(Limit::Min, limit) => number.max(limit),
        Constraint::Limit(Limit::Max, limit) => number.min(limit),
        Constraint::Limit(Limit::GreaterThan, limit) => number.max(limit.saturating_add(1)),
        Constraint::Limit(Limit::LessThan, limit) => number.min(limit.saturating_sub(1)),
        Constraint::Limit(Limit::MinChars, _)
        | Constraint::Limit(Limit::MaxChars, _)
        | Constraint::Limit(Limit::MaxDigits, _)
        | Constraint::OneOf(_)
        | Constraint::Limit(Limit::MinItems, _)
        | Constraint::Limit(Limit::MaxItems, _)
        | Constraint::Limit(Limit::MaxDaysAhead, _)
        | Constraint::Limit(Limit::MinMinutesBefore, _)
        | Constraint::Before(_)
        | Constraint::SameDay(_)
        | Constraint::NotPast
        | Constraint::Schema(_) => number,
    })
}

/// A number with a fraction where the limits leave room for one.
fn number(spot: &Spot<'_>) -> Value {
    let limited = spot.constraints.iter().any(|constraint| match constraint {
        Constraint::Limit(limit, _) => limit.on() == LimitOn::Number,
        Constraint::OneOf(_) => true,
        Constraint::Before(_) | Constraint::SameDay(_) | Constraint::NotPast | Constraint::Schema(_) => false,
    });
    if limited { json!(integer(spot, 100)) } else { json!(100.5) }
}

/// The end of all made-up days. Fields that must come before others are earlier by an hour each, or by a day.
fn evening() -> DateTime {
    date(2030, 1, 15).at(18, 0, 0, 0)
}

fn local(spot: &Spot<'_>) -> DateTime {
    let evening = evening();
    evening.checked_sub(Span::new().hours(i64::from(spot.before))).unwrap_or(evening)
}

fn moment(spot: &Spot<'_>) -> Timestamp {
    Offset::UTC.to_timestamp(local(spot)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A value as the client writes it.
fn written<C: Codec>(value: &C::Value) -> Value {
    C::write(value, serde_json::value::Serializer).unwrap_or_default()
}

/// The phone number, shortened where that many digits are too many.
fn phone(spot: &Spot<'_>) -> String {
    let most = spot.limit(|constraint| {
        if let Constraint::Limit(Limit::MaxDigits, limit) = constraint {
            return Some(limit as usize + 1);
        }
        let Constraint::Limit(Limit::MaxChars, limit) = constraint else { return None };
        Some(limit as usize)
    });
    PHONE.chars().take(most.unwrap_or(usize::MAX)).collect()
}

/// An id in the vendor's usual form, 32 hexadecimal digits, another one for each type.
fn id(name: &str) -> String {
    let hash = name.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    format!("{hash:032x}")
}

/// The text within the field's limits: the first of the values allowed, or cut or repeated to length.
fn fitted(spot: &Spot<'_>, text: String) -> String {
    if let Some(word) = allowed(spot) {
        return word.to_owned();
    }
    /// Longer ones teach nothing.
    const MAX_CHARS: usize = 10_000;
    let (mut least, mut most) = (0, text.len());
    for constraint in spot.constraints {
        if let Constraint::Limit(Limit::MinChars, limit) = *constraint {
            least = (limit as usize).min(MAX_CHARS);
        } else if let Constraint::Limit(Limit::MaxChars, limit) = *constraint {
            most = most.min(limit as usize);
        }
    }
    text.chars().cycle().take(most.max(least)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use airudder_client::Family;
    use airudder_client::catalogue::{Auth, Evidence, Method, Sample};
    use airudder_client::check::check;

    const fn field(wire: &'static str, kind: Kind, constraints: &'static [Constraint]) -> Field {
        Field {
            name: wire,
            wire,
            kind,
            required: true,
            evidence: Evidence::Documented,
            constraints,
            ..Field::EMPTY
        }
    }

    static LEVEL: EnumInfo = EnumInfo { name: "Level", values: &["1", "2"], form: EnumForm::Integer };
    static WORD: EnumInfo = EnumInfo { name: "Word", values: &["male"], form: EnumForm::String };
    static NONE: EnumInfo = EnumInfo { name: "None", values: &[], form: EnumForm::String };
    static NODE: StructInfo = StructInfo {
        name: "Node",
        open: false,
        fields: &[
            field(
                "name",
                Kind::Scalar(Scalar::String),
                &[Constraint::Limit(Limit::MinChars, 20), Constraint::Limit(Limit::MaxChars, 30)],
            ),
            Field { required: false, ..field("child", Kind::Struct(&NODE), &[]) },
            Field { required: false, ..field("children", Kind::List(&Kind::Struct(&NODE)), &[]) },
            Field { required: false, ..field("by_name", Kind::Map(&Kind::Struct(&NODE)), &[]) },
        ],
    };
    static FIELDS: &[Field] = &[
        field("string", Kind::Scalar(Scalar::String), &[Constraint::Limit(Limit::MaxChars, 3)]),
        field("word", Kind::Scalar(Scalar::String), &[Constraint::OneOf(&["a", "b"])]),
        field(
            "integer",
            Kind::Scalar(Scalar::Integer),
            &[Constraint::Limit(Limit::Min, 60), Constraint::Limit(Limit::Max, 90)],
        ),
        field("small", Kind::Scalar(Scalar::Integer), &[Constraint::Limit(Limit::LessThan, 0)]),
        field("two", Kind::Scalar(Scalar::Integer), &[Constraint::OneOf(&["2"])]),
        field("number", Kind::Scalar(Scalar::Number), &[Constraint::Limit(Limit::LessThan, 3)]),
        field("free", Kind::Scalar(Scalar::Number), &[]),
        field("decimal", Kind::Scalar(Scalar::Decimal), &[Constraint::Limit(Limit::GreaterThan, 1000)]),
        field("boolean", Kind::Scalar(Scalar::Boolean), &[]),
        field("first", Kind::Scalar(Scalar::Date), &[Constraint::Before("second")]),
        field("second", Kind::Scalar(Scalar::Date), &[Constraint::Before("third")]),
        field("third", Kind::Scalar(Scalar::Date), &[]),
        field("from", Kind::Scalar(Scalar::LocalDateTime), &[Constraint::Before("to")]),
        field("to", Kind::Scalar(Scalar::LocalDateTime), &[]),
        field("opens", Kind::Scalar(Scalar::Time), &[Constraint::Before("closes")]),
        field("closes", Kind::Scalar(Scalar::Time), &[]),
        field("circle", Kind::Scalar(Scalar::EpochS), &[]),
        field("instant", Kind::Scalar(Scalar::Instant), &[Constraint::Before("offset")]),
        field("offset", Kind::Scalar(Scalar::InstantOffset), &[Constraint::Before("ms")]),
        field("ms", Kind::Scalar(Scalar::EpochMs), &[]),
        field("phone", Kind::Scalar(Scalar::Phone), &[Constraint::Limit(Limit::MaxDigits, 9)]),
        field(
            "phones",
            Kind::List(&Kind::Scalar(Scalar::Phone)),
            &[Constraint::Limit(Limit::MaxDigits, 14), Constraint::Limit(Limit::MinItems, 2)],
        ),
        field("url", Kind::Scalar(Scalar::Url), &[]),
        field("base64", Kind::Scalar(Scalar::Base64), &[]),
        field("binary", Kind::Scalar(Scalar::Binary), &[]),
        field("json", Kind::Scalar(Scalar::Json), &[]),
        field("json_text", Kind::Scalar(Scalar::JsonText), &[]),
        field("id", Kind::Id("TaskId"), &[Constraint::Limit(Limit::MaxChars, 32)]),
        field("level", Kind::Enum(&LEVEL), &[]),
        field("gender", Kind::Enum(&WORD), &[]),
        field("none", Kind::Enum(&NONE), &[]),
        field("node", Kind::Struct(&NODE), &[]),
        field(
            "nodes",
            Kind::List(&Kind::Struct(&NODE)),
            &[Constraint::Limit(Limit::MinItems, 3), Constraint::Limit(Limit::MaxItems, 3)],
        ),
        field("map", Kind::Map(&Kind::Scalar(Scalar::Integer)), &[]),
    ];

    fn endpoint() -> Endpoint {
        Endpoint {
            section: "test",
            method: Method::Post,
            request: FIELDS,
            ..Endpoint::new("test.test", Family::Cloud, Auth::None)
        }
    }

    #[test]
    fn made_up_requests_pass_the_check() {
        let sample = request(&endpoint());
        assert_eq!(check(FIELDS, Family::Cloud, sample.to_string().as_bytes()), []);
        assert_eq!(sample.as_object().unwrap().len(), FIELDS.len());
        assert_eq!(sample, request(&endpoint()));
    }

    #[test]
    fn made_up_values_keep_the_limits() {
        let sample = request(&endpoint());
        assert_eq!(sample["string"], "exa");
        assert_eq!((&sample["integer"], &sample["small"]), (&json!(60), &json!(-1)));
        assert_eq!((&sample["first"], &sample["third"]), (&json!("2030-01-13"), &json!("2030-01-15")));
        assert_eq!(
            (&sample["from"], &sample["to"]),
            (&json!("2030-01-15 17:00:00"), &json!("2030-01-15 18:00:00"))
        );
        assert_eq!((&sample["phone"], &sample["phones"]), (&json!("+447700900"), &json!([PHONE, PHONE])));
        assert_eq!(sample["level"], 1);
        let id = sample["id"].as_str().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(super::id("TaskId"), super::id("CallId"));
    }

    #[test]
    fn a_struct_is_left_out_inside_itself() {
        let node = json!({"name": "exampleexampleexampl", "children": [], "by_name": {}});
        let sample = request(&endpoint());
        assert_eq!(sample["node"], node);
        assert_eq!(sample["nodes"], json!([node, node, node]));
    }

    #[test]
    fn a_circle_of_fields_ends() {
        static CIRCLE: &[Field] = &[
            field("a", Kind::Scalar(Scalar::Date), &[Constraint::Before("b")]),
            field("b", Kind::Scalar(Scalar::Date), &[Constraint::Before("a")]),
        ];
        assert_eq!(fields(CIRCLE, &Nest::TOP).as_object().unwrap().len(), 2);
    }

    #[test]
    fn the_specs_own_sample_goes_first() {
        let sample = Sample { request: Some(r#"{"a": 1}"#), response: Some("[2]") };
        let mut endpoint = Endpoint { sample, ..endpoint() };
        assert_eq!((request(&endpoint), answer(&endpoint)), (json!({"a": 1}), json!([2])));
        endpoint.sample = Sample { request: Some("{"), response: None };
        assert!(request(&endpoint)["string"].is_string());
    }

    #[test]
    fn answers_are_made_up_by_kind() {
        let mut endpoint = endpoint();
        assert_eq!(answer(&endpoint), Value::Null);
        endpoint.response = ResponseKind::Value(Kind::List(&Kind::Id("TaskId")));
        assert_eq!(answer(&endpoint), json!([id("TaskId")]));
        endpoint.response = ResponseKind::Value(Kind::Struct(&NODE));

        assert_eq!(answer(&endpoint)["name"], "exampleexampleexampl");
    }
}
