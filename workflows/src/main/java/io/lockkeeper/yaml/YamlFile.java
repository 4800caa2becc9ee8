package io.lockkeeper.yaml;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import io.lockkeeper.finding.Findings;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** One YAML file being read: its name and where its findings go. */
public final class YamlFile {
  /** More than any change of ours needs, less than a bomb does. */
  private static final int MAX_CODE_POINTS = 3_000_000;

  /** Nothing of ours is nested deeper than ten; the reader recurses once a level. */
  private static final int MAX_DEPTH = 100;

  /** The reader takes a text in pieces, and at each it copies all of a value that goes on. */
  private static final int PIECE = 1 << 16;

  private final String name;
  private final Findings findings;

  private final List<String> lines;

  private YamlFile(String name, String text, Findings findings) {
    this.name = name;
    this.lines = text.lines().toList();
    this.findings = findings;
  }

  /**
   * Reads one document.
   *
   * @return its root, or nothing where the text is not YAML, is empty, is nested too deeply, or
   *     uses anchors or tags; then a finding says so
   */
  public static Optional<YamlValue> read(String name, String text, Findings findings) {
    YamlFile file = new YamlFile(name, text, findings);
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(name)
            .setBufferSize(Math.min(text.length() + 2, PIECE))
            .setCodePointLimit(MAX_CODE_POINTS)
            .setAllowDuplicateKeys(true)
            .setAllowNonScalarKeys(true)
            .build();
    try {
      List<Event> events = new ArrayList<>();
      if (file.refuses(new Parse(settings).parseString(text).iterator(), events)) {
        return Optional.empty();
      }
      Optional<Node> root = new Composer(settings, new Parsed(events)).getSingleNode();
      if (root.isEmpty()) {
        findings.error("yaml-empty", name, 1, 1, "the file is empty");
      }
      return root.map(node -> new YamlValue(file, node, ""));
    } catch (MarkedYamlEngineException e) {
      file.notYaml(e);
      return Optional.empty();
    } catch (YamlEngineException e) {
      findings.error("yaml-syntax", name, 1, 1, "not YAML: " + e.getMessage());
      return Optional.empty();
    }
  }

  void error(String code, Optional<Mark> mark, String message) {
    findings.error(code, name, line(mark), column(mark), message);
  }

  void warning(String code, Optional<Mark> mark, String message) {
    findings.warning(code, name, line(mark), column(mark), message);
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(Mark::getLine).orElse(0) + 1;
  }

  private static int column(Optional<Mark> mark) {
    return mark.map(Mark::getColumn).orElse(0) + 1;
  }

  private void notYaml(MarkedYamlEngineException e) {
    Optional<Mark> mark = e.getProblemMark();
    findings.add(
        new Finding(
            "yaml-syntax",
            Severity.ERROR,
            name,
            line(mark),
            column(mark),
            "not YAML: " + e.getProblem(),
            Optional.empty(),
            advice(e.getProblem()),
            Optional.empty()));
  }

  /** What its author most likely meant as a text. */
  private static Optional<String> advice(String problem) {
    if (problem.startsWith("mapping values are not allowed")) {
      return Optional.of("Quote a text that holds \": \"; else look at the indentation.");
    }
    if (problem.contains("cannot start any token") || problem.contains("chomping or indentation")) {
      return Optional.of("Quote a text that begins with >, *, %, @ or `.");
    }
    return Optional.empty();
  }

  /** The comment one blank behind a place, where there is one. */
  Optional<String> behind(Mark end) {
    String line = end.getLine() < lines.size() ? lines.get(end.getLine()) : "";
    int at =
        line.codePointCount(0, line.length()) < end.getColumn()
            ? -1
            : line.offsetByCodePoints(0, end.getColumn());
    String rest = at < 0 ? "" : line.substring(at);
    return rest.startsWith(" #") ? Optional.of(rest.substring(1).trim()) : Optional.empty();
  }

  /**
   * @param read gets all of the events
   */
  private boolean refuses(Iterator<Event> events, List<Event> read) {
    boolean found = false;
    int depth = 0;
    while (events.hasNext()) {
      Event event = events.next();
      read.add(event);
      depth += event instanceof CollectionStartEvent ? 1 : 0;
      depth -= event instanceof CollectionEndEvent ? 1 : 0;
      if (depth > MAX_DEPTH) {
        error(
            "yaml-syntax", event.getStartMark(), "nested over " + MAX_DEPTH + " deep: flatten it");
        return true;
      }
      if (event instanceof AliasEvent alias) {
        error("yaml-anchor", alias.getStartMark(), "aliases are not allowed: write the value out");
        found = true;
      } else if (event instanceof NodeEvent node) {
        Optional<Anchor> anchor = node.getAnchor();
        if (anchor.isPresent()) {
          error("yaml-anchor", node.getStartMark(), "anchors are not allowed: write the value out");
          found = true;
        }
      }
      if (YamlTags.explicit(event)) {
        error("yaml-tag", event.getStartMark(), "tags are not allowed: write the plain value");
        found = true;
      }
    }
    return found;
  }
}
