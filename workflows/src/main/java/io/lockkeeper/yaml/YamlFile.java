package io.lockkeeper.yaml;

import io.lockkeeper.finding.Findings;
import java.util.Iterator;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
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

  private final String name;
  private final Findings findings;

  private YamlFile(String name, Findings findings) {
    this.name = name;
    this.findings = findings;
  }

  /**
   * Reads one document.
   *
   * @return its root, or nothing where the text is not YAML, is empty, is nested too deeply, or
   *     uses anchors or tags; then a finding says so
   */
  public static Optional<YamlValue> read(String name, String text, Findings findings) {
    YamlFile file = new YamlFile(name, findings);
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(name)
            .setCodePointLimit(MAX_CODE_POINTS)
            .setAllowDuplicateKeys(true)
            .setAllowNonScalarKeys(true)
            .build();
    try {
      if (file.refuses(new Parse(settings).parseString(text).iterator())) {
        return Optional.empty();
      }
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        findings.error("yaml-empty", name, 1, 1, "the file is empty");
      }
      return root.map(node -> new YamlValue(file, node, ""));
    } catch (MarkedYamlEngineException e) {
      file.error("yaml-syntax", e.getProblemMark(), "not YAML: " + e.getProblem());
      return Optional.empty();
    } catch (YamlEngineException e) {
      findings.error("yaml-syntax", name, 1, 1, "not YAML: " + e.getMessage());
      return Optional.empty();
    }
  }

  void error(String code, Optional<Mark> mark, String message) {
    findings.error(
        code,
        name,
        mark.map(Mark::getLine).orElse(0) + 1,
        mark.map(Mark::getColumn).orElse(0) + 1,
        message);
  }

  private boolean refuses(Iterator<Event> events) {
    boolean found = false;
    int depth = 0;
    while (events.hasNext()) {
      Event event = events.next();
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
