// Does with an unmodified @supabase/supabase-js what every row of the data API's list asks for, and prints one JSON
// line for each check: its rows of the list, its name, and the problem, null when all is as it should be.
// usage: node data-api.mjs URL KEY
import assert from 'node:assert/strict'
import { createClient } from '@supabase/supabase-js'

const [url, key] = process.argv.slice(2)
const supabase = createClient(url, key)
const cities = (columns = 'id', options) => supabase.from('cities').select(columns, options)
const countries = (columns = 'id', options) => supabase.from('countries').select(columns, options)

const checks = []
const check = (rows, name, run) => checks.push({ rows, name, run })

// The rows of an answer, which must be a success.
const rowsOf = async (request) => {
  const { data, error } = await request
  assert.equal(error, null)
  return data
}
const ids = async (request) => (await rowsOf(request.order('id'))).map((row) => row.id)
const refusal = async (request) => {
  const answer = await request
  assert.ok(answer.error, 'was not refused')
  return { ...answer.error, status: answer.status }
}

check([1], 'columns, aliases and all columns', async () => {
  assert.deepEqual(await rowsOf(cities('id, called:name').eq('id', 2)), [{ id: 2, called: 'Milan' }])
  assert.equal(Object.keys((await rowsOf(cities('*').limit(1)))[0]).length, 7)
})

check([2], 'plain filters', async () => {
  assert.deepEqual(await ids(cities().eq('name', 'Rome')), [1])
  assert.deepEqual(await ids(cities().neq('id', 1)), [2, 3, 4])
  assert.deepEqual(await ids(cities().gt('population', 1400)), [1, 3])
  assert.deepEqual(await ids(cities().gte('population', 1400).lte('population', 2100)), [2, 3])
  assert.deepEqual(await ids(cities().lt('population', 2100)), [2])
  assert.deepEqual(await ids(cities().like('name', '%o%')), [1, 4])
  assert.deepEqual(await ids(cities().ilike('name', 'r%')), [1])
  assert.deepEqual(await ids(cities().in('name', ['Rome', 'a, b', 'say "x"'])), [1])
  assert.deepEqual(await ids(cities().in('id', [])), [])
  assert.deepEqual(await ids(cities().is('population', null)), [4])
  assert.deepEqual(await ids(cities().not('population', 'is', null)), [1, 2, 3])
  assert.deepEqual(await ids(cities().match({ id: 1, name: 'Rome' })), [1])
})

check([3], 'single and maybeSingle', async () => {
  assert.deepEqual(await rowsOf(cities('name').eq('id', 1).single()), { name: 'Rome' })
  assert.equal((await cities().eq('id', 99).maybeSingle()).data, null)
  const refused = await refusal(cities().single())
  assert.deepEqual([refused.code, refused.status], ['PGRST116', 406])
})

check([4], 'insert one and many', async () => {
  const people = supabase.from('people')
  assert.deepEqual(await rowsOf(people.insert({ id: 10, name: 'Edsger' }).select()), [{ id: 10, name: 'Edsger' }])
  const minimal = await people.insert([{ id: 11, name: 'Barbara' }, { id: 12, name: 'Donald' }])
  assert.deepEqual([minimal.status, minimal.data], [201, null])
  const refused = await refusal(people.insert({ id: 10, name: 'again' }))
  assert.deepEqual([refused.code, refused.status], ['23505', 409])
})

check([5], 'update and delete what filters leave', async () => {
  const changed = await rowsOf(supabase.from('cities').update({ population: 7 }).eq('country_id', 1).select('id'))
  assert.equal(changed.length, 2)
  const minimal = await supabase.from('cities').update({ population: 8 }).eq('id', 2)
  assert.deepEqual([minimal.status, minimal.data], [204, null])
  assert.deepEqual(await rowsOf(supabase.from('cities').update({}).eq('id', 2).select()), [])
  assert.deepEqual(await rowsOf(supabase.from('trips').delete().eq('id', 1).select('id')), [{ id: 1 }])
})

