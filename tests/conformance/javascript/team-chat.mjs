// A client written for Supabase: people of a team chat sign up, read and write rows, follow changes and meet in a private
// channel. Unmodified supabase-js; writes one JSON object a step.
// usage: node team-chat.mjs URL ANON_KEY SERVICE_KEY

import { createClient } from '@supabase/supabase-js'

const [url, anonKey, serviceKey] = process.argv.slice(2)
const say = (step, facts = {}) => process.stdout.write(JSON.stringify({ step, ...facts }) + '\n')
const told = (error) => error?.message ?? null
const options = { auth: { persistSession: false, autoRefreshToken: false } }
const admin = createClient(url, serviceKey, options)

/** What is waited for is registered before its cause: `next` takes what came already, in order. */
function inbox() {
  const came = []
  const waiting = []
  return {
    put: (value) => (waiting.length ? waiting.shift()(value) : came.push(value)),
    next: () => (came.length ? Promise.resolve(came.shift()) : new Promise((resolve) => waiting.push(resolve))),
    came,
  }
}

async function person(name) {
  const client = createClient(url, anonKey, options)
  const { data, error } = await client.auth.signUp({
    email: `${name}@example.org`,
    password: 'correct horse battery',
    options: { data: { user_name: name, full_name: name.toUpperCase() } },
  })
  say('signed up', { name, error: told(error), session: data.session !== null })
  return { name, client, id: data.user.id, changes: inbox(), room: inbox(), presence: inbox() }
}

const joined = (channel) =>
  new Promise((resolve) =>
    channel.subscribe((status, error) => {
      if (status !== 'CLOSED') resolve({ status, error: told(error) })
    })
  )

async function follow(who, channelId) {
  const filter = `channel_id=eq.${channelId}`
  const channel = who.client.channel(`messages of ${channelId}`)
  for (const event of ['INSERT', 'UPDATE', 'DELETE']) {
    channel.on('postgres_changes', { event, schema: 'public', table: 'messages', filter }, (payload) =>
      who.changes.put({ event: payload.eventType, new: payload.new.message ?? null, old: payload.old.message ?? null })
    )
  }
  return joined(channel)
}

async function enter(who, channelId) {
  await who.client.realtime.setAuth()
  who.channel = who.client
    .channel(`channel:${channelId}`, { config: { private: true, broadcast: { ack: true }, presence: { key: who.name } } })
    .on('broadcast', { event: '*' }, ({ event, payload }) =>
      who.room.put({ event, text: payload.record?.message ?? payload.text ?? null, operation: payload.operation ?? null })
    )
    .on('presence', { event: 'join' }, ({ key, newPresences }) =>
      who.presence.put({ key, mood: newPresences[0].mood })
    )
  return joined(who.channel)
}

const [ann, bob, eve] = [await person('ann'), await person('bob'), await person('eve')]

// The team's channel, made by the back office; its other channel is of nobody here.
const made = await admin
  .from('channels')
  .insert([
    { slug: 'general', created_by: ann.id },
    { slug: 'secret', created_by: ann.id },
  ])
  .select('id, slug')
const [general, secret] = made.data
const members = [ann, bob].map(({ id }) => ({ channel_id: general.id, user_id: id }))
say('channel made', { error: told(made.error), membersError: told((await admin.from('channel_members').insert(members)).error) })

// The data API: embedding, policies, a view, a function
const read = await ann.client
  .from('channels')
  .select('slug, channel_members(profiles(username))')
  .order('slug')
say('read', { error: told(read.error), data: read.data })
say('strangers read', { data: (await eve.client.from('channels').select('slug')).data })
say('sizes', { data: (await bob.client.from('channel_sizes').select('members')).data })
const forbidden = await eve.client.from('messages').insert({ message: 'hi', user_id: eve.id, channel_id: general.id })
say('strangers write', { code: forbidden.error?.code })

// Row changes with a filter, by policy
say('followed', { bob: await follow(bob, general.id), eve: await follow(eve, general.id) })

// A private channel: members only, with presence and broadcasts from the trigger
say('entered', { ann: await enter(ann, general.id), bob: await enter(bob, general.id), eve: await enter(eve, general.id) })
say('not entered', { ann: await enter({ ...ann, room: inbox() }, secret.id) })
say('tracked', { answer: await ann.channel.track({ mood: 'fine' }), seen: await bob.presence.next() })

const written = await ann.client
  .from('messages')
  .insert({ message: 'hello', user_id: ann.id, channel_id: general.id })
  .select()
  .single()
say('written', { error: told(written.error), change: await bob.changes.next(), broadcast: await bob.room.next() })

const edited = await ann.client.from('messages').update({ message: 'hello all' }).eq('id', written.data.id).select()
say('edited', { count: edited.data.length, change: await bob.changes.next(), broadcast: await bob.room.next() })

const called = await bob.client.rpc('send_message', { channel: general.id, message: 'hello yourself' })
say('called', { error: told(called.error), change: await bob.changes.next(), broadcast: await bob.room.next() })

await ann.client.from('messages').delete().eq('id', written.data.id)
say('deleted', { change: await bob.changes.next(), broadcast: await bob.room.next() })

say('typed', {
  answer: await ann.channel.send({ type: 'broadcast', event: 'typing', payload: { text: 'ann' } }),
  heard: await bob.room.next(),
})

// A public topic, written to by a function
const lobby = inbox()
const visitor = createClient(url, anonKey, options)
const listening = visitor
  .channel('lobby')
  .on('broadcast', { event: 'announcement' }, ({ payload }) => lobby.put(payload.text))
await joined(listening)
await admin.rpc('announce', { announcement: 'lunch' })
say('announced', { heard: await lobby.next() })

say('strangers', { changes: eve.changes.came, room: eve.room.came })

// Signing out
say('signed out', { error: told((await bob.client.auth.signOut()).error), user: (await bob.client.auth.getUser()).data.user })
process.exit(0)
