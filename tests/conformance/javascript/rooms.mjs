// An unmodified socket.io-client at the test's command: connects, emits, drops its connection and comes back as it is
// told by lines on standard input, and prints as JSON lines what it hears.
// usage: node rooms.mjs URL
import { createInterface } from 'node:readline'
import { io } from 'socket.io-client'

const [url] = process.argv.slice(2)
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n')
const plain = (value) =>
  Buffer.isBuffer(value) || value instanceof ArrayBuffer
    ? { bytes: [...new Uint8Array(value)] }
    : Array.isArray(value)
      ? value.map(plain)
      : value && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
        : value
let socket

const commands = {
  connect({ namespace = '/', token, ...options }) {
    socket = io(url + namespace, { reconnection: false, auth: token ? { token } : {}, ...options })
    socket.on('connect', () =>
      say({ step: 'connected', sid: socket.id, recovered: socket.recovered ?? false, transport: socket.io.engine.transport.name })
    )
    socket.on('connect_error', (error) => say({ step: 'refused', message: error.message, data: error.data ?? null }))
    socket.on('disconnect', (reason) => say({ step: 'disconnected', reason }))
    socket.io.on('open', () => socket.io.engine.on('upgrade', (transport) => say({ step: 'upgraded', to: transport.name })))
    socket.onAny((event, ...given) => {
      const answer = typeof given.at(-1) === 'function' ? given.pop() : undefined
      say({ step: 'event', event, payload: plain(given[0]), arguments: given.length })
      answer?.({ heard: event, bytes: Buffer.from([1, 2]) })
    })
  },
  emit: async ({ event, given = [] }) => {
    try {
      say({ step: 'answered', answer: plain(await socket.timeout(15000).emitWithAck(event, ...given)) })
    } catch (error) {
      say({ step: 'answered', answer: error.message })
    }
  },
  emitBytes: ({ event }) => socket.emit(event, Buffer.from([255, 0]), (answer) => say({ step: 'answered', answer })),
  drop: () => socket.io.engine.close(),
  again: () => socket.connect(),
  token: ({ token }) => (socket.auth = { token }),
  leave: () => socket.disconnect(),
  exit: () => process.exit(0),
}

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line)
  await commands[command](given)
}
