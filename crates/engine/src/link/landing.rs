//! Where the browser comes back to: a listener on 127.0.0.1, on a random port and path (RFC 8252 7.3, 8.3), which is there
//! only while somebody links, takes one answer, and is gone. Whoever else asks learns nothing: another path, another
//! host name (so that no web page can ask through a name that leads here) or a forged answer is not found.

use crate::error::{Code, Error};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use refill_domain::link::Landed;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Connections at once: browsers open some ahead.
const CONNECTIONS: usize = 16;

/// How long a request's head may take.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// How long the last page may take to leave.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);

/// Longest request, in bytes.
const HEAD_MAX: usize = 16 * 1024;

/// Parameters of an answer, percent-decoded, in order.
pub type Answer = Vec<(String, String)>;

/// The parameters of a query.
pub fn parameters(query: &str) -> Answer {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// The words of the page a person sees at the end.
#[derive(Debug, Clone)]
pub struct Pages {
    /// It worked.
    pub linked: String,
    /// It did not.
    pub failed: String,
}

/// The listener.
#[derive(Debug)]
pub struct Landing {
    listener: TcpListener,
    address: SocketAddr,
    path: String,
}

impl Landing {
    /// Opens one on a free port; `path` is random, made by whoever asks.
    ///
    /// # Errors
    /// The system has no port.
    pub async fn open(path: &str) -> Result<Self, Error> {
        Self::at(0, path).await
    }

    /// Opens the one of a flow that was begun before a restart.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn again(redirect: &str) -> Result<Self, Error> {
        let url = url::Url::parse(redirect).map_err(anyhow::Error::from)?;
        Self::at(url.port().unwrap_or_default(), url.path().trim_start_matches('/')).await
    }

    async fn at(port: u16, path: &str) -> Result<Self, Error> {
        let failed = |why: std::io::Error| {
            Error::new(Code::Unexpected, "This computer lets no browser come back to Refill.").caused_by(why)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, path: format!("/{path}") })
    }

    /// Where the browser is to come back to.
    pub fn redirect(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }

    /// Waits for the answer that `judge` takes; all others are not found, and the wait goes on.
    pub async fn answer(
        self,
        pages: Pages,
        judge: impl Fn(&Answer) -> Landed + Send + Sync + 'static,
    ) -> Landed {
        let desk = Arc::new(Desk {
            path: self.path,
            host: self.address.to_string(),
            pages,
            judge: Box::new(judge),
            taken: Mutex::new(None),
            done: Notify::new(),
        });
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = desk.done.notified() => break,
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept(), if connections.len() < CONNECTIONS => {
                    let Ok((stream, _)) = accepted else { continue };
                    let desk = Arc::clone(&desk);
                    let service = service_fn(move |request| {
                        let answer = desk.serve(&request);
                        async move { Ok::<_, Infallible>(answer) }
                    });
                    let mut server = http1::Builder::new();
                    server.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_MAX);
                    let connection = server.keep_alive(false).serve_connection(TokioIo::new(stream), service);
                    connections.spawn(async move {
                        // A browser that went away has its page or does not want it.
                        let _ = connection.await;
                    });
                }
            }
        }
        drop(self.listener);
        // The page is on its way; what others keep open is not waited for.
        let rest = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GOODBYE_WITHIN, rest).await;
        let taken = desk.taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or(Landed::Stranger)
    }
}

struct Desk {
    path: String,
    host: String,
    pages: Pages,
    judge: Box<dyn Fn(&Answer) -> Landed + Send + Sync>,
    taken: Mutex<Option<Landed>>,
    done: Notify,
}

impl Desk {
    fn serve(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let ours =
            request.method() == Method::GET && request.uri().path() == self.path && host == Some(&self.host);
        if !ours {
            return page(StatusCode::NOT_FOUND, "");
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.is_some() {
            return page(StatusCode::NOT_FOUND, "");
        }
        let landed = (self.judge)(&parameters(request.uri().query().unwrap_or_default()));
        let (status, words) = match &landed {
            Landed::Stranger => return page(StatusCode::NOT_FOUND, ""),
            Landed::Code(_) => (StatusCode::OK, &self.pages.linked),
            Landed::Denied | Landed::Failed(_) | Landed::Late => (StatusCode::OK, &self.pages.failed),
        };
        *taken = Some(landed);
        self.done.notify_one();
        page(status, words)
    }
}

/// A page without anything active, that nobody keeps and whose address nobody is told.
fn page(status: StatusCode, words: &str) -> Response<Full<Bytes>> {
    let escaped = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>Refill</title>\
         <body style=\"font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:4rem auto;padding:0 1rem\">{escaped}"
    );
    let body = if words.is_empty() { String::new() } else { body };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (CONNECTION, "close"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ] {
        headers.insert(name, hyper::header::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use refill_domain::secret::Secret;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    fn pages() -> Pages {
        Pages { linked: "Linked & done".into(), failed: "Not linked".into() }
    }

    fn judge(answer: &Answer) -> Landed {
        match answer.iter().find(|(name, _)| name == "code") {
            Some((_, code)) if code == "good" => Landed::Code(Secret::new("good")),
            _ => Landed::Stranger,
        }
    }

    async fn ask(address: SocketAddr, text: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        answer
    }

    #[tokio::test]
    async fn one_answer_is_taken_whoever_else_asks() {
        let landing = Landing::open("secret-path").await.unwrap();
        let address = landing.address;
        assert_eq!(landing.redirect(), format!("http://{address}/secret-path"));
        let asking = async {
            // Opened ahead by a browser, and never used.
            let _idle = TcpStream::connect(address).await.unwrap();
            let get = |path: &str, host: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            let own = address.to_string();
            for request in [
                get("/", &own),
                get("/secret-path?code=forged", &own),
                get("/secret-path?code=good", "evil.example"),
                get("/secret-path?code=good", &format!("localhost:{}", address.port())),
                get("/SECRET-PATH?code=good", &own),
                get("/favicon.ico", &own),
                format!("POST /secret-path?code=good HTTP/1.1\r\nHost: {own}\r\nContent-Length: 0\r\n\r\n"),
                "GET /secret-path?code=good HTTP/1.1\r\n\r\n".to_owned(),
            ] {
                let answer = ask(address, &request).await;
                assert!(
                    answer.starts_with("HTTP/1.1 404") && answer.ends_with("\r\n\r\n"),
                    "{request:?}: {answer}"
                );
            }
            for garbage in
                ["\0\0\0\0\r\n\r\n".to_owned(), format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(40_000))]
            {
                assert!(!ask(address, &garbage).await.starts_with("HTTP/1.1 200"));
            }
            let answer = ask(address, &get("/secret-path?code=good&x=%3Cscript%3E", &own)).await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Linked &amp; done"), "{answer}");
            assert!(answer.contains("no-store") && answer.contains("no-referrer"));
        };
        let (landed, ()) = tokio::join!(landing.answer(pages(), judge), asking);
        assert_eq!(landed, Landed::Code(Secret::new("good")));
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }

    #[tokio::test]
    async fn a_flow_begun_before_a_restart_is_waited_for_at_the_same_place() {
        let first = Landing::open("p").await.unwrap();
        let redirect = first.redirect();
        assert!(Landing::again(&redirect).await.is_err(), "taken");
        drop(first);
        assert_eq!(Landing::again(&redirect).await.unwrap().redirect(), redirect);
    }
}