check([6], 'order, limit, range', async () => {
  const order = async (options) =>
    (await rowsOf(cities().order('population', options).order('id'))).map((row) => row.id)
  assert.deepEqual(await order({ ascending: false, nullsFirst: true }), [4, 1, 3, 2])
  assert.deepEqual(await order({ ascending: true, nullsFirst: false }), [2, 3, 1, 4])
  assert.deepEqual(await ids(cities().order('id').limit(2)), [1, 2])
  assert.deepEqual(await ids(cities().order('id').range(1, 2)), [2, 3])
  const answer = await fetch(`${url}/rest/v1/cities?select=id&order=id`, {
    headers: { apikey: key, range: '2-3', 'range-unit': 'items' },
  })
  assert.deepEqual([answer.headers.get('content-range'), (await answer.json()).length], ['2-3/*', 2])
})

check([7], 'embeds: to one, to many, through a junction, hints, inner, nested', async () => {
  assert.deepEqual(await rowsOf(cities('country:countries(name)').eq('id', 3).single()), { country: { name: 'France' } })
  assert.deepEqual(await rowsOf(countries('cities(id)').eq('id', 2).single()), { cities: [{ id: 3 }] })
  const through = await rowsOf(cities('people(name)').eq('id', 1).order('id', { referencedTable: 'people' }).single())
  assert.deepEqual(through.people.map((person) => person.name), ['Ada', 'Grace'])
  const trip = await rowsOf(supabase.from('trips').select('from:cities!trips_origin(name), to:goal_id(name)').single())
  assert.deepEqual(trip, { from: { name: 'Rome' }, to: { name: 'Paris' } })
  assert.deepEqual(await ids(cities('id, countries!inner(name)').eq('countries.name', 'Italy')), [1, 2])
  assert.equal((await rowsOf(cities('id, countries!left(name)'))).length, 4)
  const nested = await rowsOf(supabase.from('people').select('residents(cities(countries(name)))').eq('id', 1).single())
  assert.equal(nested.residents[0].cities.countries.name, 'Italy')
  assert.equal((await rowsOf(supabase.from('big_cities').select('countries(name)').eq('id', 3).single())).countries.name, 'France')
  const ambiguous = await refusal(supabase.from('trips').select('cities(name)'))
  assert.deepEqual([ambiguous.code, ambiguous.status, ambiguous.details.length], ['PGRST201', 300, 2])
  assert.equal((await refusal(cities('id, country(name)'))).code, 'PGRST200')
})

check([8], 'filters, order and limits of the embedded', async () => {
  const filtered = await rowsOf(countries('id, cities(id)').eq('cities.name', 'Milan').eq('id', 1).single())
  assert.deepEqual(filtered.cities, [{ id: 2 }])
  const ordered = await rowsOf(
    countries('cities(id)').eq('id', 1).order('name', { referencedTable: 'cities' }).limit(1, { referencedTable: 'cities' }).single(),
  )
  assert.deepEqual(ordered.cities, [{ id: 2 }])
  assert.deepEqual(await ids(countries('id, cities()').is('cities', null)), [3])
  assert.deepEqual(await ids(countries('id, cities()').not('cities', 'is', null)), [1, 2])
  assert.deepEqual(await ids(countries('id, cities!inner(id)').or('name.eq.Paris,name.eq.Rome', { referencedTable: 'cities' })), [1, 2])
  assert.equal((await rowsOf(cities('id').order('countries(name)').limit(1).select('id, countries(name)')))[0].id, 3)
})

check([9], 'counts', async () => {
  const counted = await cities('id', { count: 'exact' }).order('id').limit(1)
  assert.deepEqual([counted.count, counted.data.length, counted.status], [4, 1, 206])
  const head = await cities('*', { count: 'exact', head: true }).eq('country_id', 1)
  assert.deepEqual([head.count, head.data], [2, null])
  assert.equal(typeof (await cities('id', { count: 'planned' })).count, 'number')
  assert.equal(typeof (await cities('id', { count: 'estimated' })).count, 'number')
  assert.equal((await refusal(cities('id', { count: 'exact' }).range(50, 60))).code, 'PGRST103')
})

