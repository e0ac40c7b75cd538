-- What the server itself tells a connection, such as that a right has ended, is nobody else's to say.

alter table rooms.messages add constraint messages_event_is_not_the_servers
  check (event not in ('join', 'leave', 'token', 'call', 'rooms:closed', 'rooms:left')) not valid;
