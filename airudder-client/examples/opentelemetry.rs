//! The client's calls as spans of OpenTelemetry, on the standard output.
//!
//! `cargo run --example opentelemetry` needs no account: it runs against the simulator, which fails once on
//! the way. In your program another exporter (OTLP) takes the place of the one that prints.

use airudder_client::Client;
use airudder_client::observe::{InterceptFuture, Interceptor, PendingCall, Refusal};
use airudder_client::reqwest::header::{HeaderName, HeaderValue};
use airudder_simulator::{Fault, Simulator};
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Carries the trace on to the vendor's side, or to a gateway of yours that stands before it.
struct TraceParent;

impl Interceptor for TraceParent {
    fn before_send<'a>(&'a self, call: &'a mut PendingCall) -> InterceptFuture<'a> {
        Box::pin(async move {
            // Interceptors are asked inside of the call's span.
            let context = tracing::Span::current().context();
            let span = context.span().span_context().clone();
            if span.is_valid() {
                let (trace, id, flags) = (span.trace_id(), span.span_id(), span.trace_flags().to_u8());
                let value = HeaderValue::try_from(format!("00-{trace}-{id}-{flags:02x}"))
                    .map_err(|error| Refusal::new(error.to_string()))?;
                call.set_header(HeaderName::from_static("traceparent"), value)?;
            }
            Ok(())
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(opentelemetry_stdout::SpanExporter::default())
        .build();
    tracing_subscriber::registry()
        // Spans of this program and of the client; HTTP libraries have nothing to add.
        .with(EnvFilter::new("off,opentelemetry=info,airudder_client=info"))
        .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("opentelemetry-example")))
        .init();

    let simulator = Simulator::start().await?;
    let client = Client::builder()
        .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
        .base_url(simulator.base_url())
        .interceptor(TraceParent)
        .build()?;

    // Three calls inside of one span of ours: one is repeated, one the vendor refuses.
    async {
        simulator.inject("collection.list_robots", Fault::status(503), 1);
        client.collection().list_robots().send().await?;
        let refused = client.collection().get_task_detail().task_id("no-such-task").send().await;
        if let Err(error) = refused {
            println!("as expected: {error}");
        }
        client.collection().list_tasks().number(10).page(1).send().await.map(drop)
    }
    .instrument(tracing::info_span!("morning_check"))
    .await?;

    provider.shutdown()?;
    Ok(())
}
