//! What a table's header and its words mean: whose file it is, what each column says, what happened. A guess from the
//! names in six languages; whoever imports sees it and changes it before anything is read by it.
//!
//! Columns of other programs, as their sources have them: Grocy `views/stockjournal.blade.php` and the table `stock_log`
//! (`StockService::TRANSACTION_TYPE_*`); Homebox `backend/internal/core/services/reporting/import.go`
//! (`ExportCSVRow`, and "CSV Imports" of its documentation); Home Assistant's "Download data" of the History panel.

use super::ledger_csv::COLUMNS;
use crate::view::{FileKind, Happened, Role};

/// Names of columns, in English, German, French, Spanish, Italian and Japanese; the more telling ones first.
const NAMES: &[(Role, &[&str])] = &[
    (Role::Id, &["id", "uuid", "entry id"]),
    (Role::Date, &["at", "date", "day", "datetime", "date time", "timestamp", "when", "last changed"]),
    (Role::Date, &["transaction time", "purchase date", "datum", "zeitpunkt", "tag", "kaufdatum"]),
    (Role::Date, &["fecha", "día", "data", "giorno", "jour", "日付", "日時", "年月日"]),
    (Role::Time, &["time", "time of day", "uhrzeit", "zeit", "heure", "hora", "ora", "時刻", "時間"]),
    (Role::Device, &["device", "appliance", "machine", "gerät", "geraet", "appareil", "dispositivo", "機器"]),
    (Role::Device, &["aparato", "apparecchio", "デバイス"]),
    (Role::Supply, &["supply", "slot", "product", "item", "article", "name", "consumable", "entity id"]),
    (Role::Supply, &["vorrat", "produkt", "artikel", "verbrauchsmaterial", "produit", "fourniture"]),
    (
        Role::Supply,
        &["producto", "artículo", "suministro", "prodotto", "articolo", "製品", "商品", "品名", "消耗品"],
    ),
    (Role::What, &["what", "event", "action", "type", "kind", "what happened", "transaction type"]),
    (Role::What, &["was", "ereignis", "vorgang", "art", "aktion", "événement", "evenement", "opération"]),
    (Role::What, &["evento", "acción", "tipo", "azione", "種類", "内容", "イベント"]),
    (Role::Packs, &["packs", "packages", "packungen", "paquets", "paquetes", "confezioni", "個数"]),
    (Role::Amount, &["amount", "quantity", "qty", "level", "value", "state", "left", "remaining", "percent"]),
    (
        Role::Amount,
        &["menge", "stand", "füllstand", "wert", "anzahl", "quantité", "quantite", "niveau", "valeur"],
    ),
    (Role::Amount, &["cantidad", "nivel", "valor", "quantità", "livello", "valore", "数量", "量", "残量"]),
    (Role::Unit, &["unit", "units", "uom", "einheit", "unité", "unite", "unidad", "unità", "単位"]),
    (Role::Price, &["price", "cost", "total", "preis", "kosten", "prix", "precio", "prezzo", "価格", "金額"]),
    (Role::Currency, &["currency", "währung", "waehrung", "devise", "moneda", "valuta", "通貨"]),
    (Role::Shop, &["shop", "store", "seller", "vendor", "laden", "händler", "geschäft", "magasin", "tienda"]),
    (Role::Shop, &["negozio", "店", "店舗"]),
    (Role::Note, &["note", "notes", "comment", "remark", "notiz", "bemerkung", "kommentar", "remarque"]),
    (Role::Note, &["commentaire", "nota", "notas", "comentario", "commento", "メモ", "備考"]),
];

/// Words for what happened.
const HAPPENED: &[(Happened, &[&str])] = &[
    (
        Happened::Level,
        &["level_read", "level", "reading", "left", "stand", "füllstand", "gelesen", "niveau", "nivel"],
    ),
    (Happened::Level, &["livello", "lectura", "残量"]),
    (
        Happened::Used,
        &["consumed", "used", "use", "consume", "usage", "verbraucht", "verbrauch", "verbrauchen"],
    ),
    (Happened::Used, &["benutzt", "utilisé", "consommé", "usado", "consumido", "usato", "consumato", "使用"]),
    (
        Happened::Bought,
        &["purchased", "bought", "purchase", "buy", "received", "refill", "gekauft", "kauf", "einkauf"],
    ),
    (Happened::Bought, &["acheté", "achat", "comprado", "compra", "comprato", "acquisto", "購入"]),
    (Happened::Bought, &["self-production", "self production"]),
    (
        Happened::Replaced,
        &["replaced", "replacement", "changed", "change", "ersetzt", "gewechselt", "wechsel"],
    ),
    (Happened::Replaced, &["remplacé", "remplacement", "reemplazado", "cambio", "sostituito", "交換"]),
    (Happened::Counted, &["counted", "count", "stocktake", "inventory", "gezählt", "zählung", "inventur"]),
    (Happened::Counted, &["compté", "inventaire", "contado", "inventario", "contato", "棚卸"]),
];

/// What Grocy and our own table say that changes no amount, or that the fold has from another line.
const PASSED_OVER: &[&str] = &[
    "voided",
    "product-opened",
    "product opened",
    "transfer_from",
    "transfer_to",
    "transfer from",
    "transfer to",
    "stock-edit-old",
    "stock-edit-new",
    "stock entry edited (old values)",
    "stock entry edited (new values)",
];

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// What happened.
    Is(Happened),
    /// The stock was corrected by this much, up or down (Grocy).
    Correction,
    /// Nothing that changes an amount.
    PassedOver,
    /// We don't know it.
    Unknown,
}

