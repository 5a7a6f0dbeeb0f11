//! Answers requests from standard input, each after its length in four bytes, little end first:
//! what `tests/formats/check.py` holds against other people's programs.

use std::io::{self, Read as _, Write as _};

fn main() -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut length = [0; 4];
    while input.read_exact(&mut length).is_ok() {
        let mut request = vec![0; u32::from_le_bytes(length) as usize];
        input.read_exact(&mut request)?;
        let reply = formats::call(&request);
        let length = u32::try_from(reply.len()).unwrap_or(u32::MAX);
        output.write_all(&length.to_le_bytes())?;
        output.write_all(&reply)?;
        output.flush()?;
    }
    Ok(())
}
