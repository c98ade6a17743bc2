//! Git, as a command.

use std::io::{self, Seek as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// The repository that a folder is in.
pub(crate) struct Git<'a> {
    pub(crate) folder: &'a Path,
}

impl Git<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.folder).args(arguments);
        command
    }

    /// The text that git prints, without white space around it.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String, String> {
        text(output(&mut self.command(arguments)))
    }

    /// The hash of the commit that `revision` names.
    ///
    /// # Errors
    ///
    /// Git's own message, when it names none.
    pub(crate) fn commit(&self, revision: &str) -> Result<String, String> {
        self.run(&["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")])
    }

    /// Paths of the files that `commit` has in `folder`.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn files(&self, commit: &str, folder: &Path) -> Result<Vec<String>, String> {
        let folder = format!("{}/", folder.display());
        let files = self.run(&["ls-tree", "-r", "-z", "--name-only", commit, &folder])?;
        Ok(paths(&files).map(str::to_owned).collect())
    }

    /// The files that `commit` has below the folder: path and blob of each.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn blobs(&self, commit: &str) -> Result<Vec<(String, String)>, String> {
        let listed = self.run(&["ls-tree", "-r", "-z", commit])?;
        let blob = |entry: &str| {
            let (entry, path) = entry.split_once('\t')?;
            let mut fields = entry.split(' ').skip(1);
            (fields.next()? == "blob").then_some((path.to_owned(), fields.next()?.to_owned()))
        };
        Ok(paths(&listed).filter_map(blob).collect())
    }

    /// The blobs that these files would be, in order.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn hash<'p>(
        &self,
        files: impl Iterator<Item = &'p str>,
    ) -> Result<Vec<String>, String> {
        let mut hash = self.command(&["hash-object", "--stdin-paths"]);
        let hashed = text(output(hash.stdin(lines(files).map_err(not_run)?)))?;
        Ok(hashed.lines().map(str::to_owned).collect())
    }

    /// The bytes of these blobs, in order.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn read<'b>(
        &self,
        blobs: impl Iterator<Item = &'b str>,
    ) -> Result<Vec<Vec<u8>>, String> {
        let mut asked = self.command(&["cat-file", "--batch"]);
        let answer = output(asked.stdin(lines(blobs).map_err(not_run)?))?;
        let mut rest = answer.as_slice();
        let mut read = Vec::new();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let head = String::from_utf8_lossy(&rest[..end]);
            let size = head.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
            let size = size.ok_or_else(|| format!("git cat-file: {head}"))?;
            let bytes = rest.get(end + 1..end + 1 + size).ok_or("git cat-file: it ends early")?;
            read.push(bytes.to_vec());
            rest = rest.get(end + size + 2..).unwrap_or_default();
        }
        Ok(read)
    }

    /// The commit that both have come from.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn merge_base(&self, one: &str, other: &str) -> Result<String, String> {
        self.run(&["merge-base", one, other])
    }

    /// The bytes of `file` as `commit` has it.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn show(&self, commit: &str, file: &str) -> Result<Vec<u8>, String> {
        output(&mut self.command(&["show", &format!("{commit}:./{file}")]))
    }

    /// The changes that the commits on the way to `start` made to files in `folder`, oldest first, in the form of `git
    /// diff-tree --raw -z`.
    /// A merge is compared with each of its parents: one that drops what only its second parent had changes nothing for
    /// the first. `git log` cannot do both.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn changes(&self, start: &str, folder: &Path) -> Result<String, String> {
        let folder = folder.display().to_string();
        let mut list = self.command(&["rev-list", "--first-parent", "--reverse", start]);
        let mut list = list.stdout(Stdio::piped()).spawn().map_err(not_run)?;
        let commits = list.stdout.take().map_or_else(Stdio::null, Stdio::from);
        let options = ["--stdin", "-m", "-r", "--root", "--raw", "-z", "--no-abbrev"];
        let more = ["--no-renames", "--relative", "--no-commit-id", "--", &folder];
        let mut diff = self.command(&[&["diff-tree"][..], &options, &more].concat());
        let changes = text(output(diff.stdin(commits)));
        let listed = list.wait().map_err(not_run)?;
        if listed.success() { changes } else { Err("git rev-list failed".to_owned()) }
    }
}

/// What a command may read, line by line. By way of a file: a pipe that is not read while it is written holds both up.
fn lines<'l>(lines: impl Iterator<Item = &'l str>) -> io::Result<Stdio> {
    let mut file = tempfile::tempfile()?;
    for line in lines {
        writeln!(file, "{line}")?;
    }
    file.rewind()?;
    Ok(file.into())
}

/// The names in a list that `-z` has made.
pub(crate) fn paths(listed: &str) -> impl Iterator<Item = &str> {
    listed.split('\0').filter(|path| !path.is_empty())
}

fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(not_run)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

fn text(output: Result<Vec<u8>, String>) -> Result<String, String> {
    output.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned())
}

#[allow(clippy::needless_pass_by_value)] // For `map_err`.
fn not_run(error: io::Error) -> String {
    format!("git: {error}")
}