check([10], 'functions', async () => {
  assert.equal(await rowsOf(supabase.rpc('add', { a: 2, b: 3 })), 5)
  assert.equal(await rowsOf(supabase.rpc('add', { a: 2 }, { get: true })), 3)
  assert.deepEqual((await rowsOf(supabase.rpc('capital', { country: 1 }))).name, 'Rome')
  const embedded = supabase.rpc('cities_of', { country: 1 }).select('name, countries(name)').eq('name', 'Rome')
  assert.deepEqual(await rowsOf(embedded), [{ name: 'Rome', countries: { name: 'Italy' } }])
  assert.deepEqual(await rowsOf(supabase.rpc('populations')), [{ country: 'France', people: 2100 }, { country: 'Italy', people: 4200 }])
  const head = await supabase.rpc('cities_of', { country: 1 }, { head: true, count: 'exact' })
  assert.equal(head.count, 2)
  assert.equal((await supabase.rpc('forget')).status, 204)
  assert.equal(await rowsOf(supabase.rpc('size_of', { city: 1 })), 'city Rome')
  assert.equal(await rowsOf(supabase.rpc('size_of', { country: 'Italy' })), 'country Italy')
  assert.equal(await rowsOf(supabase.rpc('longest', { words: ['a', 'abc', 'ab'] })), 'abc')
  assert.equal(await rowsOf(supabase.rpc('keys_of', { one: 1, two: 2 })), 2)
  const ambiguous = await refusal(supabase.rpc('twice', { value: 2 }))
  assert.deepEqual([ambiguous.code, ambiguous.status], ['PGRST203', 300])
  const unknown = await refusal(supabase.rpc('ad', { a: 2 }))
  assert.deepEqual([unknown.code, unknown.status], ['PGRST202', 404])
  assert.deepEqual((await refusal(supabase.rpc('rename', { city: 1, called: 'x' }, { get: true }))).status, 405)
})

check([11], 'upsert', async () => {
  const table = supabase.from('countries')
  assert.equal((await rowsOf(table.upsert({ id: 1, name: 'Italia' }).select()))[0].name, 'Italia')
  assert.deepEqual(await rowsOf(table.upsert({ id: 2, name: 'Gaul' }, { ignoreDuplicates: true }).select()), [])
  const byName = await table.upsert({ id: 3, name: 'Atlantis', tags: ['sea'] }, { onConflict: 'name' }).select()
  assert.deepEqual([byName.status, byName.data[0].tags], [200, ['sea']])
  assert.equal((await table.upsert({ id: 9, name: 'Utopia' })).status, 201)
})

check([12], 'missing values become defaults', async () => {
  const inserted = await supabase.from('people').insert([{ id: 20 }, { id: 21, name: 'Tim' }], { defaultToNull: false }).select()
  assert.deepEqual(inserted.data.map((person) => person.name), ['nobody', 'Tim'])
})

check([13], 'logic trees', async () => {
  assert.deepEqual(await ids(cities().or('name.eq.Rome,and(population.gt.2000,id.gt.2)')), [1, 3])
  assert.deepEqual(await ids(cities().or('name.eq."a,b)",not.and(id.gt.1,population.not.is.null)')), [1, 4])
})

check([14], 'roles, claims and policies', async () => {
  assert.deepEqual(await ids(supabase.from('secrets').select('id')), [1])
  const { data } = await supabase.auth.signInAnonymously()
  assert.ok(data.session)
  assert.deepEqual(await ids(supabase.from('secrets').select('id')), [2])
  const refused = await refusal(supabase.from('secrets').insert({ id: 3, owner: 'anon' }))
  assert.deepEqual([refused.code, refused.status], ['42501', 403])
  await supabase.auth.signOut()
  const forged = createClient(url, key, { global: { headers: { Authorization: 'Bearer nonsense' } } })
  assert.deepEqual((await refusal(forged.from('cities').select())).status, 401)
})

check([15], 'errors have four parts', async () => {
  const refused = await refusal(supabase.from('citiez').select())
  assert.deepEqual(
    [refused.code, refused.status, refused.hint],
    ['PGRST205', 404, "Perhaps you meant the table 'public.cities'"],
  )
  const invalid = await refusal(cities().eq('id', 'x'))
  assert.deepEqual([invalid.code, invalid.status, invalid.details, invalid.hint], ['22P02', 400, null, null])
  assert.equal((await refusal(cities('nothing'))).code, '42703')
})

