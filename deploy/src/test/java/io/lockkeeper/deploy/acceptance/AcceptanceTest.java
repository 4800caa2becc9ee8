package io.lockkeeper.deploy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test names the items that it proves by {@code @Tag("M21")}. This one lists them, so that none
 * of those that can be proven now is lost.
 */
class AcceptanceTest {
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"([MCDT][0-9]+)\"\\)");

  /** By the letter of the document, stretches that need only what is supported now. */
  private static final Map<String, String> PROVABLE =
      Map.of(
          "M",
          "1-3 6-12 15-35 38-40 49-53 56 59-73 75-90 92-99 101-102",
          "C",
          "1 4 6-12 14-21 23-54 63-66",
          "D",
          "6-7 9 11-12 18 21-25 27 40 50-51 66-67",
          "T",
          "1-4 8-51 53-59 61-67");

  @ParameterizedTest
  @ValueSource(strings = {"M", "C", "D", "T"})
  void everyItemThatCanBeProvenNow_isNamedByATest(String letter) throws IOException {
    Map<String, TreeSet<String>> proven = proven();

    proven.forEach((item, classes) -> System.out.println(item + " " + String.join(", ", classes)));
    assertThat(proven).containsKeys(items(letter).toArray(new String[0]));
  }

  private static List<String> items(String letter) {
    return Arrays.stream(PROVABLE.get(letter).split(" "))
        .map(stretch -> stretch.split("-"))
        .flatMap(ends -> numbers(ends[0], ends[ends.length - 1]))
        .map(number -> letter + number)
        .toList();
  }

  private static Stream<Integer> numbers(String first, String last) {
    return IntStream.rangeClosed(Integer.parseInt(first), Integer.parseInt(last)).boxed();
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
