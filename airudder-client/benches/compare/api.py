"""One made-up API, written down for three clients: as our YAML, as OpenAPI for progenitor, as Rust by hand.

Each endpoint has 12 request and 10 response fields; five share a row struct and an enum; 30 make a section.
Each crate has a program `one` beside its library, which makes one call.
"""

import json
import os

PER_SECTION = 30
PER_GROUP = 5

# Rust name, wire name, type, required.
REQUEST = [
    ('task_name', 'TaskName', 'string', True),
    ('robot', 'Robot', 'Robot', True),
    ('start_date', 'StartDate', 'date', True),
    ('rows', 'Rows', 'rows', True),
    ('end_date', 'EndDate', 'date', False),
    ('repeat_number', 'RepeatNumber', 'integer', False),
    ('repeat_interval', 'RepeatInterval', 'integer', False),
    ('share', 'Share', 'number', False),
    ('amount', 'Amount', 'decimal', False),
    ('kind', 'Kind', 'Kind', False),
    ('comment', 'Comment', 'string', False),
    ('sip_line', 'SIPLine', 'string', False),
]
ROW = [
    ('debtor', 'Debtor', 'string', True),
    ('mobile', 'Mobile', 'string', True),
    ('loan_date', 'LoanDate', 'date', False),
    ('due_date', 'DueDate', 'date', False),
    ('loan_amount', 'LoanAmount', 'decimal', False),
    ('arrears', 'Arrears', 'number', False),
    ('unit', 'Unit', 'string', False),
    ('age', 'Age', 'integer', False),
    ('kind', 'Kind', 'Kind', False),
    ('robot', 'Robot', 'Robot', False),
]
RESPONSE = [
    ('task', 'Task', 'Task', True),
    ('state', 'State', 'Kind', False),
    ('task_name', 'TaskName', 'string', False),
    ('created_on', 'CreatedOn', 'date', False),
    ('count', 'Count', 'integer', False),
    ('done', 'Done', 'integer', False),
    ('share', 'Share', 'number', False),
    ('amount', 'Amount', 'decimal', False),
    ('message', 'Message', 'string', False),
    ('is_final', 'IsFinal', 'boolean', False),
]
DOCS = {
    'TaskName': 'Its name; no other task has it.', 'Robot': 'The robot that speaks.', 'StartDate': 'First day of calls.',
    'Rows': 'The people to call.', 'EndDate': 'Last day of calls.', 'RepeatNumber': 'How often to redial.',
    'RepeatInterval': 'Pause before a redial, in minutes.', 'Share': 'Part of the whole.', 'Amount': 'Sum in the unit.',
    'Kind': 'What kind it is.', 'Comment': 'Comes back with the result.', 'SIPLine': 'The line.',
    'Debtor': 'Name of the person called.', 'Mobile': 'Number to call.', 'LoanDate': 'Day of the loan.',
    'DueDate': 'Day on which it is due.', 'LoanAmount': 'Sum lent.', 'Arrears': 'Sum owed.', 'Unit': 'Word for the unit.',
    'Age': 'In years.', 'Task': 'The task made.', 'State': 'How it is.', 'CreatedOn': 'Day of its making.',
    'Count': 'Rows taken.', 'Done': 'Rows done.', 'Message': 'Remark.', 'IsFinal': 'Whether it has ended.',
}
KINDS = ['first', 'second', 'third', 'fourth']

MANIFEST = '''[package]
name = "synthetic_{name}"
version = "0.1.0"
edition = "2024"

[dependencies]
{dependencies}
[profile.dev]
debug = "line-tables-only"

[workspace]
'''
TOKIO = 'tokio = { version = "1", features = ["macros", "net", "rt", "time"] }\n'
REQWEST = 'reqwest = { version = "0.13", default-features = false, features = ["json", "rustls", "stream"] }\n'


