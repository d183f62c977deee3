//! What all generated builders have in common.

/// Everything about a builder but its setters. `$c` is the caller's name for the client's `__private`.
/// `request` builders carry a client or `()`, and send; `row` builders build. A type parameter for each
/// required field says whether it has been set.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_builder {
    (
        $c:ident request $doc:literal, $target:ident, $builder:ident, $answer:ty, $markers:tt
        $(, $more:ident)*
    ) => {
        $crate::__impl_builder!(@request $c, $doc, $target, $builder, $answer, $markers);
        $($crate::__impl_builder!(@$more $c, $target, $builder, $markers);)*
    };

    (
        @request $c:ident, $doc:literal, $target:ident, $builder:ident, $answer:ty,
        [$($parameter:ident = $marker:path),*]
    ) => {
        #[doc = $doc]
        #[must_use = "a builder does nothing until it is built or sent"]
        pub struct $builder<C = (), $($parameter = $c::Missing<$marker>),*> {
            value: $target,
            client: C,
            state: $c::PhantomData<fn() -> ($($parameter,)*)>,
        }

        impl $target {
            /// A builder with nothing set, and no client: `build` gives the request, `Client::execute` sends
            /// it.
            pub fn builder() -> $builder {
                $builder::__with($target::default(), ())
            }
        }

        impl $builder<$c::Client> {
            #[doc(hidden)]
            pub fn __for(client: $c::Client, endpoint: &'static $c::catalogue::Endpoint) -> Self {
                let mut value = $target::default();
                value.__meta.__set_endpoint(endpoint);
                Self::__with(value, client)
            }
        }

        impl<C, $($parameter),*> $builder<C, $($parameter),*> {
            /// A builder of which the type says what has been set.
            fn __with(value: $target, client: C) -> Self {
                Self { value, client, state: $c::PhantomData }
            }

            /// A field that the spec does not know, sent beside the others.
            pub fn extra(
                mut self,
                name: impl $c::Into<$c::String>,
                value: impl $c::Into<$c::Value>,
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
                $($parameter: $c::IsSet<$marker>),*
            {
                self.value
            }
        }

        // No `async fn`: its hidden future would demand the bounds once more, and every missing field be
        // reported three times.
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// Sends the request and gives the answer's payload.
            pub fn send(self) -> $c::ResponseFuture<$answer>
            where
                $($parameter: $c::IsSet<$marker>),*
            {
                self.client.__send(self.value)
            }

            /// Sends the request and gives the payload with HTTP status, headers and the raw answer.
            pub fn send_full(self) -> $c::ResponseFuture<$c::Response<$answer>>
            where
                $($parameter: $c::IsSet<$marker>),*
            {
                self.client.__send_full(self.value)
            }
        }

        $crate::__impl_builder!(@debug $c, $builder, [C, $($parameter),*]);
    };

    (
        $c:ident row $doc:literal, $target:ident, $builder:ident,
        [$($parameter:ident = $marker:path),*] $(, extra $extra:literal)?
    ) => {
        #[doc = $doc]
        #[must_use = "a builder does nothing until it is built or sent"]
        pub struct $builder<$($parameter = $c::Missing<$marker>),*> {
            value: $target,
            state: $c::PhantomData<fn() -> ($($parameter,)*)>,
        }

        impl $target {
            /// A builder with nothing set.
            pub fn builder() -> $builder {
                $builder::__with($target::default())
            }
        }

        impl<$($parameter),*> $builder<$($parameter),*> {
            /// A builder of which the type says what has been set.
            fn __with(value: $target) -> Self {
                Self { value, state: $c::PhantomData }
            }

            $(
                #[doc = $extra]
                pub fn extra(
                    mut self,
                    name: impl $c::Into<$c::String>,
                    value: impl $c::Into<$c::Value>,
                ) -> Self {
                    self.value.extra.insert(name.into(), value.into());
                    self
                }
            )?

            /// The value, with all that was set. What is wrong with its fields is reported when it is sent.
            pub fn build(self) -> $target
            where
                $($parameter: $c::IsSet<$marker>),*
            {
                self.value
            }
        }

        $crate::__impl_builder!(@debug $c, $builder, [$($parameter),*]);
    };

    (@stream $c:ident, $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// All pages, one answer at a time; `.items()` on it gives the entries. Start and size of the
            /// pages are taken from the fields set here.
            pub fn stream(self) -> $crate::page::Pages<$target>
            where
                $($parameter: $c::IsSet<$marker>),*
            {
                self.client.stream(self.value)
            }
        }
    };

    (@wait $c:ident, $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// Waits until it is over, or until the file is there, and gives the last answer: see
            /// [`poll`]($crate::poll) for how often it looks and for how long.
            pub fn wait(self) -> $crate::poll::Wait<$target>
            where
                $($parameter: $c::IsSet<$marker>),*
            {
                self.client.wait(&self.value)
            }

            /// Each answer on the way to the end, as a stream. `.wait().every(..).answers()` says how often.
            pub fn poll(self) -> $crate::poll::Answers<$target>
            where
                $($parameter: $c::IsSet<$marker>),*
            {
                self.client.wait(&self.value).answers()
            }
        }
    };

    (@key $c:ident, $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
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
            pub fn set_idempotency_key(&mut self, key: impl $c::Into<$c::String>) {
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
                key: impl $c::Into<$c::String>,
            ) -> Self {
                self.value.__meta.set_idempotency_key(key.into());
                self
            }
        }
    };

    (@finish $c:ident, $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// Sends the request and waits until what it starts is over: see [`poll`]($crate::poll) for how
            /// often it looks and for how long.
            pub fn send_and_wait(self) -> $crate::poll::SendAndWait<$target>
            where
                $($parameter: $c::IsSet<$marker>),*
            {
                self.client.send_and_wait(self.value)
            }
        }
    };

    (@download $c:ident, $target:ident, $builder:ident, [$($parameter:ident = $marker:path),*]) => {
        impl<$($parameter),*> $builder<$crate::Client, $($parameter),*> {
            /// Writes the file to `path`; it appears there only when it is complete. Gives its length.
            pub fn download_to(
                self,
                path: impl ::core::convert::AsRef<::std::path::Path>,
            ) -> $c::ResponseFuture<u64>
            where
                $($parameter: $c::IsSet<$marker>),*
            {
                self.client.__download(self.value, path.as_ref().to_path_buf())
            }
        }
    };

    (@debug $c:ident, $builder:ident, [$($parameter:ident),* $(,)?]) => {
        impl<$($parameter),*> $c::Debug for $builder<$($parameter),*> {
            fn fmt(&self, f: &mut $c::Formatter<'_>) -> $c::FmtResult {
                $c::show_builder(::core::stringify!($builder), &self.value, f)
            }
        }
    };
}
