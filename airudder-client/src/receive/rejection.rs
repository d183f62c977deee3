//! Why a request was not taken, and what it is answered.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request was not taken. As a response it is the status with nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Rejection {
    reason: Reason,
    status: StatusCode,
}

impl Rejection {
    pub(super) fn new(reason: Reason, refusal: Refusal) -> Self {
        Self { reason, status: reason.status(refusal) }
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The HTTP status that it is answered with.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        // The rest of the body is nothing that anybody wants to read. Who is not let in is not told even
        // that.
        if self.reason.leaves_body() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // HTTP wants a word of how to come in: by the secret in the path.
            let challenge = HeaderValue::from_static("Secret realm=\"webhooks\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// What senders who are not let in are answered. Both say the same to everybody, however near the secret was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Refusal {
    /// 404, as for any path that is not there: nobody learns that there is a receiver.
    #[default]
    NotFound,
    /// 401: easier to tell from a mistyped path, also for strangers.
    Unauthorized,
}

/// Why a request was not taken. The status in brackets is what it is answered with; anything but 200 makes
/// the vendor try again (a minute later, five tries at most, documented for the predictive dialer and assumed
/// for the others).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Wrong secret or address (404, or as [`Refusal`] says).
    #[error("the sender is not let in")]
    Sender,
    /// The verifier took it for forged (404, or as [`Refusal`] says).
    #[error("the message is forged")]
    Forged,
    /// The verifier could not tell, or took too long (503).
    #[error("the verifier could not tell")]
    Verifier,
    /// There is no webhook of this name here (404).
    #[error("there is no webhook of this name")]
    Name,
    /// It is not the HTTP method of the webhook (405).
    #[error("this webhook comes by another HTTP method")]
    Method,
    /// Too many are being taken already (503).
    #[error("too many messages at once")]
    Busy,
    /// The body is too large, as it is or decompressed (413).
    #[error("the body is too large")]
    TooLarge,
    /// The body took too long (408).
    #[error("the body took too long")]
    TooSlow,
    /// The body broke off, or its compression is broken (400).
    #[error("the body is incomplete or broken")]
    Broken,
    /// It is compressed with anything but gzip (415).
    #[error("the body is compressed in a way that is not supported")]
    Encoding,
    /// It is encrypted, and there is no key or another one (503): the fault is here.
    #[error("the body is encrypted, and the key for it is missing or wrong")]
    Key,
    /// It says that it is encrypted, and is not, or not whole (400).
    #[error("the body cannot be decrypted")]
    Undecryptable,
    /// It is not JSON (400).
    #[error("the body is not JSON")]
    NotJson,
    /// The header that repeats a value of the message is not there, or more than once (400).
    #[error("the header {0}, which repeats a value of the message, is missing")]
    HeaderMissing(&'static str),
    /// The header has another value than the message (400).
    #[error("the header {0} has another value than the message")]
    HeaderDiffers(&'static str),
    /// It is JSON, and not of the struct that a route of yours takes (422).
    #[error("the body has a message of another form")]
    Form,
    /// The inbox failed or took too long (503).
    #[error("the message could not be stored")]
    Storing,
    /// The inbox or the verifier panicked (500).
    #[error("the inbox or the verifier panicked")]
    Panicked,
    /// The program does not give what the authenticator needs: the address of the sender, or a path with
    /// `{secret}` in it (500). The log says which.
    #[error("the receiver is not set up as its authenticator needs it")]
    Setup,
}

impl Reason {
    fn status(self, refusal: Refusal) -> StatusCode {
        match self {
            Self::Sender | Self::Forged => match refusal {
                Refusal::NotFound => StatusCode::NOT_FOUND,
                Refusal::Unauthorized => StatusCode::UNAUTHORIZED,
            },
            Self::Name => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Verifier | Self::Busy | Self::Key | Self::Storing => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Broken
            | Self::Undecryptable
            | Self::NotJson
            | Self::HeaderMissing(_)
            | Self::HeaderDiffers(_) => StatusCode::BAD_REQUEST,
            Self::Form => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Panicked | Self::Setup => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether it is told before the body was read.
    fn leaves_body(self) -> bool {
        match self {
            Self::Busy | Self::TooLarge | Self::TooSlow | Self::Setup => true,
            Self::Sender
            | Self::Name
            | Self::Method
            | Self::Forged
            | Self::Verifier
            | Self::Broken
            | Self::Encoding
            | Self::Key
            | Self::Undecryptable
            | Self::NotJson
            | Self::HeaderMissing(_)
            | Self::HeaderDiffers(_)
            | Self::Form
            | Self::Storing
            | Self::Panicked => false,
        }
    }

    /// Whom it is for to know.
    pub(super) fn alarm(self) -> Alarm {
        match self {
            Self::Sender | Self::Forged => Alarm::None,
            Self::Setup => Alarm::Said,
            Self::Verifier
            | Self::Name
            | Self::Method
            | Self::Busy
            | Self::TooLarge
            | Self::TooSlow
            | Self::Broken
            | Self::Encoding
            | Self::Key
            | Self::Undecryptable
            | Self::NotJson
            | Self::HeaderMissing(_)
            | Self::HeaderDiffers(_)
            | Self::Form
            | Self::Storing
            | Self::Panicked => Alarm::Warning,
        }
    }
}

/// What a rejection means to those who run the receiver.
pub(super) enum Alarm {
    /// Strangers knock.
    None,
    /// A message of the vendor's may be lost.
    Warning,
    /// It was said where it was found.
    Said,
}
