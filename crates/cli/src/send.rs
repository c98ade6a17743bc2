//! Sends deliveries by HTTP, and reports what was answered and how long it took.

use std::io::{self, Write};
use std::str::FromStr;
use std::time::{Duration, Instant};

use clip_events::Printable;
use clip_events_receiver::SIGNATURE_HEADER;
use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::envelope::Envelope;

/// How long an endpoint may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A larger answer is none.
const MAX_ANSWER: u64 = 8 << 20;
/// Characters that are shown of an answer.
const MAX_SHOWN: usize = 200;

/// Headers that are about one connection (RFC 9110, 7.6.1), or that each sender writes itself.
const OF_CONNECTION: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// An endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Target(Uri);

impl FromStr for Target {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "expected a URL like http://localhost:8787/hooks";
        let uri: Uri = text.parse().map_err(|_| wrong)?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        if is_http && uri.host().is_some_and(|host| !host.is_empty()) {
            Ok(Self(uri))
        } else {
            Err(wrong)
        }
    }
}

impl Target {
    /// Whether it is on this machine, where no proxy leads.
    fn is_loopback(&self) -> bool {
        let host = self.0.host().unwrap_or_default().trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost")
            || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
    }
}

/// Sends to one endpoint, over connections that stay open.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    agent: Agent,
    target: Target,
}

/// What an endpoint answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Until all of it was there.
    pub(crate) took: Duration,
}

impl Client {
    pub(crate) fn new(target: Target) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .http_status_as_error(false)
            // A delivery that is handed on has its own, or none.
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None);
        let config = if target.is_loopback() { config.proxy(None) } else { config };
        Self { agent: config.build().new_agent(), target }
    }

    /// Posts `body` with these headers, those that are about a connection left out.
    pub(crate) fn post(&self, headers: &HeaderMap, body: &[u8]) -> Result<Reply, ureq::Error> {
        let start = Instant::now();
        let mut request = self.agent.post(&self.target.0);
        for (name, value) in end_to_end(headers) {
            request = request.header(name, value);
        }
        let (parts, mut answer) = request.send(body)?.into_parts();
        let body = answer.with_config().limit(MAX_ANSWER).read_to_vec()?;
        let (status, headers) = (parts.status.as_u16(), parts.headers);
        Ok(Reply { status, headers, body, took: start.elapsed() })
    }
}

/// The headers that are not about one connection.
pub(crate) fn end_to_end(headers: &HeaderMap) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
    let named: Vec<_> = headers
        .get_all("connection")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    headers.iter().filter(move |(name, _)| {
        !OF_CONNECTION.contains(&name.as_str()) && !named.iter().any(|other| other == name.as_str())
    })
}

/// The headers of a delivery with this signature.
pub(crate) fn headers(signature: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert(
        "user-agent",
        HeaderValue::from_static(concat!("clip-events/", env!("CARGO_PKG_VERSION"))),
    );
    // One that no request can have was stored by something else, and is missed by the endpoint.
    if let Ok(value) = HeaderValue::from_bytes(signature) {
        headers.insert(SIGNATURE_HEADER, value);
    }
    headers
}

/// The answer that an endpoint should give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// 2xx.
    Taken,
    /// 4xx, by something that takes deliveries.
    Refused,
    /// 2xx, or 4xx by something that took it for genuine.
    Either,
}

