package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.finding.Findings;
import io.lockkeeper.finding.Suggestion;
import io.lockkeeper.section.NamedParameters;
import io.lockkeeper.section.Query;
import io.lockkeeper.section.SqlSyntaxException;
import io.lockkeeper.section.Unit;
import io.lockkeeper.yaml.YamlValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/** Reads queries: the text itself, or that of the file of the bundle that it names. */
final class QueryReader {
  private final SortedMap<String, byte[]> files;
  private final Findings findings;

  QueryReader(SortedMap<String, byte[]> files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  /** A query whose result is looked at. */
  Optional<String> read(YamlValue value) {
    return read(value, Query::refuseUnlessRead);
  }

  /**
   * A query that is timed and explained.
   *
   * @param given names of its parameters, which must be those that it has
   */
  Optional<String> timed(YamlValue value, Set<String> given) {
    Optional<String> query = read(value, Query::refuseUnlessTimed);
    query.ifPresent(sql -> parameters(value, sql, given));
    return query;
  }

  /** As {@link #timed}, for a query that need not have all of the parameters. */
  Optional<String> timedWithSome(YamlValue value, Set<String> given) {
    Optional<String> query = read(value, Query::refuseUnlessTimed);
    query.ifPresent(sql -> missing(value, NamedParameters.of(sql), given));
    return query;
  }

  /** Statements that are run, as those of a section; at least one. */
  Optional<String> script(YamlValue value) {
    Optional<String> script = read(value, Unit::read);
    if (script.filter(sql -> Unit.read(sql).isEmpty()).isPresent()) {
      value.error("empty-step", "it holds no statement: write one");
      return Optional.empty();
    }
    return script;
  }

  private static void parameters(YamlValue value, String sql, Set<String> given) {
    NamedParameters query = NamedParameters.of(sql);
    missing(value, query, given);
    for (String name : given) {
      if (!query.names().contains(name)) {
        value.error("unused-parameter", "the query has no :" + name);
      }
    }
  }

  private static void missing(YamlValue value, NamedParameters query, Set<String> given) {
    for (String name : query.names()) {
      if (!given.contains(name)) {
        value.error("missing-parameter", "the query needs :" + name + ": give it under with");
      }
    }
  }

  private Optional<String> read(YamlValue value, Consumer<String> refuse) {
    Optional<String> written = value.text();
    cutByComment(value);
    if (written.filter(text -> text.endsWith(".sql")).isEmpty()) {
      return written.flatMap(
          sql ->
              accepted(
                  sql,
                  refuse,
                  e -> value.error(e.code(), "line " + e.line() + " of the query: " + e.text())));
    }
    String file = written.get();
    if (!files.containsKey(file)) {
      value.error(
          "missing-file",
          "the bundle has no file " + file + Suggestion.didYouMean(file, files.keySet()));
      return Optional.empty();
    }
    return utf8(file)
        .flatMap(
            sql ->
                accepted(
                    sql,
                    refuse,
                    e -> findings.error(e.code(), file, e.line(), e.column(), e.text())));
  }

  /**
   * A {@code #} behind a blank begins a comment, also in the middle of a query: an operator of
   * JSON, or a text that the author took for a part of it. A comment that is set off by more blanks
   * is meant as one.
   */
  private static void cutByComment(YamlValue value) {
    Optional<String> comment = value.comment();
    if (comment.isEmpty()) {
      return;
    }
    boolean operator = comment.get().matches("#[>#-].*");
    String message =
        "YAML takes \""
            + comment.get()
            + "\" for a comment, and the query ends before it: quote the query, or set the comment"
            + " off by two blanks";
    if (operator) {
      value.error("cut-by-yaml", message);
    } else {
      value.warning("cut-by-yaml", message);
    }
  }

  private static Optional<String> accepted(
      String sql, Consumer<String> refuse, Consumer<SqlSyntaxException> refused) {
    try {
      refuse.accept(sql);
      return Optional.of(sql);
    } catch (SqlSyntaxException e) {
      refused.accept(e);
      return Optional.empty();
    }
  }

  /** The text of a file; nothing where it is not UTF-8, and then a finding says so. */
  Optional<String> utf8(String file) {
    byte[] content = files.get(file);
    if (content == null) {
      return Optional.empty();
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      // A byte order mark is not part of the text, and no server takes it for a blank.
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      findings.error("not-utf8", file, 1, 1, "the file is not UTF-8: save it as UTF-8");
      return Optional.empty();
    }
  }
}
