//! The interface's types are made from ours: `ui/src/host/types.ts` is what this test generates, and it fails when the
//! file is stale. `UPDATE_TYPES=1 cargo test -p refill-engine --test types` writes it.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::Path;
use ts_rs::{Config, TS, TypeVisitor};

struct Declarations {
    config: Config,
    seen: Vec<TypeId>,
    text: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if self.seen.contains(&TypeId::of::<T>()) {
            return;
        }
        self.seen.push(TypeId::of::<T>());
        if T::output_path().is_some() {
            self.text.insert(T::ident(&self.config), format!("export {}\n", T::decl(&self.config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

#[test]
fn the_interface_has_our_types() {
    let config = || Config::new().with_large_int("number");
    let mut declarations = Declarations { config: config(), seen: Vec::new(), text: BTreeMap::new() };
    refill_engine::api::visit_types(&mut declarations);
    declarations.visit::<refill_engine::view::Update>();
    declarations.visit::<refill_engine::view::Trouble>();
    declarations.visit::<refill_engine::view::BackupView>();
    declarations.visit::<refill_engine::view::ExportAs>();
    declarations.visit::<refill_engine::view::Written>();
    let mut text = String::from(
        "// Generated from the engine's view models; `npm run types` writes it, a test fails when it is stale.\n\n",
    );
    for declaration in declarations.text.values() {
        text.push_str(declaration);
    }
    text.push('\n');
    text.push_str(&refill_engine::api::typescript(&config()));

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/host/types.ts");
    if std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &text).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(there == text, "ui/src/host/types.ts is stale: run `npm run types`");
}
