//! `clip-events listen`: an endpoint on this machine that says of each delivery what it is worth, stores it, and hands it on.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use clap::Args;
use clip_events::{EventType, Printable};
use clip_events_receiver::axum::read_request;
use clip_events_receiver::{Answer, BODY_LIMIT, SIGNATURE_HEADER, Verifier};
use clip_events_validator::{Mode, Validator};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep;

use crate::envelope::Envelope;
use crate::failure::Failure;
use crate::record::Record;
use crate::secrets::SecretArguments;
use crate::send::{Client, Reply, Target, end_to_end, milliseconds};

pub(crate) const HELP: &str = "\
Example:
  clip-events listen --secret-env CLIP_EVENTS_SECRET \\
      --save received.ndjson --forward-to http://localhost:3000/hooks

It takes POST at any path, and prints a line for each: the time, the event type, the id, whether it is genuine and meets the contract, and \
the answer's status. Without a target, a genuine delivery is answered 200, and any other as clip-events-receiver answers it; without a \
secret, which are genuine is not known, and all are answered 200. With a target, each is handed on byte for byte, genuine or not, and the \
answer is the target's, or 502 if there is none.

A line of the stored file is {\"received\": milliseconds, \"headers\": {...}, \"body\": \"...\"}, or \"body_base64\" for a body that is not \
UTF-8; new lines are put behind those that are there. The older header choppity-signature, which is the secret, is neither stored nor \
printed.

Exit status: 0 after Ctrl-C, 2 if the command could not do its work.";

/// How long what is being answered may take after Ctrl-C.
const END_TIMEOUT: Duration = Duration::from_secs(2);
/// Requests that wait for their line.
const QUEUE: usize = 64;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The port on 127.0.0.1; 0 takes one that is free.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    #[command(flatten)]
    secrets: SecretArguments,
    /// Hand each delivery on to this URL, and answer what it answers.
    #[arg(long, value_name = "URL")]
    forward_to: Option<Target>,
    /// Store each delivery, with its headers, at the end of this file.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

/// What requests are judged by, and where they go.
struct Door {
    verifier: Option<Verifier>,
    validator: Validator,
    target: Option<Client>,
    lines: mpsc::Sender<Line>,
}

/// What is to be written of a request.
struct Line {
    what: Written,
    written: oneshot::Sender<()>,
}

/// The two things that are written.
enum Written {
    /// Into the file: when it came, its headers and its body.
    Request(u64, HeaderMap, Bytes),
    /// On the terminal.
    Text(String),
}

/// Listens until Ctrl-C.
pub(crate) fn listen(arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let verifier = arguments.secrets.load()?.map(Verifier::new);
    let save = arguments.save.as_ref().map(|path| {
        let file = to_append(path);
        file.map(|file| (path, file)).map_err(|error| Failure::Save { path: path.clone(), error })
    });
    let save = save.transpose()?;
    // Requests are judged one after the other; only targets and bodies are waited for.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(serve(arguments, verifier, save, out));
    // A target that does not answer is not waited for.
    runtime.shutdown_background();
    result
}

/// The file, with an end to its last line: it may have been cut.
fn to_append(path: &PathBuf) -> io::Result<File> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    if file.metadata()?.len() > 0 {
        let mut last = [0];
        // What cannot be read from its end, as a pipe, has no lines.
        if file.seek(SeekFrom::End(-1)).is_ok()
            && file.read_exact(&mut last).is_ok()
            && last != *b"\n"
        {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

async fn serve(
    arguments: &Arguments,
    verifier: Option<Verifier>,
    mut save: Option<(&PathBuf, File)>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let failed = |error| Failure::Listen { port: arguments.port, error };
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let mut interrupted = tokio::spawn(tokio::signal::ctrl_c());
    // It is heeded from its first turn on: before anybody is told of the address.
    tokio::task::yield_now().await;
    greet(&format!("http://{address}/"), arguments, out)?;

    let (lines, mut written) = mpsc::channel(QUEUE);
    let door = Door {
        verifier,
        validator: Validator::new(Mode::Reader),
        target: arguments.forward_to.clone().map(Client::new),
        lines,
    };
    let app = Router::new().fallback(receive).with_state(Arc::new(door));
    let (end, mut ended) = watch::channel(false);
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = ended.wait_for(|ended| *ended).await;
    });
    let mut server = tokio::spawn(server.into_future());
    loop {
        tokio::select! {
            // What is there is written before an end.
            biased;
            Some(line) = written.recv() => write_line(line, &mut save, out)?,
            signal = &mut interrupted, if !*end.borrow() => {
                signal.map_err(io::Error::other)??;
                end.send_replace(true);
            }
            () = sleep(END_TIMEOUT), if *end.borrow() => return Ok(()),
            // Only after Ctrl-C, and once all is answered.
            _ = &mut server => return Ok(()),
        }
    }
}

/// Says where it listens, and how to try that.
fn greet(url: &str, arguments: &Arguments, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "listening on {url}; Ctrl-C ends it")?;
    if arguments.secrets.is_empty() {
        writeln!(
            out,
            "no secret is given: which deliveries are genuine is not known, and all are taken"
        )?;
    }
    let event_type = EventType::ALL.first().map_or("EVENT_TYPE", |event_type| event_type.as_str());
    let secret = arguments.secrets.first_variable().unwrap_or("CLIP_EVENTS_SECRET");
    writeln!(
        out,
        "send it a delivery: clip-events trigger {event_type} --to {url} --secret-env {secret}"
    )?;
    out.flush()
}