def sections(count):
    """Each section's number, with the number of its endpoints."""
    return [(s, min(PER_SECTION, count - s * PER_SECTION)) for s in range(-(-count // PER_SECTION))]


def groups(endpoints):
    return range(-(-endpoints // PER_GROUP))


def write(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)


# Ours: a consumer's crate, one `api!` for each section.


def yaml_field(field, group, indent):
    name, wire, ty, required = field
    types = {'rows': f'list<Row{group}>', 'Kind': f'Kind{group}', 'Robot': 'RobotId', 'Task': 'TaskId'}
    said = [f'wire: {wire}', f'type: {types.get(ty, ty)}']
    if required:
        said.append('required: true')
    if wire == 'TaskName' and required:
        said.append('max_chars: 64, codes: {missing: 10401, too_long: 10402}')
    said += {
        'Rows': ['min_items: 1'], 'RepeatNumber': ['min: 0, max: 15'], 'Debtor': ['sensitive: true, max_chars: 63'],
        'Mobile': ['sensitive: true'],
    }.get(wire, [])
    return f'{" " * indent}{name}: {{{", ".join(said)}, doc: "{DOCS[wire]}"}}\n'


def yaml_fields(fields, group, indent):
    return ''.join(yaml_field(field, group, indent) for field in fields)


def section_yaml(section, endpoints):
    text = f'section: s{section}\ntitle: Section {section}\nfamily: cloud\nsummary: One of many.\ntypes:\n  enums:\n'
    values = ', '.join(f'{kind}: {{doc: The {kind}.}}' for kind in KINDS)
    for group in groups(endpoints):
        text += f'    Kind{group}:\n      doc: Kinds.\n      evidence: documented\n      values: {{{values}}}\n'
    text += '  structs:\n'
    for group in groups(endpoints):
        text += f'    Row{group}:\n      doc: A row.\n      evidence: documented\n      fields:\n'
        text += yaml_fields(ROW, group, 8)
    text += 'endpoints:\n'
    for n in range(endpoints):
        text += f'''  create_{n}:
    title: Create {n}
    pages: [doc-{n}]
    evidence: documented
    method: POST
    path: /s{section}/create/{n}
    effect: changes
    summary: Creates number {n}.
    request:
{yaml_fields(REQUEST, n // PER_GROUP, 6)}    response:
{yaml_fields(RESPONSE, n // PER_GROUP, 6)}'''
    return text


def ours(folder, count, repository):
    files = {f'spec/s{s}.yaml': section_yaml(s, endpoints) for s, endpoints in sections(count)}
    calls = ''.join(f'airudder_client::api!("spec/s{s}.yaml");\n' for s, _ in sections(count))
    files['src/lib.rs'] = f'//! Synthetic.\n{calls}'
    files['src/bin/one.rs'] = '''use airudder_client::jiff::civil::date;
use synthetic_ours::{S0Api as _, s0};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), airudder_client::Error> {
    let base = std::env::args().nth(1).unwrap_or_default();
    let client = airudder_client::Client::builder().credentials("a", "b").base_url(base).build()?;
    let row = s0::Row0::builder().debtor("Jane").mobile("+6281200000000").due_date(date(2026, 3, 1)).build();
    let call = client.s0().create_0().task_name("t").robot("r").start_date(date(2026, 3, 2)).rows([row]);
    println!("{}", call.repeat_number(3).send().await?.task);
    Ok(())
}
'''
    client = json.dumps(os.path.join(repository, 'airudder-client'))
    dependencies = f'airudder-client = {{ path = {client}, default-features = false }}\n{TOKIO}'
    files['Cargo.toml'] = MANIFEST.format(name='ours', dependencies=dependencies)
    write(folder, files)


# progenitor, from OpenAPI 3.0, with its interface of builders.


def schema(field, section, group):
    _, wire, ty, _ = field
    named = {'Kind': f'S{section}Kind{group}', 'Robot': 'RobotId', 'Task': 'TaskId'}
    if ty in named:
        return {'$ref': f'#/components/schemas/{named[ty]}'}
    return {
        'string': {'type': 'string'}, 'date': {'type': 'string', 'format': 'date'},
        'integer': {'type': 'integer', 'format': 'int64'}, 'number': {'type': 'number', 'format': 'double'},
        'decimal': {'type': 'number', 'format': 'double'}, 'boolean': {'type': 'boolean'},
        'rows': {'type': 'array', 'minItems': 1, 'items': {'$ref': f'#/components/schemas/S{section}Row{group}'}},
    }[ty] | {
        'TaskName': {'maxLength': 64}, 'Debtor': {'maxLength': 63}, 'RepeatNumber': {'minimum': 0, 'maximum': 15},
    }.get(wire, {}) | {'description': DOCS[wire]}


def openapi(count):
    def to_object(fields, section, group, doc):
        required = [wire for _, wire, _, required in fields if required]
        properties = {field[1]: schema(field, section, group) for field in fields}
        return {'type': 'object', 'description': doc, 'required': required, 'properties': properties}

    def content(name):
        return {'content': {'application/json': {'schema': {'$ref': f'#/components/schemas/{name}'}}}}

    schemas = {name: {'type': 'string', 'description': f'A {name[:-2]}.'} for name in ['RobotId', 'TaskId']}
    paths = {}
    for s, endpoints in sections(count):
        for group in groups(endpoints):
            schemas[f'S{s}Kind{group}'] = {'type': 'string', 'description': 'Kinds.', 'enum': KINDS}
            schemas[f'S{s}Row{group}'] = to_object(ROW, s, group, 'A row.')
        for n in range(endpoints):
            name, group = f'S{s}Create{n}', n // PER_GROUP
            schemas[name] = to_object(REQUEST, s, group, f'Creates number {n}.')
            schemas[f'{name}Response'] = to_object(RESPONSE, s, group, f'Answer of create {n}.')
            paths[f'/s{s}/create/{n}'] = {'post': {
                'operationId': f's{s}_create_{n}', 'summary': f'Create {n}', 'description': f'Creates number {n}.',
                'requestBody': {'required': True} | content(name),
                'responses': {'200': {'description': 'OK'} | content(f'{name}Response')},
            }}
    info = {'title': 'Synthetic', 'version': '1.0.0'}
    return {'openapi': '3.0.3', 'info': info, 'paths': paths, 'components': {'schemas': schemas}}


def progenitor(folder, count, _):
    write(folder, {
        'api.json': json.dumps(openapi(count), indent=1),
        'src/lib.rs': '//! Synthetic.\nprogenitor::generate_api!(spec = "api.json", interface = Builder);\n',
        'src/bin/one.rs': '''use chrono::NaiveDate;
use synthetic_progenitor::{Client, types};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(&std::env::args().nth(1).unwrap_or_default());
    let row = types::S0Row0::builder().debtor("Jane").mobile("+6281200000000");
    let row: types::S0Row0 = row.due_date(NaiveDate::from_ymd_opt(2026, 3, 1)).try_into()?;
    let start = NaiveDate::from_ymd_opt(2026, 3, 2).ok_or("no such day")?;
    let call = client.s0_create_0().body_map(|body| {
        body.task_name("t").robot("r".to_owned()).start_date(start).rows(vec![row]).repeat_number(3)
    });
    println!("{}", call.send().await?.task.as_str());
    Ok(())
}
''',
        'Cargo.toml': MANIFEST.format(name='progenitor', dependencies=f'''progenitor = "=0.15.1"
chrono = {{ version = "0.4", default-features = false, features = ["serde", "std"] }}
futures = "0.3"
{REQWEST}serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"
{TOKIO}'''),
    })


# By hand: structs with serde's derives and a constructor, an `async fn` for each endpoint.


def rust_type(field, group):
    _, _, ty, required = field
    rust = {
        'string': 'String', 'date': 'jiff::civil::Date', 'integer': 'i64', 'number': 'f64', 'decimal': 'rust_decimal::Decimal',
        'boolean': 'bool', 'rows': f'Vec<Row{group}>', 'Kind': f'Kind{group}', 'Robot': 'crate::RobotId',
        'Task': 'crate::TaskId',
    }[ty]
    return rust if required else f'Option<{rust}>'


def hand_struct(name, fields, group, doc, is_sent):
    text = f'/// {doc}\n{DERIVES}pub struct {name} {{\n'
    for rust, wire, ty, required in fields:
        attributes = [f'rename = "{wire}"']
        if ty == 'decimal':
            attributes.append('with = "rust_decimal::serde::float_option"')
        if not required:
            attributes += ['default', 'skip_serializing_if = "Option::is_none"']
        held = rust_type((rust, wire, ty, required), group)
        text += f'    /// {DOCS[wire]}\n    #[serde({", ".join(attributes)})]\n    pub {rust}: {held},\n'
    text += '}\n'
    if is_sent:
        taken = ', '.join(f'{field[0]}: {rust_type(field, group)}' for field in fields if field[3])
        given = ', '.join(field[0] if field[3] else f'{field[0]}: None' for field in fields)
        text += f'impl {name} {{\n    /// With what must be there.\n    pub fn new({taken}) -> Self {{\n'
        text += f'        Self {{ {given} }}\n    }}\n}}\n'
    return text


DERIVES = '#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]\n'


def hand_section(section, endpoints):
    text = '//! A section.\n'
    for group in groups(endpoints):
        variants = ''.join(f'    #[serde(rename = "{kind}")]\n    {kind.capitalize()},\n' for kind in KINDS)
        text += f'/// Kinds.\n{DERIVES}pub enum Kind{group} {{\n{variants}}}\n'
        text += hand_struct(f'Row{group}', ROW, group, 'A row.', True)
    methods = ''
    for n in range(endpoints):
        text += hand_struct(f'Create{n}', REQUEST, n // PER_GROUP, f'Creates number {n}.', True)
        text += hand_struct(f'Create{n}Response', RESPONSE, n // PER_GROUP, f'Answer of create {n}.', False)
        methods += f'''    /// Creates number {n}.
    pub async fn s{section}_create_{n}(&self, body: &Create{n}) -> Result<Create{n}Response, crate::Error> {{
        let response = self.http.post(format!("{{}}/s{section}/create/{n}", self.base)).json(body).send().await?;
        let status = response.status();
        if !status.is_success() {{
            return Err(crate::Error::Status(status.as_u16(), response.text().await?));
        }}
        Ok(response.json().await?)
    }}
'''
    return f'{text}impl crate::Client {{\n{methods}}}\n'


def hand(folder, count, _):
    files = {f'src/s{s}.rs': hand_section(s, endpoints) for s, endpoints in sections(count)}
    ids = ''.join(f'/// An id.\n{DERIVES}pub struct {name}(pub String);\n' for name in ['RobotId', 'TaskId'])
    modules = ''.join(f'pub mod s{s};\n' for s, _ in sections(count))
    files['src/lib.rs'] = f'''//! Synthetic.
#[derive(Debug)]
pub enum Error {{
    Http(reqwest::Error),
    Status(u16, String),
}}
impl From<reqwest::Error> for Error {{
    fn from(error: reqwest::Error) -> Self {{
        Self::Http(error)
    }}
}}
{ids}pub struct Client {{
    http: reqwest::Client,
    base: String,
}}
impl Client {{
    pub fn new(base: String) -> Self {{
        Self {{ http: reqwest::Client::new(), base }}
    }}
}}
{modules}'''
    files['src/bin/one.rs'] = '''use jiff::civil::date;
use synthetic_hand::{Client, RobotId, s0};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), synthetic_hand::Error> {
    let client = Client::new(std::env::args().nth(1).unwrap_or_default());
    let mut row = s0::Row0::new("Jane".to_owned(), "+6281200000000".to_owned());
    row.due_date = Some(date(2026, 3, 1));
    let mut body = s0::Create0::new("t".to_owned(), RobotId("r".to_owned()), date(2026, 3, 2), vec![row]);
    body.repeat_number = Some(3);
    println!("{}", client.s0_create_0(&body).await?.task.0);
    Ok(())
}
'''
    files['Cargo.toml'] = MANIFEST.format(name='hand', dependencies=f'''jiff = {{ version = "0.2", features = ["serde"] }}
{REQWEST}rust_decimal = {{ version = "1", default-features = false, features = ["serde-float", "std"] }}
serde = {{ version = "1", features = ["derive"] }}
{TOKIO}''')
    write(folder, files)


WRITERS = {'ours': ours, 'progenitor': progenitor, 'hand': hand}
