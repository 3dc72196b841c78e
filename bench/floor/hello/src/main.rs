//! The least that Tauri can show: one window of Refill's size with one line of text.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
