import { en, type Key } from "./locales/en";
import { pl } from "./locales/pl";

export type { Key };

const LANGUAGES: Record<string, Record<Key, string>> = { en, pl };

/** A text in a language, with its placeholders filled in; English where there is no other. */
export function translate(
  language: string,
  key: Key,
  values: Record<string, string | number> = {},
): string {
  const texts = LANGUAGES[language.split("-")[0] ?? "en"] ?? en;
  return texts[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** Whether there is a text of this name; names that come from the integration may be newer. */
export function isKey(name: string): name is Key {
  return name in en;
}
