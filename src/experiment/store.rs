//! A write-once store of results: blocks of replications, each a Parquet file.
//!
//! A block holds consecutive replications of one point: a row each, columns that a [`Layout`] tells, and why a
//! replication failed. It is written to a temporary file, flushed, and put in its place only if
//! nothing is there; what is there already must be the same, byte by byte. A checksum over its bytes and
//! its plan's digest stand in the file, so that torn and foreign files are told from good ones and done
//! again. Whatever can run a command can fill a store. It does not know what is measured. Start at [`Store`].

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{PrimitiveTypeBuilder, Type};
use thiserror::Error;

use crate::scenario::digest::fingerprint;

/// A replication of a point: one value per measure, NaN where nothing was observed; or why it failed.
pub type Row = Result<Vec<f64>, String>;

/// What rows of blocks hold, and as which columns.
pub trait Layout: Clone {
    /// What is known of a replication that did not fail.
    type Known: Clone;

    /// Its version: a letter for the layout, and a number.
    const VERSION: &'static str;

    /// How many rows a replication has.
    fn rows_each(&self) -> usize {
        1
    }

    /// Columns between the number of the replication and why it failed.
    ///
    /// # Errors
    /// When names make no columns.
    fn columns(&self) -> Result<Vec<Type>, ParquetError>;

    /// Writes them.
    ///
    /// # Errors
    /// When the library cannot.
    fn write(&self, rows: &[Result<Self::Known, String>], group: &mut Group<'_>) -> Result<(), ParquetError>;

    /// What columns from the second on say of each of `count` rows; what they say of failed ones is of no interest.
    ///
    /// # Errors
    /// What is wrong with them.
    fn read(&self, group: &dyn RowGroupReader, count: usize) -> Result<Vec<Self::Known>, String>;
}

/// Where columns are written.
pub type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// A column per measure, blanks as nulls.
#[derive(Clone, Debug)]
pub struct ByMeasure {
    /// Names of the measures.
    pub measures: Vec<String>,
}

impl Layout for ByMeasure {
    type Known = Vec<f64>;
    const VERSION: &'static str = "1";

    fn columns(&self) -> Result<Vec<Type>, ParquetError> {
        let column = |name: &String| column(name, Physical::DOUBLE, Repetition::OPTIONAL).build();
        self.measures.iter().map(column).collect()
    }

    fn write(&self, rows: &[Row], group: &mut Group<'_>) -> Result<(), ParquetError> {
        for measure in 0..self.measures.len() {
            let value =
                |row: &Row| row.as_ref().ok().map(|values| values[measure]).filter(|value| !value.is_nan());
            let values: Vec<Option<f64>> = rows.iter().map(value).collect();
            let there: Vec<f64> = values.iter().flatten().copied().collect();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
            let mut column = group.next_column()?.ok_or_else(no_column)?;
            column.typed::<DoubleType>().write_batch(&there, Some(&levels), None)?;
            column.close()?;
        }
        Ok(())
    }

    fn read(&self, group: &dyn RowGroupReader, count: usize) -> Result<Vec<Vec<f64>>, String> {
        let mut rows = vec![Vec::with_capacity(self.measures.len()); count];
        for place in 1..=self.measures.len() {
            let ColumnReader::DoubleColumnReader(mut column) =
                group.get_column_reader(place).map_err(torn)?
            else {
                return Err("it has columns of another kind".to_owned());
            };
            let (mut levels, mut values) = (Vec::new(), Vec::new());
            column.read_records(count, Some(&mut levels), None, &mut values).map_err(torn)?;
            if levels.len() != count {
                return Err("its columns differ in length".to_owned());
            }
            let mut values = values.into_iter();
            for (row, level) in rows.iter_mut().zip(&levels) {
                row.push(if *level == 1 { values.next().unwrap_or(f64::NAN) } else { f64::NAN });
            }
        }
        Ok(rows)
    }
}

/// Consecutive replications of a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Block<K = Vec<f64>> {
    /// The point.
    pub point: u64,
    /// Number of its first replication.
    pub from: u32,
    /// Its replications, in as many rows each as the layout has.
    pub rows: Vec<Result<K, String>>,
}

/// Why a store cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file system did not do what was asked of it.
    #[error("cannot {what} `{}`", path.display())]
    File {
        /// What was to be done.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it could not be.
        source: io::Error,
    },
    /// Another program wrote other results under the same name.
    #[error(
        "`{}` and `{}` are the same block with different values; both are kept: find out which program wrote which, \
         and remove the wrong one", there.display(), here.display()
    )]
    Conflict {
        /// What was there.
        there: PathBuf,
        /// What was to be put there.
        here: PathBuf,
    },
    /// An error of this program or of the library that writes Parquet.
    #[error("cannot make a block: {0}")]
    Format(#[from] ParquetError),
}

