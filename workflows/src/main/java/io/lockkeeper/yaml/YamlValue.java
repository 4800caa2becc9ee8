package io.lockkeeper.yaml;

import io.lockkeeper.finding.Suggestion;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value with its place in the file. A getter that meets a value of another shape records a
 * finding and gives nothing, so that reading goes on and finds the rest.
 */
public final class YamlValue {
  private final YamlFile file;
  private final Node node;
  private final String path;

  YamlValue(YamlFile file, Node node, String path) {
    this.file = file;
    this.node = node;
    this.path = path;
  }

  /** Where it stands, such as {@code through[1].soak}; empty for the root. */
  public String path() {
    return path;
  }

  public int line() {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  public int column() {
    return node.getStartMark().map(Mark::getColumn).orElse(0) + 1;
  }

  public boolean isText() {
    return node instanceof ScalarNode && !isNull();
  }

  public boolean isList() {
    return node instanceof SequenceNode;
  }

  public boolean isMap() {
    return node instanceof MappingNode;
  }

  /** A key without a value. */
  public boolean isNull() {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  public void error(String code, String message) {
    file.error(code, node.getStartMark(), path.isEmpty() ? message : path + ": " + message);
  }

  public void warning(String code, String message) {
    file.warning(code, node.getStartMark(), path + ": " + message);
  }

  /**
   * The comment that stands behind a text without quotes, one blank apart; nothing where there is
   * none, or where it is set off by more.
   */
  public Optional<String> comment() {
    return isPlain(node) ? node.getEndMark().flatMap(file::behind) : Optional.empty();
  }

  public Optional<String> text() {
    if (node instanceof ScalarNode scalar && !isNull()) {
      return Optional.of(scalar.getValue());
    }
    error("wrong-shape", "expected a text, found " + shape());
    return Optional.empty();
  }

  /**
   * @param parser throws {@link IllegalArgumentException} with a message for the person who wrote
   *     the text
   */
  public <T> Optional<T> parsed(String code, Function<String, T> parser) {
    return text()
        .flatMap(
            text -> {
              try {
                return Optional.of(parser.apply(text));
              } catch (IllegalArgumentException e) {
                error(code, String.valueOf(e.getMessage()));
                return Optional.empty();
              }
            });
  }

  public Optional<Boolean> bool() {
    return parsed(
        "wrong-shape",
        text -> {
          if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
          }
          throw new IllegalArgumentException("expected true or false, found \"" + text + "\"");
        });
  }

  public Optional<Integer> count() {
    return parsed(
        "wrong-shape",
        text -> {
          if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("expected a whole number, found \"" + text + "\"");
          }
          return Integer.valueOf(text);
        });
  }

  /** One of a closed set of words. */
  public Optional<String> oneOf(List<String> words) {
    return parsed(
        "unknown-value",
        text -> {
          if (words.contains(text)) {
            return text;
          }
          throw new IllegalArgumentException(
              "\""
                  + text
                  + "\" is not one of "
                  + String.join(", ", words)
                  + Suggestion.didYouMean(text, words));
        });
  }

  public List<YamlValue> list() {
    if (node instanceof SequenceNode sequence) {
      List<Node> items = sequence.getValue();
      return IntStream.range(0, items.size())
          .mapToObj(i -> new YamlValue(file, items.get(i), path + "[" + i + "]"))
          .toList();
    }
    error("wrong-shape", "expected a list, found " + shape());
    return List.of();
  }

  /** The items of a list, or the value itself where one line is enough. */
  public List<YamlValue> listOrOne() {
    return isList() ? list() : List.of(this);
  }

  /** Texts of a list, or one text. */
  public List<String> texts() {
    return listOrOne().stream().flatMap(item -> item.text().stream()).toList();
  }

  /** A mapping whose names people choose: in the order written, each name once. */
  public Map<String, YamlValue> entries() {
    return entries(true);
  }

  /**
   * @param free whether people choose the names, so that one without a value is no key of ours
   */
  private Map<String, YamlValue> entries(boolean free) {
    Map<String, YamlValue> entries = new LinkedHashMap<>();
    if (!(node instanceof MappingNode mapping)) {
      error("wrong-shape", "expected a mapping, found " + shape());
      return entries;
    }
    Node previous = node;
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        new YamlValue(file, tuple.getKeyNode(), path).error("wrong-shape", "a key must be a text");
        continue;
      }
      String name = key.getValue();
      String place = path.isEmpty() ? name : path + "." + name;
      boolean behindText = free && isPlain(previous);
      previous = tuple.getValueNode();
      if (cutByComma(previous) && (behindText || name.contains(" "))) {
        cut(key, name);
        continue;
      }
      if (entries.containsKey(name)) {
        new YamlValue(file, key, path)
            .error("duplicate-key", "the key \"" + name + "\" stands here twice");
        continue;
      }
      entries.put(name, new YamlValue(file, tuple.getValueNode(), place));
    }
    return entries;
  }

  /** A mapping whose keys the format gives; every other key becomes a finding. */
  public YamlMap map(KeySet keys) {
    Map<String, YamlValue> entries = entries(false);
    Map<String, YamlValue> known = new LinkedHashMap<>();
    Map<String, Node> keyNodes = keyNodes();
    Set<String> later = new HashSet<>();
    entries.forEach(
        (name, value) -> {
          YamlValue key = new YamlValue(file, keyNodes.getOrDefault(name, node), path);
          Optional<KeySet.Key> found = keys.find(name);
          if (found.isEmpty() && cutByComma(value.node)) {
            cut(key.node, name);
          } else if (found.isEmpty()) {
            key.error(
                "unknown-key",
                "unknown key \""
                    + name
                    + "\" of "
                    + keys.what()
                    + Suggestion.didYouMean(name, keys.supportedNames()));
          } else if (!found.get().supported()) {
            later.add(name);
            key.notSupportedYet("\"" + name + "\"");
          } else {
            known.put(name, value);
          }
        });
    return new YamlMap(this, known, !later.isEmpty());
  }

  /** Whether braces make a key without a value of what stands behind a comma. */
  private boolean cutByComma(Node value) {
    return node instanceof MappingNode mapping
        && mapping.getFlowStyle() == FlowStyle.FLOW
        && value instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.NULL);
  }

  /** A text without quotes. */
  private static boolean isPlain(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.getScalarStyle() == ScalarStyle.PLAIN
        && !scalar.getTag().equals(Tag.NULL);
  }

  private void cut(Node key, String name) {
    new YamlValue(file, key, path)
        .error(
            "cut-by-yaml",
            "inside { } a comma ends the text before \"" + name + "\": quote the whole text");
  }

  /** For what the format knows and this version does not do. */
  public void notSupportedYet(String what) {
    error("not-supported-yet", what + " is not supported yet: leave it out");
  }

  private Map<String, Node> keyNodes() {
    Map<String, Node> nodes = new LinkedHashMap<>();
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key) {
          nodes.putIfAbsent(key.getValue(), key);
        }
      }
    }
    return nodes;
  }

  private String shape() {
    if (isNull()) {
      return "nothing";
    }
    return isList() ? "a list" : isMap() ? "a mapping" : "a text";
  }
}