check([16], 'schemas', async () => {
  assert.deepEqual(await rowsOf(supabase.schema('other').from('notes').select()), [{ id: 1, text: 'elsewhere' }])
  assert.equal((await supabase.schema('other').from('notes').insert({ id: 2, text: 'more' })).status, 201)
  const refused = await refusal(supabase.schema('hidden').from('notes').select())
  assert.deepEqual([refused.code, refused.status], ['PGRST106', 406])
})

check([18, 19], 'paths into documents, and casts', async () => {
  assert.deepEqual(await rowsOf(cities('river:info->river->>name').eq('info->river->>name', 'Seine')), [{ river: 'Seine' }])
  assert.deepEqual(await rowsOf(cities('info->hills->0').eq('id', 1)), [{ hills: 7 }].map(({ hills }) => ({ hills })))
  assert.equal((await rowsOf(cities('id').not('info', 'is', null).order('info->river->>name').limit(1)))[0].id, 3)
  assert.deepEqual(await rowsOf(cities('id::text').eq('id', 2)), [{ id: '2' }])
})

check([20], 'computed columns and relationships', async () => {
  assert.deepEqual(await rowsOf(cities('shout').eq('shout', 'ROME')), [{ shout: 'ROME' }])
  assert.deepEqual(await rowsOf(cities('neighbours(name)').eq('id', 1).single()), { neighbours: [{ name: 'Milan' }] })
})

check([21], 'arrays and ranges', async () => {
  assert.deepEqual(await ids(countries().contains('tags', ['eu', 'sea'])), [1])
  assert.deepEqual(await ids(countries().containedBy('tags', ['eu'])), [2, 3])
  assert.deepEqual(await ids(countries().overlaps('tags', ['sea'])), [1])
  assert.deepEqual(await ids(cities().contains('info', { hills: [7] })), [1])
  assert.deepEqual(await ids(cities().overlaps('stays', '[2026-01-15,2026-01-16)')), [1])
  assert.deepEqual(await ids(cities().rangeGt('stays', '[2025-01-01,2025-01-02)')), [1])
  assert.deepEqual(await ids(cities().rangeGte('stays', '[2025-01-01,2025-01-02)')), [1])
  assert.deepEqual(await ids(cities().rangeLt('stays', '[2027-01-01,2027-01-02)')), [1])
  assert.deepEqual(await ids(cities().rangeLte('stays', '[2026-01-01,2027-01-02)')), [1])
  assert.deepEqual(await ids(cities().rangeAdjacent('stays', '[2026-02-01,2026-03-01)')), [1])
})

check([22], 'full text', async () => {
  assert.deepEqual(await ids(cities().textSearch('name', "'rome' | 'paris'")), [1, 3])
  for (const type of ['plain', 'phrase', 'websearch']) {
    assert.deepEqual(await ids(cities().textSearch('name', 'rome', { type, config: 'english' })), [1])
  }
})

check([23], 'any, all, patterns, distinct', async () => {
  assert.deepEqual(await ids(cities().likeAnyOf('name', ['R%', 'P%'])), [1, 3])
  assert.deepEqual(await ids(cities().likeAllOf('name', ['%o%', 'R%'])), [1])
  assert.deepEqual(await ids(cities().ilikeAnyOf('name', ['r%', 'p%'])), [1, 3])
  assert.deepEqual(await ids(cities().ilikeAllOf('name', ['%O%', 'r%'])), [1])
  assert.deepEqual(await ids(cities().regexMatch('name', '^R')), [1])
  assert.deepEqual(await ids(cities().regexIMatch('name', '^r')), [1])
  assert.deepEqual(await ids(cities().filter('population', 'isdistinct', '1400')), [1, 3, 4])
  assert.deepEqual(await ids(cities().filter('id', 'eq(any)', '{1,2}')), [1, 2])
})

