-- Millstream's log of webhooks in public, under the names that guides to Make.com use, for whoever has the rights to it.

create or replace function kit.webhook_names() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  create or replace view public.webhook_logs with (security_invoker = true) as select * from webhooks.webhook_logs;
  create or replace view public.webhook_stats with (security_invoker = true) as select * from webhooks.webhook_stats;
  revoke all on public.webhook_logs, public.webhook_stats from public, anon, authenticated, service_role;
  grant select on public.webhook_logs, public.webhook_stats to authenticated, service_role;

  create or replace function public.cleanup_webhook_logs(days integer default 30) returns integer
  language sql set search_path = '' as 'select webhooks.cleanup_webhook_logs(days)';
  create or replace function public.retry_failed_webhooks(max_retries integer default 3) returns integer
  language sql set search_path = '' as 'select webhooks.retry_failed_webhooks(max_retries)';
  create or replace function public.manually_trigger_webhook(table_name text, row_id text) returns boolean
  language sql set search_path = '' as 'select webhooks.manually_trigger_webhook(table_name, row_id)';
  perform kit.callable('{cleanup_webhook_logs,retry_failed_webhooks,manually_trigger_webhook}', '{service_role}');
end
$$;

comment on function kit.webhook_names() is
  'Makes the views webhook_logs and webhook_stats and the functions of the guide in public. For migrations.';

revoke execute on function kit.webhook_names() from public;
