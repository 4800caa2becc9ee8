package io.lockkeeper.lint;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import java.util.Locale;
import java.util.Optional;

/**
 * What can go wrong with a statement, in the words of those who have to live with it. Each has a
 * page in {@code deploy/docs/checks} whose examples are its test.
 */
public enum Hazard {
  // Indexes
  PLAIN_INDEX_BUILD(
      Severity.WARNING,
      "Every INSERT, UPDATE and DELETE on the table waits until the index is built: seconds to"
          + " hours, with the rows.",
      "Build it CONCURRENTLY: nobody waits, it takes about twice as long."),
  IF_NOT_EXISTS(
      Severity.ERROR,
      "A build that failed leaves an INVALID index behind; the next run passes over it and reports"
          + " success, while every write goes on paying for an index that no query uses.",
      "Leave IF NOT EXISTS out: the ledger makes running again safe, and looks whether the index is"
          + " valid."),
  MOVING_PREDICATE(
      Severity.ERROR,
      "The server refuses the index when the section runs, after sign-off and backup.",
      "Compare with a constant, or with a column that the application keeps."),
  INDEX_WITHOUT_NAME(
      Severity.ERROR,
      "After a crash nobody can tell which index was the one being built.",
      "Write CREATE INDEX CONCURRENTLY NAME ON …"),
  PARTITIONED_BUILD(
      Severity.ERROR,
      "The server refuses a concurrent build on a partitioned table (SQLSTATE 0A000).",
      "Make the index ON ONLY the parent, build one CONCURRENTLY on each partition, and attach"
          + " them: the parent's becomes valid with the last."),
  UNIQUE_BUILD(
      Severity.NOTE,
      "Two equal rows, also one that is written while the build runs, fail it at its very end and"
          + " leave an INVALID index that already refuses new duplicates.",
      "Look for duplicates before, as a precheck; what is left is dropped by Lockkeeper."),
  PLAIN_INDEX_DROP(
      Severity.WARNING,
      "It waits for every query on the table that runs, and all new ones wait behind it; queries"
          + " that used the index become slow at once.",
      "Drop it CONCURRENTLY."),
  DROP_ONE_BY_ONE(
      Severity.ERROR,
      "The server refuses the statement when the section runs.",
      "Write a statement for each index."),
  DROP_CASCADE(
      Severity.ERROR,
      "The server refuses the statement when the section runs.",
      "Drop what depends on the index first."),
  PLAIN_REINDEX(
      Severity.WARNING,
      "Writes on the table wait until the index is built anew, and so do reads that would use it.",
      "REINDEX … CONCURRENTLY (PostgreSQL 12 and later)."),

  // Constraints
  NOT_NULL_SCAN(
      Severity.WARNING,
      "The whole table is read under a lock that lets nobody read or write: about a second for each"
          + " few million rows.",
      "Add a CHECK as NOT VALID, validate it in a section of its own, then SET NOT NULL, which"
          + " needs no scan (PostgreSQL 12 and later)."),
  FOREIGN_KEY_SCAN(
      Severity.WARNING,
      "All rows of the table are looked up in the other one, while writes on both tables wait.",
      "Add it NOT VALID, which takes a moment, and validate it in a section of its own, which stops"
          + " nobody."),
  CHECK_SCAN(
      Severity.WARNING,
      "The whole table is read under a lock that lets nobody read or write.",
      "Add it NOT VALID, which takes a moment, and validate it in a section of its own, which stops"
          + " nobody."),
  VALIDATE_TOO_SOON(
      Severity.WARNING,
      "Both commit together, so the lock that adding the constraint takes is held for the whole"
          + " scan: NOT VALID gains nothing.",
      "Put VALIDATE CONSTRAINT into a section of its own."),
  KEY_BUILD(
      Severity.WARNING,
      "The constraint's index is built under a lock that lets nobody read or write.",
      "Build a unique index CONCURRENTLY, then add the constraint USING INDEX, which takes a"
          + " moment."),

