"""The requests that are measured, and the tables that they ask."""

from __future__ import annotations

from dataclasses import dataclass

KEY = "10000000"
SCHEMA = """
create table customers (id int primary key, owner text not null, name text not null);
create table orders (id int primary key, owner text not null, customer_id int not null references customers,
  placed_at timestamptz not null default now(), status text not null, total numeric(10, 2) not null);
create index orders_of_owner on orders (owner);
create table notes (id bigint generated always as identity primary key, owner text not null, text text not null);
alter table orders enable row level security;
alter table notes enable row level security;
create policy own_orders on orders to authenticated using (owner = (select auth.uid()::text));
create policy own_notes on notes to authenticated using (owner = (select auth.uid()::text));
create policy new_notes on notes for insert to authenticated with check (owner = (select auth.uid()::text));
create function order_total(of_status text) returns numeric language sql stable
  as 'select sum(total) from orders where status = of_status';
grant select on customers to authenticated;
grant select on orders to authenticated;
grant select, insert on notes to authenticated;
grant update on customers to authenticated;
insert into customers select n, 'somebody', 'Customer ' || n from generate_series(10000000, 10009999) n;
insert into orders select n, case when n < 20 then '{user}' else 'user-' || n % 1000 end, 10000000 + n % 10000, now(),
  'open', n % 100 from generate_series(0, 50000) n;
analyze
"""


@dataclass(frozen=True)
class Case:
    """A request; `@@@@@@@@` in its target is a key that differs each time."""

    name: str
    method: str
    target: str
    body: str = ""
    prefer: str = ""

    def headers(self, token: str) -> dict[str, str]:
        headers = {"host": "127.0.0.1", "accept": "*/*", "authorization": f"Bearer {token}"}
        if self.body:
            headers |= {"content-type": "application/json", "content-length": str(len(self.body))}
        return headers | ({"prefer": self.prefer} if self.prefer else {})

    def raw(self, token: str, target: str) -> bytes:
        """Return the request as bytes, sent to a server at `target`."""
        lines = [
            f"{self.method} {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in self.headers(token).items()),
        ]
        return "\r\n".join([*lines, "", self.body]).encode()


def cases_of(user: str) -> list[Case]:
    """Return the cases; `user` is who asks."""
    return [
        Case("20 rows under RLS", "GET", "/orders?select=id,customer_id,placed_at,status,total&order=id&limit=20"),
        Case("one row by key", "GET", "/customers?select=*&id=eq.@@@@@@@@"),
        Case("embed", "GET", "/orders?select=id,total,customers(id,name)&order=id&limit=20"),
        Case("insert", "POST", "/notes", f'{{"owner":"{user}","text":"a note"}}', "return=minimal"),
        Case("update", "PATCH", "/customers?id=eq.@@@@@@@@", '{"name":"renamed"}', "return=minimal"),
        Case("function", "GET", "/rpc/order_total?of_status=open"),
    ]
