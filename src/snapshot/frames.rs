//! A part of a snapshot as frames of bytes, each with its checksum: neither who writes nor who reads has more than a
//! frame, or one long text, in memory, and what is read was checked before.
//!
//! A frame is [`FRAME`] bytes, the last of a part those that are left; behind it stands the checksum (XXH3, 64 bits), for
//! which the frame's number is the seed: a frame that stands elsewhere is not believed either.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use postcard::de_flavors::Flavor;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// So many bytes are written, and read, at once: they stay in the processor's cache until they are used.
const FRAME: usize = 1 << 18;
const CHECKSUM: usize = size_of::<u64>();

/// Writes a part.
pub(super) struct Writer<W> {
    to: W,
    frame: Vec<u8>,
    /// How many frames are written, and their bytes.
    frames: u64,
    written: u64,
    /// Why one was not.
    pub(super) fault: Option<io::Error>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(to: W) -> Self {
        Self {
            to,
            frame: Vec::with_capacity(FRAME + CHECKSUM),
            frames: 0,
            written: 0,
            fault: None,
        }
    }

    /// Writes what is left and tells how many bytes the part takes.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        if !self.frame.is_empty() {
            self.end()?;
        }
        Ok(self.written)
    }

    fn end(&mut self) -> io::Result<()> {
        let checksum = xxh3_64_with_seed(&self.frame, self.frames);
        self.frame.extend(checksum.to_le_bytes());
        self.to.write_all(&self.frame)?;
        self.written += self.frame.len() as u64;
        self.frames += 1;
        self.frame.clear();
        Ok(())
    }
}

impl<W: Write> Write for Writer<W> {
    /// A fault is kept, too, as the encoder tells only that there was one.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = FRAME - self.frame.len();
        let taken = &bytes[..bytes.len().min(room)];
        self.frame.extend_from_slice(taken);
        if self.frame.len() == FRAME
            && let Err(fault) = self.end()
        {
            let kind = fault.kind();
            self.fault = Some(fault);
            return Err(kind.into());
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a part of a file whose parts are read side by side.
pub(super) struct Reader<'f, F> {
    file: &'f Mutex<F>,
    /// Where the frames begin and end that are not read yet.
    rest: std::ops::Range<u64>,
    /// How many are read.
    frames: u64,
    /// What is read and checked; of that, so many bytes are used.
    ready: Vec<u8>,
    used: usize,
    /// Why nothing more is read, if that is not the snapshot's fault.
    pub(super) fault: Option<io::Error>,
}

impl<'f, F: Read + Seek> Reader<'f, F> {
    pub(super) fn new(file: &'f Mutex<F>, part: std::ops::Range<u64>) -> Self {
        Self {
            file,
            rest: part,
            frames: 0,
            ready: Vec::new(),
            used: 0,
            fault: None,
        }
    }

    /// True if all was read and used.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty() && self.used == self.ready.len()
    }

    /// The next so many bytes; an error if there are fewer, or they are damaged.
    fn take(&mut self, count: usize) -> postcard::Result<&[u8]> {
        if self.ready.len() - self.used < count {
            self.fill(count).ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        }
        self.used += count;
        Ok(&self.ready[self.used - count..self.used])
    }

    /// Reads until so many bytes are ready.
    #[cold]
    fn fill(&mut self, count: usize) -> Option<()> {
        self.ready.drain(..self.used);
        self.used = 0;
        while self.ready.len() < count {
            self.frame()?;
        }
        Some(())
    }

    /// Reads one more frame behind what is ready.
    fn frame(&mut self) -> Option<()> {
        let left = self.rest.end - self.rest.start;
        let len = (FRAME + CHECKSUM).min(usize::try_from(left).unwrap_or(usize::MAX));
        let bytes = len.checked_sub(CHECKSUM)?;
        let before = self.ready.len();
        self.ready.resize(before + len, 0);
        let read = read_at(self.file, self.rest.start, &mut self.ready[before..]);
        self.fault = read.err().filter(|fault| fault.kind() != io::ErrorKind::UnexpectedEof);
        let checksum = self.ready[before + bytes..].try_into().map(u64::from_le_bytes).ok()?;
        self.ready.truncate(before + bytes);
        if xxh3_64_with_seed(&self.ready[before..], self.frames) != checksum {
            self.ready.truncate(before);
            return None;
        }
        self.rest.start += len as u64;
        self.frames += 1;
        Some(())
    }
}

/// Reads what stands at a place of a file.
pub(super) fn read_at<F: Read + Seek>(file: &Mutex<F>, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

impl<'f, F: Read + Seek> Flavor<'f> for Reader<'f, F> {
    type Remainder = Self;
    type Source = ();

    #[inline]
    fn pop(&mut self) -> postcard::Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn size_hint(&self) -> Option<usize> {
        let left = self.rest.end - self.rest.start;
        usize::try_from(left).ok()?.checked_add(self.ready.len() - self.used)
    }

    /// Nothing is borrowed from a file.
    fn try_take_n(&mut self, _: usize) -> postcard::Result<&'f [u8]> {
        Err(postcard::Error::WontImplement)
    }

    fn try_take_n_temp<'t>(&'t mut self, count: usize) -> postcard::Result<&'t [u8]>
    where
        'f: 't,
    {
        self.take(count)
    }

    fn finalize(self) -> postcard::Result<Self> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> Vec<u8> {
        let mut to = Vec::new();
        let mut writer = Writer::new(&mut to);
        writer.write_all(bytes).unwrap();
        assert_eq!(writer.finish().unwrap(), to.len() as u64);
        to
    }

    /// What is read by so many bytes at a time; `None` if not all is believed.
    fn read(part: &[u8], step: usize) -> Option<Vec<u8>> {
        let file = Mutex::new(io::Cursor::new(part));
        let mut reader = Reader::new(&file, 0..part.len() as u64);
        let mut all = Vec::new();
        while !reader.is_at_end() {
            match reader.take(step) {
                Ok(next) => all.extend_from_slice(next),
                Err(_) => all.push(reader.pop().ok()?),
            }
        }
        Some(all)
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        for len in [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME] {
            let bytes: Vec<u8> = (0..len).map(|at| (at * 7 + at / 251) as u8).collect();
            for step in [97, FRAME + 1] {
                assert!(read(&written(&bytes), step) == Some(bytes.clone()), "{len} by {step}");
            }
        }
    }

    #[test]
    fn no_frame_is_believed_that_is_damaged_or_elsewhere() {
        let part = written(&vec![7; 2 * FRAME]);
        let (one, two) = part.split_at(FRAME + CHECKSUM);
        assert_eq!(read(&[two, one].concat(), 97), None);
        assert_eq!(read(one, 97).map(|all| all.len()), Some(FRAME));
        assert_eq!(read(&part[..part.len() - 1], 97), None);
        for at in [0, FRAME - 1, FRAME, FRAME + CHECKSUM - 1] {
            let mut flipped = part.clone();
            flipped[at] ^= 1;
            assert_eq!(read(&flipped, 97), None, "byte {at}");
        }
    }

    #[test]
    fn a_fault_in_writing_is_kept() {
        let mut room = [0; 10];
        let mut writer = Writer::new(&mut room[..]);
        assert!(writer.write_all(&[0; FRAME]).is_err());
        assert_eq!(writer.fault.map(|fault| fault.kind()), Some(io::ErrorKind::WriteZero));
    }
}
