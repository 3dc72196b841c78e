//! Settings that are refused, what comes over what, and that no summary or error ever holds a secret.

use super::*;

fn load(text: &str, environment: &[(&str, &str)]) -> anyhow::Result<Config> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cloud.toml");
    std::fs::write(&file, text).unwrap();
    std::fs::write(folder.path().join("alexa.secret"), "CANARY-secret-of-alexa\n").unwrap();
    let environment = environment.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Config::load(Some(&file), &environment)
}

const ALEXA: &str = r#"
listen = "127.0.0.1:0"
[[clients]]
id = "alexa"
kind = "alexa"
name = "Amazon Alexa"
vendor_id = "M2AAAAAAAAAAAA"
scopes = ["customer"]
secret_file = "alexa.secret"
"#;

#[test]
fn a_stand_in_for_amazon_is_refused_where_others_can_reach_us() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cloud.toml");
    let loaded = |head: &str, sns: &str| {
        std::fs::write(&file, format!("{head}\n[sns]\n{sns}\n")).unwrap();
        Config::load(Some(&file), &BTreeMap::new()).map_err(|why| format!("{why:#}"))
    };
    let rehearsal = "rehearsal = \"http://127.0.0.1:4100/sns\"";
    let near = loaded("", rehearsal).unwrap();
    assert!(near.summary().contains("IS BELIEVED AS AMAZON"));
    for head in [
        "listen = \"0.0.0.0:80\"\npublic_url = \"https://maker.example\"",
        "public_url = \"https://maker.example\"",
        "public_url = \"http://10.0.0.1\"",
    ] {
        assert!(loaded(head, rehearsal).unwrap_err().contains("sns.rehearsal is for development"), "{head}");
    }
    for sns in [
        "rehearsal = \"http://10.0.0.1:1\"",
        "topics = [\"arn:aws:sqs:x\"]",
        "certificate_names = []",
        "authorities = \"nowhere.pem\"",
        "authorities = \"cloud.toml\"",
    ] {
        assert!(loaded("", sns).unwrap_err().contains("sns."), "{sns}");
    }
}

#[test]
fn the_environment_comes_over_the_file() {
    let config = load(ALEXA, &[("REFILL_CLOUD_LISTEN", "127.0.0.1:9"), ("PATH", "/bin")]).unwrap();
    assert_eq!(config.listen.port(), 9);
    assert!(config.clients[0].secret_is("CANARY-secret-of-alexa"));
    let config = load(ALEXA, &[("REFILL_CLOUD_SECRET_ALEXA", "another")]).unwrap();
    assert!(config.clients[0].secret_is("another"));
    let without = ALEXA.replace("secret_file = \"alexa.secret\"", "");
    let config = load(&without, &[("REFILL_CLOUD_SECRET_ALEXA", "from the environment")]).unwrap();
    assert!(config.clients[0].secret_is("from the environment"));
    assert!(!config.clients[0].secret_is(""));
}

#[test]
fn alexa_comes_back_to_three_regions() {
    let config = load(ALEXA, &[]).unwrap();
    let returns: Vec<String> = config.clients[0].returns().collect();
    assert_eq!(
        returns,
        [
            "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA",
            "https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA",
            "https://alexa.amazon.co.jp/api/skill/link/M2AAAAAAAAAAAA",
        ]
    );
}

#[test]
fn no_secret_is_ever_printed() {
    let config = load(ALEXA, &[]).unwrap();
    let inline = ALEXA.replace("secret_file = \"alexa.secret\"", "secret = \"CANARY\"");
    let error = load(&inline, &[]).unwrap_err();
    for text in [config.summary(), format!("{error:#}"), format!("{error:?}")] {
        assert!(!text.contains("CANARY"), "{text}");
    }
    assert!(config.summary().contains("alexa, secret set"), "{}", config.summary());
}

