package io.lockkeeper.deploy.benchmark;

/** What is done to the table while it is held and used. */
enum Act {
  ADD_COLUMN(
      "ALTER TABLE orders ADD COLUMN note text",
      "ALTER TABLE orders DROP COLUMN IF EXISTS note",
      "SELECT 1 FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'note'"
          + " AND NOT attisdropped"),
  DROP_INDEX(
      "DROP INDEX orders_state",
      "CREATE INDEX IF NOT EXISTS orders_state ON orders (state, amount)",
      "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_class WHERE relname = 'orders_state')"),
  ENABLE_ROW_SECURITY(
      "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
      "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
      "SELECT 1 FROM pg_class WHERE oid = 'orders'::regclass AND relrowsecurity"),
  CREATE_POLICY(
      "CREATE POLICY orders_more ON orders FOR SELECT USING (amount >= 0)",
      "DROP POLICY IF EXISTS orders_more ON orders",
      "SELECT 1 FROM pg_policy WHERE polname = 'orders_more'"),
  CONCURRENT_BUILD(
      "CREATE INDEX CONCURRENTLY orders_amount ON orders (amount)",
      "DROP INDEX IF EXISTS orders_amount",
      "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('orders_amount') AND indisvalid");

  private final String sql;
  private final String undo;
  private final String done;

  Act(String sql, String undo, String done) {
    this.sql = sql;
    this.undo = undo;
    this.done = done;
  }

  String sql() {
    return sql;
  }

  /** Harmless where it was not done. */
  String undo() {
    return undo;
  }

  /** One row once it is in place; reads catalogs alone, for which nobody waits. */
  String done() {
    return done;
  }

  String words() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
