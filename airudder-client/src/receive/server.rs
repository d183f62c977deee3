//! Serves a router with what a receiver on the open internet needs beyond `axum::serve`.

use std::future::{Future, IntoFuture, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tower_service::Service as _;

/// What a head that took too long is answered: hyper says nothing then.
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
/// How long, and how much of it, a sender is listened to who is still sending when the answer is out: a
/// connection that is closed on him takes the answer with it.
const LINGER: Duration = Duration::from_secs(5);
const LINGER_BYTES: usize = 1 << 20;

/// Serves a router over HTTP/1.1, in place of `axum::serve`: bounded in the number of connections, in the
/// time that the head of a request may take (then 408) and in that in which a sender takes nothing of an
/// answer (then it is closed), and with the address of the sender for [`Addresses`](super::Addresses). TLS is
/// for the reverse proxy in front.
///
/// ```no_run
/// # async fn run(router: axum::Router) -> std::io::Result<()> {
/// use airudder_client::receive::Server;
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
/// Server::new(listener, router).graceful_shutdown(stop).await;
/// # Ok(()) }
/// ```
#[must_use = "it does nothing until it is awaited"]
pub struct Server<L = tokio::net::TcpListener> {
    listener: L,
    router: Router,
    head_timeout: Duration,
    write_timeout: Duration,
    max_connections: usize,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl<L: Listener<Addr = SocketAddr>> Server<L> {
    /// Serves this router to whoever comes to this listener.
    pub fn new(listener: L, router: Router) -> Self {
        let stop = Box::pin(std::future::pending());
        let (head_timeout, write_timeout) = (Duration::from_secs(10), Duration::from_secs(30));
        Self { listener, router, head_timeout, write_timeout, max_connections: 1024, stop }
    }

    /// The time that the head of a request may take, 10 seconds if not set: then 408. A connection on which
    /// nothing comes for as long is closed.
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.head_timeout = timeout;
        self
    }

    /// How long a sender may take nothing of an answer, 30 seconds if not set: then the connection is closed.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout;
        self
    }

    /// How many connections there may be, 1024 if not set. Others wait until one is closed.
    pub fn max_connections(mut self, max: usize) -> Self {
        self.max_connections = max.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// When this comes, no more connections are taken, and requests that are under way are answered.
    pub fn graceful_shutdown(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.stop = Box::pin(stop);
        self
    }

    async fn serve(self) {
        let Self { mut listener, router, head_timeout, write_timeout, max_connections, mut stop } = self;
        let places = Arc::new(Semaphore::new(max_connections));
        let (stopper, stopped) = watch::channel(false);
        loop {
            let accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.accept().await)
            };
            let (place, (io, peer)) = tokio::select! {
                () = &mut stop => break,
                accepted = accepted => accepted,
            };
            let Ok(place) = place else { break };
            let mut io = TimeoutStream::new(io);
            io.set_write_timeout(Some(write_timeout));
            let io = Box::pin(io);
            tokio::spawn(connection(io, peer, router.clone(), head_timeout, stopped.clone(), place));
        }
        drop(listener);
        stopper.send_replace(true);
        // All places are free when the last connection is closed.
        let all = u32::try_from(max_connections).unwrap_or(u32::MAX);
        drop(places.acquire_many(all).await);
    }
}

impl<L: Listener<Addr = SocketAddr>> IntoFuture for Server<L> {
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.serve())
    }
}

impl<L> std::fmt::Debug for Server<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("head_timeout", &self.head_timeout)
            .field("write_timeout", &self.write_timeout)
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

async fn connection<I>(
    io: I,
    peer: SocketAddr,
    router: Router,
    head_timeout: Duration,
    mut stopped: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
) where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        // A router is always ready.
        Box::pin(router.clone().call(request))
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .serve_connection(TokioIo::new(io), service);
    let mut stop = pin!(async { stopped.wait_for(|stopped| *stopped).await.is_ok() });
    let mut stopping = false;
    let ended = poll_fn(|cx| {
        if !stopping && stop.as_mut().poll(cx).is_ready() {
            stopping = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        connection.poll_without_shutdown(cx)
    })
    .await;
    let parts = connection.into_parts();
    let mut io = parts.io.into_inner();
    let too_slow = ended.is_err_and(|error| error.is_timeout()) && !parts.read_buf.is_empty();
    let close = async {
        if too_slow {
            io.write_all(TOO_SLOW).await?;
        }
        io.shutdown().await?;
        let (mut rest, mut read) = ([0; 4096], 0);
        while read < LINGER_BYTES {
            match io.read(&mut rest).await? {
                0 => break,
                more => read += more,
            }
        }
        std::io::Result::Ok(())
    };
    // The sender may be gone already.
    let _ = tokio::time::timeout(LINGER, close).await;
}