#[test]
fn what_cannot_be_used_is_refused_by_name() {
    let native = |uri: &str| {
        format!(
            "[[clients]]\nid = \"app\"\nkind = \"native\"\nname = \"App\"\nscopes = [\"customer\"]\nredirect_uris = [\"{uri}\"]"
        )
    };
    for good in
        ["http://127.0.0.1/callback", "http://[::1]/x", "com.example.app:/callback", "https://a.example/x"]
    {
        assert!(load(&native(good), &[]).is_ok(), "{good}");
    }
    let bad = [
        (native("http://localhost/callback"), "127.0.0.1"),
        (native("http://192.0.2.1/callback"), "127.0.0.1"),
        (native("refill:/callback"), "reversed domain"),
        (native("com.example.app://callback"), "single slash"),
        (native("javascript:alert(1)"), "reversed domain"),
        (native("https://a.example/x#y"), "fragment"),
        (native("https://user@a.example/x"), "user"),
        ("listen = \"0.0.0.0:80\"".into(), "public_url"),
        ("listen = \"0.0.0.0:80\"\npublic_url = \"http://a.example/\"".into(), "https"),
        ("public_url = \"https://a.example/path\"".into(), "bare"),
        ("lissten = 1".into(), "lissten"),
        ("[feed]\nheartbeat_seconds = 0".into(), "heartbeat"),
        (ALEXA.replace("secret_file = \"alexa.secret\"", ""), "secret"),
        (ALEXA.replace("alexa.secret", "none.secret"), "secret of the client alexa"),
        (format!("{ALEXA}\n{}", ALEXA.replace("listen = \"127.0.0.1:0\"", "")), "Two clients"),
    ];
    for (text, why) in bad {
        let error = format!("{:#}", load(&text, &[]).expect_err(&text));
        assert!(error.contains(why), "{error} for {text}");
    }
    assert!(load("", &[("REFILL_CLOUD_NONSENSE", "1")]).is_err());
    assert!(load("", &[("REFILL_CLOUD_LISTEN", "nowhere")]).is_err());
}

#[test]
fn the_way_to_alexa_is_checked_and_prints_no_secret() {
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let environment = [("REFILL_CLOUD_ALEXA_SECRET", "CANARY-of-lwa"), ("REFILL_CLOUD_ALEXA_KEY", key)];
    let alexa = |rest: &str| format!("[alexa]\nclient_id = \"amzn1\"\nmanufacturer = \"Maker\"\n{rest}");
    let config = load(&alexa("region = \"europe\""), &environment).unwrap();
    let set = config.alexa.as_ref().unwrap();
    assert_eq!(set.events_url(set.region).as_str(), "https://api.eu.amazonalexa.com/v3/events");
    for text in [config.summary(), format!("{config:?}")] {
        assert!(!text.contains("CANARY") && !text.contains(key), "{text}");
    }
    assert!(load(&alexa("secret_file = \"alexa.secret\""), &environment[1..]).is_ok());
    let refused = |text: &str, environment: &[(&str, &str)], why: &str| {
        let error = format!("{:#}", load(text, environment).expect_err(text));
        assert!(error.contains(why) && !error.contains("CANARY"), "{error}");
    };
    refused(&alexa(""), &environment[..1], "alexa.key_file");
    refused(&alexa(""), &environment[1..], "alexa.secret_file");
    refused(&alexa(""), &[("REFILL_CLOUD_ALEXA_KEY", "CANARY")], "32 bytes");
    refused("", &environment, "needs [alexa]");
    refused(&alexa("timeout_ms = 9000"), &environment, "timeout_ms");
    refused(&alexa("[alexa.events]\neurope = \"http://192.0.2.1/v3/events\""), &environment, "https");
    assert!(load(&alexa("[alexa.events]\neurope = \"http://127.0.0.1:1/v3/events\""), &environment).is_ok());
}

