-- The log tells of the tables that live views read, whatever a project makes of its own publication. The server keeps
-- the list: what the application declares.

create publication millstream_live_views;
