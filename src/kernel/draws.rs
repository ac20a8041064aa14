//! Chance by address: every draw is a pure function of (seed, replication, stream, who, what for).
//!
//! Nothing here has a state that moves on: asking twice gives the same answer, asking in another
//! order changes nothing, so trucks keep their luck whatever else happens in a run (common random
//! numbers). The generator is Philox2x64 with seven rounds, a counter-based bijection (Salmon,
//! Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011). Start at
//! [`Key`]; [`uniform`] turns bits into a number for inversion; [`Stream`] gives the draws of one
//! entity in turn through `rand`'s traits. It does not know what is drawn.

use std::convert::Infallible;

use rand::TryRng;

/// The key of one stream of draws: seed, replication and a name, mixed once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key(u64);

/// What a draw is for: a name (hashed) and a counter within it, for example a visit number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Purpose(u64);

const ROUNDS: u32 = 7;
const MULTIPLIER: u64 = 0xD2B7_4407_B1CE_6E93;
const WEYL: u64 = 0x9E37_79B9_7F4A_7C15;

/// Philox2x64-7: two words that depend on both counter words and the key.
#[inline]
pub const fn philox(key: u64, counter: [u64; 2]) -> [u64; 2] {
    philox_rounds::<ROUNDS>(key, counter)
}

#[inline(always)]
const fn philox_rounds<const R: u32>(mut key: u64, [mut a, mut b]: [u64; 2]) -> [u64; 2] {
    let mut round = 0;
    while round < R {
        let product = a as u128 * MULTIPLIER as u128;
        a = (product >> 64) as u64 ^ key ^ b;
        b = product as u64;
        key = key.wrapping_add(WEYL);
        round += 1;
    }
    [a, b]
}

impl Key {
    /// The key for everything that `name` draws in one replication.
    pub fn new(seed: u64, replication: u64, name: &str) -> Self {
        let [a, _] = philox(seed, [replication, hash_name(name)]);
        Key(a)
    }

    /// The 64 random bits of (who, what for).
    #[inline]
    pub fn bits(self, who: u64, purpose: Purpose) -> u64 {
        philox(self.0, [who, purpose.0])[0]
    }

    /// Both words of (who, what for): for decisions that need two independent uniforms.
    #[inline]
    pub fn pair(self, who: u64, purpose: Purpose) -> [u64; 2] {
        philox(self.0, [who, purpose.0])
    }
}

impl Purpose {
    /// A purpose by its name; the lowest 16 bits are left for [`Purpose::nth`]. Names are hashed, so
    /// what the event loop asks for is made before it, or a constant.
    pub const fn new(name: &str) -> Self {
        Purpose(hash_name(name) << 16)
    }

    /// The same purpose on the `n`-th occasion (visit number), counted from 0.
    #[inline]
    pub fn nth(self, n: u16) -> Self {
        Purpose(self.0 | u64::from(n))
    }
}

/// The draws of one entity for one purpose, one after another: a generator for code that speaks
/// `rand`. What it gives depends on how often it was asked, so the model itself does not use it.
#[derive(Clone, Debug)]
pub struct Stream {
    key: Key,
    who: u64,
    purpose: u64,
    asked: u64,
}

impl Stream {
    /// The draws of `who` for `purpose`, from the first.
    pub fn new(key: Key, who: u64, purpose: Purpose) -> Self {
        let [who, purpose] = philox(key.0, [who, purpose.0]);
        Stream { key, who, purpose, asked: 0 }
    }

    fn next(&mut self) -> u64 {
        let bits = philox(self.key.0 ^ self.purpose, [self.who, self.asked])[0];
        self.asked += 1;
        bits
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&self.next().to_le_bytes()[..part.len()]);
        }
        Ok(())
    }
}

/// A uniform in the open interval (0, 1) from 64 bits: the middles of 2^52 equal cells.
#[inline]
pub fn uniform(bits: u64) -> f64 {
    const CELL: f64 = 1.0 / (1u64 << 52) as f64;
    ((bits >> 12) as f64 + 0.5) * CELL
}

/// The limit below which bits lie for which [`uniform`] is less than `share` (0 to less than 1).
pub fn below(share: f64) -> u64 {
    const CELLS: f64 = (1u64 << 52) as f64;
    // Cell k has its middle at k + 1/2; scaling by a power of two and the half are exact.
    ((share * CELLS - 0.5).ceil().max(0.0) as u64).saturating_mul(1 << 12)
}

/// FNV-1a, then a mixing step, over the bytes of a name: the same on any machine, for ever.
pub const fn hash_name(name: &str) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let (bytes, mut place) = (name.as_bytes(), 0);
    while place < bytes.len() {
        hash = (hash ^ bytes[place] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        place += 1;
    }
    philox(hash, [name.len() as u64, 0])[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers published with the generator (Random123, `kat_vectors`).
    #[test]
    fn philox_known_answers() {
        let pi = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];
        let pi_key = 0xa409_3822_299f_31d0;
        let ten = philox_rounds::<10>;
        assert_eq!(philox(0, [0, 0]), [0xb41d_a69f_bfef_c666, 0x511e_9ce1_a553_4056]);
        assert_eq!(philox(u64::MAX, [u64::MAX; 2]), [0xa469_6cc0_4462_015d, 0x7247_82da_e171_69e9]);
        assert_eq!(philox(pi_key, pi), [0x98ed_1534_392b_f372, 0x6752_8b15_6888_2fd5]);
        assert_eq!(ten(0, [0, 0]), [0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5]);
        assert_eq!(ten(u64::MAX, [u64::MAX; 2]), [0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20]);
        assert_eq!(ten(pi_key, pi), [0x0a5e_742c_2997_341c, 0xb0f8_83d3_8000_de5d]);
    }

    #[test]
    fn a_stream_repeats_itself_and_no_other() {
        use rand::Rng;
        let draw = |who: u64, purpose: &str| {
            let mut stream = Stream::new(Key::new(1, 2, "trucks"), who, Purpose::new(purpose));
            [stream.next_u64(), stream.next_u64(), u64::from(stream.next_u32())]
        };
        assert_eq!(draw(7, "service"), draw(7, "service"));
        assert_ne!(draw(7, "service"), draw(8, "service"));
        assert_ne!(draw(7, "service"), draw(7, "travel"));
        let mut bytes = [0u8; 11];
        let mut stream = Stream::new(Key::new(1, 2, "trucks"), 7, Purpose::new("service"));
        stream.fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], draw(7, "service")[0].to_le_bytes());
        assert_eq!(bytes[8..], draw(7, "service")[1].to_le_bytes()[..3]);
    }

    #[test]
    fn bits_below_a_share_are_those_whose_uniform_is() {
        let key = Key::new(3, 0, "below");
        for who in 0..20_000 {
            let [bits, other] = key.pair(who, Purpose::new("bits"));
            let shares = [uniform(bits), uniform(other), uniform(bits) * 1.5e-16, uniform(bits).next_up()];
            for share in shares.into_iter().chain([0.0, 0.1, 0.5, 1.0 - f64::EPSILON / 2.0]) {
                for bits in [bits, other, other >> 40, u64::MAX] {
                    assert_eq!(bits < below(share), uniform(bits) < share, "{bits:x} {share}");
                }
            }
        }
    }

    #[test]
    fn uniform_stays_inside_the_open_interval() {
        assert!(uniform(0) > 0.0);
        assert!(uniform(u64::MAX) < 1.0);
    }
}
