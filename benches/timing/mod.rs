//! How benches measure: CPU time per truck, and the median of many rounds with its quartiles.
//!
//! Processor time of the thread is taken, not time by the clock, so what else a machine does costs
//! a bench only what it does to the caches. Two things are compared in turns in one process and by
//! the ratio of each round, so a machine that slows down slows both. Instructions are not counted:
//! that takes a counter of the processor, which many machines keep to themselves. Start at
//! [`per_truck`].

/// CPU nanoseconds a truck of a run that tells how many trucks came, and their number.
pub fn per_truck(run: impl FnOnce() -> u64) -> (f64, u64) {
    let start = nanoseconds();
    let trucks = run();
    ((nanoseconds() - start) as f64 / trucks as f64, trucks)
}

/// Processor time that this thread has used.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn nanoseconds() -> u64 {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    used.tv_sec as u64 * 1_000_000_000 + used.tv_nsec as u64
}

/// Where threads have no clock of their own that we know of: time since the first call.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn nanoseconds() -> u64 {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed().as_nanos() as u64
}

/// Lower quartile, median and upper quartile: of an odd number of rounds the median is one of them.
pub fn quartiles(values: impl IntoIterator<Item = f64>) -> [f64; 3] {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len() - 1;
    [last / 4, last / 2, last - last / 4].map(|place| sorted[place])
}
