//! The feed: every change in order from any cursor, signs of life, its end, and its limits.

use crate::world::{World, json, refusal, used};
use chrono::TimeDelta;
use reqwest::{Method, Response};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A reader that takes the stream apart.
struct Reader {
    response: Response,
    text: String,
}

/// One block of the stream.
#[derive(Debug)]
struct Block {
    id: Option<u64>,
    event: String,
    data: Value,
}

impl Reader {
    async fn open(world: &World, token: &str, cursor: Option<u64>) -> Self {
        let mut ask = world.ask(Method::GET, "/v1/feed").bearer_auth(token);
        if let Some(cursor) = cursor {
            ask = ask.header("last-event-id", cursor);
        }
        let response = ask.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut reader = Self { response, text: String::new() };
        assert_eq!(reader.block().await.as_deref(), Some("retry: 3000"));
        reader
    }

    /// The next block as text; absent at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return Some(block);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn next(&mut self) -> Block {
        let text = self.block().await.expect("the feed ended");
        let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Block {
            id: line("id:").map(|id| id.parse().unwrap()),
            event: line("event:").unwrap_or_else(|| panic!("{text:?}")).to_owned(),
            data: serde_json::from_str(line("data:").unwrap()).unwrap(),
        }
    }
}

#[tokio::test]
async fn every_change_comes_in_order_live_and_from_a_cursor() {
    let world = World::new().await;
    let (owner, device, credential) = world.household(1).await;
    let mut live = Reader::open(&world, &owner, None).await;
    for number in 1..=3 {
        world.post("/v1/device/events", &credential, &used(number, 1)).await;
    }
    // A repeat tells nothing.
    world.post("/v1/device/events", &credential, &used(3, 1)).await;
    world.post("/v1/device/events", &credential, &used(4, 1)).await;
    for number in 1..=4u64 {
        let block = live.next().await;
        assert_eq!((block.id, block.event.as_str()), (Some(number + 2), "entry"));
        assert_eq!(block.data["entry"]["id"], uuid::Uuid::from_u128(number.into()).to_string());
    }
    let mut all = Reader::open(&world, &owner, Some(0)).await;
    assert_eq!(all.next().await.event, "link_added");
    let registered = all.next().await;
    assert_eq!((registered.event.as_str(), &registered.data["device"]), ("device_registered", &device["id"]));
    let mut tail = Reader::open(&world, &owner, Some(5)).await;
    assert_eq!(tail.next().await.id, Some(6));
    let path = format!("/v1/devices/{}", device["id"].as_str().unwrap());
    world.ask(Method::DELETE, &path).bearer_auth(&owner).send().await.unwrap();
    for reader in [&mut live, &mut tail] {
        let removed = reader.next().await;
        assert_eq!((removed.event.as_str(), &removed.data["device"]), ("device_removed", &device["id"]));
    }
}

#[tokio::test]
async fn nothing_of_another_account_is_ever_told() {
    let world = World::new().await;
    let (one, _, of_one) = world.household(1).await;
    let (_, _, of_two) = world.household(2).await;
    let mut feed = Reader::open(&world, &one, None).await;
    for number in 1..=20 {
        world.post("/v1/device/events", &of_two, &used(number, 1)).await;
    }
    world.post("/v1/device/events", &of_one, &used(99, 1)).await;
    assert_eq!(feed.next().await.data["entry"]["id"], uuid::Uuid::from_u128(99).to_string());
}

