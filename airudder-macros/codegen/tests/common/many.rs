//! A spec of any size, for the bench and the test of big specs.

use std::fmt::Write as _;

/// The files of a spec with this many endpoints, so many in each section: of five, one is described in full
/// with a struct and an enum of its own, one reads pages of that struct, one derives with differences, one
/// derives from that one as it is, and one is short; and a webhook for each five.
pub(crate) fn many(endpoints: usize, in_section: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for section in 0..endpoints.div_ceil(in_section) {
        let count = in_section.min(endpoints - section * in_section);
        files.push((format!("section_{section}.yaml"), self::section(section, count)));
    }
    files
}

fn section(number: usize, count: usize) -> String {
    let mut text = format!(
        "section: section_{number}\ntitle: Section {number}\nfamily: cloud\nsummary: One of many.\ntypes:\n  \
         enums:\n"
    );
    let groups = count.div_ceil(5);
    for n in 0..groups {
        let _ = write!(
            text,
            "    Kind{n}:\n      doc: Kinds.\n      evidence: assumed\n      \
             values: {{first: {{}}, second: {{doc: The other.}}}}\n"
        );
    }
    text.push_str("  structs:\n");
    for n in 0..groups {
        let _ = write!(
            text,
            "    Row{n}:
      doc: A row.
      evidence: assumed
      open: true
      fields:
        name: {{wire: Name, type: string, required: true, max_chars: 63, sensitive: true, doc: A name.}}
        mobile: {{wire: Mobile, type: phone, codes: {{invalid: 10416}}}}
        kind: {{wire: Kind, type: Kind{n}}}
        since: {{wire: Since, type: date, before: until}}
        until: {{wire: Until, type: date}}
"
        );
    }
    text.push_str("endpoints:\n");
    (0..count).for_each(|at| text.push_str(&endpoint(number, at)));
    text.push_str("webhooks:\n");
    for n in 0..groups {
        let _ = write!(
            text,
            "  task_{n}_finished:\n    title: Done\n    evidence: assumed\n    summary: It has ended.\n    \
             payload: {{task_id: {{wire: TaskID, type: TaskId}}, row: {{wire: Row, type: Row{n}}}}}\n"
        );
    }
    text
}

fn endpoint(section: usize, at: usize) -> String {
    let group = at / 5;
    let first = group * 5;
    match at % 5 {
        0 => format!(
            "  create_{at}:
    title: Create
    pages: [doc-{at}]
    evidence: documented
    method: POST
    path: /s{section}/create/{at}
    effect: calls_people
    summary: Creates something.
    notes: [Names are unique.]
    request:
      task_name: {{wire: TaskName, type: string, required: true, max_chars: 64, codes: {{missing: 10401, \
      too_long: 10402, taken: 10403}}, doc: Its name.}}
      start_time: {{wire: StartTime, type: local_datetime, required: true, before: end_time}}
      end_time: {{wire: EndTime, type: local_datetime, required: true}}
      repeat: {{wire: Repeat, type: integer, min: 0, max: 15}}
      rows: {{wire: Rows, type: list<Row{group}>, required: true, min_items: 1}}
    response:
      task_id: {{wire: TaskID, type: TaskId, required: true}}
      refused: {{wire: Refused, type: list<json>}}
    errors: [401, 10301]
    sample:
      request: {{TaskName: t, StartTime: \"2024-01-01 08:00:00\", EndTime: \"2024-01-01 09:00:00\", \
      Rows: [{{Name: Jane, Mobile: \"+6281200000000\"}}]}}
      response: {{TaskID: \"1\", Refused: []}}
"
        ),
        1 => format!(
            "  list_{at}:
    title: List
    evidence: observed
    method: GET
    path: /s{section}/list/{at}/{{TaskID}}
    effect: read
    summary: Lists something.
    request:
      task_id: {{wire: TaskID, type: TaskId, required: true}}
      page: {{wire: Page, type: integer, required: true}}
      size: {{wire: Size, type: integer}}
    response:
      rows: {{wire: Rows, type: list<Row{group}>}}
    page: {{kind: number, page: page, size: size, items: Rows}}
"
        ),
        2 => format!(
            "  copy_{at}:
    same_as: section_{section}.create_{first}
    evidence: inferred
    path: /s{section}/copy/{at}
    effect: calls_people
    change: {{request: {{task_name: {{max_chars: 20}}}}}}
    add: {{request: {{source: {{wire: Source, type: TaskId, required: true}}}}}}
    drop: {{request: [repeat]}}
"
        ),
        3 => format!("  same_{at}: {{same_as: section_{section}.copy_{}, evidence: inferred}}\n", at - 1),
        _ => format!(
            "  stop_{at}: {{title: Stop, evidence: assumed, method: POST, path: /s{section}/stop/{at}, \
             effect: idempotent, summary: Stops it., request: {{task_id: {{wire: TaskID, type: TaskId, \
             required: true}}}}}}\n"
        ),
    }
}
