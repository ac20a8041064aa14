//! Replications of a run in a store, so that the same command goes on where it was stopped.
//!
//! A block holds consecutive replications of all scenarios, everything that was observed in them, packed
//! ([`Packed`]). What is found is not simulated again; what is simulated is written by a thread of its own, block
//! after block, while the run goes on. It does not know what is worked out from replications. Start at [`Keeper`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet::schema::types::Type;

use super::replicate::Replication;
use super::store::{Block, Found, Group, Layout, Store, StoreError, block_name, column, no_column, torn};
use crate::measure::{Observed, Packed};

/// Replications of a block.
const BLOCK: u32 = 10;

/// Everything that was observed, scenario after scenario.
#[derive(Clone, Debug)]
pub struct Observations {
    /// Names of the scenarios.
    pub scenarios: Vec<String>,
}

impl Layout for Observations {
    type Known = Packed;
    const VERSION: &'static str = "run 1";

    fn rows_each(&self) -> usize {
        self.scenarios.len()
    }

    fn columns(&self) -> Result<Vec<Type>, ParquetError> {
        let scenario = column("scenario", Physical::BYTE_ARRAY, Repetition::REQUIRED);
        Ok(vec![
            scenario.with_logical_type(Some(LogicalType::String)).build()?,
            column("numbers", Physical::DOUBLE, Repetition::REPEATED).build()?,
            column("counts", Physical::INT64, Repetition::REPEATED).build()?,
        ])
    }

    fn write(&self, rows: &[Result<Packed, String>], group: &mut Group<'_>) -> Result<(), ParquetError> {
        let names = (0..rows.len()).map(|row| self.scenarios[row % self.scenarios.len()].as_str());
        let names: Vec<ByteArray> = names.map(ByteArray::from).collect();
        let mut column = group.next_column()?.ok_or_else(no_column)?;
        column.typed::<ByteArrayType>().write_batch(&names, None, None)?;
        column.close()?;
        let nothing = Packed::default();
        let of = |row| Result::as_ref(row).unwrap_or(&nothing);
        let (there, begins) = levels(rows.iter().map(|row| of(row).numbers.len()));
        let numbers: Vec<f64> = rows.iter().flat_map(|row| of(row).numbers.iter().copied()).collect();
        let mut column = group.next_column()?.ok_or_else(no_column)?;
        column.typed::<DoubleType>().write_batch(&numbers, Some(&there), Some(&begins))?;
        column.close()?;
        let (there, begins) = levels(rows.iter().map(|row| of(row).counts.len()));
        let counts: Vec<i64> = rows.iter().flat_map(|row| of(row).counts.iter().copied()).collect();
        let mut column = group.next_column()?.ok_or_else(no_column)?;
        column.typed::<Int64Type>().write_batch(&counts, Some(&there), Some(&begins))?;
        column.close()
    }

