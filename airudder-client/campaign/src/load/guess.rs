//! What columns are, by their names.

use std::collections::HashSet;

use airudder_client::catalogue::Field;

use super::contact::{Contact, Shape};
use super::header::{Column, Header, key};
use super::mapping::Mapping;

/// Usual names of columns, by the field's name in Rust, as [`key`] has them.
const NAMES: &[(&str, &[&str])] = &[
    (
        "mobile",
        &[
            "mobile",
            "mobilenumber",
            "mobilephone",
            "mobileno",
            "phone",
            "phonenumber",
            "phoneno",
            "cellphone",
            "cell",
            "contactnumber",
            "telephone",
            "tel",
            "msisdn",
            "callee",
            "whatsapp",
            "nohp",
            "nomorhp",
            "hp",
            "handphone",
            "nohandphone",
            "nomorhandphone",
            "telepon",
            "notelepon",
            "nomortelepon",
            "telp",
            "notelp",
            "nowa",
            "telefono",
            "teléfono",
            "numerodetelefono",
            "númerodeteléfono",
            "celular",
            "movil",
            "móvil",
        ],
    ),
    ("debtor", PEOPLE),
    ("customer", PEOPLE),
    (
        "loan_date",
        &[
            "loandate",
            "dateofloan",
            "disbursementdate",
            "disbursedon",
            "tanggalpinjaman",
            "tglpinjaman",
            "tanggalpinjam",
            "tglpinjam",
            "tanggalpencairan",
            "fechadeprestamo",
            "fechaprestamo",
            "fechadepréstamo",
            "fechapréstamo",
        ],
    ),
    (
        "due_date",
        &[
            "duedate",
            "due",
            "dateofpayment",
            "paymentdate",
            "jatuhtempo",
            "tanggaljatuhtempo",
            "tgljatuhtempo",
            "fechadevencimiento",
            "fechavencimiento",
            "vencimiento",
            "fechadepago",
        ],
    ),
    (
        "loan_amount",
        &[
            "loanamount",
            "amount",
            "principal",
            "loan",
            "jumlahpinjaman",
            "nilaipinjaman",
            "pinjaman",
            "pokok",
            "monto",
            "montodelprestamo",
            "montoprestamo",
            "montodelpréstamo",
            "capital",
        ],
    ),
    (
        "arrears",
        &[
            "arrears",
            "outstanding",
            "outstandingamount",
            "overdueamount",
            "amountdue",
            "totaldue",
            "balance",
            "tunggakan",
            "jumlahtunggakan",
            "sisatagihan",
            "tagihan",
            "totaltagihan",
            "saldo",
            "deuda",
            "adeudo",
            "saldovencido",
        ],
    ),
    ("unit", &["unit", "currency", "matauang", "moneda", "divisa"]),
    ("platform", &["platform", "brand", "product", "app", "merek", "marca", "plataforma"]),
    (
        "comments",
        &[
            "comments",
            "comment",
            "reference",
            "ref",
            "referenceid",
            "customerid",
            "contract",
            "contractnumber",
            "loanid",
            "accountnumber",
            "nokontrak",
            "nomorkontrak",
            "idpelanggan",
            "referensi",
            "referencia",
            "contrato",
        ],
    ),
    ("gender", &["gender", "sex", "jeniskelamin", "kelamin", "genero", "género", "sexo"]),
];

const PEOPLE: &[&str] = &[
    "debtor",
    "customer",
    "name",
    "fullname",
    "customername",
    "debtorname",
    "borrower",
    "borrowername",
    "client",
    "clientname",
    "nama",
    "namalengkap",
    "namadebitur",
    "namanasabah",
    "namapelanggan",
    "debitur",
    "nasabah",
    "pelanggan",
    "nombre",
    "nombrecompleto",
    "cliente",
    "nombredelcliente",
    "deudor",
];

impl Mapping {
    /// The mapping that the names of columns speak for: those of the fields, and the usual ones in English,
    /// Indonesian and Spanish. A field that several columns may be is left out.
    ///
    /// ```
    /// use airudder_campaign::load::Mapping;
    /// use airudder_client::telemarketing::CustomerContact;
    ///
    /// let mapping = Mapping::guess::<CustomerContact>(["Nama Lengkap", "No. HP", "Kota"]);
    /// assert_eq!(mapping, Mapping::new().column("Customer", "Nama Lengkap").column("Mobile", "No. HP"));
    /// ```
    pub fn guess<C: Contact>(headers: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let names: Vec<String> = headers.into_iter().map(|name| name.as_ref().to_owned()).collect();
        let header = Header::new(names.iter().map(String::as_str));
        Shape::of::<C>().map_or_else(Self::new, |shape| mapping(&shape, &header))
    }
}

/// Whether a column has a usual name of a field.
fn is(field: &Field, column: &Column) -> bool {
    let name = key(&column.name);
    let own = name == key(field.wire) || name == key(field.name);
    own || NAMES.iter().any(|(of, names)| *of == field.name && names.contains(&name.as_str()))
}

/// The columns that may be a field: those of its own name, else those of a usual one.
pub(super) fn candidates<'h>(field: &Field, header: &'h Header) -> Vec<&'h Column> {
    let own = header.find(field.wire);
    if !own.is_empty() {
        return own;
    }
    header.columns.iter().filter(|column| is(field, column)).collect()
}

/// The mapping that the names of columns speak for.
pub(super) fn mapping(shape: &Shape, header: &Header) -> Mapping {
    let mut mapping = Mapping::new();
    for field in shape.fields {
        if let [column] = candidates(field, header).as_slice() {
            mapping = mapping.column(field.wire, column.name.clone());
        }
    }
    mapping
}

/// All names that columns may have.
pub(super) fn known(shape: &Shape) -> HashSet<String> {
    let own = shape.fields.iter().flat_map(|field| [key(field.wire), key(field.name)]);
    let usual = NAMES.iter().filter(|(of, _)| shape.field(of).is_some()).flat_map(|(_, names)| *names);
    own.chain(usual.map(|name| (*name).to_owned())).collect()
}

/// Whether a name is a usual one of columns of phone numbers.
pub(super) fn is_phone(name: &str) -> bool {
    let name = key(name);
    NAMES.iter().any(|(of, names)| *of == "mobile" && names.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use airudder_client::collection::CollectionContact;

    use super::*;

    #[test]
    fn usual_names_are_keys() {
        for (_, names) in NAMES {
            for name in *names {
                assert_eq!(key(name), **name);
            }
        }
    }

    #[test]
    fn a_field_that_several_columns_may_be_is_left_out() {
        let guess = |names: &[&str]| Mapping::guess::<CollectionContact>(names);
        let usual = guess(&["Nama", "No. HP", "Tgl Pinjam", "Jatuh Tempo", "Pinjaman", "Tunggakan", "Kota"]);
        assert_eq!(usual.columns.len(), 6);
        assert_eq!(usual.columns["LoanDate"], "Tgl Pinjam");
        assert!(guess(&["Phone", "HP"]).columns.is_empty());
        assert_eq!(guess(&["Phone", "Mobile"]), Mapping::new().column("Mobile", "Mobile"));
    }
}
