//! From the settings to an opened list.

use std::fmt;
use std::io::Read;
use std::marker::PhantomData;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8};

use super::contact::{Contact, Shape};
use super::delimiter::{self, Delimiter};
use super::do_not_call::DoNotCall;
use super::error::LoadError;
use super::evidence::Evidence;
use super::guess;
use super::header::key;
use super::loading::Loading;
use super::mapping::Mapping;
use super::pass::Opened;
use super::phone::{PhoneReader, Ranges};
use super::plan::{Plan, Planned};
use super::progress::{Pass, Watch};
use super::records::Record;
use super::source::Source;

/// Reads a list of people. See the [module](super).
pub struct Loader<C> {
    mapping: Option<Mapping>,
    region: Option<String>,
    ranges: Ranges,
    encoding: Option<String>,
    delimiter: Option<Delimiter>,
    do_not_call: DoNotCall,
    watch: Option<Box<dyn Watch>>,
    contact: PhantomData<fn() -> C>,
}

impl<C: Contact> Loader<C> {
    /// Reads columns by this mapping.
    pub fn new(mapping: Mapping) -> Self {
        Self { mapping: Some(mapping), ..Self::guess() }
    }

    /// Reads columns by what their names speak for: see [`Mapping::guess`]. The report says which.
    pub fn guess() -> Self {
        Self {
            mapping: None,
            region: None,
            ranges: Ranges::default(),
            encoding: None,
            delimiter: None,
            do_not_call: DoNotCall::new(),
            watch: None,
            contact: PhantomData,
        }
    }

    /// The region of numbers without a country code, by its two letters: `ID`. Without it they are refused.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Which numbers must be of a range that their country assigns.
    #[must_use]
    pub fn ranges(mut self, ranges: Ranges) -> Self {
        self.ranges = ranges;
        self
    }

    /// The file's encoding, by its name on the web (`windows-1252`, `utf-16le`, `gbk`). A byte order mark
    /// goes before it. Without either: UTF-8.
    #[must_use]
    pub fn encoding(mut self, name: impl Into<String>) -> Self {
        self.encoding = Some(name.into());
        self
    }

    /// What stands between cells. Without it: what the line `sep=;` of Excel says, else what the header and
    /// the first rows speak for.
    #[must_use]
    pub fn delimiter(mut self, delimiter: Delimiter) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// People who must not be called: their rows are refused.
    #[must_use]
    pub fn do_not_call(mut self, list: DoNotCall) -> Self {
        self.do_not_call = list;
        self
    }

    /// Tells how far the reading has come.
    #[must_use]
    pub fn progress(mut self, watch: impl Watch + 'static) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// Opens a file. Where the format of a column must be decided, all of it is read here once.
    ///
    /// # Errors
    /// Any [`LoadError`]. One row alone is never the reason.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Loading<C>, LoadError> {
        let encoding = self.named_encoding()?;
        self.start(Source::open(path.as_ref(), encoding)?)
    }

    /// Opens a stream, which is first copied into a file of its own that nobody else can open.
    ///
    /// # Errors
    /// Any [`LoadError`]. One row alone is never the reason.
    pub fn read(self, stream: impl Read) -> Result<Loading<C>, LoadError> {
        let encoding = self.named_encoding()?;
        self.start(Source::copy(stream, encoding)?)
    }

    fn named_encoding(&self) -> Result<&'static Encoding, LoadError> {
        let Some(name) = &self.encoding else { return Ok(UTF_8) };
        Encoding::for_label(name.as_bytes()).ok_or_else(|| LoadError::UnknownEncoding(name.clone()))
    }

    fn phones(&self) -> Result<PhoneReader, LoadError> {
        let phones = match &self.region {
            Some(region) => PhoneReader::new(region)?,
            None => PhoneReader::international(),
        };
        Ok(phones.ranges(self.ranges))
    }

    fn start(self, mut source: Source) -> Result<Loading<C>, LoadError> {
        let shape = Shape::of::<C>().ok_or(LoadError::NoContacts(C::ENDPOINT.key))?;
        let mut phones = self.phones()?;
        self.do_not_call.confirm()?;
        let mut pass = self.pass(&mut source, &shape, Pass::Formats)?;
        let header = pass.header(&mut phones)?;
        let mapping = match &self.mapping {
            Some(mapping) => mapping.clone(),
            None => guess::mapping(&shape, &header),
        };
        let mut plan = Plan::new(&shape, &mapping, &header)?;
        let undecided = plan.undecided();
        let mut watch = self.watch;
        if !undecided.is_empty() {
            decide(&mut plan, undecided, &mut pass, &mut watch)?;
        }
        let (delimiter, skips) = (pass.delimiter(), pass.skips());
        drop(pass);
        let mut pass = Opened::new(&mut source, Pass::Rows)?;
        pass.set_delimiter(delimiter, skips)?;
        pass.header(&mut phones)?;
        Ok(Loading::new(source, pass, shape, header, mapping, plan, phones, self.do_not_call, watch))
    }

    fn pass(&self, source: &mut Source, shape: &Shape, pass: Pass) -> Result<Opened, LoadError> {
        let mut opened = Opened::new(source, pass)?;
        let (sample, is_all) = opened.peek()?;
        // Text in UTF-16 is half of it. A byte here and there is for its row to answer for.
        if sample.iter().filter(|b| **b == 0).count() * 4 > sample.len() {
            return Err(LoadError::NotText(
                "bytes, many of them zero (UTF-16 without a mark? name its encoding)",
            ));
        }
        let named = delimiter::named(sample);
        let delimiter = self.delimiter.or(named).unwrap_or_else(|| {
            let known = match &self.mapping {
                Some(mapping) => {
                    mapping.columns.values().chain(mapping.variables.values()).map(|name| key(name)).collect()
                }
                None => guess::known(shape),
            };
            delimiter::detect(sample, is_all, &known)
        });
        opened.set_delimiter(delimiter, named.is_some())?;
        Ok(opened)
    }
}

/// Shows the settings, without the people who must not be called.
impl<C> fmt::Debug for Loader<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader")
            .field("mapping", &self.mapping)
            .field("region", &self.region)
            .field("ranges", &self.ranges)
            .field("encoding", &self.encoding)
            .field("delimiter", &self.delimiter)
            .field("do_not_call", &self.do_not_call)
            .finish_non_exhaustive()
    }
}

/// Reads all rows for the formats of their columns.
fn decide(
    plan: &mut Plan,
    mut undecided: Vec<(usize, Evidence)>,
    pass: &mut Opened,
    watch: &mut Option<Box<dyn Watch>>,
) -> Result<(), LoadError> {
    let mut record = Record::default();
    while pass.read(&mut record, watch).map_err(LoadError::Io)? {
        if record.broken.is_some() || record.len() < plan.width {
            continue;
        }
        for (at, evidence) in &mut undecided {
            evidence.add(record.line, plan.bare(record.cell(plan.columns[*at].column.index)));
        }
    }
    let mut faults = Vec::new();
    for (at, evidence) in undecided {
        let Planned { column, name, format, .. } = &mut plan.columns[at];
        match evidence.decide(column, name) {
            Ok(decided) => *format = decided,
            Err(fault) => faults.push(*fault),
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(LoadError::Undecided(faults)) }
}