  // Columns and tables
  VOLATILE_DEFAULT(
      Severity.WARNING,
      "Every row gets a value of its own, so the whole table and its indexes are written anew under"
          + " a lock that lets nobody read or write, and need twice the space.",
      "Add the column without it, set the default for new rows, fill the old ones in batches."),
  REQUIRED_COLUMN(
      Severity.WARNING,
      "It fails where the table has rows, and it breaks every INSERT that does not name the column.",
      "Give it a constant DEFAULT, or add it without NOT NULL, fill it, and prove it later."),
  COLUMN_CONSTRAINT(
      Severity.WARNING,
      "The table is read, or an index is built, under the lock of ALTER TABLE, which lets nobody"
          + " read or write.",
      "Add the column alone, then the constraint as NOT VALID, or USING an index that was built"
          + " CONCURRENTLY."),
  TYPE_CHANGE(
      Severity.WARNING,
      "The table and its indexes are written anew under a lock that lets nobody read or write,"
          + " unless the old values are the new ones byte by byte (varchar to text, a longer"
          + " varchar).",
      "Add a column of the new type, write both, fill it in batches, let the application change"
          + " over, drop the old one in a later change."),
  TABLE_REWRITE(
      Severity.WARNING,
      "The whole table is written anew under a lock that lets nobody read or write, and needs twice"
          + " the space.",
      "Do it in a window where nobody needs the table, or make a new table and change over."),
  DROP_COLUMN(
      Severity.WARNING,
      "Every query that names the column fails from then on, in the application that still runs;"
          + " its values are gone.",
      "Expand and contract: let the application stop using it first, drop it in a later change."),
  DROP_TABLE(
      Severity.WARNING,
      "Every query on it fails from then on, in the application that still runs; its rows are gone.",
      "Let the application stop using it first; rename it, and drop it in a later change."),
  RENAME(
      Severity.WARNING,
      "The application that still runs asks for the old name, and the new one for the new name: one"
          + " of them fails until both are changed.",
      "Expand and contract: a view, or a second column that both write, until nobody uses the old"
          + " name."),
  CASCADE(
      Severity.WARNING,
      "What depends on it goes too: views, foreign keys, functions that nobody named and nothing"
          + " brings back.",
      "Name what goes, each with its own way back."),
  PLAIN_DETACH(
      Severity.WARNING,
      "Queries on the whole partitioned table wait for it, and it waits for those that run.",
      "DETACH PARTITION … CONCURRENTLY (PostgreSQL 14 and later), in a section of its own."),
  ATTACH_SCAN(
      Severity.WARNING,
      "All rows of the new partition are read while nobody can use it.",
      "Give it a CHECK with the partition's bounds before and validate it; then nothing is read."),
  SMALL_KEY(
      Severity.NOTE,
      "After 2,147,483,647 values every INSERT fails, and changing the type then writes the table"
          + " anew.",
      "Use bigint."),
  JSON_COLUMN(
      Severity.NOTE,
      "json has no equality: SELECT DISTINCT, UNION and GROUP BY over the row fail.",
      "Use jsonb."),
  QUOTED_CASE(
      Severity.NOTE,
      "The name must be quoted wherever it is used, for ever; without quotes it is another name.",
      "Use lower case."),

  // Rows and locks
  TRUNCATE(
      Severity.WARNING,
      "All rows are gone at once, nobody can read the table until it commits, and older snapshots"
          + " then see it empty.",
      "Delete in batches (batches: true), or make sure by a precheck that it may be empty."),
  ALL_ROWS(
      Severity.WARNING,
      "Every row is written in one transaction: each stays locked until it ends, the table grows to"
          + " twice its size, replicas fall behind.",
      "Choose rows with WHERE, and let the section run in batches (batches: true)."),
  LOCK_TABLE(
      Severity.WARNING,
      "The lock is held until the unit commits; who needs the table waits, and all who come later"
          + " wait behind.",
      "Leave it out: each statement takes the lock that it needs, and Lockkeeper takes it without"
          + " making anybody queue."),
  LOCK_ORDER(
      Severity.WARNING,
      "Locks on several tables are held together until all is done: who needs any of them waits for"
          + " all of it, and who takes the same ones in another order may deadlock with it.",
      "Give each table a section of its own."),
  PLAIN_REFRESH(
      Severity.WARNING,
      "Nobody can read the view until it is filled again.",
      "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view."),
  CLUSTER(
      Severity.WARNING,
      "The table is written anew under a lock that lets nobody read or write, and needs twice the"
          + " space.",
      "Do without it, or do it in a window where nobody needs the table."),
  VACUUM_FULL(
      Severity.ERROR,
      "The table is written anew under a lock that lets nobody read or write, for as long as that"
          + " takes, with no way to give way in between.",
      "VACUUM gives space back to the table; for giving it back to the disk, copy the rows into a"
          + " new table in batches."),

  // What cannot be seen through
  DO_BLOCK(
      Severity.WARNING,
      "Nobody can tell before what it locks and changes: neither plan, nor guard, nor the way back.",
      "Write the statements themselves."),
  LONG_QUERY(
      Severity.ERROR,
      "Its snapshot stays for as long as it runs, and a concurrent build waits for the end of every"
          + " older snapshot: the section stands still until its budget is over.",
      "Leave it out: Lockkeeper samples by itself, in short transactions; limits go into guard and"
          + " health."),
  SLEEP(
      Severity.WARNING,
      "It holds its snapshot and its locks while it does nothing; VACUUM cannot clean up behind it.",
      "Use pace between sections, or a limit that must hold."),
  SESSION_SETTING(
      Severity.WARNING,
      "It stays for the sections that follow on this session, and is gone where another attempt goes"
          + " on.",
      "SET LOCAL, which ends with its transaction; or settings of measures in change.yaml."),
  ENUM_VALUE(
      Severity.NOTE,
      "A value of an enum can never be taken out again; applications that do not know it fail when"
          + " they read it.",
      "Let the application know the value before anything writes it."),