#[tokio::test]
async fn cursors_that_are_too_old_or_were_never_told_are_gone() {
    let world = World::new().await;
    let (owner, _, credential) = world.household(1).await;
    world.post("/v1/device/events", &credential, &used(1, 1)).await;
    let ask = async |cursor: &str| {
        let ask = world.ask(Method::GET, "/v1/feed").bearer_auth(&owner).header("last-event-id", cursor);
        ask.send().await.unwrap()
    };
    assert_eq!(ask("0").await.status(), 200);
    for future in ["4", "18446744073709551615"] {
        assert_eq!(refusal(ask(future).await, 410).await, "cursor_gone");
    }
    for bad in ["x", "-1", "1.5", "18446744073709551616", &"9".repeat(5000)] {
        assert_eq!(refusal(ask(bad).await, 400).await, "invalid_parameter");
    }
    let store = &world.server().app().store;
    store.sweep(0, i64::MAX).await.unwrap();
    assert_eq!(refusal(ask("0").await, 410).await, "cursor_gone");
    assert_eq!(ask("2").await.status(), 200);
    let all = json(world.get("/v1/entries?after=0", &owner).await, 200).await;
    assert_eq!(all["entries"].as_array().unwrap().len(), 1, "a full pull still has everything");
    assert_eq!(ask(&all["next"].to_string()).await.status(), 200);
}

#[tokio::test]
async fn signs_of_life_come_by_the_clock_and_the_feed_ends_with_its_token() {
    let world = World::new().await;
    let (owner, _, _) = world.household(1).await;
    let mut feed = Reader::open(&world, &owner, None).await;
    let beat = async |feed: &mut Reader| {
        // The wait begins when the server gets there; turn the clock on until it does.
        loop {
            tokio::select! {
                biased;
                block = feed.block() => return block,
                () = tokio::task::yield_now() => world.advance(TimeDelta::seconds(15)),
            }
        }
    };
    assert_eq!(beat(&mut feed).await.as_deref(), Some(":"));
    world.advance(TimeDelta::hours(1));
    let mut ended = false;
    for _ in 0..1000 {
        if beat(&mut feed).await.is_none() {
            ended = true;
            break;
        }
    }
    assert!(ended, "the token has ended, and so must the feed");
}

#[tokio::test]
async fn a_revoked_link_ends_its_own_feed_only() {
    let world = World::new().await;
    let (account, one) = world.customer("c@example.com").await;
    let two = world.token(account, "customer").await;
    let (mut first, mut second) =
        (Reader::open(&world, &one, None).await, Reader::open(&world, &two, None).await);
    let links = json(world.get("/v1/links", &two).await, 200).await;
    let path = format!("/v1/links/{}", links[0]["id"].as_str().unwrap());
    world.ask(Method::DELETE, &path).bearer_auth(&two).send().await.unwrap();
    assert_eq!(first.next().await.event, "link_removed");
    assert_eq!(first.block().await, None, "ended");
    assert_eq!(second.next().await.event, "link_removed");
    let third = world.token(account, "customer").await;
    assert_eq!(second.next().await.event, "link_added");
    assert_eq!(world.get("/v1/me", &third).await.status(), 200);
}

#[tokio::test]
async fn an_account_holds_so_many_feeds_and_a_slow_reader_costs_one_page() {
    let world = World::with(|config| config.feed.streams_per_account = 2).await;
    let (owner, _, credential) = world.household(1).await;
    let slow = Reader::open(&world, &owner, Some(0)).await;
    let mut quick = Reader::open(&world, &owner, Some(0)).await;
    let third = world.get("/v1/feed", &owner).await;
    assert_eq!(refusal(third, 429).await, "too_many_streams");
    // More than the sockets between hold; the slow reader takes nothing of it meanwhile.
    for round in 0..20u32 {
        let events: Vec<Value> = (0..500).map(|number| used(round * 500 + number, 1)).collect();
        let sent = serde_json::json!({"events": events});
        let mut events = sent;
        for event in events["events"].as_array_mut().unwrap() {
            event["observed_at"] = serde_json::json!(crate::world::start());
        }
        assert_eq!(world.post("/v1/device/events/batch", &credential, &events).await.status(), 200);
    }
    let mut last = 0;
    while last < 10_002 {
        let block = quick.next().await;
        assert_eq!(block.id, Some(last + 1), "nothing is left out");
        last += 1;
    }
    let mut slow = slow;
    for wanted in 1..=10_002 {
        assert_eq!(slow.next().await.id, Some(wanted), "and the slow reader gets all of it too");
    }
}

