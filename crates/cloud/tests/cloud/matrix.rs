//! Who may do what: every route of the router, asked by everybody there is, for what is their own, somebody else's and
//! nobody's. Made from the API's description, so that a route without a row fails. What is another's answers as what
//! does not exist.

mod scene;

use refill_cloud::http::description;
use scene::Scene;
use std::collections::BTreeSet;

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Everybody; what opens it, if anything, is in the body.
    Open,
    /// Whoever has a token, Alexa too.
    Anybody,
    Customer,
    Staff,
    /// Somebody of the maker's to whom the customer gave access; nobody else, administrators included.
    Granted,
    Administrator,
    Device,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Nobody,
    Owner,
    Other,
    Device,
    /// Of the maker's, without access to anybody.
    Staff,
    /// With the owner's access.
    Granted,
    /// With the owner's access, which has ended.
    Ended,
    Administrator,
    Alexa,
}

const EVERYBODY: [Who; 9] = [
    Who::Nobody,
    Who::Owner,
    Who::Other,
    Who::Device,
    Who::Staff,
    Who::Granted,
    Who::Ended,
    Who::Administrator,
    Who::Alexa,
];

impl Who {
    /// Who acts in the maker's name.
    fn is_staff(self) -> bool {
        matches!(self, Self::Staff | Self::Granted | Self::Ended | Self::Administrator)
    }
}

impl Door {
    /// How it refuses somebody; absent: it opens.
    fn refuses(self, who: Who) -> Option<u16> {
        let opens = match self {
            Self::Open => true,
            Self::Anybody => !matches!(who, Who::Nobody | Who::Device),
            Self::Customer => matches!(who, Who::Owner | Who::Other),
            // Who has no access is told that there is nothing, as of anything that is not there.
            Self::Granted if who.is_staff() => return (who != Who::Granted).then_some(404),
            Self::Granted => false,
            Self::Staff => who.is_staff(),
            Self::Administrator => who == Who::Administrator,
            Self::Device => who == Who::Device,
        };
        // A secret of the wrong kind opens nothing; a token of the wrong scope is known.
        let unknown = who == Who::Nobody || (self == Self::Device) != (who == Who::Device);
        (!opens).then_some(if unknown { 401 } else { 403 })
    }
}

