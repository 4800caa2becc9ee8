package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.limit.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A timed query or request, taken before and after; or what comes out of two others.
 *
 * @param with values bound to {@code :name} in the query
 * @param session as whom a query is run
 * @param uses indexes of which its plan must name one; empty for no wish
 * @param minRows below so many rows in the table the planner's choice proves nothing
 * @param noise a difference below it is INCONCLUSIVE
 * @param runs that count, each time it is taken before and after
 * @param warmUp runs before those, not counted
 * @param core whether it counts for {@code probe.degradation}
 * @param expect limits on p50 and p95 after the change
 * @param only environments in which it is taken; empty for all
 */
public record Probe(
    String name,
    Source source,
    Map<String, Parameter> with,
    Session session,
    List<String> uses,
    int minRows,
    Duration noise,
    int runs,
    int warmUp,
    boolean core,
    List<Limit> expect,
    List<String> only) {

  /** What is timed. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Sql.class, name = "sql"),
    @JsonSubTypes.Type(value = Http.class, name = "http"),
    @JsonSubTypes.Type(value = Derived.class, name = "derived")
  })
  public sealed interface Source {}

  /**
   * A read-only query.
   *
   * @param before what is timed in its place before the change, where the query needs what only the
   *     change makes
   */
  public record Sql(String sql, Optional<String> before) implements Source {
    public Sql(String sql) {
      this(sql, Optional.empty());
    }
  }

  /** A GET; variables of the environment stand as {@code $name}. */
  public record Http(String url) implements Source {}

  /**
   * Figures of one probe held against the same figures of another: p50 against p50, p95 against
   * p95.
   *
   * @param of a probe that is not derived
   * @param by another one that is not derived
   */
  public record Derived(String of, Operation operation, String by) implements Source {

    /** The figure of the one and of the other, in seconds: seconds, or a ratio. */
    public double apply(double figure, double other) {
      return switch (operation) {
        case MINUS -> figure - other;
        case OVER -> figure / other;
      };
    }
  }

  /** How two probes' figures are put together. */
  public enum Operation {
    MINUS,
    OVER
  }

  /** A value of a query's parameter. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Value.class, name = "value"),
    @JsonSubTypes.Type(value = Query.class, name = "query")
  })
  public sealed interface Parameter {}

  /** Written in the change. */
  public record Value(String value) implements Parameter {}

  /** Read once, at the baseline; the first column of the first row. */
  public record Query(String sql) implements Parameter {}

  public Probe {
    with = Map.copyOf(with);
    uses = List.copyOf(uses);
    expect = List.copyOf(expect);
    // Bundles of the first version know neither sessions nor single environments.
    session = session == null ? Session.OURS : session;
    only = only == null ? List.of() : List.copyOf(only);
  }

  /** Whether it is taken in that environment. */
  public boolean isFor(String environment) {
    return only.isEmpty() || only.contains(environment);
  }

  @JsonIgnore
  public boolean isHttp() {
    return source instanceof Http;
  }

  @JsonIgnore
  public boolean isDerived() {
    return source instanceof Derived;
  }

  /** Whether its figures are shares instead of times. */
  @JsonIgnore
  public boolean isRatio() {
    return source instanceof Derived derived && derived.operation() == Operation.OVER;
  }

  /**
   * Whether its limits stand for themselves: such a probe has its use without a baseline, which a
   * query over what only the change makes cannot have.
   */
  @JsonIgnore
  public boolean needsNoBaseline() {
    return !expect.isEmpty() && expect.stream().noneMatch(Limit::needsBaseline);
  }
}
