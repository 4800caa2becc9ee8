package io.lockkeeper.deploy.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.BundleFiles;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.plan.SectionUnits;
import io.lockkeeper.section.Meaning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example is a change that lint accepts, and says what its document says. */
class ExamplesTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("lockkeeper.home")).resolve("deploy/examples");

  static List<String> examples() throws IOException {
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve(BundleFiles.CHANGE)))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static Optional<Bundle> read(String example, Findings findings) {
    return ChangeReader.read(BundleFiles.ofFolder(EXAMPLES.resolve(example), findings), findings);
  }

  private static Bundle bundle(String example) {
    return read(example, new Findings()).orElseThrow();
  }

  private static List<Meaning.CreateIndex> indexes(Bundle bundle, String environment) {
    List<Meaning.CreateIndex> indexes = new ArrayList<>();
    bundle.change().environment(environment).orElseThrow().sections().stream()
        .flatMap(section -> SectionUnits.of(bundle, environment, section.name()).stream())
        .flatMap(unit -> unit.statements().stream())
        .forEach(
            part -> {
              if (part.meaning() instanceof Meaning.CreateIndex index) {
                indexes.add(index);
              }
            });
    return indexes;
  }

  @Test
  void examples_areThoseOfTheDocuments() throws IOException {
    assertThat(examples())
        .contains("contacts", "dashboard", "magnus", "menuca", "menuca-06-backup", "menuca-08-rls");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void example_hasNoFindingsButNotes(String example) {
    Findings findings = new Findings();
    Optional<Bundle> bundle = read(example, findings);

    assertThat(findings.all())
        .extracting(finding -> finding.text())
        .filteredOn(text -> !meant(example, text))
        .allMatch(text -> text.contains(" note "));
    assertThat(bundle).isPresent();
  }

  /** The one that loses data says so, and lint says it after it. */
  private static boolean meant(String example, String text) {
    return example.equals("contacts-drop-columns")
        && (text.contains(" warning no-way-back: ") || text.contains(" warning drop-column: "));
  }

  @Test
  @Tag("T21")
  @Tag("T22")
  void menuca_has48ConcurrentIndexesInTenSections() {
    Bundle bundle = bundle("menuca");
    EnvironmentPlan production = bundle.change().environment("production").orElseThrow();

    assertThat(production.sections())
        .extracting(section -> section.name())
        .containsExactly(
            "01_restaurants",
            "02_restaurant_details",
            "03_courses",
            "04_dishes",
            "05_dish_prices",
            "06_modifiers",
            "07_combos",
            "08_users",
            "09_orders",
            "10_coupons_audit");
    assertThat(indexes(bundle, "production")).hasSize(48).allMatch(index -> index.concurrently());
    assertThat(indexes(bundle, "production").stream().map(index -> index.name()).distinct())
        .hasSize(48);
  }

  /** As the first version hashed it: a bundle that says no more than a word about backups. */
  @Test
  void changeWhoseBackupIsAWord_keepsItsHash() {
    assertThat(bundle("menuca-06-backup").hash())
        .isEqualTo("0071da41daff979e6cdc8244ea1a108953e4652cc2bb332a6c990d83591dbebb");
  }

  @Test
  @Tag("T8")
  void menuca_standsInItsPlan_betweenItsNeighbours() {
    Change change = bundle("menuca").change();

    assertThat(change.labels()).containsEntry("plan", "7/11").containsEntry("phase", "2/5");
    assertThat(change.environment("production").orElseThrow().requires())
        .containsExactly("menuca-06-backup");
    assertThat(change.next()).extracting(Change.Next::change).containsExactly("menuca-08-rls");
    assertThat(bundle("menuca-08-rls").change().environment("production").orElseThrow().requires())
        .containsExactly(change.name());
    assertThat(bundle("menuca-06-backup").change().next())
        .extracting(Change.Next::change)
        .containsExactly(change.name());
  }

  /** One hash for every environment: what staging has seen is what production gets. */
  @Test
  @Tag("T11")
  @Tag("T35")
  void menuca_isTheSameScriptInStagingAndProduction() {
    Change change = bundle("menuca").change();

    assertThat(change.environment("staging").orElseThrow().sections())
        .isEqualTo(change.environment("production").orElseThrow().sections());
    assertThat(change.checks("staging")).isEqualTo(change.checks("production"));
  }

  @Test
  void contacts_hasItsSectionsInTheDocumentsOrder() {
    Bundle bundle = bundle("contacts");
    EnvironmentPlan production = bundle.change().environment("production").orElseThrow();

    assertThat(production.sections())
        .extracting(section -> section.name())
        .containsExactly(
            "10_columns",
            "12_fill",
            "13_check",
            "14_validate",
            "15_not_null",
            "20_function",
            "30_indexes",
            "40_policy",
            "50_analyze");
    assertThat(indexes(bundle, "production"))
        .extracting(Meaning.CreateIndex::name)
        .containsExactly(
            "idx_contacts_analytics_optimized",
            "idx_contacts_org_analytics_optimized",
            "idx_contacts_analytics_date");
  }

  @Test
  @Tag("D22")
  @Tag("D27")
  void dashboard_hasTheDocumentsFiveSections_itsIndexesConcurrent() {
    Bundle bundle = bundle("dashboard");

    assertThat(bundle.change().environment("production").orElseThrow().sections())
        .extracting(section -> section.name())
        .containsExactly("10_covering", "20_keyset", "30_recent", "40_hourly", "50_vacuum");
    assertThat(indexes(bundle, "production"))
        .extracting(Meaning.CreateIndex::name, Meaning.CreateIndex::concurrently)
        .containsExactly(
            tuple("idx_metrics_type_time_covering", true),
            tuple("idx_metrics_type_time_id", true),
            tuple("idx_metrics_recent", true),
            tuple("metrics_hourly_key", false));
  }

  /** As the document tells people to type it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\d+ metrics | error meta-command: psql meta-commands do nothing here: remove \\d+",
        "\\i 003_covering_indexes_optimization.sql | error meta-command: psql meta-commands do nothing here: put the statements of that file in the place of \\i",
        "CREATE INDEX idx_plain ON metrics (host); | warning plain-index-build: ",
        "CREATE INDEX CONCURRENTLY idx_now ON metrics (host) WHERE created_at > now(); | error moving-predicate: "
      })
  @Tag("D21")
  @Tag("D22")
  @Tag("D27")
  void dashboard_asPsqlWouldTakeIt_isRefusedByNameAndLine(String line, String finding) {
    Findings findings = new Findings();
    SortedMap<String, byte[]> files =
        new TreeMap<>(BundleFiles.ofFolder(EXAMPLES.resolve("dashboard"), findings));
    String section = new String(files.get("sql/30_recent.sql"), UTF_8);
    files.put("sql/30_recent.sql", (section + line + "\n").getBytes(UTF_8));

    ChangeReader.read(files, findings);

    assertThat(findings.all())
        .extracting(Finding::text)
        .filteredOn(text -> !text.contains(" note "))
        .singleElement()
        .asString()
        .startsWith("sql/30_recent.sql:3:")
        .contains(finding);
  }

  /** What loses data is never done without the author's word for it, and is no small thing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "  forward_only: what stood in the columns is in the backup alone | '' | error no-way-back",
        "risk: high | risk: low | error "
      })
  @Tag("C54")
  void dropOfTheColumns_withoutTheWordThatItLosesData_isRefused(
      String written, String instead, String finding) {
    Findings findings = new Findings();
    SortedMap<String, byte[]> files =
        new TreeMap<>(BundleFiles.ofFolder(EXAMPLES.resolve("contacts-drop-columns"), findings));
    String change = new String(files.get("change.yaml"), UTF_8);
    assertThat(change).contains(written.strip());
    files.put("change.yaml", change.replace(written.strip(), instead).getBytes(UTF_8));

    ChangeReader.read(files, findings);

    assertThat(findings.all()).extracting(Finding::text).anyMatch(text -> text.contains(finding));
  }

  @Test
  @Tag("C54")
  void rollbackOfContacts_leavesTheColumns() {
    assertThat(bundle("contacts").change().environment("production").orElseThrow().leaves())
        .containsExactly("contacts.analytics_enabled", "contacts.last_analytics_update");
  }
}
