// An unmodified @supabase/supabase-js at the test's command: joins, sends, tracks and leaves as it is told by lines on
// standard input, and prints as JSON lines what it hears.
// usage: node realtime.mjs URL KEY [REALTIME_OPTIONS]
import { createInterface } from 'node:readline'
import { createClient } from '@supabase/supabase-js'

const [url, key, options] = process.argv.slice(2)
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n')
const supabase = createClient(url, key, { realtime: JSON.parse(options ?? '{}') })
const bytes = (payload) => (payload instanceof ArrayBuffer ? { bytes: [...new Uint8Array(payload)] } : payload)
let channel

const commands = {
  join({ topic, config = {}, presence = false, changes = [] }) {
    channel = supabase
      .channel(topic, { config })
      .on('broadcast', { event: '*' }, (message) => say({ step: 'broadcast', ...message, payload: bytes(message.payload) }))
      .on('system', {}, (payload) => say({ step: 'system', ...payload }))
    if (presence) {
      channel
        .on('presence', { event: 'sync' }, () => say({ step: 'sync', state: channel.presenceState() }))
        .on('presence', { event: 'join' }, ({ key, newPresences }) => say({ step: 'join', key, newPresences }))
        .on('presence', { event: 'leave' }, ({ key, leftPresences }) => say({ step: 'leave', key, leftPresences }))
    }
    changes.forEach((filter, index) =>
      channel.on('postgres_changes', filter, (payload) => say({ step: 'change', index, payload }))
    )
    channel.subscribe((status, problem) => say({ step: 'status', status, problem: problem?.message ?? null }))
  },
  setAuth: async ({ token }) => say({ step: 'authenticated', answer: await supabase.realtime.setAuth(token) }),
  send: async ({ event, payload, persist }) =>
    say({ step: 'sent', answer: await channel.send({ type: 'broadcast', event, payload, persist }) }),
  sendBytes: async ({ event, payload }) =>
    say({ step: 'sent', answer: await channel.send({ type: 'broadcast', event, payload: new Uint8Array(payload).buffer }) }),
  httpSend: async ({ event, payload, persist }) =>
    say({ step: 'sent', answer: await channel.httpSend(event, payload, { persist }).catch((error) => error.message) }),
  heartbeats: () => supabase.realtime.onHeartbeat((status) => say({ step: 'heartbeat', status })),
  track: async ({ payload }) => say({ step: 'tracked', answer: await channel.track(payload) }),
  untrack: async () => say({ step: 'untracked', answer: await channel.untrack() }),
  leave: async () => {
    say({ step: 'left', answer: await supabase.removeChannel(channel) })
    process.exit(0)
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line)
  await commands[command](given)
}