/// What was found where a block should be.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<K = Vec<f64>> {
    /// The block.
    Whole(Block<K>),
    /// Nothing.
    Nothing,
    /// A file that is torn, or of another plan: why.
    Unusable(String),
}

/// Blocks of one plan in a folder.
#[derive(Clone, Debug)]
pub struct Store<L = ByMeasure> {
    folder: PathBuf,
    digest: String,
    layout: L,
    schema: Arc<Type>,
}

pub(super) fn column(name: &str, physical: Physical, repetition: Repetition) -> PrimitiveTypeBuilder<'_> {
    Type::primitive_type_builder(name, physical).with_repetition(repetition)
}

/// The name of a block of `count` replications.
pub fn block_name(point: u64, from: u32, count: u32) -> String {
    format!("point-{point:06}-replication-{from:05}-{:05}.parquet", from + count - 1)
}

impl<L: Layout> Store<L> {
    /// The store of a plan with this digest, in a folder that is there.
    ///
    /// # Errors
    /// When the layout's names make no columns.
    pub fn new(folder: &Path, digest: &str, layout: L) -> Result<Store<L>, StoreError> {
        let mut fields = vec![column("replication", Physical::INT32, Repetition::REQUIRED).build()?];
        fields.extend(layout.columns()?);
        let failure = column("failure", Physical::BYTE_ARRAY, Repetition::OPTIONAL);
        fields.push(failure.with_logical_type(Some(LogicalType::String)).build()?);
        let fields = fields.into_iter().map(Arc::new).collect();
        let schema = Arc::new(Type::group_type_builder("block").with_fields(fields).build()?);
        Ok(Store { folder: folder.to_owned(), digest: digest.to_owned(), layout, schema })
    }

    /// What its rows hold.
    pub fn layout(&self) -> &L {
        &self.layout
    }

