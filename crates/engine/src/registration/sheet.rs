//! The dossier as one page for print and PDF: what is open, the fields in the console's order, what Alexa is told, the
//! letter to the programme. The page needs nothing outside itself and runs nothing; every text in it is escaped.

use super::sentences::Sentences;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use refill_domain::locale::Locale;
use refill_domain::registration::{
    Dossier, ImageFormat, Label, Step, Topic, Verdict, copy_fields, letter, preview,
};

/// The colours of print, as the charts have them, and nothing that depends on a screen.
const STYLE: &str = "\
body{margin:2.5rem auto;max-width:52rem;padding:0 1.5rem;background:#fff;color:#1b1d1f;\
font:15px/1.45 Inter,system-ui,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif}\
h1{font-size:1.5rem;line-height:1.2;margin:0 0 1.5rem}h2{font-size:1rem;margin:2rem 0 .5rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;\
border-top:1px solid #e6e6e2;overflow-wrap:anywhere}th{width:36%;font-weight:400;color:#515559}\
.no{color:#a5301a}ul{padding-left:1.1rem;margin:0}li{margin:.25rem 0}pre{font:12px/1.4 ui-monospace,monospace;\
white-space:pre-wrap;overflow-wrap:anywhere;background:#fcfcfb;border:1px solid #e6e6e2;padding:.75rem}\
img{max-width:14rem;max-height:10rem;border:1px solid #e6e6e2}footer{margin-top:2.5rem;color:#515559}\
@media print{body{margin:0;max-width:none}tr,li,img{break-inside:avoid}h2{break-after:avoid}}";

/// `text` as it stands in HTML; what turns the line round is gone.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            c if refill_domain::alexa::is_seen(c) => out.push(c),
            _ => {}
        }
    }
    out
}

/// The page. `locale` is the language Alexa's preview is in.
pub fn html(
    dossier: &Dossier,
    verdict: &Verdict,
    picture: Option<&[u8]>,
    say: Sentences,
    locale: Locale,
) -> String {
    let unnamed = say.say("unnamed", &[]);
    let name = if dossier.name.trim().is_empty() { unnamed.as_str() } else { &dossier.name };
    let title = escape(&say.say("sheet_title", &[("name", name)]));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n\
         <body><h1>{title}</h1>\n",
        say.language()
    );
    open(&mut page, verdict, dossier, say);
    fields(&mut page, dossier, picture, say);
    let shown = preview(dossier, locale);
    heading(&mut page, &say.say("sheet_preview", &[]));
    if !shown.left_out.is_empty() {
        let slots = shown.left_out.join(", ");
        paragraph(&mut page, &say.say("sheet_left_out", &[("slots", &slots)]));
    }
    page.push_str(&format!("<pre>{}</pre>\n", escape(&shown.json)));
    heading(&mut page, &say.say("sheet_letter", &[]));
    let mail = letter(dossier, Topic::Question);
    let mail = format!("Type: {}\nSubject: {}\n\n{}", mail.form, mail.subject, mail.description);
    page.push_str(&format!("<pre lang=\"en\">{}</pre>\n", escape(&mail)));
    let foot = say.say("sheet_foot", &[("day", &say.today())]);
    page.push_str(&format!("<footer>{}</footer></body></html>\n", escape(&foot)));
    page
}

fn heading(page: &mut String, text: &str) {
    page.push_str(&format!("<h2>{}</h2>\n", escape(text)));
}

fn paragraph(page: &mut String, text: &str) {
    page.push_str(&format!("<p>{}</p>\n", escape(text)));
}

fn open(page: &mut String, verdict: &Verdict, dossier: &Dossier, say: Sentences) {
    heading(page, &say.say("sheet_open", &[]));
    paragraph(page, &say.headline(verdict, &dossier.name));
    if verdict.findings.is_empty() {
        return;
    }
    page.push_str("<ul>");
    for finding in &verdict.findings {
        page.push_str(&format!("<li>{}</li>", escape(&say.finding(finding))));
    }
    page.push_str("</ul>\n");
    if dossier.slots.iter().any(|slot| slot.requested.is_some()) {
        paragraph(page, &say.say("holidays", &[]));
    }
}

fn fields(page: &mut String, dossier: &Dossier, picture: Option<&[u8]>, say: Sentences) {
    let fields = copy_fields(dossier);
    for step in [Step::Device, Step::Customise, Step::Slots, Step::Ids, Step::Accounts] {
        let of_step: Vec<_> = fields.iter().filter(|field| field.step == step).collect();
        if of_step.is_empty() {
            continue;
        }
        heading(page, &say.step(step));
        page.push_str("<table>");
        for field in of_step {
            let label = escape(&say.field(field));
            let value = if field.value.trim().is_empty() {
                format!("<span class=\"no\">{}</span>", escape(&say.say("sheet_empty", &[])))
            } else {
                escape(&field.value).replace('\n', "<br>")
            };
            let image = match (&dossier.image, field.label) {
                (Some(image), Label::Image) => {
                    let facts = escape(&say.image(image));
                    let shown = picture.map_or(String::new(), |bytes| inline(image.format, bytes));
                    format!("<br>{facts}{shown}")
                }
                _ => String::new(),
            };
            page.push_str(&format!("<tr><th scope=\"row\">{label}</th><td>{value}{image}</td></tr>"));
        }
        page.push_str("</table>\n");
    }
}

fn inline(format: ImageFormat, bytes: &[u8]) -> String {
    let kind = match format {
        ImageFormat::Bmp => "bmp",
        ImageFormat::Jpg => "jpeg",
        ImageFormat::Png => "png",
        ImageFormat::Gif => "gif",
    };
    format!("<br><img alt=\"\" src=\"data:image/{kind};base64,{}\">", STANDARD.encode(bytes))
}
