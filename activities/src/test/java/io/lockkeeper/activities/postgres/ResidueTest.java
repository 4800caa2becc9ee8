package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a rollback left is planted by statements, taken back with their transaction. */
class ResidueTest {
  private static final String SCHEMA =
      """
      CREATE SCHEMA shop;
      CREATE TABLE contacts (id int PRIMARY KEY, name text DEFAULT 'x', note text, old text NOT NULL,
        CONSTRAINT named CHECK (note <> ''));
      CREATE TABLE shop.contacts (id int);
      CREATE TABLE other (id int);
      """;

  @AutoClose private static final Database DATABASE = Server.fresh();
  private static Fingerprint before = new Fingerprint(List.of());

  private final Connection connection = DATABASE.session("postgres", "residue");

  @BeforeAll
  static void plant() throws SQLException {
    DATABASE.asSuperuser(SCHEMA);
    before = DATABASE.target().read(Fingerprint::of);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private Residue.Found found(String left, List<String> declared) throws SQLException {
    connection.setAutoCommit(false);
    try {
      Rows.execute(connection, left);
      Rows.execute(connection, "SET LOCAL search_path = ''");
      return new Residue(declared).of(before, Fingerprint.read(connection));
    } finally {
      connection.rollback();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ALTER TABLE contacts ADD COLUMN flag bool | contacts.flag",
        "ALTER TABLE contacts ADD COLUMN flag bool NOT NULL DEFAULT true | contacts.flag",
        "ALTER TABLE contacts ADD COLUMN flag bool | public.contacts.flag",
        "ALTER TABLE shop.contacts ADD COLUMN flag bool | shop.contacts.flag",
        "ALTER TABLE contacts ADD COLUMN \"order\" int | contacts.order",
        "ALTER TABLE contacts ADD COLUMN score int CHECK (score > length('id, note')) |"
            + " contacts.score",
        "ALTER TABLE contacts ADD COLUMN score int UNIQUE | contacts.score",
        "ALTER TABLE contacts ADD COLUMN owner int REFERENCES contacts (id) | contacts.owner",
        "ALTER TABLE contacts ADD COLUMN n serial | contacts.n",
        "ALTER TABLE contacts ADD COLUMN n int GENERATED ALWAYS AS IDENTITY | contacts.n",
        "ALTER TABLE contacts ALTER COLUMN name SET DEFAULT 'y' | contacts.name",
        "ALTER TABLE contacts ADD CONSTRAINT named_too CHECK (id > 0 OR note IS NULL) |"
            + " contacts.named_too",
        "CREATE INDEX idx_name ON contacts (name) | idx_name",
        "CREATE INDEX idx_name ON contacts (name) | public.idx_name",
        "CREATE TABLE kept (id serial PRIMARY KEY, note text CHECK (note <> 'a')) | kept",
        "CREATE TABLE shop.kept (id serial PRIMARY KEY); CREATE INDEX ON shop.kept (id) | shop.kept",
        "CREATE VIEW kept AS SELECT 1 AS one | kept",
        "CREATE FUNCTION kept(n int) RETURNS int LANGUAGE sql AS 'SELECT n' | kept",
        "CREATE TYPE kept AS ENUM ('a') | kept",
        "CREATE SEQUENCE kept | kept",
        "ALTER TABLE contacts ADD COLUMN flag bool; CREATE TABLE kept (id int) | contacts.flag kept",
      })
  void whatIsDeclared_isExplained(String left, String declared) throws SQLException {
    List<String> names = List.of(declared.split(" "));

    Residue.Found found = found(left, names);

    assertThat(found.undeclared()).isEmpty();
    assertThat(found.declared()).isNotEmpty();
    assertThat(found.names()).isEqualTo(names);
  }

  /** Each leaves more than is declared, or something else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ALTER TABLE contacts ADD COLUMN flag2 bool | contacts.flag | + column public.contacts.flag2",
        "ALTER TABLE other ADD COLUMN flag bool | contacts.flag | + column public.other.flag",
        "ALTER TABLE shop.contacts ADD COLUMN flag bool | contacts.flag | + column"
            + " shop.contacts.flag",
        "ALTER TABLE contacts ADD COLUMN flag bool | contacts | + column public.contacts.flag",
        "ALTER TABLE contacts ADD COLUMN flag bool, ADD CHECK (flag OR id > 0) | contacts.flag |"
            + " + constraint public.contacts.contacts_check",
        "ALTER TABLE contacts ADD COLUMN flag bool; CREATE INDEX idx_flag ON contacts (flag) |"
            + " contacts.flag | + index public.idx_flag",
        "ALTER TABLE contacts DROP COLUMN old | contacts.old | - column public.contacts.old",
        "ALTER TABLE contacts DROP CONSTRAINT named | contacts.note | - constraint"
            + " public.contacts.named",
        "ALTER TABLE contacts ADD COLUMN flag bool; COMMENT ON TABLE contacts IS 'flag' |"
            + " contacts.flag | + relation public.contacts",
        "CREATE INDEX idx_name2 ON contacts (name) | idx_name | + index public.idx_name2",
        "CREATE TABLE shop.kept (id int) | kept | + relation shop.kept",
        "CREATE TABLE other2 (id int); CREATE TABLE kept (id int) | kept | + relation"
            + " public.other2",
        "DROP TABLE other | other | - relation public.other",
      })
  void whatIsNotDeclared_isNot(String left, String declared, String expected) throws SQLException {
    Residue.Found found = found(left, List.of(declared));

    assertThat(found.undeclared()).anyMatch(difference -> difference.startsWith(expected + " "));
  }

  @Test
  void nothingLeft_explainsNothing() throws SQLException {
    assertThat(found("SELECT 1", List.of("contacts.flag")))
        .isEqualTo(new Residue.Found(List.of(), List.of(), List.of()));
  }
}