/// Every route, in an order in which each still finds what it is about.
const ROUTES: &[(&str, Door)] = &[
    ("GET /.well-known/oauth-authorization-server", Door::Open),
    ("GET /healthz", Door::Open),
    ("GET /readyz", Door::Open),
    ("GET /metrics", Door::Open),
    ("GET /openapi.json", Door::Open),
    ("GET /dash/return", Door::Open),
    ("GET /drs/return", Door::Open),
    ("GET /alexa/return", Door::Open),
    ("GET /oauth/authorize", Door::Open),
    ("POST /oauth/token", Door::Open),
    ("POST /oauth/revoke", Door::Open),
    ("POST /oauth/sign-in", Door::Open),
    ("POST /oauth/second-factor", Door::Open),
    ("POST /oauth/sign-out", Door::Open),
    ("POST /oauth/consent", Door::Open),
    ("POST /alexa/directive", Door::Open),
    ("POST /alexa/directive/{region}", Door::Open),
    ("POST /sns", Door::Open),
    ("GET /v1/me", Door::Anybody),
    ("PUT /v1/me/password", Door::Anybody),
    ("GET /v1/models", Door::Anybody),
    ("PUT /v1/models/{model}", Door::Administrator),
    ("PUT /v1/models/{model}/slots/{instance}/replenishment", Door::Administrator),
    ("PUT /v1/models/{model}/registration", Door::Administrator),
    ("GET /v1/models/{model}/registration", Door::Administrator),
    ("POST /v1/accounts", Door::Administrator),
    ("GET /v1/device", Door::Device),
    ("POST /v1/device/events", Door::Device),
    ("POST /v1/device/events/batch", Door::Device),
    ("GET /v1/devices", Door::Customer),
    ("POST /v1/devices", Door::Customer),
    ("GET /v1/devices/{device}", Door::Customer),
    ("POST /v1/devices/{device}/drs", Door::Customer),
    ("GET /v1/devices/{device}/drs", Door::Customer),
    ("GET /v1/entries", Door::Customer),
    ("POST /v1/entries", Door::Customer),
    ("GET /v1/feed", Door::Customer),
    ("GET /v1/state", Door::Customer),
    ("GET /v1/links", Door::Customer),
    ("GET /v1/alexa", Door::Customer),
    ("POST /v1/alexa/link", Door::Customer),
    ("POST /v1/alexa/check", Door::Customer),
    ("POST /v1/alexa/resume", Door::Customer),
    ("GET /v1/alexa/parked", Door::Administrator),
    ("POST /v1/support/find", Door::Staff),
    ("GET /v1/support/cases", Door::Staff),
    ("POST /v1/support/customers/{customer}/ask", Door::Staff),
    ("GET /v1/support/customers/{customer}", Door::Granted),
    ("GET /v1/support/customers/{customer}/entries", Door::Granted),
    ("GET /v1/support/customers/{customer}/slots/{slot}/entries", Door::Granted),
    ("GET /v1/support/customers/{customer}/orders", Door::Granted),
    ("GET /v1/support/customers/{customer}/reports", Door::Granted),
    ("GET /v1/support/customers/{customer}/reports/{message}", Door::Granted),
    ("GET /v1/support/customers/{customer}/links", Door::Granted),
    ("GET /v1/support/customers/{customer}/notices", Door::Granted),
    ("POST /v1/support/customers/{customer}/resume", Door::Administrator),
    ("POST /v1/support/customers/{customer}/discovery", Door::Administrator),
    ("POST /v1/support/customers/{customer}/reports/{message}/release", Door::Administrator),
    ("POST /v1/support/customers/{customer}/devices/{device}/cancel-test-orders", Door::Administrator),
    ("POST /v1/support/customers/{customer}/devices/{device}/deregister", Door::Administrator),
    ("POST /v1/support/customers/{customer}/break-glass", Door::Administrator),
    ("GET /v1/audit", Door::Staff),
    ("GET /v1/audit/check", Door::Administrator),
    ("POST /v1/accounts/{account}/second-factor/reset", Door::Administrator),
    ("GET /v1/access", Door::Customer),
    ("POST /v1/access/{access}/give", Door::Customer),
    ("POST /v1/access/{access}/withdraw", Door::Customer),
    ("POST /v1/access/{access}/decline", Door::Customer),
    ("GET /v1/trail", Door::Customer),
    ("POST /v1/support/customers/{customer}/close", Door::Granted),
    ("GET /v1/reports", Door::Customer),
    ("GET /v1/reports/{message}", Door::Customer),
    ("POST /v1/reports/{message}/retry", Door::Customer),
    ("POST /v1/reports/{message}/discard", Door::Customer),
    ("DELETE /v1/alexa/link", Door::Customer),
    ("DELETE /v1/devices/{device}/drs/test-orders", Door::Customer),
    ("DELETE /v1/devices/{device}/drs", Door::Customer),
    ("DELETE /v1/devices/{device}", Door::Customer),
    ("DELETE /v1/links/{link}", Door::Customer),
];