impl Expected {
    fn is_met_by(self, status: u16) -> bool {
        match self {
            Self::Taken => (200..300).contains(&status),
            // Where nothing is, everything is refused.
            Self::Refused => (400..500).contains(&status) && ![404, 405, 410].contains(&status),
            Self::Either => {
                let is_refused = Self::Refused.is_met_by(status) && ![401, 403].contains(&status);
                is_refused || Self::Taken.is_met_by(status)
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Taken => "2xx",
            Self::Refused => "4xx other than 404, 405 and 410",
            Self::Either => "2xx, or 4xx other than 401, 403, 404, 405 and 410",
        }
    }
}

/// Prints a line for each delivery, and counts.
#[derive(Debug)]
pub(crate) struct Report<W> {
    out: W,
    sent: u64,
    unexpected: u64,
    /// Of those that were answered.
    took: Vec<Duration>,
}

impl<W: Write> Report<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, sent: 0, unexpected: 0, took: Vec::new() }
    }

    /// Adds what became of a delivery. Returns whether it was as expected.
    pub(crate) fn add(
        &mut self,
        delivery: &Envelope,
        expected: Expected,
        reply: &Result<Reply, ureq::Error>,
    ) -> io::Result<bool> {
        self.sent += 1;
        write!(self.out, "{}  {delivery}  ", self.sent)?;
        let as_expected = match reply {
            Ok(Reply { status, body, took, .. }) => {
                self.took.push(*took);
                write!(self.out, "{status}  {}", milliseconds(*took))?;
                let as_expected = expected.is_met_by(*status);
                if !as_expected {
                    let text = String::from_utf8_lossy(body);
                    let text = Printable::new(text.trim(), MAX_SHOWN);
                    let colon = if body.trim_ascii().is_empty() { "" } else { ": " };
                    write!(self.out, "  expected {}{colon}{text}", expected.name())?;
                }
                as_expected
            }
            Err(error) => {
                let error = error.to_string();
                let error = Printable::new(&error, MAX_SHOWN);
                write!(self.out, "no answer  expected {}: {error}", expected.name())?;
                false
            }
        };
        writeln!(self.out)?;
        self.out.flush()?;
        self.unexpected += u64::from(!as_expected);
        Ok(as_expected)
    }

    /// Prints the summary, if there is more than one delivery. Returns whether all were answered as expected.
    pub(crate) fn finish(mut self) -> io::Result<bool> {
        if self.sent == 0 {
            writeln!(self.out, "nothing to send")?;
        } else if self.sent > 1 {
            let expected = self.sent - self.unexpected;
            write!(self.out, "{} sent, {expected} answered as expected", self.sent)?;
            self.took.sort_unstable();
            if let (Some(half), Some(most)) = (self.within(50), self.within(99)) {
                write!(self.out, "; p50 {}, p99 {}", milliseconds(half), milliseconds(most))?;
            }
            writeln!(self.out)?;
        }
        Ok(self.unexpected == 0)
    }

    /// Within how long so many of a hundred were answered.
    fn within(&self, percent: usize) -> Option<Duration> {
        let rank = (self.took.len() * percent).div_ceil(100);
        self.took.get(rank.checked_sub(1)?).copied()
    }
}

/// `took` as a part of a line.
pub(crate) fn milliseconds(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_of_http_are_targets() {
        let is_loopback = |url: &str| Some(url.parse::<Target>().ok()?.is_loopback());
        for url in
            ["http://localhost/", "http://127.9.9.9:1", "https://[::1]/x", "http://LOCALHOST:2/?a"]
        {
            assert_eq!(is_loopback(url), Some(true), "{url}");
        }
        for url in ["http://localhost.example.com/", "https://192.0.2.1/", "http://[2001:db8::1]/"]
        {
            assert_eq!(is_loopback(url), Some(false), "{url}");
        }
        for url in
            ["", "/", "localhost", "localhost:80", "ftp://localhost/", "http:///x", "http://a b/"]
        {
            assert_eq!(is_loopback(url), None, "{url}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let took = |count: u64| Report {
            took: (1..=count).map(Duration::from_millis).collect(),
            ..Report::new(Vec::new())
        };
        let within = |count, percent| took(count).within(percent).map(|took| took.as_millis());
        assert_eq!(
            [within(100, 50), within(100, 99), within(1, 50), within(2, 99)],
            [Some(50), Some(99), Some(1), Some(2)]
        );
        assert_eq!(within(0, 50), None);
    }

    #[test]
    fn answers_are_as_expected_by_their_class() {
        let met = |expected: Expected| {
            [199, 200, 204, 299, 307, 400, 401, 404, 499, 500]
                .map(|status| u8::from(expected.is_met_by(status)))
        };
        assert_eq!(met(Expected::Taken), [0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(met(Expected::Refused), [0, 0, 0, 0, 0, 1, 1, 0, 1, 0]);
        assert_eq!(met(Expected::Either), [0, 1, 1, 1, 0, 1, 0, 0, 1, 0]);
    }
}
