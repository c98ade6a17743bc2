//! A complete receiver: SQLite, graceful shutdown, `/healthz`, `/metrics`. It prints how to send it a delivery.
//!
//!     CLIP_EVENTS_SECRET=whsec_test cargo run -p clip-events-receiver --example receiver
//!
//! `PORT` (8080), `INBOX` (inbox.sqlite) and `LEASE`, the seconds that handling an event may take (60), may be set as well.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{env, io, thread};

use axum::http::StatusCode;
use axum::routing::get;
use clip_events_receiver::axum::router;
use clip_events_receiver::inbox::Claimed;
use clip_events_receiver::{Inbox as _, Limits, Receiver, Secrets, SqliteInbox, Verifier};
use metrics_exporter_prometheus::PrometheusBuilder;

/// What the events are for. Here they are printed, with the number of the attempt.
fn handle(claimed: &Claimed) -> Result<(), Box<dyn Error>> {
    let event = claimed.parse()?;
    println!("{} {} attempt {}", event.id, event.type_name(), claimed.attempt());
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let path = setting("INBOX", "inbox.sqlite");
    let lease = setting("LEASE", "60").parse().map_err(|_| "LEASE is no number of seconds")?;
    let lease = Duration::try_from_secs_f64(lease).map_err(|error| format!("LEASE: {error}"))?;
    let limits = Limits { lease, ..Limits::default() };
    let verifier = Verifier::new(Secrets::from_env("CLIP_EVENTS_SECRET")?);
    let receiver = Arc::new(Receiver::new(verifier, SqliteInbox::open(path, limits)?));

    let worker = thread::spawn({
        let receiver = Arc::clone(&receiver);
        move || receiver.work(SystemTime::now, handle)
    });

    let health = Arc::clone(&receiver);
    let app = router(Arc::clone(&receiver))
        .route(
            "/healthz",
            get(async move || match health.inbox().counts() {
                Ok(counts) => (StatusCode::OK, format!("{counts:?}\n")),
                Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
            }),
        )
        .route("/metrics", get(async move || metrics.render()));
    let address = format!("127.0.0.1:{}", setting("PORT", "8080"));
    let listener = tokio::net::TcpListener::bind(&address).await;
    let listener = listener
        .map_err(|error| format!("cannot listen on {address}, which PORT sets: {error}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    println!(
        "to send it a delivery: clip-events trigger EVENT_TYPE --to URL --secret-env CLIP_EVENTS_SECRET"
    );
    let (end, ended) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        shutdown().await;
        _ = end.send(());
    });
    // Whoever has not sent a whole request by then sends it again.
    let too_long = async {
        _ = ended.await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    };
    tokio::select! {
        result = server => result?,
        () = too_long => {}
    }

    receiver.stop();
    worker.join().map_err(|_| "the worker has panicked")?;
    Ok(())
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.into())
}

/// Ends with Ctrl-C, or when the process is asked to end.
async fn shutdown() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<Option<()>>();
    tokio::select! {
        _ = interrupt => {}
        _ = terminate => {}
    }
}
