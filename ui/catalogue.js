// Reads the catalogue: `messages/<language>.json`, a flat map from key to text. `{name}` is a parameter. A text that
// depends on a number is a map from plural category to text (`{"one": "…", "other": "…"}`), chosen by `{count}`.
// The same files are read by the Rust side, so the format stays this small; no plugin is fetched from a network.

const input = (name) => ({ type: 'input-variable', name });
const variable = (name) => ({ type: 'variable-reference', name });

function pattern(text) {
  return text
    .split(/(\{[a-z_]+\})/)
    .filter((part) => part !== '')
    .map((part) =>
      /^\{[a-z_]+\}$/.test(part)
        ? { type: 'expression', arg: variable(part.slice(1, -1)) }
        : { type: 'text', value: part },
    );
}

const names = (texts) => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(/\{([a-z_]+)\}/g)].map((m) => m[1]))),
];

const plural = {
  type: 'local-variable',
  name: 'category',
  value: {
    type: 'expression',
    arg: variable('count'),
    annotation: { type: 'function-reference', name: 'plural', options: [] },
  },
};

export default {
  key: 'refill.catalogue',
  toBeImportedFiles: ({ settings }) =>
    settings.locales.map((locale) => ({ path: `./messages/${locale}.json`, locale })),
  importFiles: ({ files }) => {
    const bundles = new Map();
    const messages = [];
    const variants = [];
    for (const file of files) {
      const texts = JSON.parse(new TextDecoder().decode(file.content));
      for (const [id, entry] of Object.entries(texts)) {
        const many = typeof entry === 'object';
        const inputs = new Set([...(many ? ['count'] : []), ...names(many ? Object.values(entry) : [entry])]);
        const known = bundles.get(id) ?? { id, declarations: [], inputs: new Set() };
        for (const name of inputs) {
          if (!known.inputs.has(name)) {
            known.inputs.add(name);
            known.declarations.push(input(name));
          }
        }
        if (many && !known.many) {
          known.many = true;
          known.declarations.push(plural);
        }
        bundles.set(id, known);
        messages.push({ bundleId: id, locale: file.locale, selectors: many ? [variable('category')] : [] });
        const rows = many ? Object.entries(entry) : [[null, entry]];
        for (const [category, text] of rows) {
          const matches =
            category === null
              ? []
              : category === 'other'
                ? [{ type: 'catchall-match', key: 'category' }]
                : [{ type: 'literal-match', key: 'category', value: category }];
          variants.push({ messageBundleId: id, messageLocale: file.locale, matches, pattern: pattern(text) });
        }
      }
    }
    return {
      bundles: [...bundles.values()].map(({ id, declarations }) => ({
        id,
        declarations: [
          ...declarations.filter((d) => d.type === 'input-variable'),
          ...declarations.filter((d) => d.type !== 'input-variable'),
        ],
      })),
      messages,
      variants,
    };
  },
};
