package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockkeeper.change.BundleFiles;
import io.lockkeeper.deploy.cli.Cli.Ran;
import io.lockkeeper.finding.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LintCommandTest {
  private static final Path EXAMPLES = Path.of("examples");
  private static final String PLAIN = "CREATE INDEX i ON t (a);\n";

  @TempDir private Path bundle;

  private static Ran lint(String... words) {
    return Cli.run(
        Map.of(), Stream.concat(Stream.of("lint"), Stream.of(words)).toArray(String[]::new));
  }

  private Ran linted(String sql, String... words) throws IOException {
    write(sql);
    return lint(
        Stream.concat(Stream.of(bundle.toString()), Stream.of(words)).toArray(String[]::new));
  }

  private void write(String sql) throws IOException {
    Files.writeString(
        bundle.resolve("change.yaml"), "change: a-case\nwhy: a case\nthrough: [dev]\n");
    Files.createDirectories(bundle.resolve("sql"));
    Files.writeString(bundle.resolve("sql/10_a.sql"), sql);
  }

  @Test
  void warning_endsWithNothingWrongUnlessStrict() throws IOException {
    Ran usual = linted(PLAIN);
    Ran strict = linted(PLAIN, "--strict");

    assertThat(usual.code()).isEqualTo(Exit.REACHED);
    assertThat(strict.code()).isEqualTo(Exit.REFUSED);
    assertThat(usual.out())
        .startsWith(
            "sql/10_a.sql:1:1: warning plain-index-build: building i keeps writers of t waiting"
                + " until it is done: write CREATE INDEX CONCURRENTLY\n  hazard: ")
        .contains("\n  ready SQL:\n    CREATE INDEX CONCURRENTLY i ON t (a);\n")
        .endsWith("  more: deploy/docs/checks/plain-index-build.md\n");
    assertThat(usual.err()).isEqualTo("1 warning\n");
  }

  @Test
  void acceptedWarning_isANoteAlsoWhereItIsStrict() throws IOException {
    Ran ran = linted("-- accept plain-index-build: forty rows\n" + PLAIN, "--strict", "--quiet");

    assertThat(ran.code()).isEqualTo(Exit.REACHED);
    assertThat(ran.out())
        .isEqualTo(
            "sql/10_a.sql:2:1: note plain-index-build: building i keeps writers of t waiting until"
                + " it is done: write CREATE INDEX CONCURRENTLY (accepted: forty rows)\n");
  }

  @Test
  void error_isRefused() throws IOException {
    Ran ran = linted("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);", "--quiet");

    assertThat(ran.code()).isEqualTo(Exit.REFUSED);
    assertThat(ran.out()).startsWith("sql/10_a.sql:1:1: error if-not-exists: ").hasLineCount(1);
  }

  @Test
  void formats_areAloneOnTheStandardOutput() throws IOException {
    ObjectMapper mapper = new ObjectMapper();

    JsonNode json = mapper.readTree(linted(PLAIN, "--format", "json").out());
    JsonNode sarif = mapper.readTree(linted(PLAIN, "--format", "sarif").out());
    String github = linted(PLAIN, "--format", "github").out();

    assertThat(json.path("findings").path(0).path("fix").asText())
        .isEqualTo("CREATE INDEX CONCURRENTLY i ON t (a);");
    assertThat(
            sarif
                .at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri")
                .asText())
        .endsWith("/sql/10_a.sql");
    assertThat(github).startsWith("::warning file=").hasLineCount(1);
  }

  @Test
  void fix_writesWhatIsMechanicalAndPrintsTheDifference() throws IOException {
    Ran ran = linted("-- x\r\n" + PLAIN, "--fix");

    assertThat(ran.code()).isEqualTo(Exit.REACHED);
    assertThat(ran.out())
        .isEqualTo(
            "--- a/sql/10_a.sql\n+++ b/sql/10_a.sql\n@@ -2,1 +2,1 @@\n-CREATE INDEX i ON t (a);\n"
                + "+CREATE INDEX CONCURRENTLY i ON t (a);\nno findings\n");
    assertThat(Files.readString(bundle.resolve("sql/10_a.sql")))
        .isEqualTo("-- x\r\nCREATE INDEX CONCURRENTLY i ON t (a);\n");
  }

  @Test
  void fixOfABundleThatCannotBeRead_writesNothing() throws IOException {
    write(PLAIN);
    Files.writeString(bundle.resolve("sql/20_b.sql"), "SELECT 'a");

    Ran ran = lint(bundle.toString(), "--fix", "--quiet");

    assertThat(ran.code()).isEqualTo(Exit.REFUSED);
    assertThat(ran.err()).startsWith("nothing was mended: the bundle cannot be read");
    assertThat(Files.readString(bundle.resolve("sql/10_a.sql"))).isEqualTo(PLAIN);
  }

  @Test
  void fixOfAnArchive_isWrongUsage() throws IOException {
    write(PLAIN);
    Path archive = bundle.resolve("bundle.tar.gz");
    Files.write(archive, BundleFiles.archive(BundleFiles.ofFolder(bundle, new Findings())));

    assertThat(lint(archive.toString(), "--fix").code()).isEqualTo(Exit.USAGE);
    assertThat(lint(archive.toString()).code()).isEqualTo(Exit.REACHED);
  }

  @Test
  void examples_haveNoErrorsAndMagnusNoWarnings() throws IOException {
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      List<Path> bundles =
          folders.filter(folder -> Files.exists(folder.resolve("change.yaml"))).sorted().toList();

      assertThat(bundles).contains(EXAMPLES.resolve("magnus"));
      assertThat(bundles)
          .allSatisfy(
              example -> {
                Ran ran = lint(example.toString(), "--quiet");
                assertThat(ran.code()).describedAs(ran.out()).isEqualTo(Exit.REACHED);
              });
    }
    assertThat(lint(EXAMPLES.resolve("magnus").toString(), "--strict").out())
        .isEqualTo("no findings\n");
  }
}