#[tokio::test]
async fn feeds_end_when_the_server_does() {
    let mut world = World::new().await;
    let (owner, _, _) = world.household(1).await;
    let mut feed = Reader::open(&world, &owner, None).await;
    world.stop().await;
    assert_eq!(feed.block().await, None);
}

/// What a connection says, until it has said this or ends.
async fn heard(stream: &mut TcpStream, wanted: &str) -> String {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    while !text.contains(wanted) {
        let count = stream.read(&mut bytes).await.unwrap();
        assert_ne!(count, 0, "ended after {text}");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    text
}

#[tokio::test]
async fn a_feed_follows_the_answers_before_it_and_is_the_last_of_its_connection() {
    let mut world = World::new().await;
    let (owner, _, credential) = world.household(1).await;
    let mut stream = TcpStream::connect(world.server().address).await.unwrap();
    let ask = |method: &str, path: &str| {
        format!("{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {owner}\r\n\r\n")
    };
    // All at once: two whole answers, one without its body, then the feed, and nothing for what follows it.
    let asked = ask("GET", "/v1/me")
        + &ask("HEAD", "/v1/feed")
        + &ask("GET", "/v1/feed?after=0")
        + &ask("GET", "/v1/me");
    stream.write_all(asked.as_bytes()).await.unwrap();
    let text = heard(&mut stream, "event: device_registered").await;
    assert_eq!(text.matches("HTTP/1.1 200 OK\r\n").count(), 3, "{text}");
    assert_eq!(text.matches("content-type: text/event-stream\r\n").count(), 2, "{text}");
    assert_eq!(text.matches("x-content-type-options: nosniff\r\n").count(), 3, "{text}");
    let (me, feed) = (text.find("c1@example.com").unwrap(), text.find("retry: 3000\n\n").unwrap());
    let head = text[..feed].rfind("HTTP/1.1").unwrap();
    assert!(me < head && text[head..feed].contains("\r\nconnection: close\r\n"), "{text}");
    assert!(text[head..feed].contains("\r\ndate: "), "{text}");
    world.post("/v1/device/events", &credential, &used(1, 1)).await;
    let text = heard(&mut stream, "event: entry").await;
    assert!(!text.contains("HTTP/1.1"), "{text}");
    let mut old = TcpStream::connect(world.server().address).await.unwrap();
    old.write_all(ask("GET", "/v1/feed?after=2").replace("HTTP/1.1", "HTTP/1.0").as_bytes()).await.unwrap();
    assert!(heard(&mut old, "event: entry").await.contains("retry: 3000"));
    world.stop().await;
    for mut stream in [stream, old] {
        assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0, "it ends with the server");
    }
}

#[tokio::test]
async fn a_reader_that_leaves_gives_its_place_back() {
    let world = World::with(|config| config.feed.streams_per_account = 1).await;
    let (owner, _, _) = world.household(1).await;
    for _ in 0..3 {
        let reader = Reader::open(&world, &owner, None).await;
        assert_eq!(refusal(world.get("/v1/feed", &owner).await, 429).await, "too_many_streams");
        drop(reader);
        while world.server().app().metrics.streams.get() > 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn what_one_reader_was_told_is_not_told_again_once_it_is_gone() {
    let world = World::new().await;
    let (owner, device, credential) = world.household(1).await;
    let mut both = [Reader::open(&world, &owner, Some(2)).await, Reader::open(&world, &owner, Some(2)).await];
    world.post("/v1/device/events", &credential, &used(1, 1)).await;
    for reader in &mut both {
        assert_eq!(reader.next().await.event, "entry");
    }
    let path = format!("/v1/devices/{}", device["id"].as_str().unwrap());
    world.ask(Method::DELETE, &path).bearer_auth(&owner).send().await.unwrap();
    let mut late = Reader::open(&world, &owner, Some(2)).await;
    assert_eq!(late.next().await.event, "device_removed");
    for reader in &mut both {
        assert_eq!(reader.next().await.event, "device_removed");
    }
}