    /// Where blocks are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The block of these replications.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn get(&self, point: u64, from: u32, count: u32) -> Result<Found<L::Known>, StoreError> {
        let path = self.folder.join(block_name(point, from, count));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(source) => return Err(StoreError::File { what: "read", path, source }),
        };
        Ok(match self.decode(bytes) {
            Ok(block)
                if (block.point, block.from) == (point, from)
                    && block.rows.len() == count as usize * self.layout.rows_each() =>
            {
                Found::Whole(block)
            }
            Ok(_) => Found::Unusable("it holds other replications than its name says".to_owned()),
            Err(why) => Found::Unusable(why),
        })
    }

    /// Puts a block in its place. If a good one is there it must be the same; a torn or foreign file gives way.
    ///
    /// # Errors
    /// When it cannot be written, or when another program wrote another one.
    pub fn put(&self, block: &Block<L::Known>) -> Result<(), StoreError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let count = (block.rows.len() / self.layout.rows_each()) as u32;
        let name = block_name(block.point, block.from, count);
        let path = self.folder.join(&name);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let part = self.folder.join(format!(".{name}.{}-{number}.part", std::process::id()));
        let bytes = self.encode(block)?;
        let fails = |what, path: &Path, source| StoreError::File { what, path: path.to_owned(), source };
        let written = File::create_new(&part).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        if let Err(source) = written {
            let _ = fs::remove_file(&part);
            return Err(fails("write", &path, source));
        }
        let placed = match fs::hard_link(&part, &path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                match self.get(block.point, block.from, count)? {
                    // NaN is not itself, so bytes are compared and not values.
                    Found::Whole(_) if fs::read(&path).is_ok_and(|there| there == bytes) => Ok(()),
                    Found::Whole(_) => {
                        let here = self.folder.join(format!("{name}.conflict-{}", std::process::id()));
                        fs::rename(&part, &here).map_err(|source| fails("write", &here, source))?;
                        return Err(StoreError::Conflict { there: path, here });
                    }
                    Found::Nothing | Found::Unusable(_) => {
                        return fs::rename(&part, &path).map_err(|source| fails("write", &path, source));
                    }
                }
            }
            // A file system without links: nothing is there, so the file may simply be moved.
            Err(_) if !path.exists() => {
                return fs::rename(&part, &path).map_err(|source| fails("write", &path, source));
            }
            Err(source) => Err(fails("write", &path, source)),
        };
        let _ = fs::remove_file(&part);
        placed
    }

    /// Takes over the good blocks of another store of the same plan: how many there were, and why others were left
    /// out.
    ///
    /// # Errors
    /// When the other cannot be read, this one cannot be written, or the two disagree.
    pub fn merge(&self, other: &Store<L>) -> Result<(u64, Vec<String>), StoreError> {
        let fails = |source| StoreError::File { what: "read", path: other.folder.clone(), source };
        let (mut taken, mut left) = (0, Vec::new());
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(&other.folder).map_err(fails)? {
            paths.push(entry.map_err(fails)?.path());
        }
        paths.sort();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "parquet")) {
            let bytes = fs::read(&path).map_err(|source| StoreError::File {
                what: "read",
                path: path.clone(),
                source,
            })?;
            match self.decode(bytes) {
                Ok(block) => {
                    self.put(&block)?;
                    taken += 1;
                }
                Err(why) => left.push(format!("{}: {why}", path.display())),
            }
        }
        Ok((taken, left))
    }

    /// Takes away what programs left behind that were stopped while they wrote.
    pub fn sweep_up(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(".point-") && name.ends_with(".part")
        }) {
            let _ = fs::remove_file(entry.path());
        }
    }

    fn encode(&self, block: &Block<L::Known>) -> Result<Vec<u8>, StoreError> {
        let told = |key: &str, value: String| KeyValue::new(format!("cruce.{key}"), value);
        let properties = WriterProperties::builder()
            .set_created_by(format!("cruce {}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::UNCOMPRESSED)
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_key_value_metadata(Some(vec![
                told("layout", L::VERSION.to_owned()),
                told("digest", self.digest.clone()),
                told("point", block.point.to_string()),
                told("checksum", format!("{}{:0>DIGITS$}", String::from_utf8_lossy(MARK), "")),
            ]));
        let mut writer =
            SerializedFileWriter::new(Vec::new(), Arc::clone(&self.schema), Arc::new(properties.build()))?;
        let mut group = writer.next_row_group()?;
        let mut column = group.next_column()?.ok_or_else(no_column)?;
        let numbers: Vec<i32> = (0..block.rows.len())
            .map(|row| (block.from as usize + row / self.layout.rows_each()) as i32)
            .collect();
        column.typed::<Int32Type>().write_batch(&numbers, None, None)?;
        column.close()?;
        self.layout.write(&block.rows, &mut group)?;
        let why: Vec<Option<&str>> =
            block.rows.iter().map(|row| row.as_ref().err().map(String::as_str)).collect();
        let there: Vec<ByteArray> = why.iter().flatten().map(|why| ByteArray::from(*why)).collect();
        let levels: Vec<i16> = why.iter().map(|why| i16::from(why.is_some())).collect();
        let mut column = group.next_column()?.ok_or_else(no_column)?;
        column.typed::<ByteArrayType>().write_batch(&there, Some(&levels), None)?;
        column.close()?;
        group.close()?;
        let mut bytes = writer.into_inner()?;
        let place = place_of_checksum(&bytes).ok_or_else(no_column)?;
        let sum = checksum(&mut bytes, place.clone());
        bytes[place].copy_from_slice(sum.as_bytes());
        Ok(bytes)
    }

    /// The block in a file, or why there is none.
    fn decode(&self, mut bytes: Vec<u8>) -> Result<Block<L::Known>, String> {
        // Before anything is read: readers of Parquet do not expect damage.
        let place = place_of_checksum(&bytes).ok_or("it is torn, or no block")?;
        let written = bytes[place.clone()].to_vec();
        if checksum(&mut bytes, place).as_bytes() != written {
            return Err("it is damaged: its checksum does not fit".to_owned());
        }
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(torn)?;
        let metadata = reader.metadata();
        let told = |key: &str| {
            let all = metadata.file_metadata().key_value_metadata().into_iter().flatten();
            let mut all = all.filter(|pair| pair.key.strip_prefix("cruce.") == Some(key));
            all.next().and_then(|pair| pair.value.as_deref())
        };
        if told("layout") != Some(L::VERSION) || told("digest") != Some(&self.digest) {
            return Err("it belongs to another plan".to_owned());
        }
        if metadata.file_metadata().schema_descr().columns().len() != self.schema.get_fields().len() {
            return Err("it holds other measures".to_owned());
        }
        let point = told("point").and_then(|point| point.parse().ok()).ok_or("it names no point")?;
        let count = metadata.file_metadata().num_rows().max(0) as usize;
        let group = reader.get_row_group(0).map_err(torn)?;
        let first = match group.get_column_reader(0).map_err(torn)? {
            ColumnReader::Int32ColumnReader(mut column) => {
                let mut numbers = Vec::new();
                column.read_records(count, None, None, &mut numbers).map_err(torn)?;
                *numbers.first().ok_or("it is empty")?
            }
            _ => return Err("it has columns of another kind".to_owned()),
        };
        let from = u32::try_from(first).map_err(|_| "it has a negative replication")?;
        let known = self.layout.read(&*group, count)?;
        let failures: Vec<Option<ByteArray>> =
            match group.get_column_reader(self.schema.get_fields().len() - 1).map_err(torn)? {
                ColumnReader::ByteArrayColumnReader(mut column) => {
                    let (mut levels, mut texts) = (Vec::new(), Vec::new());
                    column.read_records(count, Some(&mut levels), None, &mut texts).map_err(torn)?;
                    let mut texts = texts.into_iter();
                    levels.iter().map(|level| if *level == 1 { texts.next() } else { None }).collect()
                }
                _ => return Err("it has columns of another kind".to_owned()),
            };
        if failures.len() != count || known.len() != count {
            return Err("its columns differ in length".to_owned());
        }
        let rows = known.into_iter().zip(failures).map(|(known, why)| match why {
            Some(why) => Err(String::from_utf8_lossy(why.data()).into_owned()),
            None => Ok(known),
        });
        Ok(Block { point, from, rows: rows.collect() })
    }
}

pub(super) fn torn(error: ParquetError) -> String {
    format!("it cannot be read: {error}")
}

pub(super) fn no_column() -> ParquetError {
    ParquetError::General("the schema has fewer columns than were written".to_owned())
}

/// What stands before the checksum in a file, and what in its place while it is worked out.
const MARK: &[u8] = b"fnv1a-128:";
const DIGITS: usize = 32;

/// Where the checksum of a file stands.
fn place_of_checksum(bytes: &[u8]) -> Option<std::ops::Range<usize>> {
    let mark = bytes.windows(MARK.len()).rposition(|window| window == MARK)?;
    let start = mark + MARK.len();
    (start + DIGITS <= bytes.len()).then_some(start..start + DIGITS)
}

/// Over all bytes of a file, with zeros where it stands itself.
fn checksum(bytes: &mut [u8], place: std::ops::Range<usize>) -> String {
    bytes[place].fill(b'0');
    fingerprint(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(folder: &Path, digest: &str) -> Store {
        let measures = vec!["a.mean".to_owned(), "b".to_owned()];
        Store::new(folder, digest, ByMeasure { measures }).expect("a store")
    }

    fn block() -> Block {
        let rows = vec![Ok(vec![1.5, f64::NAN]), Err("too many trucks".to_owned()), Ok(vec![-0.0, 1e-300])];
        Block { point: 7, from: 20, rows }
    }

    fn same(found: &Found, block: &Block) -> bool {
        // NaN is not itself: compared as text.
        matches!(found, Found::Whole(there) if format!("{there:?}") == format!("{block:?}"))
    }

    #[test]
    fn what_is_put_is_got() {
        let home = tempfile::tempdir().expect("a folder");
        let store = store(home.path(), "d");
        assert_eq!(store.get(7, 20, 3).expect("read"), Found::Nothing);
        store.put(&block()).expect("put");
        assert!(same(&store.get(7, 20, 3).expect("read"), &block()));
        // The same once more is no harm, and nothing else is left behind.
        store.put(&block()).expect("put again");
        assert_eq!(fs::read_dir(home.path()).expect("folder").count(), 1);
    }

    #[test]
    fn torn_and_foreign_files_are_told_and_give_way() {
        let home = tempfile::tempdir().expect("a folder");
        let ours = store(home.path(), "d");
        ours.put(&block()).expect("put");
        let path = home.path().join(block_name(7, 20, 3));
        let whole = fs::read(&path).expect("read");
        let mut damaged: Vec<Vec<u8>> =
            (0..whole.len()).step_by(7).map(|end| whole[..end].to_vec()).collect();
        for place in (0..whole.len()).step_by(5) {
            let mut flipped = whole.clone();
            flipped[place] ^= 0x10;
            damaged.push(flipped);
        }
        for bytes in damaged {
            fs::write(&path, &bytes).expect("write");
            let found = ours.get(7, 20, 3).expect("read");
            assert!(matches!(found, Found::Unusable(_)), "{found:?}");
            ours.put(&block()).expect("put");
            assert_eq!(fs::read(&path).expect("read"), whole);
        }
        fs::write(&path, &whole).expect("write");
        let other = store(home.path(), "e");
        assert_eq!(
            other.get(7, 20, 3).expect("read"),
            Found::Unusable("it belongs to another plan".to_owned())
        );
    }

    #[test]
    fn writers_that_disagree_stop_and_keep_both() {
        let home = tempfile::tempdir().expect("a folder");
        let store = store(home.path(), "d");
        store.put(&block()).expect("put");
        let mut other = block();
        other.rows[0] = Ok(vec![1.6, 2.0]);
        let error = store.put(&other).expect_err("a conflict");
        assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
        assert!(same(&store.get(7, 20, 3).expect("read"), &block()));
        assert_eq!(fs::read_dir(home.path()).expect("folder").count(), 2);
    }
}
