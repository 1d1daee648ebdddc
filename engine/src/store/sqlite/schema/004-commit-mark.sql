-- The newest transaction that a process flushes by itself once it is committed: what a reader sees may be given out when it
-- is on disk.
CREATE TABLE commit_mark (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  writer TEXT NOT NULL,
  number INTEGER NOT NULL
) STRICT;
