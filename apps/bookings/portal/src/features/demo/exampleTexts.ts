/**
 * Programs that do in a few lines what the pages of this portal do. Pure.
 */
export function exampleOfEvents(url: string, organisation: string): string {
  return `import { createClient } from "@supabase/supabase-js";

const supabase = createClient("${url}", PUBLISHABLE_KEY);
await supabase.auth.signInWithPassword({ email, password });

supabase
  .channel("my-events")
  .on(
    "postgres_changes",
    {
      event: "INSERT",
      schema: "public",
      table: "booking_events",
      filter: "organisation_id=eq.${organisation}",
    },
    ({ new: event }) => console.log(event.event_type, event.description),
  )
  .subscribe();`;
}

export function exampleOfRows(url: string, organisation: string): string {
  return `curl "${url}rest/v1/bookings?organisation_id=eq.${organisation}&status=eq.confirmed&order=starts_at&limit=10" \\
  -H "apikey: $PUBLISHABLE_KEY" -H "Authorization: Bearer $ACCESS_TOKEN"`;
}

export function exampleOfReceiver(): string {
  return `import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);

export async function POST(request) {
  const body = await request.text();
  const event = webhook.verify(body, Object.fromEntries(request.headers));
  // event.type is "booking.confirmed"; the same webhook-id may come again: do it once.
  return new Response(null, { status: 204 });
}`;
}
