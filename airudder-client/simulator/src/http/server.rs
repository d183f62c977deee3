//! The HTTP server: connections that can be reset, and the way of a request through the simulator.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Request, State};
use axum::http::Response;
use axum::serve::{IncomingStream, Listener};
use futures_util::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http::pipeline::{self, Finish};
use crate::http::shared::Shared;

/// Serves until `stop` says so; idle connections are closed then.
pub(crate) fn serve(
    listener: TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<ResetHandle>();
    let server = axum::serve(ResettableListener(listener), service).with_graceful_shutdown(async move {
        // An error means that the simulator is gone, which is a reason to stop as well.
        let _ = stop.wait_for(|stop| *stop).await;
    });
    tokio::spawn(async move {
        let _ = server.await;
    })
}

/// The API.
pub(crate) fn api(shared: Arc<Shared>) -> Router {
    Router::new().fallback(answer).with_state(shared)
}

/// The recordings, on a host of their own as far as a client can tell.
pub(crate) fn files(shared: Arc<Shared>) -> Router {
    Router::new().fallback(file).with_state(shared)
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(reset_handle): ConnectInfo<ResetHandle>,
    request: Request,
) -> Response<Body> {
    if shared.one_port && request.uri().path().starts_with("/recordings/") {
        return pipeline::file(&shared, &request);
    }
    let (response, finish) = pipeline::handle(&shared, request).await;
    match finish {
        Finish::Whole => response,
        Finish::Reset => {
            reset_handle.reset();
            response
        }
        Finish::HalfWay => half(response).await,
    }
}

async fn file(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    pipeline::file(&shared, &request)
}

/// The answer with its whole length in the header and half of its body.
async fn half(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, 64 << 20).await else {
        return Response::from_parts(head, Body::empty());
    };
    head.headers.insert(axum::http::header::CONTENT_LENGTH, bytes.len().into());
    let first = bytes.slice(..bytes.len() / 2);
    let start = futures_util::stream::once(async move { Ok::<Bytes, io::Error>(first) });
    // The pause lets the first half get on its way before the error closes the connection.
    let end = futures_util::stream::once(async {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        Err(io::Error::other("broken off"))
    });
    Response::from_parts(head, Body::from_stream(start.chain(end)))
}

/// A listener whose connections can be reset.
struct ResettableListener(TcpListener);

impl Listener for ResettableListener {
    type Io = Connection;
    type Addr = ResetHandle;

    async fn accept(&mut self) -> (Connection, ResetHandle) {
        let (stream, _): (TcpStream, SocketAddr) = Listener::accept(&mut self.0).await;
        // Small answers on kept connections would wait for each other otherwise.
        let _ = stream.set_nodelay(true);
        let reset_handle = ResetHandle::default();
        (Connection { stream, reset_handle: reset_handle.clone() }, reset_handle)
    }

    fn local_addr(&self) -> io::Result<ResetHandle> {
        Ok(ResetHandle::default())
    }
}

/// Resets the connection that it belongs to.
#[derive(Debug, Clone, Default)]
struct ResetHandle(Arc<AtomicBool>);

impl ResetHandle {
    fn reset(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn check(&self, stream: &TcpStream) -> io::Result<()> {
        if self.0.load(Ordering::SeqCst) {
            // Without lingering the peer sees a reset and not an orderly end.
            let _ = stream.set_zero_linger();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl Connected<IncomingStream<'_, ResettableListener>> for ResetHandle {
    fn connect_info(stream: IncomingStream<'_, ResettableListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// One connection.
struct Connection {
    stream: TcpStream,
    reset_handle: ResetHandle,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.reset_handle.check(&self.stream)?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.reset_handle.check(&self.stream)?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
