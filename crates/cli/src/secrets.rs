//! The signing secrets that commands are given: by the environment or in files, never as arguments, which others can read.

use std::path::PathBuf;

use clap::Args;
use clip_events_receiver::{SecretError, Secrets};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Where the secrets are.
#[derive(Debug, Args)]
pub(crate) struct SecretArguments {
    /// The environment variable that holds the endpoint's signing secret; several while secrets are exchanged.
    #[arg(long, value_name = "NAME")]
    secret_env: Vec<String>,
    /// A file that holds the endpoint's signing secret; a line end after it is not part of it.
    #[arg(long, value_name = "FILE")]
    secret_file: Vec<PathBuf>,
}

/// The bytes of secrets, to look at; wiped when they are dropped.
pub(crate) type RawSecrets = Vec<Zeroizing<Vec<u8>>>;

impl SecretArguments {
    /// The first variable that holds one, to be told to people.
    pub(crate) fn first_variable(&self) -> Option<&str> {
        self.secret_env.first().map(String::as_str)
    }

    /// Whether no secret is given.
    pub(crate) fn is_empty(&self) -> bool {
        self.secret_env.is_empty() && self.secret_file.is_empty()
    }

    /// The secrets, if there are any.
    pub(crate) fn load(&self) -> Result<Option<Secrets>, Failure> {
        secrets(&self.raw()?)
    }

    /// The secrets, of which there has to be one.
    pub(crate) fn required(&self) -> Result<Secrets, Failure> {
        self.load()?.ok_or(Failure::NoSecret)
    }

    /// Their bytes, read as [`Secrets`] reads them.
    pub(crate) fn raw(&self) -> Result<RawSecrets, Failure> {
        let mut secrets = Vec::new();
        for name in &self.secret_env {
            let secret = if name.is_empty() { None } else { Some(Secrets::read_env(name)) };
            secrets.push(match secret {
                None | Some(Err(SecretError::NoVariable(_))) => return Err(Failure::NoVariable),
                Some(secret) => secret?,
            });
        }
        for path in &self.secret_file {
            // What is no path to anything may be the secret itself, given by mistake.
            if !path.exists() && path.components().count() == 1 && path.extension().is_none() {
                return Err(Failure::NoFile);
            }
            secrets.push(Secrets::read_file(path)?);
        }
        Ok(secrets)
    }
}

/// The secrets with these bytes, if there are any.
pub(crate) fn secrets(raw: &[Zeroizing<Vec<u8>>]) -> Result<Option<Secrets>, Failure> {
    let Some((first, more)) = raw.split_first() else { return Ok(None) };
    let first = Secrets::new(first.to_vec())?;
    Ok(Some(more.iter().try_fold(first, |secrets, secret| secrets.and(secret.to_vec()))?))
}
