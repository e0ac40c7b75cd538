// Does what the LodgeTix guide does in the browser, with an unmodified @supabase/supabase-js: loads the counts of an
// event's tickets, listens on `event-tickets:{id}` with a filter, and prints each step as one JSON line for the test.
// usage: node lodgetix-availability.mjs URL KEY EVENT_ID CHANGES
import { createClient } from '@supabase/supabase-js'

const [url, key, eventId, changes] = process.argv.slice(2)
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n')
const supabase = createClient(url, key)

const { data, error } = await supabase
  .from('event_tickets')
  .select('id, available_count, reserved_count, sold_count, updated_at')
  .eq('event_id', eventId)
say({ step: 'loaded', data, error })

let heard = 0
const channel = supabase
  .channel(`event-tickets:${eventId}`)
  .on(
    'postgres_changes',
    { event: 'UPDATE', schema: 'public', table: 'event_tickets', filter: `event_id=eq.${eventId}` },
    async (payload) => {
      say({ step: 'change', id: payload.new.id, available_count: payload.new.available_count, payload })
      if (++heard === Number(changes)) {
        await supabase.removeChannel(channel)
        say({ step: 'left', channels: supabase.getChannels().length })
        process.exit(0)
      }
    },
  )
  .subscribe((status, problem) => say({ step: 'status', status, problem: problem?.message ?? null }))