#[test]
fn a_queue_is_asked_over_https_and_its_credentials_stand_nowhere() {
    let queue = |rest: &str| {
        format!(
            "[sns]\ntopics = [\"arn:aws:sns:us-east-1:476877469412:T\"]\n[sns.queue]\nurl = \"https://sqs.us-east-1.amazonaws.com/1/q\"\nregion = \"us-east-1\"\n{rest}"
        )
    };
    let set = load(&queue("wait_seconds = 5"), &[]).unwrap();
    assert!(
        set.summary().contains("sns.queue = https://sqs.us-east-1.amazonaws.com/1/q (us-east-1, waits 5 s)")
    );
    assert!(load(&queue("endpoint = \"http://127.0.0.1:5000\""), &[]).is_ok());
    let public = "listen = \"0.0.0.0:80\"\npublic_url = \"https://maker.example\"\n";
    for (text, why) in [
        (queue("endpoint = \"http://10.0.0.1:5000\""), "sns.queue.endpoint must be https"),
        (
            format!("{public}{}", queue("endpoint = \"http://127.0.0.1:5000\"")),
            "sns.queue.endpoint must be https",
        ),
        (queue("endpoint = \"https://CANARY:CANARY@sqs.example\""), "credentials come from the environment"),
        (queue("wait_seconds = 21"), "wait_seconds"),
        (queue("").replace("region = \"us-east-1\"", "region = \"US East\""), "region"),
        (queue("").replace("https://sqs", "ftp://sqs"), "sns.queue.url"),
        (queue("secret_access_key = \"CANARY\""), "secret_access_key"),
        (queue("").replace("topics = [\"arn:aws:sns:us-east-1:476877469412:T\"]", ""), "sns.topics"),
    ] {
        let error = format!("{:#}", load(&text, &[]).expect_err(&text));
        assert!(error.contains(why) && !error.contains("CANARY"), "{error} for {text}");
    }
}

#[test]
fn a_broker_is_reached_by_tls_and_its_password_stands_nowhere() {
    let mqtt = |broker: &str, rest: &str| format!("[mqtt]\nbroker = \"{broker}\"\n{rest}");
    let password = ("REFILL_CLOUD_MQTT_PASSWORD", "CANARY");
    let set = load(&mqtt("mqtts://broker.example", "user = \"cloud\""), &[password]).unwrap();
    let broker = set.mqtt.as_ref().unwrap();
    assert_eq!(broker.address(), ("broker.example".to_owned(), 8883));
    assert!(broker.tls().is_some() && broker.user().is_some());
    for text in [set.summary(), format!("{set:?}")] {
        assert!(
            text.contains("mqtts://broker.example (client refill-cloud, user cloud, password set)"),
            "{text}"
        );
        assert!(!text.contains("CANARY"), "{text}");
    }
    let near = load(&mqtt("mqtt://[::1]:1884", "prefix = \"maker/refill\""), &[]).unwrap();
    let near = near.mqtt.unwrap();
    assert_eq!((near.address(), near.tls().is_none()), (("::1".to_owned(), 1884), true));
    let file = "user = \"cloud\"\npassword_file = \"alexa.secret\"";
    assert!(load(&mqtt("mqtts://broker.example", file), &[]).is_ok());
    for (broker, rest, why) in [
        ("mqtt://broker.example", "", "must be mqtts"),
        ("mqtt://192.0.2.1", "", "must be mqtts"),
        ("https://broker.example", "", "must be mqtts"),
        ("mqtts://CANARY:CANARY@broker.example", "", "mqtt.broker has a user in it"),
        ("mqtts://broker.example/path", "", "bare address"),
        ("mqtts://broker.example", "user = \"cloud\"", "belong together"),
        ("mqtts://broker.example", "password_file = \"alexa.secret\"", "belong together"),
        ("mqtts://broker.example", "password = \"CANARY\"", "password"),
        ("mqtts://broker.example", "client_id = \"\"", "client_id"),
        ("mqtts://broker.example", "prefix = \"a/+/b\"", "mqtt.prefix"),
        ("mqtts://broker.example", "prefix = \"/a\"", "mqtt.prefix"),
        ("mqtts://broker.example", "authorities = \"none.pem\"", "mqtt.authorities"),
        ("mqtts://broker.example", "authorities = \"alexa.secret\"", "mqtt.authorities"),
        ("mqtts://broker.example", "key_file = \"alexa.secret\"", "belong together"),
    ] {
        let error = format!("{:#}", load(&mqtt(broker, rest), &[]).expect_err(rest));
        assert!(error.contains(why) && !error.contains("CANARY"), "{error} for {broker} {rest}");
    }
    assert!(format!("{:#}", load("", &[password]).unwrap_err()).contains("needs [mqtt]"));
}
