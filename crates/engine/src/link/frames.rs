//! Server-sent events as bytes come: whole frames out, however the bytes were cut, with a bound on what is held (WHATWG
//! HTML 9.2.6). Only what the cloud writes is understood: `id`, `event`, `data`, comments; other fields are skipped.

/// Bytes of one frame at most; an entry has a few kB.
const FRAME_MAX: usize = 256 * 1024;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// Its number, if it has one.
    pub id: Option<u64>,
    /// Its kind.
    pub event: String,
    /// What it says.
    pub data: String,
}

/// The stream is none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadStream {
    /// A frame without an end.
    #[error("a frame is longer than 256 kB")]
    TooLong,
    /// Not text.
    #[error("a frame is no text")]
    NoText,
}

/// Takes bytes, gives frames.
#[derive(Debug, Default)]
pub struct Frames {
    line: Vec<u8>,
    frame: Frame,
    size: usize,
    any: bool,
}

impl Frames {
    /// The frames that these bytes complete.
    ///
    /// # Errors
    /// The stream is none of ours; it is then to be left.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, BadStream> {
        let mut whole = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.size += part.len();
            if self.size > FRAME_MAX {
                return Err(BadStream::TooLong);
            }
            self.line.extend_from_slice(part);
            if self.line.last() == Some(&b'\n') {
                let line = std::mem::take(&mut self.line);
                whole.extend(self.line(&line)?);
            }
        }
        Ok(whole)
    }

    fn line(&mut self, line: &[u8]) -> Result<Option<Frame>, BadStream> {
        let line = std::str::from_utf8(line).map_err(|_| BadStream::NoText)?.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            let frame = std::mem::take(&mut self.frame);
            (self.size, self.line) = (0, Vec::new());
            return Ok(std::mem::take(&mut self.any).then_some(frame));
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => self.frame.id = value.parse().ok(),
            "event" => value.clone_into(&mut self.frame.event),
            "data" => {
                if !self.frame.data.is_empty() {
                    self.frame.data.push('\n');
                }
                self.frame.data.push_str(value);
                self.any = true;
            }
            _ => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STREAM: &str = "retry: 3000\n\n: alive\n\nid: 7\nevent: entry\ndata: {\"a\":\"ü€\"}\n\nevent: gone\r\ndata: {}\r\n\r\n\
                          id: x\ndata: one\ndata:two\n\nid: 9\n\ndata: cut";

    fn expected() -> Vec<Frame> {
        let frame = |id, event: &str, data: &str| Frame { id, event: event.into(), data: data.into() };
        vec![
            frame(Some(7), "entry", "{\"a\":\"ü€\"}"),
            frame(None, "gone", "{}"),
            frame(None, "", "one\ntwo"),
        ]
    }

    #[test]
    fn what_has_no_end_or_is_no_text_is_left() {
        let mut frames = Frames::default();
        let mut taken = Ok(Vec::new());
        for _ in 0..300 {
            taken = frames.take(&[b'a'; 1024]);
            if taken.is_err() {
                break;
            }
        }
        assert_eq!(taken, Err(BadStream::TooLong));
        assert_eq!(Frames::default().take(b"data: \xff\n"), Err(BadStream::NoText));
        let mut many = Frames::default();
        for _ in 0..10_000 {
            assert_eq!(
                many.take(b": alive and well for a long time\n\n"),
                Ok(Vec::new()),
                "comments do not add up"
            );
        }
    }

    proptest! {
        #[test]
        fn frames_are_the_same_however_they_are_cut(cuts in prop::collection::vec(0..STREAM.len(), 0..12)) {
            let mut cuts = cuts;
            cuts.extend([0, STREAM.len()]);
            cuts.sort_unstable();
            let mut frames = Frames::default();
            let mut all = Vec::new();
            for pair in cuts.windows(2) {
                all.extend(frames.take(&STREAM.as_bytes()[pair[0]..pair[1]]).unwrap());
            }
            prop_assert_eq!(all, expected());
        }

        #[test]
        fn any_bytes_are_frames_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = Frames::default().take(&bytes);
        }
    }
}
