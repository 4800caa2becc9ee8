package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The change of the contacts document, taken back and applied again. */
class ContactsWayBackTest {
  @AutoClose private final Database database = Server.fresh();

  private Fingerprint fingerprint() throws SQLException {
    return new TargetLedger(database.target()).fingerprint();
  }

  /** Policy, indexes, function, then defaults and NOT NULL: each needs what stands below it. */
  @Test
  @Tag("C53")
  void contactsChange_isTakenBackInTheOrderOfItsDocument() throws SQLException {
    database.sql(
        """
        CREATE TABLE contacts (id int PRIMARY KEY, organization_id int, email text);
        INSERT INTO contacts SELECT n, n % 7, 'x' FROM generate_series(1, 100) n;
        ALTER TABLE contacts ENABLE ROW LEVEL SECURITY
        """);
    Engine contacts = Engine.granted(database, "contacts-1");
    Fingerprint before = fingerprint();
    applyContacts(contacts);

    for (String section :
        List.of("50_analyze", "40_policy", "30_indexes", "20_function", "10_columns")) {
      StepResult reverted = contacts.revert(section);
      assertThat(reverted.verdict()).as(reverted.sentence()).isEqualTo(Verdict.PASS);
    }

    assertThat(
            database.list(
                "SELECT section FROM lockkeeper.unit WHERE promotion = 'contacts-1'"
                    + " AND cardinality(inverse) > 0 GROUP BY section ORDER BY min(reverted_at)"))
        .containsExactly("40_policy", "30_indexes", "20_function", "10_columns");
    assertThat(fingerprint().differences(before))
        .containsExactly(
            "+ column public.contacts.analytics_enabled type boolean collation - notnull false"
                + " default - identity  generated  storage p statistics - compression - acl "
                + " comment -",
            "+ column public.contacts.last_analytics_update type timestamp with time zone collation"
                + " - notnull false default - identity  generated  storage p statistics -"
                + " compression - acl  comment -");
    applyContacts(contacts);
    assertThat(
            database.list(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'contacts'::regclass AND"
                    + " attnotnull AND atthasdef ORDER BY 1"))
        .containsExactly("analytics_enabled", "last_analytics_update");
  }

  private static void applyContacts(Engine contacts) {
    String[] sections = {
      "10_columns",
      """
      ALTER TABLE public.contacts
        ADD COLUMN IF NOT EXISTS analytics_enabled boolean NOT NULL DEFAULT true,
        ADD COLUMN IF NOT EXISTS last_analytics_update timestamptz NOT NULL DEFAULT now();
      ALTER TABLE public.contacts ALTER analytics_enabled SET DEFAULT true,
        ALTER last_analytics_update SET DEFAULT now();
      UPDATE public.contacts SET analytics_enabled = true WHERE analytics_enabled IS NULL;
      UPDATE public.contacts SET last_analytics_update = now() WHERE last_analytics_update IS NULL;
      ALTER TABLE public.contacts ADD CONSTRAINT filled
        CHECK (analytics_enabled IS NOT NULL AND last_analytics_update IS NOT NULL) NOT VALID;
      ALTER TABLE public.contacts VALIDATE CONSTRAINT filled;
      ALTER TABLE public.contacts ALTER analytics_enabled SET NOT NULL,
        ALTER last_analytics_update SET NOT NULL;
      ALTER TABLE public.contacts DROP CONSTRAINT filled;
      """,
      "20_function",
      """
      CREATE OR REPLACE FUNCTION user_has_contact_access_optimized(_org int) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT true';
      """,
      "30_indexes",
      """
      CREATE INDEX CONCURRENTLY idx_contacts_analytics_optimized
        ON public.contacts (last_analytics_update DESC, id) WHERE analytics_enabled;
      CREATE INDEX CONCURRENTLY idx_contacts_org_analytics_optimized
        ON public.contacts (organization_id, last_analytics_update DESC) WHERE analytics_enabled;
      CREATE INDEX CONCURRENTLY idx_contacts_analytics_date
        ON public.contacts (last_analytics_update);
      """,
      "40_policy",
      """
      CREATE POLICY "Analytics access optimized" ON public.contacts FOR SELECT TO reader
        USING (analytics_enabled AND user_has_contact_access_optimized(organization_id));
      """,
      "50_analyze",
      "ANALYZE public.contacts;"
    };
    for (int at = 0; at < sections.length; at += 2) {
      StepResult applied = contacts.apply(sections[at], sections[at + 1]);
      assertThat(applied.verdict()).as(applied.sentence()).isEqualTo(Verdict.PASS);
    }
  }
}
