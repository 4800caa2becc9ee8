package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.limit.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A timed query or request, taken before and after.
 *
 * @param with values bound to {@code :name} in the query
 * @param uses indexes of which its plan must name one; empty for no wish
 * @param minRows below so many rows in the table the planner's choice proves nothing
 * @param noise a difference below it is INCONCLUSIVE
 * @param runs that count, each time it is taken before and after
 * @param warmUp runs before those, not counted
 * @param core whether it counts for {@code probe.degradation}
 * @param expect limits on p50 and p95 after the change
 */
public record Probe(
    String name,
    Source source,
    Map<String, Parameter> with,
    List<String> uses,
    int minRows,
    Duration noise,
    int runs,
    int warmUp,
    boolean core,
    List<Limit> expect) {

  /** What is timed. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Sql.class, name = "sql"),
    @JsonSubTypes.Type(value = Http.class, name = "http")
  })
  public sealed interface Source {}

  /** A read-only query. */
  public record Sql(String sql) implements Source {}

  /** A GET; variables of the environment stand as {@code $name}. */
  public record Http(String url) implements Source {}

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
  }

  @JsonIgnore
  public boolean isHttp() {
    return source instanceof Http;
  }
}
