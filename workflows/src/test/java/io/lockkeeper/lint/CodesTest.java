package io.lockkeeper.lint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever code a finding can have, a document tells what it means. */
class CodesTest {
  /** Where a code is the first text of a call that makes a finding. */
  private static final Pattern CODE =
      Pattern.compile(
          "(?:error|warning|note|parsed|at|refuse|SqlSyntaxException)\\(\\s*(?:(?:\"[^\"]*\"|[A-Za-z.]+(?:\\(\\))?),\\s*){0,2}"
              + "\"([a-z0-9]+(?:-[a-z0-9]+)+)\"");

  private static Set<String> codes() {
    Set<String> codes = new TreeSet<>();
    for (String module : List.of("workflows", "worker", "api")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.toString().contains("problems"))
            .forEach(file -> add(file, codes));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return codes;
  }

  private static void add(Path file, Set<String> codes) {
    try {
      Matcher found = CODE.matcher(Files.readString(file, UTF_8));
      while (found.find()) {
        codes.add(found.group(1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyCodeInTheSources_isAHazardWithAPageOrStandsInErrors() throws IOException {
    String errors = Files.readString(Path.of("../deploy/docs/errors.md"), UTF_8);
    Set<String> codes = codes();

    assertThat(codes)
        .contains(
            "unknown-key", "transaction-control", "name-too-long", "cut-by-yaml", "not-a-query")
        .hasSizeGreaterThan(50);
    assertThat(codes)
        .allSatisfy(
            code ->
                assertThat(Hazard.of(code).isPresent() || errors.contains("`" + code + "`"))
                    .describedAs(code)
                    .isTrue());
  }
}
