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
 * @param when moments at which it is made; empty where something names it, and only there
 * @param record whether the result is kept as an attachment
 * @param then what a FAIL ends in
 * @param session as whom a query is run
 * @param only environments in which it is made; empty for all
 */
public record Check(
    String name,
    Source source,
    List<Limit> expect,
    boolean unchanged,
    Set<Moment> when,
    boolean record,
    Then then,
    Session session,
    List<String> only) {

  /** What is looked at. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Sql.class, name = "sql"),
    @JsonSubTypes.Type(value = Http.class, name = "http"),
    @JsonSubTypes.Type(value = Log.class, name = "log"),
    @JsonSubTypes.Type(value = Kept.class, name = "kept")
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

  /**
   * No row of these tables was lost: rows counted before and after, less what the server's
   * statistics say was inserted and deleted between.
   *
   * @param tables as SQL names them; never empty
   */
  public record Kept(List<String> tables) implements Source {
    public Kept {
      tables = List.copyOf(tables);
    }
  }

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
    // Bundles of the first version know neither sessions nor single environments.
    session = session == null ? Session.OURS : session;
    only = only == null ? List.of() : List.copyOf(only);
  }

  /** Whether it is made in that environment. */
  public boolean isFor(String environment) {
    return only.isEmpty() || only.contains(environment);
  }

  @JsonIgnore
  public boolean isHttp() {
    return source instanceof Http;
  }
}
