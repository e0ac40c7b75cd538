-- Prices and refunds, computed by rules that are rows of an application's tables, and frozen into the claim.
--
-- A base price is counted in units: the booking itself, its hours, its days of 24 hours. Seasons and weekdays change
-- the units that begin on their days, by the calendar of the place; a length changes the sum of these, and of the offers
-- that hold at the time the best one wins. Each line is rounded by itself, so the lines always sum to the total.

create or replace function kit.units_of(per text, starts timestamptz, ends timestamptz, grace_minutes integer)
returns integer
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select greatest(1, ceil(
    (extract(epoch from ends - starts) / 60 - coalesce(grace_minutes, 0))
    / case per when 'hour' then 60 when 'day' then 1440 end
  ))::integer
  where per in ('hour', 'day')
  union all
  select 1 where per = 'booking'
$$;

-- Of "NaN" and "Infinity", which PostgreSQL takes for numbers, no price can be made.
create or replace function kit.is_finite_number(value text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select value ~ '^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?$'
$$;

create or replace function kit.refuse_unclear_prices(rules jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  unclear jsonb;
begin
  select rule into unclear from jsonb_array_elements(rules) as rule
  where not kit.is_finite_number(coalesce(rule ->> 'amount', '0'))
    or not kit.is_finite_number(coalesce(rule ->> 'factor', '0'))
    or coalesce(case rule ->> 'kind'
    when 'base' then rule ? 'amount' and rule ->> 'per' in ('booking', 'hour', 'day')
    when 'season' then rule ? 'factor' and rule ? 'first_day' and rule ? 'last_day'
    when 'weekday' then rule ? 'factor' and jsonb_typeof(rule -> 'weekdays') = 'array'
    when 'length' then rule ? 'factor' and rule ? 'min_units'
    when 'offer' then coalesce(rule ->> 'factor', rule ->> 'amount') is not null
  end, false) is not true
  limit 1;
  if found then
    raise invalid_parameter_value using message = format('This is no rule of a price: %s', unclear);
  end if;
end
$$;

-- The units of the base prices, each with the day on which it begins at the place.
create or replace function kit.price_units(rules jsonb, starts timestamptz, ends timestamptz, timezone text)
returns table (rule jsonb, place bigint, amount numeric, begins date)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select base.rule, base.place, (base.rule ->> 'amount')::numeric,
    timezone(price_units.timezone, starts + unit * case base.rule ->> 'per'
      when 'hour' then interval '1 hour' when 'day' then interval '24 hours' else interval '0'
    end)::date
  from jsonb_array_elements(rules) with ordinality as base (rule, place)
  cross join generate_series(
    0, kit.units_of(base.rule ->> 'per', starts, ends, (base.rule ->> 'grace_minutes')::integer) - 1
  ) as unit
  where base.rule ->> 'kind' = 'base'
$$;

create or replace function kit.price_line(rule jsonb, quantity integer, amount numeric) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'rule', rule -> 'id', 'kind', rule ->> 'kind', 'label', rule ->> 'label', 'quantity', quantity, 'amount', amount
  )
$$;

create or replace function kit.quote(
  rules jsonb, starts timestamptz, ends timestamptz, timezone text, currency text,
  digits integer default 2, at timestamptz default now()
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  lines    jsonb;
  subtotal numeric;
  line     jsonb;
begin
  perform kit.refuse_unclear_prices(rules);
  with units as (
    select * from kit.price_units(rules, starts, ends, quote.timezone)
  ), priced as (
    select rule, place, count(*)::integer as quantity, round(sum(amount), digits) as amount, 1 as step
    from units group by rule, place
    union all
    -- Of the seasons, and of the weekdays, the first that fits a unit counts for it.
    select chosen.rule, chosen.place, count(*)::integer, round(sum(u.amount * (chosen.factor - 1)), digits), chosen.step
    from units u
    cross join lateral (
      select distinct on (r.rule ->> 'kind')
        r.rule, r.place, (r.rule ->> 'factor')::numeric as factor,
        case r.rule ->> 'kind' when 'season' then 2 else 3 end as step
      from jsonb_array_elements(rules) with ordinality as r (rule, place)
      where case r.rule ->> 'kind'
        when 'season' then u.begins between (r.rule ->> 'first_day')::date and (r.rule ->> 'last_day')::date
        when 'weekday' then r.rule -> 'weekdays' @> to_jsonb(extract(isodow from u.begins)::integer)
      end
      order by r.rule ->> 'kind', r.place
    ) as chosen
    group by chosen.rule, chosen.place, chosen.step
  )
  select coalesce(jsonb_agg(kit.price_line(rule, quantity, amount) order by step, place), '[]'),
    coalesce(sum(amount), round(0, digits))
  into lines, subtotal
  from priced where step = 1 or amount <> 0;

  line := kit.length_line(rules, coalesce((lines #>> '{0,quantity}')::integer, 0), subtotal, digits);
  if line is not null then
    lines := lines || line;
    subtotal := subtotal + (line ->> 'amount')::numeric;
  end if;
  line := kit.offer_line(rules, subtotal, digits, at);
  if line is not null then
    lines := lines || line;
    subtotal := subtotal + (line ->> 'amount')::numeric;
  end if;
  return jsonb_build_object('currency', currency, 'total', subtotal, 'lines', lines);
end
$$;

-- Hours by the part, and at most a day's price for each day of the place: `terms` are {"id", "hourly", "day", "rules"}, where
-- day may be null. They are kept in the quote, so that a booking that is extended stays at the price at which it was made.
create or replace function kit.quote_hours(
  terms jsonb, starts timestamptz, ends timestamptz, timezone text, currency text, more jsonb default '[]'
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  hours      numeric;
  full_price numeric;
  amount     numeric;
begin
  select sum(part_hours), sum(part_hours * (terms ->> 'hourly')::numeric),
    round(sum(least(part_hours * (terms ->> 'hourly')::numeric, (terms ->> 'day')::numeric)), 2)
  into hours, full_price, amount
  from generate_series(
    date_trunc('day', timezone(quote_hours.timezone, starts)), timezone(quote_hours.timezone, ends), interval '1 day'
  ) as day
  cross join lateral (
    select tstzrange(starts, ends)
      * tstzrange(timezone(quote_hours.timezone, day), timezone(quote_hours.timezone, day + interval '1 day'))
  ) as of_day (part)
  cross join lateral (select extract(epoch from upper(part) - lower(part)) / 3600) as length (part_hours)
  where not isempty(part);
  return kit.quote(
    jsonb_build_array(jsonb_build_object('id', terms -> 'id', 'kind', 'base', 'per', 'booking', 'amount', amount, 'label',
      case when amount < round(full_price, 2) then 'Day price'
        else format('%s h at %s', trim_scale(round(hours, 2)), terms ->> 'hourly') end))
    -- Lengths are said in hours, and the kit counts the booking as one unit.
    || (select coalesce(jsonb_agg(case rule ->> 'kind' when 'length'
        then rule || jsonb_build_object('min_units', (rule ->> 'min_units')::integer - floor(hours)::integer + 1)
        else rule end order by place), '[]')
      from jsonb_array_elements(terms -> 'rules') with ordinality as given (rule, place))
    || more,
    starts, ends, quote_hours.timezone, quote_hours.currency
  ) || jsonb_build_object('terms', terms);
end
$$;

-- The greatest length that is reached counts, in units of the first base price.
create or replace function kit.length_line(rules jsonb, units integer, subtotal numeric, digits integer) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select kit.price_line(rule, 1, round(subtotal * ((rule ->> 'factor')::numeric - 1), digits))
  from jsonb_array_elements(rules) as rule
  where rule ->> 'kind' = 'length' and (rule ->> 'min_units')::integer <= units
  order by (rule ->> 'min_units')::integer desc limit 1
$$;

-- The best offer of those that hold at the time; none takes more off than there is.
create or replace function kit.offer_line(rules jsonb, subtotal numeric, digits integer, at timestamptz) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select kit.price_line(offer.rule, 1, offer.amount)
  from jsonb_array_elements(rules) with ordinality as given (rule, place)
  cross join lateral (
    select given.rule, greatest(-subtotal, round(coalesce(
      subtotal * ((given.rule ->> 'factor')::numeric - 1), -(given.rule ->> 'amount')::numeric
    ), digits)) as amount
  ) as offer
  where given.rule ->> 'kind' = 'offer' and offer.amount < 0
    and at >= coalesce((given.rule ->> 'valid_from')::timestamptz, '-infinity')
    and at < coalesce((given.rule ->> 'valid_until')::timestamptz, 'infinity')
  order by offer.amount, given.place limit 1
$$;

create or replace function kit.quote_adds_up(quote jsonb, total numeric, currency text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select quote is null or (
    (quote ->> 'total')::numeric = total and quote ->> 'currency' = currency
    and total = (
      select coalesce(sum((line ->> 'amount')::numeric), 0) from jsonb_array_elements(quote -> 'lines') as line
    )
  )
$$;

create or replace function kit.quoted(
  target regclass, quote text default 'quote', total text default 'total_price', currency text default 'currency'
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform kit.add_check(
    target, kit.table_name(target) || '_quote_adds_up', format('kit.quote_adds_up(%I, %I, %I)', quote, total, currency)
  );
end
$$;

-- What is paid back of a booking that is given up: by the most generous rule that still holds. A rule holds until some
-- minutes before the start, or until some minutes after the booking was made; without any, nothing is paid back.
create or replace function kit.refund(
  rules jsonb, paid numeric, starts timestamptz, at timestamptz default now(), booked_at timestamptz default null,
  digits integer default 2
) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  with terms as (
    select rule -> 'id' as id, place, least(starts, greatest(
        starts - make_interval(mins => (rule ->> 'minutes_before')::integer),
        booked_at + make_interval(mins => (rule ->> 'minutes_after_booking')::integer)
      )) as until,
      greatest(0, least(paid, round(paid * (rule ->> 'refund_percent')::numeric / 100, digits)
        - coalesce((rule ->> 'fee')::numeric, 0))) as refund
    from jsonb_array_elements(rules) with ordinality as given (rule, place)
  ), chosen as (
    select * from terms where at <= until order by refund desc, place limit 1
  )
  select jsonb_build_object(
    'refund', coalesce((select refund from chosen), round(0, digits)),
    'fee', paid - coalesce((select refund from chosen), 0),
    'rule', (select id from chosen),
    'free_until', (select max(until) from terms where refund = paid)
  )
$$;

-- What cancelling now would mean to both sides. It is `free` before anything was agreed on, say, or when those cancel who
-- serve; what was not paid yet is not paid back.
create or replace function kit.cancellation(
  rules jsonb, amount numeric, currency text, starts timestamptz, paid boolean, free boolean default false
) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object('currency', currency, 'free_until', terms -> 'free_until', 'fee', fee,
    'refund', case when paid then amount - fee else 0 end)
  from kit.refund(rules, amount, starts) as terms,
  lateral (select case when free then 0 else (terms ->> 'fee')::numeric end) as due (fee)
$$;

create or replace function kit.keep_rules_clear() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform kit.refuse_unclear_prices(to_jsonb(new) -> tg_argv[0]);
  return new;
end
$$;

create or replace function kit.price_rules(target regclass, rules text default 'rules') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    'create or replace trigger %I before insert or update of %I on %s for each row execute function kit.keep_rules_clear(%L)',
    kit.table_name(target) || '_keep_rules_clear', rules, target, rules
  );
end
$$;

comment on function kit.price_rules(regclass, text) is 'Lets a column have rules of prices alone. For migrations.';
comment on function kit.quote(jsonb, timestamptz, timestamptz, text, text, integer, timestamptz) is
  'Computes a price by rules, as lines that sum to the total.';
comment on function kit.quote_hours(jsonb, timestamptz, timestamptz, text, text, jsonb) is
  'Computes a price by the hour with a day''s price at most, then by the rules of its terms and some more.';
comment on function kit.quoted(regclass, text, text, text) is
  'Lets a row''s quote sum to its total, in its currency. For migrations.';
comment on function kit.cancellation(jsonb, numeric, text, timestamptz, boolean, boolean) is
  'Says what cancelling now would cost and give back, and until when it costs nothing.';
comment on function kit.refund(jsonb, numeric, timestamptz, timestamptz, timestamptz, integer) is
  'Computes what is paid back of a booking that is given up, and until when that is all of it.';

revoke execute on function
  kit.units_of(text, timestamptz, timestamptz, integer), kit.is_finite_number(text), kit.refuse_unclear_prices(jsonb),
  kit.price_units(jsonb, timestamptz, timestamptz, text), kit.price_line(jsonb, integer, numeric),
  kit.quote(jsonb, timestamptz, timestamptz, text, text, integer, timestamptz),
  kit.quote_hours(jsonb, timestamptz, timestamptz, text, text, jsonb), kit.length_line(jsonb, integer, numeric, integer),
  kit.offer_line(jsonb, numeric, integer, timestamptz),
  kit.quoted(regclass, text, text, text), kit.price_rules(regclass, text), kit.keep_rules_clear(),
  kit.refund(jsonb, numeric, timestamptz, timestamptz, timestamptz, integer),
  kit.cancellation(jsonb, numeric, text, timestamptz, boolean, boolean)
from public;
