package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger.Then;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Something that is true or false.
 *
 * @param expect what must hold; empty for the source's own: an answer of 200, no match in a log,
 *     evidence without a verdict for a query
 * @param unchanged the result must be what it was before the change
 * @param when moments at which it is made; never empty
 * @param record whether the result is kept as an attachment
 * @param then what a FAIL ends in
 */
public record Check(
    String name,
    Source source,
    List<Limit> expect,
    boolean unchanged,
    Set<Moment> when,
    boolean record,
    Then then) {

  /** What is looked at. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Sql.class, name = "sql"),
    @JsonSubTypes.Type(value = Http.class, name = "http"),
    @JsonSubTypes.Type(value = Log.class, name = "log")
  })
  public sealed interface Source {}

  /** A read-only query. */
  public record Sql(String sql) implements Source {}

  /** A GET; variables of the environment stand as {@code $name}. */
  public record Http(String url) implements Source {}

  /**
   * Lines of a log of the environment since the stage's start.
   *
   * @param log its name in the environment
   * @param match a regular expression
   */
  public record Log(String log, String match) implements Source {}

  /** When a check is made. */
  public enum Moment {
    BEFORE,
    AFTER,
    SOAK,
    WATCH,
    ROLLED_BACK
  }

  public Check {
    expect = List.copyOf(expect);
    // In the order of the moments, so that the canonical form is the same in every process.
    when = Collections.unmodifiableSortedSet(new TreeSet<>(when));
  }

  @JsonIgnore
  public boolean isHttp() {
    return source instanceof Http;
  }
}
