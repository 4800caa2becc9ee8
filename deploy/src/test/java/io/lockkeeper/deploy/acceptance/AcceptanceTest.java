package io.lockkeeper.deploy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A test names the items that it proves by {@code @Tag("M21")}. This one lists them, so that none
 * of those that can be proven now is lost.
 */
class AcceptanceTest {
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"(M[0-9]+)\"\\)");

  /** First and last of each stretch that needs only what is supported now. */
  private static final List<int[]> PROVABLE =
      List.of(
          new int[] {1, 3},
          new int[] {6, 12},
          new int[] {15, 16},
          new int[] {18, 34},
          new int[] {38, 40},
          new int[] {49, 50},
          new int[] {53, 53},
          new int[] {56, 56},
          new int[] {61, 69},
          new int[] {71, 72},
          new int[] {85, 87},
          new int[] {93, 94},
          new int[] {96, 96},
          new int[] {99, 99},
          new int[] {101, 102});

  @Test
  void everyItemOfMagnusThatCanBeProvenNow_isNamedByATest() throws IOException {
    Map<String, TreeSet<String>> proven = proven();
    List<String> provable =
        PROVABLE.stream()
            .flatMap(stretch -> IntStream.rangeClosed(stretch[0], stretch[1]).boxed())
            .map(number -> "M" + number)
            .toList();

    proven.forEach((item, classes) -> System.out.println(item + " " + String.join(", ", classes)));
    assertThat(proven.keySet()).containsAll(provable);
  }

  /** Classes by item. */
  private static Map<String, TreeSet<String>> proven() throws IOException {
    Map<String, TreeSet<String>> proven = new TreeMap<>();
    Path root = Path.of(System.getProperty("lockkeeper.home"));
    for (String module : List.of("workflows", "activities", "worker", "api", "deploy")) {
      Path tests = root.resolve(module).resolve("src/test/java");
      if (!Files.exists(tests)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(tests)) {
        for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
          Matcher tag = TAG.matcher(Files.readString(file));
          while (tag.find()) {
            proven
                .computeIfAbsent(tag.group(1), item -> new TreeSet<>())
                .add(file.getFileName().toString().replace(".java", ""));
          }
        }
      }
    }
    return proven;
  }
}