fn parts_of(route: &'static str) -> Vec<&'static str> {
    route.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
}

#[test]
fn every_route_has_a_row() {
    let description = serde_json::to_value(description()).unwrap();
    let mut described = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        described.extend(
            methods.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    let rows: BTreeSet<String> = ROUTES.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(rows, described, "say whom a new route is for");
    assert_eq!(rows.len(), ROUTES.len());
}

/// Whom a row's door opens for.
fn opens_for(door: Door) -> Who {
    match door {
        Door::Open => Who::Nobody,
        Door::Customer | Door::Anybody => Who::Owner,
        Door::Staff => Who::Staff,
        Door::Granted => Who::Granted,
        Door::Administrator => Who::Administrator,
        Door::Device => Who::Device,
    }
}

/// Part of this route that is everybody's, not the owner's.
fn is_common(name: &str) -> bool {
    ["model", "instance", "region"].contains(&name)
}

#[tokio::test]
async fn doors_open_for_those_they_are_for_and_for_nobody_else() {
    let scene = Scene::new().await;
    let mut checked = 0;
    // Refusals first: they change nothing, whatever is asked for.
    for (route, door) in ROUTES {
        for who in EVERYBODY {
            let Some(wanted) = door.refuses(who) else { continue };
            let mut said = BTreeSet::new();
            let instead = parts_of(route).into_iter().flat_map(|name| scene.instead(name));
            for (what, parts) in [("own", scene.own.clone())].into_iter().chain(instead) {
                let (status, answer) = scene.ask(route, who, &parts).await;
                assert_eq!(status, wanted, "{route} by {who:?}, {what}: {answer}");
                said.insert(answer.to_string());
                checked += 1;
            }
            assert_eq!(said.len(), 1, "{route} by {who:?} tells what exists: {said:?}");
        }
    }
    // What is another's, or gone, is as good as none: for customers, and for the maker's people with access to somebody.
    let lone = |door: Door| matches!(door, Door::Customer | Door::Granted);
    for (route, door) in ROUTES.iter().filter(|(_, door)| lone(*door)) {
        for name in parts_of(route) {
            let mut said = BTreeSet::new();
            for (what, parts) in scene.instead(name) {
                let (status, answer) = scene.ask(route, opens_for(*door), &parts).await;
                assert_eq!(status, 404, "{route}, {what} {name}: {answer}");
                said.insert(answer.to_string());
                checked += 1;
            }
            assert_eq!(said.len(), 1, "{route} tells whose a {name} is: {said:?}");
        }
        if *door == Door::Customer && route.contains('{') {
            let others = scene.ask(route, Who::Other, &scene.own).await;
            assert_eq!(others.0, 404, "{route}: {}", others.1);
            for name in parts_of(route) {
                assert_eq!(others, scene.ask(route, Who::Other, &scene.instead(name)[0].1).await, "{route}");
                checked += 1;
            }
        }
    }
    // What is nobody's is not found; what is one's own is there.
    for (route, door) in ROUTES {
        let who = opens_for(*door);
        // Models are made by naming them.
        for name in parts_of(route).into_iter().filter(|_| *route != "PUT /v1/models/{model}") {
            let (status, said) = scene.ask(route, who, &scene.instead(name)[0].1).await;
            assert_eq!(status, 404, "{route} without a {name}: {said}");
            checked += 1;
        }
        // A device or message of one customer is none of another.
        if *door == Door::Administrator && route.contains("{customer}/") {
            for name in parts_of(route).into_iter().filter(|name| *name != "customer" && !is_common(name)) {
                for (what, parts) in scene.instead(name) {
                    let (status, said) = scene.ask(route, who, &parts).await;
                    assert_eq!(status, 404, "{route}, {what} {name}: {said}");
                    checked += 1;
                }
            }
        }
        let opened = |who: &Who| door.refuses(*who).is_none() && *who != Who::Other;
        let more = EVERYBODY.into_iter().filter(|one| *one != who && *door == Door::Open && opened(one));
        let staff = [Who::Granted, Who::Ended, Who::Administrator].into_iter();
        for who in more.chain(staff.filter(|_| *door == Door::Staff)).chain([who]) {
            let (status, said) = scene.ask(route, who, &scene.own).await;
            // SNS, Login with Amazon and forms say 400, 401 and 403 of what is in the body.
            let refused = *door != Door::Open && [401, 403, 404].contains(&status);
            assert!(!refused && status < 500 && status != 405, "{route} by {who:?}: {status} {said}");
            assert!(status != 404, "{route} by {who:?}: {said}");
            checked += 1;
        }
    }
    // What is gone answers as what never was.
    for route in [
        "GET /v1/devices/{device}",
        "DELETE /v1/devices/{device}",
        "GET /v1/devices/{device}/drs",
        "DELETE /v1/links/{link}",
    ] {
        // The owner's own link went last, so another customer's token asks after the device.
        let who = Who::Other;
        let gone = scene.ask(route, who, &scene.own).await;
        assert_eq!(gone, scene.ask(route, who, &scene.instead(parts_of(route)[0])[0].1).await, "{route}");
        assert_eq!(gone.0, 404);
        checked += 1;
    }
    assert!(checked > 1300, "{checked}");
}
