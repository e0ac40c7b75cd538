-- Messages that a client keeps for replay may say for how long: later they are replayed no more. Days drop them.

alter table realtime.messages add column expires_at timestamp;

comment on column realtime.messages.expires_at is 'When a message is replayed no more (UTC); null means as long as it is kept.';
