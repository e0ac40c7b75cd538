import { createClient } from "@supabase/supabase-js";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Database, Tables, TablesInsert, TablesUpdate } from "../src/database.types";

const client = createClient<Database>("http://127.0.0.1:1", "key");

/** Says of which type the rows of a query are. Nothing is asked: `npm run check:types` is the test. */
function rowsOf<Query extends PromiseLike<{ data: unknown }>>(query: Query) {
  expect(query).toHaveProperty("then");
  return expectTypeOf<NonNullable<Awaited<Query>["data"]>>();
}

describe("the generated types in an unmodified supabase-js", () => {
  it("name the columns that were selected", () => {
    rowsOf(client.from("events").select("id, image_url, minutes:hold_minutes")).toEqualTypeOf<
      { id: string; image_url: string | null; minutes: number }[]
    >();
    rowsOf(client.from("events").select().single()).toEqualTypeOf<Tables<"events">>();
  });

  it("know that an order has one event and an event has many tickets", () => {
    rowsOf(client.from("orders").select("number, events(title)")).toEqualTypeOf<
      { number: string; events: { title: string } }[]
    >();
    rowsOf(client.from("events").select("title, kinds:event_tickets(name, price)")).toEqualTypeOf<
      { title: string; kinds: { name: string; price: number }[] }[]
    >();
  });

  it("tell what may be written", () => {
    expectTypeOf<TablesInsert<"events">["slug"]>().toEqualTypeOf<string>();
    expectTypeOf<TablesInsert<"events">["id"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<TablesUpdate<"events">["slug"]>().toEqualTypeOf<string | undefined>();
  });

  it("know what functions take and return", () => {
    rowsOf(client.rpc("ticket_count_drift").select("ticket_id")).toEqualTypeOf<{ ticket_id: string }[]>();
    rowsOf(client.rpc("release_hold", { order_id: "o" }).select("number")).toEqualTypeOf<{ number: string }>();
  });
});
