-- Measures on the target itself: found is absent where nothing was set, and the lease is renewed while
-- they are in force. Who is past it is put back by any worker of the environment. A row of kind session
-- is as before: its session's end puts it back.
ALTER TABLE lockkeeper.measure
  ALTER COLUMN found DROP NOT NULL,
  ADD COLUMN kind text NOT NULL DEFAULT 'session',
  ADD COLUMN object text NOT NULL DEFAULT '',
  ADD COLUMN valid_until timestamptz,
  ADD COLUMN put_back_by text CHECK (put_back_by IN ('step', 'lapse')),
  ADD COLUMN settled_at timestamptz;
