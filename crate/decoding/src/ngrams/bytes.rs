//! Tables as a file. All numbers but the first two are LEB128 (7 bits a byte, low bits first).
//!
//! ```text
//! "DSNG"  version 1 (one byte)  longest context (one byte)
//! for each length o, from 1:
//!   number of contexts
//!   for each context, ascending:
//!     s: leading tokens shared with the context before; then the o − s other tokens
//!     followers, total
//!     for each follower, ascending: token − the token before (the first as it is), count
//! FNV-1a of all bytes before, 32 bits, little-endian
//! ```

use super::{Ngrams, Order};
use crate::{Error, Result, TokenId};

const MAGIC: &[u8] = b"DSNG";
const VERSION: u8 = 1;

impl Ngrams {
    /// The file's bytes; `from_bytes` reads them again.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([VERSION, self.orders.len() as u8]);
        for (index, table) in self.orders.iter().enumerate() {
            write_order(&mut bytes, table, index + 1);
        }
        let sum = checksum(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// Reads what `to_bytes` wrote. Errors: `Error::Ngrams` for a file of another kind or
    /// version, a damaged or truncated one, or tables out of order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let body = bytes.strip_prefix(MAGIC).ok_or_else(|| bad("the file begins otherwise"))?;
        let (&version, _) = body.split_first().ok_or_else(|| bad(CUT))?;
        if version != VERSION {
            return Err(bad(&format!("version {version} is unknown, expected {VERSION}")));
        }
        let (content, sum) = bytes.split_last_chunk::<4>().ok_or_else(|| bad(CUT))?;
        if checksum(content) != u32::from_le_bytes(*sum) {
            return Err(bad("the file is damaged or cut short (its checksum differs)"));
        }
        let mut reader = Reader { bytes: content.get(MAGIC.len() + 1..).unwrap_or_default() };
        let longest = reader.byte()?;
        let orders: Result<Vec<_>> =
            (1..=usize::from(longest)).map(|order| reader.order(order)).collect();
        let tables = Self { orders: orders? };
        if !reader.bytes.is_empty() {
            return Err(bad("bytes are left over at its end"));
        }
        Ok(tables)
    }
}

const CUT: &str = "the file ends too early";

fn bad(reason: &str) -> Error {
    Error::Ngrams { reason: reason.into() }
}

fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |sum, &byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn write_order(bytes: &mut Vec<u8>, table: &Order, order: usize) {
    write(bytes, table.totals.len() as u32);
    let mut before: &[TokenId] = &[];
    for index in 0..table.totals.len() {
        let context = table.context(index, order);
        let shared = before.iter().zip(context).take_while(|(a, b)| a == b).count();
        write(bytes, shared as u32);
        context[shared..].iter().for_each(|&token| write(bytes, token));
        let followers = table.followers(index);
        write(bytes, followers.next.len() as u32);
        write(bytes, followers.total);
        let mut last = 0;
        for (&next, &count) in followers.next.iter().zip(followers.counts) {
            write(bytes, next - last);
            write(bytes, count);
            last = next;
        }
        before = context;
    }
}

fn write(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8> {
        let (&first, rest) = self.bytes.split_first().ok_or_else(|| bad(CUT))?;
        self.bytes = rest;
        Ok(first)
    }

    fn number(&mut self) -> Result<u32> {
        let mut number = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return u32::try_from(number).map_err(|_| bad("a number is too large"));
            }
        }
        Err(bad("a number is too long"))
    }

    fn order(&mut self, order: usize) -> Result<Order> {
        let mut table = Order::default();
        let mut context: Vec<TokenId> = Vec::new();
        for index in 0..self.number()? {
            let shared = self.number()? as usize;
            if shared > context.len() || shared >= order {
                return Err(bad("a context shares more tokens than there are"));
            }
            let before = context.clone();
            context.truncate(shared);
            for _ in shared..order {
                context.push(self.number()?);
            }
            if index > 0 && context <= before {
                return Err(bad("its contexts are out of order"));
            }
            self.followers(&mut table, &context)?;
        }
        Ok(table)
    }

    fn followers(&mut self, table: &mut Order, context: &[TokenId]) -> Result<()> {
        let (followers, total) = (self.number()?, self.number()?);
        let (mut sum, mut last) = (0u64, None);
        for _ in 0..followers {
            let step = self.number()?;
            if last.is_some() && step == 0 {
                return Err(bad("a token follows a context twice"));
            }
            let next = last.unwrap_or(0u32).checked_add(step);
            let next = next.ok_or_else(|| bad("a token id is too large"))?;
            let count = self.number()?;
            table.next.push(next);
            table.counts.push(count);
            sum += u64::from(count);
            last = Some(next);
        }
        if total == 0 || sum > u64::from(total) {
            return Err(bad("the counts after a context exceed their total"));
        }
        table.contexts.extend(context);
        table.totals.push(total);
        table.ends.push(table.next.len() as u32);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tables, *};

    fn complaint(bytes: &[u8]) -> String {
        Ngrams::from_bytes(bytes).unwrap_err().to_string()
    }

    /// The same bytes with a checksum that fits.
    fn sealed(content: &[u8]) -> Vec<u8> {
        [content, &checksum(content).to_le_bytes()].concat()
    }

    #[test]
    fn tables_survive_the_file() {
        for tables in [tables(), tables().prune(2, 2), Ngrams::default()] {
            assert_eq!(Ngrams::from_bytes(&tables.to_bytes()).unwrap(), tables);
        }
        let short = Ngrams::count([&[5u32, 5, 5][..]], 1).to_bytes();
        let expected = [&b"DSNG"[..], &[1, 1, 1, 0, 5, 1, 2, 5, 2]].concat();
        assert_eq!(short, sealed(&expected));
    }

    #[test]
    fn bad_bytes_give_a_sentence() {
        let good = tables().to_bytes();
        let start = "the n-gram tables cannot be read: ";
        for (bytes, reason) in [
            (b"PK\x03\x04".to_vec(), "the file begins otherwise"),
            (Vec::new(), "the file begins otherwise"),
            (b"DSNG".to_vec(), CUT),
            (b"DSNG\x07\x01".to_vec(), "version 7 is unknown, expected 1"),
            (sealed(b"DSNG\x01"), CUT),
            (sealed(b"DSNG\x01\x01"), CUT),
            (sealed(b"DSNG\x01\x00\x00"), "bytes are left over at its end"),
            (sealed(b"DSNG\x01\x01\x01\x01\x05"), "a context shares more tokens than there are"),
            (
                sealed(b"DSNG\x01\x01\x02\0\x05\x01\x01\x01\x01\0\x05\x01\x01\x01\x01"),
                "its contexts are out of order",
            ),
            (
                sealed(b"DSNG\x01\x01\x01\0\x05\x01\x01\x01\x02"),
                "the counts after a context exceed their total",
            ),
            (
                sealed(b"DSNG\x01\x01\x01\0\x05\x02\x02\x01\x01\0\x01"),
                "a token follows a context twice",
            ),
            (sealed(b"DSNG\x01\x01\xFF\xFF\xFF\xFF\xFF\x01"), "a number is too long"),
        ] {
            assert_eq!(complaint(&bytes), format!("{start}{reason}"));
        }
        for cut in 6..good.len() {
            assert!(complaint(&good[..cut]).contains("damaged or cut short"), "cut at {cut}");
        }
        for at in 5..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 0x10;
            assert!(complaint(&changed).starts_with(start), "byte {at} changed");
        }
    }
}
