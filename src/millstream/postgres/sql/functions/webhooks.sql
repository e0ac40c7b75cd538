-- Webhooks: days of the outbox and of the log, capture by trigger, and what an operator asks for in SQL.

create or replace function webhooks.prepare_days(keep_events interval, keep_logs interval) returns integer
language plpgsql set search_path = '' as $$
declare
  today date := timezone('utc', now())::date;
  parent text;
  keep interval;
  day date;
  partition text;
  changed integer := 0;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('millstream.webhooks.days'));
  foreach parent in array array['events', 'webhook_logs'] loop
    keep := case parent when 'events' then keep_events else keep_logs end;
    for day in select d::date from pg_catalog.generate_series(today - 1, today + 3, interval '1 day') as days (d) loop
      partition := parent || '_' || to_char(day, 'YYYY_MM_DD');
      continue when to_regclass(format('webhooks.%I', partition)) is not null;
      -- Attaching locks others out for less than making it as a partition would.
      execute format('create table webhooks.%I (like webhooks.%I including all)', partition, parent);
      execute format('alter table webhooks.%I enable row level security', partition);
      execute format(
        'alter table webhooks.%I attach partition webhooks.%I for values from (%L) to (%L)',
        parent, partition, day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc'
      );
      changed := changed + 1;
    end loop;
    for partition in
      select c.relname from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
      where i.inhparent = ('webhooks.' || parent)::regclass and c.relname ~ ('^' || parent || '_\d{4}_\d{2}_\d{2}$')
        and to_date(right(c.relname, 10), 'YYYY_MM_DD') + 1 < (now() - keep)::date
    loop
      execute format('drop table webhooks.%I', partition);
      changed := changed + 1;
    end loop;
  end loop;
  return changed;
end
$$;

comment on function webhooks.prepare_days(interval, interval) is
  'Makes the coming days of events and attempts and drops those that are older than what is kept.';

-- Rows of a day that nobody prepared (an old event replayed, a clock far off) have a place too.
do $$
begin
  if to_regclass('webhooks.events_other') is null then
    create table webhooks.events_other partition of webhooks.events default;
    alter table webhooks.events_other enable row level security;
    create table webhooks.webhook_logs_other partition of webhooks.webhook_logs default;
    alter table webhooks.webhook_logs_other enable row level security;
  end if;
end
$$;

select webhooks.prepare_days(interval '30 days', interval '30 days');

create or replace function webhooks.capture() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into webhooks.captured_rows (source_schema, source_table, operation, old_row, new_row)
  values (
    tg_table_schema, tg_table_name, tg_op,
    case when tg_op <> 'INSERT' then to_jsonb(old) end,
    case when tg_op <> 'DELETE' then to_jsonb(new) end
  );
  return null;
end
$$;

comment on function webhooks.capture() is
  'Row trigger that captures a change in the writer''s own transaction: it survives even the loss of the slot.';

create or replace function webhooks.manually_trigger_webhook(table_name text, row_id text) returns boolean
language plpgsql set search_path = '' as $$
declare
  source record;
  found_row jsonb;
begin
  select n.nspname as schema_name, c.relname as relation_name, a.attname as key_column
  into source
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary and i.indnkeyatts = 1
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
  where c.oid = to_regclass(case when table_name like '%.%' then table_name else 'public.' || quote_ident(table_name) end);
  if not found then
    raise exception 'no table % with a primary key of one column', table_name using errcode = 'undefined_table';
  end if;
  execute format('select to_jsonb(t) from %I.%I t where t.%I::text = $1', source.schema_name, source.relation_name, source.key_column)
    into found_row using row_id;
  if found_row is null then
    return false;
  end if;
  insert into webhooks.captured_rows (source_schema, source_table, operation, new_row, cause)
  values (source.schema_name, source.relation_name, 'INSERT', found_row, 'manual');
  return true;
end
$$;

comment on function webhooks.manually_trigger_webhook(text, text) is
  'Makes the events that inserting this row would make; returns false when there is no such row.';

create or replace function webhooks.enqueue(
  endpoint_ids uuid[], event_ids uuid[], occurred timestamptz[], cause text, retries integer[] default null
) returns integer
language sql set search_path = '' as $$
  with given as (
    select g.place, p.id as endpoint_id, e.id as event_id, e.occurred_at, e.type, coalesce(g.retries, 0) as retries,
      case p.ordering when 'endpoint' then 0 when 'key' then hashtextextended(e.ordering_key, 0) end as lane
    from rows from (unnest(endpoint_ids), unnest(event_ids), unnest(occurred), unnest(retries))
      with ordinality as g (endpoint_id, event_id, occurred_at, retries, place)
    join webhooks.endpoints p on p.id = g.endpoint_id
    join webhooks.events e on e.id = g.event_id and e.occurred_at = g.occurred_at
  ), numbered as (
    select *, row_number() over one_lane as number, count(*) over (partition by endpoint_id, lane) as added
    from given window one_lane as (partition by endpoint_id, lane order by place)
  ), locked as (
    -- In one order for all, so that two who add and settle never wait for each other in a circle.
    insert into webhooks.lanes as l (endpoint_id, lane, last_sequence, open)
    select endpoint_id, lane, count(*), count(*) from given where lane is not null
    group by endpoint_id, lane order by endpoint_id, lane
    on conflict (endpoint_id, lane) do update
      set last_sequence = l.last_sequence + excluded.last_sequence, open = l.open + excluded.open
    returning l.endpoint_id, l.lane, l.last_sequence, l.open
  ), added as (
    insert into webhooks.deliveries (
      endpoint_id, event_id, occurred_at, event_type, lane, sequence, state, retries, cause
    )
    select n.endpoint_id, n.event_id, n.occurred_at, n.type, n.lane,
      coalesce(k.last_sequence - n.added + n.number, 0),
      case when n.lane is null or (n.number = 1 and k.open = n.added) then 'ready' else 'waiting' end,
      n.retries, enqueue.cause
    from numbered n left join locked k on k.endpoint_id = n.endpoint_id and k.lane = n.lane
    order by n.place
    returning 1
  )
  select count(*)::integer from added
