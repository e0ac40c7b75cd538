-- A live view names a table, whatever partitions it has.

alter publication millstream_live_views set (publish_via_partition_root = true);