/// What a word in the column of happenings says.
pub fn word(text: &str) -> Word {
    let text = text.trim().to_lowercase();
    let text = text.trim_end_matches("spoiled").trim();
    if PASSED_OVER.contains(&text) {
        return Word::PassedOver;
    }
    if matches!(text, "inventory-correction" | "inventory correction") {
        return Word::Correction;
    }
    let known = HAPPENED.iter().find(|(_, words)| words.contains(&text));
    known.map_or(Word::Unknown, |(happened, _)| Word::Is(*happened))
}

/// Whose file it is, and what its columns say.
pub fn guess(header: &[String]) -> (FileKind, Vec<Role>) {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let has = |name: &str| names.iter().any(|other| other == name);
    let fixed = |table: &[(&str, Role)]| {
        names
            .iter()
            .map(|name| table.iter().find(|(other, _)| other == name).map_or(Role::None, |(_, role)| *role))
            .collect()
    };
    if has("hb.name") && has("hb.quantity") {
        let roles = [
            ("hb.location", Role::Device),
            ("hb.name", Role::Supply),
            ("hb.quantity", Role::Packs),
            ("hb.notes", Role::Note),
            ("hb.purchase_price", Role::Price),
            ("hb.purchase_from", Role::Shop),
            ("hb.purchase_time", Role::Date),
        ];
        return (FileKind::Homebox, fixed(&roles));
    }
    if has("entity_id") && has("state") && has("last_changed") {
        let roles = [("entity_id", Role::Supply), ("state", Role::Amount), ("last_changed", Role::Date)];
        return (FileKind::HomeAssistant, fixed(&roles));
    }
    if has("product") && has("amount") && has("transaction time") && has("transaction type") {
        let roles = [
            ("product", Role::Supply),
            ("amount", Role::Amount),
            ("transaction time", Role::Date),
            ("transaction type", Role::What),
            ("note", Role::Note),
        ];
        return (FileKind::Grocy, fixed(&roles));
    }
    if has("product_id") && has("amount") && has("transaction_type") && has("row_created_timestamp") {
        let roles = [
            ("product_id", Role::Supply),
            ("amount", Role::Amount),
            ("row_created_timestamp", Role::Date),
            ("transaction_type", Role::What),
            ("note", Role::Note),
        ];
        return (FileKind::Grocy, fixed(&roles));
    }
    (FileKind::Table, by_name(&names))
}

/// Each role once, given to the first column that the most telling name fits.
fn by_name(names: &[String]) -> Vec<Role> {
    let mut roles = vec![Role::None; names.len()];
    let plain: Vec<String> = names.iter().map(|name| name.replace(['_', '-'], " ")).collect();
    let ours = COLUMNS.iter().take(7).all(|column| names.iter().any(|name| name == column));
    for (role, words) in NAMES {
        // An id is ours only in our own table: elsewhere it is a number of somebody else's.
        if roles.contains(role) || (*role == Role::Id && !ours) {
            continue;
        }
        let found = words.iter().find_map(|word| plain.iter().position(|name| name == word));
        // `Menge (ml)`, `Preis in EUR`: the word at the beginning.
        let found = found.or_else(|| {
            let starts = |name: &String, word: &str| {
                name.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '(', ':', '[']))
            };
            words.iter().find_map(|word| plain.iter().position(|name| starts(name, word)))
        });
        if let Some(role_of) = found.and_then(|at| roles.get_mut(at)).filter(|role| **role == Role::None) {
            *role_of = *role;
        }
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> (FileKind, Vec<Role>) {
        guess(&header.split(';').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn headers_of_several_languages_are_understood() {
        use Role::{Amount, Date, Device, Note, Price, Supply, Unit, What};
        let cases = [
            (
                "Date;Device;Supply;What;Amount;Unit;Note",
                vec![Date, Device, Supply, What, Amount, Unit, Note],
            ),
            (
                "Datum;Gerät;Produkt;Vorgang;Menge (ml);Preis in EUR",
                vec![Date, Device, Supply, What, Amount, Price],
            ),
            ("Fecha;Producto;Cantidad;Unidad", vec![Date, Supply, Amount, Unit]),
            ("jour;produit;quantité;prix", vec![Date, Supply, Amount, Price]),
            ("data;prodotto;quantità;nota", vec![Date, Supply, Amount, Note]),
            ("日付;商品;数量;メモ", vec![Date, Supply, Amount, Note]),
        ];
        for (header, roles) in cases {
            assert_eq!(of(header), (FileKind::Table, roles), "{header}");
        }
        assert_eq!(of("colour;shape").1, [Role::None, Role::None]);
        assert_eq!(
            of("id;name;date").1.first(),
            Some(&Role::None),
            "somebody else's number is no id of ours"
        );
    }

    #[test]
    fn files_of_other_programs_are_known() {
        assert_eq!(of("entity_id;state;last_changed").0, FileKind::HomeAssistant);
        assert_eq!(of("HB.import_ref;HB.location;HB.name;HB.quantity").0, FileKind::Homebox);
        assert_eq!(
            of("Product;Amount;Transaction time;Transaction type;Location;Done by;Note").0,
            FileKind::Grocy
        );
        assert_eq!(of("id;product_id;amount;transaction_type;row_created_timestamp").0, FileKind::Grocy);
    }

    #[test]
    fn words_say_what_happened() {
        for (text, happened) in [
            ("Bought", Happened::Bought),
            ("gekauft", Happened::Bought),
            ("交換", Happened::Replaced),
            ("consume Spoiled", Happened::Used),
            ("level_read", Happened::Level),
            ("Inventur", Happened::Counted),
        ] {
            assert_eq!(word(text), Word::Is(happened), "{text}");
        }
        assert_eq!(word("Inventory-Correction"), Word::Correction);
        assert_eq!(word("voided"), Word::PassedOver);
        assert_eq!(word("exploded"), Word::Unknown);
    }
}
