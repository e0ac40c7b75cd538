/**
 * What a new place needs before anybody can see it. Pure.
 */
export interface NewPlace {
  readonly name: string;
  readonly city: string;
  readonly address: string;
  readonly timezone: string;
  readonly currency: string;
}

const LONGEST_SLUG = 80;

/** Write some words as they stand in an address: `café-noor-lahore`, without accents. */
export function slugOf(...words: readonly string[]): string {
  const plain = words
    .join(" ")
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, "-").slice(0, LONGEST_SLUG);
  // What has no letter of the alphabet still needs an address.
  return slug.replace(/^-|-$/g, "") || `place-${crypto.randomUUID().slice(0, 8)}`;
}

/** Return all currencies, each with its name in the reader's language. */
export function currencies(): readonly { readonly value: string; readonly label: string }[] {
  const names = new Intl.DisplayNames(undefined, { type: "currency" });
  return Intl.supportedValuesOf("currency").map((code) => ({
    value: code,
    label: `${code} · ${names.of(code) ?? code}`,
  }));
}