  // Rights
  SECURITY_DEFINER(
      Severity.NOTE,
      "Whoever may call it acts with its owner's rights, past row-level security.",
      "Let somebody who knows the rights read it; revoke EXECUTE from PUBLIC."),
  DEFINER_SEARCH_PATH(
      Severity.WARNING,
      "Whoever calls it chooses the search path, and with it which tables and functions it uses with"
          + " its owner's rights.",
      "SET search_path in the function, with the schemas that it needs and pg_temp last."),
  RLS_WITHOUT_POLICY(
      Severity.WARNING,
      "From the commit on everybody but the owner sees no row at all, until a policy is made.",
      "Make the policies before, in the same section."),
  POLICY_WITHOUT_RLS(
      Severity.WARNING,
      "The policy stands there and binds nobody: every row is visible.",
      "ENABLE ROW LEVEL SECURITY on the table."),
  BYPASS_RLS(
      Severity.WARNING,
      "No policy binds the role any more: it sees and changes the rows of everybody, and what a"
          + " probe sees as that role proves nothing.",
      "Give the role a policy of its own."),
  COPY_PROGRAM(
      Severity.WARNING,
      "It runs a program on the database's server, with the server's rights; nothing takes back what"
          + " that did.",
      "Carry the data in a file of the bundle, or run the program as a command of the environment."),
  ALTER_SYSTEM(
      Severity.ERROR,
      "It changes the whole server, for every database, past a transaction; after a crash nobody can"
          + " tell whether it did.",
      "Do it by hand before, or use settings of measures for our own session."),
  DROP_DATABASE(
      Severity.ERROR,
      "A whole database is gone, with the ledger that would know a way back.",
      "Do it by hand, when nobody needs it any more."),
  NOT_IN_A_SECTION(
      Severity.ERROR,
      "It acts past the transaction or on the whole server, so that nobody can tell after a crash"
          + " what became of it.",
      "Do it by hand before the promotion, or write what it does as statements."),
  TRANSACTION_CONTROL(
      Severity.ERROR,
      "It would commit in the middle of a unit: the ledger would tell of something that is only half"
          + " there.",
      "Leave it out; what must commit apart goes into a section of its own."),

  // How a file is written
  META_COMMAND(
      Severity.ERROR,
      "Only psql understands it; the server would refuse the statement.",
      "Write what it does as SQL; a bundle's files are applied in the order of their names."),
  COPY_FROM_STDIN(
      Severity.ERROR,
      "The data stands in the script, where only psql finds it.",
      "Write INSERT statements."),
  CUT_BY_YAML(
      Severity.ERROR,
      "YAML ends the text before its author did, so that another query runs than was written.",
      "Quote the text, write it below sql: |, or put it into a file of the bundle and name that."),
  WRONG_WAY_ROUND(
      Severity.ERROR,
      "The limit says the opposite of what it should: it stops when all is well and lets pass what"
          + " is not.",
      "precheck, guard, health and expect say what must hold; rollback_if says what must not."),

  // The way back
  NO_WAY_BACK(
      Severity.ERROR,
      "If the change must be taken back, this stays, and nobody was asked whether it may.",
      "Write the script that takes the section back, or say keep or forward_only."),
  EMPTY_WAY_BACK(
      Severity.ERROR,
      "A rollback would run nothing and report success.",
      "Write the script, or remove the file."),
  WAY_BACK_HALF_WAY(
      Severity.ERROR,
      "A rollback of a section that stopped half-way fails at what is not there, and leaves the"
          + " rest.",
      "Write IF EXISTS, or give each unit a section of its own."),
  WAY_BACK_LEAVES(
      Severity.WARNING,
      "After a rollback it is still there, the fingerprint is not the one from before, and the"
          + " rollback stands still until somebody decides about it.",
      "Take it back in the script too, or say rollback: {A: {leaves: […]}}; without a script the"
          + " way back of the statement itself takes it back."),
  NOT_A_BATCH(
      Severity.ERROR,
      "The section would never end, or end without having done its work.",
      "One statement that chooses rows which are not done yet, and changes them.");

  private final Severity severity;
  private final String what;
  private final String safeWay;

  Hazard(Severity severity, String what, String safeWay) {
    this.severity = severity;
    this.what = what;
    this.safeWay = safeWay;
  }

  /** {@code plain-index-build}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The usual one. */
  public Severity severity() {
    return severity;
  }

  public static Optional<Hazard> of(String code) {
    for (Hazard hazard : values()) {
      if (hazard.code().equals(code)) {
        return Optional.of(hazard);
      }
    }
    return Optional.empty();
  }

  /** A finding of the usual severity. */
  public Finding found(String file, int line, int column, String message, Optional<String> fix) {
    return found(severity, file, line, column, message, fix);
  }

  public Finding found(
      Severity severe, String file, int line, int column, String message, Optional<String> fix) {
    return new Finding(
        code(), severe, file, line, column, message, Optional.of(what), Optional.of(safeWay), fix);
  }

  /** The same finding with its hazard, where its code has one and does not tell it yet. */
  public static Finding explain(Finding finding) {
    Optional<Hazard> hazard = finding.hazard().isEmpty() ? of(finding.code()) : Optional.empty();
    return hazard
        .map(
            known ->
                known.found(
                    finding.severity(),
                    finding.file(),
                    finding.line(),
                    finding.column(),
                    finding.message(),
                    finding.fix()))
        .orElse(finding);
  }
}