    fn read(&self, group: &dyn RowGroupReader, count: usize) -> Result<Vec<Packed>, String> {
        let other = || "it has columns of another kind".to_owned();
        let (mut there, mut begins, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        let ColumnReader::DoubleColumnReader(mut column) = group.get_column_reader(2).map_err(torn)? else {
            return Err(other());
        };
        column.read_records(count, Some(&mut there), Some(&mut begins), &mut numbers).map_err(torn)?;
        let numbers = lists(numbers, &there, &begins);
        let (mut there, mut begins, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        let ColumnReader::Int64ColumnReader(mut column) = group.get_column_reader(3).map_err(torn)? else {
            return Err(other());
        };
        column.read_records(count, Some(&mut there), Some(&mut begins), &mut counts).map_err(torn)?;
        let counts = lists(counts, &there, &begins);
        let packed = numbers.into_iter().zip(counts);
        Ok(packed.map(|(numbers, counts)| Packed { numbers, counts }).collect())
    }
}

/// Whether there is a value, and where lists go on, for lists of these lengths.
fn levels(lengths: impl Iterator<Item = usize>) -> (Vec<i16>, Vec<i16>) {
    let (mut there, mut begins) = (Vec::new(), Vec::new());
    for length in lengths {
        there.extend(std::iter::repeat_n(i16::from(length > 0), length.max(1)));
        begins.push(0);
        begins.extend(std::iter::repeat_n(1, length.max(1) - 1));
    }
    (there, begins)
}

/// The lists that the levels tell.
fn lists<T>(values: Vec<T>, there: &[i16], begins: &[i16]) -> Vec<Vec<T>> {
    let mut values = values.into_iter();
    let mut all: Vec<Vec<T>> = Vec::new();
    for (there, begins) in there.iter().zip(begins) {
        if *begins == 0 {
            all.push(Vec::new());
        }
        if *there == 1
            && let Some(last) = all.last_mut()
        {
            last.extend(values.next());
        }
    }
    all
}

/// What the store did for a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FromStore {
    /// Replications of every scenario that were found.
    pub found: u32,
    /// Files that were torn or foreign, and why; they were done again.
    pub redone: Vec<String>,
}

/// Where blocks go, and the thread that writes them.
type Writer = (SyncSender<Block<Packed>>, JoinHandle<Result<(), StoreError>>);

/// Finds and keeps replications.
pub(super) struct Keeper {
    store: Store<Observations>,
    /// Blocks of the present stretch that were found: where they begin, and how many replications they have.
    found: BTreeMap<u32, u32>,
    /// Ends of the blocks of the present stretch, by begin.
    blocks: BTreeMap<u32, u32>,
    present: Option<(Range<u32>, Vec<Replication>)>,
    /// Replications that were simulated and are not yet handed to the writer.
    simulated: Vec<Result<Packed, String>>,
    writer: Option<Writer>,
    told: FromStore,
}

impl Keeper {
    /// In a folder that is there, for a plan with this digest.
    pub(super) fn new(folder: &Path, digest: &str, scenarios: Vec<String>) -> Result<Keeper, StoreError> {
        let store = Store::new(folder, digest, Observations { scenarios })?;
        let (sender, receiver) = sync_channel::<Block<Packed>>(2);
        let own = store.clone();
        let write = move || receiver.iter().try_for_each(|block| own.put(&block));
        let writer = std::thread::spawn(write);
        Ok(Keeper {
            store,
            found: BTreeMap::new(),
            blocks: BTreeMap::new(),
            present: None,
            simulated: Vec::new(),
            writer: Some((sender, writer)),
            told: FromStore::default(),
        })
    }

    /// Looks for the blocks of the next stretch of replications.
    pub(super) fn begin(&mut self, stretch: Range<u32>) -> Result<(), StoreError> {
        (self.found, self.blocks) = (BTreeMap::new(), BTreeMap::new());
        for from in stretch.clone().step_by(BLOCK as usize) {
            let count = BLOCK.min(stretch.end - from);
            self.blocks.insert(from, from + count);
            match self.store.get(0, from, count)? {
                Found::Whole(block) if opened(&block).is_some() => {
                    self.found.insert(from, count);
                    self.told.found += count;
                }
                Found::Whole(_) => {
                    self.told.redone.push(format!("{}: it is no run's", block_name(0, from, count)))
                }
                Found::Unusable(why) => {
                    self.told.redone.push(format!("{}: {why}", block_name(0, from, count)))
                }
                Found::Nothing => {}
            }
        }
        Ok(())
    }

    /// Whether a replication of the present stretch was found.
    pub(super) fn has(&self, replication: u32) -> bool {
        let last = self.found.range(..=replication).next_back();
        last.is_some_and(|(from, count)| replication < from + count)
    }

    /// The replication that was found, of every scenario.
    pub(super) fn get(&mut self, replication: u32) -> Result<Vec<Replication>, String> {
        let each = self.store.layout().rows_each();
        let holds = |(range, _): &(Range<u32>, Vec<Replication>)| range.contains(&replication);
        if !self.present.as_ref().is_some_and(holds) {
            let (from, count) = self
                .found
                .range(..=replication)
                .next_back()
                .map(|(from, count)| (*from, *count))
                .unwrap_or_default();
            let block = match self.store.get(0, from, count).map_err(|error| told(&error))? {
                Found::Whole(block) => opened(&block),
                Found::Nothing | Found::Unusable(_) => None,
            };
            let Some(rows) = block else {
                return Err(format!(
                    "`{}` was changed or taken away while it was in use",
                    block_name(0, from, count)
                ));
            };
            self.present = Some((from..from + count, rows));
        }
        let Some((range, rows)) = &mut self.present else { return Ok(Vec::new()) };
        let first = (replication - range.start) as usize * each;
        let failed = |row: &mut Replication| std::mem::replace(row, Err(String::new()));
        Ok(rows[first..first + each].iter_mut().map(failed).collect())
    }

