"""The parts of the file that are the same for every schema; `<schema>` stands for the default one."""

from __future__ import annotations

from typing import Final

JSON: Final = """\
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];
"""

HELPERS: Final = """\
type Schemas = Omit<Database, "__InternalSupabase">;
type Schema<Options> = Options extends { schema: infer S extends keyof Schemas } ? Schemas[S] : Schemas[<schema>];
type Relations<S> = S extends { Tables: infer T; Views: infer V } ? T & V : never;
type Section<S, Part extends string> = S extends { [P in Part]: infer Found } ? Found : never;
type NamesOf<S, Part extends string, Options, Name> = Options extends { schema: keyof Schemas }
  ? Name extends keyof Section<S, Part>
    ? Section<S, Part>[Name]
    : never
  : Options extends keyof Section<S, Part>
    ? Section<S, Part>[Options]
    : never;
type Relation<Options, Name> = Options extends { schema: keyof Schemas }
  ? Name extends keyof Relations<Schema<Options>>
    ? Relations<Schema<Options>>[Name]
    : never
  : Options extends keyof Relations<Schema<Options>>
    ? Relations<Schema<Options>>[Options]
    : never;
type Named<Part extends string> = keyof Section<Schemas[<schema>], Part> | { schema: keyof Schemas };
type NamedRelation = keyof Relations<Schemas[<schema>]> | { schema: keyof Schemas };

/** A row of a table or a view: `Tables<"orders">`, or `Tables<{ schema: "other" }, "orders">`. */
export type Tables<Options extends NamedRelation, Name extends string = never> =
  Relation<Options, Name> extends { Row: infer Row } ? Row : never;
/** What can be inserted into a table. */
export type TablesInsert<Options extends NamedRelation, Name extends string = never> =
  Relation<Options, Name> extends { Insert: infer Insert } ? Insert : never;
/** What can be changed in a row of a table. */
export type TablesUpdate<Options extends NamedRelation, Name extends string = never> =
  Relation<Options, Name> extends { Update: infer Update } ? Update : never;
/** One of the values of an enum. */
export type Enums<Options extends Named<"Enums">, Name extends string = never> = NamesOf<
  Schema<Options>,
  "Enums",
  Options,
  Name
>;
/** A composite type. */
export type CompositeTypes<Options extends Named<"CompositeTypes">, Name extends string = never> = NamesOf<
  Schema<Options>,
  "CompositeTypes",
  Options,
  Name
>;
"""
