//! One running app, as a person at the keyboard has it: what is on the screen, keys, buttons by their names. Waiting is
//! always for something, with a limit that only a failure reaches.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// Keys of the WebDriver protocol.
pub const ENTER: char = '\u{e007}';
const CONTROL: char = '\u{e009}';

/// After so long without what is waited for, a step has failed.
const LIMIT: Duration = Duration::from_secs(30);

/// Between two looks at what tells nobody that it changed.
const LOOK: Duration = Duration::from_millis(20);

/// How something is pressed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Press {
    Click,
    Enter,
}

pub struct App {
    client: Client,
    driver: Child,
    data: PathBuf,
    pictures: PathBuf,
}

impl App {
    /// Starts the built app on a home of its own.
    pub async fn start(home: &Path, pictures: &Path) -> Self {
        Self::start_with(home, pictures, &[]).await
    }

    /// The same, with more in its environment.
    pub async fn start_with(home: &Path, pictures: &Path, more: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let runtime = home.join("run");
        std::fs::create_dir_all(&runtime).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let log = || {
            Stdio::from(File::options().create(true).append(true).open(pictures.join("driver.log")).unwrap())
        };
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("HOME", home)
            .env("REFILL_DATA", home.join("data"))
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("LANG", "en_GB.UTF-8")
            .env("LC_ALL", "en_GB.UTF-8")
            .envs(more.iter().copied())
            .stdin(Stdio::null())
            .stdout(log())
            .stderr(log())
            .kill_on_drop(true)
            .spawn()
            .expect("WebKitWebDriver starts");
        let wanted =
            json!({ "webkitgtk:browserOptions": { "binary": env!("CARGO_BIN_EXE_refill"), "args": [] } });
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(wanted.as_object().unwrap().clone());
        let url = format!("http://127.0.0.1:{port}");
        let connect = async {
            // The driver listens a moment after it was started. It is asked for a session once: a second request would
            // only hear that there is one already.
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::task::yield_now().await;
            }
            builder.connect(&url).await.expect("a session of the app")
        };
        let client = tokio::time::timeout(LIMIT, connect).await.expect("the app starts");
        client.set_window_rect(0, 0, 1180, 780).await.unwrap();
        Self { client, driver, data: home.join("data"), pictures: pictures.to_owned() }
    }

    /// Waits for a text that is shown somewhere.
    pub async fn sees(&self, text: &str) {
        let path = format!("//*[contains(normalize-space(.), {})]", quoted(text));
        self.found(&path, text).await;
    }

    /// Waits until a text is shown nowhere.
    pub async fn gone(&self, text: &str) {
        let path = format!("//*[text()[contains(., {})]]", quoted(text));
        let wait = async {
            while self.client.find(Locator::XPath(&path)).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(LIMIT, wait).await.is_err() {
            self.fails(&format!("{text:?} is still there")).await;
        }
    }

    /// Waits for an element of a kind.
    pub async fn sees_within(&self, selector: &str, what: &str) {
        let wait = self.client.wait().at_most(LIMIT).for_element(Locator::Css(selector)).await;
        if wait.is_err() {
            self.fails(&format!("no {selector} {what}")).await;
        }
    }

    /// Waits until an element reads otherwise than it did.
    pub async fn changes(&self, path: &str) {
        let before = self.found(path, path).await.text().await.unwrap();
        let wait = async {
            let mut look = tokio::time::interval(LOOK);
            loop {
                look.tick().await;
                // It may be drawn anew just then.
                if let Ok(element) = self.client.find(Locator::XPath(path)).await
                    && element.text().await.is_ok_and(|now| now != before)
                {
                    return;
                }
            }
        };
        if tokio::time::timeout(LIMIT, wait).await.is_err() {
            self.fails(&format!("{path} goes on reading {before:?}")).await;
        }
    }

    /// Presses the button of this name.
    pub async fn press_button(&self, name: &str) {
        self.clicks(Locator::XPath(&button(name)), name).await;
    }

    /// Presses what this selector names.
    pub async fn press(&self, selector: &str) {
        self.sees_within(selector, "to press").await;
        self.still().await;
        self.clicks(Locator::Css(selector), selector).await;
    }

    /// Presses the button of this name with Enter. Where the page grows while it is shown, what is clicked by its place is
    /// missed, and something else may be hit.
    pub async fn enter_button(&self, name: &str) {
        self.acts(Locator::XPath(&button(name)), name, Press::Enter).await;
    }

    /// Clicks what is there and has kept its place since the last look: what is drawn anew or moves just then is missed.
    async fn clicks(&self, locator: Locator<'_>, what: &str) {
        self.acts(locator, what, Press::Click).await;
    }

    /// Presses until the element itself has heard it, as a person does who sees that nothing happened.
    async fn acts(&self, locator: Locator<'_>, what: &str, press: Press) {
        let act = async {
            let mut look = tokio::time::interval(LOOK);
            let mut before = None;
            loop {
                look.tick().await;
                let Ok(element) = self.client.find(locator).await else { continue };
                let place = element.rectangle().await.ok();
                if place.is_none() || (press == Press::Click && place != before) {
                    before = place;
                    continue;
                }
                if self.listens(&element).await.is_err() {
                    continue;
                }
                let done = match press {
                    Press::Click => element.click().await,
                    Press::Enter => element.send_keys(&ENTER.to_string()).await,
                };
                if done.is_ok() && self.heard().await {
                    return;
                }
            }
        };
        if tokio::time::timeout(LIMIT, act).await.is_err() {
            self.fails(&format!("{what} can't be pressed")).await;
        }
    }

    /// Makes an element note the next press that arrives at it.
    async fn listens(&self, element: &Element) -> Result<(), CmdError> {
        let script = "window.heard = false; \
            arguments[0].addEventListener('click', () => (window.heard = true), { capture: true, once: true });";
        self.client.execute(script, vec![serde_json::to_value(element).unwrap()]).await.map(drop)
    }

    /// Whether the press arrived. The driver answers when it has handed it over, which may be a moment before.
    async fn heard(&self) -> bool {
        let mut look = tokio::time::interval(LOOK);
        for _ in 0..10 {
            look.tick().await;
            let heard = self.client.execute("return window.heard", vec![]).await;
            if heard.is_ok_and(|heard| heard == json!(true)) {
                return true;
            }
        }
        false
    }

    /// Waits until nothing moves any more: what is pressed while it moves is missed.
    async fn still(&self) {
        let script = "return document.getAnimations().every((one) => one.playState !== 'running')";
        let wait = async {
            let mut look = tokio::time::interval(LOOK);
            while self.client.execute(script, vec![]).await.unwrap() != json!(true) {
                look.tick().await;
            }
        };
        tokio::time::timeout(LIMIT, wait).await.expect("the window comes to rest");
    }

    /// Presses what shows this text.
    pub async fn press_text(&self, text: &str) {
        let path = format!("//main//*[text()[contains(., {})]]", quoted(text));
        self.clicks(Locator::XPath(&path), text).await;
    }

    /// Opens the supply of this name from the list.
    pub async fn opens(&self, supply: &str) {
        let path = format!("//main//li[.//b[normalize-space(.)={}]]//a", quoted(supply));
        self.clicks(Locator::XPath(&path), supply).await;
    }

    /// The id of the supply of this name, as the list has it.
    pub async fn slot_of(&self, supply: &str) -> String {
        let path = format!("//main//li[.//b[normalize-space(.)={}]]", quoted(supply));
        let row = self.found(&path, supply).await;
        row.attr("data-slot").await.unwrap().expect("a row names its slot")
    }

    /// Starts the program a second time with a link, as the system does when somebody opens one.
    pub async fn link(&self, link: &str) {
        let home = self.data.parent().unwrap();
        let second = Command::new(env!("CARGO_BIN_EXE_refill"))
            .arg(link)
            .env("HOME", home)
            .env("REFILL_DATA", &self.data)
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        tokio::time::timeout(LIMIT, second).await.expect("it hands the link over and ends").unwrap();
    }

    /// Types into what has the focus.
    pub async fn types(&self, text: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(text).await.unwrap();
    }

    /// Types into the field of this label, once it is there; into the dialog's, where a page below has one too.
    pub async fn fills(&self, label: &str, text: &str) {
        let path = format!("(//input[@id=//label[normalize-space(.)={}]/@for])[last()]", quoted(label));
        self.clicks(Locator::XPath(&path), label).await;
        self.types(text).await;
    }

    /// Presses one key where the focus is.
    pub async fn key(&self, key: char) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(&key.to_string()).await.unwrap();
    }

    /// Presses a key together with Control.
    pub async fn chord(&self, key: &str) {
        let value = key.chars().next().unwrap();
        let keys = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value: CONTROL })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: CONTROL });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Keeps what the window shows, where `REFILL_PICTURES` asks for it: taken from the display, because the driver's own
    /// picture waits for ever for a page that has nothing new to draw.
    pub async fn picture(&self, name: &str) {
        if std::env::var_os("REFILL_PICTURES").is_some() {
            let file = self.pictures.join(format!("{name}.xwd"));
            let status = Command::new("xwd").args(["-root", "-silent", "-out"]).arg(file).status().await;
            assert!(status.expect("xwd runs").success(), "no picture of {name}");
        }
    }

    /// Ends the app, as closing its window does.
    pub async fn quit(mut self) {
        self.client.clone().close().await.unwrap();
        // The driver answers before it has ended the app, and one that is killed in between leaves it running: the next
        // start would only bring that one forward.
        self.ended().await;
        self.driver.start_kill().unwrap();
        self.driver.wait().await.unwrap();
    }

    /// Ends the app as a power cut does.
    pub async fn killed(mut self) {
        let processes = self.processes();
        assert!(!processes.is_empty(), "the app runs");
        let done = Command::new("kill").arg("-KILL").args(&processes).status().await;
        assert!(done.unwrap().success(), "it can be ended");
        self.ended().await;
        self.driver.start_kill().unwrap();
        self.driver.wait().await.unwrap();
    }

    /// The processes of this app.
    fn processes(&self) -> Vec<String> {
        let home = format!("REFILL_DATA={}", self.data.display());
        let is_ours = |process: &Path| {
            let program = std::fs::read_link(process.join("exe"));
            let around = std::fs::read(process.join("environ")).unwrap_or_default();
            program.is_ok_and(|program| program == Path::new(env!("CARGO_BIN_EXE_refill")))
                && around.split(|byte| *byte == 0).any(|set| set == home.as_bytes())
        };
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let ours = all.filter(|process| is_ours(&process.path()));
        ours.map(|process| process.file_name().to_string_lossy().into_owned()).collect()
    }

    /// Waits until the app is gone.
    async fn ended(&self) {
        let gone = async {
            let mut look = tokio::time::interval(LOOK);
            while !self.processes().is_empty() {
                look.tick().await;
            }
        };
        tokio::time::timeout(LIMIT, gone).await.expect("the app ends");
    }

    async fn found(&self, path: &str, what: &str) -> Element {
        match self.client.wait().at_most(LIMIT).for_element(Locator::XPath(path)).await {
            Ok(element) => element,
            Err(_) => self.fails(&format!("{what} is not there")).await,
        }
    }

    /// Ends the journey, with what the window shows.
    pub async fn fails(&self, what: &str) -> ! {
        self.picture("failed").await;
        let page = self.client.execute("return document.body.innerText", vec![]).await.unwrap_or_default();
        panic!("{what}; the window shows:\n{}", page.as_str().unwrap_or_default());
    }
}

/// Where a button of this name is, as XPath.
fn button(name: &str) -> String {
    let name = quoted(name);
    format!("//button[not(@disabled) and (@aria-label={name} or normalize-space(.)={name})]")
}

/// A text as an XPath literal.
fn quoted(text: &str) -> String {
    assert!(!text.contains('"'), "no quotes in what is looked for");
    format!("\"{text}\"")
}
