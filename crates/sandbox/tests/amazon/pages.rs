//! The Dash pages: which links open, and where they let a customer go back to.

use crate::lwa::registered;
use crate::side::*;

#[tokio::test]
async fn a_deep_link_opens_and_leads_back_only_to_this_computer() {
    let side = Side::new().await;
    let link =
        |rest: &str| format!("/drs/partner/page/settings?vendorCode=SAMPLEVENDOR&modelId=WashWell-900{rest}");
    for (rest, exit) in [
        ("", None),
        ("&settings=true", None),
        (
            "&exitUri=http%3A%2F%2F127.0.0.1%3A4000%2Fback%3Fa%3D1%26b%3D2&settings=true",
            Some("http://127.0.0.1:4000/back?a=1&amp;b=2"),
        ),
        ("&exitUri=https%3A%2F%2Flocalhost%2Freturn", Some("https://localhost/return")),
        ("&exitUri=http%3A%2F%2F%5B%3A%3A1%5D%3A9%2F", Some("http://[::1]:9/")),
    ] {
        let back = side.get(&link(rest)).await;
        assert_eq!(back.status, 200, "{rest}");
        let href = back.text.split("id=exit href=\"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(href, exit, "{rest}");
    }
    for (path, named, section) in [
        (link("&exitUri=https%3A%2F%2Fexample.com%2F"), "exitUri", "1.2"),
        (link("&exitUri=http%3A%2F%2F127.0.0.1.example.com%2F"), "exitUri", "1.2"),
        (link("&exitUri=http%3A%2F%2F127.0.0.1%40example.com%2F"), "exitUri", "1.2"),
        (link("&exitUri=javascript%3Aalert(1)"), "exitUri", "1.2"),
        (link("&exitUri=refill%3A%2F%2Fdash%2Freturn"), "exitUri", "1.2"),
        (link("&exitUri=127.0.0.1"), "exitUri", "1.2"),
        (link("&settings=false"), "settings", "1.1"),
        ("/drs/partner/page/settings?vendorCode=OTHER&modelId=x".to_owned(), "vendorCode", "1.1"),
        ("/drs/partner/page/settings?vendorCode=SAMPLEVENDOR".to_owned(), "modelId", "1.1"),
        ("/drs/partner/page/a%20b?vendorCode=SAMPLEVENDOR&modelId=x".to_owned(), "pageType", "1.1"),
        ("/dart_device_list?vendorCode=SAMPLEVENDOR".to_owned(), "vendor_code", "1.3"),
        ("/dart_device_list?vendor_code=OTHER".to_owned(), "vendor_code", "1.3"),
        ("/settings?access_token=Atza%7Cx".to_owned(), "access token", "1.3"),
    ] {
        let back = side.get(&path).await;
        assert_eq!(back.status, 400, "{path}");
        assert!(
            back.text.contains(named) && back.text.contains(&format!("protocols {section}")),
            "{path}: {}",
            back.text
        );
        assert!(!back.text.contains("id=exit"), "{path}");
    }
    let hostile = side.get("/drs/partner/page/settings?vendorCode=SAMPLEVENDOR&modelId=%3Cscript%3E").await;
    assert!(hostile.text.contains("&lt;script&gt;") && !hostile.text.contains("<script>"));
    registered(&side, "S1").await;
    let list = side.get("/dart_device_list?vendor_code=SAMPLEVENDOR").await;
    assert!(list.text.contains("WashWell-900 S1"), "{}", list.text);
    side.running.stop().await;
}
