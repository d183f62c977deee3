//! The contacts of the sections, as the catalogue describes them.

use airudder_client::Family;
use airudder_client::catalogue::{Endpoint, Field, Kind, Scalar, StructInfo};
use airudder_client::collection::{self, CollectionContact};
use airudder_client::request::Request;
use airudder_client::telemarketing::{self, CustomerContact};
use serde::de::DeserializeOwned;

/// A row as the vendor takes it: the entry of the list of people that an endpoint is given.
///
/// Its fields, limits and codes are those of the endpoint in the catalogue. [`CollectionContact`] is the one
/// of Collection; [`CustomerContact`] that of Telemarketing and of Info Check.
pub trait Contact: DeserializeOwned + Clone + Send + 'static {
    /// The endpoint that takes a list of them.
    const ENDPOINT: &'static Endpoint;
}

impl Contact for CollectionContact {
    const ENDPOINT: &'static Endpoint = collection::CreateTask::ENDPOINT;
}

impl Contact for CustomerContact {
    const ENDPOINT: &'static Endpoint = telemarketing::CreateTask::ENDPOINT;
}

/// What the catalogue says of a contact.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// The field of the request that lists contacts.
    pub(super) list: &'static Field,
    pub(super) fields: &'static [Field],
    /// Whether it takes variables of the caller's own.
    pub(super) open: bool,
    pub(super) family: Family,
    /// The field of the number that is called.
    pub(super) phone: &'static Field,
}

impl Shape {
    /// `None`: the endpoint takes no list of people.
    pub(super) fn of<C: Contact>() -> Option<Self> {
        let family = C::ENDPOINT.family;
        C::ENDPOINT.request.iter().find_map(|list| {
            let info = entry(list)?;
            let is_phone = |field: &&Field| matches!(field.kind, Kind::Scalar(Scalar::Phone));
            let phones = || info.fields.iter().filter(is_phone);
            let phone = phones().find(|field| field.required).or_else(|| phones().next())?;
            Some(Self { list, fields: info.fields, open: info.open, family, phone })
        })
    }

    /// The field of a name: that of the wire, or of Rust.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.wire == name || field.name == name)
    }
}

fn entry(list: &'static Field) -> Option<&'static StructInfo> {
    match list.kind {
        Kind::List(Kind::Struct(info)) => Some(info),
        Kind::List(_) | Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::Struct(_) | Kind::Map(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use airudder_client::info_check;

    use super::*;

    #[test]
    fn the_catalogue_describes_all_three_contacts() {
        let collection = Shape::of::<CollectionContact>().unwrap();
        assert_eq!((collection.list.wire, collection.phone.wire), ("Details", "Mobile"));
        let customers = Shape::of::<CustomerContact>().unwrap();
        assert!(customers.open && customers.field("customer").is_some());
        let of_info_check = info_check::CreateTask::ENDPOINT.request.iter().find_map(entry).unwrap();
        assert_eq!(of_info_check.name, "CustomerContact");
    }
}
