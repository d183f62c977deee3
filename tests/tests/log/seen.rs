//! What `tracing` is given, caught.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Everything of this crate that gets through a filter.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Seen>>);

#[derive(Default, Clone)]
pub(super) struct Seen {
    pub(super) spans: Vec<Span>,
    pub(super) records: Vec<Line>,
}

#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) id: u64,
    pub(super) name: &'static str,
    pub(super) level: Level,
    pub(super) target: &'static str,
    pub(super) parent: Option<&'static str>,
    pub(super) names: Vec<&'static str>,
    pub(super) fields: Fields,
    pub(super) closed: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) level: Level,
    pub(super) target: &'static str,
    pub(super) message: String,
    pub(super) fields: Fields,
    pub(super) span: Option<u64>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Fields(pub(super) BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Fields {
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if !metadata.target().starts_with("airudder_client") {
            return;
        }
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let parent = context.span(id).unwrap().parent().map(|parent| parent.name());
        self.0.lock().unwrap().spans.push(Span {
            id: id.into_u64(),
            name: metadata.name(),
            level: *metadata.level(),
            target: metadata.target(),
            parent,
            names: metadata.fields().iter().map(|field| field.name()).collect(),
            fields,
            closed: false,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        if let Some(span) = self.0.lock().unwrap().open(id) {
            values.record(&mut span.fields);
        }
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        if let Some(span) = self.0.lock().unwrap().open(&id) {
            span.closed = true;
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if !metadata.target().starts_with("airudder_client") {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.0.lock().unwrap().records.push(Line {
            level: *metadata.level(),
            target: metadata.target(),
            message: fields.0.remove("message").unwrap_or_default(),
            fields,
            span: context.event_span(event).map(|span| span.id().into_u64()),
        });
    }
}

impl Seen {
    /// Ids are used again after a span's end.
    fn open(&mut self, id: &Id) -> Option<&mut Span> {
        self.spans.iter_mut().rev().find(|span| span.id == id.into_u64() && !span.closed)
    }

    /// The span of the only call, but for those for tokens.
    #[track_caller]
    pub(super) fn call(&self) -> &Span {
        let calls: Vec<&Span> = self.spans.iter().filter(|span| span.name == "airudder_call").collect();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls[0]
    }

    /// What was written, but for requests for tokens.
    pub(super) fn lines(&self) -> Vec<String> {
        let lines = self.records.iter().filter(|line| !line.message.contains("token"));
        lines.map(|line| format!("{} {}", line.level, line.message)).collect()
    }
}

impl Log {
    pub(super) fn catch(&self, level: LevelFilter) -> impl Sized + use<> {
        tracing_subscriber::registry().with(self.clone().with_filter(level)).set_default()
    }

    /// What has been seen since it was last asked.
    pub(super) fn take(&self) -> Seen {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A log at INFO, the level of most programs.
pub(super) fn log() -> (Log, impl Sized) {
    let log = Log::default();
    let guard = log.catch(LevelFilter::INFO);
    (log, guard)
}
