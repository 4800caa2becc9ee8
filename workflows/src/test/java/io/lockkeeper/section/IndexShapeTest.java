package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The right side of each pair is what pg_get_indexdef of PostgreSQL 15 prints for the left. */
class IndexShapeTest {

  private static IndexShape shape(String rest) {
    return StatementReader.readDefinition("CREATE INDEX i ON t " + rest).shape();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE INDEX CONCURRENTLY idx_stocks_sector_market_cap ON stocks (sector, market_cap"
            + " DESC) | CREATE INDEX idx_stocks_sector_market_cap ON public.stocks USING btree"
            + " (sector, market_cap DESC)",
        "create unique index concurrently I on T (A) | CREATE UNIQUE INDEX i ON public.t USING"
            + " btree (a)",
      })
  void writtenStatement_isTheIndexThatTheCatalogShows(String written, String printed) {
    Meaning.CreateIndex left = StatementReader.readDefinition(written);
    Meaning.CreateIndex right = StatementReader.readDefinition(printed);

    assertThat(left.shape()).isEqualTo(right.shape());
    assertThat(left.name()).isEqualTo(right.name());
    assertThat(left.unique()).isEqualTo(right.unique());
    assertThat(left.table().name()).isEqualTo(right.table().name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(a)                            | USING btree (a)",
        "(a ASC, b)                     | USING btree (a, b)",
        "(a ASC NULLS LAST)             | USING btree (a)",
        "(a NULLS LAST)                 | USING btree (a)",
        "(a ASC NULLS FIRST)            | USING btree (a NULLS FIRST)",
        "(a DESC NULLS FIRST)           | USING btree (a DESC)",
        "(a DESC NULLS LAST)            | USING btree (a DESC NULLS LAST)",
        "(\"a\")                        | USING btree (a)",
        "(\"userId\")                   | USING btree (\"userId\")",
        "(lower(name))                  | USING btree (lower(name))",
        "(lower(name) DESC)             | USING btree (lower((name)::text) DESC)",
        "((a + b))                      | USING btree (((a + b)))",
        "((data->>'k'))                 | USING btree (((data ->> 'k'::text)))",
        "(name text_pattern_ops)        | USING btree (name text_pattern_ops)",
        "(name COLLATE \"C\" DESC)      | USING btree (name COLLATE \"C\" DESC)",
        "USING gin (data jsonb_path_ops) | USING gin (data jsonb_path_ops)",
        "USING GIN (tags)               | USING gin (tags)",
        "(a) INCLUDE (b, c)             | USING btree (a) INCLUDE (b, c)",
        "(a) NULLS NOT DISTINCT         | USING btree (a) NULLS NOT DISTINCT",
        "(a) NULLS DISTINCT             | USING btree (a)",
        "(a) WITH (fillfactor = 70)     | USING btree (a) WITH (fillfactor='70')",
        "(a) TABLESPACE fast            | USING btree (a)",
        "(a) WHERE status = 'open'      | USING btree (a) WHERE (status = 'open'::text)",
        "(a) WHERE status = 'open'      | USING btree (a) WHERE ((status)::text = 'open'::text)",
        "(a) WHERE active               | USING btree (a) WHERE active",
        "(a) WHERE deleted_at IS NULL   | USING btree (a) WHERE (deleted_at IS NULL)",
        "(a) WHERE b > 5 AND c IS NOT NULL | USING btree (a) WHERE ((b > 5) AND (c IS NOT NULL))",
        "(a) WHERE d > '2026-01-01'     | USING btree (a) WHERE (d > '2026-01-01'::date)",
        "(a) WHERE at > '2026-01-01 00:00:00' AND b > 1 | USING btree (a) WHERE ((at >"
            + " '2026-01-01 00:00:00'::timestamp without time zone) AND (b > 1))",
        "(a) WHERE NOT active           | USING btree (a) WHERE (NOT active)",
        "(a) WHERE amount::int > 5      | USING btree (a) WHERE ((amount)::integer > 5)",
        "(a) WHERE amount > 0           | USING btree (a) WHERE (amount > (0)::numeric)",
        "(a) WHERE status = ANY (ARRAY['a', 'b']) | USING btree (a) WHERE (status = ANY"
            + " (ARRAY['a'::text, 'b'::text]))",
        "(a) WHERE k = '{a}'::text[]    | USING btree (a) WHERE (k = '{a}'::text[])",
      })
  void whatAPersonWrites_equalsWhatTheServerPrints(String written, String printed) {
    assertThat(shape(written)).isEqualTo(shape(printed));
  }

  /** The safe direction: it stops for a person instead of taking a stranger's index for ours. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(a) WHERE b IN (1, 2)         | USING btree (a) WHERE (b = ANY (ARRAY[1, 2]))",
        "(a) WHERE b BETWEEN 1 AND 2   | USING btree (a) WHERE ((b >= 1) AND (b <= 2))",
        "(a) WHERE status != 'open'    | USING btree (a) WHERE (status <> 'open'::text)",
        "(a) WHERE status LIKE 'a%'    | USING btree (a) WHERE (status ~~ 'a%'::text)",
        "(a) WHERE b = -1              | USING btree (a) WHERE (b = '-1'::integer)",
        "(a int4_ops)                  | USING btree (a)",
      })
  void whatTheServerWritesInOtherWords_isNotRecognised(String written, String printed) {
    assertThat(shape(written)).isNotEqualTo(shape(printed));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(a)                       | (b)",
        "(a)                       | (a, b)",
        "(a, b)                    | (b, a)",
        "(a)                       | (a DESC)",
        "(a DESC)                  | (a DESC NULLS LAST)",
        "(a)                       | (a NULLS FIRST)",
        "(a)                       | USING hash (a)",
        "(a)                       | (lower(a))",
        "(lower(a))                | (upper(a))",
        "(a)                       | (\"A\")",
        "(a)                       | (a text_pattern_ops)",
        "(a)                       | (a COLLATE \"C\")",
        "(a) INCLUDE (b)           | (a)",
        "(a) INCLUDE (b)           | (a) INCLUDE (c)",
        "(a) NULLS NOT DISTINCT    | (a)",
        "(a) WHERE b               | (a)",
        "(a) WHERE b = 'open'      | (a) WHERE b = 'closed'",
        "(a) WHERE b = 'open'      | (a) WHERE b = 'Open'",
        "((data->>'k'))            | ((data->>'K'))",
        "(a) WHERE b > 5           | (a) WHERE b > 6",
        "(a) WHERE b > 5           | (a) WHERE b >= 5",
        "(a) WHERE b IS NULL       | (a) WHERE b IS NOT NULL",
        "(a) WHERE b AND c         | (a) WHERE b OR c",
      })
  void differentIndexes_differ(String left, String right) {
    assertThat(shape(left)).isNotEqualTo(shape(right));
  }
}
