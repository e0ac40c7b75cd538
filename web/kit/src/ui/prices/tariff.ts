/**
 * Prices that consist of several amounts, such as for an hour, a day, a month; and what is said of them. Pure.
 */
import type { SayMoney } from "../booking";

/** What one amount is called: in a form `A day, at most`; after the amount `a day at most`. */
export interface AmountName {
  readonly label: string;
  readonly per: string;
}

export type AmountNames<Field extends string> = Readonly<Record<Field, AmountName>>;

/** None where there is no such price. */
export type Amounts<Field extends string> = Readonly<Record<Field, number | null>>;

/** Something that is priced: a class of cars, a hall, all of a place. */
export interface Priced<Field extends string> {
  readonly id: string;
  readonly name: string;
  /** Null where it has no price of its own. */
  readonly price: (Amounts<Field> & { readonly version: number }) | null;
  /** Said where it has none: `As the whole house`. */
  readonly unpriced: string;
  /** Which amounts it may have, where these are not all. */
  readonly fields?: readonly Field[];
}

/** How amounts are named and written. */
export interface Tariff<Field extends string> {
  readonly names: AmountNames<Field>;
  readonly currency: string;
  readonly money: SayMoney;
}

export function fieldsOf<Field extends string>(names: AmountNames<Field>): readonly Field[] {
  return Object.keys(names) as Field[];
}

/** Say what changed: `₹40 → ₹45 an hour`. What stayed is left out. */
export function sayPriceChange<Field extends string>(
  old: unknown,
  now: unknown,
  { names, currency, money }: Tariff<Field>,
): string {
  const before = (old ?? {}) as Partial<Amounts<Field>>;
  const after = (now ?? {}) as Partial<Amounts<Field>>;
  const say = (amount: number | null | undefined): string => (amount == null ? "none" : money(amount, currency));
  return fieldsOf(names)
    .filter((field) => (before[field] ?? null) !== (after[field] ?? null))
    .map((field) => {
      const from = before[field] == null ? "" : `${say(before[field])} → `;
      return `${from}${say(after[field])} ${names[field].per}`;
    })
    .join(", ");
}
