"""A live view of how the webhooks of an organisation fare, for its owners and managers."""

from __future__ import annotations

from uuid import UUID

from millstream.app import LiveView, reads

WEBHOOK_FIGURES = LiveView(
    name="webhook_figures",
    parameters={"organisation_id": UUID},
    query="""
      with sent as (
        select sum(r.attempts) as total, sum(r.attempts) filter (where r.status_class = 'delivered') as delivered,
          sum(r.total_ms) as spent, sum(r.latency_ms) as waited, sum(r.first_attempts) as firsts
        from webhooks.endpoints as p join webhooks.rollups as r on r.endpoint_id = p.id
        where p.organisation_id = %(organisation_id)s and r.minute > now() - interval '1 day'
      )
      select coalesce(total, 0) as total_sent, coalesce(delivered, 0) as successful_sent,
        round(100.0 * delivered / nullif(total, 0), 1) as success_rate,
        round((spent / nullif(total, 0))::numeric, 0) as average_response_ms,
        round((waited / nullif(firsts, 0))::numeric, 0) as average_latency_ms,
        (select count(*) from webhooks.dead_letters as d join webhooks.endpoints as p on p.id = d.endpoint_id
          where p.organisation_id = %(organisation_id)s) as dead,
        (select count(*) from webhooks.deliveries as d join webhooks.endpoints as p on p.id = d.endpoint_id
          where p.organisation_id = %(organisation_id)s) as due
      from sent
    """,
    may_watch="auth.member_of(%(organisation_id)s, array['owner', 'manager'])",
    reads=[reads("webhooks.rollups"), reads("webhooks.dead_letters")],
    rights=[reads("auth.memberships", organisation_id="organisation_id")],
)
