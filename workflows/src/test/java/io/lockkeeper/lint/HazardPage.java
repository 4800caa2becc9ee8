package io.lockkeeper.lint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A page of {@code deploy/docs/checks}: its examples are cases. */
record HazardPage(String text) {
  static final Path FOLDER = Path.of("../deploy/docs/checks");

  private static final String CHANGE =
      """
      change: lint-case
      why: a case
      risk: high
      rollback: { forward_only: it is a case }
      through: [dev]
      """;

  static HazardPage of(String code) {
    try {
      return new HazardPage(Files.readString(FOLDER.resolve(code + ".md"), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("every code has a page: " + code, e);
    }
  }

  /** What stands under a heading, up to the next one. */
  String under(String heading) {
    int from = text.indexOf("## " + heading + "\n");
    if (from < 0) {
      throw new AssertionError("no heading " + heading);
    }
    int to = text.indexOf("\n## ", from);
    return text.substring(from, to < 0 ? text.length() : to);
  }

  /**
   * Bundles under a heading, each with its files by name. Blocks belong together, unless "or"
   * stands between them.
   */
  List<Map<String, String>> bundles(String heading) {
    List<Map<String, String>> bundles = new ArrayList<>();
    for (String bundle : under(heading).split("\nor\n", -1)) {
      bundles.add(files(bundle));
    }
    return bundles;
  }

  private static Map<String, String> files(String blocks) {
    Map<String, String> files = new TreeMap<>(Map.of("change.yaml", CHANGE));
    String[] parts = blocks.split("```", -1);
    int sections = 0;
    for (int at = 1; at < parts.length; at += 2) {
      String body = parts[at].substring(parts[at].indexOf('\n') + 1);
      if (parts[at].startsWith("yaml")) {
        files.merge("change.yaml", body, String::concat);
      } else if (body.startsWith("-- sql/")) {
        files.put(body.substring(3, body.indexOf('\n')), body);
      } else {
        sections++;
        files.put("sql/" + sections + "0_a.sql", body);
      }
    }
    if (sections == 0) {
      files.put("sql/10_a.sql", "ANALYZE orders;");
    }
    return files;
  }
}