/// Stores a request or prints its line, and lets it go on then.
fn write_line(
    line: Line,
    save: &mut Option<(&PathBuf, File)>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match (line.what, save) {
        (Written::Request(received, headers, body), Some((path, file))) => {
            let record = Record::new(received, &headers, &body);
            record.write(file).map_err(|error| Failure::Save { path: path.clone(), error })?;
        }
        (Written::Request(..), None) => {}
        (Written::Text(text), _) => {
            writeln!(out, "{text}")?;
            out.flush()?;
        }
    }
    // Whoever has gone away need not be answered.
    let _ = line.written.send(());
    Ok(())
}

async fn receive(State(door): State<Arc<Door>>, request: Request) -> Response {
    // Whoever sends it may go away: what has come is stored, handed on and told of nevertheless.
    let answered = tokio::spawn(async move { door.answer(request).await }).await;
    answered.unwrap_or_else(|error| reply(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()))
}

fn status(answer: Answer) -> StatusCode {
    StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::BAD_REQUEST)
}

impl Door {
    /// The answer to a delivery, and what is to be said of it.
    fn judge(&self, headers: &HeaderMap, body: &[u8], now: SystemTime) -> (Answer, String) {
        let signatures = headers.get_all(SIGNATURE_HEADER).iter().map(HeaderValue::as_bytes);
        let signatures: Vec<&[u8]> = signatures.collect();
        let genuine =
            self.verifier.as_ref().map(|verifier| verifier.verify_one(&signatures, body, now));
        let verdict = self.validator.judge(body);
        let valid = match verdict.violations.split_first() {
            None => "valid".to_owned(),
            Some((first, [])) => format!("invalid: {first}"),
            Some((first, more)) => format!("invalid: {first} (and {} more)", more.len()),
        };
        match genuine {
            None => (Answer::Stored, format!("not verified, {valid}")),
            Some(Ok(_)) if verdict.is_valid() => (Answer::Stored, format!("genuine, {valid}")),
            Some(Ok(_)) => (Answer::DeadLetter, format!("genuine, {valid}")),
            Some(Err(error)) => {
                let answer = Answer::Refused(error);
                (answer, format!("not genuine: {error} The delivery is {valid}"))
            }
        }
    }

    async fn answer(&self, request: Request) -> Response {
        let received = SystemTime::now();
        let millis = received.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let millis = u64::try_from(millis).unwrap_or_default();
        if request.method() != Method::POST {
            return reply(StatusCode::METHOD_NOT_ALLOWED, "deliveries come by POST");
        }
        let (headers, body) = match read_request(request, BODY_LIMIT).await {
            Ok(request) => request,
            Err(answer) => {
                let reason = answer.to_string();
                self.tell(millis, &Envelope::default(), &reason, status(answer)).await;
                return reply(status(answer), &reason);
            }
        };
        // Before it is handed on: whatever comes then, it is stored.
        self.write(Written::Request(millis, headers.clone(), body.clone())).await;
        let (answer, verdict) = self.judge(&headers, &body, received);
        let envelope = Envelope::read(&body);
        let (response, verdict) = match &self.target {
            None => (reply(status(answer), &answer.to_string()), verdict),
            Some(target) => {
                let (response, said) = forward(target, headers, body).await;
                (response, format!("{verdict}; {said}"))
            }
        };
        self.tell(millis, &envelope, &verdict, response.status()).await;
        response
    }

    /// Waits until the line of a request is printed.
    async fn tell(&self, millis: u64, envelope: &Envelope, verdict: &str, status: StatusCode) {
        let time = i64::try_from(millis).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
        let time = time.map(|time| format!("{time:.3}")).unwrap_or_default();
        let text = format!("{time}  {envelope}  {}  {verdict}", status.as_u16());
        self.write(Written::Text(text)).await;
    }

    async fn write(&self, what: Written) {
        let (written, is_written) = oneshot::channel();
        // It fails only when the command ends.
        if self.lines.send(Line { what, written }).await.is_ok() {
            let _ = is_written.await;
        }
    }
}

/// The target's answer, and what is to be said of it.
async fn forward(target: &Client, headers: HeaderMap, body: Bytes) -> (Response, String) {
    let target = target.clone();
    let sent = tokio::task::spawn_blocking(move || target.post(&headers, &body)).await;
    let error = match sent {
        Ok(Ok(Reply { status, headers, body, took })) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = status;
            for (name, value) in end_to_end(&headers) {
                response.headers_mut().append(name, value.clone());
            }
            return (response, format!("answered by the target in {}", milliseconds(took)));
        }
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    let said = format!("no answer from the target: {}", Printable::new(&error, 200));
    (reply(StatusCode::BAD_GATEWAY, &said), said)
}

fn reply(status: StatusCode, text: &str) -> Response {
    (status, format!("{text}\n")).into_response()
}
