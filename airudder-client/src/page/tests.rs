use super::*;
use crate::catalogue::{Endpoint, Field};
use crate::request::{Meta, Payload, Request};
use crate::test_server::{NUMBERED, Server, ok};
use crate::wire::{Int, List, Map, MapAccess, Reader, SerializeMap, Struct, Writer};

#[derive(Default)]
struct Numbered {
    size: i64,
    meta: Meta<Self>,
}

impl Struct for Numbered {
    const NAME: &'static str = "Numbered";
    const FIELDS: &'static [Field] = &[Field { wire: "Number", required: true, ..Field::EMPTY }];

    fn read_field<'de, A: MapAccess<'de>>(
        &mut self,
        _: usize,
        map: &mut A,
    ) -> Result<crate::wire::Unread, A::Error> {
        Reader(map).required::<Int>(&mut self.size)
    }

    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let mut to = Writer::new(map, Self::FIELDS);
        to.required::<Int>(0, &self.size);
        to.end()
    }
}

impl Request for Numbered {
    type Answer = std::collections::BTreeMap<String, Vec<i64>>;
    type Reader = Payload<Map<List<Int>>>;

    const ENDPOINT: &'static Endpoint = &NUMBERED;

    fn meta(&self) -> &Meta<Self> {
        &self.meta
    }
}

impl Paged for Numbered {
    type Item = i64;
    type ItemCodec = Int;
}

async fn server(last: &'static str) -> Server {
    Server::start(move |got| match got.target.split("Page=").nth(1) {
        None => ok(r#"{"list":[1,2]}"#),
        Some("2") => ok(r#"{"list":["3",4]}"#),
        Some(_) => ok(last),
    })
    .await
}

#[tokio::test]
async fn pages_and_items() {
    let server = server(r#"{"list":[5]}"#).await;
    let client = server.client();
    let mut pages = client.stream(Numbered { size: 2, ..Numbered::default() });
    let mut lists = Vec::new();
    while let Some(page) = pages.next().await {
        lists.push(page.unwrap()["list"].clone());
    }
    assert_eq!(lists, [vec![1, 2], vec![3, 4], vec![5]]);
    assert!(pages.next().await.is_none());
    assert!(pages.items().next().await.is_none(), "nothing is left");

    let mut items = client.stream(Numbered { size: 2, ..Numbered::default() }).items();
    let mut numbers = Vec::new();
    while let Some(item) = items.next().await {
        numbers.push(item.unwrap());
    }
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_is_named_and_ends_the_stream() {
    let server = server(r#"{"list":[5,"Jane"]}"#).await;
    let mut items = server.client().stream(Numbered { size: 2, ..Numbered::default() }).items();
    for _ in 0..5 {
        items.next().await.unwrap().unwrap();
    }
    let error = items.next().await.unwrap().unwrap_err();
    let Error::Decode(decode) = &error else { panic!("{error}") };
    assert_eq!(decode.path(), "data.list[1]");
    assert!(!error.to_string().contains("Jane"), "{error}");
    assert!(items.next().await.is_none());

    let mut pages = server.client().stream(Numbered { size: 2, ..Numbered::default() });
    assert!(pages.next().await.unwrap().is_ok() && pages.next().await.unwrap().is_ok());
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Decode(e) if e.path() == "data.*[1]"), "{error}");
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn streams_can_be_sent_and_stay_where_they_are() {
    fn sent<T: Send + Unpin>(value: T) -> T {
        value
    }
    let server = server("null").await;
    let client = server.client();
    let _ = sent(client.stream(Numbered { size: 2, ..Numbered::default() }));
    let _ = sent(client.stream(Numbered { size: 2, ..Numbered::default() }).items());
}
