package io.lockkeeper.deploy.findings;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.json.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Findings in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), as code
 * scanning reads it.
 */
public final class Sarif {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  private Sarif() {}

  /**
   * @param files from a finding's file to its path from the top of the repository
   */
  public static String text(List<Finding> findings, UnaryOperator<String> files) {
    List<String> codes = findings.stream().map(Finding::code).distinct().toList();
    List<Map<String, Object>> rules =
        codes.stream()
            .flatMap(code -> findings.stream().filter(f -> f.code().equals(code)).limit(1))
            .map(Sarif::rule)
            .toList();
    List<Map<String, Object>> results =
        findings.stream()
            .map(finding -> result(finding, codes.indexOf(finding.code()), files))
            .toList();
    Map<String, Object> driver = Map.of("name", "lockkeeper", "version", "0.1.0", "rules", rules);
    Map<String, Object> run =
        Map.of(
            "tool", Map.of("driver", driver), "columnKind", "utf16CodeUnits", "results", results);
    return Json.text(Map.of("$schema", SCHEMA, "version", "2.1.0", "runs", List.of(run)));
  }

  private static Map<String, Object> rule(Finding finding) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("id", finding.code());
    rule.put("shortDescription", message(finding.code().replace('-', ' ')));
    finding.hazard().ifPresent(hazard -> rule.put("fullDescription", message(hazard)));
    rule.put(
        "help",
        message(finding.safeWay().map(way -> way + " ").orElse("") + "More: " + finding.page()));
    rule.put("defaultConfiguration", Map.of("level", finding.severity().text()));
    return rule;
  }

  private static Map<String, Object> result(
      Finding finding, int rule, UnaryOperator<String> files) {
    Map<String, Object> region =
        Map.of("startLine", finding.line(), "startColumn", finding.column());
    Map<String, Object> place =
        Map.of(
            "artifactLocation", Map.of("uri", uri(files.apply(finding.file()))), "region", region);
    return Map.of(
        "ruleId",
        finding.code(),
        "ruleIndex",
        rule,
        "level",
        finding.severity().text(),
        "message",
        message(finding.message() + finding.fix().map(sql -> "\n" + sql).orElse("")),
        "locations",
        List.of(Map.of("physicalLocation", place)));
  }

  private static Map<String, Object> message(String text) {
    return Map.of("text", text);
  }

  /** A relative reference, with what may not stand in one escaped. */
  private static String uri(String file) {
    try {
      String path = new URI(null, null, "/" + file, null).getRawPath();
      return path.substring(1);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a path: " + file, e);
    }
  }
}