check([24], 'aggregates', async () => {
  const grouped = await rowsOf(cities('country_id, population.sum(), n:count()').order('country_id'))
  assert.deepEqual(grouped[0], { country_id: 1, sum: 4200, n: 2 })
  assert.deepEqual(await rowsOf(cities('a:population.avg(), b:population.min(), c:population.max()').lt('id', 3)), [
    { a: 2100, b: 1400, c: 2800 },
  ])
  assert.deepEqual(await rowsOf(countries('cities(count)').eq('id', 1)), [{ cities: [{ count: 2 }] }])
})

check([25], 'spread', async () => {
  assert.deepEqual(await rowsOf(cities('name, ...countries(country:name)').eq('id', 2)), [{ name: 'Milan', country: 'Italy' }])
  const many = await rowsOf(countries('name, ...cities(places:name)').eq('id', 2).single())
  assert.deepEqual(many, { name: 'France', places: ['Paris'] })
})

check([26], 'CSV, stripped nulls, most affected, rehearsal', async () => {
  assert.equal(await rowsOf(cities('id,name').eq('id', 1).csv()), 'id,name\n1,Rome')
  assert.deepEqual(await rowsOf(cities('id, population').eq('id', 4).stripNulls()), [{ id: 4 }])
  const refused = await refusal(supabase.from('cities').delete().gt('id', 0).maxAffected(2))
  assert.deepEqual([refused.code, refused.status], ['PGRST124', 400])
  assert.equal((await supabase.from('cities').update({ population: 1 }).eq('id', 4).maxAffected(1)).status, 204)
  const rehearsed = await supabase.from('cities').update({ name: 'Nemo' }).eq('id', 4).rollback().select('name')
  assert.deepEqual(rehearsed.data, [{ name: 'Nemo' }])
  assert.deepEqual(await rowsOf(cities('name').eq('id', 4)), [{ name: 'Nowhere' }])
})

check([17], 'a table that was made while the server runs', async () => {
  assert.deepEqual(await rowsOf(supabase.from('later').select('id')), [])
})

check([30], 'status and headers from SQL', async () => {
  const refused = await refusal(supabase.rpc('refuse'))
  assert.deepEqual([refused.code, refused.status, refused.hint], ['PT402', 402, 'Pay'])
  const answer = await fetch(`${url}/rest/v1/rpc/brew`, { method: 'POST', headers: { apikey: key } })
  assert.deepEqual([answer.status, answer.headers.get('x-pot'), await answer.json()], [418, 'tea', { short: 'stout' }])
})

check([31], 'the function before each request', async () => {
  const refused = await refusal(cities().setHeader('x-refuse', 'yes'))
  assert.deepEqual([refused.status, refused.message], [403, 'refused before the request'])
})

check([33], 'cross-origin requests, Content-Length, Proxy-Status', async () => {
  const asked = 'apikey, authorization, x-client-info, prefer, accept-profile, content-profile, range'
  const preflight = await fetch(`${url}/rest/v1/cities`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': asked },
  })
  assert.ok(preflight.ok)
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  const allowed = preflight.headers.get('access-control-allow-headers').split(', ')
  assert.deepEqual(asked.split(', ').filter((name) => !allowed.includes(name)), [])
  const headers = { apikey: key, origin: 'https://app.example' }
  const answer = await fetch(`${url}/rest/v1/cities?select=id&id=eq.1`, { headers })
  assert.equal(answer.headers.get('content-length'), String((await answer.text()).length))
  assert.ok(answer.headers.get('access-control-expose-headers').includes('content-range'))
  const refused = await fetch(`${url}/rest/v1/nothing`, { headers })
  assert.equal(refused.headers.get('proxy-status'), 'PostgREST; error=PGRST205')
})

for await (const line of process.stdin.setEncoding('utf8')) {
  const next = checks.shift()
  if (!next || !line) break
  let problem = null
  try {
    await next.run()
  } catch (error) {
    problem = error.stack
  }
  process.stdout.write(JSON.stringify({ step: next.name, rows: next.rows, problem, left: checks.length }) + '\n')
  if (!checks.length) break
}
process.exit(0)
