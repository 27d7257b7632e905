// The catalogue of messages, as the programs have it (src/core/text): Japanese and English, with
// {name} placeholders.

export type Language = 'ja' | 'en';
export type Catalogue = Readonly<Record<string, { readonly ja: string; readonly en: string }>>;

export class Texts {
  private readonly catalogue: Catalogue;

  constructor(public language: Language, ...catalogues: readonly Catalogue[]) {
    this.catalogue = Object.assign({}, ...catalogues) as Catalogue;
  }

  // A key that the catalogue lacks yields the key itself, so that a mistake shows.
  readonly say = (key: string, values: Readonly<Record<string, string | number>> = {}): string => {
    const message = this.knows(key) ? this.catalogue[key]![this.language] : key;
    return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };

  knows(key: string): boolean {
    return Object.hasOwn(this.catalogue, key);
  }
}

// The language of the first that names one of ours; English when none does.
export function languageOf(...candidates: readonly (string | null | undefined)[]): Language {
  for (const candidate of candidates) {
    if (candidate?.toLowerCase().startsWith('ja')) return 'ja';
    if (candidate?.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}