$$;

comment on function webhooks.enqueue(uuid[], uuid[], timestamptz[], text, integer[]) is
  'Adds deliveries of stored events at the end of their lanes, in the order given; returns how many.';

create or replace function webhooks.release_lanes(endpoint_ids uuid[], lanes bigint[]) returns integer
language sql set search_path = '' as $$
  with heads as (
    select distinct on (d.endpoint_id, d.lane) d.id, d.state
    from unnest(endpoint_ids, lanes) as g (endpoint_id, lane)
    join webhooks.deliveries d on d.endpoint_id = g.endpoint_id and d.lane = g.lane
    order by d.endpoint_id, d.lane, d.sequence
  ), released as (
    update webhooks.deliveries d set state = 'ready', run_at = now()
    from heads h where d.id = h.id and h.state = 'waiting'
    returning 1
  )
  select count(*)::integer from released
$$;

comment on function webhooks.release_lanes(uuid[], bigint[]) is
  'Makes the first open delivery of each lane ready. The caller holds the locks of the lanes.';

create or replace function webhooks.revive_dead_letters(
  endpoint_ids uuid[], after bigint, until bigint, most integer, max_retries integer default null,
  out revived integer, out last bigint
)
language sql set search_path = '' as $$
  with chosen as (
    select d.id from webhooks.dead_letters d
    where d.id > after and d.id <= until
      and (endpoint_ids is null or d.endpoint_id = any (endpoint_ids))
      and (max_retries is null or d.retries < max_retries)
      and exists (select from webhooks.events e where e.id = d.event_id and e.occurred_at = d.occurred_at)
    order by d.id limit most for update of d skip locked
  ), gone as (
    delete from webhooks.dead_letters d using chosen c where d.id = c.id
    returning d.id, d.endpoint_id, d.event_id, d.occurred_at, d.retries
  ), gathered as (
    select array_agg(endpoint_id order by id) as endpoint_ids, array_agg(event_id order by id) as event_ids,
      array_agg(occurred_at order by id) as occurred, array_agg(retries + 1 order by id) as retries, max(id) as last
    from gone
  )
  select case when g.last is null then 0
      else webhooks.enqueue(g.endpoint_ids, g.event_ids, g.occurred, 'resend', g.retries) end, g.last
  from gathered g
$$;

comment on function webhooks.revive_dead_letters(uuid[], bigint, bigint, integer, integer) is
  'Puts at most so many dead letters between two ids back into the queue, the oldest first, of these endpoints or of all;
returns how many, and the last id to go on from. What another transaction puts back at this moment is left to it.';

create or replace function webhooks.retry_failed_webhooks(max_retries integer default 3) returns integer
language plpgsql set search_path = '' as $$
declare
  -- What fails again meanwhile dies with a higher id.
  until bigint := (select max(id) from webhooks.dead_letters);
  after bigint := 0;
  part record;
  total integer := 0;
begin
  while until is not null loop
    select * into part from webhooks.revive_dead_letters(null, after, until, 1000, max_retries);
    exit when part.last is null;
    total := total + part.revived;
    after := part.last;
  end loop;
  return total;
end
$$;

comment on function webhooks.retry_failed_webhooks(integer) is
  'Puts dead letters back into the queue unless they were put back that often already; returns how many.';

create or replace function webhooks.cleanup_webhook_logs(days integer default 30) returns integer
language plpgsql set search_path = '' as $$
declare
  removed integer;
begin
  if days < 0 then
    raise exception 'the number of days must not be negative' using errcode = 'invalid_parameter_value';
  end if;
  delete from webhooks.webhook_logs where attempted_at < now() - make_interval(days => cleanup_webhook_logs.days);
  get diagnostics removed = row_count;
  return removed;
end
$$;

comment on function webhooks.cleanup_webhook_logs(integer) is
  'Deletes attempts older than so many days; returns how many. Whole days go by themselves when the time is over.';

create or replace view webhooks.webhook_stats with (security_invoker = true) as
select r.endpoint_id, r.event_type,
  sum(r.attempts)::bigint as total_sent,
  coalesce(sum(r.attempts) filter (where r.status_class = 'delivered'), 0)::bigint as successful_sent,
  coalesce(sum(r.attempts) filter (where r.status_class <> 'delivered'), 0)::bigint as failed_sent,
  round(100.0 * coalesce(sum(r.attempts) filter (where r.status_class = 'delivered'), 0) / sum(r.attempts), 2)
    as success_rate,
  round((sum(r.total_ms) / sum(r.attempts))::numeric, 1) as average_response_ms,
  round((sum(r.latency_ms) / nullif(sum(r.first_attempts), 0))::numeric, 1) as average_latency_ms,
  min(r.minute) as first_minute,
  max(r.minute) as last_minute
from webhooks.rollups r
group by r.endpoint_id, r.event_type;

comment on view webhooks.webhook_stats is 'Attempts by endpoint and type of event, from figures kept by the minute.';

grant select, insert, update, delete on all tables in schema webhooks to service_role;
grant usage on all sequences in schema webhooks to service_role;