    /// Keeps the next replication that was simulated; they come in order, those found left out.
    pub(super) fn put(&mut self, replication: u32, row: &[Replication]) {
        self.simulated.extend(row.iter().map(|one| one.as_ref().map(Observed::packed).map_err(Clone::clone)));
        let Some((from, end)) = self.blocks.range(..=replication).next_back() else { return };
        if replication + 1 == *end
            && let Some((sender, _)) = &self.writer
        {
            let rows = std::mem::take(&mut self.simulated);
            // A writer that is gone has failed, and is asked why in the end.
            let _ = sender.send(Block { point: 0, from: *from, rows });
        }
    }

    /// Whether the writer stopped before its time.
    pub(super) fn has_failed(&self) -> bool {
        self.writer.as_ref().is_some_and(|(_, writer)| writer.is_finished())
    }

    /// Waits for the writer, and tells what the store did.
    pub(super) fn end(mut self) -> Result<FromStore, StoreError> {
        if let Some((sender, writer)) = self.writer.take() {
            drop(sender);
            // A panic of the writer is one of ours, and blocks may be missing: it goes on here.
            writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(self.told)
    }
}

/// Replications in a block; `None` if they are no run's.
fn opened(block: &Block<Packed>) -> Option<Vec<Replication>> {
    let one = |row: &Result<Packed, String>| match row {
        Ok(packed) => Observed::unpacked(packed).map(Ok),
        Err(why) => Some(Err(why.clone())),
    };
    block.rows.iter().map(one).collect()
}

/// An error with its cause.
pub(super) fn told(error: &StoreError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Observations {
        Observations { scenarios: vec!["a".to_owned(), "b".to_owned()] }
    }

    #[test]
    fn lists_of_any_length_are_got_as_they_were_put() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Store::new(home.path(), "d", layout()).expect("a store");
        let row = |numbers: &[f64], counts: &[i64]| {
            Ok(Packed { numbers: numbers.to_vec(), counts: counts.to_vec() })
        };
        let rows = vec![
            row(&[1.5, f64::NAN, -0.0], &[]),
            Err("too many trucks".to_owned()),
            row(&[], &[i64::MIN, 7]),
            row(&[1e-300], &[0]),
        ];
        let block = Block { point: 0, from: 10, rows };
        store.put(&block).expect("put");
        let Found::Whole(there) = store.get(0, 10, 2).expect("read") else { panic!("it is there") };
        // NaN is not itself: compared as text.
        assert_eq!(format!("{there:?}"), format!("{block:?}"));
        assert!(matches!(store.get(0, 10, 3).expect("read"), Found::Nothing));
        let other = Store::new(home.path(), "e", layout()).expect("a store");
        assert!(matches!(other.get(0, 10, 2).expect("read"), Found::Unusable(_)));
    }

    #[test]
    fn what_is_kept_is_found_again() {
        let home = tempfile::tempdir().expect("a folder");
        let failed =
            |replication: u32| vec![Err(format!("a {replication}")), Err(format!("b {replication}"))];
        let mut keeper = Keeper::new(home.path(), "d", layout().scenarios).expect("a keeper");
        keeper.begin(0..25).expect("read");
        (0..23).for_each(|replication| keeper.put(replication, &failed(replication)));
        assert_eq!(keeper.end().expect("written"), FromStore::default());
        // 20 to 24 were not complete.
        let mut keeper = Keeper::new(home.path(), "d", layout().scenarios).expect("a keeper");
        keeper.begin(0..25).expect("read");
        let found: Vec<u32> = (0..25).filter(|replication| keeper.has(*replication)).collect();
        assert_eq!(found, (0..20).collect::<Vec<_>>());
        for replication in 0..20 {
            let got: Vec<String> =
                keeper.get(replication).expect("it is there").into_iter().filter_map(Result::err).collect();
            assert_eq!(got, failed(replication).into_iter().filter_map(Result::err).collect::<Vec<_>>());
        }
        assert_eq!(keeper.end().expect("nothing to write").found, 20);
    }
}
