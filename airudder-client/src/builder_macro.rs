//! What all generated builders have in common.

/// Everything about a builder but its setters. `request` builders carry a client or `()`, and send; `row`
/// builders build. A type parameter for each required field says whether it has been set.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_builder {
    (request $doc:literal, $target:ident, $builder:ident, $answer:ty, $markers:tt $(, $more:ident)*) => {
        $crate::__impl_builder!(@request $doc, $target, $builder, $answer, $markers);
        $($crate::__impl_builder!(@$more $target, $builder, $markers);)*
    };

    (
        @request $doc:literal, $target:ident, $builder:ident, $answer:ty,
        [$($parameter:ident = $marker:path),*]
    ) => {
        #[doc = $doc]
        #[must_use = "a builder does nothing until it is built or sent"]
        pub struct $builder<C = (), $($parameter = $crate::request::Missing<$marker>),*> {
            value: $target,
            client: C,
            state: ::core::marker::PhantomData<fn() -> ($($parameter,)*)>,
        }

        impl $target {
            /// A builder with nothing set, and no client: `build` gives the request, `Client::execute` sends
            /// it.
            pub fn builder() -> $builder {
                $builder { value: $target::default(), client: (), state: ::core::marker::PhantomData }
            }
        }

        impl $builder<$crate::Client> {
            #[doc(hidden)]
            pub fn __for(client: $crate::Client, endpoint: &'static $crate::catalogue::Endpoint) -> Self {
                let mut value = $target::default();
                value.__meta.__set_endpoint(endpoint);
                Self { value, client, state: ::core::marker::PhantomData }
            }
        }

        impl<C, $($parameter),*> $builder<C, $($parameter),*> {
            /// A field that the spec does not know, sent beside the others.
            pub fn extra(
                mut self,
                name: impl ::core::convert::Into<::std::string::String>,
                value: impl ::core::convert::Into<$crate::Value>,
            ) -> Self {
                self.value.__meta.extra_mut().insert(name.into(), value.into());
                self
            }

            /// How long one attempt may take.
            pub fn timeout(mut self, timeout: ::core::time::Duration) -> Self {
                self.value.__meta.set_timeout(timeout);
                self
            }

            /// The value, with all that was set. What is wrong with its fields is reported when it is sent.
            pub fn build(self) -> $target
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.value
            }
        }

        // No `async fn`: its hidden future would demand the bounds once more, and every missing field be
        // reported three times.
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// Sends the request and gives the answer's payload.
            pub fn send(self) -> $crate::request::ResponseFuture<$answer>
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.client.__send(self.value)
            }

            /// Sends the request and gives the payload with HTTP status, headers and the raw answer.
            pub fn send_full(self) -> $crate::request::ResponseFuture<$crate::Response<$answer>>
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.client.__send_full(self.value)
            }
        }

        $crate::__impl_builder!(@debug $builder, [C, $($parameter),*]);
    };

    (
        row $doc:literal, $target:ident, $builder:ident,
        [$($parameter:ident = $marker:path),*] $(, extra $extra:literal)?
    ) => {
        #[doc = $doc]
        #[must_use = "a builder does nothing until it is built or sent"]
        pub struct $builder<$($parameter = $crate::request::Missing<$marker>),*> {
            value: $target,
            state: ::core::marker::PhantomData<fn() -> ($($parameter,)*)>,
        }

        impl $target {
            /// A builder with nothing set.
            pub fn builder() -> $builder {
                $builder { value: $target::default(), state: ::core::marker::PhantomData }
            }
        }

        impl<$($parameter),*> $builder<$($parameter),*> {
            $(
                #[doc = $extra]
                pub fn extra(
                    mut self,
                    name: impl ::core::convert::Into<::std::string::String>,
                    value: impl ::core::convert::Into<$crate::Value>,
                ) -> Self {
                    self.value.extra.insert(name.into(), value.into());
                    self
                }
            )?

            /// The value, with all that was set. What is wrong with its fields is reported when it is sent.
            pub fn build(self) -> $target
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.value
            }
        }

        $crate::__impl_builder!(@debug $builder, [$($parameter),*]);
    };

    (@stream $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// All pages, one answer at a time; `.items()` on it gives the entries. Start and size of the
            /// pages are taken from the fields set here.
            pub fn stream(self) -> $crate::page::Pages<$target>
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.client.stream(self.value)
            }
        }
    };

    (@wait $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// Waits until it is over, or until the file is there, and gives the last answer: see
            /// [`poll`]($crate::poll) for how often it looks and for how long.
            pub fn wait(self) -> $crate::poll::Wait<$target>
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.client.wait(&self.value)
            }

            /// Each answer on the way to the end, as a stream. `.wait().every(..).answers()` says how often.
            pub fn poll(self) -> $crate::poll::Answers<$target>
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.client.wait(&self.value).answers()
            }
        }
    };

    (@key $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl $target {
            /// The key that makes a repeated call the same call: however often this request is sent, it is
            /// done once. Made when it is asked for or sent for the first time; a clone has the same.
            ///
            /// A made key lives in this value alone. What must be done once even after a crash needs a key of
            /// your own, kept or made from your own records: see [`retry`]($crate::retry).
            pub fn idempotency_key(&self) -> &str {
                self.__meta.idempotency_key().unwrap_or_default()
            }

            /// Gives it a key of your own: 1 to 255 characters, one for each thing that is to be done once.
            pub fn set_idempotency_key(&mut self, key: impl ::core::convert::Into<::std::string::String>) {
                self.__meta.set_idempotency_key(key.into());
            }

            /// Makes it another request, with a new key: for a copy that is to be done as well.
            pub fn renew_idempotency_key(&mut self) {
                self.__meta.renew_idempotency_key();
            }
        }

        impl<C, $($parameter),*> $builder<C, $($parameter),*> {
            /// A key of your own, so that this is done once even if your program crashes and sends it again:
            /// 1 to 255 characters. Without one the request gets a key that lives as long as the value.
            pub fn idempotency_key(
                mut self,
                key: impl ::core::convert::Into<::std::string::String>,
            ) -> Self {
                self.value.__meta.set_idempotency_key(key.into());
                self
            }
        }
    };

    (@finish $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// Sends the request and waits until what it starts is over: see [`poll`]($crate::poll) for how
            /// often it looks and for how long.
            pub fn send_and_wait(self) -> $crate::poll::SendAndWait<$target>
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.client.send_and_wait(self.value)
            }
        }
    };

    (@download $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// Writes the file to `path`; it appears there only when it is complete. Gives its length.
            pub fn download_to(
                self,
                path: impl ::core::convert::AsRef<::std::path::Path>,
            ) -> $crate::request::ResponseFuture<u64>
            where
                $($parameter: $crate::request::IsSet<$marker>),*
            {
                self.client.__download(self.value, path.as_ref().to_path_buf())
            }
        }
    };

    (@debug $builder:ident, [$($parameter:ident),* $(,)?]) => {
        impl<$($parameter),*> ::core::fmt::Debug for $builder<$($parameter),*> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(::core::stringify!($builder))
                    .field("value", &self.value)
                    .finish_non_exhaustive()
            }
        }
    };
}

/// The body of a required field's setter: the value goes in, and the builder's type changes.
#[doc(hidden)]
#[macro_export]
macro_rules! __set {
    ($builder:expr, $field:ident, $target:ident, $($client:ident)?) => {{
        let mut builder = $builder;
        builder.value.$field = $field.into();
        $target { value: builder.value, $($client: builder.$client,)? state: ::core::marker::PhantomData }
    }};
}
